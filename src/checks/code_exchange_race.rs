//! Judgements on exchanges of one code that race each other.

use std::time::Duration;

use super::{Judgement, Reply};
use crate::expiry::Value;
use crate::record::{Exchange, FailureKind, Finding};

/// One round of simultaneous exchanges of one code.
#[derive(Clone, Debug)]
pub struct Round {
    /// What the phones were answered, in the order in which they were made ready.
    pub replies: Vec<Reply>,
    /// What WeChat was asked about the code, in the order in which it arrived.
    pub calls: Vec<Exchange>,
}

/// Judges rounds of simultaneous exchanges: in none of them may more than one succeed.
///
/// The finding tells the order of events in the first round that is wrong, because that is what a race is
/// mended by.
pub fn at_most_one_success(rounds: &[Round]) -> Judgement {
    if let Some((index, round)) = rounds.iter().enumerate().find(|(_, round)| round.successes() > 1) {
        let actual = tr!(
            "{successes} successes in round {round}: {order}",
            successes = round.successes(),
            round = index + 1,
            order = round.order()
        );
        let winners = round.replies.iter().filter(|reply| reply.granted).map(|reply| &*reply.exchange);
        return Judgement::Broken(Finding::new(tr!("at most one success per round"), actual))
            .shown_by(winners);
    }
    let unknown =
        rounds.iter().flat_map(|round| &round.replies).find_map(|reply| match reply.exchange.answer() {
            // Who has not answered in time may still grant it.
            Err(failure) if failure.kind == FailureKind::TimedOut => Some(failure.to_string()),
            _ => reply.nobody_there(),
        });
    match unknown {
        Some(reason) => Judgement::CannotTell(reason),
        None if rounds.iter().all(|round| round.successes() == 0) => {
            Judgement::CannotTell(tr!("no exchange succeeded in any round, so nothing raced"))
        }
        None => Judgement::Kept,
    }
}

impl Round {
    fn successes(&self) -> usize {
        self.replies.iter().filter(|reply| reply.granted).count()
    }

    /// Tells what happened when, counted from the first request.
    fn order(&self) -> String {
        let mut events: Vec<(Duration, String)> = Vec::new();
        for call in &self.calls {
            events.push((call.at, tr!("WeChat is asked ({})", said(call))));
        }
        for (index, reply) in self.replies.iter().enumerate() {
            let exchange = &reply.exchange;
            let number = index + 1;
            let told = if reply.granted {
                tr!("phone {number} gets an openid", number)
            } else {
                tr!("phone {number} gets a refusal", number)
            };
            events.push((exchange.at.saturating_add(exchange.took), told));
        }
        events.sort();
        let start = self.replies.iter().map(|reply| reply.exchange.at).min().unwrap_or_default();
        let told = events.into_iter().map(|(at, event)| {
            tr!(
                "{time} ms {event}",
                time = format_args!("{:.1}", at.saturating_sub(start).as_secs_f64() * 1000.0),
                event
            )
        });
        told.collect::<Vec<_>>().join(", ")
    }
}

/// Returns what WeChat said, in a word.
fn said(call: &Exchange) -> String {
    let body = call.answer().map_or("", |answer| std::str::from_utf8(&answer.body).unwrap_or_default());
    let number = Value::parse_json(body).ok().and_then(|body| body.get("errcode").ok());
    number.and_then(|number| number.to_json()).unwrap_or_else(|| tr!("success"))
}

#[cfg(test)]
mod tests {
    use super::{Round, at_most_one_success};
    use crate::checks::Judgement;
    use crate::checks::reply::examples::{answered, failed};
    use crate::record::FailureKind;

    fn round(openids: &[&str]) -> Round {
        let reply = |openid: &&str| answered(200, &format!(r#"{{"data":{{"openid":"{openid}"}}}}"#));
        let said =
            [r#"{"openid":"o"}"#, r#"{"errcode":40163}"#].map(|body| (*answered(200, body).exchange).clone());
        Round { replies: openids.iter().map(reply).collect(), calls: said.into() }
    }

    #[test]
    fn two_successes_are_a_breach_whoever_they_are_for_and_the_order_is_told() {
        assert_eq!(at_most_one_success(&[round(&["o", ""]), round(&["", "o"])]), Judgement::Kept);
        let Judgement::Broken(finding) = at_most_one_success(&[round(&["o"]), round(&["o", "", "x"])]) else {
            panic!("two successes were not seen");
        };
        for told in ["2 successes in round 2", "asked (40163)", "asked (success)", "phone 3 gets an openid"] {
            assert!(finding.actual.contains(told), "{told}: {}", finding.actual);
        }
        assert_eq!(finding.shown_by.len(), 2, "the two that succeeded show it");
    }

    #[test]
    fn a_race_that_nobody_won_proves_nothing() {
        assert!(matches!(at_most_one_success(&[round(&["", ""])]), Judgement::CannotTell(_)));
        assert!(matches!(at_most_one_success(&[]), Judgement::CannotTell(_)));
    }

    #[test]
    fn who_was_not_answered_in_time_may_have_won_as_well() {
        let mut late = round(&["o"]);
        late.replies.push(failed(FailureKind::TimedOut));
        assert!(matches!(at_most_one_success(&[late.clone()]), Judgement::CannotTell(_)));
        late.replies.push(answered(200, r#"{"data":{"openid":"o"}}"#));
        assert!(matches!(at_most_one_success(&[late]), Judgement::Broken(_)));
        // Who is cut off has won nothing.
        let mut cut_off = round(&["o"]);
        cut_off.replies.push(failed(FailureKind::Broken));
        assert_eq!(at_most_one_success(&[cut_off]), Judgement::Kept);
    }
}
