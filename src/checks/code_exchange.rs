//! Judgements on exchanging the login code.

use super::{Judgement, Reply, exchange_refused};
use crate::expiry::Value;
use crate::protocol::OpenId;

/// Judges that an exchange yielded exactly the openid that WeChat gave for the person.
pub fn given_openid(reply: &Reply, openid: &OpenId) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    if !reply.names_openid {
        // Who is let in without being told an openid is told apart by what comes after.
        return exchange_granted(reply);
    }
    let right = reply.accepted && reply.openid == Value::from(openid.as_str());
    Judgement::from_condition(right, tr!("success and the openid {openid}", openid), || reply.describe())
}

/// Judges that an exchange yielded an openid; which one is another requirement's matter.
pub fn exchange_granted(reply: &Reply) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    Judgement::from_condition(reply.granted, tr!("an openid for a fresh code"), || reply.describe())
}

/// Judges that a refusal hands out nothing of what WeChat may have said: no openid and no token where the
/// contract has them, and the person's openid nowhere else either.
pub fn hands_out_nothing(reply: &Reply, openid: &OpenId) -> Judgement {
    exchange_refused(reply).and(|| {
        let named = reply.exchange.answers().any(|answer| {
            let fields = answer.headers.iter().map(|(_, value)| value.as_bytes());
            let mut texts = fields.chain([answer.body.as_slice()]);
            texts.any(|text| contains(text, openid.as_str().as_bytes()))
        });
        Judgement::from_condition(!named, tr!("a refusal that does not name the person"), || reply.describe())
    })
}

/// Judges that nobody was taken for somebody else because of what was sent beside the code.
pub fn not_taken_for(reply: &Reply, other: &OpenId) -> Judgement {
    if let Some(reason) = reply.nobody_there() {
        return Judgement::CannotTell(reason);
    }
    let taken = reply.openid == Value::from(other.as_str());
    Judgement::from_condition(!taken, tr!("no openid but that of the person whose code it is"), || {
        tr!("the openid that was sent along, of somebody else: {}", reply.describe())
    })
}

/// Statuses of answers that a cache may keep although nothing was said about it (RFC 9110 section 15.1).
const KEPT_UNASKED: &[u16] = &[200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501];

/// Judges that no cache keeps the answer.
///
/// An answer with an openid has to forbid it. A refusal may leave it at a status that no cache keeps unasked,
/// as long as it does not ask for it.
pub fn kept_by_no_cache(reply: &Reply) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    let answer = match reply.exchange.answer() {
        Ok(answer) => answer,
        Err(failure) => return Judgement::CannotTell(failure.to_string()),
    };
    let fields = answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("cache-control"));
    let said: Vec<String> = fields
        .flat_map(|(_, value)| value.split(','))
        .map(|directive| directive.trim().to_ascii_lowercase())
        .filter(|directive| !directive.is_empty())
        .collect();
    let asks_for_it = answer.headers.get("expires").is_some()
        || said.iter().any(|directive| {
            let name = directive.split('=').next().unwrap_or_default();
            ["public", "max-age", "s-maxage", "immutable"].contains(&name)
        });
    let granted = reply.granted;
    let left_alone = !granted && !asks_for_it && !KEPT_UNASKED.contains(&answer.status);
    let forbidden = said.iter().any(|directive| directive == "no-store");
    Judgement::from_condition(forbidden || left_alone, "Cache-Control: no-store", || match said.as_slice() {
        [] => tr!("status {status} without Cache-Control", status = answer.status),
        said => {
            tr!("status {status} with Cache-Control: {said}", status = answer.status, said = said.join(", "))
        }
    })
}

/// Judges that a refusal for which the client's code is to blame is not put down to the server.
pub fn no_server_error(reply: &Reply) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    let status = match reply.status() {
        None => return Judgement::CannotTell(tr!("there was no answer: {}", reply.describe())),
        Some(_) if reply.granted => {
            return Judgement::CannotTell(tr!("it was not refused: {}", reply.describe()));
        }
        Some(status) => status,
    };
    Judgement::from_condition(status < 500, tr!("a refusal with a status below 500"), || reply.describe())
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    !wanted.is_empty() && text.windows(wanted.len()).any(|part| part == wanted)
}

#[cfg(test)]
mod tests {
    use super::{
        exchange_granted, given_openid, hands_out_nothing, kept_by_no_cache, no_server_error, not_taken_for,
    };
    use crate::checks::reply::examples::{answered, failed};
    use crate::checks::{Judgement, Reply};
    use crate::protocol::OpenId;
    use crate::record::FailureKind;

    #[test]
    fn only_the_very_openid_is_right() {
        let openid = OpenId::new("oAbC");
        let with = |status, text: &str| answered(status, &format!(r#"{{"data":{{"openid":{text}}}}}"#));
        assert_eq!(given_openid(&with(200, r#""oAbC""#), &openid), Judgement::Kept);
        for text in [r#""oabc""#, r#""oAbC ""#, r#""""#, "null", "7"] {
            assert!(matches!(given_openid(&with(200, text), &openid), Judgement::Broken(_)), "{text}");
        }
        let not_accepted = Reply { accepted: false, ..with(200, r#""oAbC""#) };
        assert!(broken(&given_openid(&not_accepted, &openid)));
        // Where the contract shows nobody an openid, to be let in is all there is to see.
        let unnamed = |granted| Reply { granted, names_openid: false, ..answered(200, r#"{"token":"t"}"#) };
        assert_eq!(given_openid(&unnamed(true), &openid), Judgement::Kept);
        assert!(broken(&given_openid(&unnamed(false), &openid)));
        let gone = failed(FailureKind::Unreachable);
        assert!(matches!(given_openid(&gone, &openid), Judgement::CannotTell(_)));
    }

    #[test]
    fn any_openid_grants_an_exchange() {
        assert_eq!(exchange_granted(&answered(200, r#"{"data":{"openid":"o"}}"#)), Judgement::Kept);
        assert!(matches!(exchange_granted(&answered(400, "{}")), Judgement::Broken(_)));
        let gone = failed(FailureKind::Unreachable);
        assert!(matches!(exchange_granted(&gone), Judgement::CannotTell(_)));
    }

    fn broken(judgement: &Judgement) -> bool {
        matches!(judgement, Judgement::Broken(_))
    }

    #[test]
    fn a_refusal_names_nobody_anywhere() {
        let openid = OpenId::new("oAbC");
        assert_eq!(hands_out_nothing(&answered(400, r#"{"code":1}"#), &openid), Judgement::Kept);
        for body in [r#"{"data":{"openid":"x"}}"#, r#"{"access_token":"t"}"#, r#"{"user":{"id":"oAbC"}}"#] {
            assert!(broken(&hands_out_nothing(&answered(400, body), &openid)), "{body}");
        }
        let late = failed(FailureKind::TimedOut);
        assert!(matches!(hands_out_nothing(&late, &openid), Judgement::CannotTell(_)));
    }

    #[test]
    fn only_the_other_ones_openid_takes_somebody_for_another() {
        let other = OpenId::new("oBob");
        let with = |openid: &str| answered(200, &format!(r#"{{"data":{{"openid":"{openid}"}}}}"#));
        assert_eq!(not_taken_for(&with("oAlice"), &other), Judgement::Kept);
        assert_eq!(not_taken_for(&answered(400, "{}"), &other), Judgement::Kept);
        assert!(broken(&not_taken_for(&with("oBob"), &other)));
        let gone = failed(FailureKind::Unreachable);
        assert!(matches!(not_taken_for(&gone, &other), Judgement::CannotTell(_)));
    }

    #[test]
    fn an_openid_is_kept_by_no_cache_and_a_refusal_by_none_that_was_not_asked() {
        let granted = r#"{"data":{"openid":"o"}}"#;
        let with = |status, body: &str, fields: &[(&str, &str)]| {
            let mut reply = answered(status, body);
            let mut exchange = (*reply.exchange).clone();
            if let crate::record::Outcome::Answered(answer) = &mut exchange.outcome {
                for (name, value) in fields {
                    answer.headers.push(*name, *value);
                }
            }
            reply.exchange = std::sync::Arc::new(exchange);
            kept_by_no_cache(&reply)
        };
        let no_store = ("Cache-Control", "private, No-Store");
        assert_eq!(with(200, granted, &[no_store]), Judgement::Kept);
        assert_eq!(with(200, granted, &[("Cache-Control", "private"), no_store]), Judgement::Kept);
        assert!(broken(&with(200, granted, &[])));
        assert!(broken(&with(200, granted, &[("Pragma", "no-cache"), ("Cache-Control", "no-cache")])));
        assert_eq!(with(400, "{}", &[]), Judgement::Kept);
        assert!(broken(&with(200, "{}", &[])));
        for field in [("Cache-Control", "max-age=60"), ("Cache-Control", "public"), ("Expires", "later")] {
            assert!(broken(&with(400, "{}", &[field])), "{field:?}");
        }
        let dropped = failed(FailureKind::Broken);
        assert!(matches!(kept_by_no_cache(&dropped), Judgement::CannotTell(_)));
    }

    #[test]
    fn only_a_refusal_can_be_put_down_to_the_server() {
        assert_eq!(no_server_error(&answered(200, r#"{"code":1}"#)), Judgement::Kept);
        assert_eq!(no_server_error(&answered(403, "")), Judgement::Kept);
        assert_eq!(no_server_error(&answered(499, "")), Judgement::Kept);
        assert!(broken(&no_server_error(&answered(500, ""))));
        let granted = answered(200, r#"{"data":{"openid":"o"}}"#);
        for reply in [granted, answered(429, ""), failed(FailureKind::Broken)] {
            assert!(matches!(no_server_error(&reply), Judgement::CannotTell(_)));
        }
    }
}
