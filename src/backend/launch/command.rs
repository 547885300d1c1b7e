//! What does the command say, once its placeholders are filled?

use std::path::PathBuf;

/// The names of the placeholders, and of the variables behind `WXCONFORM_`.
pub const PLACEHOLDERS: [&str; 6] = ["port", "wechat", "proxy", "ca", "appid", "secret"];

/// What the variables that say the same as the placeholders begin with.
const PREFIX: &str = "WXCONFORM_";

/// What a backend has to be told to find WeChat and to be found.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Introduction {
    /// Where WeChat is, as a base URL without a slash at the end.
    pub wechat: String,
    /// The forward proxy that leads to WeChat whatever the backend calls it.
    pub proxy: String,
    /// The file with the certificate of the authority that vouches for WeChat.
    pub certificate: PathBuf,
    /// The appid that WeChat knows.
    pub app_id: String,
    /// The secret of the app.
    pub app_secret: String,
    /// The variables by which its runtime is told the same.
    pub variables: Vec<(String, String)>,
}

impl std::fmt::Debug for Introduction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Introduction({} by {}, {})", self.wechat, self.proxy, self.app_id)
    }
}

/// The values of the placeholders, in the order of [`PLACEHOLDERS`].
pub(super) struct Values([String; 6]);

impl Values {
    /// Collects the values: what the backend is told, and the port it shall listen on.
    pub(super) fn new(told: &Introduction, port: u16) -> Self {
        Self([
            port.to_string(),
            told.wechat.clone(),
            told.proxy.clone(),
            told.certificate.display().to_string(),
            told.app_id.clone(),
            told.app_secret.clone(),
        ])
    }

    fn rows(&self) -> impl Iterator<Item = (&'static str, &str)> {
        PLACEHOLDERS.into_iter().zip(self.0.iter().map(String::as_str))
    }

    /// Returns the command with its placeholders filled.
    pub(super) fn fill(&self, command: &str) -> Result<String, UnknownPlaceholder> {
        fill(command, |name| self.rows().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned()))
    }

    /// Returns the variables that say the same. Many frameworks read `PORT` by themselves.
    pub(super) fn variables(&self) -> Vec<(String, String)> {
        let same =
            self.rows().map(|(name, value)| (format!("{PREFIX}{}", name.to_uppercase()), value.to_owned()));
        let port = self.rows().filter(|(name, _)| *name == "port");
        same.chain(port.map(|(_, value)| ("PORT".to_owned(), value.to_owned()))).collect()
    }
}

/// Tells whether a variable of ours must not reach the backend: our own settings are not meant for it, even
/// if it is a program that reads them.
pub(super) fn is_ours(variable: &std::ffi::OsStr) -> bool {
    variable.to_string_lossy().starts_with(PREFIX)
}

/// A placeholder that stands for nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", tr!(
    "there is no placeholder {{{name}}}; the nearest is {{{nearest}}}; there are {known}; write {{{{{name}}}}} \
     for a {{{name}}} that is meant for the shell",
    name, nearest, known = known()
))]
pub struct UnknownPlaceholder {
    /// The name between the braces.
    pub name: String,
    /// The most similar name that exists.
    pub nearest: &'static str,
}

fn known() -> String {
    PLACEHOLDERS.map(|name| format!("{{{name}}}")).join(", ")
}

/// Replaces each `{name}` by its value, and `{{name}}` by `{name}`.
///
/// Braces mean much to a shell, so nothing else is touched: `${name}` is a variable of the shell's, and what
/// holds anything but a name is none of ours.
pub(super) fn fill(
    template: &str,
    value: impl Fn(&str) -> Option<String>,
) -> Result<String, UnknownPlaceholder> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        filled.push_str(before);
        if let Some((name, after)) = enclosed(from, "{{", "}}") {
            filled.push('{');
            filled.push_str(name);
            filled.push('}');
            rest = after;
        } else if let Some((name, after)) = enclosed(from, "{", "}").filter(|_| !filled.ends_with('$')) {
            filled.push_str(&value(name).ok_or_else(|| unknown(name))?);
            rest = after;
        } else {
            filled.push('{');
            rest = &from[1..];
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Returns the name that a text encloses at its beginning, and what follows.
fn enclosed<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, &'a str)> {
    let inside = text.strip_prefix(open)?;
    let end = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')?;
    let (name, after) = inside.split_at(end);
    let after = after.strip_prefix(close)?;
    name.starts_with(|c: char| c.is_ascii_alphabetic()).then_some((name, after))
}

fn unknown(name: &str) -> UnknownPlaceholder {
    let nearest = PLACEHOLDERS.into_iter().min_by_key(|known| strsim::damerau_levenshtein(known, name));
    UnknownPlaceholder { name: name.to_owned(), nearest: nearest.unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::{Introduction, Values, is_ours};

    fn values() -> Values {
        let told = Introduction {
            wechat: "http://127.0.0.1:9321".to_owned(),
            proxy: "http://127.0.0.1:9322".to_owned(),
            certificate: "/tmp/x/ca.pem".into(),
            app_id: "wx0".to_owned(),
            app_secret: "hush".to_owned(),
            variables: Vec::new(),
        };
        Values::new(&told, 8080)
    }

    #[test]
    fn each_placeholder_has_its_value() {
        let filled = values().fill("run {port} {wechat} {proxy} {ca} {appid} {secret} {port}").unwrap();
        assert_eq!(
            filled,
            "run 8080 http://127.0.0.1:9321 http://127.0.0.1:9322 /tmp/x/ca.pem wx0 hush 8080"
        );
    }

    #[test]
    fn what_a_shell_means_by_braces_is_left_alone() {
        for text in [
            "echo ${port} ${PORT:-80} ${A:-${B}} $((1)) {1..3} {a,b} { true; }",
            r#"curl -d '{"port":{"x":1}}' x{"#,
            "docker ps --format '{{.Names}}' {} {{}} {a b}",
            "",
        ] {
            assert_eq!(values().fill(text).as_deref(), Ok(text));
        }
        assert_eq!(values().fill("awk '{{print}}' {{port}}").as_deref(), Ok("awk '{print}' {port}"));
        assert_eq!(values().fill("${PORT:-{port}} 微{port}信").as_deref(), Ok("${PORT:-8080} 微8080信"));
    }

    #[test]
    fn an_unknown_placeholder_is_told_with_the_nearest_and_the_way_out() {
        let told = values().fill("run {prot}").unwrap_err().to_string();
        assert!(
            told.starts_with("there is no placeholder {prot}; the nearest is {port}; there are {port}, ")
        );
        assert!(told.ends_with("write {{prot}} for a {prot} that is meant for the shell"), "{told}");
        assert_eq!(values().fill("{Port}").unwrap_err().nearest, "port");
    }

    #[test]
    fn the_variables_say_the_same() {
        let variables = values().variables();
        let has = |name: &str, value: &str| {
            assert!(variables.contains(&(name.to_owned(), value.to_owned())), "{name}: {variables:?}");
        };
        has("WXCONFORM_PORT", "8080");
        has("WXCONFORM_WECHAT", "http://127.0.0.1:9321");
        has("WXCONFORM_CA", "/tmp/x/ca.pem");
        has("WXCONFORM_SECRET", "hush");
        has("PORT", "8080");
        assert_eq!(variables.len(), 7);
        assert!(is_ours("WXCONFORM_SEED".as_ref()) && !is_ours("PORT".as_ref()));
    }
}
