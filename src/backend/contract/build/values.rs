//! What do words, places and numbers in a contract file mean?

use std::collections::BTreeMap;
use std::time::Duration;

use toml::Value as Toml;

use super::Made;
use crate::backend::contract::error::{Mistake, no_such_word};
use crate::backend::contract::lifetime::{Expiry, LifetimeUnit};
use crate::backend::contract::pointer::Source;
use crate::backend::contract::predicate::{Media, Predicate, Statuses};
use crate::backend::contract::sheet::{ExpirySheet, Places, PredicateSheet};
use crate::expiry::{Object, Value};

/// In what a lifetime can be told; a local time has a form besides.
const UNITS: &[(&str, Option<LifetimeUnit>)] = &[
    ("s", Some(LifetimeUnit::Seconds)),
    ("ms", Some(LifetimeUnit::Millis)),
    ("ns", Some(LifetimeUnit::Nanos)),
    ("epoch_s", Some(LifetimeUnit::EpochSeconds)),
    ("epoch_ms", Some(LifetimeUnit::EpochMillis)),
    ("rfc3339", Some(LifetimeUnit::Rfc3339)),
    ("jwt_exp", Some(LifetimeUnit::JwtExp)),
    ("local", None),
];

pub(super) fn word<T: Clone>(key: &str, text: &str, words: &[(&str, T)]) -> Made<T> {
    let found = words.iter().find(|(name, _)| *name == text).map(|(_, meaning)| meaning.clone());
    found.ok_or_else(|| Mistake::new(key, no_such_word(text, words.iter().map(|(name, _)| *name))))
}

pub(super) fn expiry(sheet: &ExpirySheet) -> Made<Expiry> {
    if sheet.never == Some(true) {
        return match (&sheet.from, &sheet.seconds) {
            (Some(_), _) => {
                Err(Mistake::new("expiry.from", tr!("tokens never end here, so their end stands nowhere")))
            }
            (None, Some(_)) => Err(Mistake::new(
                "expiry.seconds",
                tr!("tokens never end here, so they have no length of life"),
            )),
            (None, None) => Ok(Expiry::Never),
        };
    }
    if let Some(seconds) = sheet.seconds {
        let told = [("expiry.from", &sheet.from), ("expiry.unit", &sheet.unit)];
        if let Some((key, _)) = told.into_iter().find(|(_, said)| said.is_some()) {
            let advice = tr!("expiry.seconds is for what no answer tells; leave one of the two out");
            return Err(Mistake::new(key, advice));
        }
        let lifetime = Duration::try_from_secs_f64(seconds).ok().filter(|life| !life.is_zero());
        return lifetime.map(Expiry::Known).ok_or_else(|| {
            Mistake::new("expiry.seconds", tr!("{seconds} is no length of life; write it like 7200", seconds))
        });
    }
    let Some(from) = sheet.from.as_deref() else {
        return match &sheet.unit {
            Some(_) => Err(Mistake::new("expiry.from", tr!("is missing: where the lifetime stands"))),
            None => Ok(Expiry::Untold),
        };
    };
    let unit = match word("expiry.unit", sheet.unit.as_deref().unwrap_or("s"), UNITS)? {
        Some(unit) => unit,
        None => LifetimeUnit::Local {
            format: sheet.format.clone().unwrap_or_else(|| "%Y-%m-%d %H:%M:%S".to_owned()),
            offset: offset(sheet.offset.as_deref().unwrap_or("+00:00"))?,
        },
    };
    Ok(Expiry::Told { from: source("expiry.from", from)?, unit })
}

/// The longest time that tokens may be taken beyond their end, in seconds: "no more than a few minutes" says RFC 7519
/// section 4.1.4, and the frameworks that have a default take five at most.
const LONGEST_LEEWAY: f64 = 300.0;

/// Reads for how long beyond its end a token is taken.
pub(super) fn leeway(sheet: &ExpirySheet) -> Made<Duration> {
    let Some(seconds) = sheet.leeway else { return Ok(Duration::ZERO) };
    if sheet.from.is_none() && sheet.seconds.is_none() {
        let advice =
            tr!("no end is told that a token could outlive; write expiry.from or expiry.seconds too");
        return Err(Mistake::new("expiry.leeway", advice));
    }
    let leeway = Duration::try_from_secs_f64(seconds).ok().filter(|_| seconds <= LONGEST_LEEWAY);
    leeway.ok_or_else(|| {
        let longest = LONGEST_LEEWAY;
        let advice = tr!(
            "{seconds} is no leeway in seconds; write it like 60, and not above {longest}",
            seconds,
            longest
        );
        Mistake::new("expiry.leeway", advice)
    })
}

/// Reads an offset from UTC such as `+08:00`.
fn offset(text: &str) -> Made<i32> {
    let parsed = || {
        let (sign, rest) = match text.as_bytes().first()? {
            b'+' => (1, text.get(1..)?),
            b'-' => (-1, text.get(1..)?),
            _ => return None,
        };
        let (hours, minutes) = rest.split_once(':')?;
        let (hours, minutes) = (hours.parse::<i32>().ok()?, minutes.parse::<i32>().ok()?);
        (hours < 15 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
    };
    parsed().ok_or_else(|| {
        Mistake::new(
            "expiry.offset",
            tr!("{text} is no offset; write it like \"+08:00\"", text = format_args!("{text:?}")),
        )
    })
}

pub(super) fn source(key: &str, text: &str) -> Made<Source> {
    Source::parse(text).map_err(|what| Mistake::new(key, what))
}

pub(super) fn sources(key: &str, places: &Places) -> Made<Vec<Source>> {
    let texts = match places {
        Places::One(text) => std::slice::from_ref(text),
        Places::Several(texts) => texts.as_slice(),
    };
    texts.iter().map(|text| source(key, text)).collect()
}

pub(super) fn captures(
    key: &str,
    sheet: Option<&BTreeMap<String, Places>>,
) -> Made<BTreeMap<String, Vec<Source>>> {
    let capture = |(name, places): (&String, &Places)| {
        Ok((name.clone(), sources(&format!("{key}.capture.{name}"), places)?))
    };
    sheet.into_iter().flatten().map(capture).collect()
}

pub(super) fn predicate(key: &str, sheet: &PredicateSheet) -> Made<Predicate> {
    const MEDIA: &[(&str, Option<Media>)] =
        &[("json", Some(Media::Json)), ("text", Some(Media::Text)), ("any", None)];
    let values = |name: &str, table: Option<&BTreeMap<String, Toml>>| {
        let pair = |(place, value): (&String, &Toml)| {
            let wanted = match value {
                Toml::Array(values) => values.iter().map(literal).collect(),
                Toml::String(_)
                | Toml::Integer(_)
                | Toml::Float(_)
                | Toml::Boolean(_)
                | Toml::Datetime(_)
                | Toml::Table(_) => vec![literal(value)],
            };
            Ok((source(&format!("{key}.{name}"), place)?, wanted))
        };
        table.into_iter().flatten().map(pair).collect::<Made<Vec<_>>>()
    };
    let places = |name: &str, places: Option<&Places>| {
        places.map_or(Ok(Vec::new()), |places| sources(&format!("{key}.{name}"), places))
    };
    Ok(Predicate {
        status: sheet
            .status
            .as_ref()
            .map_or(Ok(Vec::new()), |value| statuses(&format!("{key}.status"), value))?,
        media: sheet.media.as_deref().map_or(Ok(None), |text| word(&format!("{key}.media"), text, MEDIA))?,
        equals: values("equals", sheet.equals.as_ref())?,
        differs: values("differs", sheet.differs.as_ref())?,
        exists: places("exists", sheet.exists.as_ref())?,
        absent: places("absent", sheet.absent.as_ref())?,
        contains: sheet.contains.clone(),
    })
}

fn statuses(key: &str, value: &Toml) -> Made<Vec<Statuses>> {
    let wrong = || {
        Mistake::new(key, tr!("{value} is no status; write 200, \"2xx\" or a list such as [200, 201]", value))
    };
    match value {
        Toml::Array(items) => {
            Ok(items.iter().map(|item| statuses(key, item)).collect::<Made<Vec<_>>>()?.concat())
        }
        Toml::Integer(status) => {
            let status = u16::try_from(*status).ok().filter(|status| (100..600).contains(status));
            status.map(|status| vec![Statuses { from: status, to: status }]).ok_or_else(wrong)
        }
        Toml::String(text) => {
            let class = text.strip_suffix("xx").and_then(|class| class.parse::<u16>().ok());
            let class = class.filter(|class| (1..6).contains(class)).ok_or_else(wrong)?;
            Ok(vec![Statuses { from: class * 100, to: class * 100 + 99 }])
        }
        Toml::Float(_) | Toml::Boolean(_) | Toml::Datetime(_) | Toml::Table(_) => Err(wrong()),
    }
}

/// Returns a value of TOML as JSON has it.
pub(super) fn literal(value: &Toml) -> Value {
    match value {
        Toml::String(text) => Value::from(text.as_str()),
        #[expect(
            clippy::as_conversions,
            clippy::cast_precision_loss,
            reason = "JavaScript has no other numbers"
        )]
        Toml::Integer(number) => Value::Number(*number as f64),
        Toml::Float(number) => Value::Number(*number),
        Toml::Boolean(truth) => Value::Bool(*truth),
        Toml::Datetime(instant) => Value::from(instant.to_string().as_str()),
        Toml::Array(items) => Value::Array(items.iter().map(literal).collect()),
        Toml::Table(table) => {
            let mut object = Object::default();
            for (name, value) in table {
                object.set(name.as_str(), literal(value));
            }
            Value::from(object)
        }
    }
}
