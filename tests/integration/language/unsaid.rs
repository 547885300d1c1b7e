//! What looks like a sentence and is said to no person?

/// What looks like a sentence in these parts and is none for a person: how the source's path begins, and how
/// the text does.
pub(super) const UNSAID: &[(&str, &str)] = &[
    // What servers and runtimes say, by which they are known.
    ("src/backend/doctor/reach.rs", "http request was sent to https"),
    ("src/backend/doctor/reach.rs", "http request to an https server"),
    ("src/backend/doctor/reach.rs", "name or service"),
    ("src/backend/doctor/runtime.rs", "traceback (most recent"),
    ("src/backend/doctor/runtime.rs", "whitelabel error page"),
    ("src/backend/doctor/runtime.rs", "404 page not found"),
    ("src/backend/doctor/upstream.rs", "name or service not known"),
    ("src/backend/doctor/upstream.rs", "no such host"),
    ("src/backend/doctor/upstream.rs", "could not resolve"),
    ("src/backend/doctor/upstream.rs", "failed to establish"),
    ("src/backend/doctor/upstream.rs", "max retries exceeded"),
    ("src/backend/doctor/upstream.rs", "error sending request"),
    ("src/backend/doctor/upstream.rs", "unable to verify"),
    // What a developers' tool hands out for a code.
    ("src/suite/backdoors.rs", "the code is a mock one"),
    // A value that stands for any text of a schema.
    ("src/backend/guess/openapi/schema.rs", "a text of some length"),
    // What a page allows itself.
    ("src/report/html/mod.rs", "default-src"),
    ("src/report/site/frame.rs", "script-src"),
    // By what a source is known.
    ("src/report/page/source.rs", "phone number page"),
    // Commands.
    ("src/report/site/faults.rs", "wxconform backend"),
    ("src/report/site/surroundings.rs", "wxconform wechat"),
    ("src/report/site/surroundings.rs", "wxconform backend"),
    // A script for a shell.
    ("src/backend/launch/unix.rs", "trap '' HUP INT QUIT TERM"),
    // What frameworks and databases say, by which they are known.
    ("src/checks/debug_output.rs", "You have an error in your SQL syntax"),
    ("src/checks/debug_output.rs", "syntax error at or near"),
    ("src/checks/debug_output.rs", "Unclosed quotation mark"),
    ("src/checks/debug_output.rs", "E11000 duplicate key error"),
    ("src/checks/debug_output.rs", "duplicate key value violates unique constraint"),
    ("src/checks/debug_output.rs", "You're seeing this error"),
    ("src/checks/debug_output.rs", "Werkzeug Debugger"),
    ("src/checks/debug_output.rs", "Whoops, looks like something"),
    ("src/checks/debug_output.rs", "An unhandled exception occurred"),
    // Tests that are a file of their own.
    ("src/checks/secrecy/hiding.rs", ""),
    // What JavaScript says.
    ("src/expiry/value.rs", "Cannot read properties of"),
    ("src/expiry/value.rs", "Cannot convert object"),
    // Names that only a test shows.
    ("src/record/spelling.rs", "as it is"),
    ("src/record/spelling.rs", "base64 of its text"),
    // What a faulty backend sends in the place of an answer, and what the reference says in a refusal.
    ("src/reference/deviation/", ""),
    ("src/reference/refusal.rs", ""),
    // What WeChat says, and what servers in front of it do.
    ("src/standin/control.rs", "checkSession:fail"),
    ("src/standin/trouble/script.rs", ""),
    // The body of an HTTP answer to a backend.
    ("src/standin/gateway/proxy.rs", "{host} is not reached"),
    // The name of a certificate, and what an openid is made of.
    ("src/standin/gateway/certificate.rs", "wxconform stand-in for WeChat"),
    ("src/standin/ledger/mint.rs", "openid of app"),
    // Files for a runtime, and a command for a shell.
    ("src/standin/redirect/files.rs", ""),
    ("src/standin/redirect/mod.rs", "unshare "),
    // Sentences of Gherkin, which steps match.
    ("src/suite/explore/by_hand.rs", ""),
    ("src/suite/explore/event.rs", ""),
    ("src/suite/explore/model.rs", ""),
    ("src/suite/explore/on_phone.rs", ""),
    ("src/suite/explore/scenario.rs", "with nobody else there"),
    ("src/suite/parameters/token_expiry.rs", "right after the token was stored"),
    ("src/suite/parameters/token_expiry.rs", " the announced end"),
    // The name by which an input is found.
    ("src/suite/malformed.rs", "a broken percent escape"),
    // Versions of runtimes, which only the documentation names.
    ("src/standin/redirect/recipes.rs", "Node 20.20: "),
    ("src/standin/redirect/recipes.rs", "PHP 8.2 "),
    // The help of the commands, which has a catalogue of its own.
    ("src/cli/arguments/contract.rs", "Examples:"),
    ("src/cli/help.rs", ""),
    // By what a tip of clap is known.
    ("src/cli/mistake.rs", " exists; to use it"),
    // The words of WeChat.
    ("src/protocol/error_code.rs", ""),
];
