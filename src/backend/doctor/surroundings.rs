//! Clock, speed, and our own environment.

use std::time::Duration;

use super::login::token_look;
use super::session::by_instant;
use super::{Complaint, Observed, State, Trouble};
use crate::expiry::Value;

/// How far apart two clocks may be: the field that is compared has whole seconds, and an answer takes time.
const APART: i64 = 5;

/// How long an answer may take before a run becomes a matter of minutes.
const SLOW: Duration = Duration::from_millis(500);

/// The variables that send plain HTTP through a proxy.
const PROXIES: &[&str] = &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];

/// Is its clock right, and can a token be waited out?
pub(super) fn clock(seen: &Observed) -> State {
    let date = seen.login.answer().and_then(|answer| answer.headers.get("date"));
    let date = date.and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok());
    // A clock that can be put forward need not show our time.
    let apart = date.filter(|_| seen.max_wait.is_some()).map(|date| date.timestamp() - seen.now.seconds());
    if let Some(apart) = apart.filter(|apart| apart.abs() > APART) {
        let seconds = apart.abs();
        let differs = if apart > 0 {
            tr!("the backend's clock is {seconds} s ahead of ours", seconds)
        } else {
            tr!("the backend's clock is {seconds} s behind ours", seconds)
        };
        let complaint = Complaint::new(
            Trouble::OtherTime,
            differs,
            tr!("one time on both sides"),
            tr!("set both by NTP; in a container or a virtual machine look at its host's clock"),
        );
        return if by_instant(seen) { State::Wrong(complaint) } else { State::Note(complaint) };
    }
    let lives = token_look(seen)
        .and_then(|(look, _)| if let Value::Number(seconds) = look.lifetime { Some(seconds) } else { None });
    if let (Some(lives), Some(wait)) = (lives, seen.max_wait)
        && lives > wait.as_secs_f64()
    {
        return State::Note(Complaint::new(
            Trouble::LongLife,
            tr!(
                "a token lives for {lives} s, longer than --max-wait ({wait} s)",
                lives = lives.round(),
                wait = wait.as_secs_f64()
            ),
            tr!("tokens that end while somebody waits"),
            tr!(
                "let the backend's tokens live for some seconds in tests, or give --clock a way to put its time forward (`--clock faketime`, when --launch starts it in a language that asks the C library for the time); otherwise {skipped} will be skipped",
                skipped = seen.needs_clock.join(", ")
            ),
        ));
    }
    State::Well(match (apart, seen.max_wait) {
        (_, None) => tr!("can be put forward"),
        (Some(_), Some(_)) => tr!("shows our time"),
        (None, Some(_)) => tr!("it does not show (no Date field)"),
    })
}

/// Is it fast enough?
pub(super) fn speed(seen: &Observed) -> State {
    let took = seen.login.exchange.took;
    if took < SLOW {
        return State::Well(tr!("a login takes {millis} ms", millis = took.as_millis()));
    }
    State::Note(Complaint::new(
        Trouble::Slow,
        tr!("a login takes {seconds} s", seconds = format_args!("{:.1}", took.as_secs_f64())),
        tr!("an answer within half a second"),
        tr!(
            "a run sends some two thousand requests, and waits this long for each: see what it waits for; `--jobs` says how many are under way at a time"
        ),
    ))
}

/// Returns the variables that would send what goes to this machine through a proxy.
pub(super) fn swallowing(seen: &Observed) -> Vec<String> {
    let exceptions = seen.proxies.iter().filter(|(name, _)| name.eq_ignore_ascii_case("no_proxy"));
    let spared = exceptions
        .flat_map(|(_, value)| value.split(','))
        .map(str::trim)
        .any(|host| matches!(host, "*" | "127.0.0.1" | "localhost" | "127.0.0.0/8"));
    if spared {
        return Vec::new();
    }
    let set =
        seen.proxies.iter().filter(|(name, value)| PROXIES.contains(&name.as_str()) && !value.is_empty());
    set.filter(|(_, value)| !value.contains(seen.wechat.url.trim_start_matches("http://")))
        .map(|(name, _)| name.clone())
        .collect()
}

/// Does our own environment get in the way?
pub(super) fn environment(seen: &Observed) -> State {
    let proxies = swallowing(seen);
    if proxies.is_empty() {
        return State::Well(tr!("names no proxy that gets in the way"));
    }
    State::Note(Complaint::new(
        Trouble::Swallowed,
        tr!(
            "{proxies} is set here without an exception for this machine",
            proxies = proxies.join(&tr!(" and "))
        ),
        tr!("loopback traffic that goes directly"),
        tr!(
            "a backend that was started from a shell like this asks the proxy instead of the stand-in: start it with NO_PROXY=localhost,127.0.0.1"
        ),
    ))
}
