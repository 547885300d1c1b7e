//! Judgements on who is who.

use std::collections::HashMap;

use super::user_info::{carries_data, identities};
use super::{Judgement, Reply, exchange_granted, token_granted};
use crate::expiry::Value;
use crate::protocol::OpenId;
use crate::record::Finding;

/// Names under which user info shows what WeChat knows a person by. They change or stay with WeChat, so they say
/// nothing about the backend's own account.
const NAMES_AT_WECHAT: [&str; 2] = ["openid", "unionid"];

/// The login of one of many people, as far as it came.
#[derive(Clone, Debug)]
pub struct Login {
    /// The openid that WeChat gave for the person.
    pub openid: OpenId,
    /// The answer to the code exchange.
    pub exchange: Reply,
    /// The answer to the token request; absent when no openid was given.
    pub token: Option<Reply>,
    /// The answer to the question for user info; absent when no token was issued.
    pub info: Option<Reply>,
}

/// Judges that of many people who logged in at the same time each got an openid, a token and data, and that no
/// two of them got the same.
///
/// How an openid is spelled is another requirement's matter. User info tells people apart only by what goes by
/// the name of an identity in it; where nothing does, it only has to be there.
pub fn everybody_got_their_own(logins: &[Login]) -> Judgement {
    let got_in = Judgement::all(logins.iter().map(got_in));
    let openids = nobody_twice(&tr!("openid"), logins.iter().map(|login| text(&login.exchange.openid)));
    let swapped = Judgement::all(logins.iter().map(|login| {
        let given = text(&login.exchange.openid);
        let others = logins
            .iter()
            .any(|other| other.openid != login.openid && given.as_deref() == Some(other.openid.as_str()));
        Judgement::from_condition(!others, tr!("the openid of each person for this very person"), || {
            tr!(
                "the openid of {given} for the code of {own}",
                given = given.unwrap_or_default(),
                own = login.openid
            )
        })
        .shown_by([&*login.exchange.exchange])
    }));
    let tokens = nobody_twice(&tr!("token"), logins.iter().map(|login| text(&login.token.as_ref()?.token)));
    let data = nobody_twice(
        &tr!("identity in the user info"),
        logins.iter().map(|login| {
            let found = identities(&login.info.as_ref()?.data);
            let shown: Vec<String> = found.iter().map(|(path, value)| format!("{path} {value}")).collect();
            (!shown.is_empty()).then(|| shown.join(", "))
        }),
    );
    // A mix-up outweighs a login that failed.
    Judgement::all([swapped, openids, tokens, data, got_in])
}

fn got_in(login: &Login) -> Judgement {
    let replies = [Some(&login.exchange), login.token.as_ref(), login.info.as_ref()];
    let overloaded =
        replies.into_iter().flatten().find_map(|reply| match (reply.exchange.answer(), reply.status()) {
            (Err(failure), _) => Some(failure.to_string()),
            (Ok(_), Some(503)) => Some(tr!("the backend says that it is overloaded (503)")),
            (Ok(_), _) => reply.inconclusive(),
        });
    if let Some(reason) = overloaded {
        return Judgement::CannotTell(reason);
    }
    let missing = || Judgement::CannotTell(tr!("the login did not get so far"));
    exchange_granted(&login.exchange)
        .and(|| login.token.as_ref().map_or_else(missing, token_granted))
        .and(|| login.info.as_ref().map_or_else(missing, carries_data))
}

/// Judges that no value was given twice; what is absent is not looked at.
fn nobody_twice(what: &str, values: impl Iterator<Item = Option<String>>) -> Judgement {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for value in values.flatten() {
        *counts.entry(value).or_default() += 1;
    }
    let shared = counts.into_iter().filter(|(_, count)| *count > 1).max();
    Judgement::from_condition(shared.is_none(), tr!("no {what} for two people", what), || {
        let (value, count) = shared.unwrap_or_default();
        tr!("{value} for {count} of them", value, count)
    })
}

/// Judges that two people are two: different openids, and user info that does not show the same person.
///
/// `mine` is what a token opened, and `again` what the same token opened when the other person had logged in and
/// had seen `others`.
pub fn told_apart(mine: &Value, others: &Value, again: &Value) -> Judgement {
    let (first, later, theirs) = (identities(mine), identities(again), identities(others));
    let shared = if first.is_empty() && theirs.is_empty() { mine == others } else { first == theirs };
    Judgement::from_condition(!shared, tr!("different user info for two people"), || {
        tr!("{shown} for both", shown = mine.to_json().unwrap_or_default())
    })
    .and(|| {
        Judgement::from_condition(
            first == later,
            tr!("the same person before and after the other's login"),
            || {
                let shown = |value: &Value| value.to_json().unwrap_or_default();
                tr!("first {first}, then {later}", first = shown(mine), later = shown(again))
            },
        )
    })
}

/// Judges that a person is still the one account that the backend made for them; nothing when user info does
/// not show the account.
#[must_use = "a judgement that nobody hears proves nothing; hand it to the world"]
pub fn stayed_one(before: &Value, after: &Value) -> Option<Judgement> {
    let (first, later) = (accounts(before), accounts(after));
    if first.is_empty() {
        return None;
    }
    Some(match first.iter().find(|identity| !later.contains(identity)) {
        None => Judgement::Kept,
        Some((path, value)) => Judgement::Broken(Finding::new(
            tr!("the same {path} as before", path),
            tr!("first {first}, then {later}", first = value, later = after.to_json().unwrap_or_default()),
        )),
    })
}

/// Judges that a person who logged in several times `at_once` was shown the account that two `later` logins show, all of
/// them being answers with user info; nothing when user info does not show the account.
///
/// What differs from one later login to the next is not the account's name. A login that did not get as far as user info
/// tells nothing: a backend may keep one session per person, or let one login of theirs wait for the other.
#[must_use = "a judgement that nobody hears proves nothing; hand it to the world"]
pub fn one_account(at_once: &[Reply], later: &[Reply]) -> Option<Judgement> {
    let has_data = |reply: &&Reply| carries_data(reply) == Judgement::Kept;
    let mut shown = later.iter().filter(has_data);
    let (Some(last), Some(before)) = (shown.next_back(), shown.next_back()) else {
        let seen = later.last().map_or_else(String::new, Reply::describe);
        return Some(Judgement::CannotTell(tr!(
            "a later login did not get as far as user info: {seen}",
            seen
        )));
    };
    let again = accounts(&before.data);
    let known: Vec<_> = accounts(&last.data).into_iter().filter(|name| again.contains(name)).collect();
    if known.is_empty() {
        return None;
    }
    let mut at_once = at_once.iter().filter(has_data).peekable();
    if at_once.peek().is_none() {
        return Some(Judgement::CannotTell(tr!("none of the logins got as far as user info")));
    }
    Some(Judgement::of_each(at_once, |reply| {
        let theirs = accounts(&reply.data);
        let other = known.iter().find_map(|(path, value)| {
            theirs
                .iter()
                .find(|(shown, other)| shown == path && other != value)
                .map(|(_, other)| (path, value, other))
        });
        match other {
            None => Judgement::Kept,
            Some((path, value, other)) => Judgement::Broken(Finding::new(
                tr!("the same {path} for each login of one person", path),
                tr!("{other} for one of those at the same moment, {value} for one later", other, value),
            )),
        }
    }))
}

/// Judges that two logins of one person led to the same account, by every name that user info has for it but the unionid,
/// which WeChat tells at one time and not at another; nothing when it has none.
#[must_use = "a judgement that nobody hears proves nothing; hand it to the world"]
pub fn same_account(usual: &Value, other: &Value) -> Option<Judgement> {
    let names = |value: &Value| names_but(value, &["unionid"]);
    let sorted = |mut names: Vec<(String, String)>| {
        names.sort();
        names
    };
    let (usual, other) = (sorted(names(usual)), sorted(names(other)));
    if usual.is_empty() || other.is_empty() {
        return None;
    }
    let shown = |names: &[(String, String)]| {
        let names: Vec<String> = names.iter().map(|(path, name)| format!("{path} {name}")).collect();
        names.join(", ")
    };
    Some(Judgement::from_condition(
        usual == other,
        tr!("the account that the person usually has: {account}", account = shown(&usual)),
        || tr!("another one: {account}", account = shown(&other)),
    ))
}

/// Returns what user info shows as the name of the backend's own account.
fn accounts(value: &Value) -> Vec<(String, String)> {
    names_but(value, &NAMES_AT_WECHAT)
}

/// Returns the identities in user info but for those that go by one of these names.
fn names_but(value: &Value, left_out: &[&str]) -> Vec<(String, String)> {
    let mut found = identities(value);
    found.retain(|(path, _)| {
        let name: String = path.chars().filter(char::is_ascii_alphanumeric).collect();
        !left_out.contains(&name.to_ascii_lowercase().as_str())
    });
    found
}

/// Returns a value that was handed out as text; nothing when it is none.
fn text(value: &Value) -> Option<String> {
    value.is_truthy().then(|| value.to_json().map(|text| text.trim_matches('"').to_owned())).flatten()
}

#[cfg(test)]
mod tests {
    use super::{Login, everybody_got_their_own, one_account, stayed_one, told_apart};
    use crate::checks::Judgement;
    use crate::checks::reply::examples::{answered, failed};
    use crate::expiry::Value;
    use crate::protocol::OpenId;
    use crate::record::FailureKind;

    fn login(openid: &str, given: &str, token: &str, id: &str) -> Login {
        Login {
            openid: OpenId::new(openid),
            exchange: answered(200, &format!(r#"{{"data":{{"openid":"{given}"}}}}"#)),
            token: Some(answered(200, &format!(r#"{{"access_token":"{token}"}}"#))),
            info: Some(answered(200, &format!(r#"{{"data":{{"id":"{id}"}}}}"#))),
        }
    }

    fn broken(judgement: &Judgement) -> bool {
        matches!(judgement, Judgement::Broken(_))
    }

    fn json(text: &str) -> Value {
        Value::parse_json(text).unwrap()
    }

    #[test]
    fn nobody_in_a_crowd_gets_what_somebody_else_got() {
        let alice = || login("oA", "oA", "ta", "1");
        let judge = |other: Login| everybody_got_their_own(&[alice(), other]);
        assert_eq!(judge(login("oB", "oB", "tb", "2")), Judgement::Kept);
        assert_eq!(judge(login("oB", "wechat-oB", "tb", "2")), Judgement::Kept);
        for other in [
            login("oB", "oA", "tb", "2"),
            login("oB", "oB", "ta", "2"),
            login("oB", "oB", "tb", "1"),
            login("oB", "", "tb", "2"),
            login("oB", "oB", "", "2"),
            Login { info: Some(answered(200, "{}")), ..login("oB", "oB", "tb", "") },
        ] {
            assert!(broken(&judge(other.clone())), "{other:?}");
        }
        let swapped = [login("oA", "oB", "ta", "1"), login("oB", "oA", "tb", "2")];
        assert!(broken(&everybody_got_their_own(&swapped)));
    }

    #[test]
    fn who_was_turned_away_because_of_the_crowd_proves_nothing() {
        let alice = login("oA", "oA", "ta", "1");
        for exchange in [answered(429, ""), answered(503, ""), failed(FailureKind::Broken)] {
            let turned_away = Login { exchange, token: None, info: None, ..login("oB", "", "", "") };
            let judgement = everybody_got_their_own(&[alice.clone(), turned_away]);
            assert!(matches!(judgement, Judgement::CannotTell(_)));
        }
        assert!(matches!(everybody_got_their_own(&[]), Judgement::CannotTell(_)));
    }

    #[test]
    fn user_info_without_an_identity_only_has_to_be_there() {
        let with = |openid: &str, token: &str| Login {
            info: Some(answered(200, r#"{"data":{"nick":"WeChat user"}}"#)),
            ..login(openid, openid, token, "")
        };
        assert_eq!(everybody_got_their_own(&[with("oA", "ta"), with("oB", "tb")]), Judgement::Kept);
    }

    #[test]
    fn two_people_are_two_and_stay_who_they_are() {
        let (alice, bob) = (json(r#"{"id":1,"seen":5}"#), json(r#"{"id":2,"seen":5}"#));
        assert_eq!(told_apart(&alice, &bob, &json(r#"{"id":1,"seen":6}"#)), Judgement::Kept);
        assert!(broken(&told_apart(&alice, &json(r#"{"id":1,"seen":6}"#), &alice)));
        assert!(broken(&told_apart(&alice, &bob, &bob)));
        let nick = json(r#"{"nick":"x"}"#);
        assert!(broken(&told_apart(&nick, &nick, &nick)));
    }

    #[test]
    fn a_person_stays_one_account_whatever_wechat_calls_them() {
        let before = json(r#"{"user_id":"u1","openid":"o","unionid":null}"#);
        let judge = |after: &str| stayed_one(&before, &json(after));
        assert_eq!(judge(r#"{"user_id":"u1","openid":"o","unionid":"x"}"#), Some(Judgement::Kept));
        assert!(judge(r#"{"user_id":"u2","openid":"o"}"#).is_some_and(|judgement| broken(&judgement)));
        assert_eq!(stayed_one(&json(r#"{"openid":"o","nick":"x"}"#), &before), None);
    }

    #[test]
    fn logins_at_the_same_moment_show_the_account_that_later_ones_show() {
        let shown = |data: &str| answered(200, &format!(r#"{{"data":{data}}}"#));
        let refused = || answered(401, "{}");
        let judge = |at_once: &[&str], later: [&str; 2]| {
            let at_once: Vec<_> = at_once.iter().map(|data| shown(data)).chain([refused()]).collect();
            one_account(&at_once, &later.map(shown))
        };
        let one = r#"{"userId":1,"openid":"oA"}"#;
        assert_eq!(judge(&[one, one], [one, one]), Some(Judgement::Kept));
        assert!(broken(&judge(&[one, r#"{"userId":2,"openid":"oA"}"#], [one, one]).unwrap()));
        // What changes from one login to the next names the login, not the account.
        let session = |id: u8| format!(r#"{{"userId":1,"sessionId":{id}}}"#);
        assert_eq!(judge(&[&session(1), &session(2)], [&session(3), &session(4)]), Some(Judgement::Kept));
        // An account that is not shown yet is no other one.
        assert_eq!(judge(&[r#"{"nickname":"A"}"#], [one, one]), Some(Judgement::Kept));
        assert_eq!(judge(&[r#"{"openid":"oA"}"#], [r#"{"openid":"oA"}"#; 2]), None);
        let undecided = |judgement| matches!(judgement, Some(Judgement::CannotTell(_)));
        assert!(undecided(judge(&[], [one, one])));
        assert!(undecided(one_account(&[shown(one)], &[shown(one), refused()])));
    }
}
