//! Judgements on what goes with user info or its refusal: the challenge, and what caches are told.

use chrono::DateTime;

use super::refusal::is_empty;
use super::{Judgement, Reply};
use crate::record::{Finding, Headers};

/// Judges that a refusal is 401 and names `scheme` in its challenge (RFC 6750 section 3).
pub fn challenges(reply: &Reply, scheme: &str) -> Judgement {
    let answer = match (reply.inconclusive(), reply.exchange.answer()) {
        (Some(reason), _) => return Judgement::CannotTell(reason),
        (None, Err(failure)) => return Judgement::CannotTell(failure.to_string()),
        (None, Ok(answer)) => answer,
    };
    if reply.accepted && !is_empty(&reply.data) {
        return Judgement::CannotTell(tr!("it was not refused: {}", reply.describe()));
    }
    let expected = || tr!("status 401, and {scheme} in WWW-Authenticate", scheme);
    if answer.status != 401 {
        return Judgement::Broken(Finding::new(expected(), tr!("status {status}", status = answer.status)));
    }
    let named = schemes(&answer.headers);
    Judgement::from_condition(named.iter().any(|name| name.eq_ignore_ascii_case(scheme)), expected(), || {
        match named.as_slice() {
            [] => tr!("status 401 without WWW-Authenticate"),
            named => tr!("status 401, and {scheme} in WWW-Authenticate", scheme = named.join(", ")),
        }
    })
}

/// Returns the schemes of all challenges in an answer (RFC 9110 section 11.6.1).
fn schemes(headers: &Headers) -> Vec<String> {
    let mut found = Vec::new();
    for element in elements(headers, "www-authenticate") {
        let end = element.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(element.len());
        let (name, rest) = element.split_at(end);
        // What stands before an equals sign is a parameter of the challenge before it.
        if !rest.trim_start().starts_with('=') && !name.is_empty() {
            found.push(name.to_owned());
        }
    }
    found
}

/// Judges that no shared cache may keep the answer and show it to others without asking again.
///
/// An answer to a request with credentials is kept by shared caches only where `public`, `s-maxage` or
/// `must-revalidate` allows it (RFC 9111 section 3.5); so without `Cache-Control` all is well. An answer to
/// a request without credentials is kept as soon as it says for how long. Nothing is kept with `no-store` or
/// `private`, and with `no-cache` or a lifetime of nothing the backend is asked each time.
pub fn not_publicly_cacheable(reply: &Reply) -> Judgement {
    let answer = match (reply.inconclusive(), reply.exchange.answer()) {
        (Some(reason), _) => return Judgement::CannotTell(reason),
        (None, Err(failure)) => return Judgement::CannotTell(failure.to_string()),
        (None, Ok(answer)) => answer,
    };
    let with_credentials = reply.exchange.request.headers.get("authorization").is_some();
    let directives: Vec<(String, String)> =
        elements(&answer.headers, "cache-control").iter().map(|text| directive(text)).collect();
    let has = |name: &str| directives.iter().any(|(known, _)| known == name);
    // With a value, `private` and `no-cache` are about single fields of the answer.
    let bars = |name: &str| directives.iter().any(|(known, value)| known == name && value.is_empty());
    let for_nobody = elements(&answer.headers, "vary").iter().any(|field| field == "*");
    let barred = has("no-store") || bars("private") || bars("no-cache") || for_nobody;
    let allowed = !with_credentials || has("public") || has("s-maxage") || has("must-revalidate");
    let lives = match lifetime(&directives, &answer.headers) {
        Some(seconds) => seconds > 0,
        // Without a lifetime caches guess one for what is declared public.
        None => has("public"),
    };
    let told = |name| answer.headers.get(name).map(|value| format!("{name}: {value}"));
    Judgement::from_condition(
        barred || !allowed || !lives,
        tr!("an answer that no shared cache keeps"),
        || {
            let said: Vec<String> = ["cache-control", "expires"].into_iter().filter_map(told).collect();
            tr!("{status} with {fields}", status = answer.status, fields = said.join(", "))
        },
    )
}

/// Returns for how many seconds a shared cache may take the answer for fresh (RFC 9111 section 4.2.1); nothing
/// when the answer does not say.
fn lifetime(directives: &[(String, String)], headers: &Headers) -> Option<i64> {
    let seconds = |name: &str| {
        let (_, value) = directives.iter().find(|(known, _)| known == name)?;
        // What cannot be read counts as stale.
        Some(value.parse().unwrap_or(0))
    };
    let instant = |name| DateTime::parse_from_rfc2822(headers.get(name)?.trim()).ok();
    seconds("s-maxage").or_else(|| seconds("max-age")).or_else(|| {
        headers.get("expires")?;
        let (Some(ends), Some(made)) = (instant("expires"), instant("date")) else { return Some(0) };
        Some(ends.signed_duration_since(made).num_seconds())
    })
}

/// Splits a directive into its name in lower case and its value without quotes.
fn directive(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_owned())
}

/// Returns the elements of all fields of one name, cut at the commas that stand outside of quotes.
fn elements(headers: &Headers, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (_, value) in headers.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name)) {
        let (mut element, mut quoted, mut escaped) = (String::new(), false, false);
        for letter in value.chars() {
            match letter {
                ',' if !quoted => found.push(std::mem::take(&mut element)),
                _ => {
                    quoted ^= letter == '"' && !escaped;
                    escaped = quoted && letter == '\\' && !escaped;
                    element.push(letter);
                }
            }
        }
        found.push(element);
    }
    let trimmed = found.iter().map(|element| element.trim().to_owned());
    trimmed.filter(|element| !element.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{challenges, not_publicly_cacheable};
    use crate::checks::reply::examples::{answered, failed};
    use crate::checks::{Judgement, Reply};
    use crate::record::{FailureKind, Headers, Outcome};

    /// The answer with these fields to a request, with credentials or without.
    fn with(mut reply: Reply, credentials: bool, fields: &[(&str, &str)]) -> Reply {
        let exchange = Arc::make_mut(&mut reply.exchange);
        if credentials {
            exchange.request.headers.push("authorization", "Bearer abc");
        }
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        if let Outcome::Answered(answer) = &mut exchange.outcome {
            answer.headers = Headers::new(fields);
        }
        reply
    }

    fn challenged(status: u16, body: &str, fields: &[&str]) -> Judgement {
        let fields: Vec<(&str, &str)> = fields.iter().map(|value| ("www-authenticate", *value)).collect();
        challenges(&with(answered(status, body), true, &fields), "Bearer")
    }

    #[test]
    fn commas_and_escaped_quotes_within_quotes_end_no_element() {
        let value = r#"a="x\"y, z", b="\\", c,, d"#.to_owned();
        let headers = Headers::new(vec![("x".to_owned(), value), ("X".to_owned(), "e".to_owned())]);
        assert_eq!(super::elements(&headers, "x"), [r#"a="x\"y, z""#, r#"b="\\""#, "c", "d", "e"]);
    }

    #[test]
    fn a_challenge_may_stand_among_others() {
        for fields in [
            &["Bearer"][..],
            &["bearer realm=\"a, b\", error=\"invalid_token\""],
            &["Basic realm=\"x\", Bearer realm = \"y\""],
            &["Basic realm=\"x\"", "BEARER"],
            &["Negotiate a87421000492aa==, Bearer"],
        ] {
            assert_eq!(challenged(401, "{}", fields), Judgement::Kept, "{fields:?}");
        }
    }

    #[test]
    fn a_refusal_without_the_schemes_name_is_a_breach() {
        for fields in [
            &[][..],
            &["Basic realm=\"x\""],
            &["Basic realm=\"ask, Bearer\""],
            &["Basic realm=\"say \\\", Bearer\""],
            &["Basic Bearer=\"x\""],
            &["JWT, Bearer = \"x\""],
            &[""],
        ] {
            assert!(matches!(challenged(401, "{}", fields), Judgement::Broken(_)), "{fields:?}");
        }
    }

    #[test]
    fn another_status_is_a_breach_whatever_it_carries() {
        for (status, body) in [(403, "{}"), (200, r#"{"code":401}"#), (424, "{}"), (500, "<html>")] {
            assert!(matches!(challenged(status, body, &["Bearer"]), Judgement::Broken(_)), "{status}");
        }
    }

    #[test]
    fn without_a_refusal_there_is_no_challenge_to_judge() {
        let opened = challenged(200, r#"{"data":{"id":1}}"#, &[]);
        assert!(matches!(opened, Judgement::CannotTell(_)));
        assert!(matches!(challenged(429, "{}", &[]), Judgement::CannotTell(_)));
        let dropped = challenges(&failed(FailureKind::Broken), "Bearer");
        assert!(matches!(dropped, Judgement::CannotTell(_)));
    }

    fn cached(credentials: bool, fields: &[(&str, &str)]) -> Judgement {
        not_publicly_cacheable(&with(answered(200, "{}"), credentials, fields))
    }

    const NOW: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    const LATER: (&str, &str) = ("expires", "Sun, 06 Nov 1994 09:49:37 GMT");

    #[test]
    fn credentials_in_the_request_keep_shared_caches_away() {
        for fields in [
            &[][..],
            &[("cache-control", "max-age=3600")],
            &[NOW, LATER],
            &[("cache-control", "no-cache, no-store, max-age=0, must-revalidate"), ("expires", "0")],
            &[("cache-control", "private, max-age=60, must-revalidate")],
            &[("cache-control", "max-age=0, must-revalidate, public")],
            &[("cache-control", "public, no-cache")],
            &[("cache-control", "public, max-age=60"), ("vary", "*")],
            &[("cache-control", "no-store"), ("cache-control", "public, max-age=60")],
        ] {
            assert_eq!(cached(true, fields), Judgement::Kept, "{fields:?}");
        }
    }

    #[test]
    fn what_lets_shared_caches_keep_it_is_a_breach() {
        for fields in [
            &[("cache-control", "public")][..],
            &[("cache-control", "Public, Max-Age=60")],
            &[("cache-control", "s-maxage=60, max-age=0")],
            &[("cache-control", "must-revalidate, max-age=60")],
            &[("cache-control", "max-age=60"), ("cache-control", "public")],
            &[("cache-control", "public, private=\"set-cookie\", max-age=\"60\"")],
            &[("cache-control", "public"), NOW, LATER],
        ] {
            assert!(matches!(cached(true, fields), Judgement::Broken(_)), "{fields:?}");
        }
    }

    #[test]
    fn without_credentials_a_lifetime_is_enough() {
        for fields in [&[("cache-control", "max-age=60")][..], &[NOW, LATER], &[("cache-control", "public")]]
        {
            assert!(matches!(cached(false, fields), Judgement::Broken(_)), "{fields:?}");
        }
        for fields in [
            &[][..],
            &[("cache-control", "no-cache, must-revalidate")],
            &[("cache-control", "private, max-age=60")],
            &[NOW, ("expires", "Thu, 01 Jan 1970 00:00:00 GMT")],
            &[LATER],
            &[("expires", "0")],
        ] {
            assert_eq!(cached(false, fields), Judgement::Kept, "{fields:?}");
        }
    }

    #[test]
    fn without_an_answer_nothing_can_be_cached() {
        let gone = not_publicly_cacheable(&failed(FailureKind::Broken));
        assert!(matches!(gone, Judgement::CannotTell(_)));
        let limited = not_publicly_cacheable(&answered(429, "{}"));
        assert!(matches!(limited, Judgement::CannotTell(_)));
    }
}
