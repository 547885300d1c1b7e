//! Which access tokens does WeChat hand out to a backend, and which are good?

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Map, Value};

use super::parameters::Parameters;
use super::state::{Ledger, Said};
use crate::expiry::UnixMillis;
use crate::protocol::{AppId, ErrorCode, PlatformToken};

/// How long a token is good.
const LIFETIME: Duration = Duration::from_secs(7200);

/// How long an ordinary token outlives its successor, and how long before its end a stable one is renewed.
const OVERLAP: Duration = Duration::from_secs(300);

/// How far apart two forced renewals must be.
const FORCE_PAUSE: Duration = Duration::from_secs(30);

/// How many forced renewals a day there can be.
const FORCE_PER_DAY: usize = 20;

/// How many ordinary tokens of one app are remembered. A backend that asks for one in a loop must not fill the
/// memory.
const REMEMBERED: usize = 4096;

const DAY: Duration = Duration::from_secs(86_400);

/// The tokens of one app. The two kinds do not affect each other.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    ordinary: VecDeque<Issued>,
    ordinary_made: u64,
    stable: Vec<Issued>,
    forced: Vec<UnixMillis>,
}

#[derive(Debug)]
struct Issued {
    token: PlatformToken,
    ends: UnixMillis,
}

impl Tokens {
    pub(super) fn handed_out(&self) -> impl Iterator<Item = &PlatformToken> {
        self.ordinary.iter().chain(&self.stable).map(|issued| &issued.token)
    }

    fn knows(&self, token: &str, now: UnixMillis) -> bool {
        let issued = self.ordinary.iter().chain(&self.stable);
        issued.filter(|issued| now < issued.ends).any(|issued| issued.token.expose() == token)
    }

    /// Counts a forced renewal, unless it comes too soon or too often; it then changes nothing.
    fn may_force(&mut self, now: UnixMillis) -> bool {
        self.forced.retain(|earlier| now.since(*earlier) < DAY);
        let too_soon = self.forced.last().is_some_and(|last| now.since(*last) < FORCE_PAUSE);
        if too_soon || self.forced.len() >= FORCE_PER_DAY {
            return false;
        }
        self.forced.push(now);
        true
    }
}

impl Ledger {
    /// Answers `/cgi-bin/token`: a new token at each call; the one before stays good for five minutes more.
    pub(super) fn ordinary_token(&mut self, parameters: &Parameters, now: UnixMillis) -> Said {
        let app = match self.token_caller(parameters) {
            Ok(app) => app,
            Err(error) => return error.into(),
        };
        let mint = self.mint;
        let tokens = self.tokens.entry(app.clone()).or_default();
        if let Some(last) = tokens.ordinary.back_mut() {
            last.ends = last.ends.min(now + OVERLAP);
        }
        let token = mint.token(&app, "ordinary", tokens.ordinary_made);
        tokens.ordinary_made += 1;
        tokens.ordinary.push_back(Issued { token: token.clone(), ends: now + LIFETIME });
        if tokens.ordinary.len() > REMEMBERED {
            tokens.ordinary.pop_front();
        }
        worded(&token, LIFETIME)
    }

    /// Answers `/cgi-bin/stable_token`: the same token until five minutes before its end, unless a renewal is
    /// forced, which ends the old one at once.
    pub(super) fn stable_token(&mut self, body: &[u8], now: UnixMillis) -> Said {
        let app = match self.token_caller(&Parameters::in_body(body)) {
            Ok(app) => app,
            Err(error) => return error.into(),
        };
        let wants_force = serde_json::from_slice::<Value>(body)
            .is_ok_and(|body| body.get("force_refresh") == Some(&Value::Bool(true)));
        let mint = self.mint;
        let tokens = self.tokens.entry(app.clone()).or_default();
        let forced = wants_force && tokens.may_force(now);
        let count = u64::try_from(tokens.stable.len()).unwrap_or(u64::MAX);
        if let Some(last) = tokens.stable.last_mut() {
            if forced {
                last.ends = last.ends.min(now);
            } else if last.ends.since(now) > OVERLAP {
                return worded(&last.token, last.ends.since(now));
            }
        }
        let token = mint.token(&app, "stable", count);
        tokens.stable.push(Issued { token: token.clone(), ends: now + LIFETIME });
        worded(&token, LIFETIME)
    }

    /// Returns the app that an access token, good at this time, was handed out to.
    pub(super) fn app_of_token(&self, token: &str, now: UnixMillis) -> Option<&AppId> {
        self.tokens.iter().find(|(_, tokens)| tokens.knows(token, now)).map(|(app, _)| app)
    }

    fn token_caller(&self, parameters: &Parameters) -> Result<AppId, ErrorCode> {
        let app = parameters.required("appid", ErrorCode::AppIdMissing)?;
        let secret = parameters.required("secret", ErrorCode::AppSecretMissing)?;
        if parameters.first("grant_type") != Some("client_credential") {
            return Err(ErrorCode::InvalidGrantType);
        }
        self.authenticate(app, secret)
    }
}

fn worded(token: &PlatformToken, lifetime: Duration) -> Said {
    Said::Success(Map::from_iter([
        ("access_token".to_owned(), token.expose().into()),
        ("expires_in".to_owned(), lifetime.as_secs().into()),
    ]))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::{PlatformToken, REMEMBERED};
    use crate::expiry::UnixMillis;
    use crate::protocol::{DEFAULT_APP_ID, DEFAULT_APP_SECRET};
    use crate::standin::ledger::{ApiAnswer, ApiRequest, Ledger, LedgerSettings};

    const NOW: UnixMillis = UnixMillis::new(1_700_000_000_000);

    fn ordinary(ledger: &mut Ledger, query: &str, now: UnixMillis) -> ApiAnswer {
        ledger.answer(ApiRequest::new("GET", &format!("/cgi-bin/token?{query}")), now)
    }

    fn right() -> String {
        format!("grant_type=client_credential&appid={DEFAULT_APP_ID}&secret={DEFAULT_APP_SECRET}")
    }

    fn stable(ledger: &mut Ledger, force: bool, seconds: u64) -> (String, u64) {
        let body = json!({
            "grant_type": "client_credential", "appid": DEFAULT_APP_ID, "secret": DEFAULT_APP_SECRET,
            "force_refresh": force,
        });
        let request = ApiRequest {
            body: body.to_string().into_bytes(),
            ..ApiRequest::new("POST", "/cgi-bin/stable_token")
        };
        let answer: Value =
            serde_json::from_slice(&ledger.answer(request, NOW + Duration::from_secs(seconds)).body).unwrap();
        (answer["access_token"].as_str().unwrap().to_owned(), answer["expires_in"].as_u64().unwrap())
    }

    fn good(ledger: &Ledger, token: &str, seconds: u64) -> bool {
        ledger.app_of_token(token, NOW + Duration::from_secs(seconds)).is_some()
    }

    #[test]
    fn an_ordinary_token_is_new_each_time_and_the_old_one_lives_five_minutes_more() {
        let mut ledger = Ledger::new(LedgerSettings::default());
        let first = ordinary(&mut ledger, &right(), NOW);
        let token = ledger.platform_tokens()[0].expose().to_owned();
        let expected = format!(r#"{{"access_token":"{token}","expires_in":7200}}"#);
        assert_eq!(String::from_utf8(first.body).unwrap(), expected);
        assert!(good(&ledger, &token, 7199) && !good(&ledger, &token, 7200));

        ordinary(&mut ledger, &right(), NOW + Duration::from_secs(10));
        let second = ledger.platform_tokens()[1].expose().to_owned();
        assert_ne!(token, second);
        assert!(good(&ledger, &token, 309) && !good(&ledger, &token, 310));
        assert!(good(&ledger, &second, 7209));
    }

    #[test]
    fn each_mistake_has_its_number() {
        let mut ledger = Ledger::new(LedgerSettings::default());
        let rows = [
            (right().replace("appid=", "app="), 41002),
            (right().replace("secret=", "password="), 41004),
            (right().replace("client_credential", "authorization_code"), 40002),
            (right().replace(DEFAULT_APP_ID, "wx1"), 40013),
            (right().replace(DEFAULT_APP_SECRET, "x"), 40125),
        ];
        for (query, expected) in rows {
            let answer = ordinary(&mut ledger, &query, NOW);
            assert_eq!(answer.errcode, Some(expected), "{query}");
            assert_eq!(answer.content_type.as_deref(), Some("application/json; encoding=utf-8"));
        }
        let get = ledger.answer(ApiRequest::new("GET", "/cgi-bin/stable_token"), NOW);
        let said = String::from_utf8(get.body).unwrap();
        assert!(said.starts_with(r#"{"errcode":43002,"errmsg":"require POST method rid: "#), "{said}");
        let empty = ledger.answer(ApiRequest::new("POST", "/cgi-bin/stable_token"), NOW);
        assert_eq!(empty.errcode, Some(41002));
        assert!(ledger.platform_tokens().is_empty());
        assert!(ledger.unexpected().is_empty());
    }

    #[test]
    fn a_stable_token_stays_until_five_minutes_before_its_end() {
        let mut ledger = Ledger::new(LedgerSettings::default());
        let (first, _) = stable(&mut ledger, false, 0);
        assert_eq!(stable(&mut ledger, false, 6855), (first.clone(), 345));
        let (second, lifetime) = stable(&mut ledger, false, 6900);
        assert!(second != first && lifetime == 7200);
        assert!(good(&ledger, &first, 7199) && good(&ledger, &second, 7199), "both are good meanwhile");
    }

    #[test]
    fn a_forced_renewal_ends_the_old_token_but_not_twice_in_thirty_seconds() {
        let mut ledger = Ledger::new(LedgerSettings::default());
        let (first, _) = stable(&mut ledger, true, 0);
        let (second, _) = stable(&mut ledger, true, 30);
        assert!(second != first && !good(&ledger, &first, 30));
        assert_eq!(stable(&mut ledger, true, 59).0, second);
        assert_ne!(stable(&mut ledger, true, 60).0, second);
    }

    #[test]
    fn renewal_can_be_forced_twenty_times_a_day() {
        let mut ledger = Ledger::new(LedgerSettings::default());
        let forced: std::collections::HashSet<String> =
            (0..25).map(|round| stable(&mut ledger, true, round * 30).0).collect();
        assert_eq!(forced.len(), 20);
        // Asked for shortly before, so that it is not renewed because of its age.
        let (last, _) = stable(&mut ledger, false, 86_390);
        assert_eq!(stable(&mut ledger, true, 86_399).0, last);
        assert_ne!(stable(&mut ledger, true, 86_400).0, last);
    }

    #[test]
    fn a_backend_that_asks_in_a_loop_does_not_fill_the_memory() {
        let mut ledger = Ledger::new(LedgerSettings::default());
        for _ in 0..REMEMBERED + 2 {
            ordinary(&mut ledger, &right(), NOW);
        }
        let tokens = ledger.platform_tokens();
        let distinct: std::collections::HashSet<&str> = tokens.iter().map(PlatformToken::expose).collect();
        assert_eq!((tokens.len(), distinct.len()), (REMEMBERED, REMEMBERED));
        assert!(good(&ledger, tokens[REMEMBERED - 1].expose(), 7199));
    }

    #[test]
    fn the_two_kinds_do_not_affect_each_other() {
        let mut ledger = Ledger::new(LedgerSettings::default());
        let (token, _) = stable(&mut ledger, false, 0);
        ordinary(&mut ledger, &right(), NOW);
        ordinary(&mut ledger, &right(), NOW);
        assert!(good(&ledger, &token, 7199));
    }
}
