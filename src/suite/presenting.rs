//! Presenting to user info what must not open it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use url::Url;

use super::codes::name_as_gateways_do;
use super::driver::{SCHEME, bearer, request};
use super::forgery::{Forged, Jwt, KnownOfOwner, Loot, Shared, bearer_header, changed_in_places, published};
use super::log::Stop;
use super::need::Need;
use super::parameters::{BearerKind, JwtForgery, Someone, UrlParameter};
use super::world::World;
use crate::backend::TokenPlace;
use crate::checks::{
    Judgement, KnownText, Reply, carries_data, has_shared_key, named_identities, not_keyed_with_a_word,
    user_info_refused,
};
use crate::expiry::{Clock as _, SystemClock, UnixMillis};
use crate::record::{Finding, Request};

/// Where backends publish the keys by which their tokens can be verified, or say where they do.
const PUBLISHED_AT: &[&str] =
    &[".well-known/jwks.json", "oauth2/jwks", "jwks.json", ".well-known/openid-configuration"];

/// Parameters in which backends take the ID of a user, besides that which goes by its name in their user info.
pub(super) const USER_ID_PARAMETERS: &[&str] = &["userId", "user_id", "uid", "id"];

/// Header fields in which a gateway tells the servers behind it the user ID of whoever asks.
const USER_ID_HEADERS: &[&str] = &["X-User-Id", "X-UserId", "X-Uid", "userId", "uid"];

/// Cookies in which a web page keeps the user ID.
const USER_ID_COOKIES: &[&str] = &["uid", "user_id", "userId", "userid"];

/// Parameters that have a scenario of their own.
const SPELLED: [&str; 3] = ["access_token", "token", "Authorization"];

/// Parameters in which backends take a token, beside those that have a scenario of their own.
const TOKEN_PARAMETERS: &[&str] =
    &["accessToken", "auth_token", "authToken", "jwt", "bearer", "userToken", "sessionId", "session3rd"];

impl World {
    /// Asks for user info so many times with what a sentence speaks of, fewer times at a backend that is slow to refuse:
    /// the genuine token has to live for long enough to be tried afterwards.
    pub(crate) async fn present(&mut self, kind: BearerKind, times: usize) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let run = self.run()?;
        let mut carried = run.contract.dialect.iter().flat_map(|dialect| &dialect.auth);
        if kind == BearerKind::PercentEncoded
            && carried.any(|carried| carried.name.eq_ignore_ascii_case("cookie"))
        {
            return Err(self.not_applicable(tr!(
                "many servers decode the percent escapes of a cookie, which makes it the genuine token"
            )));
        }
        let mut replies = Vec::new();
        for _ in 0..times {
            let header = self.altered_token(&who, kind)?;
            replies.push(self.ask_user_info(&who, header).await?);
            if self.is_past(&who, 2)? {
                break;
            }
        }
        self.keep(&who, replies)
    }

    /// Returns what stands for a person's session in a request of the documented flow, altered in this way.
    pub(crate) fn altered_token(
        &mut self,
        someone: &Someone,
        kind: BearerKind,
    ) -> Result<Option<String>, Stop> {
        let token = self.actor(someone)?.held_token()?.token.clone();
        self.altered(someone, &token, kind)
    }

    /// Returns the header value that carries a text of a person's, altered in this way.
    pub(crate) fn altered(
        &mut self,
        someone: &Someone,
        own: &crate::expiry::Value,
        kind: BearerKind,
    ) -> Result<Option<String>, Stop> {
        let run = self.run()?;
        let actor = self.actor(someone)?;
        let code = actor.codes.last().map_or("", |code| code.as_str());
        let openid = actor.person.openid.as_str();
        let identities = named_identities(&actor.info.clone().unwrap_or_default());
        let user_id = identities.iter().map(|(_, value)| value.as_str()).find(|value| *value != openid);
        let known = KnownOfOwner { openid, code, user_id };
        let in_cookie = run.contract.spoken.auth.iter().any(|auth| auth.cookie().is_some());
        if in_cookie && matches!(kind, BearerKind::BehindFullStop | BearerKind::BehindComma) {
            // Servers that share sessions write there which of them has it, and old ones take a comma for the end.
            let reason =
                tr!("what stands behind a full stop or a comma in a cookie is none of the session's");
            return Err(self.not_applicable(reason));
        }
        match bearer_header(own, known, &run.contract.client, kind)? {
            Forged::Header(said) => Ok(said),
            Forged::NotApplicable(reason) => Err(self.not_applicable(reason)),
        }
    }

    /// Asks for user info with the genuine token changed in one place, each time in another one.
    pub(crate) async fn present_changed_in_places(&mut self) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let token = self.token_text(&who)?;
        let mut replies = Vec::new();
        for altered in changed_in_places(&token) {
            replies.push(self.ask_user_info(&who, Some(format!("{SCHEME} {altered}"))).await?);
            if self.is_past(&who, 2)? {
                break;
            }
        }
        self.keep(&who, replies)
    }

    /// Asks for user info with the genuine token in parameters of many names, and nowhere else.
    pub(crate) async fn present_in_parameters(&mut self) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let token = self.token_text(&who)?;
        let run = self.run()?;
        let mut request = request(&run.target, &run.contract.user_info, None, None);
        // Whoever reads one place reads others by the same name.
        let own = run.contract.spoken.auth.iter().filter(|auth| auth.place == TokenPlace::Header);
        let own = own.map(|auth| auth.cookie().unwrap_or(auth.name.as_str()));
        let names = TOKEN_PARAMETERS.iter().copied().chain(own.filter(|name| !SPELLED.contains(name)));
        add_parameters(&mut request, names.map(|name| (name, token.as_str())));
        let reply = self.send(&who, request, run.contract.user_info.purpose).await?;
        self.keep_unless_open(&who, reply).await
    }

    /// Asks for user info with the genuine token in the URL, and nowhere else.
    pub(crate) async fn present_in_url(&mut self, parameter: UrlParameter) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let header = bearer(&self.actor(&who)?.held_token()?.token)?;
        let token = header.strip_prefix(SCHEME).unwrap_or_default().trim_start();
        let (name, value) = match parameter {
            UrlParameter::AccessToken => ("access_token", token),
            UrlParameter::Token => ("token", token),
            // Frameworks that read the header's name from the URL as well want what stands in the header.
            UrlParameter::Authorization => ("Authorization", header.as_str()),
        };
        let reply = self.ask_user_info_by_url(&who, name, value, None).await?;
        self.keep_unless_open(&who, reply).await
    }

    /// Keeps the answer to a token in the URL. What is open to everybody is not opened by a token; that is another
    /// requirement's matter.
    async fn keep_unless_open(&mut self, someone: &Someone, reply: Reply) -> Result<(), Stop> {
        if carries_data(&reply) == Judgement::Kept {
            let without = self.ask_user_info(someone, None).await?;
            if carries_data(&without) == Judgement::Kept {
                return Err(Stop::new(tr!("user info is open without any token")));
            }
        }
        self.keep(someone, vec![reply])
    }

    /// Asks for user info with a person's token, naming somebody else in the URL.
    pub(crate) async fn present_with_openid_of(
        &mut self,
        owner: &Someone,
        other: &Someone,
    ) -> Result<(), Stop> {
        let openid = self.actor(other)?.known_openid()?.to_owned();
        let header = bearer(&self.actor(owner)?.held_token()?.token)?;
        let reply = self.ask_user_info_by_url(owner, "openid", &openid, Some(header)).await?;
        self.keep(owner, vec![reply])
    }

    /// Asks for user info with a person's token, naming somebody else in the header fields in which gateways name people,
    /// and in a cookie.
    pub(crate) async fn present_with_openid_around(
        &mut self,
        owner: &Someone,
        other: &Someone,
    ) -> Result<(), Stop> {
        let run = self.run()?;
        let openid = self.actor(other)?.known_openid()?.to_owned();
        let header = bearer(&self.actor(owner)?.held_token()?.token)?;
        let mut request = request(&run.target, &run.contract.user_info, None, Some(header));
        name_as_gateways_do(&mut request, &openid);
        request.headers.push("Cookie", format!("openid={openid}"));
        let reply = self.send(owner, request, run.contract.user_info.purpose).await?;
        self.keep(owner, vec![reply])
    }

    /// Asks for user info without any token, naming the owner by the user ID as a gateway names people to the servers behind
    /// it.
    pub(crate) async fn present_user_id_around_alone(&mut self) -> Result<(), Stop> {
        let (who, run) = (Someone::Protagonist, self.run()?);
        let identities = self.user_ids_of(&who)?;
        let mut request = request(&run.target, &run.contract.user_info, None, None);
        add_user_id(&mut request, &identities);
        let reply = self.send(&who, request, run.contract.user_info.purpose).await?;
        self.keep(&who, vec![reply])
    }

    /// Returns what goes by the name of an identity in a person's user info. The openid has scenarios of its own.
    fn user_ids_of(&mut self, someone: &Someone) -> Result<Vec<(String, String)>, Stop> {
        let actor = self.actor(someone)?;
        let mut identities = named_identities(&actor.info.clone().unwrap_or_default());
        identities.retain(|(_, value)| value != actor.person.openid.as_str());
        if identities.is_empty() {
            return Err(self.not_applicable(tr!("the user info has no user ID")));
        }
        Ok(identities)
    }

    /// Returns the same, and the first of them under the names that a user ID usually has besides.
    pub(super) fn user_ids_under_usual_names(
        &mut self,
        someone: &Someone,
    ) -> Result<Vec<(String, String)>, Stop> {
        let identities = self.user_ids_of(someone)?;
        let first = identities.first().map(|(_, value)| value.clone()).unwrap_or_default();
        let usual = USER_ID_PARAMETERS.iter().map(|name| ((*name).to_owned(), first.clone()));
        let usual = usual.filter(|(name, _)| !identities.iter().any(|(known, _)| known == name));
        Ok(identities.iter().cloned().chain(usual).collect())
    }

    /// Asks for user info with a person's token, and in the URL and in header fields with whatever goes by the name of an
    /// identity in the user info of somebody else.
    pub(crate) async fn present_with_user_id_of(
        &mut self,
        owner: &Someone,
        other: &Someone,
    ) -> Result<(), Stop> {
        let run = self.run()?;
        let identities = self.user_ids_of(other)?;
        let named = self.user_ids_under_usual_names(other)?;
        let header = bearer(&self.actor(owner)?.held_token()?.token)?;
        let mut request = request(&run.target, &run.contract.user_info, None, Some(header));
        add_parameters(&mut request, named.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        add_user_id(&mut request, &identities);
        let reply = self.send(owner, request, run.contract.user_info.purpose).await?;
        self.keep(owner, vec![reply])
    }

    /// Asks for user info with every forgery of a kind that can be made of the protagonist's token.
    pub(crate) async fn present_forgeries(&mut self, kind: JwtForgery) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let own = self.jwt_of(&who)?;
        let mut other = None;
        if kind == JwtForgery::ClaimsChanged {
            other = Some(self.jwt_of(&Someone::Named("Bob".to_owned()))?);
        }
        let mut published = Vec::new();
        if kind == JwtForgery::KeyedWithPublicKey {
            published = self.published_keys().await?;
        }
        let forgeries = own.forged(kind, Loot { other: other.as_ref(), published: &published });
        if forgeries.is_empty() {
            return Err(
                self.not_applicable(tr!("the backend publishes no key where such keys are looked for"))
            );
        }
        let mut replies = Vec::new();
        for forgery in &forgeries {
            replies.push(self.ask_user_info(&who, Some(format!("{SCHEME} {}", forgery.token))).await?);
        }
        self.keep(&who, replies)?;
        self.presented = forgeries.into_iter().map(|forgery| forgery.what).collect();
        Ok(())
    }

    /// Judges that nothing of what was presented last opened user info; a finding says what did.
    pub(crate) fn judge_refusals(&mut self) -> Result<Judgement, Stop> {
        let owners = self.actor(&Someone::Protagonist)?.info.clone();
        let owners =
            owners.ok_or_else(|| Stop::new(tr!("write first: Given Alice has read her user info")))?;
        let judgements = self.replies()?.iter().enumerate().map(|(index, reply)| {
            match (user_info_refused(reply, &owners), self.presented.get(index)) {
                (Judgement::Broken(finding), Some(what)) => {
                    let actual = tr!("{actual} to {what}", actual = finding.actual, what);
                    Judgement::Broken(Finding { actual, ..finding })
                }
                (judgement, _) => judgement,
            }
            .shown_by([&*reply.exchange])
        });
        Ok(Judgement::all(judgements))
    }

    /// Makes sure that a person's token is signed with a shared key, so that a key can be tried on it.
    pub(crate) fn demand_shared_key(&mut self, someone: &Someone) -> Result<(), Stop> {
        self.jwt_of(someone)?;
        let token = self.token_text(someone)?;
        if has_shared_key(&token) {
            return Ok(());
        }
        Err(self
            .not_applicable(tr!("the token is not signed with a shared key, so that no word can be the key")))
    }

    /// Judges that no word and nothing that others know is the key of a person's token.
    pub(crate) async fn judge_key(&mut self, someone: &Someone) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let token = self.token_text(someone)?;
        let openid = self.actor(someone)?.known_openid()?.to_owned();
        let client = &run.contract.client;
        let known = [
            (mark!("the appid"), run.wechat.app_id().to_string()),
            (mark!("the app secret, which is for WeChat alone"), run.wechat.app_secret().expose().to_owned()),
            (mark!("the client's name"), client.name.clone()),
            (mark!("the client's password"), client.secret.clone()),
            (mark!("the person's openid"), openid),
        ];
        let known = known.map(|(name, text)| KnownText { name, text });
        let now: Vec<UnixMillis> =
            std::iter::once(SystemClock.now()).chain(run.target.time().shown()).collect();
        // So many keys take their time, in which nobody else's request is to wait.
        let trying = tokio::task::spawn_blocking(move || not_keyed_with_a_word(&token, &known, &now));
        trying.await.map_err(|error| Stop::new(error.to_string()))
    }

    /// Returns a person's token taken apart, or stops the scenario because it is no JSON Web Token.
    pub(crate) fn jwt_of(&mut self, someone: &Someone) -> Result<Jwt, Stop> {
        let token = self.token_text(someone)?;
        Jwt::of(&token).ok_or_else(|| self.unmet(Need::Jwt, tr!("the token that was issued is none")))
    }

    pub(crate) fn token_text(&mut self, someone: &Someone) -> Result<String, Stop> {
        let header = bearer(&self.actor(someone)?.held_token()?.token)?;
        Ok(header.strip_prefix(SCHEME).unwrap_or_default().trim_start().to_owned())
    }

    /// Returns the keys that the backend publishes at one of the usual places.
    pub(super) async fn published_keys(&mut self) -> Result<Vec<Shared>, Stop> {
        let run = self.run()?;
        let wrong =
            |error: url::ParseError| Stop::new(tr!("the backend's URL cannot be extended: {error}", error));
        let base = Url::parse(run.target.url()).map_err(wrong)?;
        let mut places = Vec::new();
        for path in PUBLISHED_AT {
            places.push(base.join(path).map_err(wrong)?);
            places.push(base.join(&format!("/{path}")).map_err(wrong)?);
        }
        places.dedup();
        for place in places {
            let answer = self.read_json(place).await?;
            let elsewhere =
                answer.get("jwks_uri").and_then(Value::as_str).and_then(|uri| base.join(uri).ok());
            let keys = match elsewhere {
                // Nobody but the backend is asked.
                Some(uri) if uri.origin() == base.origin() => published(&self.read_json(uri).await?),
                Some(_) | None => published(&answer),
            };
            if !keys.is_empty() {
                return Ok(keys);
            }
        }
        Ok(Vec::new())
    }

    /// Returns what stands at an address of the backend, if it is JSON.
    async fn read_json(&mut self, place: Url) -> Result<Value, Stop> {
        let reply = self.look_up(&Someone::Protagonist, place.as_str()).await?;
        let body = reply.exchange.answer().map(|answer| answer.body.as_slice()).unwrap_or_default();
        Ok(serde_json::from_slice(body).unwrap_or_default())
    }
}

/// Adds parameters to the URL of a request.
pub(super) fn add_parameters<'a>(request: &mut Request, pairs: impl Iterator<Item = (&'a str, &'a str)>) {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let joint = if request.url.contains('?') { '&' } else { '?' };
    request.url = format!("{}{joint}{query}", request.url);
}

/// Names somebody in a request by the user ID, as a gateway does, where a header field can hold it.
fn add_user_id(request: &mut Request, identities: &[(String, String)]) {
    let fits = |(_, value): &&(String, String)| value.bytes().all(|byte| byte.is_ascii_graphic());
    if let Some((_, user_id)) = identities.iter().find(fits) {
        for name in USER_ID_HEADERS {
            request.headers.push(*name, user_id.as_str());
        }
        let cookies = USER_ID_COOKIES.iter().map(|name| format!("{name}={user_id}"));
        let cookies: Vec<String> =
            cookies.chain([format!("remember={}", STANDARD.encode(user_id))]).collect();
        request.headers.push("Cookie", cookies.join("; "));
    }
}
