//! Does each of these texts follow from the one before it?

use std::collections::BTreeSet;

/// How many different texts it takes. Fewer may stand in order by chance.
const FEWEST: usize = 4;

/// How many bits may vary in texts that follow from each other. What varies in more is no counter.
const MOST_BITS: f64 = 48.0;

/// How much of the range of its digits a counter covers while a few tokens are issued.
const SMALL_PART: f64 = 0.001;

/// By how much a counter may go on from one token to the next: others are issued in between.
const LONGEST_STEP: u128 = 64;

/// Orders in which the digits of a number system stand.
const ORDERS: [&str; 5] = [
    "0123456789abcdefghijklmnopqrstuvwxyz",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
];

/// Tells whether texts, given in the order in which they came, are the states of a counter or of a clock.
///
/// Three things have to come together, so that no random texts are taken for it: they go up or down all the
/// time, they have most characters in common, and what differs stays within a small part of its range.
pub(super) fn follow(texts: &[String]) -> bool {
    let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    texts.dedup();
    texts.len() >= FEWEST && (counted(&texts) || crept(&texts))
}

/// Tells whether all texts are the same but for one number, which grows by small steps.
fn counted(texts: &[&str]) -> bool {
    [10, 16, 36].into_iter().any(|radix| {
        let is_digit = |letter: char| letter.is_digit(radix);
        let prefix = common(texts.iter().map(|text| text.chars()));
        // The number begins where its digits begin, not where they differ.
        let letters: Vec<char> = texts[0].chars().take(prefix).collect();
        let start = letters.iter().rposition(|letter| !is_digit(*letter)).map_or(0, |last| last + 1);
        let rests: Vec<String> = texts.iter().map(|text| text.chars().skip(start).collect()).collect();
        let split = rests
            .iter()
            .map(|rest| rest.split_at(rest.find(|letter| !is_digit(letter)).unwrap_or(rest.len())));
        let (numbers, tails): (Vec<&str>, Vec<&str>) = split.unzip();
        let values: Vec<u128> =
            numbers.iter().filter_map(|number| u128::from_str_radix(number, radix).ok()).collect();
        let alike = tails.iter().all(|tail| *tail == tails[0]);
        alike && values.len() == texts.len() && small_steps(&values)
    })
}

fn small_steps(values: &[u128]) -> bool {
    let steps = || values.windows(2).map(|pair| (pair[0], pair[1]));
    steps().all(|(one, next)| one < next && next - one <= LONGEST_STEP)
        || steps().all(|(one, next)| one > next && one - next <= LONGEST_STEP)
}

/// Tells whether texts of one length, read as numbers, creep through a small part of their range.
fn crept(texts: &[&str]) -> bool {
    let letters: Vec<Vec<char>> = texts.iter().map(|text| text.chars().collect()).collect();
    let length = letters[0].len();
    if letters.iter().any(|text| text.len() != length) {
        return false;
    }
    let set = |place: usize| letters.iter().map(|text| text[place]).collect::<BTreeSet<char>>();
    let varying: Vec<usize> = (0..length).filter(|place| set(*place).len() > 1).collect();
    let union: BTreeSet<char> = varying.iter().flat_map(|place| set(*place)).collect();
    let Some(first) = varying.first() else { return false };
    let run = run_around(&letters[0], *first);
    let hexadecimal = run.iter().all(char::is_ascii_hexdigit) && !run.iter().all(char::is_ascii_digit);
    let radix = if union.iter().all(char::is_ascii_digit) && !hexadecimal {
        10.0
    } else if union.iter().all(char::is_ascii_hexdigit) {
        16.0
    } else {
        62.0_f64
    };
    let places = u32::try_from(varying.len()).map_or(f64::INFINITY, f64::from);
    places * radix.log2() <= MOST_BITS && ORDERS.iter().any(|order| crept_in(&letters, *first, order, radix))
}

fn crept_in(letters: &[Vec<char>], first: usize, order: &str, radix: f64) -> bool {
    let rank = |letter: char| order.find(letter).and_then(|place| u32::try_from(place).ok());
    // The number begins where its digits begin, which is before they differ.
    let start = letters[0][..first]
        .iter()
        .rposition(|letter| !is_digit_of(*letter, radix))
        .map_or(0, |last| last + 1);
    let ranked: Option<Vec<Vec<u32>>> = letters
        .iter()
        .map(|text| text[start..].iter().copied().filter(char::is_ascii_alphanumeric).map(rank).collect())
        .collect();
    let Some(numbers) = ranked else { return false };
    let fraction = |digits: &Vec<u32>| {
        let (mut sum, mut worth) = (0.0, 1.0);
        for digit in digits {
            worth /= radix;
            sum += f64::from(*digit) * worth;
        }
        sum
    };
    let rising = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    let falling = numbers.windows(2).all(|pair| pair[0] > pair[1]);
    let (one, last) = (numbers.first().map_or(0.0, fraction), numbers.last().map_or(1.0, fraction));
    (rising || falling) && (last - one).abs() <= SMALL_PART
}

/// Returns the letters and digits around a place.
fn run_around(letters: &[char], place: usize) -> &[char] {
    let (before, after) = letters.split_at(place);
    let start = before.iter().rposition(|letter| !letter.is_ascii_alphanumeric()).map_or(0, |last| last + 1);
    let end = after.iter().position(|letter| !letter.is_ascii_alphanumeric()).unwrap_or(after.len());
    &letters[start..place + end]
}

fn is_digit_of(letter: char, radix: f64) -> bool {
    if radix < 16.0 {
        letter.is_ascii_digit()
    } else if radix < 62.0 {
        letter.is_ascii_hexdigit()
    } else {
        letter.is_ascii_alphanumeric()
    }
}

/// Returns how many leading characters all texts share.
fn common(mut texts: impl Iterator<Item = impl Iterator<Item = char>>) -> usize {
    let Some(first) = texts.next() else { return 0 };
    let first: Vec<char> = first.collect();
    texts.fold(first.len(), |shared, text| {
        first.iter().zip(text).take_while(|(one, other)| **one == *other).count().min(shared)
    })
}

/// Tells whether UUIDs are made from the time and from nothing that changes (RFC 9562 sections 5.1 and 5.6).
pub(super) fn timed_uuids(texts: &[String]) -> bool {
    let parts: Vec<Vec<&str>> = texts.iter().map(|text| text.split('-').collect()).collect();
    let shaped = parts.iter().all(|parts| {
        parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
            && parts.concat().bytes().all(|byte| byte.is_ascii_hexdigit())
            && matches!(parts[2].as_bytes()[0], b'1' | b'6')
    });
    let distinct: BTreeSet<&String> = texts.iter().collect();
    // A node that is drawn anew for each UUID is random and no clock.
    shaped && distinct.len() > 1 && parts.iter().all(|part| part[4] == parts[0][4])
}

#[cfg(test)]
mod tests {
    use super::{ORDERS, crept_in, follow, is_digit_of, run_around, small_steps, timed_uuids};

    fn follows(texts: &[&str]) -> bool {
        follow(&texts.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn counters_are_recognised_however_they_are_written() {
        for counted in [
            &["1", "2", "3", "4"][..],
            &["9", "10", "12", "15"],
            &["00000017", "00000018", "00000021", "00000030"],
            &["tok-97", "tok-98", "tok-101", "tok-102"],
            &["tok-000997-x", "tok-000998-x", "tok-001003-x", "tok-001012-x"],
            &["0000000f", "00000010", "00000012", "0000001a"],
            &["fe", "ff", "101", "104"],
            &["zw", "zz", "101", "104"],
            &["40", "39", "38", "37"],
            &["8f14e45fceea-1", "8f14e45fceea-2", "8f14e45fceea-3", "8f14e45fceea-4"],
            // ObjectIds of MongoDB, with a second that passes in between.
            &[
                "6553f100aabbccddee000fe1",
                "6553f100aabbccddee000fe2",
                "6553f101aabbccddee000fe3",
                "6553f101aabbccddee000fe7",
            ],
            // Snowflakes, 12 to 40 ms apart.
            &["1725890000000000000", "1725890000050331648", "1725890000104857602", "1725890000272629760"],
            // Nanoseconds.
            &["1700000000123456789", "1700000000126999001", "1700000000131112345", "1700000000140000777"],
            // The same, backwards.
            &["1700000000140000777", "1700000000131112345", "1700000000126999001", "1700000000123456789"],
            &["AAAAAAAAAHs", "AAAAAAAAAHw", "AAAAAAAAAIE", "AAAAAAAAAII"],
        ] {
            assert!(follows(counted), "{counted:?}");
        }
    }

    #[test]
    fn random_texts_follow_from_nothing() {
        for random in [
            &["a", "b"][..],
            &["5", "3", "9", "1"],
            &["k3J9s0aQ", "Zx81LmPq", "a0Vb7TtE", "Qw2eR5yU"],
            &["8f14e45f", "9c0e2b11", "a1b2c3d4", "f0000001"],
            &["tok_8f14e45f", "tok_9c0e2b11", "tok_a1b2c3d4", "tok_f0000001"],
            &["100000", "300000", "500000", "900000"],
            // Steps that are too long for a counter, up and down.
            &["100", "200", "300", "400"],
            &["400", "300", "200", "100"],
            // The letters before the digits are none of them, although they could be in hexadecimal.
            &["xabc100000", "xabc300000", "xabc500000", "xabc900000"],
            &["xabc100000", "xabc103000", "xabc106000", "xabc109000"],
            &["same", "same", "same", "same"],
            // ULIDs: the time goes up, and 80 random bits follow it.
            &[
                "01HF8Z2N0VXK3J9S0AQZX81LMP",
                "01HF8Z2N1ABCDEFGH0JKMNPQRS",
                "01HF8Z2N29TTEQW2ER5YVQ0WXZ",
                "01HF8Z2N7CZ5V8M4K1J2H3G4F5",
            ],
        ] {
            assert!(!follows(random), "{random:?}");
        }
    }

    #[test]
    fn a_step_may_be_as_long_as_others_are_issued_in_between() {
        assert!(follows(&["100", "164", "228", "292"]) && !follows(&["100", "165", "230", "295"]));
        assert!(small_steps(&[3, 2, 1]) && small_steps(&[1, 2, 66]));
        assert!(!small_steps(&[1, 1]) && !small_steps(&[1, 2, 1]));
    }

    #[test]
    fn what_stands_still_does_not_creep() {
        let letters =
            |texts: &[&str]| texts.iter().map(|text| text.chars().collect()).collect::<Vec<Vec<char>>>();
        assert!(crept_in(&letters(&["10000", "10001"]), 4, ORDERS[0], 10.0));
        assert!(!crept_in(&letters(&["10000", "10000"]), 4, ORDERS[0], 10.0));
    }

    #[test]
    fn a_number_system_has_its_digits_and_a_number_its_ends() {
        for (letter, radix, is_digit) in [
            ('9', 10.0, true),
            ('a', 10.0, false),
            ('a', 16.0, true),
            ('g', 16.0, false),
            ('g', 62.0, true),
            ('-', 62.0, false),
        ] {
            assert_eq!(is_digit_of(letter, radix), is_digit, "{letter} {radix}");
        }
        let letters: Vec<char> = "a-bc1-d".chars().collect();
        assert_eq!(run_around(&letters, 3).iter().collect::<String>(), "bc1");
        assert_eq!(run_around(&letters, 6).iter().collect::<String>(), "d");
        assert_eq!(run_around(&letters, 0).iter().collect::<String>(), "a");
    }

    #[test]
    fn uuids_of_a_clock_are_those_whose_rest_stands_still() {
        let clock = ["c232ab00-9414-11ec-b3c8-9f6bdeced846", "c232b2d1-9414-11ec-b3c8-9f6bdeced846"];
        assert!(timed_uuids(&clock.map(str::to_owned)));
        assert!(!timed_uuids(&[clock[0].to_owned()]));
        let drawn = ["c232ab00-9414-11ec-b3c8-9f6bdeced846", "c232b2d1-9414-11ec-a7aa-03b1c9d2e4f5"];
        assert!(!timed_uuids(&drawn.map(str::to_owned)));
        let random = ["8f14e45f-ceea-467f-a5f6-9d1c0f3b2a11", "8f14e45f-ceea-467f-a5f6-9d1c0f3b2a11"];
        assert!(!timed_uuids(&random.map(str::to_owned)));
    }
}
