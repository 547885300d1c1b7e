//! Judgements on what a token opens.

use super::refusal::is_empty;
use super::{Judgement, Reply};
use crate::expiry::Value;
use crate::record::Finding;

/// Judges that the answer carries user info where the contract expects it.
pub fn carries_data(reply: &Reply) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    let there = reply.accepted && !is_empty(&reply.data);
    Judgement::from_condition(there, tr!("a status of success and user info where the contract says"), || {
        reply.describe()
    })
}

/// Names of members that say who somebody is, in lower case and without separators.
const IDENTITIES: &[&str] = &[
    "id",
    "uid",
    "userid",
    "userno",
    "uuid",
    "guid",
    "openid",
    "unionid",
    "memberid",
    "customerid",
    "accountid",
    "username",
    "account",
    "sub",
];

/// Names of the object in which backends put the person, beside roles and permissions, spelled likewise.
const PEOPLE: &[&str] =
    &["user", "sysuser", "userinfo", "uservo", "member", "profile", "account", "customer"];

/// Judges that two answers show one and the same person, and that a third one tells that person from
/// somebody else.
///
/// User info may hold things that change from one request to the next, such as the time of the last
/// visit. So it is enough that something in it stays the same for one person and differs for another;
/// but what goes by the name of an identity may not change.
pub fn same_person(first: &Value, again: &Value, other: &Value) -> Judgement {
    let (first_leaves, again_leaves, others_leaves) = (leaves(first), leaves(again), leaves(other));
    let changed = first_leaves.iter().find(|leaf| is_identity(&leaf.0) && !again_leaves.contains(leaf));
    if let Some((path, found)) = changed {
        return Judgement::Broken(Finding::new(
            tr!("the same {path} at each visit", path),
            tr!("first {first}, again {again}", first = found, again = shown(again)),
        ));
    }
    let steady = |leaf: &&(String, String)| again_leaves.contains(leaf);
    let telling = |leaf: &(String, String)| !others_leaves.contains(leaf);
    let recognised = first_leaves.iter().filter(steady).any(telling);
    Judgement::from_condition(
        recognised,
        tr!("something in the user info that stays the same for one person and differs for another"),
        || {
            tr!(
                "first {first}, again {again}, another person {other}",
                first = shown(first),
                again = shown(again),
                other = shown(other)
            )
        },
    )
}

/// What stands in the list of leaves for what is not there. It is compared, and its length counts.
const NOTHING: &str = "nothing";

/// Judges that two people are not shown the same user info.
pub fn different_people(one: &Value, other: &Value) -> Judgement {
    Judgement::from_condition(one != other, tr!("different user info for two people"), || {
        tr!("{shown} for both", shown = shown(one))
    })
}

/// Judges that somebody was not shown the user info of somebody else, by whatever goes by the name of an identity in it.
/// Where nothing does, it tells nobody from anybody.
pub fn not_shown_as(reply: &Reply, other: &Value) -> Judgement {
    let shown_as = same_identities(&reply.data, other);
    Judgement::from_condition(!shown_as, tr!("user info of the person whose code it is"), || {
        tr!("that of somebody else: {shown}", shown = shown(&reply.data))
    })
}

/// Tells whether two values name the same person, by whatever goes by the name of an identity in them and says something.
#[must_use]
pub fn same_identities(one: &Value, other: &Value) -> bool {
    let sorted = |value: &Value| {
        let mut named = named_identities(value);
        named.sort();
        named
    };
    let (one, other) = (sorted(one), sorted(other));
    !one.is_empty() && one == other
}

/// Tells whether a value shows something of a person, given what the person is shown: one of the same texts
/// or numbers at the same place. Very short ones are common to many people and show nobody.
pub(crate) fn shows_person(value: &Value, persons: &Value) -> bool {
    let known = leaves(persons);
    leaves(value).iter().any(|leaf| known.contains(leaf) && (is_identity(&leaf.0) || leaf.1.len() > 6))
}

/// Returns what goes by the name of an identity in user info: the path and the value of each.
pub(super) fn identities(value: &Value) -> Vec<(String, String)> {
    leaves(value).into_iter().filter(|leaf| is_identity(&leaf.0)).collect()
}

/// Returns what goes by the name of an identity in user info: the name of each member, and its text or number as it
/// would stand in a URL.
#[must_use]
pub fn named_identities(value: &Value) -> Vec<(String, String)> {
    let named = |(path, value): (String, String)| {
        let name = path.rsplit('/').next()?.to_owned();
        let value = serde_json::from_str::<String>(&value).unwrap_or(value);
        let tells = !matches!(value.as_str(), "" | "null" | "true" | "false");
        tells.then_some((name, value))
    };
    identities(value).into_iter().filter_map(named).collect()
}

/// Tells whether the member at the end of a path is an identity: at the top, or in the object that is the person.
/// What stands below a list or in any other object may be the identity of something else.
pub(crate) fn is_identity(path: &str) -> bool {
    let Some(path) = path.strip_prefix('/') else { return false };
    let name = match path.split_once('/') {
        None => path,
        Some((above, name)) if PEOPLE.contains(&spelled(above).as_str()) => name,
        Some(_) => return false,
    };
    IDENTITIES.contains(&spelled(name).as_str())
}

/// Returns a name as it is however it joins its words: `errCode`, `err_code` and `errcode` are one.
pub(super) fn spelled(name: &str) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    letters.to_ascii_lowercase()
}

/// Returns every scalar in a value together with the path to it.
pub(crate) fn leaves(value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), value)];
    while let Some((path, value)) = open.pop() {
        match value {
            Value::Object(object) => {
                open.extend(
                    object.entries().map(|(key, value)| (format!("{path}/{}", key.to_string_lossy()), value)),
                );
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, item)| (format!("{path}/{index}"), item)));
            }
            Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                found.push((path, value.to_json().unwrap_or_else(|| NOTHING.to_owned())));
            }
        }
    }
    found
}

fn shown(value: &Value) -> String {
    value.to_json().unwrap_or_else(|| tr!("nothing"))
}

#[cfg(test)]
mod tests {
    use super::{carries_data, different_people, is_identity, named_identities, same_person, shows_person};
    use crate::checks::Judgement;
    use crate::checks::reply::examples::answered;
    use crate::expiry::Value;

    fn json(text: &str) -> Value {
        Value::parse_json(text).unwrap()
    }

    #[test]
    fn what_names_a_person_is_told_by_its_name_and_as_a_url_would_say_it() {
        let info = r#"{"userId":"u1","id":7,"nick":"Ann","uid":null,"openid":"","shop":{"id":3}}"#;
        let mut named = named_identities(&Value::parse_json(info).unwrap());
        named.sort();
        let expected = [("id", "7"), ("userId", "u1")];
        assert_eq!(named, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_person_stands_at_the_top_or_in_an_object_of_their_own() {
        for path in ["/id", "/user_id", "/openId", "/sysUser/userId", "/user_info/UUID", "/member/id"] {
            assert!(is_identity(path), "{path}");
        }
        for path in
            ["", "id", "/name", "/roles/0/id", "/dept/id", "/user/dept/id", "/sysUser/deptId", "/user/"]
        {
            assert!(!is_identity(path), "{path}");
        }
    }

    #[test]
    fn what_changes_from_visit_to_visit_does_not_matter() {
        let first = json(r#"{"id":1,"visits":1}"#);
        let again = json(r#"{"id":1,"visits":2}"#);
        let other = json(r#"{"id":2,"visits":1}"#);
        assert_eq!(same_person(&first, &again, &other), Judgement::Kept);
    }

    #[test]
    fn an_identity_may_not_change_from_visit_to_visit() {
        let first = json(r#"{"user_id":"u1","nick":"a"}"#);
        let again = json(r#"{"user_id":"u9","nick":"a"}"#);
        let other = json(r#"{"user_id":"u2","nick":"b"}"#);
        assert!(matches!(same_person(&first, &again, &other), Judgement::Broken(_)));
    }

    #[test]
    fn two_people_who_look_alike_cannot_be_told_apart() {
        let same = json(r#"{"nick":"x"}"#);
        assert!(matches!(same_person(&same, &same, &same), Judgement::Broken(_)));
        let Judgement::Broken(finding) = different_people(&same, &same) else { panic!("both are the same") };
        assert_eq!(finding.actual, r#"{"nick":"x"} for both"#);
    }

    #[test]
    fn being_shown_somebody_else_the_second_time_is_a_breach() {
        let alice = json(r#"{"id":1,"app":"x"}"#);
        let bob = json(r#"{"id":2,"app":"x"}"#);
        assert!(matches!(same_person(&alice, &bob, &bob), Judgement::Broken(_)));
        assert_eq!(different_people(&alice, &bob), Judgement::Kept);
    }

    #[test]
    fn an_identity_or_a_long_text_at_the_same_place_shows_a_person() {
        let alice = json(r#"{"id":7,"nick":"Alice","town":"Rome","list":["a long text"]}"#);
        for (seen, shows) in [
            (r#"{"id":7}"#, true),
            (r#"{"nick":"Alice"}"#, true),
            (r#"{"list":["a long text"]}"#, true),
            (r#"{"town":"Rome"}"#, false),
            (r#"{"town":"Alice"}"#, false),
            (r#"{"id":8,"nick":"Bob"}"#, false),
            ("{}", false),
        ] {
            assert_eq!(shows_person(&json(seen), &alice), shows, "{seen}");
        }
    }

    #[test]
    fn user_info_needs_a_status_of_success_and_content() {
        assert_eq!(carries_data(&answered(200, r#"{"data":{"id":1}}"#)), Judgement::Kept);
        for (status, body) in
            [(401, r#"{"data":{"id":1}}"#), (200, r#"{"data":{}}"#), (200, "{}"), (200, "x")]
        {
            assert!(matches!(carries_data(&answered(status, body)), Judgement::Broken(_)), "{body}");
        }
    }
}
