//! Judgements on the flow as a whole.

use super::{Judgement, Reply};
use crate::expiry::Value;
use crate::language::translated;
use crate::record::Finding;

/// Judges that the phone walked the flow to its end: just these calls, in this order.
pub fn walked_to_the_end(expected: &[&str], made: &[&str]) -> Judgement {
    Judgement::from_condition(expected == made, list(expected), || list(made))
}

/// Judges that the phone made just these calls, in this order.
///
/// `stopped` says why the phone went no further than it did, for instance because a token was refused. A
/// flow cut short by such an answer says nothing about the rest: that answer is judged elsewhere.
pub fn made_calls(expected: &[&str], made: &[&str], stopped: Option<&str>) -> Judgement {
    match stopped {
        Some(reason) if made.len() < expected.len() && expected.starts_with(made) => {
            Judgement::CannotTell(tr!("the flow ended after {calls}: {reason}", calls = list(made), reason))
        }
        _ => walked_to_the_end(expected, made),
    }
}

/// Judges that things are in storage, or are not; `things` are pairs of what it is and what was found.
pub fn stored(things: &[(&str, bool)], wanted: bool) -> Judgement {
    let wrong: Vec<&str> =
        things.iter().filter(|(_, found)| *found != wanted).map(|(name, _)| *name).collect();
    if wrong.is_empty() {
        return Judgement::Kept;
    }
    let names: Vec<&str> = things.iter().map(|(name, _)| *name).collect();
    let (names, wrong) = (said(&names), said(&wrong));
    Judgement::Broken(if wanted {
        Finding::new(tr!("{names} in storage", names), tr!("missing: {wrong}", wrong))
    } else {
        Finding::new(tr!("no {names} in storage", names), tr!("there: {wrong}", wrong))
    })
}

/// Judges, from the number of calls to WeChat that each of several launches caused, that a launch does not
/// need to ask WeChat.
///
/// A backend may have business of its own with WeChat, such as a platform token that has run out, so one
/// launch that coincides with it is no breach; only if none goes without is WeChat asked because of it.
pub fn not_every_time(calls: &[usize]) -> Judgement {
    if calls.is_empty() {
        return Judgement::CannotTell(tr!("no launch was counted"));
    }
    let some_without = calls.contains(&0);
    Judgement::from_condition(some_without, tr!("a launch that causes no call to WeChat"), || {
        let counts: Vec<String> = calls.iter().map(ToString::to_string).collect();
        tr!("calls to WeChat per launch: {}", counts.join(", "))
    })
}

/// Judges that several exchanges of one person yielded the same openid.
pub fn same_openid(replies: &[Reply]) -> Judgement {
    if let Some(refused) = replies.iter().find(|reply| !reply.granted) {
        return Judgement::CannotTell(tr!("an exchange was refused: {}", refused.describe()));
    }
    let shown = |value: &Value| value.to_json().unwrap_or_default();
    let Some(first) = replies.first() else {
        return Judgement::CannotTell(tr!("no exchange was made"));
    };
    Judgement::of_each(replies, |reply| {
        Judgement::from_condition(reply.openid == first.openid, tr!("the same openid at every login"), || {
            tr!("first {first}, later {later}", first = shown(&first.openid), later = shown(&reply.openid))
        })
    })
}

fn list(calls: &[&str]) -> String {
    if calls.is_empty() { tr!("no call") } else { said(calls) }
}

/// Returns names in the language of the process, one after the other.
fn said(names: &[&str]) -> String {
    names.iter().map(|name| translated(name)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{made_calls, not_every_time, same_openid, stored, walked_to_the_end};
    use crate::checks::Judgement;
    use crate::checks::reply::examples::answered;
    use crate::record::Finding;

    #[test]
    fn order_and_number_of_calls_matter() {
        assert_eq!(walked_to_the_end(&["a", "b"], &["a", "b"]), Judgement::Kept);
        for made in [&["b", "a"][..], &["a"], &["a", "b", "b"], &[]] {
            assert!(matches!(walked_to_the_end(&["a", "b"], made), Judgement::Broken(_)), "{made:?}");
        }
    }

    #[test]
    fn a_breach_names_the_calls_on_both_sides() {
        let broken = |expected, actual| Judgement::Broken(Finding::new(expected, actual));
        assert_eq!(walked_to_the_end(&["a", "b"], &[]), broken("a, b", "no call".to_owned()));
    }

    #[test]
    fn a_flow_cut_short_by_a_refusal_says_nothing_about_the_rest() {
        let refused = Some("the token was refused");
        assert!(matches!(made_calls(&["a", "b"], &["a"], refused), Judgement::CannotTell(_)));
        assert!(matches!(made_calls(&["a", "b"], &["b"], refused), Judgement::Broken(_)));
        assert!(matches!(made_calls(&["a", "b"], &["a"], None), Judgement::Broken(_)));
        assert_eq!(made_calls(&["a", "b"], &["a", "b"], refused), Judgement::Kept);
    }

    #[test]
    fn one_launch_without_a_call_is_enough() {
        assert_eq!(not_every_time(&[1, 0, 2]), Judgement::Kept);
        assert!(matches!(not_every_time(&[1, 1, 1]), Judgement::Broken(_)));
        assert!(matches!(not_every_time(&[]), Judgement::CannotTell(_)));
    }

    #[test]
    fn storage_is_judged_both_ways() {
        assert_eq!(stored(&[("openid", true)], true), Judgement::Kept);
        assert_eq!(stored(&[("token", false)], false), Judgement::Kept);
        assert!(matches!(stored(&[("openid", true), ("token", false)], true), Judgement::Broken(_)));
        assert!(matches!(stored(&[("token", true)], false), Judgement::Broken(_)));
    }

    #[test]
    fn openids_are_compared_only_when_all_were_given() {
        let with = |openid: &str| answered(200, &format!(r#"{{"data":{{"openid":"{openid}"}}}}"#));
        assert_eq!(same_openid(&[with("o1"), with("o1")]), Judgement::Kept);
        assert!(matches!(same_openid(&[with("o1"), with("o2")]), Judgement::Broken(_)));
        assert!(matches!(same_openid(&[with("o1"), with("")]), Judgement::CannotTell(_)));
        assert!(matches!(same_openid(&[]), Judgement::CannotTell(_)));
    }
}
