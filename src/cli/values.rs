//! What do the values of options look like?

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::time::Duration;

/// The longest that a lifetime can be waited out.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// How many scenarios can run at a time.
const JOBS: std::ops::RangeInclusive<usize> = 1..=256;

/// How many sequences can be explored.
const CASES: std::ops::RangeInclusive<usize> = 1..=1_000_000;

/// How many events a sequence can have.
const STEPS: std::ops::RangeInclusive<usize> = 1..=200;

/// The longest lifetime of a token in seconds, ten years.
const LONGEST_LIFETIME: u64 = 315_360_000;

/// Reads a duration of waiting.
pub(super) fn wait(text: &str) -> Result<Duration, String> {
    let number: Option<f64> = text.parse().ok();
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .filter(|duration| *duration <= LONGEST_WAIT)
        .ok_or_else(|| {
            tr!(
                "expected between 0 and {longest} seconds, not {text}",
                longest = LONGEST_WAIT.as_secs(),
                text = format_args!("{text:?}")
            )
        })
}

/// Reads the lifetime of a token, which is announced in whole seconds.
pub(super) fn lifetime(text: &str) -> Result<Duration, String> {
    let number = text.parse().ok().filter(|number| (1..=LONGEST_LIFETIME).contains(number));
    number.map(Duration::from_secs).ok_or_else(|| {
        tr!(
            "expected between 1 and {LONGEST_LIFETIME} whole seconds, not {text}",
            LONGEST_LIFETIME,
            text = format_args!("{text:?}")
        )
    })
}

/// Reads how many scenarios run at a time.
pub(super) fn jobs(text: &str) -> Result<usize, String> {
    number_in(text, &JOBS)
}

/// Reads how many sequences are explored.
pub(super) fn cases(text: &str) -> Result<usize, String> {
    number_in(text, &CASES)
}

/// Reads how many events a sequence has at most.
pub(super) fn steps(text: &str) -> Result<usize, String> {
    number_in(text, &STEPS)
}

fn number_in(text: &str, range: &std::ops::RangeInclusive<usize>) -> Result<usize, String> {
    text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
        tr!(
            "expected a whole number from {least} to {most}, not {text}",
            least = range.start(),
            most = range.end(),
            text = format_args!("{text:?}")
        )
    })
}

/// Reads a seed. It travels in the JSON report, and JSON numbers are exact up to 2^53 only.
pub(super) fn seed(text: &str) -> Result<u64, String> {
    text.parse().ok().filter(|seed| *seed < 1 << 53).ok_or_else(|| {
        tr!(
            "expected a whole number below {limit}, not {text}",
            limit = 1_u64 << 53,
            text = format_args!("{text:?}")
        )
    })
}

/// Reads a yes or no.
pub(super) fn truth(text: &str) -> Result<bool, String> {
    text.parse()
        .ok()
        .ok_or_else(|| tr!("expected true or false, not {text}", text = format_args!("{text:?}")))
}

/// Reads IDs that are separated by commas.
pub(super) fn ids(text: &str) -> Result<Vec<String>, String> {
    let ids: Vec<String> =
        text.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
    if ids.is_empty() { Err(tr!("expected IDs such as CODE-02 or areas such as CODE")) } else { Ok(ids) }
}

/// Reads an address to listen on; a name such as `localhost` will do.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let wrong = |detail: &dyn std::fmt::Display| {
        tr!(
            "{text} is no address to listen on ({detail}); write it like 127.0.0.1:9321",
            text = format_args!("{text:?}"),
            detail
        )
    };
    let mut found = text.to_socket_addrs().map_err(|error| wrong(&error))?;
    found.next().ok_or_else(|| wrong(&tr!("the name leads nowhere")))
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;
    use std::time::Duration;

    use super::{address, cases, ids, jobs, lifetime, seed, steps, truth, wait};

    /// Makes sure that each text is refused with these words and is named itself.
    fn refuses<T: Debug>(read: fn(&str) -> Result<T, String>, texts: &[&str], words: &str) {
        for text in texts {
            let told = read(text).unwrap_err();
            assert!(told.contains(words) && told.contains(&format!("{text:?}")), "{text}: {told}");
        }
    }

    #[test]
    fn numbers_keep_within_their_bounds() {
        assert_eq!(wait("2.5"), Ok(Duration::from_millis(2500)));
        assert_eq!((wait("0"), wait("86400")), (Ok(Duration::ZERO), Ok(Duration::from_secs(86_400))));
        refuses(wait, &["", "x", "-1", "86400.1", "NaN", "inf"], "between 0 and 86400 seconds");
        assert_eq!((lifetime("1"), jobs("256")), (Ok(Duration::from_secs(1)), Ok(256)));
        refuses(lifetime, &["0", "1.5", "315360001"], "between 1 and 315360000");
        refuses(jobs, &["0", "257", "-1", "many"], "from 1 to 256");
        assert_eq!((cases("1000000"), steps("200")), (Ok(1_000_000), Ok(200)));
        refuses(cases, &["0", "1000001", "1.5", ""], "from 1 to 1000000");
        refuses(steps, &["0", "201", "-1"], "from 1 to 200");
        assert_eq!((seed("0"), seed("9007199254740991")), (Ok(0), Ok(9_007_199_254_740_991)));
        refuses(seed, &["-1", "9007199254740992", "0x1", ""], "below 9007199254740992");
    }

    #[test]
    fn texts_keep_to_their_shape() {
        assert_eq!((truth("true"), truth("false")), (Ok(true), Ok(false)));
        refuses(truth, &["yes", "1", "TRUE", ""], "true or false");
        assert_eq!(ids("CODE-02, USER,"), Ok(vec!["CODE-02".to_owned(), "USER".to_owned()]));
        assert!(ids(" , ").unwrap_err().contains("such as CODE-02"));
        assert_eq!(address("127.0.0.1:0"), Ok(([127, 0, 0, 1], 0).into()));
        refuses(address, &["", "127.0.0.1", "127.0.0.1:99999", "http://127.0.0.1:1"], "is no address");
    }
}
