//! How does somebody send the same request again?

use crate::record::ExchangeRecord;
use crate::report::shell;

/// Header fields that curl writes by itself.
const OWN: &[&str] = &["content-length", "host", "transfer-encoding", "connection"];

/// Returns a line for a shell that sends the request of an exchange again. Where a secret was taken out, it has
/// `***`, and a body that a record has only the beginning of is sent as far as it goes.
pub(super) fn curl(exchange: &ExchangeRecord) -> String {
    let request = &exchange.request;
    let method = exchange.method.as_str();
    let mut words: Vec<String> = vec!["curl".to_owned(), "-i".to_owned()];
    let usual = if request.body_bytes == 0 { "GET" } else { "POST" };
    match method {
        "HEAD" => words.push("-I".to_owned()),
        _ if method == usual => {}
        _ => words.extend(["-X".to_owned(), method.to_owned()]),
    }
    if !exchange.redirects.is_empty() {
        words.push("-L".to_owned());
    }
    // Braces and brackets are letters to the phone, and `..` is a folder's name.
    if exchange.url.contains(['{', '}', '[', ']']) {
        words.push("-g".to_owned());
    }
    if exchange.url.contains("/.") {
        words.push("--path-as-is".to_owned());
    }
    words.push(exchange.url.clone());
    let mut has_type = false;
    for (name, value) in &request.headers {
        has_type |= name.eq_ignore_ascii_case("content-type");
        if OWN.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            continue;
        }
        // With a colon behind it, curl would take an empty field for one that it shall not send.
        let field = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        words.extend(["-H".to_owned(), field]);
    }
    if request.body_bytes == 0 {
        return shell::line(words.iter().map(String::as_str));
    }
    if !has_type {
        words.extend(["-H".to_owned(), "Content-Type:".to_owned()]);
    }
    let piped = request.hex.as_deref().and_then(bytes).or_else(|| {
        // No argument can hold a NUL.
        request.body.contains('\0').then(|| request.body.clone().into_bytes())
    });
    let Some(bytes) = piped else {
        words.extend(["--data-raw".to_owned(), request.body.clone()]);
        return shell::line(words.iter().map(String::as_str));
    };
    words.extend(["--data-binary".to_owned(), "@-".to_owned()]);
    format!("{} | {}", shell::printing(&bytes), shell::line(words.iter().map(String::as_str)))
}

/// Returns the bytes that pairs of hexadecimal digits stand for.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::curl;
    use crate::record::{ExchangeRecord, MessageRecord};
    use crate::report::fixtures;

    fn sent(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> ExchangeRecord {
        let record = fixtures::nonconforming();
        let broken = record.requirements.iter().find(|one| one.id == "CODE-02").unwrap();
        let mut exchange = broken.scenarios[0].exchanges[0].clone();
        exchange.method = method.to_owned();
        exchange.url = url.to_owned();
        exchange.request = MessageRecord {
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.to_owned(),
            body_bytes: body.len(),
            cut: false,
            hex: None,
        };
        exchange
    }

    #[test]
    fn a_request_becomes_a_line() {
        let url = "http://127.0.0.1:1/a?code=x";
        let plain = sent("GET", url, &[("content-type", "application/json"), ("Host", "h"), ("X-E", "")], "");
        assert_eq!(curl(&plain), format!("curl -i '{url}' -H 'content-type: application/json' -H 'X-E;'"));
        let posted = sent("POST", "http://h/t", &[("Content-Type", "text/x")], "@it's");
        assert_eq!(curl(&posted), r"curl -i http://h/t -H 'Content-Type: text/x' --data-raw '@it'\''s'");
        assert_eq!(curl(&sent("HEAD", "http://h/t", &[], "")), "curl -i -I http://h/t");
        assert_eq!(
            curl(&sent("PUT", "http://h/../[x]", &[], "b")),
            "curl -i -X PUT -g --path-as-is 'http://h/../[x]' -H Content-Type: --data-raw b"
        );
    }

    #[test]
    fn a_body_that_no_argument_can_hold_is_piped() {
        let mut posted = sent("POST", "http://h/t", &[("content-type", "x")], "a\0'%");
        let line = r"printf 'a\000\047%%' | curl -i http://h/t -H 'content-type: x' --data-binary @-";
        assert_eq!(curl(&posted), line);
        posted.request.hex = Some("ff00".to_owned());
        assert!(curl(&posted).starts_with(r"printf '\377\000' | curl "), "{}", curl(&posted));
    }
}
