//! Bringing a backend into situations in which error answers tell too much.

use super::driver::request;
use super::log::Stop;
use super::malformed::with_parameter;
use super::parameters::{Someone, words};
use super::world::World;
use crate::backend::{Carrier, Operation};
use crate::checks::Reply;
use crate::expiry::JsString;
use crate::protocol::{ErrorCode, JsCode};
use crate::record::FailureKind;
use crate::standin::Script;

/// Pages by which frameworks show developers how they are set. None of them does anything, and none is what a firewall shuts
/// an address out for.
const DEVELOPER_PAGES: &[&str] = &[
    "actuator/env",
    "actuator/configprops",
    "actuator/health",
    "actuator/httpexchanges",
    "actuator/httptrace",
    "health",
    "info",
    "status",
    "metrics",
    "env",
    "debug/vars",
    "debug/config",
    "debug",
    "config.json",
    "swagger/index.html",
];

/// Parameters by which developers make their backends talkative.
const SWITCHES: &str = "debug=1&_debug=1&test=1&verbose=1&trace=1&env=dev";

/// How long the longest code is.
const LONG: usize = 10_000;

words! {
    /// A code that makes careless requests to WeChat fall apart. They are named by what is odd about them.
    OddCode, "odd_code", {
        Quotes = "quotation marks",
        Spaces = "spaces",
        LineBreak = "a line break",
        Ampersand = "an ampersand",
        Braces = "braces",
        Percent = "a percent sign",
        Long = "ten thousand letters",
        NoText = "bytes that are no text",
    }
}

words! {
    /// What WeChat answers to a fresh code instead of who it belongs to.
    Mishap, "mishap", {
        WrongSecret = "the error 40125",
        WrongApp = "the error 40013",
        Busy = "the error -1",
        BadGateway = "a page that says 502",
        Empty = "an empty body",
        Cut = "half an answer",
        NoJson = "broken JSON",
        NoOpenid = "an answer without an openid",
        ErrorAndKey = "an error beside her session key",
    }
}

words! {
    /// A request that no mini program sends.
    Detour, "detour", {
        NoPath = "a path that does not exist",
        ExchangeMethod = "a code exchange by another method",
        TokenMethod = "a token request by another method",
        UserInfoMethod = "a user info request by another method",
        DebugSwitches = "a code exchange with the switches for developers",
        DeveloperPages = "the pages that frameworks have for developers",
    }
}

impl OddCode {
    /// Returns the code and how it is spelled in a request.
    fn spelled(self, own: &str) -> (String, String) {
        let code = match self {
            Self::Quotes => format!("{own}\"'`"),
            Self::Spaces => format!("{own} a b"),
            Self::LineBreak => format!("{own}\r\nX-Injected: 1"),
            Self::Ampersand => format!("{own}&x=1"),
            Self::Braces => format!("{{\"code\":\"{own}\"}}"),
            Self::Percent => format!("{own}%zz%"),
            Self::Long => own.chars().cycle().take(LONG).collect(),
            Self::NoText => return (own.to_owned(), format!("{own}%FF%FE%00")),
        };
        // A text of ours holds no lone surrogate, which is all that cannot be encoded.
        let spelled = JsString::from(code.as_str()).encode_uri_component().unwrap_or_default();
        (code, spelled)
    }
}

impl World {
    /// Sends a code exchange with an odd code that nobody was given.
    pub(crate) async fn provoke_with_code(&mut self, someone: &Someone, odd: OddCode) -> Result<Reply, Stop> {
        let openid = self.actor(someone)?.person.openid.as_str().to_owned();
        let own: String = openid.chars().filter(char::is_ascii_alphanumeric).skip(6).take(16).collect();
        let (code, spelled) = odd.spelled(&own);
        self.actor(someone)?.codes.push(JsCode::new(code));
        let run = self.run()?;
        let reply = self.send_spelled(someone, &run.contract.exchange, Some(&spelled)).await?;
        match reply.exchange.answer() {
            Err(failure) if failure.kind == FailureKind::Unsendable => {
                Err(self.not_applicable(tr!("the contract has no place for such a code: {failure}", failure)))
            }
            _ => Ok(reply),
        }
    }

    /// Exchanges a fresh code to which WeChat answers something else than it would.
    pub(crate) async fn exchange_amid(&mut self, someone: &Someone, mishap: Mishap) -> Result<Reply, Stop> {
        let code = self.fresh_code(someone)?;
        let run = self.run()?;
        let person = self.actor(someone)?.person.clone();
        let key = run.wechat.secrets(&person).pop().map(|key| key.expose().to_owned()).unwrap_or_default();
        let raw = |body: String| Script::raw(200, Some("text/plain"), body);
        let script = match mishap {
            Mishap::WrongSecret => Script::error(ErrorCode::InvalidAppSecret),
            Mishap::WrongApp => Script::error(ErrorCode::InvalidAppId),
            Mishap::Busy => Script::error(ErrorCode::SystemError),
            Mishap::BadGateway => {
                Script::raw(502, Some("text/html"), "<html><h1>502 Bad Gateway</h1></html>")
            }
            Mishap::Empty => raw(String::new()),
            Mishap::Cut => raw(format!("{{\"session_key\":\"{key}\",\"openid\":\"o")),
            Mishap::NoJson => raw(format!("{{\"session_key\":\"{key}\" \"openid\":}}")),
            Mishap::NoOpenid => raw(format!("{{\"session_key\":\"{key}\",\"expires_in\":7200}}")),
            Mishap::ErrorAndKey => {
                raw(format!("{{\"errcode\":40029,\"errmsg\":\"invalid code\",\"session_key\":\"{key}\"}}"))
            }
        };
        run.wechat.script(&code, script);
        self.exchange(someone, Some(code.as_str())).await
    }

    /// Exchanges a fresh code with what makes backends say more than usual, where it was left in.
    async fn exchange_with_switches(&mut self, someone: &Someone) -> Result<Vec<Reply>, Stop> {
        let run = self.run()?;
        let code = self.fresh_code(someone)?;
        let operation = &run.contract.exchange;
        let plain = request(&run.target, operation, Some(code.as_str()), None);
        let mut request = with_parameter(operation, plain, false, SWITCHES);
        request.headers.push("X-Debug", "1");
        Ok(vec![self.send(someone, request, mark!("code exchange with the switches for developers")).await?])
    }

    /// Asks for every page that is meant for developers.
    async fn ask_for_developer_pages(&mut self, someone: &Someone) -> Result<Vec<Reply>, Stop> {
        let mut replies = Vec::new();
        for path in DEVELOPER_PAGES {
            let purpose = mark!("page for developers");
            let (carrier, parameter) = (Carrier::None, "");
            let asked = Operation { method: "GET", path, purpose, carrier, parameter };
            replies.push(self.send_spelled(someone, &asked, None).await?);
        }
        Ok(replies)
    }

    /// Sends requests that no mini program sends.
    pub(crate) async fn take_detour(
        &mut self,
        someone: &Someone,
        detour: Detour,
    ) -> Result<Vec<Reply>, Stop> {
        let run = self.run()?;
        let operation =
            |operation: &Operation, purpose| Operation { method: "PUT", purpose, ..operation.clone() };
        let contract = &run.contract;
        let asked = match detour {
            Detour::DebugSwitches => return self.exchange_with_switches(someone).await,
            Detour::DeveloperPages => return self.ask_for_developer_pages(someone).await,
            Detour::NoPath => Operation {
                path: "no/such/path",
                purpose: mark!("path that does not exist"),
                ..contract.exchange.clone()
            },
            Detour::ExchangeMethod => operation(&contract.exchange, mark!("code exchange by another method")),
            Detour::TokenMethod => operation(&contract.token, mark!("token request by another method")),
            Detour::UserInfoMethod => {
                operation(&contract.user_info, mark!("user info request by another method"))
            }
        };
        Ok(vec![self.send_spelled(someone, &asked, Some("none")).await?])
    }
}
