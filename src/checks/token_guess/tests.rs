//! Guesses that hit, and tokens of which nothing is guessed.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::hashed::uniqid;
use super::{Issue, follow_from_nothing, made_of_no_time, made_of_nothing_known, one_for_each};
use crate::checks::Judgement;
use crate::checks::token_forms::{Hash, hex};
use crate::checks::token_jwt::examples::jwt;
use crate::expiry::UnixMillis;

/// 2023-11-14T22:13:20.123Z
const START: i64 = 1_700_000_000_123;

/// Tokens of eight people, issued 20 ms apart; `random` looks random and differs each time.
fn issues(make: impl Fn(usize, &str, i64, &str) -> String) -> Vec<Issue> {
    (0..8)
        .map(|index| {
            let number = i64::try_from(index).unwrap();
            let random = |what: &str| hex(&Hash::Sha256.of(format!("{what} {index}").as_bytes()));
            let openid = format!("oAbCd_{}", &random("openid")[..22]);
            let time = START + number * 20;
            let token = make(index, &openid, time, &random("token"));
            let times = vec![(UnixMillis::new(time - 2), UnixMillis::new(time + 2))];
            let user_ids = vec![user_id(index)];
            Issue { openid, user_ids, code: Some(format!("0f1{}", &random("code")[..29])), token, times }
        })
        .collect()
}

fn user_id(index: usize) -> String {
    (40_917 + index * 13).to_string()
}

fn broken(judgement: &Judgement) -> bool {
    matches!(judgement, Judgement::Broken(_))
}

fn texts(issues: &[Issue]) -> Vec<String> {
    issues.iter().map(|issue| issue.token.clone()).collect()
}

#[test]
fn good_tokens_are_kept_by_every_judgement() {
    for (name, issues) in [
        ("hex", issues(|_, _, _, random| random.to_owned())),
        ("bytes", issues(|_, _, _, random| URL_SAFE_NO_PAD.encode(&random[..32]))),
        (
            "uuid",
            issues(|_, _, _, r| {
                format!("{}-{}-4{}-8{}-{}", &r[..8], &r[8..12], &r[12..15], &r[15..18], &r[18..30])
            }),
        ),
        ("ulid", issues(|_, _, time, random| format!("{time:012x}{}", &random[..20]))),
        ("openid inside", issues(|_, openid, _, random| format!("{openid}.{random}"))),
        ("time inside", issues(|_, _, time, random| format!("{time}-{random}"))),
        ("number inside", issues(|index, _, _, random| format!("{index}|{random}"))),
        ("user ID inside", issues(|index, _, _, random| format!("{}|{random}", user_id(index)))),
        (
            "all that is known, and a proof of it",
            issues(|index, openid, time, random| format!("{}.{openid}.{time}.{random}", user_id(index))),
        ),
        (
            "a hash of the openid, and a random part",
            issues(|_, openid, _, random| format!("{}.{random}", hex(&Hash::Md5.of(openid.as_bytes())))),
        ),
        (
            "a hash of the time, and a random part",
            issues(|_, openid, time, random| {
                let hash = hex(&Hash::Md5.of(format!("{openid}{time}").as_bytes()));
                format!("{openid}.{hash}.{}", &random[..32])
            }),
        ),
        (
            "readable, with a random part",
            issues(|index, _, time, random| {
                let sid = &random[..16];
                STANDARD.encode(format!(r#"{{"uid":{},"exp":{time},"sid":"{sid}"}}"#, user_id(index)))
            }),
        ),
        (
            "readable, and a proof of it",
            issues(|index, _, time, random| {
                let told = format!(r#"{{"uid":{},"exp":{time}}}"#, user_id(index));
                format!("{}.{random}", URL_SAFE_NO_PAD.encode(told))
            }),
        ),
        ("as long as an openid", issues(|_, _, _, random| random[..56].to_owned())),
        ("base36 time", issues(|_, _, _, random| format!("loyw3v9n{}", &random[..11]))),
        (
            "signed",
            issues(|_, openid, time, random| {
                jwt("HS256", &format!(r#"{{"sub":"{openid}","iat":{time}}}"#), random)
            }),
        ),
    ] {
        assert_eq!(one_for_each(&issues), Judgement::Kept, "{name}");
        assert_eq!(made_of_nothing_known(&issues, "wx1"), Judgement::Kept, "{name}");
        assert_eq!(made_of_no_time(&issues), Judgement::Kept, "{name}");
        assert_eq!(follow_from_nothing(&texts(&issues)), Judgement::Kept, "{name}");
    }
}

#[test]
fn random_tokens_are_never_flagged() {
    for seed in 0..3 {
        let random =
            |index: usize, what: &str| hex(&Hash::Sha512.of(format!("{what} {seed} {index}").as_bytes()));
        // User IDs of one digit stand in nearly every token.
        let known = |mut issues: Vec<Issue>| {
            for (index, issue) in issues.iter_mut().enumerate() {
                issue.user_ids = vec![(index + 1).to_string(), random(index, "union")[..28].to_owned()];
            }
            issues
        };
        for (name, issues) in [
            ("8 digits", known(issues(|index, _, _, _| random(index, "short")[..8].to_owned()))),
            ("hex", known(issues(|index, _, _, _| random(index, "hex")[..32].to_owned()))),
            ("base64", known(issues(|index, _, _, _| STANDARD.encode(&random(index, "base")[..24])))),
            (
                "behind all",
                known(issues(|index, openid, time, _| {
                    format!("{}.{openid}.{time}.{}", index + 1, &random(index, "tail")[..32])
                })),
            ),
            (
                "readable",
                known(issues(|index, openid, time, _| {
                    let sid = &random(index, "sid")[..16];
                    STANDARD
                        .encode(format!(r#"{{"id":{},"o":"{openid}","t":{time},"s":"{sid}"}}"#, index + 1))
                })),
            ),
        ] {
            assert_eq!(made_of_nothing_known(&issues, "wx1"), Judgement::Kept, "{name} {seed}");
            assert_eq!(follow_from_nothing(&texts(&issues)), Judgement::Kept, "{name} {seed}");
        }
    }
}

#[test]
fn short_tokens_are_short_and_nothing_else() {
    let issues = issues(|_, _, _, random| random[..8].to_owned());
    assert_eq!(made_of_nothing_known(&issues, "wx1"), Judgement::Kept);
    assert_eq!(made_of_no_time(&issues), Judgement::Kept);
    assert_eq!(follow_from_nothing(&texts(&issues)), Judgement::Kept);
}

#[test]
fn each_character_that_differs_holds_bits() {
    let bits = |texts: [&str; 2]| format!("{:.0}", super::varying_bits(&texts.map(str::to_owned)));
    assert_eq!(bits(["1234567890", "0987654321"]), "33");
    assert_eq!(bits(["1a2b", "0c3d"]), "16");
    assert_eq!(bits(["x-1", "x-y"]), "6");
}

#[test]
fn an_issue_is_shown_without_its_token() {
    let shown = format!("{:?}", issues(|_, _, _, _| "hush".to_owned())[0]);
    assert!(shown.starts_with("Issue(oAbCd_") && !shown.contains("hush"), "{shown}");
}

#[test]
fn people_who_share_a_token_are_noticed() {
    assert!(broken(&one_for_each(&issues(|index, _, _, _| format!("{}", index / 2)))));
    let mut again = issues(|_, _, _, random| random.to_owned());
    again.push(again[0].clone());
    assert_eq!(one_for_each(&again), Judgement::Kept);
}

#[test]
fn whatever_is_made_of_the_openid_is_noticed() {
    let md5 = |text: &str| hex(&Hash::Md5.of(text.as_bytes()));
    for (name, issues) in [
        ("plain", issues(|_, openid, _, _| openid.to_owned())),
        ("prefixed", issues(|_, openid, _, _| format!("wechat:{openid}"))),
        ("reversed", issues(|_, openid, _, _| openid.chars().rev().collect())),
        ("lower case", issues(|_, openid, _, _| openid.to_ascii_lowercase())),
        ("base64", issues(|_, openid, _, _| STANDARD.encode(openid))),
        ("base64 twice", issues(|_, openid, _, _| STANDARD.encode(STANDARD.encode(openid)))),
        ("hex", issues(|_, openid, _, _| hex(openid.as_bytes()))),
        ("md5", issues(|_, openid, _, _| md5(openid))),
        ("MD5 in capitals", issues(|_, openid, _, _| md5(openid).to_uppercase())),
        ("half an md5", issues(|_, openid, _, _| md5(openid)[8..24].to_owned())),
        ("md5 twice", issues(|_, openid, _, _| md5(&md5(openid)))),
        ("sha1", issues(|_, openid, _, _| hex(&Hash::Sha1.of(openid.as_bytes())))),
        ("sha256", issues(|_, openid, _, _| URL_SAFE_NO_PAD.encode(Hash::Sha256.of(openid.as_bytes())))),
        ("sha512", issues(|_, openid, _, _| hex(&Hash::Sha512.of(openid.as_bytes())))),
        ("with the appid", issues(|_, openid, _, _| md5(&format!("wx1{openid}")))),
        ("and the time", issues(|_, openid, time, _| format!("{openid}{time}"))),
        (
            "and the time in base64",
            issues(|_, openid, time, _| STANDARD.encode(format!("{openid}:{}", time / 1000))),
        ),
        ("and a number", issues(|index, openid, _, _| format!("{openid}-{index}"))),
        ("md5 and the time", issues(|_, openid, time, _| format!("{}{time}", md5(openid)))),
        ("and four random digits", issues(|_, openid, _, r| format!("{openid}{}", &r[..4]))),
        (
            "the openid, and its md5 with the appid",
            issues(|_, openid, _, _| format!("{openid}.{}", md5(&format!("{openid}wx1")))),
        ),
        (
            "the openid, the time, and its md5 with the appid",
            issues(|_, openid, time, _| format!("{openid}.{time}.{}", md5(&format!("{openid}wx1")))),
        ),
        ("the user ID and the time", issues(|index, _, time, _| format!("{time}-{}", user_id(index)))),
        ("md5 of the user ID", issues(|index, _, _, _| md5(&user_id(index)))),
        (
            "the user ID, and a hash of it",
            issues(|index, _, _, _| {
                let user_id = user_id(index);
                format!("{user_id}:{}", hex(&Hash::Sha256.of(user_id.as_bytes())))
            }),
        ),
        (
            "sha1 of both",
            issues(|index, openid, _, _| {
                hex(&Hash::Sha1.of(format!("{}_{openid}", user_id(index)).as_bytes()))
            }),
        ),
        (
            "readable",
            issues(|index, _, time, _| {
                STANDARD.encode(format!(r#"{{"exp":{},"uid":{}}}"#, time + 604_800_000, user_id(index)))
            }),
        ),
        (
            "masked",
            issues(|_, openid, _, _| {
                hex(&openid.bytes().zip(b"1hush2!".iter().cycle()).map(|(a, b)| a ^ b).collect::<Vec<_>>())
            }),
        ),
        ("unsigned", issues(|_, openid, _, _| jwt("none", &format!(r#"{{"sub":"{openid}"}}"#), ""))),
        (
            "signed by nothing",
            issues(|_, openid, _, _| jwt("HS256", &format!(r#"{{"sub":"{openid}"}}"#), "c2ln")),
        ),
    ] {
        assert!(broken(&made_of_nothing_known(&issues, "wx1")), "{name}");
    }
    let mut codes = issues(|_, _, _, random| random.to_owned());
    for issue in &mut codes {
        issue.token = issue.code.clone().unwrap();
    }
    assert!(broken(&made_of_nothing_known(&codes, "wx1")));
}

#[test]
fn whatever_is_made_of_the_time_is_noticed() {
    let md5 = |text: &str| hex(&Hash::Md5.of(text.as_bytes()));
    for (name, issues) in [
        ("seconds", issues(|index, _, time, _| format!("{}", time / 1000 + i64::try_from(index).unwrap()))),
        ("milliseconds", issues(|_, _, time, _| time.to_string())),
        ("base64", issues(|_, _, time, _| STANDARD.encode(time.to_string()))),
        ("hex", issues(|_, _, time, _| format!("{time:x}"))),
        ("with digits", issues(|index, _, time, _| format!("{time}{}", 1000 + (index * 7919) % 9000))),
        ("uniqid", issues(|_, _, time, _| uniqid(time * 1000 + 77))),
        ("md5 of seconds", issues(|_, _, time, _| md5(&(time / 1000).to_string()))),
        ("md5 of milliseconds", issues(|_, _, time, _| md5(&time.to_string()))),
        ("md5 with the openid", issues(|_, openid, time, _| md5(&format!("{openid}{}", time / 1000)))),
        ("md5 of uniqid", issues(|_, _, time, _| md5(&uniqid(time * 1000 + 77)))),
        ("md5 of six digits", issues(|index, _, _, _| md5(&(987_000 + index * 1_601).to_string()))),
        ("md5 of seconds and four digits", issues(|_, _, time, _| md5(&format!("{}{}", time / 1000, 4711)))),
        (
            "sha1 of the openid and four digits",
            issues(|index, openid, _, _| {
                hex(&Hash::Sha1.of(format!("{openid}{}", 1000 + index * 7).as_bytes()))
            }),
        ),
        (
            "md5 of the user ID and milliseconds",
            issues(|index, _, time, _| md5(&format!("{}:{time}", user_id(index)))),
        ),
        (
            "md5 of the user ID and a number",
            issues(|index, _, _, _| md5(&format!("{}{}", user_id(index), 4711))),
        ),
        ("md5 of the openid and the day", issues(|_, openid, _, _| md5(&format!("{openid}20231114")))),
        (
            "md5 of the openid and the time in China",
            issues(|_, openid, _, _| md5(&format!("{openid}_20231115061320"))),
        ),
        (
            "sha256 of a word and a number",
            issues(|index, _, _, _| hex(&Hash::Sha256.of(format!("token{}", index + 1).as_bytes()))),
        ),
        (
            "the openid, and the md5 of it and the time",
            issues(|_, openid, time, _| format!("{openid}.{}", md5(&format!("{openid}{time}")))),
        ),
        (
            "the same in base64",
            issues(|_, openid, time, _| {
                STANDARD.encode(format!("{openid}:{time}:{}", md5(&format!("{openid}-{time}"))))
            }),
        ),
        ("md5 of a number", issues(|index, _, _, _| md5(&index.to_string()))),
    ] {
        assert!(broken(&made_of_no_time(&issues)), "{name}");
    }
    let uuids = issues(|_, _, time, _| format!("{:08x}-9414-11ec-b3c8-9f6bdeced846", time % 0xffff_ffff));
    assert!(broken(&made_of_no_time(&uuids)));
}

#[test]
fn a_uuid_that_says_it_is_random_is_known_by_two_of_its_digits() {
    for uuid in ["9f6bdece-d846-4abc-8123-9f6bdeced846", "018bcfe5687b7abcb1239f6bdeced846"] {
        assert!(super::is_random_uuid(uuid), "{uuid}");
    }
    let hash = "e10adc3949ba59abbe56e057f20f883e";
    for other in [hash, "9f6bdece-d846-11ec-8123-9f6bdeced846", "9f6bdece-d846-4abc-c123-9f6bdeced846", "4"] {
        assert!(!super::is_random_uuid(other), "{other}");
    }
}

#[test]
fn two_tokens_are_enough_to_tell_the_time() {
    let two = &issues(|_, _, time, _| time.to_string())[..2];
    assert!(broken(&made_of_no_time(two)));
}

#[test]
fn times_are_tried_up_to_the_end_of_a_moment_that_is_known_well() {
    let md5 = |text: &str| hex(&Hash::Md5.of(text.as_bytes()));
    let random = hex(&Hash::Sha256.of(b"another"));
    let judged = |micros: i64, length: i64| {
        let times = vec![(UnixMillis::new(START), UnixMillis::new(START + length))];
        let token = md5(&uniqid(micros));
        let issue = |token: &str| Issue {
            openid: "oAbCd".to_owned(),
            user_ids: Vec::new(),
            code: None,
            token: token.to_owned(),
            times: times.clone(),
        };
        made_of_no_time(&[issue(&token), issue(&random)])
    };
    let end = (START + 19) * 1000;
    assert!(broken(&judged(START * 1000, 19)));
    assert!(broken(&judged(end + 999, 19)));
    assert_eq!(judged(end + 1000, 19), Judgement::Kept);
    // Nobody tries that many.
    assert_eq!(judged(START * 1000, 20), Judgement::Kept);
}

#[test]
fn moments_within_an_hour_are_near_each_other() {
    let moments = |gap: i64| {
        let mut issues = issues(|_, _, _, random| random.to_owned());
        issues.truncate(2);
        for (issue, at) in issues.iter_mut().zip([START, START + gap]) {
            issue.times = vec![(UnixMillis::new(at), UnixMillis::new(at))];
        }
        super::near(&issues.iter().collect::<Vec<_>>()).len()
    };
    assert_eq!([0, 3_600_000, 3_600_001, -3_600_000, -3_600_001].map(moments), [1, 1, 2, 1, 2]);
}

#[test]
fn counters_are_noticed_through_base64() {
    for (name, issues) in [
        ("plain", issues(|index, _, _, _| format!("{:032}", 97 + index))),
        ("prefixed", issues(|index, _, _, _| format!("tok_{:x}", 0xf8 + index))),
        ("base64", issues(|index, _, _, _| STANDARD.encode(format!("token-{:06}", 97 + index)))),
        ("milliseconds", issues(|_, _, time, _| time.to_string())),
    ] {
        assert!(broken(&follow_from_nothing(&texts(&issues))), "{name}");
    }
}

#[test]
fn one_opaque_token_among_signed_ones_is_left_alone() {
    let issues = issues(|index, openid, _, random| match index {
        0 => format!("{openid}.{random}"),
        _ => jwt("HS256", &format!(r#"{{"sub":"{openid}"}}"#), random),
    });
    assert_eq!(made_of_nothing_known(&issues, "wx1"), Judgement::Kept);
    assert_eq!(made_of_no_time(&issues), Judgement::Kept);
}

#[test]
fn one_token_cannot_be_compared() {
    let one = &issues(|_, openid, _, _| openid.to_owned())[..1];
    for judgement in [one_for_each(one), made_of_nothing_known(one, "wx1"), made_of_no_time(one)] {
        assert!(matches!(judgement, Judgement::CannotTell(_)));
    }
    assert!(matches!(follow_from_nothing(&[]), Judgement::CannotTell(_)));
    assert_eq!(follow_from_nothing(&["t".to_owned()]), Judgement::Kept);
}
