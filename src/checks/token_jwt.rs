//! What does a JSON Web Token say of itself?

use base64::Engine as _;

use super::user_info::leaves;
use super::{Judgement, Reply};
use crate::expiry::{UnixMillis, Value, created_at, lifetime_seconds};
use crate::record::{Finding, STANDARD};

/// How far the end in a token may lie from the announced one, in seconds.
const TOLERANCE: f64 = 5.0;

/// The readable parts of a token that is signed or encrypted (RFC 7515, RFC 7516).
pub(super) struct Jwt {
    header: Value,
    claims: Value,
    /// What the signature vouches for, and the signature.
    pub(super) signed: String,
    pub(super) signature: String,
}

impl Jwt {
    /// Takes a token apart; nothing unless its first part is the header of a JSON Web Token.
    pub(super) fn of(token: &str) -> Option<Self> {
        let parts: Vec<&str> = token.split('.').collect();
        let ([header, claims, _] | [header, claims, _, _, _]) = parts[..] else { return None };
        let header = json(header).filter(|header| matches!(member(header, "alg"), Value::String(_)))?;
        let (signed, signature) = token.rsplit_once('.')?;
        let (signed, signature) = (signed.to_owned(), signature.to_owned());
        // The claims of an encrypted token cannot be read.
        Some(Self { header, claims: json(claims).unwrap_or_default(), signed, signature })
    }

    /// Returns the algorithm that the header names.
    pub(super) fn algorithm(&self) -> String {
        let Value::String(name) = member(&self.header, "alg") else { return String::new() };
        name.to_string_lossy()
    }

    /// Returns the texts and numbers in the claims, each behind its name.
    pub(super) fn told(&self) -> Vec<(String, String)> {
        texts(&self.claims)
    }

    /// Returns the same of the header.
    pub(super) fn headed(&self) -> Vec<(String, String)> {
        texts(&self.header)
    }

    /// Tells whether the token carries a signature at all.
    pub(super) fn is_signed(&self) -> bool {
        !self.signature.is_empty() && !self.algorithm().eq_ignore_ascii_case("none")
    }

    /// Returns a time that the token tells, in seconds since the epoch, if it is a number.
    fn time(&self, claim: &str) -> Option<f64> {
        let Value::Number(seconds) = member(&self.claims, claim) else { return None };
        Some(seconds)
    }
}

/// Tells whether a token is a JSON Web Token.
#[must_use]
pub fn is_jwt(token: &Value) -> bool {
    text(token).is_some_and(|token| Jwt::of(&token).is_some())
}

/// Tells whether a token is a JSON Web Token whose claims anybody can read, which those of an encrypted one cannot be.
#[must_use]
pub fn tells_claims(token: &Value) -> bool {
    text(token).and_then(|token| Jwt::of(&token)).is_some_and(|jwt| jwt.claims != Value::Undefined)
}

/// Judges that the end that a token tells agrees with the announced lifetime.
///
/// The lifetime counts from the issue that the token tells, so that it does not matter whose clock is right, or
/// from now on the clocks that the backend may go by: `now` holds what they showed when the token came.
pub fn end_agrees(reply: &Reply, now: &[UnixMillis]) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    let Some(jwt) = text(&reply.token).and_then(|token| Jwt::of(&token)) else {
        return Judgement::CannotTell(tr!("the token is no JSON Web Token"));
    };
    if jwt.claims == Value::Undefined {
        return Judgement::CannotTell(tr!("the claims of the token cannot be read"));
    }
    let Some(announced) = lifetime_seconds(&reply.lifetime) else {
        return Judgement::CannotTell(tr!("no usable lifetime was announced with the token"));
    };
    let expected = tr!("an exp that agrees with the announced {announced} s", announced);
    let Some(ends) = jwt.time("exp") else {
        let found = member(&jwt.claims, "exp").to_json();
        let found = found.map_or_else(|| tr!("no {name}", name = "exp"), |found| format!("exp {found}"));
        return Judgement::Broken(Finding::new(expected, found));
    };
    // A token that is handed out again was issued before, and what is left of its life counts from now.
    let since = jwt.time("iat").into_iter().chain(now.iter().map(|now| created_at(*now)));
    let far_off = |lives: &f64| (lives - announced).abs();
    let nearest =
        since.map(|since| ends - since).min_by(|one, other| far_off(one).total_cmp(&far_off(other)));
    let Some(nearest) = nearest else {
        return Judgement::CannotTell(tr!("it is not known when the token was issued"));
    };
    Judgement::from_condition(far_off(&nearest) <= TOLERANCE, expected, || {
        tr!("exp {ends}, which is {nearest} s after its issue", ends, nearest = format_args!("{nearest:.0}"))
    })
}

/// Returns the text of a token, if it is one.
fn text(token: &Value) -> Option<String> {
    let Value::String(text) = token else { return None };
    Some(text.to_string_lossy())
}

/// Returns the texts and numbers in a value, each behind the name of the member that holds it.
pub(super) fn texts(value: &Value) -> Vec<(String, String)> {
    let told =
        leaves(value).into_iter().filter(|(_, text)| !matches!(text.as_str(), "null" | "true" | "false"));
    let named = told.map(|(path, text)| {
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        (name, serde_json::from_str::<String>(&text).unwrap_or(text))
    });
    named.collect()
}

fn json(part: &str) -> Option<Value> {
    let standard = part.replace('-', "+").replace('_', "/");
    let bytes = STANDARD.decode(standard).ok()?;
    let value = Value::parse_json(std::str::from_utf8(&bytes).ok()?).ok()?;
    matches!(value, Value::Object(_)).then_some(value)
}

fn member(value: &Value, name: &str) -> Value {
    value.get(name).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod examples {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    /// A token with these claims and this signature; nobody can verify it.
    pub(in crate::checks) fn jwt(algorithm: &str, claims: &str, signature: &str) -> String {
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{algorithm}"}}"#));
        format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(claims))
    }
}

#[cfg(test)]
mod tests {
    use super::examples::jwt;
    use super::{Jwt, end_agrees, is_jwt, tells_claims};
    use crate::checks::Judgement;
    use crate::checks::reply::examples::{answered, failed};
    use crate::expiry::{UnixMillis, Value};
    use crate::record::FailureKind;

    const NOW: UnixMillis = UnixMillis::new(1_700_000_000_250);

    fn judged(claims: &str, lifetime: &str) -> Judgement {
        let token = jwt("HS256", claims, "c2ln");
        let body = format!(r#"{{"access_token":"{token}","expires_in":{lifetime}}}"#);
        end_agrees(&answered(200, &body), &[NOW])
    }

    #[test]
    fn a_token_with_a_header_is_a_jwt() {
        assert!(is_jwt(&Value::from(jwt("HS256", "{}", "c2ln"))));
        assert!(is_jwt(&Value::from(format!("{}.a.b", jwt("dir", "{}", "c2ln")))));
        for opaque in ["a.b.c", "v4.local.aaaa", "8f14e45f-ceea-467f-a5f6-9d1c0f3b2a11", ""] {
            assert!(!is_jwt(&Value::from(opaque)), "{opaque}");
        }
        assert!(!is_jwt(&Value::from(7.0)));
    }

    #[test]
    fn the_claims_of_an_encrypted_token_are_not_told() {
        let token = |text: &str| Value::parse_json(&format!("\"{text}\"")).unwrap();
        let signed = jwt("HS256", r#"{"exp":1}"#, "c2ln");
        assert!(tells_claims(&token(&signed)));
        let header = signed.split('.').next().unwrap();
        let encrypted = token(&format!("{header}.AQID.aXY.Y2lwaGVy.dGFn"));
        assert!(is_jwt(&encrypted) && !tells_claims(&encrypted));
        assert!(!tells_claims(&token("opaque")));
    }

    #[test]
    fn a_signature_may_be_missing() {
        let signed = |algorithm, signature| Jwt::of(&jwt(algorithm, "{}", signature)).unwrap().is_signed();
        assert!(signed("HS256", "c2ln"));
        assert!(!signed("HS256", "") && !signed("none", "c2ln") && !signed("None", ""));
    }

    #[test]
    fn the_end_counts_from_the_issue_that_the_token_tells() {
        // The clock of this backend is an hour ahead.
        for right in ["1700010800", "1700010796", "1700010804"] {
            assert_eq!(judged(&format!(r#"{{"iat":1700003600,"exp":{right}}}"#), "7200"), Judgement::Kept);
        }
        for wrong in ["1700018000", "1700003600", "1700010807", "1700010800000", r#""1700010800""#, "null"] {
            let judgement = judged(&format!(r#"{{"iat":1700003600,"exp":{wrong}}}"#), "7200");
            assert!(matches!(judgement, Judgement::Broken(_)), "{wrong}");
        }
        assert!(matches!(judged(r#"{"iat":1700000000}"#, "7200"), Judgement::Broken(_)));
    }

    #[test]
    fn without_an_issue_the_clocks_tell() {
        assert_eq!(judged(r#"{"exp":1700007200}"#, "7200"), Judgement::Kept);
        assert!(matches!(judged(r#"{"exp":1700014400}"#, "7200"), Judgement::Broken(_)));
    }

    #[test]
    fn what_cannot_be_read_or_compared_is_not_judged() {
        assert!(matches!(judged(r#"{"exp":1}"#, r#""7200""#), Judgement::CannotTell(_)));
        let opaque = answered(200, r#"{"access_token":"t","expires_in":1}"#);
        assert!(matches!(end_agrees(&opaque, &[NOW]), Judgement::CannotTell(_)));
        assert!(matches!(end_agrees(&failed(FailureKind::Broken), &[NOW]), Judgement::CannotTell(_)));
        let encrypted = format!("{}.a.b", jwt("dir", "no claims", "c2ln"));
        let body = format!(r#"{{"access_token":"{encrypted}","expires_in":7200}}"#);
        assert!(matches!(end_agrees(&answered(200, &body), &[NOW]), Judgement::CannotTell(_)));
    }
}
