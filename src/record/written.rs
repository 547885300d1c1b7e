//! Masking secrets that are written letter by letter, as hexadecimal or as a list of numbers.
//!
//! Such texts are read, and masked where what they say holds a secret. To know every secret in each of these
//! spellings beforehand would double the memory of a run.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Texts that are nothing but letters written in such a way, long enough to hold a secret.
static RUNS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?P<escaped>(?:\\{1,2}u00[2-7][0-9A-Fa-f]|%[2-7][0-9A-Fa-f]|&\#[xX][2-7][0-9A-Fa-f];|&\#[0-9]{2,3};){12,})
        |(?P<numbers>-?[0-9]{1,3}(?:[\ \n\r\t]*,[\ \n\r\t]*-?[0-9]{1,3}){15,})
        |(?P<digits>(?:[0-9A-Fa-f]{2}[\ :-]?){15,}[0-9A-Fa-f]{2,3})",
    )
    .ok()
});

/// One letter of an escaped text, and the number that stands for it.
static ESCAPED_LETTER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("(?:u00|%|&#[xX])(?P<hex>[0-9A-Fa-f]{2})|&#(?P<decimal>[0-9]{2,3});").ok());

/// The shortest text that [`RUNS`] finds: sixteen numbers of one digit. Most header fields are shorter.
const SHORTEST_RUN: usize = 31;

/// Returns the text with every run masked that says a secret; `mask` returns what to show for bytes that hold one.
pub(super) fn masked<'m>(text: &str, mask: impl Fn(&[u8]) -> Option<&'m str>) -> String {
    let Some(runs) = RUNS.as_ref().filter(|_| text.len() >= SHORTEST_RUN) else { return text.to_owned() };
    let masked = runs.replace_all(text, |run: &Captures<'_>| {
        let readings = if run.name("escaped").is_some() {
            vec![escaped(&run[0])]
        } else if run.name("numbers").is_some() {
            vec![numbers(&run[0])]
        } else {
            // Where the pairs begin is not known: a digit before them may be part of another word.
            vec![hexadecimal(&run[0], 0), hexadecimal(&run[0], 1)]
        };
        readings.iter().find_map(|bytes| mask(bytes)).unwrap_or(&run[0]).to_owned()
    });
    masked.into_owned()
}

fn escaped(run: &str) -> Vec<u8> {
    let Some(letters) = &*ESCAPED_LETTER else { return Vec::new() };
    let read = letters.captures_iter(run).filter_map(|letter| {
        let hex = letter.name("hex").and_then(|digits| u8::from_str_radix(digits.as_str(), 16).ok());
        hex.or_else(|| letter.name("decimal").and_then(|digits| digits.as_str().parse().ok()))
    });
    read.collect()
}

fn numbers(run: &str) -> Vec<u8> {
    let byte = |number: &str| {
        let signed = || number.parse::<i8>().ok().map(i8::cast_unsigned);
        number.parse::<u8>().ok().or_else(signed)
    };
    // What is no byte ends a secret as well as any other byte does.
    run.split(',').map(|number| byte(number.trim()).unwrap_or_default()).collect()
}

fn hexadecimal(run: &str, skipped: usize) -> Vec<u8> {
    let digits: Vec<u8> = run
        .chars()
        .filter_map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .skip(skipped)
        .collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

#[cfg(test)]
mod tests {
    use super::masked;

    /// A way to write one letter.
    type Spell = fn(u8) -> String;

    const SECRET: &str = "tiihtNczf5v6AKRyjwEUhQ";

    fn shown(text: &str) -> String {
        masked(text, |bytes| {
            bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()).then_some("***")
        })
    }

    fn spelt(text: &str, spell: Spell, separator: &str) -> String {
        text.bytes().map(spell).collect::<Vec<_>>().join(separator)
    }

    #[test]
    fn a_secret_is_masked_however_its_letters_are_written() {
        let ways: [(Spell, &str); 12] = [
            (|byte| format!("\\u{byte:04X}"), ""),
            (|byte| format!("\\\\u{byte:04x}"), ""),
            (|byte| format!("%{byte:02x}"), ""),
            (|byte| format!("&#x{byte:X};"), ""),
            (|byte| format!("&#{byte};"), ""),
            (|byte| format!("{byte:02x}"), ""),
            (|byte| format!("{byte:02X}"), ""),
            (|byte| format!("{byte:02x}"), ":"),
            (|byte| format!("{byte:02x}"), " "),
            (|byte| byte.to_string(), ","),
            (|byte| byte.to_string(), ", "),
            (|byte| byte.to_string(), ",\n  "),
        ];
        for (spell, separator) in ways {
            let text = spelt(SECRET, spell, separator);
            assert_eq!(shown(&format!("<{text}>")), "<***>", "{text}");
            let harmless = spelt("just some other words", spell, separator);
            assert_eq!(shown(&harmless), harmless);
        }
    }

    #[test]
    fn the_shortest_run_is_not_passed_over() {
        let runs = super::RUNS.as_ref().unwrap();
        let numbers = ["7"; 16].join(",");
        assert_eq!(
            (runs.find(&numbers).map(|found| found.len()), numbers.len()),
            (Some(31), super::SHORTEST_RUN)
        );
        for longer in ["%41".repeat(12), "ab".repeat(16)] {
            assert!(runs.is_match(&longer) && longer.len() >= super::SHORTEST_RUN, "{longer}");
        }
        assert_eq!(masked(&numbers, |_| Some("***")), "***");
    }

    #[test]
    fn a_digit_before_it_does_not_hide_hexadecimal() {
        let hex = spelt(SECRET, |byte| format!("{byte:02x}"), "");
        assert_eq!(shown(&format!("k=a{hex}")), "k=***");
        assert_eq!(
            shown("1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 999"),
            "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 999"
        );
    }
}
