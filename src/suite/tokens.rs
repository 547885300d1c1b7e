//! Asking for tokens in ways that the contract does not give, and looking at whose they are.

use super::cast::HeldToken;
use super::driver::{basic, bearer, request};
use super::log::Stop;
use super::parameters::{Circumstance, MethodKind, OpenidPair, Someone};
use super::world::World;
use crate::backend::{Carrier, Operation};
use crate::checks::{Judgement, Reply, fate_of_first_token, shows_nobody_else, shows_owner};
use crate::expiry::{JsString, Value};
use crate::language::translated;
use crate::record::Request;

impl World {
    /// Asks for the person's token with two openids in one request.
    pub(crate) async fn ask_token_with_pair(
        &mut self,
        someone: &Someone,
        pair: OpenidPair,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let own = self.actor(someone)?.known_openid()?.to_owned();
        let bobs = |world: &mut Self| -> Result<String, Stop> {
            Ok(world.actor(&Someone::Named("Bob".to_owned()))?.known_openid()?.to_owned())
        };
        let (first, second) = match pair {
            OpenidPair::Twice => (own.clone(), own),
            OpenidPair::OwnFirst => (own, bobs(self)?),
            OpenidPair::OwnLast => (bobs(self)?, own),
        };
        let operation = &run.contract.token;
        let authorization = basic(&run.contract.client);
        let mut request = request(&run.target, operation, Some(&first), Some(authorization));
        append(&mut request, operation, &second);
        self.send(someone, request, operation.purpose).await
    }

    /// Asks for the person's token by another method than that of the contract, with everything else right.
    pub(crate) async fn ask_token_by(
        &mut self,
        someone: &Someone,
        method: MethodKind,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let openid = self.actor(someone)?.known_openid()?.to_owned();
        let right = &run.contract.token;
        let (method, carrier) = match method {
            MethodKind::GetUrl => ("GET", Carrier::Query),
            MethodKind::Put => ("PUT", right.carrier),
            MethodKind::Patch => ("PATCH", right.carrier),
            MethodKind::Delete => ("DELETE", right.carrier),
        };
        let operation = Operation { method, carrier, ..right.clone() };
        let authorization = basic(&run.contract.client);
        let request = request(&run.target, &operation, Some(&openid), Some(authorization));
        self.send(someone, request, operation.purpose).await
    }

    /// Lets somebody who knows nothing but the person's openid ask for a token.
    pub(crate) async fn ask_token_for_another(
        &mut self,
        someone: &Someone,
        circumstance: Circumstance,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let owner = self.actor(someone)?;
        let openid = owner.known_openid()?.to_owned();
        match circumstance {
            Circumstance::AnotherPhone => {}
            Circumstance::SessionOver => run.wechat.expire_session(&owner.person),
        }
        let mallory = Someone::Named("Mallory".to_owned());
        self.introduce(&mallory)?;
        self.ask_token(&mallory, Some(&openid), Some(basic(&run.contract.client))).await
    }

    /// Makes sure that the person's token is not the one they had before.
    pub(crate) fn demand_another_token(&mut self, someone: &Someone) -> Result<(), Stop> {
        let actor = self.actor(someone)?;
        let earlier = actor.earlier_token.as_ref().map(|held| held.token.clone());
        if earlier.is_some_and(|earlier| actor.held_token().is_ok_and(|held| held.token == earlier)) {
            return Err(self.not_applicable(tr!("this backend hands out the same token again")));
        }
        Ok(())
    }

    /// Asks for user info with the token that the person had before the present one.
    pub(crate) async fn read_with_earlier_token(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let held = self.actor(someone)?.earlier_token.clone();
        let held = held.ok_or_else(|| Stop::new(tr!("she has had only one token")))?;
        self.ask_with_held(someone, held).await
    }

    /// Asks for user info with a token that was handed out before, and with what came with it.
    pub(crate) async fn ask_with_held(&mut self, someone: &Someone, held: HeldToken) -> Result<Reply, Stop> {
        let (run, key) = (self.run()?, self.actor(someone)?.person.key.clone());
        let authorization = bearer(&held.token)?;
        let present = run.recall(&key, held.captured);
        let reply = self.ask_user_info(someone, Some(authorization)).await;
        run.recall(&key, present);
        reply
    }

    /// Judges that the person's last answer showed them, and nobody else of the scenario.
    pub(crate) fn judge_own_data(&mut self, someone: &Someone) -> Result<Judgement, Stop> {
        let (reply, own, others) = self.shown(someone)?;
        let doubt = self.too_late(someone).or(self.became_another(someone)?);
        let judgement = shows_owner(&reply, &own, &others.iter().collect::<Vec<_>>());
        Ok(judgement.shown_by([&*reply.exchange]).unless(doubt))
    }

    /// Says why a token may rightly show somebody else than the person was at first: the exchange of a later
    /// code gave another openid, and the token was asked for with that.
    fn became_another(&mut self, someone: &Someone) -> Result<Option<String>, Stop> {
        let (run, name) = (self.run()?, self.short_name(someone)?);
        let purpose = run.contract.exchange.purpose;
        let of_exchanges = |reply: &&Reply| reply.exchange.actor == name && reply.exchange.purpose == purpose;
        let mut openids = self
            .seen()
            .iter()
            .filter(of_exchanges)
            .map(|reply| &reply.openid)
            .filter(|openid| openid.is_truthy());
        let first = openids.next();
        let changed = openids.any(|openid| Some(openid) != first);
        Ok(changed.then(|| tr!("a later login gave another openid than the first one")))
    }

    /// Judges that the person's last answer showed nobody else of the scenario.
    pub(crate) fn judge_nobody_else(&mut self, someone: &Someone) -> Result<Judgement, Stop> {
        let (reply, own, others) = self.shown(someone)?;
        Ok(shows_nobody_else(&reply, &own, &others.iter().collect::<Vec<_>>()))
    }

    /// Returns what a person was shown last, and what they and the others had been shown at first.
    fn shown(&mut self, someone: &Someone) -> Result<(Reply, Value, Vec<Value>), Stop> {
        let first = || Stop::new(tr!("write first: Given Alice has read her user info"));
        let actor = self.actor(someone)?;
        let reply = actor.replies.last().cloned();
        let reply = reply.ok_or_else(|| Stop::new(tr!("nothing was asked on their behalf yet")))?;
        let (own, key) = (actor.info.clone().ok_or_else(first)?, actor.person.key.clone());
        let others = self.everybody().filter(|other| other.person.key != key);
        let others: Vec<Value> = others.filter_map(|other| other.info.clone()).collect();
        if others.is_empty() { Err(first()) } else { Ok((reply, own, others)) }
    }

    /// Says what became of the token that the person had before the present one.
    pub(crate) fn fate_of_earlier_token(
        &mut self,
        someone: &Someone,
    ) -> Result<Result<&'static str, String>, Stop> {
        let actor = self.actor(someone)?;
        let earlier = actor.earlier_token.as_ref().map(|held| held.token.clone()).unwrap_or_default();
        let second = actor.held_token()?.token.clone();
        Ok(fate_of_first_token(&earlier, &second, self.reply()?))
    }

    /// Writes an observation down, or why there is none.
    pub(crate) fn note(&self, note: Result<&'static str, String>) -> Result<(), Stop> {
        match note {
            Ok(note) => self.observe(translated(note)),
            Err(reason) => self.judge(Judgement::CannotTell(reason)),
        }
    }
}

/// Appends a second value of the operation's parameter to a request that carries one already.
fn append(request: &mut Request, operation: &Operation, value: &str) {
    // A text of ours holds no lone surrogate, which is all that cannot be encoded.
    let encoded = JsString::from(value).encode_uri_component().unwrap_or_default();
    let pair = format!("&{}={encoded}", operation.parameter);
    match operation.carrier {
        Carrier::Query => request.url.push_str(&pair),
        Carrier::Form => request.body.extend_from_slice(pair.as_bytes()),
        Carrier::None => {}
    }
}
