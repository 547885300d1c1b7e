//! The only way from what was seen to what is shown.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use regex::{Captures, Regex};

use super::hidden::{Finder, without_hidden};
use super::mask::Masks;
use super::spelling::{STANDARD, aligned_base64, spellings_of};
use super::written;
use super::{Answer, Exchange, ExchangeRecord, Headers, Leg, MessageRecord, Outcome};

/// How many bytes of a body a record keeps. A report needs the beginning; memory must not grow with
/// what a hostile backend sends.
const BODY_SHOWN: usize = 4096;

/// How many bytes of a body that is not UTF-8 a record keeps.
const BYTES_SHOWN: usize = 512;

/// How the forms begin in which bytes are packed: gzip, zlib, zstd and zip. Nobody sees what is in them.
const PACKED: &[&[u8]] =
    &[b"\x1f\x8b", b"\x78\x01", b"\x78\x9c", b"\x78\xda", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"];

/// What stands in the place of a value that is not shown.
pub(super) const MASK: &str = "***";

/// How many bytes a session key is the base64 of.
const RAW_LENGTH: usize = 16;

/// Header fields whose value is a credential.
const CREDENTIAL_HEADERS: &[&str] = &["authorization", "cookie", "set-cookie", "proxy-authorization"];

/// Members and parameters whose value is a credential wherever they stand: in JSON, in a query, in a form.
static CREDENTIAL_MEMBERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        (?P<json>"(?i:authorization|[a-z_-]*token|session_?key|(?:app_?)?secret)"\s*:\s*")(?:[^"\\]|\\.)*
        |(?P<form>(?:^|[?&\s])(?i:authorization|[a-z_-]*token|session_?key|(?:app_?)?secret)=)[^&\s"]+"#,
    )
    .ok()
});

/// Takes secrets out of everything that a record will hold.
///
/// It knows the secrets of the run by value and the usual places of credentials by name. A value learned
/// later than a text was redacted is not taken out of that text, so secrets are learned when minted.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Each spelling that a secret travels in.
    spellings: Masks,
    /// The mask of each label. There are few labels, and many secrets of each.
    masks_of_labels: HashMap<String, Arc<str>>,
    known: HashSet<String>,
    /// The bytes that session keys are the base64 of, and the masks of these keys.
    raw: HashMap<Vec<u8>, Arc<str>>,
    /// What takes texts apart, while they are to be.
    finder: Option<Finder>,
    /// True when nothing is masked.
    is_showing: bool,
}

impl Redactor {
    /// Makes one that masks nothing and learns nothing, for debugging on one's own machine.
    #[must_use]
    pub fn showing() -> Self {
        Self { is_showing: true, ..Self::default() }
    }

    /// Takes the texts apart that are redacted from now on, or takes them as they are again. The redactor knows the
    /// spellings that can be turned back at sight; whatever else `finder` finds hidden in what is left is masked too.
    pub fn look_into(&mut self, finder: Option<Finder>) {
        self.finder = finder;
    }

    /// Learns a secret; `label` says in the record what stood there. Texts and spellings of fewer than eight bytes are
    /// not learned, because masking them would blot out ordinary words.
    pub fn learn(&mut self, secret: &str, label: &str) {
        let Some(mask) = self.mask_of(secret, label) else { return };
        if let Some(raw) = STANDARD.decode(secret).ok().filter(|raw| raw.len() == RAW_LENGTH) {
            self.raw.insert(raw, Arc::clone(&mask));
        }
        let others = spellings_of(secret).into_iter().map(|(spelling, _)| spelling);
        self.learn_spellings(secret, others, &mask);
    }

    /// Learns a token. A run sees so many of them that only the spellings in which tokens travel are learned.
    pub fn learn_token(&mut self, token: &str, label: &str) {
        let Some(mask) = self.mask_of(token, label) else { return };
        self.learn_spellings(token, aligned_base64(token.as_bytes()), &mask);
    }

    /// Returns what to show for a secret that is new.
    fn mask_of(&mut self, secret: &str, label: &str) -> Option<Arc<str>> {
        if self.is_showing || secret.len() < 8 || !self.known.insert(secret.to_owned()) {
            return None;
        }
        let mask = self.masks_of_labels.entry(label.to_owned());
        Some(mask.or_insert_with(|| format!("{MASK}{label}{MASK}").into()).clone())
    }

    fn learn_spellings(&mut self, secret: &str, others: impl Iterator<Item = String>, mask: &Arc<str>) {
        let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let whole = [secret.to_owned(), secret.replace('/', "\\/"), encoded];
        for spelling in whole.into_iter().chain(others) {
            self.spellings.learn(spelling, mask);
        }
    }

    /// Returns the text with every known secret masked.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::record::Redactor;
    ///
    /// let mut redactor = Redactor::default();
    /// redactor.learn("tiihtNczf5v6AKRyjwEUhQ==", "session_key");
    /// assert_eq!(redactor.text("key tiihtNczf5v6AKRyjwEUhQ=="), "key ***session_key***");
    /// assert_eq!(redactor.text(r#"{"access_token":"abc"}"#), r#"{"access_token":"***"}"#);
    /// ```
    #[must_use]
    pub fn text(&mut self, text: &str) -> String {
        if self.is_showing {
            return text.to_owned();
        }
        self.spellings.prepare();
        let shown = written::masked(&self.spellings.applied(text), |bytes| {
            let raw = || bytes.windows(RAW_LENGTH).find_map(|bytes| self.raw.get(bytes)).map(|mask| &**mask);
            self.spellings.first_in(bytes).or_else(raw)
        });
        // Without a quotation mark or an equals sign nothing is a member of anything.
        let shown = match CREDENTIAL_MEMBERS.as_ref().filter(|_| shown.contains(['"', '='])) {
            Some(members) => members
                .replace_all(&shown, |found: &Captures<'_>| {
                    let kept = found.name("json").or_else(|| found.name("form"));
                    format!("{}{MASK}", kept.map_or("", |kept| kept.as_str()))
                })
                .into_owned(),
            None => shown,
        };
        match &self.finder {
            Some(finder) => without_hidden(shown, finder),
            None => shown,
        }
    }

    /// Returns what a record may keep of an exchange.
    #[must_use]
    pub fn exchange(&mut self, exchange: &Exchange) -> ExchangeRecord {
        let (from, to) = match exchange.leg {
            Leg::PhoneToBackend => ("phone", "backend"),
            Leg::BackendToWechat => ("backend", "wechat"),
        };
        let request = &exchange.request;
        let (status, answer, failure) = match &exchange.outcome {
            Outcome::Answered(answer) => (Some(answer.status), Some(self.answer(answer)), None),
            Outcome::Failed(failure) => (None, None, Some(self.text(&failure.to_string()))),
        };
        ExchangeRecord {
            from: from.to_owned(),
            to: to.to_owned(),
            actor: exchange.actor.clone(),
            purpose: exchange.purpose.clone(),
            at_ms: milliseconds(exchange.at),
            took_ms: milliseconds(exchange.took),
            method: request.method.clone(),
            url: self.text(&request.url),
            request: self.message(&request.headers, &request.body, false),
            status,
            judged: false,
            redirects: exchange.redirects.iter().map(|redirect| self.text(&redirect.to)).collect(),
            answer,
            failure,
        }
    }

    /// Adds the first bytes of bodies that are not UTF-8. What is packed in them cannot be masked, so the caller has
    /// to know that there is no secret.
    pub fn show_bytes(&mut self, record: &mut ExchangeRecord, exchange: &Exchange) {
        record.request.hex = self.bytes(&exchange.request.body);
        if let (Some(shown), Ok(answer)) = (&mut record.answer, exchange.answer()) {
            shown.hex = self.bytes(&answer.body);
        }
    }

    /// Returns the beginning of a body in hexadecimal if it is not UTF-8 and nothing in it has to be masked.
    fn bytes(&mut self, body: &[u8]) -> Option<String> {
        std::str::from_utf8(body).err()?;
        if PACKED.iter().any(|start| body.starts_with(start)) {
            return None;
        }
        let hex =
            body.iter().take(BYTES_SHOWN).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let readable = String::from_utf8_lossy(body.get(..BODY_SHOWN).unwrap_or(body));
        // UTF-16 is the same letters with zeros between them.
        let narrow = readable.replace('\0', "");
        let free = [hex.as_str(), &readable, &narrow].iter().all(|text| self.text(text) == **text);
        free.then_some(hex)
    }

    fn answer(&mut self, answer: &Answer) -> MessageRecord {
        self.message(&answer.headers, &answer.body, answer.cut)
    }

    fn message(&mut self, headers: &Headers, body: &[u8], cut: bool) -> MessageRecord {
        let shown = &body[..body.len().min(BODY_SHOWN)];
        MessageRecord {
            headers: headers.iter().map(|(name, value)| self.header(name, value)).collect(),
            // Redacting before cutting would cost the whole body; cutting first may leave the beginning
            // of a secret at the very end, so the cut text loses its last word-like run.
            body: self.text(&beginning(shown, shown.len() < body.len())),
            body_bytes: body.len(),
            cut: cut || shown.len() < body.len(),
            hex: None,
        }
    }

    fn header(&mut self, name: &str, value: &str) -> (String, String) {
        // What is sent as a token may be one that is hardly altered, which nobody has learned.
        let credential = CREDENTIAL_HEADERS.iter().any(|known| name.eq_ignore_ascii_case(known))
            || name.to_ascii_lowercase().ends_with("token");
        let shown = match value.split_once(' ') {
            _ if !credential || self.is_showing => self.text(value),
            Some((scheme, _)) if name.eq_ignore_ascii_case("authorization") => format!("{scheme} {MASK}"),
            _ => MASK.to_owned(),
        };
        (name.to_owned(), shown)
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor({} secrets)", self.known.len())
    }
}

/// Returns the bytes as text; when more was cut off behind them, without the run of word characters that
/// the cut went through, because that run may be the beginning of a secret.
fn beginning(bytes: &[u8], was_cut: bool) -> String {
    let text = String::from_utf8_lossy(bytes).into_owned();
    if !was_cut {
        return text;
    }
    let kept = text.trim_end_matches(|c: char| c.is_alphanumeric() || "+/=-_.%\\\u{fffd}".contains(c));
    kept.to_owned()
}

/// Returns milliseconds with microsecond precision.
fn milliseconds(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::{Redactor, STANDARD, beginning};

    fn knowing(secret: &str) -> Redactor {
        let mut redactor = Redactor::default();
        redactor.learn(secret, "session_key");
        redactor
    }

    #[test]
    fn a_secret_is_masked_in_every_spelling_that_travels() {
        let mut redactor = knowing("ab/cd+ef/gh==");
        for spelling in ["ab/cd+ef/gh==", r"ab\/cd+ef\/gh==", "ab%2Fcd%2Bef%2Fgh%3D%3D"] {
            assert_eq!(redactor.text(spelling), "***session_key***", "{spelling}");
        }
    }

    #[test]
    fn whatever_the_search_for_leaks_finds_is_masked() {
        let secret = "tiihtNczf5v6AKRyjwEUhQ==";
        let mut redactor = knowing(secret);
        for (spelling, name) in super::spellings_of(secret) {
            let shown = redactor.text(&format!("<{spelling}>"));
            assert!(!shown.contains(&spelling), "{name}: {shown}");
        }
    }

    #[test]
    fn a_session_key_is_masked_that_is_written_byte_by_byte() {
        let mut redactor = knowing("tiihtNczf5v6AKRyjwEUhQ==");
        for bytes in [
            "b628a1b4d7337f9bfa00a4728f011485",
            "B6:28:A1:B4:D7:33:7F:9B:FA:00:A4:72:8F:01:14:85",
            "182,40,161,180,215,51,127,155,250,0,164,114,143,1,20,133",
            "-74, 40, -95, -76, -41, 51, 127, -101, -6, 0, -92, 114, -113, 1, 20, -123",
        ] {
            assert_eq!(redactor.text(&format!("[{bytes}]")), "[***session_key***]", "{bytes}");
        }
        let other = "00112233445566778899aabbccddeeff";
        assert_eq!(redactor.text(other), other);
    }

    #[test]
    fn credentials_are_masked_by_name() {
        let mut redactor = Redactor::default();
        assert_eq!(redactor.text("?appid=wx1&secret=s3cret&x=1"), "?appid=wx1&secret=***&x=1");
        assert_eq!(redactor.text("?Authorization=Bearer%20abc"), "?Authorization=***");
        assert_eq!(redactor.text("token_type=Bearer"), "token_type=Bearer");
        assert_eq!(
            redactor.text(r#"{"refreshToken": "a\"b","tokens":"c"}"#),
            r#"{"refreshToken": "***","tokens":"c"}"#
        );
        assert_eq!(
            redactor.header("Authorization", "Bearer abc"),
            ("Authorization".to_owned(), "Bearer ***".to_owned())
        );
        assert_eq!(redactor.header("Set-Cookie", "a=b c").1, "***");
        assert_eq!(redactor.header("X-Refresh-Token", "a b").1, "***");
        assert_eq!(redactor.header("X-Token-Type", "Bearer").1, "Bearer");
    }

    #[test]
    fn a_token_is_masked_in_the_spellings_that_travel() {
        let mut redactor = Redactor::default();
        let token = "t0ken/with+letters";
        redactor.learn_token(token, "token");
        let base64 = STANDARD.encode(format!("token={token};"));
        let hex = token.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        for spelling in
            [token.to_owned(), token.replace('/', "\\/"), "t0ken%2Fwith%2Bletters".to_owned(), base64, hex]
        {
            let shown = redactor.text(&format!("<{spelling}>"));
            assert!(shown.contains("***token***") && !shown.contains(&spelling), "{shown}");
        }
    }

    #[test]
    fn bytes_are_shown_only_where_nothing_is_to_be_masked() {
        let mut redactor = knowing("tiihtNczf5v6AKRyjwEUhQ==");
        assert_eq!(redactor.bytes(b"\xff\x00"), Some("ff00".to_owned()));
        assert_eq!(redactor.bytes(b"text"), None);
        assert_eq!(redactor.bytes(b"\xfftiihtNczf5v6AKRyjwEUhQ=="), None);
        assert_eq!(redactor.bytes(b"\xff{\"token\":\"x\"}"), None);
        let wide: Vec<u8> = "tiihtNczf5v6AKRyjwEUhQ==".bytes().flat_map(|byte| [byte, 0]).collect();
        assert_eq!(redactor.bytes(&[b"\xff\xfe", wide.as_slice()].concat()), None);
        assert_eq!(redactor.bytes(b"\x1f\x8b\x08\xff"), None);
        assert_eq!(redactor.bytes(&[0xff; 2000]).map(|hex| hex.len()), Some(1024));
    }

    #[test]
    fn who_asks_for_it_sees_everything() {
        let mut redactor = Redactor::showing();
        redactor.learn("tiihtNczf5v6AKRyjwEUhQ==", "session_key");
        let text = "tiihtNczf5v6AKRyjwEUhQ== ?secret=s3cret";
        assert_eq!(redactor.text(text), text);
        assert_eq!(redactor.header("Authorization", "Bearer abc").1, "Bearer abc");
    }

    #[test]
    fn a_cut_never_leaves_half_a_secret() {
        assert_eq!(beginning(b"{\"k\":\"tiihtNczf5", true), "{\"k\":\"");
        assert_eq!(beginning(b"{\"k\":\"v\"}", false), "{\"k\":\"v\"}");
    }
}
