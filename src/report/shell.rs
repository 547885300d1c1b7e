//! How does a shell read exactly these words?

use std::fmt::Write as _;

use super::printable::is_unsafe;

/// Returns a word as a POSIX shell reads it back, whatever is in it.
///
/// What a page or a terminal cannot show is written by `printf`, so that the line can be copied from where it is
/// shown. A NUL is left out: no argument can hold one.
pub(super) fn word(text: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(is_bare) {
        return text.to_owned();
    }
    let mut rest = text;
    let mut written = String::new();
    while !rest.is_empty() {
        // A line break is left as it is: a shell takes it off the end of what a command prints.
        let strange = |c: char| is_unsafe(c) && c != '\n';
        let plain = rest.find(strange).unwrap_or(rest.len());
        if plain > 0 {
            write_to(&mut written, format_args!("'{}'", rest[..plain].replace('\'', r"'\''")));
        }
        rest = &rest[plain..];
        let spelt = rest.find(|c| !strange(c)).unwrap_or(rest.len());
        let bytes: Vec<u8> = rest.bytes().take(spelt).filter(|byte| *byte != 0).collect();
        if !bytes.is_empty() {
            write_to(&mut written, format_args!("\"$(printf '{}')\"", octal(&bytes)));
        }
        rest = &rest[spelt..];
    }
    if written.is_empty() { "''".to_owned() } else { written }
}

/// Returns words as one line.
pub(super) fn line<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Returns a command that prints exactly these bytes, NUL included.
pub(super) fn printing(bytes: &[u8]) -> String {
    let mut format = String::new();
    for byte in bytes {
        match byte {
            b'%' => format.push_str("%%"),
            b'\'' | b'\\' | 0..0x20 | 0x7f.. => format.push_str(&octal(&[*byte])),
            _ => format.push(char::from(*byte)),
        }
    }
    format!("printf '{format}'")
}

fn octal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:03o}")).collect::<Vec<_>>().concat()
}

fn write_to(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let written = text.write_fmt(arguments);
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::{line, printing, word};

    #[test]
    fn a_plain_word_stays_as_it_is() {
        assert_eq!(
            line(["wxconform", "--seed", "7", "http://127.0.0.1:1/"]),
            "wxconform --seed 7 http://127.0.0.1:1/"
        );
        assert_eq!(line(["", "a b", "it's", "$HOME"]), r"'' 'a b' 'it'\''s' '$HOME'");
        assert_eq!(word("a\u{1b}[2J"), r#"'a'"$(printf '\033')"'[2J'"#);
    }

    /// Returns what a shell makes of a line.
    #[cfg(unix)]
    fn read_back(line: &str) -> Vec<u8> {
        let output = std::process::Command::new("sh").args(["-c", line]).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_reads_every_word_back() {
        let all: String = (1..=u8::MAX).map(char::from).collect();
        let tails = [
            "\n",
            "a\n\n",
            "\u{1b}\n",
            "-n",
            "\\",
            "%s%d",
            "''",
            "`id`",
            "!!",
            "\r\n",
            "\u{202e}\u{feff}",
            "张",
        ];
        for text in
            tails.into_iter().chain([all.as_str(), "$(id)", "\u{fffe}", "#", "~", "a=b;c&d|e>f*?[x]{y,z}"])
        {
            let shown = word(text);
            assert_eq!(read_back(&format!("printf %s {shown}")), text.as_bytes(), "{shown}");
        }
        assert_eq!(read_back(&format!("printf %s {}", word("a\0b\0"))), b"ab");
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_prints_every_byte() {
        let all: Vec<u8> = (0..=u8::MAX).chain(*b"%d\\n'\n\n").collect();
        assert_eq!(read_back(&printing(&all)), all);
        assert_eq!(read_back(&printing(b"")), b"");
    }
}
