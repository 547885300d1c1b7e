//! Judgements on whose data a token opens.

use super::refusal::is_empty;
use super::user_info::{is_identity, leaves};
use super::{Judgement, Reply, carries_data};
use crate::expiry::Value;
use crate::record::Finding;

/// Judges that user info shows its owner, given what was shown to the owner and to the others before.
///
/// User info may hold things that change and things that all people have in common. So the owner is known by
/// what nobody else was shown.
pub fn shows_owner(reply: &Reply, own: &Value, others: &[&Value]) -> Judgement {
    carries_data(reply).and(|| {
        let known = Faces::of(own, others);
        if known.own.is_empty() {
            return Judgement::CannotTell(tr!("the user info of two people is the same"));
        }
        known.stranger_in(reply).unwrap_or_else(|| {
            let recognised = leaves(&reply.data).iter().any(|leaf| known.own.contains(leaf));
            Judgement::from_condition(recognised, known.expected(), || reply.describe())
        })
    })
}

/// Judges that an answer shows nobody but the owner. It may well show nobody at all.
pub fn shows_nobody_else(reply: &Reply, own: &Value, others: &[&Value]) -> Judgement {
    match (reply.inconclusive(), reply.exchange.answer()) {
        (Some(reason), _) => Judgement::CannotTell(reason),
        (None, Err(failure)) => Judgement::CannotTell(failure.to_string()),
        (None, Ok(_)) if !reply.accepted || is_empty(&reply.data) => Judgement::Kept,
        (None, Ok(_)) => shows_owner(reply, own, others),
    }
}

/// By what people are told apart: places in their user info with what stands there.
struct Faces {
    own: Vec<(String, String)>,
    others: Vec<(String, String)>,
}

impl Faces {
    fn of(own: &Value, others: &[&Value]) -> Self {
        let mine = leaves(own);
        let theirs: Vec<(String, String)> = others.iter().flat_map(|other| leaves(other)).collect();
        let without = |these: &[(String, String)], those: &[(String, String)]| {
            these.iter().filter(|leaf| !those.contains(leaf)).cloned().collect::<Vec<_>>()
        };
        Self { own: without(&mine, &theirs), others: without(&theirs, &mine) }
    }

    /// Says that another one's identity stands in an answer.
    fn stranger_in(&self, reply: &Reply) -> Option<Judgement> {
        let seen = leaves(&reply.data);
        let (path, found) = seen.iter().find(|leaf| is_identity(&leaf.0) && self.others.contains(leaf))?;
        let actual =
            tr!("{found} at {path}, which is somebody else: {seen}", found, path, seen = reply.describe());
        Some(Judgement::Broken(Finding::new(self.expected(), actual)))
    }

    fn expected(&self) -> String {
        let (path, value) = self
            .own
            .iter()
            .find(|leaf| is_identity(&leaf.0))
            .or_else(|| self.own.first())
            .cloned()
            .unwrap_or_default();
        tr!("the data of the token's owner, with {value} at {path}", value, path)
    }
}

#[cfg(test)]
mod tests {
    use super::{shows_nobody_else, shows_owner};
    use crate::checks::Judgement;
    use crate::checks::reply::examples::{answered, failed};
    use crate::expiry::Value;
    use crate::record::FailureKind;

    fn json(text: &str) -> Value {
        Value::parse_json(text).unwrap()
    }

    const ALICE: &str = r#"{"data":{"id":1,"nick":"user 1","app":"x"}}"#;
    const BOB: &str = r#"{"data":{"id":2,"nick":"user 2","app":"x"}}"#;

    fn judged(status: u16, body: &str) -> Judgement {
        let (alice, bob) = (json(ALICE).get("data").unwrap(), json(BOB).get("data").unwrap());
        shows_owner(&answered(status, body), &alice, &[&bob])
    }

    #[test]
    fn the_owner_is_known_by_what_nobody_else_was_shown() {
        assert_eq!(judged(200, ALICE), Judgement::Kept);
        assert_eq!(judged(200, r#"{"data":{"id":1,"nick":"Alice","visits":2}}"#), Judgement::Kept);
        for wrong in [BOB, r#"{"data":{"id":3,"nick":"user 3","app":"x"}}"#, r#"{"data":{"app":"x"}}"#] {
            assert!(matches!(judged(200, wrong), Judgement::Broken(_)), "{wrong}");
        }
        let mixed = r#"{"data":{"id":2,"nick":"user 1","app":"x"}}"#;
        assert!(matches!(judged(200, mixed), Judgement::Broken(_)));
    }

    #[test]
    fn what_was_expected_names_the_owner() {
        for wrong in [BOB, r#"{"data":{"id":3}}"#] {
            let Judgement::Broken(finding) = judged(200, wrong) else { panic!("{wrong}") };
            assert_eq!(finding.expected, "the data of the token's owner, with 1 at /id");
        }
    }

    #[test]
    fn a_token_that_opens_nothing_does_not_open_its_owners_data() {
        assert!(matches!(judged(401, "{}"), Judgement::Broken(_)));
        assert!(matches!(judged(429, "{}"), Judgement::CannotTell(_)));
    }

    #[test]
    fn people_who_look_alike_cannot_be_told_apart() {
        let alike = json(r#"{"nick":"user"}"#);
        let shown = answered(200, r#"{"data":{"nick":"user"}}"#);
        assert!(matches!(shows_owner(&shown, &alike, &[&alike]), Judgement::CannotTell(_)));
    }

    #[test]
    fn a_token_that_has_ended_shows_nobody_else() {
        let (alice, bob) = (json(ALICE).get("data").unwrap(), json(BOB).get("data").unwrap());
        let nobody_else = |status, body| shows_nobody_else(&answered(status, body), &alice, &[&bob]);
        assert_eq!(nobody_else(401, "{}"), Judgement::Kept);
        assert_eq!(nobody_else(200, r#"{"code":401}"#), Judgement::Kept);
        assert_eq!(nobody_else(200, ALICE), Judgement::Kept);
        assert!(matches!(nobody_else(200, BOB), Judgement::Broken(_)));
        let late = failed(FailureKind::TimedOut);
        assert!(matches!(shows_nobody_else(&late, &alice, &[&bob]), Judgement::CannotTell(_)));
    }
}
