//! Judgements on what WeChat received because of a code exchange.

use super::{Judgement, Reply};
use crate::protocol::{AppId, AppSecret, JsCode};
use crate::record::{Exchange, Finding};

/// How many times one code may be sent to a busy WeChat. A widely used SDK sends it once and five times more.
const MOST_SENDS: usize = 6;

/// How many characters a call has to share with a code to be about it. The codes of a run are random, so that
/// many do not agree by chance.
const SHARED: usize = 8;

/// How many characters of a parameter a finding quotes.
const QUOTED: usize = 90;

/// The parameters of `jscode2session`.
const PARAMETERS: [&str; 4] = ["appid", "secret", "js_code", "grant_type"];

/// Tells whether a call to WeChat is about a code, whole or in part: some of the letters that the code was made
/// of stand somewhere in its query, in whatever case.
#[must_use]
pub fn is_about(call: &Exchange, letters: &str) -> bool {
    let folded = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    let wanted = folded(letters);
    let wanted: Vec<&[char]> = wanted.windows(SHARED).collect();
    parameters(call).iter().any(|(name, value)| {
        folded(name).windows(SHARED).chain(folded(value).windows(SHARED)).any(|part| wanted.contains(&part))
    })
}

/// Judges that a code arrived as the client sent it, and that nothing of it became another parameter.
///
/// `calls` are the calls of `jscode2session` that have to do with the code. The query is compared decoded, since
/// one text can be encoded in several ways. Parameters that WeChat ignores may be there.
pub fn arrived_as_sent(code: &JsCode, calls: &[Exchange]) -> Judgement {
    Judgement::all(calls.iter().map(|call| {
        let parameters = parameters(call);
        let values = |wanted: &str| {
            let values = parameters.iter().filter(move |(name, _)| name == wanted);
            values.map(|(_, value)| value.as_str()).collect::<Vec<_>>()
        };
        let codes = values("js_code");
        let repeated: Vec<&str> = PARAMETERS.into_iter().filter(|wanted| values(wanted).len() > 1).collect();
        if !codes
            .first()
            .is_some_and(|arrived| *arrived == code.as_str() || *arrived == without_controls(code))
        {
            let arrived =
                codes.first().map_or_else(|| tr!("no {name}", name = "js_code"), |code| quoted(code));
            let sent = format!("js_code={}", quoted(code.as_str()));
            return Judgement::Broken(Finding::new(sent, arrived)).shown_by([call]);
        }
        Judgement::from_condition(repeated.is_empty(), tr!("each parameter once"), || {
            let each: Vec<String> = repeated.iter().map(|name| tr!("more than one {name}", name)).collect();
            each.join(", ")
        })
        .shown_by([call])
    }))
}

/// Returns a code with blanks for what no text may hold that is written into XML or a terminal: frameworks clean such
/// characters out of every parameter, and nothing can be added or overridden by that.
fn without_controls(code: &JsCode) -> String {
    code.as_str().replace(|c: char| c.is_control() && !matches!(c, '\t' | '\r' | '\n'), " ")
}

/// Judges that the backend asked as itself: its own appid, its own secret, and the one grant type there is.
pub fn asked_as_itself(calls: &[Exchange], app: &AppId, secret: &AppSecret) -> Judgement {
    Judgement::all(calls.iter().map(|call| {
        let parameters = parameters(call);
        let first = |wanted: &str| {
            parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
        };
        let is = |name: &str, wanted: &str| {
            Judgement::from_condition(first(name) == Some(wanted), format!("{name}={wanted}"), || {
                first(name)
                    .map_or_else(|| tr!("no {name}", name), |value| format!("{name}={}", quoted(value)))
            })
        };
        // Neither secret is quoted: the wrong one may be the right one of another app.
        let own_secret = first("secret") == Some(secret.expose());
        is("appid", app.as_str())
            .and(|| {
                Judgement::from_condition(own_secret, tr!("the secret of the app"), || {
                    match first("secret") {
                        Some(_) => tr!("another secret"),
                        None => tr!("no secret"),
                    }
                })
            })
            .and(|| is("grant_type", "authorization_code"))
            .shown_by([call])
    }))
}

/// Judges that a successful exchange cost one call.
pub fn cost_one_call(exchange: &Reply, calls: usize) -> Judgement {
    if !exchange.granted {
        return Judgement::CannotTell(tr!("the code was not exchanged: {}", exchange.describe()));
    }
    Judgement::from_condition(calls == 1, tr!("one call of jscode2session"), || tr!("{calls} calls", calls))
        .shown_by([&*exchange.exchange])
}

/// Judges that WeChat was not asked, given how many calls each of several requests without a code caused.
pub fn never_asked(calls: &[usize]) -> Judgement {
    Judgement::all(calls.iter().map(|calls| {
        Judgement::from_condition(*calls == 0, tr!("no call of jscode2session"), || {
            tr!("{calls} for a request without a code", calls)
        })
    }))
}

/// Judges that a code which WeChat had no time for was not sent over and over, as far as the client waited.
pub fn not_hammered(reply: &Reply, sends: usize) -> Judgement {
    sent_at_most(reply, sends, MOST_SENDS)
}

/// Judges that a code was not sent again after WeChat had said that its quota is used up.
pub fn sent_once(reply: &Reply, sends: usize) -> Judgement {
    sent_at_most(reply, sends, 1)
}

fn sent_at_most(reply: &Reply, sends: usize, most: usize) -> Judgement {
    if sends == 0 {
        return Judgement::CannotTell(tr!("WeChat was not asked: {}", reply.describe()));
    }
    let kept =
        Judgement::from_condition(sends <= most, tr!("at most {most} sends of one code", most), || {
            tr!("{sends} sends before the answer", sends)
        })
        .shown_by([&*reply.exchange]);
    // Who is still busy when the client gives up may go on sending.
    kept.and(|| match reply.exchange.answer() {
        Ok(_) => Judgement::Kept,
        Err(failure) => Judgement::CannotTell(failure.to_string()),
    })
}

fn parameters(call: &Exchange) -> Vec<(String, String)> {
    let query = call.request.url.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Returns a text with what cannot be printed escaped, and shortened to what a person reads.
fn quoted(text: &str) -> String {
    let start: String = text.chars().take(QUOTED).collect();
    let cut = start.len() < text.len();
    let start = format!("{start:?}");
    if cut { tr!("{start} … ({bytes} bytes)", start, bytes = text.len()) } else { start }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{
        arrived_as_sent, asked_as_itself, cost_one_call, is_about, never_asked, not_hammered, sent_once,
    };
    use crate::checks::Judgement;
    use crate::checks::reply::examples::{answered, failed};
    use crate::protocol::{AppId, AppSecret, JsCode};
    use crate::record::{Exchange, FailureKind};

    const CODE: &str = "0a1ABCDefgh0123";

    fn call(query: &str) -> Exchange {
        let mut exchange = (*answered(200, "{}").exchange).clone();
        exchange.request.url = format!("http://127.0.0.1/sns/jscode2session?{query}");
        exchange
    }

    fn broken(judgement: &Judgement) -> bool {
        matches!(judgement, Judgement::Broken(_))
    }

    #[test]
    fn a_quotation_is_whole_or_says_how_long_the_whole_is() {
        assert_eq!(super::quoted("a\tb"), r#""a\tb""#);
        let whole = "x".repeat(super::QUOTED);
        assert_eq!(super::quoted(&whole), format!("{whole:?}"));
        let long = super::quoted(&format!("{whole}y"));
        assert_eq!(long, format!("{whole:?} … ({} bytes)", super::QUOTED + 1));
    }

    #[test]
    fn a_part_of_a_code_is_recognised_in_any_case_and_anywhere() {
        for query in ["js_code=0a1ABCDefgh0123", "js_code=XX0A1abcdEX", "js_code=&x=ABCDefgh", "ABCDefgh="] {
            assert!(is_about(&call(query), CODE), "{query}");
        }
        for query in ["", "js_code=", "js_code=ABCDefg", "js_code=hgfeDCBA"] {
            assert!(!is_about(&call(query), CODE), "{query}");
        }
    }

    #[test]
    fn a_code_arrives_whole_however_it_is_encoded() {
        let code = JsCode::new("a&b c");
        for query in
            ["js_code=a%26b%20c", "js_code=a%26b+c&access_token=x&x=1", "appid=1&js_code=%61%26b%20c"]
        {
            assert_eq!(arrived_as_sent(&code, &[call(query)]), Judgement::Kept, "{query}");
        }
        for query in [
            "js_code=a&b%20c",
            "js_code=a%2526b%20c",
            "js_code=a%26b",
            "",
            "js_code=a%26b%20c&appid=1&appid=2",
            "js_code=a%26b%20c&js_code=x",
        ] {
            let wrong = Exchange { at: Duration::from_millis(5), ..call(query) };
            let judgement = arrived_as_sent(&code, &[call("js_code=a%26b%20c"), wrong]);
            let Judgement::Broken(finding) = judgement else { panic!("{query}: {judgement:?}") };
            assert_eq!(finding.shown_by, [Duration::from_millis(5)], "{query}");
        }
        assert!(matches!(arrived_as_sent(&code, &[]), Judgement::CannotTell(_)));
    }

    #[test]
    fn a_backend_asks_as_itself_and_a_finding_shows_no_secret() {
        let (app, secret) = (AppId::new("wx1"), AppSecret::new("hush"));
        let judge = |query: &str| asked_as_itself(&[call(query)], &app, &secret);
        let right = "appid=wx1&secret=hush&js_code=c&grant_type=authorization_code";
        assert_eq!(judge(right), Judgement::Kept);
        for (from, to) in [
            ("wx1", "wx2"),
            ("appid=wx1&", ""),
            ("hush", "other-secret"),
            ("secret=hush&", ""),
            ("&grant_type=authorization_code", ""),
            ("authorization_code", "client_credential"),
        ] {
            let judgement = judge(&right.replace(from, to));
            assert!(broken(&judgement), "{to}");
            let shown = format!("{judgement:?}");
            assert!(!shown.contains("hush") && !shown.contains("other-secret"), "{shown}");
            assert!(shown.contains("shown_by: [0ns]"), "{shown}");
        }
        assert!(matches!(asked_as_itself(&[], &app, &secret), Judgement::CannotTell(_)));
    }

    #[test]
    fn calls_are_counted_for_what_succeeded() {
        let granted = answered(200, r#"{"data":{"openid":"o"}}"#);
        assert_eq!(cost_one_call(&granted, 1), Judgement::Kept);
        assert!(broken(&cost_one_call(&granted, 2)) && broken(&cost_one_call(&granted, 0)));
        assert!(matches!(cost_one_call(&answered(400, "{}"), 1), Judgement::CannotTell(_)));
        assert_eq!(never_asked(&[0, 0]), Judgement::Kept);
        assert!(broken(&never_asked(&[0, 1])));
        assert!(matches!(never_asked(&[]), Judgement::CannotTell(_)));
    }

    #[test]
    fn sends_of_one_code_are_counted_up_to_the_answer() {
        let refused = answered(503, "{}");
        assert_eq!(not_hammered(&refused, 6), Judgement::Kept);
        assert!(broken(&not_hammered(&refused, 7)));
        assert_eq!(sent_once(&refused, 1), Judgement::Kept);
        assert!(broken(&sent_once(&refused, 2)));
        assert!(matches!(sent_once(&refused, 0), Judgement::CannotTell(_)));
        let late = failed(FailureKind::TimedOut);
        assert!(broken(&not_hammered(&late, 7)));
        assert!(matches!(not_hammered(&late, 3), Judgement::CannotTell(_)));
    }
}
