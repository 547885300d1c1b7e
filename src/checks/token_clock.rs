//! Is a time written in this text?

use chrono::NaiveDateTime;

use crate::expiry::UnixMillis;

/// How far a written time may lie from the time of issue: clocks differ, and dates are local.
const NEAR_MILLIS: i128 = 2 * 86_400_000;

/// How many digits a time since the epoch has in this century, and how many milliseconds its unit is worth, as
/// a fraction.
const UNITS: [(usize, i128, i128); 4] = [(19, 1, 1_000_000), (16, 1, 1_000), (13, 1, 1), (10, 1_000, 1)];

/// The same in hexadecimal: seconds, milliseconds, seconds with five digits of microseconds (as `uniqid` of PHP
/// writes them), microseconds and nanoseconds.
const HEX_DIGITS: [usize; 5] = [8, 11, 13, 14, 16];

/// Returns the text without the times in it, or nothing if there is none that is near one of these.
pub(super) fn without_times(text: &str, near: &[UnixMillis]) -> Option<String> {
    let mut rest = String::new();
    let mut found = false;
    let mut open = text;
    while let Some(letter) = open.chars().next() {
        let run: String = open.chars().take_while(char::is_ascii_alphanumeric).collect();
        if run.is_empty() {
            rest.push(letter);
            open = &open[letter.len_utf8()..];
            continue;
        }
        match run_without_time(&run, near) {
            Some(without) => {
                found = true;
                rest.push_str(&without);
            }
            None => rest.push_str(&run),
        }
        open = &open[run.len()..];
    }
    found.then_some(rest)
}

/// Returns a run of letters and digits without the time in it.
fn run_without_time(run: &str, near: &[UnixMillis]) -> Option<String> {
    if is_near(hexadecimal(run), near) || is_near(base36(run), near) {
        return Some(String::new());
    }
    (0..run.len()).find_map(|start| {
        let digits = run[start..].bytes().take_while(u8::is_ascii_digit).count();
        let end = written(&run[start..start + digits], near)?;
        Some(format!("{}{}", &run[..start], &run[start + end..]))
    })
}

/// Returns how many of the leading digits are a time.
fn written(digits: &str, near: &[UnixMillis]) -> Option<usize> {
    let lengths = [19, 17, 16, 14, 13, 10];
    lengths.into_iter().find(|length| {
        let Some(digits) = digits.get(..*length) else { return false };
        let since_epoch = UNITS.iter().find(|(digits, _, _)| digits == length).and_then(|(_, times, by)| {
            let number: i128 = digits.parse().ok()?;
            Some(number * times / by)
        });
        is_near(since_epoch, near) || is_near(calendar(digits), near)
    })
}

/// Reads `yyyyMMddHHmmss`, with thousandths or without.
fn calendar(digits: &str) -> Option<i128> {
    let seconds = digits.get(..14).filter(|_| matches!(digits.len(), 14 | 17))?;
    let time = NaiveDateTime::parse_from_str(seconds, "%Y%m%d%H%M%S").ok()?;
    Some(i128::from(time.and_utc().timestamp_millis()))
}

/// Reads a run as a hexadecimal time in each unit that it may have.
fn hexadecimal(run: &str) -> impl Iterator<Item = i128> {
    let number = Some(run).filter(|run| HEX_DIGITS.contains(&run.len()));
    let number = number.and_then(|run| i128::from_str_radix(run, 16).ok());
    let php = run.get(..8).filter(|_| run.len() == 13).and_then(|run| i128::from_str_radix(run, 16).ok());
    let units =
        number.into_iter().flat_map(|number| [number * 1000, number, number / 1000, number / 1_000_000]);
    units.chain(php.map(|seconds| seconds * 1000))
}

/// Reads a run as `Date.now().toString(36)` writes it.
fn base36(run: &str) -> impl Iterator<Item = i128> {
    let number = Some(run).filter(|run| run.len() == 8);
    number.and_then(|run| i128::from_str_radix(run, 36).ok()).into_iter()
}

fn is_near(times: impl IntoIterator<Item = i128>, near: &[UnixMillis]) -> bool {
    times
        .into_iter()
        .any(|time| near.iter().any(|near| (time - i128::from(near.millis())).abs() <= NEAR_MILLIS))
}

#[cfg(test)]
mod tests {
    use super::without_times;
    use crate::expiry::UnixMillis;

    /// 2023-11-14T22:13:20.123Z
    const NOW: UnixMillis = UnixMillis::new(1_700_000_000_123);

    #[test]
    fn times_are_found_however_they_are_written() {
        for (text, rest) in [
            ("1700000000", ""),
            ("1700000000123", ""),
            ("1700000000123456", ""),
            ("1700000000123456789", ""),
            ("20231114221320", ""),
            ("202311150613201234567", "4567"),
            ("6553f100", ""),
            ("18bcfe5687b", ""),
            ("6553f1001e078", ""),
            ("loyw3v9n", ""),
            ("tok_17000000001234821", "tok_1"),
            ("oAbC:1700000000", "oAbC:"),
            ("user7x1700000000", "user7x"),
        ] {
            assert_eq!(without_times(text, &[NOW]).as_deref(), Some(rest), "{text}");
        }
    }

    #[test]
    fn hexadecimal_times_are_read_in_the_unit_they_have() {
        for nanos in [1_700_000_000_123_456_789_u64, 1_700_000_000_123_456, 1_700_000_000_123, 1_700_000_000]
        {
            let text = format!("{nanos:x}");
            assert_eq!(without_times(&text, &[NOW]).as_deref(), Some(""), "{text}");
        }
    }

    #[test]
    fn clocks_may_differ_by_two_days() {
        let after = |hours: i64| (NOW.millis() / 1000 + hours * 3600).to_string();
        for hours in [-47, 36, 47] {
            assert_eq!(without_times(&after(hours), &[NOW]).as_deref(), Some(""), "{hours}");
        }
        for hours in [-49, 49] {
            assert_eq!(without_times(&after(hours), &[NOW]), None, "{hours}");
        }
    }

    #[test]
    fn other_numbers_are_no_times() {
        for text in ["", "1600000000", "1234567890123", "20220101000000", "8f14e45fceea467f", "o6_bmj", "x-y"]
        {
            assert_eq!(without_times(text, &[NOW]), None, "{text}");
        }
        assert_eq!(without_times("1700000000", &[]), None);
    }
}
