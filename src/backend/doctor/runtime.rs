//! What kind of backend is it?

use super::{field, has, text_of};
use crate::record::Answer;

/// What gives a runtime away in `Server`, in `X-Powered-By`, in a cookie, or in the body of an error.
const SIGNS: &[(&str, &[&str], &[&str])] = &[
    (
        "Node",
        &["express", "koa", "next.js", "node", "connect.sid", "thinkjs"],
        &["cannot get /", "cannot post /", "<title>error</title>"],
    ),
    (
        "Python",
        &["werkzeug", "gunicorn", "uvicorn", "hypercorn", "wsgiserver", "python", "tornado", "aiohttp"],
        &["{\"detail\":", "traceback (most recent"],
    ),
    ("PHP", &["php", "phpsessid", "laravel", "thinkphp"], &["thinkphp", "stack trace:\n#0"]),
    (
        "Java",
        &["tomcat", "jetty", "undertow", "jsessionid", "coyote", "spring"],
        &["whitelabel error page", "\"path\":\"/", "java.lang.", "\"timestamp\":"],
    ),
    (".NET", &["kestrel", "asp.net", "microsoft-iis"], &["\"traceid\":"]),
    ("Ruby", &["puma", "passenger", "webrick", "thin"], &["action controller"]),
    ("Go", &["gin", "fasthttp", "caddy"], &["404 page not found", "goroutine "]),
];

/// Guesses the runtime of a backend from an answer.
#[must_use]
pub fn runtime_of(answer: &Answer) -> Option<&'static str> {
    let headers = &answer.headers;
    let fields = ["server", "x-powered-by", "set-cookie"].map(|name| field(headers, name)).join(" ");
    let words: Vec<String> =
        fields.to_lowercase().split([' ', '/', '=', ';', ',']).map(str::to_owned).collect();
    let by_field =
        SIGNS.iter().find(|(_, signs, _)| signs.iter().any(|sign| words.iter().any(|word| word == sign)));
    let body = text_of(answer);
    let by_body = || SIGNS.iter().find(|(_, _, signs)| has(&body, signs));
    by_field.or_else(by_body).map(|(runtime, ..)| *runtime)
}

/// Says how a backend of this kind is led to the stand-in.
pub(super) fn recipe(answer: Option<&Answer>, url: &str, trust: bool) -> String {
    let runtime = answer.and_then(runtime_of);
    let it = runtime.map_or_else(String::new, |runtime| tr!("it looks like {runtime}: ", runtime));
    let variables = match runtime {
        Some("Node") => tr!("HTTPS_PROXY, NODE_EXTRA_CA_CERTS and NODE_OPTIONS"),
        Some("Python") => tr!("HTTPS_PROXY, SSL_CERT_FILE and REQUESTS_CA_BUNDLE"),
        Some("PHP") => tr!("https_proxy and PHP_INI_SCAN_DIR"),
        Some("Java") => "JAVA_TOOL_OPTIONS".to_owned(),
        Some("Ruby") => tr!("http_proxy and SSL_CERT_FILE"),
        Some(".NET" | "Go") => tr!("HTTPS_PROXY and SSL_CERT_FILE"),
        _ => tr!("the variables for proxy and certificates"),
    };
    let how = tr!(
        "`wxconform wechat --ca-out ca.pem --print-env` prints {variables} for it, and --launch sets them by itself",
        variables
    );
    if trust {
        return tr!("{it}let it trust the stand-in's certificate; {how}", it, how);
    }
    tr!("{it}tell it that WeChat is at {url}; if the address of WeChat is built in, {how}", it, url, how)
}

#[cfg(test)]
mod tests {
    use super::runtime_of;
    use crate::record::{Answer, Headers};

    fn guess(fields: &[(&str, &str)], body: &str) -> Option<&'static str> {
        let headers = Headers::new(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect());
        runtime_of(&Answer { status: 404, headers, body: body.as_bytes().to_vec(), cut: false })
    }

    #[test]
    fn a_backend_is_known_by_its_marks() {
        for (runtime, fields, body) in [
            ("Node", &[("x-powered-by", "Express")][..], ""),
            ("Python", &[("server", "Werkzeug/3.0 Python/3.11")], ""),
            ("PHP", &[("x-powered-by", "PHP/8.2.1")], ""),
            ("Java", &[("set-cookie", "JSESSIONID=1; Path=/")], ""),
            ("Java", &[], r#"{"timestamp":1,"status":404}"#),
            ("Go", &[], "404 page not found\n"),
            (".NET", &[("server", "Kestrel")], ""),
            ("Python", &[], r#"{"detail":"Not Found"}"#),
        ] {
            assert_eq!(guess(fields, body), Some(runtime), "{fields:?} {body}");
        }
        assert_eq!(guess(&[("server", "nginx")], "{}"), None);
    }
}
