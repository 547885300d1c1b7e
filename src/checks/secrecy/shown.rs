//! What did the backend show to the phone that asked?

use super::needles::{SecretNeedles, Sighting};
use crate::checks::Judgement;
use crate::language::translated;
use crate::record::{Exchange, FailureKind, Leg};

/// What the answers to one request show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// How many answers came, redirects included.
    pub answers: usize,
    /// The secrets that stand in them and that the request did not bring along.
    pub sightings: Vec<Sighting>,
    /// True when something stands or may be hidden in the answers that no record may show, whoever brought it along.
    pub hides: bool,
    /// Why something may have been missed; absent when everything was seen.
    pub unseen: Option<&'static str>,
}

/// Searches the answers to one request for secrets, all but those which `expected` says may stand there.
///
/// What the request itself carried is no secret from whoever sent it, so an echo of that is not counted. On the
/// leg to WeChat nothing is searched: there the secrets belong.
#[must_use]
pub fn shown(needles: &SecretNeedles, exchange: &Exchange, expected: impl Fn(&Sighting) -> bool) -> Shown {
    let mut shown = Shown::default();
    if exchange.leg != Leg::PhoneToBackend {
        return shown;
    }
    for answer in exchange.answers() {
        shown.answers += 1;
        let search = needles.find(answer);
        shown.hides |=
            search.incomplete || search.sightings.iter().any(|sighting| sighting.kind.label().is_some());
        shown.sightings.extend(search.sightings.into_iter().filter(|sighting| !expected(sighting)));
        if search.incomplete {
            shown.unseen = Some(mark!("an answer hides more within itself than can be gone through"));
        }
    }
    // The rest of a redirect's body is of no consequence: no phone reads it.
    if exchange.answer().is_ok_and(|answer| answer.cut) {
        shown.unseen = Some(mark!("an answer is too long to be read to its end"));
    }
    // Only now, because a request with a signed token takes longer to go through than most answers.
    if !shown.sightings.is_empty() {
        let brought = needles.find_in(&sent(exchange)).sightings;
        let brought =
            |one: &Sighting| brought.iter().any(|other| (other.kind, &other.owner) == (one.kind, &one.owner));
        shown.sightings.retain(|sighting| !brought(sighting));
    }
    shown
}

/// Judges answers by the rule that none of these secrets stands in them.
pub fn nothing_shown<'a>(
    needles: &SecretNeedles,
    exchanges: impl IntoIterator<Item = &'a Exchange>,
) -> Judgement {
    let (mut answers, mut unseen, mut dropped) = (0, None, 0);
    for exchange in exchanges {
        dropped += usize::from(exchange.answer().is_err_and(|failure| failure.kind == FailureKind::Broken));
        let shown = shown(needles, exchange, |_| false);
        if let Some(sighting) = shown.sightings.first() {
            let kind = translated(sighting.kind.name());
            return Judgement::from_condition(false, tr!("no {kind} in any answer", kind), || {
                tr!(
                    "{place} of the {purpose}: {spelling}",
                    place = sighting.place,
                    purpose = exchange.purpose_said(),
                    spelling = sighting.spelling
                )
            });
        }
        answers += shown.answers;
        unseen = unseen.or(shown.unseen);
    }
    match unseen {
        // A connection that is dropped shows nothing; a firewall does that with what it does not like.
        _ if answers == 0 && dropped == 0 => Judgement::CannotTell(tr!("the backend gave no answer")),
        Some(reason) => Judgement::CannotTell(translated(reason)),
        None => Judgement::Kept,
    }
}

/// Returns everything that the phone sent.
fn sent(exchange: &Exchange) -> Vec<u8> {
    let request = &exchange.request;
    let mut sent = request.url.clone().into_bytes();
    for (name, value) in request.headers.iter() {
        sent.extend_from_slice(format!("\0{name}\0{value}").as_bytes());
    }
    sent.push(0);
    sent.extend_from_slice(&request.body);
    sent
}

#[cfg(test)]
mod tests {
    use super::{nothing_shown, shown};
    use crate::checks::reply::examples::{answered, failed};
    use crate::checks::{Judgement, Secret, SecretKind, SecretNeedles};
    use crate::record::{Exchange, FailureKind, Leg, Outcome};

    const OPENID: &str = "o1eIF6gNS95lQeF8enmTaDzTwn9A";

    fn needles() -> SecretNeedles {
        SecretNeedles::new([Secret::new(SecretKind::OpenId, "Bob", OPENID)])
    }

    fn exchange(body: &str) -> Exchange {
        (*answered(400, body).exchange).clone()
    }

    #[test]
    fn what_is_shown_breaks_the_rule_and_the_finding_says_where() {
        let judgement =
            nothing_shown(&needles(), [&exchange("{}"), &exchange(&format!(r#"{{"last":"{OPENID}"}}"#))]);
        let Judgement::Broken(finding) = judgement else { panic!("{judgement:?}") };
        assert_eq!(finding.expected, "no openid in any answer");
        assert_eq!(finding.actual, "the body at /last (byte 9) of the token: as it is");
    }

    #[test]
    fn an_echo_of_the_request_is_not_counted() {
        let mut echo = exchange(OPENID);
        for place in ["url", "header", "body"] {
            let mut asked = echo.clone();
            match place {
                "url" => asked.request.url = format!("http://127.0.0.1/?openid={OPENID}"),
                "header" => asked.request.headers.push("x", OPENID),
                _ => asked.request.body = OPENID.as_bytes().to_vec(),
            }
            assert_eq!(nothing_shown(&needles(), [&asked]), Judgement::Kept, "{place}");
        }
        assert!(matches!(nothing_shown(&needles(), [&echo]), Judgement::Broken(_)));
        assert!(!shown(&needles(), &echo, |_| false).hides, "an openid may be shown");
        echo.leg = Leg::BackendToWechat;
        assert_eq!(shown(&needles(), &echo, |_| false).answers, 0);
    }

    #[test]
    fn what_no_record_may_show_is_noted_also_where_the_request_brought_it() {
        let key = "ti+htNczf5v6AK/yjwEUhQ==";
        let needles = SecretNeedles::new([Secret::new(SecretKind::SessionKey, "Bob", key)]);
        let mut echo = exchange(key);
        assert!(shown(&needles, &echo, |_| false).hides);
        echo.request.body = key.as_bytes().to_vec();
        let echoed = shown(&needles, &echo, |_| false);
        assert!(echoed.hides && echoed.sightings.is_empty());
        assert!(!shown(&needles, &exchange("{}"), |_| false).hides);
    }

    #[test]
    fn what_was_not_seen_cannot_be_judged() {
        let none = (*failed(FailureKind::TimedOut).exchange).clone();
        assert!(matches!(nothing_shown(&needles(), [&none]), Judgement::CannotTell(_)));
        assert!(matches!(nothing_shown(&needles(), []), Judgement::CannotTell(_)));
        let dropped = (*failed(FailureKind::Broken).exchange).clone();
        assert_eq!(nothing_shown(&needles(), [&dropped]), Judgement::Kept);
        let mut cut = exchange("{}");
        if let Outcome::Answered(answer) = &mut cut.outcome {
            answer.cut = true;
        }
        assert!(matches!(nothing_shown(&needles(), [&cut, &exchange("{}")]), Judgement::CannotTell(_)));
        assert_eq!(nothing_shown(&needles(), [&exchange("{}")]), Judgement::Kept);
    }
}
