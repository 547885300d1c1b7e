//! What is secret, and in which forms it is looked for.

use base64::Engine as _;

use crate::record::STANDARD;

/// The shortest text that is looked for. What is shorter may stand in an answer by chance.
const SHORTEST_TEXT: usize = 16;

/// How many different bytes a form must have. Unpacking noise makes long runs of one byte, so that a secret of
/// nothing but zeros would be found in everything.
const FEWEST_DISTINCT: usize = 6;

/// What a secret is. The enum may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SecretKind {
    /// The key that WeChat gives for a person.
    SessionKey,
    /// The password of the app at WeChat.
    AppSecret,
    /// WeChat's own access token.
    PlatformToken,
    /// The name of a person, which is nobody else's business.
    OpenId,
}

impl SecretKind {
    /// Returns what findings call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SessionKey => mark!("session key"),
            Self::AppSecret => mark!("app secret"),
            Self::PlatformToken => mark!("access token of WeChat"),
            Self::OpenId => mark!("openid"),
        }
    }

    /// Returns what stands in its place in a record; nothing for what may stand there, as the openid of a person may.
    #[must_use]
    pub const fn label(self) -> Option<&'static str> {
        match self {
            Self::SessionKey => Some("session_key"),
            Self::AppSecret => Some("app_secret"),
            Self::PlatformToken => Some("platform_token"),
            Self::OpenId => None,
        }
    }
}

/// A value that answers are searched for.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret {
    kind: SecretKind,
    owner: String,
    text: String,
}

impl Secret {
    /// Makes a secret of a text; `owner` says whose it is, in words that a finding may show.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::checks::{Secret, SecretKind};
    ///
    /// let secret = Secret::new(SecretKind::AppSecret, "the app", "0123456789abcdef0123456789abcdef");
    /// assert!(secret.is_long_enough());
    /// assert!(!format!("{secret:?}").contains("0123"));
    /// ```
    pub fn new(kind: SecretKind, owner: impl Into<String>, text: impl Into<String>) -> Self {
        Self { kind, owner: owner.into(), text: text.into() }
    }

    /// Returns what it is.
    #[must_use]
    pub fn kind(&self) -> SecretKind {
        self.kind
    }

    /// Returns whose it is.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Tells whether it is too long, and not too plain, to stand in an answer by chance; only such a one is looked
    /// for.
    #[must_use]
    pub fn is_long_enough(&self) -> bool {
        self.text.len() >= SHORTEST_TEXT && distinct(self.text.as_bytes()) >= FEWEST_DISTINCT
    }

    /// Returns the forms in which it is looked for in each layer, each with its name; the plain form has none.
    ///
    /// Everything that can be undone on the way is not among them, since the search undoes it.
    pub(super) fn forms(&self) -> Vec<(Vec<u8>, &'static str)> {
        let text = &self.text;
        // Padding is what every re-encoding drops first, and without it the text is still unmistakable.
        let bare = text.trim_end_matches('=');
        let mut forms = vec![(bare.as_bytes().to_vec(), "")];
        let mut add = |form: Vec<u8>, name| {
            if !forms.iter().any(|(known, _)| *known == form) {
                forms.push((form, name));
            }
        };
        let backwards = |text: &str| text.bytes().rev().collect::<Vec<u8>>();
        add(backwards(bare), mark!("reversed"));
        if self.kind == SecretKind::SessionKey {
            let url_safe = bare.replace('+', "-").replace('/', "_");
            add(backwards(&url_safe), mark!("reversed in the URL-safe alphabet"));
            add(url_safe.into_bytes(), mark!("in the URL-safe alphabet"));
            add(STANDARD.decode(text).unwrap_or_default(), mark!("its bytes"));
        }
        if self.kind == SecretKind::AppSecret {
            add(from_hexadecimal(text).unwrap_or_default(), mark!("its bytes"));
        }
        forms.retain(|(form, _)| form.len() >= SHORTEST_TEXT && distinct(form) >= FEWEST_DISTINCT);
        forms
    }
}

fn distinct(bytes: &[u8]) -> usize {
    bytes.iter().collect::<std::collections::HashSet<_>>().len()
}

fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    Some(digits?.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({:?} of {})", self.kind, self.owner)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::{Secret, SecretKind};
    use crate::record::STANDARD;

    fn forms(kind: SecretKind, text: &str) -> Vec<(Vec<u8>, &'static str)> {
        Secret::new(kind, "Alice", text).forms()
    }

    #[test]
    fn a_secret_is_looked_for_in_every_form_that_it_may_have() {
        let text = "0f1e2d3c4b5a69788796a5b4c3d2e1ff";
        let bytes = b"\x0f\x1e\x2d\x3c\x4b\x5a\x69\x78\x87\x96\xa5\xb4\xc3\xd2\xe1\xff";
        let backwards: String = text.chars().rev().collect();
        let plain = [(text.as_bytes().to_vec(), ""), (backwards.into_bytes(), "reversed")];
        assert_eq!(forms(SecretKind::OpenId, text), plain);
        let [one, two] = plain;
        assert_eq!(forms(SecretKind::AppSecret, text), [one, two, (bytes.to_vec(), "its bytes")]);
        let names: Vec<&str> =
            forms(SecretKind::SessionKey, "ti+htNczf5v6AK/yjwEUhQ==").iter().map(|form| form.1).collect();
        let expected =
            ["", "reversed", "reversed in the URL-safe alphabet", "in the URL-safe alphabet", "its bytes"];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_form_that_may_stand_anywhere_by_chance_is_not_looked_for() {
        assert_eq!(forms(SecretKind::OpenId, "o1eIF6gNS95lQeF"), []);
        assert_eq!(forms(SecretKind::OpenId, &"ab".repeat(20)), []);
        assert!(!Secret::new(SecretKind::OpenId, "Alice", "o1eIF6gNS95lQeF").is_long_enough());
        // Many letters that stand for few bytes.
        let plain = STANDARD.encode([1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1]);
        assert!(forms(SecretKind::SessionKey, &plain).iter().all(|form| form.1 != "its bytes"));
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = Secret::new(SecretKind::SessionKey, "Alice", "ti+htNczf5v6AK/yjwEUhQ==");
        assert_eq!(format!("{secret:?}"), "Secret(SessionKey of Alice)");
    }
}
