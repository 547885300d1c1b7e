//! Searching what the phones of a scenario were shown.

use super::cast::short_name;
use super::log::Stop;
use super::parameters::{Someone, words};
use super::world::World;
use crate::checks::{
    Ingredients, Judgement, Reply, Secret, SecretKind, SecretNeedles, WechatRequest, not_made_of_session_key,
    nothing_quoted, nothing_shown,
};
use crate::language::translated;

words! {
    /// A kind of secret that no phone may be shown.
    Hush, "secret", {
        SessionKey = "a session key",
        AppSecret = "the app secret",
        PlatformToken = "WeChat's own access token",
        OpenId = "the openid of a person from elsewhere",
    }
}

impl Hush {
    const fn kind(self) -> SecretKind {
        match self {
            Self::SessionKey => SecretKind::SessionKey,
            Self::AppSecret => SecretKind::AppSecret,
            Self::PlatformToken => SecretKind::PlatformToken,
            Self::OpenId => SecretKind::OpenId,
        }
    }
}

impl World {
    /// Judges the answers of this scenario by the rule that no secret of a kind stands in them. What belongs to
    /// people of other scenarios is left to the search of the whole run.
    pub(crate) fn judge_own_answers(&mut self, secret: Hush) -> Result<Judgement, Stop> {
        self.demand_traces(secret)?;
        let known = self.run()?.evidence().secrets(secret.kind());
        let people: Vec<String> = self.everybody().map(|actor| actor.person.key.clone()).collect();
        let personal = matches!(secret, Hush::SessionKey | Hush::OpenId);
        let ours = |known: &Secret| !personal || people.iter().any(|person| person == known.owner());
        let needles = SecretNeedles::new(known.into_iter().filter(ours));
        if needles.is_empty() {
            let name = translated(secret.kind().name());
            return Ok(Judgement::CannotTell(tr!(
                "there is no {name} long enough to be told from other words",
                name
            )));
        }
        Ok(nothing_shown(&needles, self.seen().iter().map(|reply| &*reply.exchange)))
    }

    /// Judges the answers of the whole run likewise.
    pub(crate) fn judge_all_answers(&self, secret: Hush) -> Result<Judgement, Stop> {
        self.demand_traces(secret)?;
        Ok(self.run()?.evidence().judge_leaks(secret.kind()))
    }

    /// Stops the scenario when it is about something the backend never held.
    fn demand_traces(&self, secret: Hush) -> Result<(), Stop> {
        if secret == Hush::PlatformToken && self.run()?.wechat.platform_tokens().is_empty() {
            return Err(self.not_applicable(tr!("this backend never asked WeChat for an access token")));
        }
        Ok(())
    }

    /// Says why later openids of a person cannot be compared with the first one: it was that of somebody else.
    ///
    /// Whoever is mixed up with others from the beginning has no openid of their own that could change.
    pub(crate) fn first_openid_of_another(&mut self, someone: &Someone) -> Result<Option<String>, Stop> {
        let own = self.actor(someone)?.person.key.clone();
        let known = self.run()?.evidence().secrets(SecretKind::OpenId);
        let others = SecretNeedles::new(known.into_iter().filter(|secret| secret.owner() != own));
        let first = self.replies()?.first().map(|reply| &*reply.exchange);
        let of_another = matches!(nothing_shown(&others, first), Judgement::Broken(_));
        Ok(of_another.then(|| tr!("the first openid was that of somebody else")))
    }

    /// Judges whether anybody of this scenario was shown the openid of somebody else.
    ///
    /// Who sends the code or the token of another is told who that is, so those answers are not counted: whether
    /// they may be given at all is judged elsewhere.
    pub(crate) fn judge_each_other(&mut self) -> Result<Judgement, Stop> {
        let people: Vec<Party> = self.everybody().map(|actor| Party::of(actor)).collect();
        if people.len() < 2 {
            return Err(Stop::new(tr!("write first: Given Bob is a WeChat user")));
        }
        let judgements = self.seen().iter().map(|reply| {
            let exchange = &*reply.exchange;
            let others =
                people.iter().filter(|party| party.name != exchange.actor && !party.is_meant_by(reply));
            let secrets = others.map(|party| Secret::new(SecretKind::OpenId, &*party.name, &*party.openid));
            nothing_shown(&SecretNeedles::new(secrets), [exchange]).shown_by([exchange])
        });
        Ok(Judgement::all(judgements))
    }

    /// Judges every token that a person was given in this scenario by the rule that it is not made of her
    /// session key.
    pub(crate) fn judge_tokens(&mut self, someone: &Someone) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let actor = self.actor(someone)?;
        let person = actor.person.clone();
        let mut others = vec![
            ("openid", person.openid.as_str().to_owned()),
            ("appid", run.wechat.app_id().as_str().to_owned()),
            (mark!("app secret"), run.wechat.app_secret().expose().to_owned()),
            (mark!("client"), run.contract.client.name.clone()),
        ];
        others.extend(person.unionid.iter().map(|unionid| ("unionid", unionid.as_str().to_owned())));
        others.extend(actor.codes.iter().map(|code| (mark!("login code"), code.as_str().to_owned())));
        let ingredients = Ingredients { session_keys: run.wechat.secrets(&person), others };
        let name = short_name(&person.key);
        let own = self.seen().iter().filter(|reply| reply.exchange.actor == name && reply.token.is_truthy());
        Ok(Judgement::of_each(own, |reply| match reply.token.to_js_string() {
            Ok(token) => not_made_of_session_key(&token.to_string_lossy(), &ingredients),
            Err(error) => Judgement::CannotTell(tr!("the token has no text: {error}", error)),
        }))
    }

    /// Judges the error answers of this scenario by the rule that none quotes the request to WeChat.
    pub(crate) fn judge_quotations(&self) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let request = WechatRequest::new(run.wechat.url(), run.wechat.app_id().as_str());
        Ok(nothing_quoted(&request, self.seen()))
    }
}

/// Somebody of the scenario, and what stands for them.
struct Party {
    name: String,
    openid: String,
    /// Codes and tokens: whoever sends one of them means this person.
    credentials: Vec<String>,
}

impl Party {
    fn of(actor: &super::cast::Actor) -> Self {
        let token = actor.token.as_ref().and_then(|held| held.token.to_js_string().ok());
        let codes = actor.codes.iter().map(|code| code.as_str().to_owned());
        Self {
            name: short_name(&actor.person.key).to_owned(),
            openid: actor.person.openid.as_str().to_owned(),
            credentials: codes.chain(token.map(|token| token.to_string_lossy())).collect(),
        }
    }

    fn is_meant_by(&self, reply: &Reply) -> bool {
        let request = &reply.exchange.request;
        let body = String::from_utf8_lossy(&request.body);
        self.credentials.iter().filter(|credential| !credential.is_empty()).any(|credential| {
            let carries = |text: &str| text.contains(credential.as_str());
            carries(&request.url) || carries(&body) || request.headers.iter().any(|(_, value)| carries(value))
        })
    }
}
