//! Judgements on what a backend makes of WeChat's answers.

use std::time::Duration;

use super::refusal::exchange_refused;
use super::user_info::{leaves, spelled};
use super::{Judgement, Reply};
use crate::expiry::Value;
use crate::protocol::OpenId;
use crate::record::{Exchange, FailureKind, Finding, Outcome};

/// Names of members that hold the number or the word of an outcome, in lower case.
const OUTCOME_MEMBERS: &[&str] = &[
    "code",
    "errcode",
    "errcd",
    "errno",
    "error",
    "errorcode",
    "status",
    "statuscode",
    "subcode",
    "ret",
    "retcode",
    "respcode",
    "resultcode",
    "returncode",
    "type",
    "reason",
];

/// One of two ways in which WeChat answered, and how the backend does with the other way.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// What became of the answer in question.
    pub judged: &'a Reply,
    /// Whom it was about.
    pub openid: &'a OpenId,
    /// What became of the other answer, which was about somebody who came for the first time as well: a person
    /// who exchanges a second code may meet other troubles.
    pub control: &'a Reply,
    /// Whom that one was about.
    pub controls_openid: &'a OpenId,
    /// What became of the other answer when it was about the first person after all, who may have an openid that
    /// the backend stumbles over in any answer. Nobody needs to know where the answer in question was understood.
    pub again: Option<&'a Reply>,
}

/// Judges that one of two answers of WeChat was understood.
///
/// Where the other one did not lead to the very openid either, it is not this answer that the backend stumbles
/// over, and nothing can be said.
pub fn understood(compared: &Comparison<'_>) -> Judgement {
    let names = |reply: &Reply, openid: &OpenId| reply.leads_to(openid);
    let (judged, openid) = (compared.judged, compared.openid);
    if let Some(reason) = judged.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    if names(judged, openid) {
        return Judgement::Kept;
    }
    if !names(compared.control, compared.controls_openid) {
        let seen = compared.control.describe();
        return Judgement::CannotTell(tr!(
            "the other answer did not lead to its openid either: {seen}",
            seen
        ));
    }
    match compared.again {
        Some(again) if names(again, openid) => Judgement::Broken(Finding::new(
            tr!("the openid {openid}, as for the other answer", openid),
            judged.describe(),
        )),
        Some(again) => {
            let seen = again.describe();
            Judgement::CannotTell(tr!("for this person the other answer does not do either: {seen}", seen))
        }
        None => Judgement::CannotTell(tr!("for this person the other answer was not tried")),
    }
}

/// Judges that an exchange for which WeChat had no usable answer was refused, and that the phone was told.
///
/// No answer within the phone's patience, or a connection that is dropped, leaves the person alone.
pub fn refused_with_answer(reply: &Reply) -> Judgement {
    match &reply.exchange.outcome {
        Outcome::Failed(failure) if failure.kind != FailureKind::Unreachable => {
            Judgement::Broken(Finding::new(tr!("a refusal that reaches the phone"), failure.to_string()))
        }
        Outcome::Failed(_) | Outcome::Answered(_) => exchange_refused(reply),
    }
}

/// Returns how long an exchange waited for WeChat: since WeChat was `asked` about its code.
///
/// Who keeps few connections to WeChat, all of them held by its silence about the codes of `others`, may refuse without
/// asking; that exchange waited as long as it took. A longer one than `patience`, or one without an answer, tells nothing.
#[must_use]
pub fn waited_for_wechat(
    exchange: &Exchange,
    asked: Option<Duration>,
    others: bool,
    patience: Duration,
) -> Option<Duration> {
    let in_line =
        || (others && exchange.answer().is_ok() && exchange.took <= patience).then_some(exchange.took);
    asked.map(|asked| (exchange.at + exchange.took).saturating_sub(asked)).or_else(in_line)
}

/// Judges that an exchange was refused in time: within `patience` of the moment at which WeChat was asked,
/// which is `waited` before the answer came.
///
/// `waited` is absent when WeChat was not asked. Where several such exchanges queue up for one worker, what
/// each of them waited for the others does not count.
pub fn refused_in_time(reply: &Reply, waited: Option<Duration>, patience: Duration) -> Judgement {
    let Some(waited) = waited else {
        return Judgement::CannotTell(tr!("the backend did not ask WeChat about this code"));
    };
    let expected = || tr!("a refusal within {seconds} s of asking WeChat", seconds = patience.as_secs_f64());
    match &reply.exchange.outcome {
        Outcome::Failed(failure) if failure.kind != FailureKind::Unreachable => {
            let actual = tr!(
                "{failure}, {seconds} s after WeChat was asked",
                failure,
                seconds = format_args!("{:.1}", waited.as_secs_f64())
            );
            Judgement::Broken(Finding::new(expected(), actual))
        }
        Outcome::Failed(_) | Outcome::Answered(_) => exchange_refused(reply).and(|| {
            Judgement::from_condition(waited <= patience, expected(), || {
                tr!(
                    "{seen} after {seconds} s",
                    seen = reply.describe(),
                    seconds = format_args!("{:.1}", waited.as_secs_f64())
                )
            })
        }),
    }
}

/// Judges that a refusal for which WeChat is to blame differs from one for which the client's code is.
///
/// A status, or a number or word where backends put the outcome, is a difference; a text for people is not.
pub fn blamed_apart(clients: &Reply, wechats: &Reply) -> Judgement {
    for reply in [clients, wechats] {
        if let Some(reason) = reply.inconclusive() {
            return Judgement::CannotTell(reason);
        }
        if reply.granted {
            return Judgement::CannotTell(tr!("it was not refused: {}", reply.describe()));
        }
        if let Err(failure) = reply.exchange.answer() {
            return Judgement::CannotTell(failure.to_string());
        }
    }
    let differ = clients.status() != wechats.status() || outcome(clients) != outcome(wechats);
    Judgement::from_condition(
        differ,
        tr!("another status, or another number or word for the outcome"),
        || {
            tr!(
                "for a wrong code {client}, for a trouble of WeChat {wechat}",
                client = clients.describe(),
                wechat = wechats.describe()
            )
        },
    )
}

/// Returns what stands in an answer where backends put the outcome, with the place.
fn outcome(reply: &Reply) -> Vec<(String, String)> {
    let Ok(answer) = reply.exchange.answer() else { return Vec::new() };
    let Ok(body) = Value::parse_json(&String::from_utf8_lossy(&answer.body)) else { return Vec::new() };
    let is_outcome = |place: &str| {
        let name = place.rsplit('/').next().unwrap_or_default();
        OUTCOME_MEMBERS.contains(&spelled(name).as_str())
    };
    leaves(&body).into_iter().filter(|(place, _)| is_outcome(place)).collect()
}

/// Judges that somebody was served while another person's exchange waited for WeChat, given when each of the
/// two answers came, counted from the same instant.
///
/// `slowed` is the answer that WeChat held back; when it came before its time, nobody was kept waiting.
pub fn served_meanwhile(other: (&Reply, Duration), slowed: (&Reply, Duration), held: Duration) -> Judgement {
    if let Some(reason) = other.0.inconclusive().or_else(|| slowed.0.inconclusive()) {
        return Judgement::CannotTell(reason);
    }
    if slowed.1 < held {
        return Judgement::CannotTell(tr!("nobody was kept waiting: {}", slowed.0.describe()));
    }
    if !other.0.granted {
        return Judgement::CannotTell(tr!("a usual code was not exchanged: {}", other.0.describe()));
    }
    Judgement::from_condition(
        other.1 < slowed.1,
        tr!("an answer while WeChat keeps the other person waiting"),
        || {
            let (other, slowed) = (other.1.as_secs_f64(), slowed.1.as_secs_f64());
            tr!(
                "an answer after {other} s, when the other person had theirs after {slowed} s",
                other = format_args!("{other:.2}"),
                slowed = format_args!("{slowed:.2}")
            )
        },
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{
        Comparison, blamed_apart, refused_in_time, refused_with_answer, served_meanwhile, understood,
        waited_for_wechat,
    };
    use crate::checks::reply::examples::{answered, failed};
    use crate::checks::{Judgement, Reply};
    use crate::protocol::OpenId;
    use crate::record::{Exchange, FailureKind};

    const GRANTED: &str = r#"{"data":{"openid":"oA"}}"#;

    fn is_broken(judgement: &Judgement) -> bool {
        matches!(judgement, Judgement::Broken(_))
    }

    fn is_doubt(judgement: &Judgement) -> bool {
        matches!(judgement, Judgement::CannotTell(_))
    }

    #[test]
    fn an_answer_is_understood_or_not_only_beside_one_that_was() {
        let (alice, bob) = (OpenId::new("oA"), OpenId::new("oB"));
        let (alices, bobs) = (answered(200, GRANTED), answered(200, r#"{"data":{"openid":"oB"}}"#));
        let (refused, prefixed) = (answered(502, "{}"), answered(200, r#"{"data":{"openid":"wx-oB"}}"#));
        let judge = |control: &Reply, judged: &Reply, again: Option<&Reply>| {
            let (openid, controls_openid) = (&bob, &alice);
            understood(&Comparison { judged, openid, control, controls_openid, again })
        };
        assert_eq!(judge(&alices, &bobs, None), Judgement::Kept);
        assert_eq!(judge(&refused, &bobs, None), Judgement::Kept);
        for wrong in [&refused, &prefixed, &alices, &failed(FailureKind::Broken)] {
            assert!(is_broken(&judge(&alices, wrong, Some(&bobs))), "{}", wrong.describe());
            // The backend stumbles over every answer, or over every answer about this person.
            assert!(is_doubt(&judge(&refused, wrong, Some(&bobs))), "{}", wrong.describe());
            assert!(is_doubt(&judge(&bobs, wrong, Some(&bobs))), "{}", wrong.describe());
            assert!(is_doubt(&judge(&alices, wrong, Some(&prefixed))), "{}", wrong.describe());
            assert!(is_doubt(&judge(&alices, wrong, Some(&refused))), "{}", wrong.describe());
            assert!(is_doubt(&judge(&alices, wrong, None)), "{}", wrong.describe());
        }
        assert!(is_doubt(&judge(&alices, &answered(429, ""), Some(&bobs))));
    }

    #[test]
    fn a_refusal_has_to_reach_the_phone() {
        assert_eq!(refused_with_answer(&answered(502, "{}")), Judgement::Kept);
        assert!(is_broken(&refused_with_answer(&answered(200, GRANTED))));
        assert!(is_broken(&refused_with_answer(&failed(FailureKind::TimedOut))));
        assert!(is_broken(&refused_with_answer(&failed(FailureKind::Broken))));
        assert!(is_doubt(&refused_with_answer(&failed(FailureKind::Unreachable))));
    }

    #[test]
    fn patience_counts_from_the_question_to_wechat() {
        let (second, ten) = (Duration::from_secs(1), Duration::from_secs(10));
        let refused = answered(503, "{}");
        assert_eq!(refused_in_time(&refused, Some(second), ten), Judgement::Kept);
        assert_eq!(refused_in_time(&refused, Some(ten), ten), Judgement::Kept);
        assert!(is_broken(&refused_in_time(&refused, Some(ten + second), ten)));
        assert!(is_broken(&refused_in_time(&failed(FailureKind::TimedOut), Some(ten), ten)));
        assert!(is_broken(&refused_in_time(&answered(200, GRANTED), Some(second), ten)));
        assert!(is_doubt(&refused_in_time(&refused, None, ten)));
        assert!(is_doubt(&refused_in_time(&failed(FailureKind::Unreachable), Some(second), ten)));
    }

    #[test]
    fn who_waits_in_line_may_refuse_without_asking() {
        let millis = Duration::from_millis;
        let took = |reply: &Reply, took| {
            let mut exchange = (*reply.exchange).clone();
            (exchange.at, exchange.took) = (millis(100), millis(took));
            exchange
        };
        let waited =
            |exchange: &Exchange, asked, others| waited_for_wechat(exchange, asked, others, millis(1000));
        let refused = took(&answered(503, "{}"), 900);
        assert_eq!(waited(&refused, Some(millis(300)), true), Some(millis(700)));
        assert_eq!(waited(&refused, None, true), Some(millis(900)));
        assert_eq!(waited(&refused, None, false), None);
        assert_eq!(waited(&took(&answered(503, "{}"), 1001), None, true), None);
        assert_eq!(waited(&took(&failed(FailureKind::TimedOut), 900), None, true), None);
    }

    #[test]
    fn a_status_or_a_number_tells_apart_and_a_text_does_not() {
        let clients = answered(400, r#"{"code":1003,"msg":"code is not valid"}"#);
        assert_eq!(blamed_apart(&clients, &answered(502, r#"{"code":1003}"#)), Judgement::Kept);
        assert_eq!(blamed_apart(&clients, &answered(400, r#"{"code":2001}"#)), Judgement::Kept);
        let nested = |number: u32| answered(200, &format!(r#"{{"error":{{"errcode":{number}}}}}"#));
        assert_eq!(blamed_apart(&nested(1), &nested(2)), Judgement::Kept);
        assert!(is_broken(&blamed_apart(&nested(1), &nested(1))));
        let headed =
            |code: &str| answered(200, &format!(r#"{{"head":{{"retCode":"{code}","retMsg":"no"}}}}"#));
        assert_eq!(blamed_apart(&headed("1001"), &headed("2002")), Judgement::Kept);
        assert!(is_broken(&blamed_apart(&headed("1001"), &headed("1001"))));
        let listed =
            |code: &str| answered(200, &format!(r#"{{"errors":[{{"extensions":{{"code":"{code}"}}}}]}}"#));
        assert_eq!(blamed_apart(&listed("BAD_CODE"), &listed("UPSTREAM")), Judgement::Kept);
        let worded = answered(400, r#"{"code":1003,"msg":"WeChat is busy"}"#);
        assert!(is_broken(&blamed_apart(&clients, &worded)));
        assert!(is_doubt(&blamed_apart(&clients, &answered(200, GRANTED))));
        assert!(is_doubt(&blamed_apart(&failed(FailureKind::Broken), &clients)));
        assert!(is_doubt(&blamed_apart(&clients, &answered(429, "{}"))));
    }

    #[test]
    fn somebody_is_served_meanwhile_or_not() {
        let reply = answered(200, GRANTED);
        let at = Duration::from_millis;
        assert_eq!(served_meanwhile((&reply, at(20)), (&reply, at(700)), at(600)), Judgement::Kept);
        assert!(is_broken(&served_meanwhile((&reply, at(720)), (&reply, at(700)), at(600))));
        assert!(is_doubt(&served_meanwhile((&reply, at(20)), (&reply, at(100)), at(600))));
        assert!(is_doubt(&served_meanwhile((&answered(502, ""), at(20)), (&reply, at(700)), at(600))));
        assert!(is_doubt(&served_meanwhile((&answered(429, ""), at(20)), (&reply, at(700)), at(600))));
    }
}
