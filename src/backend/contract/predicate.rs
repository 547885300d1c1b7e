//! Does an answer say yes?

use std::collections::BTreeMap;

use super::pointer::{Source, body_of};
use crate::expiry::Value;
use crate::record::Answer;

/// Which media type an answer has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// A body that is JSON, whatever the header says: phones look at the body only.
    Json,
    /// A body that is no JSON.
    Text,
}

/// A range of statuses, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statuses {
    /// The lowest.
    pub from: u16,
    /// The highest.
    pub to: u16,
}

/// What an answer has to look like. An empty one fits every answer.
///
/// Values are compared with their type: `0` is not `"0"`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Predicate {
    /// The status is one of these; empty means any.
    pub status: Vec<Statuses>,
    /// The body is of this kind.
    pub media: Option<Media>,
    /// What stands there is one of these values.
    pub equals: Vec<(Source, Vec<Value>)>,
    /// What stands there is none of these values.
    pub differs: Vec<(Source, Vec<Value>)>,
    /// Something that is neither null, empty nor zero stands there.
    pub exists: Vec<Source>,
    /// Nothing of that kind stands there.
    pub absent: Vec<Source>,
    /// The body has this text in it.
    pub contains: Option<String>,
}

impl Predicate {
    /// Tells whether nothing but the status, and whether the body is JSON, decides.
    #[must_use]
    pub fn looks_at_status_alone(&self) -> bool {
        let of_body = Self { status: Vec::new(), media: None, ..self.clone() };
        of_body == Self::default()
    }

    /// Tells whether an answer looks like this.
    #[must_use]
    pub fn fits(&self, answer: &Answer) -> bool {
        self.objection(answer).is_none()
    }

    /// Returns the first thing in which an answer differs, for a person to read; absent when it fits.
    #[must_use]
    pub fn objection(&self, answer: &Answer) -> Option<String> {
        let within = |statuses: &Statuses| (statuses.from..=statuses.to).contains(&answer.status);
        if !self.status.is_empty() && !self.status.iter().any(within) {
            return Some(tr!("the status is {status}", status = answer.status));
        }
        let body = body_of(answer);
        let is_json = body != Value::Undefined;
        match self.media {
            Some(Media::Json) if !is_json => return Some(tr!("the body is no JSON")),
            Some(Media::Text) if is_json => return Some(tr!("the body is JSON")),
            Some(Media::Json | Media::Text) | None => {}
        }
        let find = |source: &Source| source.find_in(answer, &body);
        let shown = |value: &Value| value.to_json().unwrap_or_else(|| tr!("nothing"));
        for (source, wanted) in &self.equals {
            let found = find(source);
            if !wanted.contains(&found) {
                return Some(tr!("{source} is {value}", value = shown(&found), source));
            }
        }
        for (source, unwanted) in &self.differs {
            let found = find(source);
            if unwanted.contains(&found) {
                return Some(tr!("{source} is {value}", value = shown(&found), source));
            }
        }
        if let Some(source) = self.exists.iter().find(|source| !find(source).is_truthy()) {
            return Some(tr!("{source} is {value}", value = shown(&find(source)), source));
        }
        if let Some(source) = self.absent.iter().find(|source| find(source).is_truthy()) {
            return Some(tr!("{source} is there", source));
        }
        let lacks = |text: &String| !String::from_utf8_lossy(&answer.body).contains(text.as_str());
        self.contains
            .as_ref()
            .filter(|text| lacks(text))
            .map(|text| tr!("the body has no {text} in it", text = format_args!("{text:?}")))
    }

    /// Returns a predicate for these statuses.
    #[must_use]
    pub fn of_status(from: u16, to: u16) -> Self {
        Self { status: vec![Statuses { from, to }], ..Self::default() }
    }

    /// Returns the values that the predicate demands in the body, by JSON pointer: what a backend that wants to be
    /// understood has to write.
    #[must_use]
    pub fn demanded(&self) -> BTreeMap<String, Value> {
        let demanded = self.equals.iter().filter_map(|(source, values)| match source {
            Source::Body(pointer) => values.first().map(|value| (pointer.clone(), value.clone())),
            Source::Header(_) | Source::Cookie(_) | Source::Claim { .. } => None,
        });
        demanded.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Media, Predicate, Source, Statuses};
    use crate::expiry::Value;
    use crate::record::{Answer, Headers};

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: Headers::default(), body: body.as_bytes().to_vec(), cut: false }
    }

    fn body(pointer: &str) -> Source {
        Source::Body(pointer.to_owned())
    }

    #[test]
    fn an_empty_predicate_fits_everything() {
        assert!(Predicate::default().fits(&answer(500, "<html>")));
    }

    #[test]
    fn a_number_is_not_its_text() {
        let zero =
            Predicate { equals: vec![(body("/code"), vec![Value::from(0.0)])], ..Predicate::default() };
        assert!(zero.fits(&answer(200, r#"{"code":0}"#)));
        assert_eq!(zero.objection(&answer(200, r#"{"code":"0"}"#)).unwrap(), r#"/code is "0""#);
        assert_eq!(zero.objection(&answer(200, "{}")).unwrap(), "/code is nothing");
        let text = Predicate { equals: vec![(body("/code"), vec!["00000".into(), "ok".into()])], ..zero };
        assert!(text.fits(&answer(200, r#"{"code":"ok"}"#)));
        assert!(!text.fits(&answer(200, r#"{"code":0}"#)));
    }

    #[test]
    fn each_part_can_object() {
        let fits = |predicate: Predicate, status, text: &str| predicate.fits(&answer(status, text));
        let status = Predicate { status: vec![Statuses { from: 200, to: 204 }], ..Predicate::default() };
        assert!(fits(status.clone(), 204, "") && !fits(status, 205, ""));
        let json = Predicate { media: Some(Media::Json), ..Predicate::default() };
        assert!(fits(json.clone(), 200, "null") && !fits(json, 200, "oops"));
        let text = Predicate { media: Some(Media::Text), ..Predicate::default() };
        assert!(fits(text.clone(), 200, "oops") && !fits(text, 200, "{}"));
        let differs =
            Predicate { differs: vec![(body("/code"), vec![Value::from(1.0)])], ..Predicate::default() };
        assert!(fits(differs.clone(), 200, "{}") && !fits(differs, 200, r#"{"code":1}"#));
        let exists = Predicate { exists: vec![body("/t")], ..Predicate::default() };
        assert!(fits(exists.clone(), 200, r#"{"t":"x"}"#) && !fits(exists, 200, r#"{"t":""}"#));
        let absent = Predicate { absent: vec![body("/t")], ..Predicate::default() };
        assert!(fits(absent.clone(), 200, r#"{"t":null}"#) && !fits(absent, 200, r#"{"t":"x"}"#));
        let contains = Predicate { contains: Some("failed".to_owned()), ..Predicate::default() };
        assert!(fits(contains.clone(), 200, "check failed") && !fits(contains, 200, "fine"));
    }
}
