//! Which requests does a description have, and what might each of them be for?

use serde_json::Value;

use super::document::Document;
use super::schema::Leaf;
use crate::backend::guess::names::{is_code, normal};

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

/// Words that tell a login of a mini program, and what they are worth.
const LOGIN: &[(&str, i32)] = &[
    ("code2session", 5),
    ("jscode", 3),
    ("login", 3),
    ("登录", 3),
    ("miniprogram", 3),
    ("miniapp", 3),
    ("wxmini", 3),
    ("小程序", 3),
    ("wechat", 3),
    ("weixin", 3),
    ("wx", 2),
    ("微信", 3),
    ("applet", 2),
    ("signin", 2),
    ("oauth", 1),
    ("auth", 1),
    ("token", 1),
    ("session", 1),
    ("logout", -8),
    ("refresh", -5),
    ("captcha", -5),
    ("sms", -4),
    ("phone", -2),
    ("bind", -3),
    ("register", -2),
    ("admin", -2),
    ("callback", -3),
    ("qr", -3),
    ("pay", -4),
    ("password", -3),
];

/// Words that tell a request that shows who somebody is.
const USER: &[(&str, i32)] = &[
    ("userinfo", 4),
    ("whoami", 4),
    ("profile", 3),
    ("currentuser", 4),
    ("个人", 2),
    ("用户信息", 4),
    ("当前", 2),
    ("user", 2),
    ("member", 2),
    ("account", 2),
    ("info", 2),
    ("self", 1),
    ("list", -3),
    ("page", -2),
    ("search", -3),
    ("admin", -3),
    ("logout", -9),
    ("login", -4),
    ("count", -2),
    ("config", -2),
];

/// Members that a description of somebody has.
const PERSONAL: &[&str] =
    &["openid", "nickname", "username", "avatarurl", "avatar", "uid", "userid", "id", "mobile", "phone"];

/// A parameter of a request.
#[derive(Debug)]
pub(super) struct Parameter {
    /// `path`, `query`, `header`, `cookie`, `form` or `json`.
    pub(super) place: &'static str,
    pub(super) leaf: Leaf,
}

/// A request that is described.
#[derive(Debug)]
pub(super) struct Operation<'d> {
    pub(super) method: String,
    /// As the description has it, with a slash at the front.
    pub(super) path: &'d str,
    /// The path and what is said about it, in small letters without signs.
    words: String,
    pub(super) parameters: Vec<Parameter>,
    /// The status of the answer that says yes, as it is written there, and the schema of its body.
    pub(super) status: String,
    pub(super) answer: Option<&'d Value>,
    /// The names of the security schemes of which one is enough; absent where those of the whole description count.
    pub(super) security: Option<Vec<String>>,
}

impl<'d> Operation<'d> {
    /// Returns every request of a description.
    pub(super) fn all(document: &'d Document) -> Vec<Self> {
        let mut found = Vec::new();
        let paths = document.at("/paths").and_then(Value::as_object);
        for (path, item) in paths.into_iter().flatten() {
            let item = document.resolved(item);
            for method in METHODS {
                if let Some(described) = item.get(*method) {
                    found.push(Self::of(document, method, path, item, document.resolved(described)));
                }
            }
        }
        found
    }

    fn of(
        document: &'d Document,
        method: &str,
        path: &'d str,
        item: &'d Value,
        described: &'d Value,
    ) -> Self {
        let text = |key: &str| described.get(key).map(ToString::to_string).unwrap_or_default();
        // Signs go, but letters of any script stay.
        let said =
            format!("{path} {} {} {}", text("summary"), text("operationId"), text("tags")).to_lowercase();
        let words = said.chars().filter(|c| c.is_alphanumeric()).collect();
        let list = |value: &'d Value| value.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let mut parameters = Vec::new();
        for parameter in list(item).chain(list(described)) {
            parameters.extend(parameters_of(document, document.resolved(parameter)));
        }
        parameters.extend(described.get("requestBody").into_iter().flat_map(|body| in_body(document, body)));
        let (status, answer) = answer(document, described);
        Self {
            method: method.to_uppercase(),
            path,
            words,
            parameters,
            status,
            answer,
            security: schemes(described),
        }
    }

    /// Says which one it is.
    pub(super) fn shown(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Returns the parameter that a login code goes into.
    pub(super) fn code(&self) -> Option<&Parameter> {
        let mut named = self.parameters.iter().filter(|parameter| is_code(parameter.leaf.name()));
        // A name that is nothing but `code` may be a code of another kind.
        named.clone().find(|parameter| normal(parameter.leaf.name()) != "code").or_else(|| named.next())
    }

    /// Says how likely this is the login; absent where it cannot be.
    pub(super) fn as_login(&self) -> Option<i32> {
        self.code()?;
        Some(self.worth(LOGIN) + i32::from(self.method == "POST"))
    }

    /// Says how likely this shows who somebody is; absent where it cannot.
    pub(super) fn as_user_info(&self, document: &Document, is_guarded: bool) -> Option<i32> {
        if self.path.contains('{') || !matches!(self.method.as_str(), "GET" | "POST") {
            return None;
        }
        let last = self.path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let leaves = self.answer.map(|answer| document.leaves(answer)).unwrap_or_default();
        let personal = leaves.iter().filter(|leaf| PERSONAL.contains(&normal(leaf.name()).as_str())).count();
        let worth = self.worth(USER)
            + i32::from(normal(last) == "me") * 5
            + i32::try_from(personal.min(3)).unwrap_or_default()
            + i32::from(self.method == "GET") * 2
            + i32::from(is_guarded) * 2;
        (worth >= 4).then_some(worth)
    }

    fn worth(&self, words: &[(&str, i32)]) -> i32 {
        words.iter().filter(|(word, _)| self.words.contains(word)).map(|(_, worth)| worth).sum()
    }
}

fn parameters_of(document: &Document, parameter: &Value) -> Vec<Parameter> {
    let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
    let place = match text("in") {
        "path" => "path",
        "query" => "query",
        "header" => "header",
        "cookie" => "cookie",
        "formData" => "form",
        "body" => {
            let schema = parameter.get("schema").unwrap_or(&Value::Null);
            return document
                .leaves(schema)
                .into_iter()
                .map(|leaf| Parameter { place: "json", leaf })
                .collect();
        }
        _ => return Vec::new(),
    };
    // Swagger 2 says what a parameter looks like beside its name, OpenAPI 3 below `schema`.
    let mut schema =
        parameter.get("schema").map_or_else(|| parameter.clone(), |schema| document.resolved(schema).clone());
    if let (Some(schema), Some(example)) = (schema.as_object_mut(), parameter.get("example")) {
        schema.entry("example").or_insert_with(|| example.clone());
    }
    let required = parameter.get("required").and_then(Value::as_bool).unwrap_or_default();
    vec![Parameter { place, leaf: Leaf { path: vec![text("name").to_owned()], schema, required } }]
}

fn in_body(document: &Document, body: &Value) -> Vec<Parameter> {
    let body = document.resolved(body);
    let kinds = body.get("content").and_then(Value::as_object);
    let Some((kind, content)) = kinds.and_then(|kinds| {
        let named = |word: &str| kinds.iter().find(|(kind, _)| kind.contains(word));
        named("json").or_else(|| named("x-www-form-urlencoded")).or_else(|| kinds.iter().next())
    }) else {
        return Vec::new();
    };
    let place = if kind.contains("form") { "form" } else { "json" };
    let schema = content.get("schema").unwrap_or(&Value::Null);
    document.leaves(schema).into_iter().map(|leaf| Parameter { place, leaf }).collect()
}

/// Returns the answer that says yes: the first of the statuses from 200 to 299, or else the default.
fn answer<'d>(document: &'d Document, described: &'d Value) -> (String, Option<&'d Value>) {
    let answers = described.get("responses").and_then(Value::as_object);
    let found = answers.and_then(|answers| {
        let good = answers.iter().find(|(status, _)| status.starts_with('2'));
        good.or_else(|| answers.iter().find(|(status, _)| *status == "default"))
    });
    let Some((status, answer)) = found else { return ("2xx".to_owned(), None) };
    let answer = document.resolved(answer);
    let kinds = answer.get("content").and_then(Value::as_object);
    let content = kinds.and_then(|kinds| {
        kinds.iter().find(|(kind, _)| kind.contains("json")).or_else(|| kinds.iter().next())
    });
    let schema = content.and_then(|(_, content)| content.get("schema")).or_else(|| answer.get("schema"));
    (status.clone(), schema)
}

/// Returns the names of the security schemes that something names.
pub(super) fn schemes(described: &Value) -> Option<Vec<String>> {
    let all = described.get("security")?.as_array()?;
    Some(all.iter().filter_map(Value::as_object).flat_map(|one| one.keys().cloned()).collect())
}
