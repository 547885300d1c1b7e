//! Asking the backend as the contract says, one request at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::cast::{Actor, Bought, HeldToken, short_name};
use super::encore::turns_away;
use super::log::Stop;
use super::parameters::Someone;
use super::reading::due_step;
use super::world::World;
use crate::backend::{
    Carrier, ClientCredentials, Contract, Expiry, Operation, Refresh, Source, Target, body_of,
};
use crate::checks::Reply;
use crate::expiry::{JsString, UnixMillis, Value};
use crate::miniprogram::Transport;
use crate::protocol::JsCode;
use crate::record::{Exchange, Headers, Request};

/// How long the first probe waits before it is sent again to a backend that turned it away; then twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// How long a probe waits at most before it is sent again.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

impl World {
    /// Lets WeChat give the person a fresh code.
    pub(crate) fn fresh_code(&mut self, someone: &Someone) -> Result<JsCode, Stop> {
        let run = self.run()?;
        let actor = self.actor(someone)?;
        let code = run.wechat.login(&actor.person);
        actor.earlier_code = actor.code.replace(code.clone());
        actor.codes.push(code.clone());
        run.watch(&actor.person);
        Ok(code)
    }

    /// Sends a code exchange; without a code the parameter is left out.
    pub(crate) async fn exchange(&mut self, someone: &Someone, code: Option<&str>) -> Result<Reply, Stop> {
        let run = self.run()?;
        let request = request(&run.target, &run.contract.exchange, code, None);
        let (asked, virtual_since) = (Instant::now(), run.target.time().shown());
        let reply = self.send(someone, request, run.contract.exchange.purpose).await?;
        self.let_in(someone, reply, asked, virtual_since).await
    }

    /// Takes what a code exchange granted, after whatever the contract wants done for somebody who was never there
    /// before.
    pub(crate) async fn let_in(
        &mut self,
        someone: &Someone,
        reply: Reply,
        asked: Instant,
        virtual_since: Option<UnixMillis>,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let mut reply = reply;
        if let Some(dialect) = &run.contract.dialect
            && let Some(step) = due_step(dialect, &reply)
        {
            let held = self.actor(someone)?.code.clone().filter(|_| !step.takes_code());
            let code = held.map_or_else(|| self.fresh_code(someone), Ok)?;
            let request = run.spell_step(step, &self.actor(someone)?.person, &code)?;
            let (name, purpose) = (self.short_name(someone)?, run.contract.exchange.purpose);
            let exchange = self.transport()?.send(request, &name, purpose).await;
            reply = self.witness(exchange)?;
            run.capture(&self.actor(someone)?.person.key, &reply);
        }
        let bought = !run.contract.asks_for_tokens();
        let actor = self.actor(someone)?;
        if bought && reply.granted {
            // There is nothing to ask a token with, so the person is who WeChat says.
            actor.openid = Some(actor.person.openid.as_str().to_owned());
            actor.bought =
                Some(Bought { reply: reply.clone(), asked, arrived: Instant::now(), virtual_since });
        } else if let Value::String(openid) = &reply.openid {
            actor.openid = Some(openid.to_string_lossy());
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
        if !run.contract.asks_for_tokens() {
            return self.take_bought_token(someone).await;
        }
        let openid = self.actor(someone)?.known_openid()?.to_owned();
        let authorization = basic(&run.contract.client);
        let (asked, virtual_since) = (Instant::now(), run.target.time().shown());
        let reply = self.ask_token(someone, Some(&openid), Some(authorization)).await?;
        self.keep_token(someone, &reply, asked, virtual_since)?;
        Ok(reply)
    }

    /// Takes the token that the last login code bought; if it was taken before, buys another one.
    async fn take_bought_token(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let run = self.run()?;
        if self.actor(someone)?.bought.is_none() {
            let reply = self.exchange_fresh(someone).await?;
            if !reply.granted {
                return Ok(reply);
            }
        }
        let actor = self.actor(someone)?;
        let Bought { reply, asked, arrived, virtual_since } =
            actor.bought.take().ok_or_else(|| Stop::new(tr!("the login brought no token")))?;
        if reply.token.is_truthy() {
            let (token, lifetime) = (reply.token.clone(), lifetime_of(&run.contract, actor, &reply));
            let captured = run.captured(&actor.person.key);
            actor.hold(HeldToken { token, lifetime, asked, arrived, virtual_since, captured });
        }
        Ok(reply)
    }

    /// Keeps the token in an answer, if there is one.
    pub(crate) fn keep_token(
        &mut self,
        someone: &Someone,
        reply: &Reply,
        asked: Instant,
        virtual_since: Option<UnixMillis>,
    ) -> Result<(), Stop> {
        if reply.token.is_truthy() {
            let (run, arrived) = (self.run()?, Instant::now());
            let actor = self.actor(someone)?;
            let (token, lifetime) = (reply.token.clone(), lifetime_of(&run.contract, actor, reply));
            let captured = run.captured(&actor.person.key);
            actor.hold(HeldToken { token, lifetime, asked, arrived, virtual_since, captured });
        }
        Ok(())
    }

    /// Sends a token request for each person at the same moment, and keeps the tokens.
    pub(crate) async fn obtain_tokens_at_once(&mut self, people: &[Someone]) -> Result<Vec<Reply>, Stop> {
        let run = self.run()?;
        let mut requests = Vec::new();
        for someone in people {
            let openid = self.actor(someone)?.known_openid()?.to_owned();
            let authorization = basic(&run.contract.client);
            let request = request(&run.target, &run.contract.token, Some(&openid), Some(authorization));
            requests.push((someone.clone(), request));
        }
        let (asked, virtual_since) = (Instant::now(), run.target.time().shown());
        let transport = self.transport()?;
        let replies = self.send_at_once(requests, run.contract.token.purpose, &transport).await?;
        for (someone, reply) in people.iter().zip(&replies) {
            self.keep_token(someone, reply, asked, virtual_since)?;
        }
        Ok(replies)
    }

    /// Reads user info with the token of each person at the same moment; the one at `first` is started first.
    pub(crate) async fn read_user_info_at_once(
        &mut self,
        people: &[Someone],
        first: usize,
    ) -> Result<Vec<Reply>, Stop> {
        let run = self.run()?;
        let mut requests = Vec::new();
        for someone in people {
            let authorization = bearer(&self.actor(someone)?.held_token()?.token)?;
            let request = request(&run.target, &run.contract.user_info, None, Some(authorization));
            requests.push((someone.clone(), request));
        }
        let first = first % requests.len().max(1);
        requests.rotate_left(first);
        let transport = self.transport()?;
        let mut replies = self.send_at_once(requests, run.contract.user_info.purpose, &transport).await?;
        replies.rotate_right(first);
        Ok(replies)
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

    /// Asks for user info with a parameter in the URL, and without credentials anywhere else.
    pub(crate) async fn ask_user_info_by_url(
        &mut self,
        someone: &Someone,
        name: &str,
        value: &str,
        authorization: Option<String>,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let mut request = request(&run.target, &run.contract.user_info, None, authorization);
        // A token of a backend's may hold half a character, which no URL can carry.
        let encoded = JsString::from(value)
            .encode_uri_component()
            .map_err(|error| Stop::new(tr!("the token cannot be put into a URL: {error}", error)))?;
        request.url = format!("{}?{name}={encoded}", request.url);
        self.send(someone, request, run.contract.user_info.purpose).await
    }

    /// Asks for something that the backend publishes for everybody.
    pub(crate) async fn look_up(&mut self, someone: &Someone, url: &str) -> Result<Reply, Stop> {
        let (method, url) = ("GET".to_owned(), url.to_owned());
        let request = Request { method, url, headers: Headers::default(), body: Vec::new() };
        self.send(someone, request, "published keys").await
    }

    /// Asks for user info with the person's own token.
    pub(crate) async fn read_user_info(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let authorization = bearer(&self.actor(someone)?.held_token()?.token)?;
        let (asked, virtual_since) = (Instant::now(), self.run()?.target.time().shown());
        let reply = self.ask_user_info(someone, Some(authorization)).await?;
        self.actor(someone)?.recognise(&reply);
        self.go_on_with_what_came(someone, &reply, asked, virtual_since)?;
        Ok(reply)
    }

    /// Takes another token out of an answer, where the contract says that any answer may bring one, and goes on with it
    /// as a phone does. What nobody told about its life is taken to be as with the one before.
    pub(crate) fn go_on_with_what_came(
        &mut self,
        someone: &Someone,
        reply: &Reply,
        asked: Instant,
        virtual_since: Option<UnixMillis>,
    ) -> Result<(), Stop> {
        let run = self.run()?;
        let Some(Refresh::Ambient(place)) = run.contract.dialect.as_ref().map(|dialect| &dialect.refresh)
        else {
            return Ok(());
        };
        let Ok(answer) = reply.exchange.answer() else { return Ok(()) };
        // Whom a backend refuses, it may give a cookie that stands for nobody.
        if answer.status >= 400 && matches!(place, Source::Cookie(_)) {
            return Ok(());
        }
        let token = place.find_in(answer, &body_of(answer));
        let actor = self.actor(someone)?;
        let Some(held) = actor.token.as_mut().filter(|held| token.is_truthy() && held.token != token) else {
            return Ok(());
        };
        let lifetime =
            if reply.lifetime.is_truthy() { reply.lifetime.clone() } else { held.lifetime.clone() };
        (held.token, held.lifetime) = (token.clone(), lifetime);
        (held.asked, held.arrived, held.virtual_since) = (asked, Instant::now(), virtual_since);
        run.evidence().learn_token(&Reply { token, ..reply.clone() });
        Ok(())
    }

    /// Sends a request of the flow whose parameter is spelled as it is to travel; without one it is left out.
    pub(crate) async fn send_spelled(
        &mut self,
        someone: &Someone,
        operation: &Operation,
        parameter: Option<&str>,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let pair = parameter.map(|value| format!("{}={value}", operation.parameter));
        self.send(someone, request_with(&run.target, operation, pair, None), operation.purpose).await
    }

    pub(crate) async fn send(
        &mut self,
        someone: &Someone,
        request: Request,
        purpose: &str,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let person = self.actor(someone)?.person.clone();
        let request = run.spell(request, &person).map_err(|reason| self.not_applicable(reason))?;
        let exchange = self.transport()?.send(request, short_name(&person.key), purpose).await;
        let reply = self.witness(exchange)?;
        run.capture(&person.key, &reply);
        Ok(reply)
    }

    /// Sends several code exchanges at the same moment, on a connection each.
    pub(crate) async fn exchange_at_once(
        &mut self,
        codes: Vec<(Someone, JsCode)>,
        transport: &Transport,
    ) -> Result<Vec<Reply>, Stop> {
        let run = self.run()?;
        let operation = &run.contract.exchange;
        let prepared = |(someone, code): (Someone, JsCode)| {
            (someone, request(&run.target, operation, Some(code.as_str()), None))
        };
        self.send_at_once(codes.into_iter().map(prepared).collect(), operation.purpose, transport).await
    }

    /// Sends several requests at the same moment, on a connection each, and returns the answers in their order. What
    /// was turned away is sent again if the transport does that.
    pub(crate) async fn send_at_once(
        &mut self,
        requests: Vec<(Someone, Request)>,
        purpose: &'static str,
        transport: &Transport,
    ) -> Result<Vec<Reply>, Stop> {
        let run = self.run()?;
        let barrier = Arc::new(Barrier::new(requests.len()));
        let mut racing = JoinSet::new();
        let mut people = Vec::new();
        for (index, (someone, request)) in requests.into_iter().enumerate() {
            let person = self.actor(&someone)?.person.clone();
            let request = run.spell(request, &person).map_err(|reason| self.not_applicable(reason))?;
            let (transport, barrier) = (transport.clone(), Arc::clone(&barrier));
            let name = short_name(&person.key).to_owned();
            people.push(person.key);
            racing.spawn(async move {
                barrier.wait().await;
                (index, transport.send(request, &name, purpose).await)
            });
        }
        let mut finished: Vec<(usize, Exchange)> = Vec::new();
        while let Some(joined) = racing.join_next().await {
            finished.push(joined.map_err(|error| Stop::new(tr!("a request was lost: {error}", error)))?);
        }
        finished.sort_by_key(|(index, _)| *index);
        let mut replies = Vec::new();
        for ((_, exchange), person) in finished.into_iter().zip(people) {
            let reply = self.witness(exchange)?;
            run.capture(&person, &reply);
            replies.push(reply);
        }
        Ok(replies)
    }
}

/// Sends one code exchange outside of any scenario.
pub(crate) async fn probe(run: &super::run::Run, person: &crate::standin::Person, code: &JsCode) -> Exchange {
    let request = request(&run.target, &run.contract.exchange, Some(code.as_str()), None);
    // A contract that can be read has words for a login.
    let request = run.spell(request.clone(), person).unwrap_or(request);
    send_until_served(run, request, "pre-flight", run.contract.exchange.purpose).await
}

/// Sends a request outside of any scenario, again and again for a while where the backend turns it away: one that starts,
/// or is maintained, says so.
pub(crate) async fn send_until_served(
    run: &super::run::Run,
    request: Request,
    actor: &str,
    purpose: &str,
) -> Exchange {
    let mut pause = FIRST_PAUSE;
    loop {
        let exchange = run.transport.send(request.clone(), actor, purpose).await;
        let turned_away = exchange.answer().is_ok_and(|answer| turns_away(&run.contract, answer))
            && !run.wechat.was_asked_about(&exchange);
        if !turned_away || pause > LONGEST_PAUSE {
            return exchange;
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

/// Builds a person's code exchange in the backend's own words.
pub(crate) fn exchange_request(
    run: &super::run::Run,
    person: &crate::standin::Person,
    code: &str,
) -> Result<Request, Stop> {
    let request = request(&run.target, &run.contract.exchange, Some(code), None);
    run.spell(request, person).map_err(Stop::new)
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

/// Returns how long the token in an answer lives: as is told there, or as the contract says. Of a token that the person had
/// before nobody can say whether its life begins anew.
fn lifetime_of(contract: &Contract, actor: &Actor, reply: &Reply) -> Value {
    let had = |held: &Option<HeldToken>| held.as_ref().is_some_and(|held| held.token == reply.token);
    match contract.expiry {
        Some(Expiry::Known(life)) if !had(&actor.token) && !had(&actor.earlier_token) => {
            Value::Number(life.as_secs_f64())
        }
        Some(Expiry::Known(_) | Expiry::Told { .. } | Expiry::Untold | Expiry::Never) | None => {
            reply.lifetime.clone()
        }
    }
}

/// Returns the header value by which the client authenticates itself (RFC 7617).
pub(crate) fn basic(client: &ClientCredentials) -> String {
    format!("Basic {}", STANDARD.encode(format!("{}:{}", client.name, client.secret)))
}

/// The scheme behind which the contract wants a token (RFC 6750 section 2.1).
pub(crate) const SCHEME: &str = "Bearer";

/// Returns the header value that carries a token, turned into text as a template literal does.
pub(crate) fn bearer(token: &Value) -> Result<String, Stop> {
    let text =
        token.to_js_string().map_err(|error| Stop::new(tr!("the token has no text: {error}", error)))?;
    Ok(format!("{SCHEME} {}", text.to_string_lossy()))
}
