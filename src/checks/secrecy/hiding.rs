//! Do secrets that were hidden on purpose come to light, and nothing else?

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::inflate::Format;
use super::inflate::packing::packed;
use super::{Secret, SecretKind, SecretNeedles};
use crate::record::{Answer, Headers, Redactor};

const KEY: &str = "ti+htNczf5v6AK/yjwEUhQ==";
const APP_SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

fn needles() -> SecretNeedles {
    SecretNeedles::new([
        Secret::new(SecretKind::SessionKey, "Alice", KEY),
        Secret::new(SecretKind::AppSecret, "the app", APP_SECRET),
        Secret::new(SecretKind::PlatformToken, "the app", platform_token()),
        Secret::new(SecretKind::OpenId, "Alice", "o1eIF6gNS95lQeF8enmTaDzTwn9A"),
    ])
}

fn platform_token() -> String {
    format!("94_{}", "Ab3-x_Yz9".repeat(15))
}

/// Returns the spelling in which the first secret stands in a body.
fn spelling(body: &[u8]) -> Option<String> {
    needles().find_in(body).sightings.into_iter().next().map(|sighting| sighting.spelling)
}

/// Ways to hide bytes. Those that make text of any bytes can be put into each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hiding {
    Percent,
    PercentAll,
    JsonText,
    JsonLetters,
    HtmlNamed,
    HtmlDecimal,
    HtmlHex,
    Base64,
    Base64Url,
    Base64Lines,
    Hex,
    HexUpper,
    HexColons,
    HexPrefixed,
    Numbers,
    SignedNumbers,
    NumbersIndexed,
    Reversed,
    Wide,
    Packed(Format),
}

const TEXTUAL: [Hiding; 18] = [
    Hiding::Percent,
    Hiding::PercentAll,
    Hiding::JsonText,
    Hiding::JsonLetters,
    Hiding::HtmlNamed,
    Hiding::HtmlDecimal,
    Hiding::HtmlHex,
    Hiding::Base64,
    Hiding::Base64Url,
    Hiding::Base64Lines,
    Hiding::Hex,
    Hiding::HexUpper,
    Hiding::HexColons,
    Hiding::HexPrefixed,
    Hiding::Numbers,
    Hiding::SignedNumbers,
    Hiding::NumbersIndexed,
    Hiding::Reversed,
];

const BINARY: [Hiding; 6] = [
    Hiding::Wide,
    Hiding::Packed(Format::Gzip),
    Hiding::Packed(Format::Zlib),
    Hiding::Packed(Format::Zstd),
    Hiding::Packed(Format::Deflate),
    Hiding::Packed(Format::Brotli),
];

impl Hiding {
    /// Tells whether it makes text of any bytes, and not only of text.
    fn takes_bytes(self) -> bool {
        !matches!(
            self,
            Self::JsonText
                | Self::JsonLetters
                | Self::HtmlNamed
                | Self::HtmlDecimal
                | Self::HtmlHex
                | Self::Percent
                | Self::Reversed
                | Self::Wide
        )
    }

    fn makes_bytes(self) -> bool {
        matches!(self, Self::Wide | Self::Packed(_))
    }

    fn hide(self, bytes: &[u8]) -> Vec<u8> {
        let each = |spell: &dyn Fn(u8) -> String| -> Vec<u8> {
            bytes.iter().map(|byte| spell(*byte)).collect::<String>().into_bytes()
        };
        let plain = |byte: u8| char::from(byte).to_string();
        let listed = |spell: &dyn Fn(usize, u8) -> String, separator: &str| -> Vec<u8> {
            let parts: Vec<String> = bytes.iter().enumerate().map(|(at, byte)| spell(at, *byte)).collect();
            parts.join(separator).into_bytes()
        };
        match self {
            Self::Percent => each(&|byte| match byte {
                b'+' | b'/' | b'=' | b'%' | b'&' | b'"' | b'\\' | b' ' => format!("%{byte:02X}"),
                other => plain(other),
            }),
            Self::PercentAll => each(&|byte| format!("%{byte:02x}")),
            Self::JsonText => each(&|byte| match byte {
                b'"' | b'\\' | b'/' => format!("\\{}", char::from(byte)),
                b'\n' => "\\n".to_owned(),
                b'\r' => "\\r".to_owned(),
                other => plain(other),
            }),
            Self::JsonLetters => each(&|byte| format!("\\u{byte:04X}")),
            Self::HtmlNamed => each(&|byte| match byte {
                b'+' => "&plus;".to_owned(),
                b'/' => "&sol;".to_owned(),
                b'=' => "&equals;".to_owned(),
                b'&' => "&amp;".to_owned(),
                b'"' => "&quot;".to_owned(),
                other => plain(other),
            }),
            Self::HtmlDecimal => each(&|byte| format!("&#{byte};")),
            Self::HtmlHex => each(&|byte| format!("&#x{byte:X};")),
            Self::Base64 => STANDARD.encode(bytes).into_bytes(),
            Self::Base64Url => URL_SAFE_NO_PAD.encode(bytes).into_bytes(),
            Self::Base64Lines => {
                STANDARD.encode(bytes).as_bytes().chunks(60).collect::<Vec<_>>().join(&b"\r\n"[..])
            }
            Self::Hex => each(&|byte| format!("{byte:02x}")),
            Self::HexUpper => each(&|byte| format!("{byte:02X}")),
            Self::HexColons => listed(&|_, byte| format!("{byte:02x}"), ":"),
            Self::HexPrefixed => listed(&|_, byte| format!("0x{byte:02x}"), ", "),
            Self::Numbers => listed(&|_, byte| byte.to_string(), ","),
            Self::SignedNumbers => listed(&|_, byte| byte.cast_signed().to_string(), ", "),
            Self::NumbersIndexed => {
                if bytes.len() > 250 {
                    return Self::Numbers.hide(bytes);
                }
                listed(&|at, byte| format!("\"{at}\":{byte}"), ",")
            }
            Self::Reversed => bytes.iter().rev().copied().collect(),
            Self::Wide => bytes.iter().flat_map(|byte| [*byte, 0]).collect(),
            Self::Packed(format) => packed(format, bytes),
        }
    }
}

fn any_hiding() -> impl Strategy<Value = Hiding> {
    prop::sample::select(TEXTUAL.iter().chain(&BINARY).copied().collect::<Vec<_>>())
}

/// A chain of hidings, the innermost first, each of which can take what the one before it made.
fn chains(length: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<Hiding>> {
    prop::collection::vec(any_hiding(), length).prop_filter("bytes are no text", |chain| {
        chain.windows(2).all(|pair| !pair[0].makes_bytes() || pair[1].takes_bytes())
    })
}

/// Text that surrounds what is hidden; it begins and ends with what belongs to no encoding. Its letters are no
/// digits, because a stream without a mark is looked for only where something begins.
fn padding() -> impl Strategy<Value = (String, String)> {
    ("([g-z \n]{0,40}[\"'<|])?", "([>\"'|][g-z ]{0,40})?")
}

fn secrets() -> impl Strategy<Value = String> {
    prop::sample::select(vec![KEY.to_owned(), APP_SECRET.to_owned(), platform_token()])
}

proptest! {
    #[test]
    fn a_hidden_secret_is_found(
        secret in secrets(),
        chain in chains(1..=2),
        inner in padding(),
        outer in padding(),
        wrapped: bool,
    ) {
        // Whether the secret stands alone in what is encoded, or in the middle of something.
        let mut hidden = if wrapped { format!("{}{secret}{}", inner.0, inner.1) } else { secret }.into_bytes();
        for hiding in &chain {
            hidden = hiding.hide(&hidden);
        }
        let bytes = chain.last().is_some_and(|last| last.makes_bytes());
        let body = if bytes { hidden } else { [outer.0.as_bytes(), &hidden, outer.1.as_bytes()].concat() };
        prop_assert!(spelling(&body).is_some(), "{chain:?}: {}", String::from_utf8_lossy(&body));
    }

    #[test]
    fn a_secret_hidden_three_deep_in_json_is_found(
        secret in secrets(),
        inner in prop::sample::select(TEXTUAL.to_vec()),
        middle in prop::sample::select(vec![Hiding::Packed(Format::Gzip), Hiding::Packed(Format::Zstd), Hiding::Hex]),
        outer in prop::sample::select(vec![Hiding::Base64, Hiding::Base64Url, Hiding::Base64Lines]),
    ) {
        let hidden = outer.hide(&middle.hide(&inner.hide(secret.as_bytes())));
        let body = [br#"{"code":0,"data":{"x":""#, &Hiding::JsonText.hide(&hidden)[..], br#""}}"#].concat();
        let answer = Answer { status: 200, headers: Headers::default(), body, cut: false };
        let search = needles().find(&answer);
        prop_assert!(!search.sightings.is_empty(), "{inner:?} {middle:?} {outer:?}");
        prop_assert!(search.sightings[0].place.starts_with("the body at /data/x "), "{:?}", search.sightings);
    }

    #[test]
    fn what_is_found_in_a_text_is_masked_and_nothing_beside_it(
        secret in secrets().prop_filter("an openid may be shown", |secret| !secret.starts_with("o1")),
        chain in prop::collection::vec(prop::sample::select(TEXTUAL.to_vec()), 1..=3),
    ) {
        let hidden = chain.iter().fold(secret.into_bytes(), |hidden, hiding| hiding.hide(&hidden));
        let hidden = String::from_utf8_lossy(&hidden);
        let needles = Arc::new(needles());
        let mut redactor = Redactor::default();
        let search = Arc::clone(&needles);
        redactor.look_into(Some(Arc::new(move |text| search.hidden_in(text))));
        let shown = redactor.text(&format!(r#"{{"before":"kept","x":"{hidden}","after":"kept"}}"#));
        prop_assert!(needles.hidden_in(&shown).is_none(), "{chain:?}: {shown}");
        // What has quotation marks within is no single piece.
        if !hidden.contains('"') {
            prop_assert!(shown.matches("\"kept\"").count() == 2, "{chain:?}: {shown}");
        }
    }

    #[test]
    fn letters_before_it_do_not_hide_base64(before in "[A-Za-z0-9]{0,9}", after in "[A-Za-z0-9]{0,9}") {
        let body = format!("{before}{}{after}", STANDARD.encode(format!("k={KEY};")));
        prop_assert!(spelling(body.as_bytes()).is_some(), "{}", body);
        let body = format!("{before}{}", URL_SAFE_NO_PAD.encode(packed(Format::Gzip, KEY.as_bytes())));
        prop_assert!(spelling(body.as_bytes()).is_some(), "{}", body);
    }

    #[test]
    fn noise_raises_no_alarm(noise in prop::collection::vec(any::<u8>(), 0..3000), chain in chains(0..=2)) {
        let mut body = noise;
        for hiding in chain.iter().filter(|hiding| hiding.takes_bytes()) {
            body = hiding.hide(&body);
        }
        let search = needles().find_in(&body);
        prop_assert_eq!(search.sightings, vec![]);
        prop_assert!(!search.incomplete);
    }
}

/// Makes bytes that look random and are the same each time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[test]
fn large_bodies_of_any_kind_raise_no_alarm_and_are_gone_through_to_the_end() {
    let bytes = noise(200_000);
    let json: Vec<u8> = (0..4000)
        .flat_map(|n| {
            format!(r#"{{"id":{n},"name":"caf\u00e9 {n}","url":"http:\/\/x\/?a=%20{n}&amp;b"}},"#)
                .into_bytes()
        })
        .collect();
    let html = "<p class=\"a\">A paragraph&nbsp;of <b>words</b>, one &amp; the same %20 over\n".repeat(3000);
    for (kind, body) in [
        ("random bytes", bytes.clone()),
        ("base64", STANDARD.encode(&bytes).into_bytes()),
        ("base64 of base64", STANDARD.encode(STANDARD.encode(&bytes)).into_bytes()),
        ("hexadecimal", Hiding::Hex.hide(&bytes)),
        ("numbers", Hiding::Numbers.hide(&bytes)),
        ("gzip", packed(Format::Gzip, &json)),
        ("json", json),
        ("html", html.into_bytes()),
        ("zeros", vec![0; 200_000]),
        ("spaces", vec![b' '; 200_000]),
        ("one letter", vec![b'A'; 200_000]),
    ] {
        let search = needles().find_in(&body);
        assert!(search.sightings.is_empty() && !search.incomplete, "{kind}: {search:?}");
    }
}

#[test]
fn a_search_that_ends_before_the_work_does_says_so() {
    // Streams upon streams, each of which becomes megabytes.
    let bomb = packed(Format::Gzip, &noise(1000).repeat(3000)).repeat(30);
    assert!(needles().find_in(&bomb).incomplete);
}

/// Returns the key in hexadecimal digits, the last of which, a `d`, is spelled as given.
fn hexadecimal_with_last_digit(digit: &str) -> Vec<u8> {
    let digits = String::from_utf8(Hiding::Hex.hide(KEY.as_bytes())).unwrap();
    format!("{}{digit}", digits.strip_suffix('d').unwrap()).into_bytes()
}

#[test]
fn an_answer_was_searched_only_when_its_head_and_its_body_were() {
    let endless = b"\x1f\x8b\x08".repeat(300);
    let incomplete = |header: &str, body: &[u8]| {
        let headers = Headers::new(vec![("x".to_owned(), header.to_owned())]);
        let answer = Answer { status: 200, headers, body: body.to_vec(), cut: false };
        let needles = needles();
        // The second time from memory, which holds only what was clean.
        let twice = [needles.find(&answer).incomplete, needles.find(&answer).incomplete];
        assert_eq!(twice[0], twice[1]);
        twice[0]
    };
    assert!(incomplete("", &endless));
    assert!(incomplete(&STANDARD.encode(&endless), b""));
    assert!(!incomplete("", b"{}"));
}

#[test]
fn of_each_kind_only_so_many_are_told() {
    // They begin alike, and each is found all the same.
    let key = |number: usize| format!("begins-like-the-others-{number:04}");
    let known = |number: usize| Secret::new(SecretKind::SessionKey, number.to_string(), key(number));
    let openid = Secret::new(SecretKind::OpenId, "Alice", "o1eIF6gNS95lQeF8enmTaDzTwn9A");
    let needles = SecretNeedles::new((0..20).map(known).chain([openid]));
    let body = (0..20).chain(0..20).map(key).collect::<Vec<_>>().join("\n") + " o1eIF6gNS95lQeF8enmTaDzTwn9A";
    let sightings = needles.find_in(body.as_bytes()).sightings;
    let owners: Vec<String> = sightings.into_iter().map(|sighting| sighting.owner).collect();
    let expected: Vec<String> =
        (0..16).map(|number| number.to_string()).chain(["Alice".to_owned()]).collect();
    assert_eq!(owners, expected);
    assert!(!needles.is_empty());
    assert!(SecretNeedles::new([]).is_empty());
}

#[test]
fn streams_without_a_mark_are_tried_only_where_the_first_words_begin() {
    let text = format!("{}session_key={KEY}", "to be packed ".repeat(20));
    let packed_key = STANDARD.encode(packed(Format::Deflate, text.as_bytes()));
    let behind = |words: usize| {
        let body = format!("{}{packed_key}", format!("{}\"", STANDARD.encode([0xff; 24])).repeat(words));
        spelling(body.as_bytes())
    };
    assert_eq!(behind(63).as_deref(), Some("base64 → deflate"));
    assert_eq!(behind(64), None);
}

#[test]
fn the_beginning_of_one_secret_does_not_hide_another() {
    let secret = |text: &str| Secret::new(SecretKind::SessionKey, text, text);
    let needles = SecretNeedles::new([secret("AAAAAbcdefghijklZZZZ"), secret("bcdefghijklmnopqrs")]);
    assert_eq!(needles.find_in(b"AAAAAbcdefghijklmnopqrs").sightings[0].owner, "bcdefghijklmnopqrs");
}

#[test]
fn four_encodings_within_each_other_are_followed_and_no_more() {
    let within =
        |depth: usize| (0..depth).fold(KEY.as_bytes().to_vec(), |body, _| Hiding::Base64.hide(&body));
    assert_eq!(spelling(&within(4)).as_deref(), Some("base64 → base64 → base64 → base64"));
    assert_eq!(spelling(&within(5)), None);
}

#[test]
fn a_short_answer_may_become_a_long_one() {
    let long = format!("{}{KEY}", "padding ".repeat(7000));
    let short = packed(Format::Gzip, long.as_bytes());
    assert!(short.len() < 400, "{}", short.len());
    assert_eq!(spelling(&short).as_deref(), Some("gzip"));
}

#[test]
fn marks_of_streams_are_followed_up_to_a_number_that_grows_with_the_answer() {
    let marks = |number: usize| {
        let mut body = vec![b' '; 100 * 1024];
        body.splice(..3 * number, b"\x1f\x8b\x08".repeat(number));
        needles().find_in(&body).incomplete
    };
    assert!(!marks(256 + 100));
    assert!(marks(256 + 101));
    // The texts in what is no text are turned round once, so that their marks are not followed twice.
    let texts = [b"\x80", b"x^ ".repeat(200).as_slice(), b"\x80", b"abcdefghijklmnop"].concat();
    assert!(!needles().find_in(&texts).incomplete);
}

#[test]
fn a_spelling_tells_the_way_the_secret_was_hidden() {
    let jwt = URL_SAFE_NO_PAD.encode(format!(r#"{{"session_key":"{}"}}"#, KEY.replace('/', "\\/")));
    let raw = STANDARD.decode(KEY).unwrap();
    let packed_address = packed(Format::Gzip, &Hiding::Percent.hide(format!("/x?k={KEY}&y").as_bytes()));
    for (body, expected) in [
        (KEY.as_bytes().to_vec(), "as it is"),
        (KEY.replace('+', "-").replace('/', "_").into_bytes(), "in the URL-safe alphabet"),
        (KEY.chars().rev().collect::<String>().into_bytes(), "reversed"),
        (Hiding::Percent.hide(KEY.as_bytes()), "percent-encoded"),
        (Hiding::JsonText.hide(KEY.as_bytes()), "escaped for JSON"),
        (Hiding::HtmlDecimal.hide(KEY.as_bytes()), "escaped for HTML"),
        (Hiding::Hex.hide(KEY.as_bytes()), "hexadecimal"),
        (Hiding::HexColons.hide(&raw), "hexadecimal → its bytes"),
        (Hiding::SignedNumbers.hide(&raw), "a list of numbers → its bytes"),
        (format!("eyJhbGciOiJIUzI1NiJ9.{jwt}.c2ln").into_bytes(), "base64 → escaped for JSON"),
        (STANDARD.encode(packed_address).into_bytes(), "base64 → gzip → percent-encoded"),
        (Hiding::Wide.hide(KEY.as_bytes()), "UTF-16"),
        // One escape, at the end of what is decoded.
        (hexadecimal_with_last_digit("&#x64;"), "escaped for HTML → hexadecimal"),
    ] {
        assert_eq!(spelling(&body).as_deref(), Some(expected), "{}", String::from_utf8_lossy(&body));
    }
}

#[test]
fn every_part_of_an_answer_is_searched() {
    let place = |headers: &[(&str, &str)], body: &str| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = Answer {
            status: 200,
            headers: Headers::new(headers),
            body: body.as_bytes().to_vec(),
            cut: false,
        };
        needles().find(&answer).sightings.into_iter().next().map(|sighting| sighting.place)
    };
    assert_eq!(place(&[("X-Session", KEY)], "").as_deref(), Some("the header x-session"));
    assert_eq!(
        place(&[("a", "b"), ("set-cookie", &format!("s={}", STANDARD.encode(KEY)))], "").as_deref(),
        Some("the header set-cookie")
    );
    let name = format!("x-{APP_SECRET}");
    assert_eq!(place(&[(&name, "1")], "").as_deref(), Some("the name of a header"));
    let reason = format!("Bad {APP_SECRET}");
    assert_eq!(place(&[(":reason", &reason)], "").as_deref(), Some("the reason phrase of the status line"));
    let body = format!(r#"{{"data":{{"k":["{KEY}"]}}}}"#);
    assert_eq!(place(&[], &body).as_deref(), Some("the body at /data/k/0 (byte 15)"));
    assert_eq!(place(&[("x", "y")], "{}"), None);
}

#[test]
fn several_secrets_are_told_apart() {
    let body = format!("{APP_SECRET} {KEY} {KEY}");
    let seen: Vec<SecretKind> =
        needles().find_in(body.as_bytes()).sightings.iter().map(|sighting| sighting.kind).collect();
    assert_eq!(seen, [SecretKind::AppSecret, SecretKind::SessionKey]);
}

#[test]
fn half_a_secret_and_a_short_one_are_no_secret() {
    assert_eq!(spelling(&KEY.as_bytes()[..20]), None);
    assert_eq!(spelling(&platform_token().as_bytes()[..130]), None);
    let short = SecretNeedles::new([Secret::new(SecretKind::AppSecret, "the app", "secret")]);
    assert!(short.is_empty() && short.find_in(b"secret").sightings.is_empty());
}
