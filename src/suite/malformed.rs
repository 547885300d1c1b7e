//! Which bad inputs there are, and how each is put into a request.
//!
//! All of them are harmless: nothing here deletes, writes or leads anywhere, should it be executed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

use super::driver::{basic, pair, request, request_with};
use super::parameters::{Family, InputPlace};
use crate::backend::{Carrier, Contract, Operation, Target};
use crate::record::Request;

/// One bad input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Malformed {
    /// What it is called in reports.
    pub(crate) name: &'static str,
    pub(crate) family: Family,
    shape: Shape,
}

/// What a bad input consists of.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// So many times this letter, behind a proper value.
    Long(u8, usize),
    /// These bytes behind a proper value.
    After(&'static [u8]),
    /// These bytes, and nothing before them.
    Whole(&'static [u8]),
    /// This text behind a proper value, with percent signs that introduce nothing.
    BrokenEscape(&'static str),
    /// A parameter that is spelt as a list.
    List,
}

const fn malformed(name: &'static str, family: Family, shape: Shape) -> Malformed {
    Malformed { name, family, shape }
}

/// Every bad input.
pub(crate) const MALFORMED: &[Malformed] = &[
    malformed(mark!("a text of 8 KB"), Family::Long, Shape::Long(b'A', 8 * 1024)),
    malformed(mark!("a text of 64 KB"), Family::Long, Shape::Long(b'A', 64 * 1024)),
    malformed(mark!("a number of 400 digits"), Family::Long, Shape::Whole(&[b'9'; 400])),
    malformed(mark!("quotes"), Family::Quotes, Shape::After(b"'\"`\\")),
    malformed(mark!("SQL"), Family::Quotes, Shape::After(b"' OR '1'='1' -- ")),
    malformed(mark!("control characters"), Family::Control, Shape::After(b"\x01\x02\x07\x08\x0b\x1b\x7f")),
    malformed(mark!("line breaks"), Family::Control, Shape::After(b"\r\n\t\n")),
    malformed(mark!("a NUL"), Family::Control, Shape::After(b"\0x")),
    malformed(mark!("a broken percent escape"), Family::Encoding, Shape::BrokenEscape("%zz%")),
    malformed(mark!("broken UTF-8"), Family::Encoding, Shape::After(b"\xff\xfe\xc3(")),
    malformed(mark!("overlong UTF-8"), Family::Encoding, Shape::After(b"\xc0\xaf\xe0\x80\xaf")),
    malformed(mark!("a lone surrogate"), Family::Encoding, Shape::After(b"\xed\xa0\x80")),
    malformed(mark!("JSON"), Family::Languages, Shape::Whole(br#"{"$ne":null,"openid":[1,{"b":null}]}"#)),
    malformed(mark!("broken JSON"), Family::Languages, Shape::Whole(br#"{"openid":"#)),
    malformed(mark!("JSON that is nested deeply"), Family::Languages, Shape::Whole(&[b'['; 2000])),
    malformed(mark!("templates"), Family::Languages, Shape::After(b"${7*7}{{7*7}}#{7*7}<%= 7*7 %>")),
    malformed(mark!("a path"), Family::Languages, Shape::Whole(b"../../../../etc/passwd")),
    malformed(mark!("format strings"), Family::Languages, Shape::After(b"%s%d%n%x%p{0}")),
    malformed(
        mark!("emoji"),
        Family::Letters,
        Shape::After("\u{1f600}\u{1f469}\u{200d}\u{1f467}".as_bytes()),
    ),
    malformed(
        mark!("letters from right to left"),
        Family::Letters,
        Shape::After("\u{202e}\u{5e9}\u{627}".as_bytes()),
    ),
    malformed(mark!("a list"), Family::Lists, Shape::List),
];

/// What every kind of trouble is tried with where time is short: it upsets most parsers and databases.
pub(crate) const TELLING: [&str; 4] = ["quotes", "a NUL", "a broken percent escape", "broken UTF-8"];

/// The proper values of a person, which bad input is made of.
#[derive(Clone, Debug)]
pub(crate) struct Proper<'a> {
    pub(crate) target: &'a Target,
    pub(crate) contract: &'a Contract,
    /// A code that WeChat does not know.
    pub(crate) code: String,
    pub(crate) openid: String,
    /// The token as a header carries it, scheme included.
    pub(crate) bearer: String,
}

impl Malformed {
    /// Returns the bytes that stand in the place of the proper value; nothing when it is no matter of values.
    fn bytes(&self, proper: &str) -> Option<Vec<u8>> {
        let after = |bytes: &[u8]| [proper.as_bytes(), bytes].concat();
        match self.shape {
            Shape::Long(letter, times) => Some(after(&vec![letter; times])),
            Shape::After(bytes) => Some(after(bytes)),
            Shape::Whole(bytes) => Some(bytes.to_vec()),
            Shape::BrokenEscape(text) => Some(after(text.as_bytes())),
            Shape::List => None,
        }
    }

    /// Returns an operation's parameter with this in the place of its value.
    fn pair(&self, operation: &Operation, proper: &str) -> String {
        let name = operation.parameter;
        match (self.shape, self.bytes(proper)) {
            (Shape::BrokenEscape(text), _) => format!("{}{text}", pair(operation, proper)),
            (_, Some(bytes)) => format!("{name}={}", percent_encode(&bytes, NON_ALPHANUMERIC)),
            (_, None) => format!("{name}[]={proper}&{name}[a][b]=x"),
        }
    }

    /// Returns this as a header carries it, each byte a character.
    fn header(&self, proper: &str) -> Option<String> {
        self.bytes(proper).map(|bytes| bytes.into_iter().map(char::from).collect())
    }

    /// Returns the requests that carry this in a place; none where it cannot stand there.
    pub(crate) fn requests(&self, place: InputPlace, proper: &Proper<'_>) -> Vec<(&'static str, Request)> {
        let (operation, ordinary) = ordinary(place, proper);
        let made: Vec<Request> = match place {
            InputPlace::Code => {
                let pair = self.pair(operation, &proper.code);
                vec![request_with(proper.target, operation, Some(pair), None)]
            }
            InputPlace::Openid => {
                let (pair, client) = (self.pair(operation, &proper.openid), basic(&proper.contract.client));
                vec![request_with(proper.target, operation, Some(pair), Some(client))]
            }
            InputPlace::Token => with_headers(&ordinary, &["authorization"], self.header(&proper.bearer)),
            InputPlace::Client => {
                let name = proper.contract.client.name.as_str();
                let encoded = self.bytes(name).map(|bytes| format!("Basic {}", STANDARD.encode(bytes)));
                let raw = self.header("").map(|raw| format!("Basic {raw}"));
                let header = |value| with_headers(&ordinary, &["authorization"], value);
                [header(encoded), header(raw)].concat()
            }
            InputPlace::Header => with_headers(&ordinary, &["x-request-id", "cookie"], self.header("x=")),
            InputPlace::ContentType => {
                let charset = self.header("application/x-www-form-urlencoded; charset=");
                let header = |value| with_headers(&ordinary, &["content-type"], value);
                [header(charset), header(self.header("x/"))].concat()
            }
            InputPlace::Form | InputPlace::Json => {
                let body = self.bytes("").map(|body| Request { body, ..ordinary });
                body.into_iter().collect()
            }
        };
        made.into_iter().map(|request| (operation.purpose, request)).collect()
    }
}

fn with_headers(ordinary: &Request, names: &[&str], value: Option<String>) -> Vec<Request> {
    let with = |value: String| {
        let mut request = ordinary.clone();
        for name in names {
            request.headers.set(name, value.clone());
        }
        request
    };
    value.map(with).into_iter().collect()
}

/// Returns the request that bad input is put into, and the operation that it is one of. Where a parameter is
/// spoilt, it asks for something that does not exist, and otherwise for what is the person's own.
pub(crate) fn ordinary<'a>(place: InputPlace, proper: &Proper<'a>) -> (&'a Operation, Request) {
    let (target, contract) = (proper.target, proper.contract);
    let client = || Some(basic(&contract.client));
    let token = |openid: &str| request(target, &contract.token, Some(openid), client());
    match place {
        InputPlace::Code => {
            (&contract.exchange, request(target, &contract.exchange, Some(&proper.code), None))
        }
        InputPlace::Openid => (&contract.token, token("oNobodyWasEverGivenThis_0000")),
        InputPlace::Token | InputPlace::Header => {
            (&contract.user_info, request(target, &contract.user_info, None, Some(proper.bearer.clone())))
        }
        InputPlace::Client | InputPlace::ContentType | InputPlace::Form => {
            (&contract.token, token(&proper.openid))
        }
        InputPlace::Json => {
            let mut request = token(&proper.openid);
            request.headers.set("content-type", "application/json");
            request.body = format!(r#"{{"{}":"{}"}}"#, contract.token.parameter, proper.openid).into_bytes();
            (&contract.token, request)
        }
    }
}

/// Adds a parameter to a request, before the others or behind them.
pub(crate) fn with_parameter(operation: &Operation, request: Request, first: bool, extra: &str) -> Request {
    let join = |own: &str| match (own.is_empty(), first) {
        (true, _) => extra.to_owned(),
        (false, true) => format!("{extra}&{own}"),
        (false, false) => format!("{own}&{extra}"),
    };
    match operation.carrier {
        Carrier::Form => {
            let body = join(&String::from_utf8_lossy(&request.body)).into_bytes();
            Request { body, ..request }
        }
        Carrier::Query | Carrier::None => {
            let (path, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
            let url = format!("{path}?{}", join(query));
            Request { url, ..request }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::{MALFORMED, Proper, TELLING, ordinary, with_parameter};
    use crate::backend::{Contract, Target, TimeControl};
    use crate::suite::parameters::InputPlace;

    fn with_proper<T>(test: impl FnOnce(&Proper<'_>) -> T) -> T {
        let target = Target::new("http://127.0.0.1:1", TimeControl::Wait(Duration::ZERO)).unwrap();
        let contract = Contract::documented();
        let (code, openid) = ("0f1".to_owned(), "oA".to_owned());
        test(&Proper { target: &target, contract: &contract, code, openid, bearer: "Bearer t".to_owned() })
    }

    #[test]
    fn every_input_makes_another_request_in_every_place_where_it_can_stand() {
        with_proper(|proper| {
            for place in InputPlace::ALL {
                let (_, ordinary) = ordinary(place, proper);
                for malformed in MALFORMED {
                    for (_, request) in malformed.requests(place, proper) {
                        assert_ne!(request, ordinary, "{} in {place:?}", malformed.name);
                    }
                }
                let some = MALFORMED.iter().filter(|malformed| !malformed.requests(place, proper).is_empty());
                assert!(some.count() >= 20, "{place:?}");
            }
        });
    }

    #[test]
    fn bytes_travel_as_they_are() {
        with_proper(|proper| {
            let of = |name: &str, place| {
                let malformed = MALFORMED.iter().find(|malformed| malformed.name == name).unwrap();
                malformed.requests(place, proper).remove(0).1
            };
            assert!(of("a NUL", InputPlace::Code).url.ends_with("code2session?code=0f1%00x"));
            assert!(of("a broken percent escape", InputPlace::Code).url.ends_with("?code=0f1%zz%"));
            assert_eq!(of("broken UTF-8", InputPlace::Openid).body, b"openid=oA%FF%FE%C3%28");
            assert_eq!(of("a list", InputPlace::Openid).body, b"openid[]=oA&openid[a][b]=x");
            assert_eq!(of("overlong UTF-8", InputPlace::Form).body, b"\xc0\xaf\xe0\x80\xaf");
            let header =
                of("emoji", InputPlace::Token).headers.get("authorization").map(str::to_owned).unwrap();
            assert!(header.chars().all(|letter| u32::from(letter) < 256), "{header}");
        });
    }

    #[test]
    fn names_are_distinct_and_the_telling_ones_exist() {
        let names: BTreeSet<&str> = MALFORMED.iter().map(|malformed| malformed.name).collect();
        assert_eq!(names.len(), MALFORMED.len());
        assert!(TELLING.iter().all(|name| names.contains(name)));
    }

    #[test]
    fn a_parameter_is_added_where_the_others_travel() {
        with_proper(|proper| {
            let added = |place, first| {
                let (operation, request) = ordinary(place, proper);
                with_parameter(operation, request, first, "a=b")
            };
            assert!(added(InputPlace::Code, true).url.ends_with("?a=b&code=0f1"));
            assert!(added(InputPlace::Code, false).url.ends_with("?code=0f1&a=b"));
            assert_eq!(added(InputPlace::Form, false).body, b"openid=oA&a=b");
            assert!(added(InputPlace::Token, false).url.ends_with("/info?a=b"));
        });
    }
}
