//! What it takes to judge a requirement.

use std::fmt;

use crate::backend::{Contract, Expiry, Old, Predicate, Refresh, Refusal, TokenPlace, UnionId};
use crate::record::{Answer, Headers};

/// A capability of the backend or of the run without which a requirement cannot be judged. The enum may
/// grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Need {
    /// The stand-in is WeChat for this backend.
    Upstream,
    /// Tokens can be made old.
    Clock,
    /// The contract is driven by the documented client's own logic.
    DocumentedClient,
    /// The token request authenticates the client.
    ClientAuth,
    /// The tokens are JSON Web Tokens, which is seen at run time.
    Jwt,
    /// A token is asked for in a request of its own, with an openid or what stands for it.
    TokenRequest,
    /// The answer with the token has the form of OAuth 2.0 (RFC 6749 section 5.1).
    OAuthAnswer,
    /// The token travels in the `Authorization` header field, behind a scheme.
    Scheme,
    /// The token does not travel in the URL.
    NotInUrl,
    /// The backend tells for how long a token lives.
    Lifetime,
    /// The answer to a login shows the openid.
    ShownOpenid,
    /// Refusals are told by the status of HTTP.
    Status,
    /// People are let in who have no unionid.
    OptionalUnionid,
    /// A session is renewed by a request of its own.
    Renewal,
    /// It is renewed by a refresh token.
    RefreshToken,
    /// The contract promises what becomes of the token that was held before a renewal.
    OldToken,
    /// A request says whether a session is valid.
    Check,
    /// A request ends a session.
    Logout,
}

impl Need {
    /// Every need, with the tag that names it in a feature file.
    const TAGS: &'static [(&'static str, Self)] = &[
        ("needs-upstream", Self::Upstream),
        ("needs-clock", Self::Clock),
        ("needs-documented-client", Self::DocumentedClient),
        ("needs-client-auth", Self::ClientAuth),
        ("needs-jwt", Self::Jwt),
        ("needs-token-request", Self::TokenRequest),
        ("needs-oauth-answer", Self::OAuthAnswer),
        ("needs-scheme", Self::Scheme),
        ("needs-header-token", Self::NotInUrl),
        ("needs-lifetime", Self::Lifetime),
        ("needs-shown-openid", Self::ShownOpenid),
        ("needs-status", Self::Status),
        ("needs-optional-unionid", Self::OptionalUnionid),
        ("needs-renewal", Self::Renewal),
        ("needs-refresh-token", Self::RefreshToken),
        ("needs-promised-old-token", Self::OldToken),
        ("needs-check", Self::Check),
        ("needs-logout", Self::Logout),
    ];

    /// Returns the need that a tag names, the tag given without `@`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::TAGS.iter().find(|(known, _)| *known == tag).map(|(_, need)| *need)
    }
}

impl Need {
    /// Returns what the need is about, in a sentence for somebody who has not met it.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Upstream => {
                mark!("The backend has to ask the stand-in as WeChat, so that its calls can be seen.")
            }
            Self::Clock => {
                mark!(
                    "Tokens have to become old during the run: by a short lifetime, or by a clock that can be put forward."
                )
            }
            Self::DocumentedClient => {
                mark!(
                    "The contract has to be one that wxutil.js could drive, because it is the documented client that is played."
                )
            }
            Self::ClientAuth => mark!("The token request has to carry the credentials of the client."),
            Self::Jwt => mark!("The tokens have to be JSON Web Tokens, which is found out during the run."),
            Self::TokenRequest => {
                mark!(
                    "A token has to be asked for in a request of its own, with an openid or what stands for it."
                )
            }
            Self::OAuthAnswer => mark!("The answer with the token has to have the form of OAuth 2.0."),
            Self::Scheme => {
                mark!(
                    "The token has to travel in the Authorization header field, behind a scheme such as Bearer."
                )
            }
            Self::NotInUrl => mark!("The token has to travel elsewhere than in the URL."),
            Self::Lifetime => mark!("The backend has to tell for how long a token lives."),
            Self::ShownOpenid => mark!("The answer to a login has to show the openid."),
            Self::Status => mark!("Refusals have to be told by the HTTP status, and not by the body alone."),
            Self::OptionalUnionid => mark!("People without a unionid have to be let in."),
            Self::Renewal => mark!("The contract has to name a request that renews a session, in [refresh]."),
            Self::RefreshToken => {
                mark!("The contract has to renew a session by a refresh token, in [refresh].")
            }
            Self::OldToken => {
                mark!("The contract has to promise what becomes of the earlier token, in refresh.old_after.")
            }
            Self::Check => {
                mark!("The contract has to name a request that says whether a session is valid, in [check].")
            }
            Self::Logout => mark!("The contract has to name a request that ends a session, in [logout]."),
        }
    }

    /// Says why a contract does not give what is needed, as far as that is known before anything is sent.
    pub(crate) fn missing_in(self, contract: &Contract) -> Option<&'static str> {
        let told = || match &contract.expiry {
            None | Some(Expiry::Told { .. }) => None,
            Some(Expiry::Known(_)) => (self == Self::Lifetime)
                .then_some(mark!("the contract says how long a token lives, because no answer tells it")),
            Some(Expiry::Untold) => Some(mark!(
                "the contract names no place where the lifetime of a token is told, and no expiry.seconds"
            )),
            Some(Expiry::Never) => Some(mark!("the contract says that tokens never end")),
        };
        if self == Self::Lifetime || self == Self::Clock {
            return told();
        }
        if self == Self::OptionalUnionid {
            let all = contract.unionid == UnionId::Always;
            return all.then_some(mark!("the contract says that everybody has one"));
        }
        let of_session = self.missing_of_session(contract);
        if of_session.is_some() {
            return of_session;
        }
        let dialect = contract.dialect.as_ref()?;
        let missing = match self {
            Self::Upstream
            | Self::Clock
            | Self::Jwt
            | Self::Lifetime
            | Self::OptionalUnionid
            | Self::Renewal
            | Self::RefreshToken
            | Self::OldToken
            | Self::Check
            | Self::Logout => false,
            Self::DocumentedClient => return Some(mark!("this backend does not speak the documented flow")),
            Self::ClientAuth => dialect.login.iter().all(|step| step.call.basic.is_none()),
            Self::TokenRequest => dialect.token_request().is_none(),
            Self::OAuthAnswer => {
                let places = dialect.login.iter().filter_map(|step| step.capture.get("token")).flatten();
                !places.into_iter().any(|place| place.to_string() == "/access_token")
            }
            Self::Scheme => dialect.scheme().is_none(),
            Self::NotInUrl => dialect.auth.iter().any(|carried| carried.place == TokenPlace::Query),
            Self::ShownOpenid => {
                !dialect.shows_openid() || dialect.token_request_key().is_some_and(|key| key != "openid")
            }
            Self::Status => {
                let unauthorized =
                    Answer { status: 401, headers: Headers::default(), body: Vec::new(), cut: false };
                let refusal =
                    dialect.refuse.get(&Refusal::NoToken).or_else(|| dialect.refuse.get(&Refusal::BadToken));
                refusal.is_some_and(|looks| {
                    !Predicate { status: looks.status.clone(), ..Predicate::default() }.fits(&unauthorized)
                })
            }
        };
        missing.then_some(match self {
            Self::Upstream
            | Self::Clock
            | Self::Jwt
            | Self::Lifetime
            | Self::OptionalUnionid
            | Self::Renewal
            | Self::RefreshToken
            | Self::OldToken
            | Self::Check
            | Self::Logout
            | Self::DocumentedClient => "",
            Self::ClientAuth => mark!("the contract has no client credentials"),
            Self::TokenRequest => {
                mark!("the contract buys a token with the login code, and asks for none with an openid")
            }
            Self::OAuthAnswer => mark!("the contract has an answer of another form"),
            Self::Scheme => mark!("the contract carries the token otherwise"),
            Self::NotInUrl => mark!("the contract carries the token in the URL"),
            Self::ShownOpenid => mark!("the contract names no place in it where the openid stands"),
            Self::Status => mark!("the contract tells refusals by the body"),
        })
    }

    /// Says what is missing of what goes beyond the login, if the need is about that.
    fn missing_of_session(self, contract: &Contract) -> Option<&'static str> {
        let spoken = &contract.spoken;
        let promises = match &spoken.refresh {
            Refresh::Call { old, .. } => Some(*old != Old::Any),
            Refresh::None | Refresh::Relogin | Refresh::Ambient(_) => None,
        };
        let no_renewal =
            promises.is_none().then_some(mark!("the contract has no request that renews a session"));
        match self {
            Self::Renewal => no_renewal,
            Self::RefreshToken => no_renewal.or_else(|| {
                let none = spoken.refresh_token().is_none();
                none.then_some(mark!(
                    "the contract renews a session with the token itself, without a refresh token"
                ))
            }),
            Self::OldToken => no_renewal.or_else(|| {
                let none = promises == Some(false);
                none.then_some(mark!("the contract does not promise what becomes of the earlier token"))
            }),
            Self::Check => {
                spoken.check.is_none().then_some(mark!("the contract has no request that checks a session"))
            }
            Self::Logout => {
                spoken.logout.is_none().then_some(mark!("the contract has no request that ends a session"))
            }
            Self::Upstream
            | Self::Clock
            | Self::DocumentedClient
            | Self::ClientAuth
            | Self::Jwt
            | Self::TokenRequest
            | Self::OAuthAnswer
            | Self::Scheme
            | Self::NotInUrl
            | Self::Lifetime
            | Self::ShownOpenid
            | Self::Status
            | Self::OptionalUnionid => None,
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Self::Upstream => tr!("the stand-in as WeChat"),
            Self::Clock => tr!("tokens that can be made old"),
            Self::DocumentedClient => tr!("a contract that the documented client can drive"),
            Self::ClientAuth => tr!("client authentication on the token request"),
            Self::Jwt => tr!("tokens that are JSON Web Tokens"),
            Self::TokenRequest => tr!("a token request of its own"),
            Self::OAuthAnswer => tr!("a token answer as OAuth 2.0 has it"),
            Self::Scheme => tr!("tokens behind a scheme in the Authorization header field"),
            Self::NotInUrl => tr!("tokens that do not travel in the URL"),
            Self::Lifetime => tr!("a lifetime that is told"),
            Self::ShownOpenid => tr!("an openid in the answer to a login"),
            Self::Status => tr!("refusals that the HTTP status tells"),
            Self::OptionalUnionid => tr!("people without a unionid"),
            Self::Renewal => tr!("a request that renews a session"),
            Self::RefreshToken => tr!("a refresh token"),
            Self::OldToken => tr!("a promise about the earlier token"),
            Self::Check => tr!("a request that checks a session"),
            Self::Logout => tr!("a request that ends a session"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Need;
    use crate::backend::Contract;

    /// One login whose answer tells nothing but a token, which travels in the URL.
    const BARE: &str = r#"
[[login]]
role = "token"
request = "POST login"
json = { code = "{code}" }
ok = { equals = { "/errno" = 0 } }
capture = { token = "/data/token" }
[[auth]]
in = "query"
name = "token"
value = "{token}"
[expiry]
[wechat]
unionid = "always"
[refuse]
no_token = { status = 200, equals = { "/errno" = 501 } }
"#;

    fn missing(need: Need, contract: &str) -> Option<&'static str> {
        need.missing_in(&Contract::parse("mine", "mine.toml", contract, &[]).unwrap().contract)
    }

    /// What goes beyond the documented flow.
    const BEYOND: [Need; 5] = [Need::Renewal, Need::RefreshToken, Need::OldToken, Need::Check, Need::Logout];

    #[test]
    fn the_documented_flow_lacks_nothing_of_its_own() {
        for (tag, need) in Need::TAGS {
            assert_eq!(missing(*need, "").is_some(), BEYOND.contains(need), "{tag}");
        }
    }

    #[test]
    fn what_goes_beyond_the_flow_is_there_once_the_contract_names_it() {
        let renewal = "[refresh]\nmode = \"request\"\nrequest = \"PUT session\"\nwith_session = true\n";
        let promise = format!("{renewal}old_after = \"dead\"\n");
        let (check, logout) = ("[check]\nrequest = \"GET s\"\n", "[logout]\nrequest = \"DELETE s\"\n");
        for (contract, there) in [
            (renewal, &[Need::Renewal][..]),
            (&promise, &[Need::Renewal, Need::OldToken]),
            (check, &[Need::Check]),
            (logout, &[Need::Logout]),
        ] {
            // The login may be the documented one or another.
            for contract in [contract.to_owned(), format!("{BARE}{contract}")] {
                for need in BEYOND {
                    assert_eq!(
                        missing(need, &contract).is_none(),
                        there.contains(&need),
                        "{need:?} of {contract}"
                    );
                }
            }
        }
        let keyed = BARE.replace("token = \"/data/token\"", "token = \"/data/token\", refresh = \"/r\"");
        let keyed = format!(
            "{keyed}{}json = {{ r = \"{{refresh}}\" }}\n",
            renewal.replace("with_session = true\n", "")
        );
        assert_eq!(missing(Need::RefreshToken, &keyed), None);
    }

    #[test]
    fn a_bare_backend_lacks_what_it_does_not_have_and_says_so_in_words() {
        let seen_later = [Need::Upstream, Need::Jwt];
        for (tag, need) in Need::TAGS {
            let why = missing(*need, BARE);
            assert_eq!(why.is_none(), seen_later.contains(need), "{tag}: {why:?}");
            assert_ne!(why, Some(""), "{tag}");
        }
    }

    #[test]
    fn each_need_is_met_by_the_line_that_meets_it() {
        for (need, line, better) in [
            (
                Need::Scheme,
                "in = \"query\"\nname = \"token\"\nvalue = \"{token}\"",
                "in = \"header\"\nname = \"Authorization\"\nvalue = \"JWT {token}\"",
            ),
            (Need::NotInUrl, "in = \"query\"", "in = \"form\""),
            (Need::Lifetime, "[expiry]", "[expiry]\nfrom = \"/data/ttl\""),
            (Need::Clock, "[expiry]", "[expiry]\nfrom = \"/data/ttl\""),
            (
                Need::ShownOpenid,
                "token = \"/data/token\"",
                "token = \"/data/token\", openid = \"/data/openid\"",
            ),
            (Need::OAuthAnswer, "/data/token", "/access_token"),
            (Need::ClientAuth, "json = {", "basic = \"{client}:{client_secret}\"\njson = {"),
            (Need::OptionalUnionid, "always", "any"),
            (Need::Status, "status = 200, equals = { \"/errno\" = 501 }", "status = \"4xx\""),
            (
                Need::TokenRequest,
                "[[auth]]",
                "[[login]]\nrole = \"token\"\nrequest = \"POST t\"\nform = { key = \"{key}\" }\ncapture = { token = \"/t\" }\n[vars]\nkey = \"k\"\n[[auth]]",
            ),
        ] {
            assert!(BARE.contains(line), "{line}");
            assert!(missing(need, BARE).is_some(), "{need:?}");
            assert_eq!(missing(need, &BARE.replace(line, better)), None, "{need:?}");
        }
        // A refusal by status may be the one for a bad token, where none is told for a missing one.
        assert_eq!(
            missing(
                Need::Status,
                &BARE.replace("no_token = { status = 200, ", "bad_token = { status = 401, ")
            ),
            None
        );
    }

    #[test]
    fn a_key_that_stands_for_the_openid_is_none() {
        let keyed = BARE
            .replace("role = \"token\"", "role = \"exchange\"")
            .replace("token = \"/data/token\"", "key = \"/key\", openid = \"/openid\"");
        let keyed = keyed.replace("[[auth]]", "[[login]]\nrole = \"token\"\nrequest = \"POST t\"\nform = { key = \"{key}\" }\ncapture = { token = \"/t\" }\n[[auth]]");
        assert!(missing(Need::ShownOpenid, &keyed).is_some());
        assert_eq!(missing(Need::ShownOpenid, &keyed.replace("{key}", "{openid}")), None);
    }

    #[test]
    fn tokens_that_never_end_have_no_lifetime() {
        let never = BARE.replace("[expiry]", "[expiry]\nnever = true");
        assert!(missing(Need::Lifetime, &never).unwrap().contains("never end"));
        assert!(missing(Need::Clock, &never).unwrap().contains("never end"));
    }

    #[test]
    fn every_tag_names_its_need() {
        for (tag, need) in Need::TAGS {
            assert_eq!(Need::from_tag(tag), Some(*need));
        }
        assert_eq!(Need::from_tag("needs-nothing"), None);
    }
}
