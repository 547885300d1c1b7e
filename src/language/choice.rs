//! Which languages are there, and which of them does somebody want?

use std::fmt;
use std::str::FromStr;

/// A language that the program speaks. The enum may grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// What the sources are written in.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

/// What was asked for is no language that the program speaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", tr!("{asked} is no language that this program speaks; it speaks en and zh", asked = format_args!("{asked:?}")))]
pub struct UnknownLanguage {
    asked: String,
}

impl Language {
    /// Every language.
    pub const ALL: &'static [Self] = &[Self::English, Self::Chinese];

    /// Returns the language that the system is set to, and English where it is set to one that nobody here speaks.
    ///
    /// Elsewhere than on Windows and macOS the variables `LANGUAGE`, `LC_ALL`, `LC_MESSAGES` and `LANG` say it, in
    /// this order.
    #[must_use]
    pub fn of_system() -> Self {
        sys_locale::get_locale().and_then(|tag| tag.parse().ok()).unwrap_or_default()
    }

    /// Returns the tag of the language (BCP 47), as HTML names it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }
}

impl fmt::Display for Language {
    /// Writes what `--lang` takes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::English => "en",
            Self::Chinese => "zh",
        })
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// Reads `en`, `zh`, or a longer tag of either, such as `zh-CN`, `zh_CN.UTF-8` or `zh-Hant`: whoever reads
    /// traditional characters rather reads simplified ones than English.
    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        let primary = text.split(['-', '_', '.', '@']).next().unwrap_or_default();
        let named = |language: &&Self| primary.eq_ignore_ascii_case(&language.to_string());
        Self::ALL.iter().find(named).copied().ok_or_else(|| UnknownLanguage { asked: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn a_language_is_known_by_its_tag_and_by_longer_ones() {
        let rows = [
            ("en", Some(Language::English)),
            ("EN", Some(Language::English)),
            ("en-GB", Some(Language::English)),
            ("zh", Some(Language::Chinese)),
            ("zh-CN", Some(Language::Chinese)),
            ("zh_CN.UTF-8", Some(Language::Chinese)),
            ("zh-Hant-TW", Some(Language::Chinese)),
            ("C", None),
            ("", None),
            ("zho", None),
            ("de", None),
        ];
        for (text, expected) in rows {
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
    }

    #[test]
    fn an_unknown_language_is_told_with_the_known_ones() {
        let error = "kl\u{1b}".parse::<Language>().unwrap_err().to_string();
        assert_eq!(error, "\"kl\\u{1b}\" is no language that this program speaks; it speaks en and zh");
    }
}
