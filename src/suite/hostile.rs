//! Sending what no proper client sends.

use std::collections::BTreeSet;

use super::arrange::unknown_code;
use super::driver::{basic, bearer, pair, request};
use super::log::Stop;
use super::malformed::{MALFORMED, Malformed, Proper, TELLING, ordinary, with_parameter};
use super::parameters::{Called, Family, InputPlace, Oversize, Someone};
use super::world::World;
use crate::backend::{Contract, Dialect, Operation, Refresh};
use crate::checks::{
    Judgement, LoginAfter, Reply, carries_data, given_openid, granted_all_the_same, token_granted,
};
use crate::protocol::JsCode;
use crate::record::{FailureKind, Request};

/// How many bytes a body has that is far too long.
const OVERSIZE: u64 = 8 * 1024 * 1024;

/// Methods that every server knows and no request of the flow uses.
const OTHER_METHODS: [&str; 4] = ["PUT", "PATCH", "DELETE", "TRACE"];

/// Methods by which nobody serves user info. The others may change what is shown there, or take it away.
const METHODS_OF_NOBODY: [&str; 2] = ["PROPFIND", "TRACE"];

/// The method that a token may not be asked for with, whoever else is served (RFC 6749 section 3.2). What is
/// asked for by GET may be served to POST as well: OpenID Connect demands it of user info (Core, section
/// 5.3.1), and code exchanges by POST are common.
const NO_TOKEN_METHOD: &str = "GET";

/// A parameter that means nothing to anybody.
const EXTRA: &str = "foo=bar";

/// What is odd about requests, and a request of which nothing else is said.
const OVERSIZED: &str = mark!("a body of 8 MB");
const LINE_BREAK: &str = mark!("a line break");
const UNKNOWN_PARAMETER: &str = mark!("an unknown parameter");
const REQUEST: &str = mark!("a request");

/// The unique person to whom all of this happens.
const WHO: Someone = Someone::Protagonist;

impl World {
    /// Makes requests out of what the protagonist was handed out.
    fn compose<T>(&mut self, make: impl FnOnce(&Proper<'_>) -> T) -> Result<T, Stop> {
        let run = self.run()?;
        let actor = self.actor(&WHO)?;
        let (openid, token) = (actor.known_openid()?.to_owned(), actor.held_token()?.token.clone());
        let code = unknown_code(actor.person.openid.as_str());
        if !actor.codes.contains(&code) {
            actor.codes.push(code.clone());
        }
        let (code, bearer) = (code.as_str().to_owned(), bearer(&token)?);
        Ok(make(&Proper { target: &run.target, contract: &run.contract, code, openid, bearer }))
    }

    /// Sends a request unless HTTP cannot carry it; then there is no reply.
    async fn try_send(&mut self, request: Request, purpose: &str) -> Result<Option<Reply>, Stop> {
        let reply = self.send(&WHO, request, purpose).await?;
        let unsendable =
            reply.exchange.answer().is_err_and(|failure| failure.kind == FailureKind::Unsendable);
        Ok(Some(reply).filter(|_| !unsendable))
    }

    /// Sends these bad inputs in a place, one after the other, up to one that is not answered in time.
    async fn send_malformed(
        &mut self,
        inputs: &[Malformed],
        place: InputPlace,
        accepting: Option<&str>,
    ) -> Result<Vec<Reply>, Stop> {
        let mut replies = Vec::new();
        for input in inputs {
            for (purpose, request) in self.compose(|proper| input.requests(place, proper))? {
                let request = accepted_as(request, accepting);
                let purpose = format!("{purpose} with {}", input.name);
                let Some(reply) = self.try_send(request, &purpose).await? else { continue };
                let timed_out =
                    reply.exchange.answer().is_err_and(|failure| failure.kind == FailureKind::TimedOut);
                replies.push(reply);
                if timed_out {
                    return Ok(replies);
                }
            }
        }
        Ok(replies)
    }

    /// Sends every bad input in one place. The first reply is the answer to a request without any.
    pub(crate) async fn send_everything_bad_in(&mut self, place: InputPlace) -> Result<(), Stop> {
        let (purpose, request) = self.compose(|proper| {
            let (operation, request) = ordinary(place, proper);
            (operation.purpose, request)
        })?;
        let mut replies = vec![self.send(&WHO, request, purpose).await?];
        replies.extend(self.send_malformed(MALFORMED, place, None).await?);
        self.keep(&WHO, replies)
    }

    /// Sends each bad input of a family in every place, and lets the protagonist log in after each of them, up to
    /// a login that does not bring what the next input is made of.
    pub(crate) async fn log_in_after_each_of(&mut self, family: Family) -> Result<(), Stop> {
        for input in MALFORMED.iter().filter(|input| input.family == family) {
            for place in InputPlace::ALL {
                // How it is answered is another requirement's matter.
                self.send_malformed(&[*input], place, None).await?;
            }
            self.log_in_after(input.name).await?;
            if self.actor(&WHO)?.held_token().is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Lets the protagonist log in, and remembers after what.
    async fn log_in_after(&mut self, input: &str) -> Result<(), Stop> {
        self.log_in_by_hand(&WHO).await?;
        let [exchange, rest @ ..] = self.replies()? else {
            return Err(Stop::new(tr!("the login was not tried")));
        };
        let (exchange, token) = (exchange.clone(), rest.first().cloned());
        self.logins.push(LoginAfter { input: input.to_owned(), exchange, token });
        Ok(())
    }

    /// Logs in twice: who cannot do that without any bad input proves nothing.
    pub(crate) async fn log_in_twice(&mut self, someone: &Someone) -> Result<(), Stop> {
        self.log_in_as_far_as_token(someone).await?;
        self.log_in_as_far_as_token(someone).await
    }

    /// Says why a login that failed after bad input proves nothing: somebody who sends none is let in at first, and not as
    /// often either. A backend may limit how many devices a person has.
    pub(crate) async fn nobody_logs_in_so_often(&mut self) -> Result<Option<String>, Stop> {
        let name = self.short_name(&WHO)?;
        // Bad input in one place stands beside what is good in the others, and may have led to tokens too.
        let hers = |reply: &&Reply| reply.exchange.actor == name && reply.token.is_truthy();
        let issued = self.seen().iter().filter(hers).count();
        let newcomer = Someone::newcomer();
        self.introduce(&newcomer)?;
        for before in 0..=issued {
            if self.log_in_as_far_as_token(&newcomer).await.is_err() {
                let reason = tr!("a person who sends nothing bad is not let in as often either");
                return Ok((before > 0).then_some(reason));
            }
        }
        Ok(None)
    }

    /// Sends a token request whose body is far too long, and logs in afterwards.
    pub(crate) async fn send_oversize(&mut self, oversize: Oversize) -> Result<(), Stop> {
        let run = self.run()?;
        let (purpose, request) = self.compose(|proper| {
            let place = if oversize == Oversize::Form { InputPlace::Form } else { InputPlace::Json };
            let (operation, mut request) = ordinary(place, proper);
            match oversize {
                Oversize::Form => request.body.extend_from_slice(b"&padding="),
                Oversize::Json => {
                    request.body.pop();
                    request.body.extend_from_slice(br#","padding":""#);
                }
            }
            (format!("{} with {OVERSIZED}", operation.purpose), request)
        })?;
        let person = self.actor(&WHO)?.person.clone();
        let request = run.spell(request, &person).map_err(|reason| self.not_applicable(reason))?;
        let name = super::cast::short_name(&person.key);
        let exchange = self.transport()?.send_padded(request, OVERSIZE, name, &purpose).await;
        let reply = self.witness(exchange)?;
        self.log_in_after(OVERSIZED).await?;
        self.keep(&WHO, vec![reply])
    }

    /// Sends a request of the flow with methods that are not its own, and all it takes to be granted otherwise.
    pub(crate) async fn send_with_other_methods(&mut self, called: Called) -> Result<(), Stop> {
        let run = self.run()?;
        let operation = operation(&run.contract, called);
        let code = self.fresh_code(&WHO)?.as_str().to_owned();
        let usual: &[&str] = if called == Called::UserInfo { &METHODS_OF_NOBODY } else { &OTHER_METHODS };
        let more = (called == Called::Token).then_some(NO_TOKEN_METHOD);
        let served = methods_beside(&run.contract.spoken, called);
        let mut replies = Vec::new();
        for method in usual.iter().copied().chain(more).filter(|method| !served.contains(*method)) {
            let request = self.own_request(&WHO, called, &code)?;
            let purpose = format!("{} by {method}", operation.purpose);
            let request = with_method(operation, method, request, &code);
            replies.extend(self.try_send(request, &purpose).await?);
        }
        self.keep(&WHO, replies)
    }

    /// Sends the few inputs that upset most backends everywhere, and asks for what does not exist; `accepting` is what the
    /// client says that it can show, as browsers do, to whom frameworks show more.
    pub(crate) async fn provoke_errors(&mut self, accepting: Option<&str>) -> Result<(), Stop> {
        let telling: Vec<Malformed> =
            MALFORMED.iter().filter(|input| TELLING.contains(&input.name)).copied().collect();
        let mut replies = Vec::new();
        for place in InputPlace::ALL {
            replies.extend(self.send_malformed(&telling, place, accepting).await?);
        }
        let nowhere = self.run()?.target.url_of("no/such/path");
        let code = self.fresh_code(&WHO)?.as_str().to_owned();
        for called in Called::ALL {
            let request = accepted_as(self.own_request(&WHO, called, &code)?, accepting);
            let delete = Request { method: "DELETE".to_owned(), ..request.clone() };
            replies.extend(self.try_send(delete, &format!("{REQUEST} by DELETE")).await?);
            let lost = Request { url: nowhere.clone(), ..request };
            replies.extend(self.try_send(lost, mark!("a request for a path that is not there")).await?);
        }
        self.keep(&WHO, replies)
    }

    /// Sends values that would add a field to the answer, or another answer, if they were copied into one.
    pub(crate) async fn send_injections(&mut self, place: InputPlace) -> Result<(), Stop> {
        let name = self.injected_name()?;
        let mut replies = Vec::new();
        for (breaking, after) in [
            ("\r\n", ""),
            ("\n", ""),
            ("\r", ""),
            // The lower halves of these two characters are a line break.
            ("\u{560d}\u{560a}", ""),
            // Whoever decodes twice gets a line break.
            ("%0d%0a", ""),
            ("\r\n\r\nHTTP/1.1 200 OK\r\n", "\r\n\r\n"),
        ] {
            let value = format!("x{breaking}{name}: 1{after}");
            let (purpose, request) = self.compose(|proper| injection(place, &value, proper))?;
            replies.extend(self.try_send(request, &format!("{purpose} with {LINE_BREAK}")).await?);
        }
        self.keep(&WHO, replies)
    }

    /// Returns the name of the field that injections would add; no other scenario sends it.
    pub(crate) fn injected_name(&mut self) -> Result<String, Stop> {
        let openid = self.actor(&WHO)?.person.openid.as_str().to_ascii_lowercase();
        Ok(format!("x-{}", openid.chars().filter(char::is_ascii_alphanumeric).collect::<String>()))
    }

    /// Sends a request of the flow with a parameter that means nothing, for one newcomer before the others and
    /// for another one behind them, and judges whether it is granted as it is without.
    ///
    /// Each does for the first time what the request asks for, because a second time may be refused for reasons
    /// of its own. Who is refused tries again without the parameter.
    pub(crate) async fn send_with_extra_parameter(
        &mut self,
        called: Called,
        newcomers: [&Someone; 2],
    ) -> Result<(), Stop> {
        let mut judgements = Vec::new();
        for (someone, first) in newcomers.into_iter().zip([true, false]) {
            match called {
                Called::Exchange => self.make_known(someone).await?,
                Called::Token => self.log_in_as_far_as_openid(someone).await?,
                Called::UserInfo => self.log_in_as_far_as_token(someone).await?,
            }
            let with = self.ask_own(someone, called, Some(first)).await?;
            let without = match with {
                Judgement::Kept => None,
                Judgement::Broken(_) | Judgement::CannotTell(_) => {
                    Some(self.ask_own(someone, called, None).await?)
                }
            };
            judgements.push(granted_all_the_same(with, without.as_ref()));
        }
        self.conclude(Judgement::all(judgements));
        Ok(())
    }

    /// Sends a person's own request, with a parameter that means nothing before the others or behind them, or
    /// without it, and judges whether it is granted.
    async fn ask_own(
        &mut self,
        someone: &Someone,
        called: Called,
        first: Option<bool>,
    ) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let operation = operation(&run.contract, called);
        let code = if called == Called::Exchange { Some(self.fresh_code(someone)?) } else { None };
        let code = code.as_ref().map(JsCode::as_str).unwrap_or_default();
        let mut request = self.own_request(someone, called, code)?;
        let mut purpose = operation.purpose.to_owned();
        if let Some(first) = first {
            request = with_parameter(operation, request, first, EXTRA);
            purpose = format!("{purpose} with {UNKNOWN_PARAMETER}");
        }
        let reply = self.send(someone, request, &purpose).await?;
        Ok(match called {
            Called::Exchange => given_openid(&reply, &self.actor(someone)?.person.openid),
            Called::Token => token_granted(&reply),
            Called::UserInfo => carries_data(&reply),
        })
    }

    /// Makes a request of the flow that has to be granted, out of what a person was handed out.
    fn own_request(&mut self, someone: &Someone, called: Called, code: &str) -> Result<Request, Stop> {
        let run = self.run()?;
        let operation = operation(&run.contract, called);
        let actor = self.actor(someone)?;
        Ok(match called {
            Called::Exchange => request(&run.target, operation, Some(code), None),
            Called::Token => {
                let client = Some(basic(&run.contract.client));
                request(&run.target, operation, Some(actor.known_openid()?), client)
            }
            Called::UserInfo => {
                let token = bearer(&actor.held_token()?.token)?;
                request(&run.target, operation, None, Some(token))
            }
        })
    }
}

/// Lets a request say what its sender can show.
fn accepted_as(mut request: Request, accepting: Option<&str>) -> Request {
    if let Some(accepting) = accepting {
        request.headers.set("accept", accepting);
    }
    request
}

fn operation(contract: &Contract, called: Called) -> &Operation {
    match called {
        Called::Exchange => &contract.exchange,
        Called::Token => &contract.token,
        Called::UserInfo => &contract.user_info,
    }
}

/// Returns the methods by which the contract has something at the path of a request.
fn methods_beside(dialect: &Dialect, called: Called) -> BTreeSet<String> {
    let user_info = dialect.user_info.as_ref().map(|guarded| &guarded.call);
    let own = match called {
        Called::Exchange => dialect.first().map(|step| &step.call),
        Called::Token => dialect.token_request().map(|step| &step.call),
        Called::UserInfo => user_info,
    };
    let renewal = if let Refresh::Call { call, .. } = &dialect.refresh { Some(&**call) } else { None };
    let asked = [&dialect.check, &dialect.logout].into_iter().flatten().map(|guarded| &guarded.call);
    let all = dialect.login.iter().map(|step| &step.call).chain(user_info).chain(renewal).chain(asked);
    let at_own_path =
        all.filter(|call| own.is_some_and(|own| own.path.as_written() == call.path.as_written()));
    at_own_path.map(|call| call.method.clone()).collect()
}

/// Changes the method. Where the method calls for a body there is one, because to be without may be a reason of
/// its own to refuse.
pub(super) fn with_method(operation: &Operation, method: &str, request: Request, code: &str) -> Request {
    let mut request = Request { method: method.to_owned(), ..request };
    match method {
        "PUT" | "PATCH" if request.body.is_empty() => {
            request.headers.set("content-type", "application/x-www-form-urlencoded");
            let name = if operation.parameter.is_empty() { EXTRA.to_owned() } else { pair(operation, code) };
            request.body = name.into_bytes();
        }
        "GET" | "TRACE" => request.body.clear(),
        _ => {}
    }
    request
}

/// Puts a value into a place, decoded as whoever reads it would.
fn injection(place: InputPlace, value: &str, proper: &Proper<'_>) -> (&'static str, Request) {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    let (operation, mut made) = ordinary(place, proper);
    let client = || Some(basic(&proper.contract.client));
    match place {
        InputPlace::Code => made = request(proper.target, operation, Some(value), None),
        InputPlace::Openid => made = request(proper.target, operation, Some(value), client()),
        InputPlace::Client => {
            made.headers.set("authorization", format!("Basic {}", STANDARD.encode(format!("{value}:x"))));
        }
        InputPlace::Header | InputPlace::Token | InputPlace::ContentType => {
            made.headers.set("x-request-id", value.bytes().map(char::from).collect::<String>());
        }
        InputPlace::Form | InputPlace::Json => made.body = value.as_bytes().to_vec(),
    }
    (operation.purpose, made)
}
