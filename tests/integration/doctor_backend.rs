//! Small backends that were introduced to the stand-in badly.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::cli_foil::foil;

/// What a backend says to a request; the number is the port of the stand-in.
pub(crate) type Script = Box<dyn Fn(&Heard, u16) -> Said + Send + Sync>;

/// A request as far as a backend reads it.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) method: String,
    pub(crate) path: String,
    query: String,
    head: String,
    body: String,
}

impl Heard {
    /// Returns the request by another method.
    pub(crate) fn by(&self, method: &str) -> Self {
        Self { method: method.to_owned(), ..self.clone() }
    }

    /// Returns a parameter of the query, as it travelled.
    pub(crate) fn parameter(&self, name: &str) -> String {
        let mut pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map_or_else(String::new, |(_, value)| value.to_owned())
    }
}

/// An answer.
pub(crate) struct Said {
    status: &'static str,
    fields: Vec<&'static str>,
    pub(crate) body: String,
    raw: Option<Vec<u8>>,
}

impl Said {
    pub(crate) fn with(mut self, field: &'static str) -> Self {
        self.fields.push(field);
        self
    }

    pub(crate) fn replaced(mut self, old: &str, new: &str) -> Self {
        self.body = self.body.replace(old, new);
        self
    }
}

pub(crate) fn answered(status: &'static str, body: &str) -> Said {
    Said { status, fields: Vec::new(), body: body.to_owned(), raw: None }
}

/// Bytes that are no HTTP.
pub(crate) fn raw(bytes: &[u8]) -> Said {
    Said { raw: Some(bytes.to_vec()), ..answered("", "") }
}

/// Returns the request at another path.
pub(crate) fn go_to(heard: &Heard, path: &str) -> Heard {
    Heard { path: path.to_owned(), ..heard.clone() }
}

/// Serves a script, and returns where.
pub(crate) fn serve(script: Script, wechat: u16) -> String {
    foil(move |mut stream| {
        let Some(heard) = hear(&mut stream) else { return };
        let Said { status, fields, body, raw } = script(&heard, wechat);
        let bytes = raw.unwrap_or_else(|| {
            let fields: String = fields.iter().flat_map(|field| [field, "\r\n"]).collect();
            let length = body.len();
            format!(
                "HTTP/1.1 {status}\r\n{fields}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            )
            .into_bytes()
        });
        // Whoever asked may have gone away.
        drop(stream.write_all(&bytes));
    })
}

/// Reads one request; nothing when somebody speaks something else.
fn hear(stream: &mut TcpStream) -> Option<Heard> {
    let mut text = Vec::new();
    let mut part = [0; 4096];
    loop {
        let length = stream.read(&mut part).ok().filter(|length| *length > 0)?;
        text.extend_from_slice(&part[..length]);
        let all = String::from_utf8_lossy(&text).into_owned();
        // Who speaks TLS gets an answer as well, which it will not understand.
        if text.first() == Some(&0x16) {
            return Some(Heard {
                method: String::new(),
                path: String::new(),
                query: String::new(),
                head: all,
                body: String::new(),
            });
        }
        let Some((head, body)) = all.split_once("\r\n\r\n") else { continue };
        let wanted = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.trim().parse().ok());
        if body.len() < wanted.unwrap_or(0) {
            continue;
        }
        let mut words = head.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        return Some(Heard {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            head: head.to_lowercase(),
            body: body.to_owned(),
        });
    }
}

/// Asks the stand-in with this request line, and returns the whole answer.
pub(crate) fn ask_wechat(port: u16, line: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "{line}\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // A refused tunnel may end without more ado.
    drop(stream.read_to_end(&mut answer));
    String::from_utf8_lossy(&answer).into_owned()
}

/// Exchanges a code as a good backend does.
fn openid_of(wechat: u16, code: &str) -> Option<String> {
    let credentials = "appid=wx0123456789abcdef&secret=0123456789abcdef0123456789abcdef";
    let query = format!("{credentials}&js_code={code}&grant_type=authorization_code");
    let answer = ask_wechat(wechat, &format!("GET /sns/jscode2session?{query} HTTP/1.1"));
    Some(answer.split_once("\"openid\":\"")?.1.split_once('"')?.0.to_owned())
}

pub(crate) const TOKEN: &str = "dG9rZW4tb2YtZm9ydHktdGhyZWUtbGV0dGVycy1oZXI";

/// A backend of the documented flow as far as the doctor looks.
pub(crate) fn good(heard: &Heard, wechat: u16) -> Said {
    match (heard.method.as_str(), heard.path.as_str()) {
        ("GET", "/miniprogram/wxmp/code2session") => match openid_of(wechat, &heard.parameter("code")) {
            Some(openid) => answered("200 OK", &format!("{{\"data\":{{\"openid\":\"{openid}\"}}}}")),
            None => answered("400 Bad Request", "{\"message\":\"no\"}"),
        },
        ("POST", "/auth/openid/token") => answered(
            "200 OK",
            &format!("{{\"access_token\":\"{TOKEN}\",\"token_type\":\"Bearer\",\"expires_in\":4}}"),
        ),
        ("GET", "/admin/user/info") if heard.head.contains(&format!("bearer {}", TOKEN.to_lowercase())) => {
            answered("200 OK", "{\"data\":{\"name\":\"somebody\"}}")
        }
        ("GET", "/admin/user/info") => answered("401 Unauthorized", "{\"message\":\"who?\"}"),
        _ => answered("404 Not Found", "{\"message\":\"not found\"}"),
    }
}

/// A backend that logs in with one call.
pub(crate) fn one_step(heard: &Heard, wechat: u16) -> Said {
    match (heard.method.as_str(), heard.path.as_str()) {
        ("POST", "/api/login") => {
            let code = heard
                .body
                .split_once("\"code\":\"")
                .and_then(|(_, rest)| rest.split_once('"'))
                .map(|(code, _)| code);
            match openid_of(wechat, code.unwrap_or_default()) {
                Some(_) => answered(
                    "200 OK",
                    &format!("{{\"code\":0,\"data\":{{\"token\":\"{TOKEN}\",\"expires\":4}}}}"),
                ),
                None => answered("200 OK", "{\"code\":1}"),
            }
        }
        ("GET", "/api/me") if heard.head.contains(&format!("x-token: {}", TOKEN.to_lowercase())) => {
            answered("200 OK", "{\"code\":0,\"data\":{\"name\":\"somebody\"}}")
        }
        _ => answered("200 OK", "{\"code\":401}"),
    }
}
