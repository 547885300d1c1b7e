//! Texts with holes in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::{Digest as _, Sha1};

/// What `encodeURIComponent` leaves as it is, beside letters and digits (ECMA-262).
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A text with holes: `{name}` stands for a value, `{b64(…)}` for what a function makes of a text that may have
/// holes itself. A brace is written twice to stand for itself.
///
/// # Examples
///
/// ```
/// use std::collections::BTreeMap;
/// use wxconform::backend::Template;
///
/// let template = Template::parse("Basic {b64({token}:)}")?;
/// let values = BTreeMap::from([("token", "abc")]);
/// assert_eq!(template.fill(&|name| values.get(name).map(ToString::to_string)).unwrap(), "Basic YWJjOg==");
/// # Ok::<(), wxconform::backend::TemplateError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Template {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Hole(String),
    Call(Function, Vec<Template>),
}

/// What can be made of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    /// Base64 with the standard alphabet (RFC 4648 section 4).
    Base64,
    /// The value of an `Authorization` field for a name and a password (RFC 7617).
    Basic,
    /// SHA-1 in lower-case hexadecimal.
    Sha1,
    /// Percent-encoding as `encodeURIComponent` does it.
    Encoded,
}

impl Function {
    /// Every function: its name and how many texts it takes.
    const ALL: &'static [(&'static str, Self, usize)] = &[
        ("b64", Self::Base64, 1),
        ("basic", Self::Basic, 2),
        ("sha1hex", Self::Sha1, 1),
        ("urlenc", Self::Encoded, 1),
    ];

    fn apply(self, texts: &[String]) -> String {
        let text = |index: usize| texts.get(index).map_or("", String::as_str);
        match self {
            Self::Base64 => STANDARD.encode(text(0)),
            Self::Basic => format!("Basic {}", STANDARD.encode(format!("{}:{}", text(0), text(1)))),
            Self::Sha1 => format!("{:x}", Sha1::digest(text(0))),
            Self::Encoded => utf8_percent_encode(text(0), COMPONENT).to_string(),
        }
    }
}

/// Why a text is no template. The enum may grow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// A brace has no partner.
    #[error("{}", tr!(
        "{text} has a {quoted} without its partner; write {brace}{brace} for a brace that stands for itself",
        text = format_args!("{text:?}"), quoted = format_args!("{brace:?}"), brace
    ))]
    Unbalanced {
        /// The text.
        text: String,
        /// The brace.
        brace: char,
    },
    /// There is no such function.
    #[error("{}", tr!("{name} is no function of a template; the nearest is {nearest}(…)", name = format_args!("{name:?}"), nearest))]
    UnknownFunction {
        /// What was written.
        name: String,
        /// The most similar function.
        nearest: &'static str,
    },
    /// The function takes another number of texts.
    #[error("{}", tr!("{name}(…) takes {wanted} text(s) with commas between them, and was given {given}", name, wanted, given))]
    Arguments {
        /// The function.
        name: &'static str,
        /// How many it takes.
        wanted: usize,
        /// How many were given.
        given: usize,
    },
    /// A hole has no name, or one with other characters than letters, digits, `_`, `-` and `.`.
    #[error("{}", tr!("{{{name}}} is no name of a value; a name has letters, digits, _, - and .", name))]
    Name {
        /// What was written.
        name: String,
    },
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// Fails when braces do not match, or a function is unknown or is given too much or too little.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(at);
            plain.push_str(before);
            if let Some(further) = after.strip_prefix("{{") {
                plain.push('{');
                rest = further;
            } else if let Some(further) = after.strip_prefix("}}") {
                plain.push('}');
                rest = further;
            } else if after.starts_with('}') {
                return Err(TemplateError::Unbalanced { text: text.to_owned(), brace: '}' });
            } else {
                let unbalanced = || TemplateError::Unbalanced { text: text.to_owned(), brace: '{' };
                let inner = inside(after).ok_or_else(unbalanced)?;
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(hole(inner)?);
                rest = after.get(inner.len() + 2..).unwrap_or_default();
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// Makes a template of a text without holes; braces stand for themselves.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        let parts = if text.is_empty() { Vec::new() } else { vec![Part::Text(text.to_owned())] };
        Self { text: text.replace('{', "{{").replace('}', "}}"), parts }
    }

    /// Returns the text as it was written.
    #[must_use]
    pub fn as_written(&self) -> &str {
        &self.text
    }

    /// Fills the holes. A hole that has no value is given back by its name.
    ///
    /// # Errors
    ///
    /// Gives back the first name for which there is no value.
    pub fn fill(&self, value: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
        let mut filled = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Hole(name) => filled.push_str(&value(name).ok_or_else(|| name.clone())?),
                Part::Call(function, arguments) => {
                    let texts: Result<Vec<String>, String> =
                        arguments.iter().map(|argument| argument.fill(value)).collect();
                    filled.push_str(&function.apply(&texts?));
                }
            }
        }
        Ok(filled)
    }

    /// Fills those holes for which there is a value, and leaves the others.
    #[must_use]
    pub fn settle(&self, values: &BTreeMap<String, String>) -> Self {
        let parts = self.parts.iter().map(|part| match part {
            Part::Hole(name) => {
                values.get(name).map_or_else(|| part.clone(), |value| Part::Text(value.clone()))
            }
            Part::Call(function, arguments) => {
                Part::Call(*function, arguments.iter().map(|argument| argument.settle(values)).collect())
            }
            Part::Text(_) => part.clone(),
        });
        Self { text: self.text.clone(), parts: parts.collect() }
    }

    /// Returns the names of all holes.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        self.parts
            .iter()
            .flat_map(|part| match part {
                Part::Text(_) => BTreeSet::new(),
                Part::Hole(name) => BTreeSet::from([name.as_str()]),
                Part::Call(_, arguments) => arguments.iter().flat_map(Self::names).collect(),
            })
            .collect()
    }

    /// Finds what stands in a hole of this name in a text that this template may have made; absent when it did
    /// not, or when the text does not tell.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::backend::Template;
    ///
    /// let template = Template::parse("MINI@{code}")?;
    /// assert_eq!(template.find("code", "MINI@0a1").as_deref(), Some("0a1"));
    /// assert_eq!(template.find("code", "SMS@0a1"), None);
    /// # Ok::<(), wxconform::backend::TemplateError>(())
    /// ```
    #[must_use]
    pub fn find(&self, name: &str, text: &str) -> Option<String> {
        let at = self.parts.iter().position(|part| match part {
            Part::Text(_) => false,
            Part::Hole(hole) => hole == name,
            Part::Call(_, arguments) => arguments.iter().any(|argument| argument.names().contains(name)),
        })?;
        let (before, after) = (self.parts.get(..at)?, self.parts.get(at + 1..)?);
        let fixed = |parts: &[Part]| {
            let text = |part: &Part| if let Part::Text(text) = part { Some(text.clone()) } else { None };
            parts.iter().map(text).collect::<Option<String>>()
        };
        let inner = text.strip_prefix(fixed(before)?.as_str())?.strip_suffix(fixed(after)?.as_str())?;
        match self.parts.get(at)? {
            Part::Hole(_) => Some(inner.to_owned()),
            Part::Call(Function::Base64, arguments) => {
                let decoded = String::from_utf8(STANDARD.decode(inner).ok()?).ok()?;
                arguments.first()?.find(name, &decoded)
            }
            Part::Call(Function::Basic, arguments) => {
                let decoded = String::from_utf8(STANDARD.decode(inner.strip_prefix("Basic ")?).ok()?).ok()?;
                let (user, password) = decoded.split_once(':')?;
                let found = |index: usize, text| arguments.get(index).and_then(|a: &Self| a.find(name, text));
                found(0, user).or_else(|| found(1, password))
            }
            Part::Call(Function::Encoded, arguments) => {
                let decoded = percent_encoding::percent_decode_str(inner).decode_utf8().ok()?;
                arguments.first()?.find(name, &decoded)
            }
            Part::Text(_) | Part::Call(Function::Sha1, _) => None,
        }
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Template({:?})", self.text)
    }
}

/// Returns what stands between the brace at the beginning and its partner.
fn inside(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return text.get(1..at);
        }
    }
    None
}

/// Reads what stands between two braces.
fn hole(inner: &str) -> Result<Part, TemplateError> {
    let Some((name, arguments)) = inner.split_once('(') else {
        let valid = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
        if inner.is_empty() || !inner.chars().all(valid) {
            return Err(TemplateError::Name { name: inner.to_owned() });
        }
        return Ok(Part::Hole(inner.to_owned()));
    };
    let Some(&(known, function, wanted)) = Function::ALL.iter().find(|(known, ..)| *known == name) else {
        let distance = |known: &str| strsim::damerau_levenshtein(known, name);
        let nearest = Function::ALL.iter().map(|(known, ..)| *known).min_by_key(|known| distance(known));
        return Err(TemplateError::UnknownFunction {
            name: name.to_owned(),
            nearest: nearest.unwrap_or_default(),
        });
    };
    let arguments = arguments.strip_suffix(')').unwrap_or(arguments);
    let given = split(arguments);
    if given.len() != wanted {
        return Err(TemplateError::Arguments { name: known, wanted, given: given.len() });
    }
    Ok(Part::Call(function, given.into_iter().map(Template::parse).collect::<Result<_, _>>()?))
}

/// Takes arguments apart at the commas that stand in no braces; blanks around them are for the reader.
fn split(arguments: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_i32, 0);
    for (at, letter) in arguments.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(arguments.get(start..at).unwrap_or_default().trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(arguments.get(start..).unwrap_or_default().trim());
    parts
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Template, TemplateError};

    fn filled(text: &str) -> String {
        let value = |name: &str| match name {
            "token" => Some("t k".to_owned()),
            "user" => Some("u".to_owned()),
            _ => None,
        };
        Template::parse(text).unwrap().fill(&value).unwrap_or_else(|name| format!("no {name}"))
    }

    #[test]
    fn holes_and_functions_are_filled() {
        assert_eq!(filled("Bearer {token}"), "Bearer t k");
        assert_eq!(filled("{{{token}}}"), "{t k}");
        assert_eq!(filled("{urlenc({token}&)}"), "t%20k%26");
        assert_eq!(filled("{basic({user},{token})}"), "Basic dTp0IGs=");
        assert_eq!(filled("{basic( {user}, {token} )}"), "Basic dTp0IGs=");
        assert_eq!(filled("{sha1hex({user}{b64({user})})}"), "863b7171e3f688f7f20ea4e92ca15fb25ec910ca");
        assert_eq!(filled("{nobody}"), "no nobody");
        assert_eq!(filled(""), "");
    }

    #[test]
    fn what_is_no_template_is_named() {
        let wrong = |text: &str| Template::parse(text).unwrap_err();
        assert!(matches!(wrong("{token"), TemplateError::Unbalanced { brace: '{', .. }));
        assert!(matches!(wrong("token}"), TemplateError::Unbalanced { brace: '}', .. }));
        assert!(matches!(wrong("{}"), TemplateError::Name { .. }));
        assert!(matches!(wrong("{a b}"), TemplateError::Name { .. }));
        assert!(matches!(wrong("{b46(x)}"), TemplateError::UnknownFunction { nearest: "b64", .. }));
        assert!(matches!(wrong("{basic(x)}"), TemplateError::Arguments { wanted: 2, given: 1, .. }));
    }

    #[test]
    fn a_value_is_found_again_in_what_a_template_made() {
        let found = |template: &str, text: &str| Template::parse(template).unwrap().find("token", text);
        assert_eq!(found("Bearer {token}", "Bearer abc").as_deref(), Some("abc"));
        assert_eq!(found("Basic {b64({token}:)}", "Basic YWJjOg==").as_deref(), Some("abc"));
        assert_eq!(found("{basic({token},x)}", "Basic YWJjOng=").as_deref(), Some("abc"));
        assert_eq!(found("{basic(x,{token})}", "Basic eDphYmM=").as_deref(), Some("abc"));
        assert_eq!(found("{urlenc({token})}", "a%20b").as_deref(), Some("a b"));
        for (template, text) in [("Bearer {token}", "Token abc"), ("{sha1hex({token})}", "x"), ("x", "x")] {
            assert_eq!(found(template, text), None, "{template}");
        }
    }

    #[test]
    fn values_that_are_known_beforehand_are_filled_in_once() {
        let template = Template::parse("{client}-{b64({client})}-{code}").unwrap();
        let settled = template.settle(&BTreeMap::from([("client".to_owned(), "app".to_owned())]));
        assert_eq!(settled.names().into_iter().collect::<Vec<_>>(), ["code"]);
        assert_eq!(settled.fill(&|_| Some("1".to_owned())).unwrap(), "app-YXBw-1");
        assert_eq!(settled.as_written(), "{client}-{b64({client})}-{code}");
    }
}
