//! Does the phone do what the published client does?
//!
//! The published JavaScript, word for word, runs in an engine over a scripted list of answers; the phone gets
//! the same answers from a real server. Both tell what they did, and the two texts must be equal. Failures are
//! kept in `tests/proptest-regressions` and tried again first.

#![expect(clippy::unwrap_used, reason = "an oracle that does not run shall fail the test")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use proptest::sample::{Select, select};
use proptest::test_runner::FileFailurePersistence;
use rquickjs::context::EvalOptions;
use rquickjs::{Context, Ctx, FromJs, Runtime};
use serde_json::json;
use tokio::net::TcpListener;
use wxconform::miniprogram::{Transport, simulate};

/// One script, because the parts name each other.
const CLIENT: [&str; 3] = [
    include_str!("../documented/wx.js"),
    include_str!("../documented/wxutil.js"),
    include_str!("../documented/app.js"),
];

/// What the backend does with one call of `wx.request`.
#[derive(Clone, Debug)]
enum Reply {
    /// It answers.
    Answer { status: u16, body: String },
    /// It sends the phone to another path, where it answers.
    AnswerElsewhere { redirect: u16, status: u16, body: String },
    /// It drops the connection.
    Nothing,
}

/// What it takes to compare the two.
#[derive(Clone, Debug)]
struct Play {
    script: String,
    events: usize,
    replies: Vec<Reply>,
}

/// Plays the published client in the engine.
fn in_engine(play: &Play) -> String {
    let replies: Vec<_> = play.replies.iter().map(Reply::for_engine).collect();
    Context::full(&Runtime::new().unwrap()).unwrap().with(|inside| {
        inside.globals().set("scriptText", play.script.as_str()).unwrap();
        inside.globals().set("answersText", json!(replies).to_string()).unwrap();
        run::<()>(&inside, &CLIENT.concat());
        for event in 0..play.events {
            run::<()>(&inside, &format!("begin({event})"));
            while run::<bool>(&inside, "turn()") {}
        }
        run(&inside, "report()")
    })
}

/// Runs a script and whatever it leaves to be done afterwards, such as the callbacks of promises.
fn run<T: for<'js> FromJs<'js>>(inside: &Ctx<'_>, source: &str) -> T {
    let value = inside.eval_with_options(source, sloppy()).unwrap();
    while inside.execute_pending_job() {}
    value
}

/// The published client is a script, and no module.
fn sloppy() -> EvalOptions {
    let mut options = EvalOptions::default();
    options.strict = false;
    options
}

/// Plays the phone against a server.
async fn on_phone(play: &Play) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let backend = format!("http://{}", listener.local_addr().unwrap());
    let hops = play.replies.iter().flat_map(Reply::hops).collect();
    let server = tokio::spawn(serve(listener, Arc::new(Mutex::new(hops))));
    let output = simulate(&play.script, &backend, &Transport::new(Instant::now()).unwrap(), None).await;
    server.abort();
    output.unwrap()
}

/// One answer on the wire, or the end of the connection.
type Hop = Option<Response<Full<Bytes>>>;

/// Gives out the answers one after the other.
async fn serve(listener: TcpListener, hops: Arc<Mutex<VecDeque<Hop>>>) -> Infallible {
    loop {
        let (stream, _peer) = listener.accept().await.unwrap();
        let hops = Arc::clone(&hops);
        let answer = move |_request: Request<hyper::body::Incoming>| {
            let hop = hops.lock().unwrap().pop_front().flatten();
            async { hop.ok_or_else(|| io::Error::other("the connection is dropped")) }
        };
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
        tokio::spawn(async { drop(connection.await) });
    }
}

impl Reply {
    fn for_engine(&self) -> serde_json::Value {
        match self {
            Self::Answer { status, body } | Self::AnswerElsewhere { status, body, .. } => {
                json!({"status": status, "body": body})
            }
            Self::Nothing => json!(null),
        }
    }

    fn hops(&self) -> Vec<Hop> {
        let answer = |status: u16, body: &str| {
            Some(Response::builder().status(status).body(body.to_owned().into()).unwrap())
        };
        match self {
            Self::Answer { status, body } => vec![answer(*status, body)],
            Self::AnswerElsewhere { redirect, status, body } => {
                let moved = Response::builder().status(*redirect).header("location", "/elsewhere?x=y");
                vec![Some(moved.body("{}".into()).unwrap()), answer(*status, body)]
            }
            Self::Nothing => vec![None],
        }
    }
}

/// Values a backend or a script may have where a text is expected, as JSON.
const ODD: [&str; 22] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1.50",
    "1e21",
    "1e-7",
    "7200",
    "\"7200\"",
    "\"\"",
    "\" \"",
    "\"a b&c=d%\"",
    "\"it's (~)!*\"",
    "\"caf\u{e9}\"",
    "\"\u{4f60}\"",
    "\"a\\r\\nb\"",
    "[]",
    "[1,[null,\"x\"]]",
    "{}",
    "{\"toString\":1}",
    "{\"then\":1}",
];

fn odd() -> Select<&'static str> {
    select(&ODD[..])
}

/// Mostly what stands there in a healthy flow.
fn mostly(usual: &'static str) -> impl Strategy<Value = &'static str> {
    prop_oneof![2 => Just(usual), 1 => odd()]
}

fn body() -> impl Strategy<Value = String> {
    let whole = (mostly("\"oA\""), mostly("\"t1\""), mostly("7200")).prop_map(|(openid, token, life)| {
        format!(r#"{{"data":{{"openid":{openid}}},"access_token":{token},"expires_in":{life}}}"#)
    });
    let bare = odd().prop_map(str::to_owned);
    let data = odd().prop_map(|data| format!(r#"{{"data":{data}}}"#));
    let text = select(vec!["", "<html>", "{\"data\":", "NaN", " {} "]).prop_map(str::to_owned);
    prop_oneof![5 => whole, 2 => bare, 2 => data, 1 => text]
}

fn reply() -> impl Strategy<Value = Reply> {
    let status = || prop_oneof![4 => Just(200), 1 => select(vec![201, 400, 401, 404, 500, 502])];
    let redirect = select(vec![301, 302, 303, 307, 308]);
    prop_oneof![
        10 => (status(), body()).prop_map(|(status, body)| Reply::Answer { status, body }),
        2 => (redirect, status(), body())
            .prop_map(|(redirect, status, body)| Reply::AnswerElsewhere { redirect, status, body }),
        1 => Just(Reply::Nothing),
    ]
}

fn event() -> impl Strategy<Value = String> {
    let now = select(vec![
        0,
        1_700_000_000_123,
        1_700_008_200_000_i64,
        1_700_008_200_001,
        1_700_008_200_123,
        1_700_008_200_124,
        1_800_000_000_000,
    ]);
    (select(vec!["valid", "expired", ""]), now).prop_map(|(session, now)| match session {
        "" => format!(r#"{{"event":"show","now_ms":{now}}}"#),
        _ => format!(r#"{{"event":"launch","session":"{session}","now_ms":{now}}}"#),
    })
}

fn storage() -> impl Strategy<Value = String> {
    let token = (mostly("1700000000.123"), mostly("7200"))
        .prop_map(|(created, life)| format!(r#"{{"createTime":{created},"expires_in":{life}}}"#));
    let token = prop_oneof![4 => token, 1 => odd().prop_map(str::to_owned)];
    prop_oneof![
        1 => Just(String::new()),
        3 => (mostly("\"oA\""), token)
            .prop_map(|(openid, token)| format!(r#""storage":{{"openid":{openid},"tokenObj":{token}}},"#)),
    ]
}

fn play() -> impl Strategy<Value = Play> {
    let codes = proptest::collection::vec(mostly("\"c1\""), 0..4);
    let events = proptest::collection::vec(event(), 1..4);
    // Every event calls `wx.request` three times at most.
    let replies = proptest::collection::vec(reply(), 9);
    (storage(), codes, events, replies).prop_map(|(storage, codes, events, replies)| Play {
        script: format!(r#"{{{storage}"codes":[{}],"events":[{}]}}"#, codes.join(","), events.join(",")),
        events: events.len(),
        replies,
    })
}

/// Remembers failures in a file and tries them again first.
fn remembering() -> ProptestConfig {
    let seeds = FileFailurePersistence::Direct("tests/proptest-regressions/phone_oracle.txt");
    ProptestConfig { cases: 64, failure_persistence: Some(Box::new(seeds)), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(remembering())]

    #[test]
    fn the_phone_does_what_the_published_client_does(play in play()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        prop_assert_eq!(runtime.block_on(on_phone(&play)), in_engine(&play));
    }
}
