//! Judgements on what many people are shown who ask at the same moment.

use std::collections::BTreeMap;

use super::user_info::{is_identity, leaves};
use super::{Judgement, Reply};
use crate::expiry::Value;
use crate::record::Finding;

/// What a person is shown when nobody else asks.
#[derive(Clone, Debug)]
pub struct Alone {
    /// The person's name in the scenario.
    pub(crate) name: String,
    before: BTreeMap<String, String>,
    after: BTreeMap<String, String>,
}

impl Alone {
    /// Takes what the person was shown before the crowd asked and when it had gone.
    #[must_use]
    pub fn new(name: &str, before: &Value, after: &Value) -> Self {
        let by_place = |value| leaves(value).into_iter().collect();
        Self { name: name.to_owned(), before: by_place(before), after: by_place(after) }
    }

    /// Tells whether the same always stands at a place, which may be nothing.
    fn is_steady(&self, place: &str) -> bool {
        self.before.get(place) == self.after.get(place)
    }

    /// Tells whether this stands at a place when the person asks alone.
    fn shows(&self, place: &str, shown: &str) -> bool {
        self.before.get(place).is_some_and(|known| known == shown)
    }

    /// Tells whether something that is shown at a place is a sign of this person, and not of the other.
    ///
    /// Lists may come in any order, so what the other has at a neighbouring place is no sign either.
    fn recognised(&self, place: &str, shown: &str, other: &Self) -> bool {
        // User info that is a single value can be nothing else.
        let named = is_identity(place) || place.is_empty();
        let identity = named && !matches!(shown, "null" | "\"\"" | "0" | "false" | "true");
        let elsewhere = || other.before.values().chain(other.after.values()).any(|known| known == shown);
        let telling = identity || (shown.len() > 6 && !elsewhere());
        telling
            && (self.is_steady(place) && self.shows(place, shown))
            && (other.is_steady(place) && !other.shows(place, shown))
    }
}

/// Judges that in no round of simultaneous requests anybody was shown what belongs to somebody else.
///
/// `rounds` holds for each round the answers in the order of `askers`. What counts is a text or a number that
/// somebody else is always shown at the same place, where the person alone is always shown something else or
/// nothing. Short ones that name nobody do not count, because they may be equal by chance.
pub fn nobody_sees_another(askers: &[Alone], rounds: &[Vec<Reply>]) -> Judgement {
    for (number, replies) in rounds.iter().enumerate() {
        for (asker, reply) in askers.iter().zip(replies) {
            let Some((owner, place, shown)) = anothers(asker, reply, askers) else { continue };
            let actual = tr!(
                "in round {round} of {rounds}, {asker} was shown the {place} of {owner} ({shown}); {order}",
                round = number + 1,
                rounds = rounds.len(),
                asker = asker.name,
                place = place.trim_start_matches('/'),
                owner = owner.name,
                shown,
                order = interleaving(askers, replies)
            );
            let finding = Finding::new(tr!("to everybody what they are shown alone"), actual);
            return Judgement::Broken(finding).shown_by([&*reply.exchange]);
        }
    }
    let replies = || rounds.iter().flatten();
    if let Some(reason) = replies().find_map(Reply::inconclusive) {
        return Judgement::CannotTell(reason);
    }
    if let Some(denied) = replies().find(|reply| !reply.accepted) {
        let reason = tr!("a simultaneous request was not answered with user info: {}", denied.describe());
        return Judgement::CannotTell(reason);
    }
    let told_apart = askers.iter().any(|one| {
        one.before.iter().any(|(place, shown)| askers.iter().any(|two| one.recognised(place, shown, two)))
    });
    if replies().next().is_none() || !told_apart {
        return Judgement::CannotTell(tr!("nothing in the user info tells one person from another"));
    }
    Judgement::Kept
}

/// Returns somebody else whom the answer shows, together with the place and what stands there.
fn anothers<'a>(asker: &Alone, reply: &Reply, askers: &'a [Alone]) -> Option<(&'a Alone, String, String)> {
    leaves(&reply.data).into_iter().find_map(|(place, shown)| {
        let owner = askers.iter().find(|other| other.recognised(&place, &shown, asker))?;
        Some((owner, place, shown))
    })
}

/// Says in which order the requests of a round were sent and answered.
fn interleaving(askers: &[Alone], replies: &[Reply]) -> String {
    let mut calls: Vec<_> = askers
        .iter()
        .zip(replies)
        .map(|(asker, reply)| {
            (asker.name.as_str(), reply.exchange.at, reply.exchange.at + reply.exchange.took)
        })
        .collect();
    let names = |calls: &[(&str, _, _)]| {
        let names: Vec<&str> = calls.iter().map(|(name, _, _)| *name).collect();
        names.join(", ")
    };
    calls.sort_by_key(|(_, sent, _)| *sent);
    let sent = names(&calls);
    calls.sort_by_key(|(_, _, answered)| *answered);
    let answered = names(&calls);
    tr!("sent in the order {sent}, answered in the order {answered}", sent, answered)
}

#[cfg(test)]
mod tests {
    use super::{Alone, nobody_sees_another};
    use crate::checks::reply::examples::{answered, failed};
    use crate::checks::{Judgement, Reply};
    use crate::expiry::Value;
    use crate::record::FailureKind;

    const ANN: &str = r#"{"userId":"u1","nick":"Ann Andersson","shop":"Corner shop"}"#;
    const BEN: &str = r#"{"userId":"u2","nick":"Ben Bertrand","shop":"Corner shop"}"#;

    fn alone(name: &str, before: &str, after: &str) -> Alone {
        Alone::new(name, &Value::parse_json(before).unwrap(), &Value::parse_json(after).unwrap())
    }

    fn both() -> [Alone; 2] {
        [alone("Ann", ANN, ANN), alone("Ben", BEN, BEN)]
    }

    fn shown(data: &str) -> Reply {
        answered(200, &format!("{{\"data\":{data}}}"))
    }

    fn actual(judgement: Judgement) -> String {
        let Judgement::Broken(finding) = judgement else { panic!("{judgement:?}") };
        finding.actual
    }

    #[test]
    fn user_info_that_is_a_single_value_tells_people_apart() {
        let askers = [alone("Ann", "1001", "1001"), alone("Ben", "1002", "1002")];
        let round =
            |shown: [&str; 2]| vec![shown.map(|data| answered(200, &format!(r#"{{"data":{data}}}"#))).into()];
        assert_eq!(nobody_sees_another(&askers, &round(["1001", "1002"])), Judgement::Kept);
        let mixed = nobody_sees_another(&askers, &round(["1001", "1001"]));
        assert!(matches!(mixed, Judgement::Broken(_)), "{mixed:?}");
    }

    #[test]
    fn the_own_data_is_nobody_elses() {
        let rounds = [vec![shown(ANN), shown(BEN)], vec![shown(ANN), shown(BEN)]];
        assert_eq!(nobody_sees_another(&both(), &rounds), Judgement::Kept);
    }

    #[test]
    fn anothers_data_is_found_in_any_round_and_under_any_status() {
        for wrong in [shown(BEN), answered(500, &format!("{{\"data\":{BEN}}}"))] {
            let rounds = [vec![shown(ANN), shown(BEN)], vec![wrong, shown(BEN)]];
            let actual = actual(nobody_sees_another(&both(), &rounds));
            assert!(actual.starts_with("in round 2 of 2, Ann was shown the "), "{actual}");
            assert!(
                actual.ends_with("sent in the order Ann, Ben, answered in the order Ann, Ben"),
                "{actual}"
            );
        }
    }

    #[test]
    fn a_single_member_of_another_is_a_breach() {
        let mixed = r#"{"userId":"u1","nick":"Ben Bertrand","shop":"Corner shop"}"#;
        let actual = actual(nobody_sees_another(&both(), &[vec![shown(mixed), shown(BEN)]]));
        assert!(actual.contains("the nick of Ben (\"Ben Bertrand\")"), "{actual}");
    }

    #[test]
    fn a_member_the_person_has_not_is_a_breach_when_it_is_anothers() {
        let with_phone = r#"{"userId":"u2","phone":"13800138000"}"#;
        let askers = [alone("Ann", ANN, ANN), alone("Ben", with_phone, with_phone)];
        let leaked = r#"{"userId":"u1","phone":"13800138000"}"#;
        let judgement = nobody_sees_another(&askers, &[vec![shown(leaked), shown(with_phone)]]);
        assert!(actual(judgement).contains("the phone of Ben"));
    }

    #[test]
    fn what_changes_by_itself_or_is_equal_by_chance_is_no_sign_of_anybody() {
        let at = |id: &str, time: &str| format!(r#"{{"userId":"{id}","lastVisit":"{time}","age":30}}"#);
        let askers = [
            alone("Ann", &at("u1", "10:00:01"), &at("u1", "10:00:03")),
            alone("Ben", &at("u2", "10:00:02"), &at("u2", "10:00:02")),
        ];
        let rounds = [vec![shown(&at("u1", "10:00:02")), shown(&at("u2", "10:00:02"))]];
        assert_eq!(nobody_sees_another(&askers, &rounds), Judgement::Kept);
    }

    #[test]
    fn a_text_of_five_letters_is_a_sign_and_one_of_four_is_none() {
        for (nick_of, kept) in [("Anna", true), ("Annie", false)] {
            let nick = |nick: &str| format!(r#"{{"nick":"{nick}"}}"#);
            let (ann, ben) = (nick(nick_of), nick("Benjamin"));
            let askers = [alone("Ann", &ann, &ann), alone("Ben", &ben, &ben)];
            let judgement = nobody_sees_another(&askers, &[vec![shown(&ann), shown(&ann)]]);
            assert_eq!(judgement == Judgement::Kept, kept, "{ann}: {judgement:?}");
        }
    }

    #[test]
    fn a_list_in_another_order_is_still_the_own_one() {
        let ann = r#"{"userId":"u1","roles":["customer","reviewer"]}"#;
        let ben = r#"{"userId":"u2","roles":["reviewer","customer"]}"#;
        let turned = r#"{"userId":"u1","roles":["reviewer","customer"]}"#;
        let askers = [alone("Ann", ann, ann), alone("Ben", ben, ben)];
        assert_eq!(nobody_sees_another(&askers, &[vec![shown(turned), shown(ben)]]), Judgement::Kept);
    }

    #[test]
    fn who_is_not_served_was_shown_nothing_and_proves_nothing() {
        for denied in [answered(429, "{}"), answered(503, "{}"), failed(FailureKind::Broken)] {
            let judgement = nobody_sees_another(&both(), &[vec![shown(ANN), denied]]);
            assert!(matches!(judgement, Judgement::CannotTell(_)), "{judgement:?}");
        }
        assert!(matches!(nobody_sees_another(&both(), &[]), Judgement::CannotTell(_)));
    }

    #[test]
    fn people_who_look_alike_cannot_be_mixed_up() {
        let same = r#"{"nick":"WeChat user","age":30}"#;
        let askers = [alone("Ann", same, same), alone("Ben", same, same)];
        let judgement = nobody_sees_another(&askers, &[vec![shown(same), shown(same)]]);
        assert!(matches!(judgement, Judgement::CannotTell(_)), "{judgement:?}");
    }
}
