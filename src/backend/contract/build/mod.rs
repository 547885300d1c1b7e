//! What does a contract file mean?

mod speech;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::dialect::Dialect;
use super::error::Mistake;
use super::sheet::Sheet;
use super::{Contract, ExpireBy, UnionId};
use speech::Reading;
use values::{expiry, leeway, literal, word};

/// The values that the run makes for the holes of templates, beside variables and captures.
pub const GENERATED: &[&str] = &[
    "appid",
    "code",
    "encryptedData",
    "iv",
    "nonce",
    "now_ms",
    "now_s",
    "openid",
    "phone_code",
    "phone_encryptedData",
    "phone_iv",
    "rawData",
    "signature",
    "token",
];

/// How long one answer may take at most, in seconds.
const LONGEST_PATIENCE: f64 = 600.0;

type Made<T> = Result<T, Mistake>;

impl Contract {
    /// Understands a contract file. `name` is what reports call it.
    ///
    /// # Errors
    ///
    /// Fails at the first key that does not make sense.
    pub fn build(name: &str, sheet: &Sheet) -> Result<Self, Mistake> {
        let documented = Self::documented();
        let vars = sheet.vars.clone().unwrap_or_default();
        let reading = reading(sheet, &vars);
        let patience = sheet.patience.map_or(Ok(documented.patience), patience)?;
        let expiry = sheet.expiry.as_ref().map(expiry).transpose()?;
        let leeway = sheet.expiry.as_ref().map_or(Ok(documented.leeway), leeway)?;
        let waive = sheet.waive.clone().unwrap_or_default();
        if let Some((id, _)) = waive.iter().find(|(_, reason)| reason.trim().is_empty()) {
            return Err(Mistake::new(format!("waive.{id}"), tr!("needs a reason, such as \"ticket 17\"")));
        }
        let unionid = match sheet.wechat.as_ref().and_then(|wechat| wechat.unionid.as_deref()) {
            None => UnionId::Any,
            Some(text) => word("wechat.unionid", text, UnionId::NAMES)?,
        };
        let extra = sheet.wechat.iter().flat_map(|wechat| wechat.extra.iter().flatten());
        let extra = extra.map(|(name, value)| Ok((name.clone(), literal(value)))).collect::<Made<_>>()?;
        let expire_by = sheet.expire_by.as_ref().map(|by| {
            let how = word("expire_by.how", &by.how, ExpireBy::NAMES)?;
            match (how, &by.request) {
                (ExpireBy::Clock(_), None) => Err(Mistake::new(
                    "expire_by.request",
                    tr!("is missing: which request puts the clock forward, such as \"POST test/clock?add={seconds}\""),
                )),
                (ExpireBy::Clock(_), Some(request)) => Ok(ExpireBy::Clock(request.clone())),
                (other, _) => Ok(other),
            }
        });
        let client = reading.client(sheet)?;
        let spoken = Arc::new(reading.dialect(sheet)?);
        let dialect = (!speaks_as_documented(sheet)).then(|| (*spoken).clone());
        Ok(Self {
            name: name.to_owned(),
            title: sheet.title.clone(),
            source: sheet.source.clone(),
            client: client.unwrap_or(documented.client.clone()),
            patience,
            expiry,
            leeway,
            waive,
            unionid,
            extra,
            expire_by: expire_by.transpose()?.unwrap_or(ExpireBy::Wait),
            reach: sheet.wechat.as_ref().and_then(|wechat| wechat.reach.clone()),
            dialect,
            spoken,
            digest: sheet.digest(),
            ..documented
        })
    }
}

/// Returns what is known of the holes that the templates of a file may have.
fn reading<'a>(sheet: &'a Sheet, vars: &'a BTreeMap<String, String>) -> Reading<'a> {
    let captured = sheet.login.iter().flatten().flat_map(|step| step.capture.iter().flatten());
    let renewed = sheet.refresh.iter().flat_map(|refresh| refresh.capture.iter().flatten());
    let captured = captured.chain(renewed).map(|(name, _)| name.as_str());
    let names = captured.chain(vars.keys().map(String::as_str)).chain(GENERATED.iter().copied()).collect();
    Reading { vars, names }
}

/// Understands what a file says about requests and their answers.
pub(super) fn dialect(sheet: &Sheet) -> Made<Dialect> {
    reading(sheet, &sheet.vars.clone().unwrap_or_default()).dialect(sheet)
}

/// Tells whether nothing in the file changes what is said on the wire.
fn speaks_as_documented(sheet: &Sheet) -> bool {
    let documented = super::builtin::documented_sheet();
    sheet.login == documented.login
        && sheet.auth == documented.auth
        && sheet.user_info == documented.user_info
        && sheet.common == documented.common
        && sheet.vars.as_ref().is_none_or(|vars| {
            let same =
                |name: &str| documented.vars.as_ref().and_then(|vars| vars.get(name)) == vars.get(name);
            same("client") && same("client_secret")
        })
}

fn patience(seconds: f64) -> Made<Duration> {
    let right = seconds > 0.0 && seconds <= LONGEST_PATIENCE;
    Duration::try_from_secs_f64(seconds).ok().filter(|_| right).ok_or_else(|| {
        Mistake::new(
            "patience",
            tr!("{seconds} is no number of seconds from 0 to {LONGEST_PATIENCE}", seconds, LONGEST_PATIENCE),
        )
    })
}
