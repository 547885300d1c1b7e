//! Saying where in an answer a byte stands.

use crate::record::{Answer, REASON};

/// How long a JSON pointer may be in a finding.
const LONGEST_POINTER: usize = 120;

/// Everything of an answer but its body, as one text.
pub(super) struct Head {
    text: String,
    /// Where each part begins, and what it is.
    parts: Vec<(usize, Part)>,
}

/// A part of what is above a body.
enum Part {
    Reason,
    Name,
    /// The value of the field of this name.
    Value(String),
}

impl Part {
    /// Returns what the part is called.
    fn said(&self) -> String {
        match self {
            Self::Reason => tr!("the reason phrase of the status line"),
            Self::Name => tr!("the name of a header"),
            Self::Value(name) => tr!("the header {name}", name),
        }
    }
}

impl Head {
    pub(super) fn of(answer: &Answer) -> Self {
        let mut head = Self { text: String::new(), parts: Vec::new() };
        for (name, value) in answer.headers.iter() {
            if name == REASON {
                head.push(Part::Reason, value);
                continue;
            }
            head.push(Part::Name, name);
            head.push(Part::Value(name.to_ascii_lowercase()), value);
        }
        head
    }

    fn push(&mut self, part: Part, text: &str) {
        self.parts.push((self.text.len(), part));
        self.text.push_str(text);
        // A character that no encoding joins to what follows.
        self.text.push('\0');
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Returns what stands at a byte.
    pub(super) fn place(&self, at: usize) -> String {
        let after = self.parts.partition_point(|(start, _)| *start <= at);
        self.parts.get(after.saturating_sub(1)).map_or_else(String::new, |(_, part)| part.said())
    }
}

/// Returns where a byte of a body stands: as a JSON pointer where the body is JSON, and in any case counted.
pub(super) fn in_body(body: &[u8], at: usize) -> String {
    match pointer(body, at) {
        Some(pointer) if !pointer.is_empty() && pointer.len() <= LONGEST_POINTER => {
            tr!("the body at {pointer} (byte {at})", pointer, at)
        }
        _ => tr!("the body at byte {at}", at),
    }
}

/// What surrounds a value.
enum Around {
    Array(usize),
    Object(String),
}

/// Returns the JSON pointer (RFC 6901) of the value that holds a byte. It reads up to that byte only, and without
/// asking whether what it reads is valid.
fn pointer(body: &[u8], at: usize) -> Option<String> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace())?;
    if !matches!(first, b'{' | b'[') {
        return None;
    }
    let mut around: Vec<Around> = Vec::new();
    let mut key = false;
    let mut position = 0;
    while position <= at {
        match body.get(position)? {
            b'{' => {
                around.push(Around::Object(String::new()));
                key = true;
            }
            b'[' => around.push(Around::Array(0)),
            b'}' | b']' => {
                around.pop();
            }
            b':' => key = false,
            b',' => match around.last_mut()? {
                Around::Array(index) => *index += 1,
                Around::Object(_) => key = true,
            },
            b'"' => {
                let end = end_of_text(body, position)?;
                if let (true, Some(Around::Object(name))) = (key, around.last_mut()) {
                    *name = String::from_utf8_lossy(&body[position + 1..end]).into_owned();
                }
                position = end;
            }
            _ => {}
        }
        position += 1;
    }
    let parts = around.iter().map(|around| match around {
        Around::Array(index) => format!("/{index}"),
        Around::Object(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
    });
    Some(parts.collect())
}

/// Returns where the quotation mark stands that ends a text.
fn end_of_text(body: &[u8], start: usize) -> Option<usize> {
    let mut position = start + 1;
    while *body.get(position)? != b'"' {
        position += if body[position] == b'\\' { 2 } else { 1 };
    }
    Some(position)
}

#[cfg(test)]
mod tests {
    use super::{Head, in_body};
    use crate::record::{Answer, Headers};

    #[test]
    fn a_byte_of_a_json_body_is_named_by_its_pointer() {
        let body = br#" {"a":1,"data":{"x":["no","KEY"],"y/z":"KEZ"},"t\"u":"KEU","KEV":2}"#;
        for (text, place) in
            [("KEY", "/data/x/1"), ("KEZ", "/data/y~1z"), ("KEU", "/t\\\"u"), ("KEV", "/KEV")]
        {
            let at = body.windows(3).position(|window| window == text.as_bytes()).unwrap();
            assert_eq!(in_body(body, at), format!("the body at {place} (byte {at})"));
        }
    }

    #[test]
    fn what_is_closed_again_is_not_around_a_byte() {
        let body = br#"[{"a":{"b":1},"c":[{"d":2},[3,4],"KEX"],"e:,\\":"KEY"},"KEZ"]"#;
        for (text, place) in [("KEX", "/0/c/2"), ("KEY", "/0/e:,\\\\"), ("KEZ", "/1")] {
            let at = body.windows(3).position(|window| window == text.as_bytes()).unwrap();
            assert_eq!(in_body(body, at), format!("the body at {place} (byte {at})"));
        }
    }

    #[test]
    fn a_pointer_too_long_to_be_read_is_left_out() {
        let place = |name: usize| in_body(format!(r#"{{"{}":0}}"#, "n".repeat(name)).as_bytes(), name + 4);
        assert_eq!(place(119), format!("the body at /{} (byte 123)", "n".repeat(119)));
        assert_eq!(place(120), "the body at byte 124");
    }

    #[test]
    fn what_is_no_json_is_counted() {
        assert_eq!(in_body(b"<p>KEY</p>", 3), "the body at byte 3");
        assert_eq!(in_body(b"{\"a", 2), "the body at byte 2");
        assert_eq!(in_body(b"[", 9), "the body at byte 9");
        assert_eq!(in_body(b"", 0), "the body at byte 0");
    }

    #[test]
    fn a_head_knows_its_parts() {
        let mut headers = Headers::default();
        headers.push(":reason", "Nope");
        headers.push("X-Session", "abc");
        let head = Head::of(&Answer { status: 200, headers, body: Vec::new(), cut: false });
        assert_eq!(head.place(1), "the reason phrase of the status line");
        assert_eq!(head.place(6), "the name of a header");
        assert_eq!(head.place(16), "the header x-session");
    }
}
