//! Judgements on how a token answer, or the refusal of one, is worded: RFC 6749 section 5.

use super::{Judgement, Reply};
use crate::expiry::{Value, lifetime_seconds};

/// The longest lifetime that is taken for meant, in seconds: 31 days.
const LONGEST_PLAUSIBLE: f64 = 31.0 * 86_400.0;

/// Judges that the token is called a Bearer token, in any case.
pub fn says_bearer(reply: &Reply) -> Judgement {
    of_an_issued_token(reply, || {
        let bearer = matches!(&reply.token_type, Value::String(text)
            if text.to_string_lossy().eq_ignore_ascii_case("bearer"));
        Judgement::from_condition(bearer, "token_type \"Bearer\"", || match reply.token_type.to_json() {
            Some(found) => format!("token_type {found}"),
            None => tr!("no {name}", name = "token_type"),
        })
    })
}

/// Judges that no cache may keep the token answer.
pub fn no_cache_keeps_token(reply: &Reply) -> Judgement {
    of_an_issued_token(reply, || {
        let mut directives = reply.headers("cache-control").flat_map(|value| value.split(','));
        let forbidden = directives.any(|directive| directive.trim().eq_ignore_ascii_case("no-store"));
        let expected = tr!("the header Cache-Control with no-store");
        Judgement::from_condition(forbidden, expected, || shown(reply, "Cache-Control"))
    })
}

/// Judges that the token answer is declared as JSON, with or without a charset; a type of its own that is written in JSON
/// says so by its suffix (RFC 6839 section 3.1).
pub fn declared_json(reply: &Reply) -> Judgement {
    of_an_issued_token(reply, || {
        let mut declared = reply.headers("content-type");
        let essence = |value: &str| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let json = declared.next().map(essence).is_some_and(|essence| {
            essence == "application/json"
                || essence.strip_suffix("+json").is_some_and(|kind| kind.starts_with("application/"))
        });
        let expected = tr!("the header Content-Type with application/json");
        Judgement::from_condition(json, expected, || shown(reply, "Content-Type"))
    })
}

/// Judges that the lifetime is one that somebody may have meant: at most 31 days.
///
/// A number in a text is read as a number: that it is a text is another requirement's matter, and so is a
/// lifetime that is missing or none.
pub fn plausible_lifetime(reply: &Reply) -> Judgement {
    of_an_issued_token(reply, || {
        let read = if let Value::String(text) = &reply.lifetime {
            text.to_string_lossy().trim().parse().ok().map(Value::Number)
        } else {
            Some(reply.lifetime.clone())
        };
        let Some(seconds) = read.as_ref().and_then(lifetime_seconds) else {
            return Judgement::CannotTell(tr!("no usable lifetime was announced with the token"));
        };
        Judgement::from_condition(seconds <= LONGEST_PLAUSIBLE, tr!("a lifetime of at most 31 days"), || {
            tr!(
                "{seconds} s, which is {days} days",
                seconds,
                days = format_args!("{:.0}", seconds / 86_400.0)
            )
        })
    })
}

/// Judges that a refusal has status 400 or 401 and a text as the code of the error.
pub fn oauth_refusal(reply: &Reply) -> Judgement {
    refused(reply).and(|| {
        let status = matches!(reply.status(), Some(400 | 401));
        let coded = matches!(&reply.error, Value::String(code) if !code.is_empty());
        Judgement::from_condition(status && coded, tr!("status 400 or 401 and a text as `error`"), || {
            reply.describe()
        })
    })
}

/// Judges that a refusal with status 401 says how to authenticate; nothing follows from another status, and
/// the result is then absent.
#[must_use]
pub fn with_challenge(reply: &Reply) -> Option<Judgement> {
    let challenged = || {
        let challenge = reply.headers("www-authenticate").any(|value| !value.trim().is_empty());
        let expected = tr!("the header WWW-Authenticate with status 401");
        Judgement::from_condition(challenge, expected, || shown(reply, "WWW-Authenticate"))
    };
    match refused(reply) {
        Judgement::Kept => (reply.status() == Some(401)).then(challenged),
        other @ (Judgement::Broken(_) | Judgement::CannotTell(_)) => Some(other),
    }
}

/// Says whether a token request was refused, which is all that can be judged of a refusal.
fn refused(reply: &Reply) -> Judgement {
    match reply.inconclusive() {
        Some(reason) => Judgement::CannotTell(reason),
        None if reply.token.is_truthy() => {
            Judgement::CannotTell(tr!("it was not refused: {}", reply.describe()))
        }
        None => match reply.exchange.answer() {
            Ok(_) => Judgement::Kept,
            // That a refusal has to be answered at all is another requirement's matter.
            Err(failure) => Judgement::CannotTell(failure.to_string()),
        },
    }
}

/// Judges an answer that carries a token; without one there is nothing to judge.
fn of_an_issued_token(reply: &Reply, judge: impl FnOnce() -> Judgement) -> Judgement {
    match reply.inconclusive() {
        Some(reason) => Judgement::CannotTell(reason),
        None if reply.token.is_truthy() => judge(),
        None => Judgement::CannotTell(tr!("no token was issued: {}", reply.describe())),
    }
}

/// Describes a header field of an answer; it holds no secret.
fn shown(reply: &Reply, name: &str) -> String {
    let values: Vec<&str> = reply.headers(name).collect();
    if values.is_empty() { tr!("no {name}", name) } else { format!("{name}: {}", values.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::{
        declared_json, no_cache_keeps_token, oauth_refusal, plausible_lifetime, says_bearer, with_challenge,
    };
    use crate::checks::reply::examples::{answered, answered_with, failed};
    use crate::checks::{Judgement, Reply};
    use crate::record::FailureKind;

    const TOKEN: &str = r#"{"access_token":"t"}"#;

    fn broken(judgement: &Judgement) -> bool {
        matches!(judgement, Judgement::Broken(_))
    }

    #[test]
    fn a_token_type_is_bearer_in_any_case() {
        let with = |kind: &str| answered(200, &format!(r#"{{"access_token":"t","token_type":{kind}}}"#));
        for right in [r#""Bearer""#, r#""bearer""#, r#""BEARER""#] {
            assert_eq!(says_bearer(&with(right)), Judgement::Kept, "{right}");
        }
        for wrong in [r#""MAC""#, r#""Bearer ""#, r#""""#, "null", "1", r#"["Bearer"]"#] {
            assert!(broken(&says_bearer(&with(wrong))), "{wrong}");
        }
        assert!(broken(&says_bearer(&answered(200, TOKEN))));
    }

    #[test]
    fn a_token_answer_is_for_no_cache_to_keep() {
        let with = |values: &[&str]| {
            let headers: Vec<(&str, &str)> = values.iter().map(|value| ("cache-control", *value)).collect();
            no_cache_keeps_token(&answered_with(200, &headers, TOKEN))
        };
        for right in
            [&["no-store"][..], &["No-Store"], &["no-cache, no-store, max-age=0"], &["private", "no-store"]]
        {
            assert_eq!(with(right), Judgement::Kept, "{right:?}");
        }
        for wrong in [&[][..], &["no-cache"], &["private, max-age=0"], &["max-age=60"], &["x-no-store"]] {
            assert!(broken(&with(wrong)), "{wrong:?}");
        }
    }

    #[test]
    fn a_token_answer_is_declared_as_json() {
        let with = |value| declared_json(&answered_with(200, &[("Content-Type", value)], TOKEN));
        for right in [
            "application/json",
            "application/json;charset=UTF-8",
            "Application/JSON ; charset=utf-8",
            "application/vnd.api+json",
        ] {
            assert_eq!(with(right), Judgement::Kept, "{right}");
        }
        for wrong in [
            "text/html",
            "text/json",
            "text/plain; application/json",
            "application/jsonp",
            "image/x+json",
            "",
        ] {
            assert!(broken(&with(wrong)), "{wrong}");
        }
        assert!(broken(&declared_json(&answered(200, TOKEN))));
    }

    #[test]
    fn a_lifetime_beyond_a_month_was_not_meant() {
        let with = |lifetime: &str| {
            plausible_lifetime(&answered(200, &format!(r#"{{"access_token":"t","expires_in":{lifetime}}}"#)))
        };
        for right in ["1", "7200", "2678400", r#""7200""#] {
            assert_eq!(with(right), Judgement::Kept, "{right}");
        }
        for wrong in ["2678401", "7200000", r#""7200000""#, "1e300"] {
            assert!(broken(&with(wrong)), "{wrong}");
        }
        for nothing in ["0", "-1", "null", r#""soon""#] {
            assert!(matches!(with(nothing), Judgement::CannotTell(_)), "{nothing}");
        }
    }

    #[test]
    fn without_a_token_its_answer_cannot_be_judged() {
        let judges: [fn(&Reply) -> Judgement; 4] =
            [says_bearer, no_cache_keeps_token, declared_json, plausible_lifetime];
        for judge in judges {
            for reply in [answered(400, "{}"), answered(429, TOKEN), failed(FailureKind::Unreachable)] {
                assert!(matches!(judge(&reply), Judgement::CannotTell(_)));
            }
        }
    }

    #[test]
    fn a_refusal_has_a_status_and_a_code() {
        let error = r#"{"error":"invalid_grant"}"#;
        for status in [400, 401] {
            assert_eq!(oauth_refusal(&answered(status, error)), Judgement::Kept);
        }
        for (status, body) in [
            (200, error),
            (403, error),
            (404, error),
            (500, error),
            (400, r#"{"code":1}"#),
            (400, r#"{"error":true}"#),
            (400, r#"{"error":""}"#),
            (400, "invalid_grant"),
        ] {
            assert!(broken(&oauth_refusal(&answered(status, body))), "{status} {body}");
        }
        let unanswered = [FailureKind::Unreachable, FailureKind::Broken, FailureKind::TimedOut].map(failed);
        for reply in unanswered.into_iter().chain([answered(400, TOKEN), answered(429, error)]) {
            assert!(matches!(oauth_refusal(&reply), Judgement::CannotTell(_)));
        }
    }

    #[test]
    fn only_a_401_needs_a_challenge() {
        let challenge = [("www-authenticate", "Basic realm=\"x\"")];
        assert_eq!(with_challenge(&answered_with(401, &challenge, "{}")), Some(Judgement::Kept));
        let seen = |fields: &[(&str, &str)]| match with_challenge(&answered_with(401, fields, "{}")) {
            Some(Judgement::Broken(finding)) => finding.actual,
            other => format!("{other:?}"),
        };
        assert_eq!(seen(&[]), "no WWW-Authenticate");
        assert_eq!(seen(&[("www-authenticate", "")]), "WWW-Authenticate: ");
        let empty = answered_with(401, &[("WWW-Authenticate", " ")], "{}");
        assert!(with_challenge(&empty).is_some_and(|judgement| broken(&judgement)));
        assert_eq!(with_challenge(&answered(400, "{}")), None);
        assert!(matches!(with_challenge(&answered(401, TOKEN)), Some(Judgement::CannotTell(_))));
    }
}
