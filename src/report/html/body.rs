//! How does a person read what a message carried?

use maud::{Markup, html};
use serde::de::IgnoredAny;

use crate::record::MessageRecord;
use crate::report::page::{Block, Line};
use crate::report::printable;

/// How many header fields of one message are shown, and how many characters of each.
const FIELDS: usize = 40;
const FIELD: usize = 500;

/// How many characters of a body are shown. A record keeps about as many bytes.
const BODY: usize = 8192;

/// How deep JSON is indented. What is deeper stays at this depth, or a few bytes would become a page of blanks.
const DEPTH: usize = 12;

/// Shows header fields and body of a message.
pub(super) fn message(message: &MessageRecord) -> Markup {
    html! {
        @if !message.headers.is_empty() {
            table.fields {
                caption.hidden { (tr!("Header fields")) }
                tbody {
                    @for (name, value) in message.headers.iter().take(FIELDS) {
                        tr { th scope="row" { (Line(name, FIELD)) } td { (Line(value, FIELD)) } }
                    }
                }
            }
            @if message.headers.len() > FIELDS {
                p.quiet { (tr!("and {n} more field" | "and {n} more fields" % message.headers.len() - FIELDS)) }
            }
        }
        (body(message))
    }
}

fn body(message: &MessageRecord) -> Markup {
    let kind = message.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let shown = match &message.hex {
        Some(hex) => dump(hex),
        None if is_json(message) => indented(&message.body),
        None => message.body.clone(),
    };
    html! {
        @if message.body_bytes == 0 {
            p.quiet { (tr!("No body")) }
        } @else {
            pre tabindex="0" aria-label=(tr!("Body, {n} byte" | "Body, {n} bytes" % message.body_bytes)) {
                (Block(&shown, BODY))
            }
            @if let Some(hex) = &message.hex {
                p.quiet {
                    (Line(&not_text(kind.map(|(_, kind)| printable(kind, 80)), hex.len() / 2, message.body_bytes), 300))
                }
            } @else if message.cut {
                p.quiet { (tr!("Cut: the body has {n} byte or more, and this is its beginning." | "Cut: the body has {n} bytes or more, and this is its beginning." % message.body_bytes)) }
            }
        }
    }
}

/// Says why a body is shown as bytes, and how much of it.
fn not_text(kind: Option<String>, shown: usize, all: usize) -> String {
    if let Some(kind) = kind {
        tr!(
            "Not UTF-8, sent as {kind}; {n} byte of {all} shown."
                | "Not UTF-8, sent as {kind}; {n} bytes of {all} shown." % shown,
            kind = kind,
            all = all
        )
    } else {
        tr!("Not UTF-8; {n} byte of {all} shown." | "Not UTF-8; {n} bytes of {all} shown." % shown, all = all)
    }
}

fn is_json(message: &MessageRecord) -> bool {
    let opens = message.body.trim_start().starts_with(['{', '[']);
    opens && (message.cut || serde_json::from_str::<IgnoredAny>(&message.body).is_ok())
}

/// Returns JSON with line breaks, and otherwise as it was sent: members that stand there twice and numbers of every
/// spelling are what a person may be looking for.
fn indented(json: &str) -> String {
    let mut text = String::new();
    let (mut depth, mut inside, mut escaped) = (0_usize, false, false);
    let break_line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth.min(DEPTH)));
    };
    let mut letters = json.chars().peekable();
    while let Some(c) = letters.next() {
        if inside {
            text.push(c);
            (inside, escaped) = (c != '"' || escaped, c == '\\' && !escaped);
            continue;
        }
        match c {
            '"' => {
                inside = true;
                text.push(c);
            }
            '{' | '[' => {
                text.push(c);
                while letters.next_if(|next| next.is_whitespace()).is_some() {}
                if let Some(end) = letters.next_if(|next| matches!(next, '}' | ']')) {
                    text.push(end);
                } else {
                    depth += 1;
                    break_line(&mut text, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                break_line(&mut text, depth);
                text.push(c);
            }
            ',' => {
                text.push(c);
                break_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            c if c.is_whitespace() => {}
            c => text.push(c),
        }
    }
    text
}

/// Returns bytes, given in hexadecimal, sixteen to a line: where they stand, the bytes, and what of them is a letter.
fn dump(hex: &str) -> String {
    let pairs: Vec<&str> =
        hex.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok()).collect();
    let lines = pairs.chunks(16).enumerate().map(|(row, line)| {
        let letter = |pair: &&str| match u8::from_str_radix(pair, 16) {
            Ok(byte) if byte == b' ' || byte.is_ascii_graphic() => char::from(byte),
            Ok(_) | Err(_) => '.',
        };
        let letters: String = line.iter().map(letter).collect();
        format!("{:04x}  {:<47}  {letters}\n", row * 16, line.join(" "))
    });
    lines.collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::{body, dump, indented};
    use crate::record::MessageRecord;

    fn shown(body_text: &str, cut: bool) -> String {
        let body_bytes = body_text.len();
        body(&MessageRecord { headers: Vec::new(), body: body_text.to_owned(), body_bytes, cut, hex: None }).0
    }

    #[test]
    fn json_is_indented_and_otherwise_left_as_it_was_sent() {
        let sent = r#"{"a":1.50,"a":[],"b":{"c":"{,\"}"},  "d":[1,2]}"#;
        let expected = "{\n  \"a\": 1.50,\n  \"a\": [],\n  \"b\": {\n    \"c\": \"{,\\\"}\"\n  },\n  \"d\": [\n    1,\n    2\n  ]\n}";
        assert_eq!(indented(sent), expected);
        assert!(shown("{\"a\":1", false).contains("{&quot;a&quot;:1</pre>"));
        assert!(shown("{\"a\":1", true).contains("{\n  &quot;a&quot;: 1</pre>"));
    }

    #[test]
    fn deep_json_does_not_become_a_page_of_blanks() {
        let deep = "[1,".repeat(1000);
        assert!(indented(&deep).len() < deep.len() * 20);
    }

    #[test]
    fn a_body_that_was_cut_says_so() {
        assert!(shown("x", true).contains("Cut: the body has 1 byte or more"));
        assert!(!shown("x", false).contains("Cut"));
        assert_eq!(shown("", false), "<p class=\"quiet\">No body</p>");
    }

    #[test]
    fn bytes_are_shown_sixteen_to_a_line() {
        let bytes = (0..18_u8).map(|byte| format!("{:02x}", byte + 0x3a)).collect::<Vec<_>>().concat();
        assert_eq!(
            dump(&bytes),
            "0000  3a 3b 3c 3d 3e 3f 40 41 42 43 44 45 46 47 48 49  :;<=>?@ABCDEFGHI\n\
             0010  4a 4b                                            JK\n"
        );
    }
}
