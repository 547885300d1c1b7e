//! Asking the backend as the contract says, one request at a time.

use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::cast::HeldToken;
use super::log::Stop;
use super::parameters::Someone;
use super::world::World;
use crate::backend::{Carrier, ClientCredentials, Contract, Operation, Target, TimeControl};
use crate::checks::Reply;
use crate::expiry::{Clock as _, JsString, Value};
use crate::protocol::JsCode;
use crate::record::{Exchange, Headers, Request};

impl World {
    /// Lets WeChat give the person a fresh code.
    pub(crate) fn fresh_code(&mut self, someone: &Someone) -> Result<JsCode, Stop> {
        let run = self.run()?;
        let actor = self.actor(someone)?;
        let code = run.wechat.login(&actor.person);
        actor.code = Some(code.clone());
        actor.codes.push(code.clone());
        run.watch(&actor.person);
        Ok(code)
    }

    /// Sends a code exchange; without a code the parameter is left out.
    pub(crate) async fn exchange(&mut self, someone: &Someone, code: Option<&str>) -> Result<Reply, Stop> {
        let run = self.run()?;
        let request = request(&run.target, &run.contract.exchange, code, None);
        let reply = self.send(someone, request, run.contract.exchange.purpose).await?;
        if let Value::String(openid) = &reply.openid {
            self.actor(someone)?.openid = Some(openid.to_string_lossy());
        }
        Ok(reply)
    }

    /// Sends a token request; without an openid the parameter is left out.
    pub(crate) async fn ask_token(
        &mut self,
        someone: &Someone,
        openid: Option<&str>,
        authorization: Option<String>,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let request = request(&run.target, &run.contract.token, openid, authorization);
        let reply = self.send(someone, request, run.contract.token.purpose).await?;
        Ok(reply)
    }

    /// Sends a token request for the person's own openid, as the contract says, and keeps the token.
    pub(crate) async fn obtain_token(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let run = self.run()?;
        let openid = self.actor(someone)?.known_openid()?.to_owned();
        let authorization = basic(&run.contract.client);
        let asked = Instant::now();
        let virtual_since = match run.target.time() {
            TimeControl::Virtual(clock) => Some(clock.now()),
            TimeControl::Wait(_) => None,
        };
        let reply = self.ask_token(someone, Some(&openid), Some(authorization)).await?;
        if reply.token.is_truthy() {
            let (token, lifetime) = (reply.token.clone(), reply.lifetime.clone());
            let arrived = Instant::now();
            self.actor(someone)?.token = Some(HeldToken { token, lifetime, asked, arrived, virtual_since });
        }
        Ok(reply)
    }

    /// Asks for user info; without a header value no credentials are sent.
    pub(crate) async fn ask_user_info(
        &mut self,
        someone: &Someone,
        authorization: Option<String>,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let request = request(&run.target, &run.contract.user_info, None, authorization);
        self.send(someone, request, run.contract.user_info.purpose).await
    }

    /// Asks for user info with the person's own token.
    pub(crate) async fn read_user_info(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let authorization = bearer(&self.actor(someone)?.held_token()?.token)?;
        self.ask_user_info(someone, Some(authorization)).await
    }

    pub(crate) async fn send(
        &mut self,
        someone: &Someone,
        request: Request,
        purpose: &str,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let name = super::cast::short_name(&self.actor(someone)?.person.key).to_owned();
        let exchange = run.transport.send(request, &name, purpose).await;
        self.witness(exchange)
    }

    /// Sends several code exchanges at the same moment, on a connection each.
    pub(crate) async fn exchange_at_once(
        &mut self,
        requests: Vec<(Someone, JsCode)>,
    ) -> Result<Vec<Reply>, Stop> {
        let run = self.run()?;
        let barrier = Arc::new(Barrier::new(requests.len()));
        let mut racing = JoinSet::new();
        for (index, (someone, code)) in requests.into_iter().enumerate() {
            let name = super::cast::short_name(&self.actor(&someone)?.person.key).to_owned();
            let (run, barrier) = (Arc::clone(&run), Arc::clone(&barrier));
            racing.spawn(async move {
                let operation = &run.contract.exchange;
                let request = request(&run.target, operation, Some(code.as_str()), None);
                barrier.wait().await;
                (index, run.transport.send(request, &name, operation.purpose).await)
            });
        }
        let mut finished: Vec<(usize, Exchange)> = Vec::new();
        while let Some(joined) = racing.join_next().await {
            finished.push(joined.map_err(|error| Stop::new(format!("a request was lost: {error}")))?);
        }
        finished.sort_by_key(|(index, _)| *index);
        finished.into_iter().map(|(_, exchange)| self.witness(exchange)).collect()
    }
}

/// Sends one code exchange outside of any scenario.
pub(crate) async fn probe(
    transport: &crate::miniprogram::Transport,
    target: &Target,
    contract: &Contract,
    code: &JsCode,
) -> Exchange {
    let request = request(target, &contract.exchange, Some(code.as_str()), None);
    transport.send(request, "pre-flight", contract.exchange.purpose).await
}

/// Builds a request of the flow.
pub(crate) fn request(
    target: &Target,
    operation: &Operation,
    parameter: Option<&str>,
    authorization: Option<String>,
) -> Request {
    request_with(target, operation, parameter.map(|value| pair(operation, value)), authorization)
}

/// Returns the operation's parameter with a value, encoded as the documented client does.
pub(crate) fn pair(operation: &Operation, value: &str) -> String {
    // A text of ours holds no lone surrogate, which is all that cannot be encoded.
    let encoded = JsString::from(value).encode_uri_component().unwrap_or_default();
    format!("{}={encoded}", operation.parameter)
}

/// Builds a request of the flow whose parameters are encoded already.
pub(crate) fn request_with(
    target: &Target,
    operation: &Operation,
    pair: Option<String>,
    authorization: Option<String>,
) -> Request {
    let mut url = target.url_of(operation.path);
    let mut headers = Headers::default();
    let mut body = Vec::new();
    match operation.carrier {
        Carrier::Query => {
            headers.push("content-type", "application/json");
            if let Some(pair) = pair {
                url = format!("{url}?{pair}");
            }
        }
        Carrier::Form => {
            headers.push("content-type", "application/x-www-form-urlencoded");
            body = pair.unwrap_or_default().into_bytes();
        }
        Carrier::None => headers.push("content-type", "application/json"),
    }
    if let Some(value) = authorization {
        headers.push("authorization", value);
    }
    Request { method: operation.method.to_owned(), url, headers, body }
}

/// Returns the header value by which the client authenticates itself (RFC 7617).
pub(crate) fn basic(client: &ClientCredentials) -> String {
    format!("Basic {}", STANDARD.encode(format!("{}:{}", client.name, client.secret)))
}

/// Returns the header value that carries a token, turned into text as a template literal does.
pub(crate) fn bearer(token: &Value) -> Result<String, Stop> {
    let text = token.to_js_string().map_err(|error| Stop::new(format!("the token has no text: {error}")))?;
    Ok(format!("Bearer {}", text.to_string_lossy()))
}
