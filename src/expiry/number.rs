//! How do numbers become strings, and strings numbers?

/// Returns the text of a number, as `String(number)` gives it (ECMA-262, 6.1.6.1.20).
pub(super) fn to_text(number: f64) -> String {
    ryu_js::Buffer::new().format(number).to_owned()
}

/// Returns the number a string stands for, as `Number(string)` gives it (ECMA-262, 7.1.4.1).
///
/// Text that is no numeric literal makes NaN.
pub(super) fn from_units(units: &[u16]) -> f64 {
    // A lone surrogate is in no numeric literal; neither is the U+FFFD that replaces it here.
    let text = String::from_utf16_lossy(units);
    let literal = text.trim_matches(is_white_space);
    match literal {
        "" => return 0.0,
        "Infinity" | "+Infinity" => return f64::INFINITY,
        "-Infinity" => return f64::NEG_INFINITY,
        _ => {}
    }
    match literal.get(..2) {
        Some("0x" | "0X") => from_digits(&literal[2..], 16),
        Some("0o" | "0O") => from_digits(&literal[2..], 8),
        Some("0b" | "0B") => from_digits(&literal[2..], 2),
        Some(_) | None => from_decimal(literal),
    }
}

/// Says whether a character is white space or a line terminator (ECMA-262, 12.2 and 12.3).
///
/// Unlike [`char::is_whitespace`] this includes U+FEFF and excludes U+0085.
fn is_white_space(character: char) -> bool {
    matches!(
        character,
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}'
    )
}

/// Reads a decimal literal. Rust's grammar is the one of ECMA-262 once words such as `inf` are kept out.
fn from_decimal(literal: &str) -> f64 {
    let is_numeric = |byte: u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
    if literal.bytes().all(is_numeric) { literal.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

/// Reads the digits of a literal whose radix is a power of two, rounding to the nearest double, ties to even.
fn from_digits(digits: &str, radix: u32) -> f64 {
    const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

    if digits.is_empty() {
        return f64::NAN;
    }
    let (mut significand, mut scale) = (0.0, 1.0);
    // The first bit that no longer fits, and whether any bit after it is set.
    let (mut half, mut more) = (false, false);
    for digit in digits.chars() {
        let Some(digit) = digit.to_digit(radix) else { return f64::NAN };
        for place in (0..radix.ilog2()).rev() {
            let bit = digit >> place & 1 == 1;
            if scale > 1.0 {
                more |= bit;
                scale *= 2.0;
            } else if significand * 2.0 < LARGEST_EXACT {
                significand = significand * 2.0 + f64::from(u8::from(bit));
            } else {
                half = bit;
                scale = 2.0;
            }
        }
    }
    let is_odd = significand % 2.0 > 0.0;
    if half && (more || is_odd) {
        significand += 1.0;
    }
    significand * scale
}

#[cfg(test)]
mod tests {
    use super::{from_units, to_text};

    fn number(text: &str) -> f64 {
        from_units(&text.encode_utf16().collect::<Vec<_>>())
    }

    #[test]
    fn numeric_literals_are_read_as_javascript_reads_them() {
        let read = [
            ("", 0.0),
            (" \t\n\u{b}\u{c}\r\u{a0}\u{feff}\u{2028}\u{2029}\u{3000}", 0.0),
            ("7200", 7200.0),
            (" 7200\n", 7200.0),
            ("+7200", 7200.0),
            ("007", 7.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("-.5e1", -5.0),
            ("1e3", 1000.0),
            ("1E+3", 1000.0),
            ("1e400", f64::INFINITY),
            ("1e-400", 0.0),
            ("-Infinity", f64::NEG_INFINITY),
            ("+Infinity", f64::INFINITY),
            ("0x1F", 31.0),
            ("0b101", 5.0),
            ("0O17", 15.0),
        ];
        for (text, expected) in read {
            assert_eq!(number(text).to_bits(), f64::to_bits(expected), "{text:?}");
        }
        assert_eq!(number("-0").to_bits(), (-0.0_f64).to_bits());
    }

    #[test]
    fn what_is_no_numeric_literal_makes_nan() {
        let refused = [
            "1_000",
            "1n",
            "0x",
            "+0x1",
            "-0b1",
            "0b2",
            "0o8",
            "infinity",
            "inf",
            "nan",
            "NaN",
            "1e",
            ".",
            "e5",
            "+",
            "+-1",
            "1 2",
            "7200s",
            "\u{85}",
            "\u{180e}",
            "\u{200b}1",
            "１",
            "1,5",
            "0x1.8",
            "0x-1",
        ];
        for text in refused {
            assert!(number(text).is_nan(), "{text:?}");
        }
        assert!(from_units(&[0x31, 0xd800]).is_nan());
    }

    #[test]
    fn long_hexadecimal_literals_round_ties_to_even() {
        let read = [
            ("0x1fffffffffffff", 9_007_199_254_740_991.0),
            ("0x20000000000001", 9_007_199_254_740_992.0),
            ("0x20000000000003", 9_007_199_254_740_996.0),
            ("0x200000000000011", 144_115_188_075_855_904.0),
            ("0x200000000000010", 144_115_188_075_855_872.0),
            ("0x200000000000030", 144_115_188_075_855_936.0),
            ("0x3fffffffffffff", 18_014_398_509_481_984.0),
        ];
        for (text, expected) in read {
            assert_eq!(number(text).to_bits(), f64::to_bits(expected), "{text:?}");
        }
        assert!(number(&format!("0x1{}", "0".repeat(300))).is_infinite());
    }

    #[test]
    fn numbers_are_written_as_javascript_writes_them() {
        let written = [
            (0.0, "0"),
            (-0.0, "0"),
            (7200.0, "7200"),
            (1_700_000_000.123, "1700000000.123"),
            (1e21, "1e+21"),
            (1e-7, "1e-7"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (number, expected) in written {
            assert_eq!(to_text(number), expected);
        }
    }
}
