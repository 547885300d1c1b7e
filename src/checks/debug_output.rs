//! Does an answer show the inside of the backend?

use std::sync::LazyLock;

use regex::bytes::RegexSet;

use crate::record::Answer;

/// What is looked for: what it is called in a finding, and the pattern. Each pattern is something that a text
/// for people does not hold by accident: a frame of a stack trace with its line number, the words of
/// a framework's own debug page, the beginning of a database's own message.
const PATTERNS: &[(&str, &str)] = &[
    (mark!("a Java stack trace"), r"\bat [\w$./<>@-]+\([\w$]+\.(?:java|kt|scala|groovy):\d+\)"),
    (mark!("a Java stack trace"), r"\bat [\w$./<>@-]+\((?:Native Method|Unknown Source)\)"),
    (mark!("a Python stack trace"), r"Traceback \(most recent call last\)"),
    (mark!("a Python stack trace"), r#"File "[^"\r\n]+\.pyx?", line \d+"#),
    (mark!("a Rust panic"), r"panicked at [^\r\n]+\.rs:\d+:\d+"),
    (mark!("a Rust stack trace"), r"stack backtrace:\s+0: "),
    (
        mark!("a Node.js stack trace"),
        r"\bat (?:[^\r\n]{0,200}[ (])?(?:/|file://|node:|[A-Za-z]:\\)[^\s()]+:\d+:\d+",
    ),
    (mark!("a Go stack trace"), r"goroutine \d+ \[[a-z ,0-9]+\]:"),
    (mark!("a Go stack trace"), r"\.go:\d+ \+0x[0-9a-f]+"),
    (mark!("a PHP error"), r"\bin (?:<b>)?(?:/|[A-Za-z]:\\)[^\r\n<]+\.php(?:</b>)? on line (?:<b>)?\d+"),
    (mark!("a PHP stack trace"), r"#\d+ (?:/|[A-Za-z]:\\)[^\r\n]+\.php\(\d+\)"),
    (mark!("a Ruby stack trace"), r"[\w/.-]+\.rb:\d+:in [`'\x22]"),
    (mark!("a .NET stack trace"), r"\bat [^\r\n]{1,300} in [^\r\n]{1,300}\.(?:cs|vb|fs):line \d+"),
    (mark!("a .NET stack trace"), r"\bat (?:System|Microsoft)\.[\w.`<>+\[\],]+\("),
    (mark!("the path of a source file"), SOURCE_FILE),
    (
        mark!("the path of a source file"),
        r"\b[A-Za-z]:\\(?:[\w .-]+\\)+[\w.-]+\.(?:py|js|ts|php|rb|go|java|rs|cs|vb)\b",
    ),
    (mark!("a database error"), r"SQLSTATE\[\w{5}\]"),
    (mark!("a database error"), r"You have an error in your SQL syntax"),
    (mark!("a database error"), r"\bORA-\d{5}: "),
    (mark!("a database error"), r#"syntax error at or near ""#),
    (mark!("a database error"), r#"near "[^"\r\n]*": syntax error"#),
    (mark!("a database error"), r"Unclosed quotation mark after the character string"),
    (
        mark!("a database error"),
        r"\b(?:PSQLException|SQLSyntaxErrorException|sqlite3\.OperationalError|SQLITE_ERROR)\b",
    ),
    (mark!("a database error"), r"Duplicate entry '[^'\r\n]*' for key '"),
    (mark!("a database error"), r"E11000 duplicate key error"),
    (mark!("a database error"), r"duplicate key value violates unique constraint"),
    (mark!("a database error"), r"Invalid `prisma\.[\w.]+\(\)` invocation"),
    (
        mark!("an SQL statement"),
        r"(?i)\bselect\s+[^<>;]{1,600}?\sfrom\s+[\w`\x22.\[\]]+\s+(?:as\s+)?(?:\w+\s+)?where\s+[\w`\x22.\[\]]+\s*=",
    ),
    (mark!("an SQL statement"), r"(?i)\binsert\s+into\s+[\w`\x22.\[\]]+\s*\([^)]{1,400}\)\s*values\s*\("),
    (mark!("a debug page"), r"You're seeing this error because you have <code>DEBUG = True</code>"),
    (mark!("a debug page"), r"Werkzeug Debugger|The debugger caught an exception in your WSGI application"),
    (mark!("a debug page"), r"Action Controller: Exception caught"),
    (
        mark!("a debug page"),
        r"Whoops, looks like something went wrong|Symfony Exception|Whoops! There was an error",
    ),
    (mark!("a debug page"), r"Server Error in '/[^'\r\n]*' Application"),
    (mark!("a debug page"), r"An unhandled exception occurred while processing the request"),
    // Behind the traces, which say more and may have these words in front.
    (
        mark!("an error of the runtime"),
        r"Cannot read propert(?:y|ies) (?:'[^'\r\n]*' )?of (?:undefined|null)\b",
    ),
    (mark!("an error of the runtime"), r"\bjava\.(?:lang|util|io|sql)\.[A-Z]\w*(?:Exception|Error)\b"),
    (mark!("an address behind the backend"), r"\bdial tcp (?:\d{1,3}\.){3}\d{1,3}:\d+"),
    (mark!("an address behind the backend"), r"\bconnect ECONNREFUSED (?:\d{1,3}\.){3}\d{1,3}:\d+"),
];

/// A source file below a folder that is one of a machine and not of a URL. Where the folder could as well be
/// the beginning of a URL's path, a line number must follow.
const SOURCE_FILE: &str = concat!(
    r"(?:^|[\s\x22'(=:>])(?:",
    r"/(?:home|usr|var|opt|srv|root|Users|etc|tmp|mnt|private)(?:/[\w.@+-]+){1,20}\.(?:py|js|ts|php|rb|go|java|rs|cs)\b",
    r"|/(?:app|code|src|www|data|build|workspace)(?:/[\w.@+-]+){1,20}\.(?:py|js|ts|php|rb|go|java|rs|cs)",
    r"(?::\d+|\(\d+\)|\x22, line \d+| on line \d+)",
    r")",
);

/// The patterns, ready for use. A pattern that could not be read would be missed by the tests below.
static SET: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    let patterns = PATTERNS.iter().map(|(_, pattern)| format!("(?-u){pattern}"));
    RegexSet::new(patterns).ok()
});

/// How texts are written in JSON and in HTML, and what is meant. The backslash comes last: it is what the others
/// are written with.
const SPELLINGS: &[(&str, &str)] = &[
    ("\\/", "/"),
    ("\\\"", "\""),
    ("\\r\\n", "\n"),
    ("\\n", "\n"),
    ("\\t", "\t"),
    ("\\u003c", "<"),
    ("\\u003e", ">"),
    ("\\u0027", "'"),
    ("\\\\", "\\"),
    ("&quot;", "\""),
    ("&#34;", "\""),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&nbsp;", " "),
    ("&amp;", "&"),
];

/// Returns what an answer shows of the backend's inside, if anything: a stack trace, the path of a source
/// file, SQL or a debug page.
///
/// It reads the text as it is, and as JSON and HTML mean it.
#[must_use]
pub fn debug_output(answer: &Answer) -> Option<&'static str> {
    let text = String::from_utf8_lossy(&answer.body);
    let written = SPELLINGS.iter().any(|(spelling, _)| text.contains(spelling));
    let meant = if written { found_in(&as_meant(&text)) } else { None };
    let first = found_in(&text).into_iter().chain(meant).min()?;
    PATTERNS.get(first).map(|(name, _)| *name)
}

/// Returns which pattern comes first of those that are found.
fn found_in(text: &str) -> Option<usize> {
    SET.as_ref()?.matches(text.as_bytes()).into_iter().next()
}

fn as_meant(text: &str) -> String {
    let whole = |text: String, (spelling, meant): &(&str, &str)| text.replace(spelling, meant);
    SPELLINGS.iter().fold(text.to_owned(), whole)
}

#[cfg(test)]
mod tests {
    use super::{PATTERNS, debug_output};
    use crate::record::{Answer, Headers};

    fn shown(body: &str) -> Option<&'static str> {
        let body = body.as_bytes().to_vec();
        debug_output(&Answer { status: 500, headers: Headers::default(), body, cut: false })
    }

    /// What frameworks show when they are asked to help the developer, and the name it goes by.
    const SHOWN: &[(&str, &str)] = &[
        (
            "a Java stack trace",
            r#"{"trace":"java.lang.IllegalStateException: x\n\tat com.shop.Login.code(Login.java:42)\n"}"#,
        ),
        ("a Java stack trace", "\tat java.base/jdk.internal.reflect.Method.invoke(Native Method)"),
        ("a Python stack trace", "Traceback (most recent call last):\n"),
        ("a Python stack trace", r#"{"detail":"File \"views.py\", line 12, in login"}"#),
        (
            "a Node.js stack trace",
            "<pre>TypeError: x<br> &nbsp; &nbsp;at Object.&lt;anonymous&gt; (/srv/index.js:10:5)</pre>",
        ),
        ("a Node.js stack trace", "at async file:///srv/index.mjs:3:9"),
        ("a Go stack trace", "goroutine 18 [running]:\nmain.login()"),
        ("a Go stack trace", "\tmain.go:33 +0x1d2"),
        ("a PHP error", "<b>Warning</b>: x in <b>/var/www/html/login.php</b> on line <b>7</b>"),
        ("a PHP stack trace", "#0 /www/index.php(7): login()"),
        ("a Ruby stack trace", "app/controllers/login_controller.rb:7:in `create'"),
        ("a .NET stack trace", "at Shop.Login.Code(String code) in /src/Login.cs:line 7"),
        ("a .NET stack trace", "   at System.Int32.Parse(String s)"),
        ("a Rust panic", "thread 'main' panicked at src/main.rs:7:5:"),
        ("a Rust stack trace", "stack backtrace:\n   0: std::panicking"),
        (
            "the path of a source file",
            r#"{"file":"\/var\/www\/html\/vendor\/laravel\/framework\/Router.php","line":7}"#,
        ),
        ("the path of a source file", "error in /app/login/views.py:7"),
        ("the path of a source file", r"error in C:\shop\login\views.py"),
        ("a database error", "SQLSTATE[22021]: Character not in repertoire"),
        ("a database error", "You have an error in your SQL syntax; check the manual"),
        ("a database error", "ORA-00933: SQL command not properly ended"),
        ("a database error", r#"ERROR: syntax error at or near \"OR\""#),
        ("a database error", r#"near \"OR\": syntax error"#),
        ("a database error", "Unclosed quotation mark after the character string 'x'."),
        ("a database error", "org.postgresql.util.PSQLException: ERROR"),
        ("a database error", "Duplicate entry 'o1' for key 'users.uk_openid'"),
        ("a database error", "E11000 duplicate key error collection: shop.users"),
        ("a database error", "ERROR: duplicate key value violates unique constraint"),
        ("a database error", "Invalid `prisma.user.create()` invocation"),
        ("an error of the runtime", "Cannot read properties of undefined (reading 'openid')"),
        ("an error of the runtime", "Cannot read property 'openid' of undefined"),
        ("an error of the runtime", r#"{"msg":"java.lang.NullPointerException: null"}"#),
        ("an address behind the backend", "dial tcp 10.0.3.17:3306: connect: connection refused"),
        ("an address behind the backend", "connect ECONNREFUSED 127.0.0.1:6379"),
        ("an SQL statement", "select u1_0.id,u1_0.name from user u1_0 where u1_0.openid=?"),
        ("an SQL statement", "INSERT INTO `token` (`openid`, `value`) VALUES ('x', 'y')"),
        (
            "a debug page",
            "You're seeing this error because you have <code>DEBUG = True</code> in your settings",
        ),
        ("a debug page", "<title>KeyError // Werkzeug Debugger</title>"),
        ("a debug page", "<h1>Action Controller: Exception caught</h1>"),
        ("a debug page", "<h1>Whoops, looks like something went wrong.</h1>"),
        ("a debug page", "<H1>Server Error in '/' Application.</H1>"),
        ("a debug page", "<h1>An unhandled exception occurred while processing the request.</h1>"),
    ];

    #[test]
    fn what_frameworks_show_to_developers_is_found_by_every_pattern() {
        for (name, body) in SHOWN {
            assert_eq!(shown(body), Some(*name), "{body}");
        }
        let names = |list: Vec<&'static str>| list.into_iter().collect::<std::collections::BTreeSet<_>>();
        let found = names(SHOWN.iter().map(|(name, _)| *name).collect());
        assert_eq!(found, names(PATTERNS.iter().map(|(name, _)| *name).collect()));
    }

    #[test]
    fn ordinary_answers_raise_no_alarm() {
        for body in [
            r#"{"timestamp":"2024-08-22T01:14:57.000+00:00","status":404,"error":"Not Found","path":"/auth/openid/token"}"#,
            r#"{"code":40029,"msg":"invalid code, rid: 66c69111-0a0b0c0d-01020304"}"#,
            r#"{"error":"invalid_request","error_description":"Missing form parameter: openid, at least one is needed"}"#,
            "<html><head><title>404 Not Found</title></head><body><center>nginx/1.25.3</center></body></html>",
            "Cannot DELETE /miniprogram/wxmp/code2session",
            "<h1>HTTP Status 400 \u{2013} Bad Request</h1><p><b>Type</b> Status Report</p><h3>Apache Tomcat/9.0.80</h3>",
            r#"{"detail":[{"type":"missing","loc":["query","code"],"msg":"Field required","input":null}]}"#,
            r#"{"msg":"code ../../etc/passwd is not valid"}"#,
            r#"{"msg":"' OR '1'='1' -- is not a code; select another one from the list"}"#,
            r#"{"path":"/index.php/app/auth/token.php"}"#,
            r#"{"exception":"org.springframework.web.bind.MissingServletRequestParameterException"}"#,
            r#"{"message":"try again at 10:20:30"}"#,
            r#"{"avatar":"https://cdn.example.com/var/www/a.png","time":"2024-01-01 at 12:00"}"#,
            "",
        ] {
            assert_eq!(shown(body), None, "{body}");
        }
    }
}
