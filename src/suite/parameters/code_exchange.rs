//! Words about login codes.

use std::str::FromStr;

use cucumber::codegen::Parameter;

use super::{UnknownWord, words};
use crate::protocol::ErrorCode;

words! {
    /// What is sent in the place of a login code.
    CodeKind, "code", {
        Missing = "no code",
        Empty = "an empty code",
        Unknown = "a code nobody was given",
        NoCode = "a word that is no code at all",
        Old = "a code that is 301 seconds old",
        Elsewhere = "a code of another mini program",
        PhoneNumber = "the code of her phone-number button",
        Used = "the code she has used",
        Earlier = "the code she used before that",
    }
}

words! {
    /// What a client names beside a code that is for the backend to say.
    Named, "named", {
        AppId = "an appid",
        AppIdInCase = "an appid in another case",
        Secret = "a secret",
        GrantType = "a grant type",
        AppIdInHeaders = "an appid in header fields",
    }
}

impl Named {
    /// Returns the parameter itself, if it is one. None of the values is the backend's.
    pub(crate) const fn parameter(self) -> Option<&'static str> {
        match self {
            Self::AppId => Some("appid=wx0000000000000000"),
            Self::AppIdInCase => Some("appId=wx0000000000000000"),
            Self::Secret => Some("secret=that-of-another-app"),
            Self::GrantType => Some("grant_type=client_credential"),
            Self::AppIdInHeaders => None,
        }
    }

    /// Returns the header fields that name it. A phone names its app in the first of them, and the others are those of
    /// WeChat's cloud and of backends for several apps.
    pub(crate) const fn fields(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::AppIdInHeaders => &[
                ("Referer", "https://servicewechat.com/wx0000000000000000/0/page-frame.html"),
                ("X-WX-APPID", "wx0000000000000000"),
                ("X-Appid", "wx0000000000000000"),
                ("appid", "wx0000000000000000"),
            ],
            Self::AppId | Self::AppIdInCase | Self::Secret | Self::GrantType => &[],
        }
    }
}

words! {
    /// Where an openid stands that a client sends beside a code, unasked.
    OpenidPlace, "openid_place", {
        Beside = "beside it",
        OtherNames = "under other names",
        Profile = "inside of a profile",
        Cookie = "in a cookie",
        Header = "in a header",
    }
}

words! {
    /// What stands in the middle of a login code that WeChat would not make.
    OddPart, "odd_part", {
        AppId = "an ampersand and an appid",
        Secret = "an ampersand and a secret",
        JsCode = "an ampersand and a js_code",
        Hash = "a hash",
        Escapes = "percent escapes",
        EscapedNul = "an escaped NUL",
        Nul = "a NUL",
        Tag = "a tag of HTML",
        Percent = "a bare percent sign",
        Plus = "a plus",
        Space = "a space",
        Quotes = "quotation marks",
        BeyondAscii = "letters beyond ASCII",
        LineBreak = "a line break",
        Equals = "an equals sign",
        Semicolon = "a semicolon",
        Template = "the words of a template",
        Dollar = "a dollar and an ampersand",
        Braces = "braces",
        Path = "a way up a path",
        Long = "six hundred characters",
    }
}

impl OddPart {
    /// Returns the part itself.
    pub(crate) fn text(self) -> String {
        match self {
            Self::AppId => "&appid=wx0000000000000000&x=".to_owned(),
            Self::Secret => "&secret=00000000000000000000000000000000&x=".to_owned(),
            Self::JsCode => "&js_code=".to_owned(),
            Self::Hash => "#".to_owned(),
            Self::Escapes => "%26appid%3D%2B".to_owned(),
            Self::EscapedNul => "%00".to_owned(),
            Self::Nul => "\0".to_owned(),
            Self::Tag => "<b>".to_owned(),
            Self::Percent => "%".to_owned(),
            Self::Plus => "+".to_owned(),
            Self::Space => " ".to_owned(),
            Self::Quotes => "\"'`".to_owned(),
            // The last one is a small letter a of full width, which whoever normalises makes a plain one.
            Self::BeyondAscii => "\u{e9}\u{4e2d}\u{1f600}\u{ff41}".to_owned(),
            Self::LineBreak => "\r\nX-Injected: 1\r\n".to_owned(),
            Self::Equals => "=".to_owned(),
            Self::Semicolon => ";".to_owned(),
            // As the documentation of WeChat writes the address.
            Self::Template => "APPIDSECRETJSCODE".to_owned(),
            // What stands for the whole match where a text is put in the place of another one.
            Self::Dollar => "$&".to_owned(),
            Self::Braces => "{code}".to_owned(),
            Self::Path => "/../../".to_owned(),
            Self::Long => "x".repeat(568),
        }
    }
}

/// An error number that WeChat might answer with, in a table or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ErrorNumber(i32);

impl ErrorNumber {
    /// Returns the number and the text that belongs to it.
    pub(crate) fn worded(self) -> (i32, &'static str) {
        let text = ErrorCode::from_number(self.0).map_or("made up", ErrorCode::text);
        (self.0, text)
    }
}

impl Parameter for ErrorNumber {
    const REGEX: &'static str = "-?[0-9]+";
    const NAME: &'static str = "errcode";
}

impl FromStr for ErrorNumber {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let number = text.parse().ok().filter(|number| *number != 0);
        number.map(Self).ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::{CodeKind, ErrorNumber, OddPart};

    #[test]
    fn a_word_that_is_not_on_its_list_is_no_word() {
        assert_eq!("no code".parse::<CodeKind>().unwrap(), CodeKind::Missing);
        assert!("a nice code".parse::<CodeKind>().is_err());
    }

    #[test]
    fn a_success_is_no_error() {
        assert!("0".parse::<ErrorNumber>().is_err());
        assert_eq!("-1".parse::<ErrorNumber>().unwrap().worded(), (-1, "system error"));
        assert_eq!("99999".parse::<ErrorNumber>().unwrap().worded(), (99999, "made up"));
    }

    #[test]
    fn six_hundred_characters_are_that_many_in_a_code_of_thirty_two() {
        assert_eq!(32 + OddPart::Long.text().len(), 600);
    }
}
