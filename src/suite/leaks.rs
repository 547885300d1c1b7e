//! What of the whole run's secrets the phones were shown.

use crate::checks::{Judgement, SecretKind, Shown, Sighting};
use crate::language::translated;
use crate::record::purpose_said;

/// How many sightings of a kind are kept; a finding tells the first three, and how many there were.
const KEPT: usize = 16;

/// What the searches of all answers add up to.
#[derive(Debug, Default)]
pub(crate) struct Leaks {
    answers: usize,
    unseen: Option<&'static str>,
    kept: Vec<Leak>,
    /// How many sightings there were of each kind.
    counts: Vec<(SecretKind, usize)>,
}

/// A secret that reached a phone.
#[derive(Clone, Debug)]
struct Leak {
    /// The key of the scenario, such as `CODE-02.1`.
    scenario: String,
    /// What the request was for.
    purpose: String,
    sighting: Sighting,
}

impl Leaks {
    /// Adds what the answers to one request show.
    pub(crate) fn add(&mut self, scenario: &str, purpose: &str, shown: Shown) {
        self.answers += shown.answers;
        self.unseen = self.unseen.or(shown.unseen);
        for sighting in shown.sightings {
            if self.count(sighting.kind) < KEPT {
                let (scenario, purpose) = (scenario.to_owned(), purpose.to_owned());
                self.kept.push(Leak { scenario, purpose, sighting: sighting.clone() });
            }
            match self.counts.iter_mut().find(|(kind, _)| *kind == sighting.kind) {
                Some((_, count)) => *count += 1,
                None => self.counts.push((sighting.kind, 1)),
            }
        }
    }

    fn count(&self, kind: SecretKind) -> usize {
        self.counts.iter().find(|(known, _)| *known == kind).map_or(0, |(_, count)| *count)
    }

    /// Judges the run by the rule that no secret of this kind reaches a phone.
    pub(crate) fn judge(&self, kind: SecretKind) -> Judgement {
        let (count, name) = (self.count(kind), translated(kind.name()));
        if count == 0 && self.answers == 0 {
            return Judgement::CannotTell(tr!("the backend gave no answer in the whole run"));
        }
        if let (0, Some(reason)) = (count, self.unseen) {
            return Judgement::CannotTell(translated(reason));
        }
        // One's own openid may well be answered.
        let expected = match kind {
            SecretKind::OpenId => tr!("no openid of somebody else in any answer"),
            SecretKind::SessionKey | SecretKind::AppSecret | SecretKind::PlatformToken => {
                tr!("no {name} in any answer", name)
            }
        };
        Judgement::from_condition(count == 0, expected, || {
            let such = self.kept.iter().filter(|leak| leak.sighting.kind == kind);
            let places = such.take(3).map(|leak| {
                let Sighting { place, spelling, .. } = &leak.sighting;
                tr!(
                    "{place} of the {purpose} in {scenario}: {spelling}",
                    place,
                    purpose = purpose_said(&leak.purpose),
                    scenario = leak.scenario,
                    spelling
                )
            });
            let places: Vec<String> = places.collect();
            tr!(
                "{count} times in {answers} answers: {places}",
                count,
                answers = self.answers,
                places = places.join(&tr!("between parts" => "; "))
            )
        })
    }
}

/// Tells whether a secret may stand in the answers of a scenario as far as the whole run is concerned.
///
/// The openid of somebody of the same scenario is left to the scenarios that look at it closely: there a person
/// may have sent the code or the token of another on purpose.
pub(crate) fn is_expected(scenario: &str, sighting: &Sighting) -> bool {
    sighting.kind == SecretKind::OpenId && scenario_of(&sighting.owner) == scenario
}

/// Returns the key of the scenario that a person belongs to.
pub(crate) fn scenario_of(person: &str) -> &str {
    person.split('/').next().unwrap_or(person)
}

#[cfg(test)]
mod tests {
    use super::{Leaks, is_expected};
    use crate::checks::{Judgement, SecretKind, Shown, Sighting};

    fn shown(kind: SecretKind, owner: &str) -> Shown {
        let (owner, place, spelling) =
            (owner.to_owned(), "the body at byte 1".to_owned(), "as it is".to_owned());
        Shown { answers: 1, sightings: vec![Sighting { kind, owner, place, spelling }], ..Shown::default() }
    }

    #[test]
    fn each_kind_is_judged_by_itself() {
        let mut leaks = Leaks::default();
        for _ in 0..40 {
            leaks.add("CODE-01.1", "token", shown(SecretKind::SessionKey, "CODE-01.1/Alice"));
        }
        let Judgement::Broken(finding) = leaks.judge(SecretKind::SessionKey) else { panic!("{leaks:?}") };
        assert_eq!(finding.expected, "no session key in any answer");
        let place = "the body at byte 1 of the token in CODE-01.1: as it is";
        assert_eq!(finding.actual, format!("40 times in 40 answers: {place}; {place}; {place}"));
        assert_eq!(leaks.judge(SecretKind::AppSecret), Judgement::Kept);
    }

    #[test]
    fn the_openid_of_an_acquaintance_is_not_looked_at_here() {
        let expected = |kind: SecretKind, owner: &str| {
            shown(kind, owner).sightings.iter().all(|sighting| is_expected("CODE-01.1", sighting))
        };
        assert!(expected(SecretKind::OpenId, "CODE-01.1/Bob"));
        assert!(!expected(SecretKind::OpenId, "CODE-01.10/Bob"));
        assert!(!expected(SecretKind::SessionKey, "CODE-01.1/Bob"));
    }

    #[test]
    fn what_was_not_seen_cannot_be_judged() {
        let mut leaks = Leaks::default();
        assert!(matches!(leaks.judge(SecretKind::AppSecret), Judgement::CannotTell(_)));
        leaks.add("CODE-01.1", "token", Shown { answers: 1, unseen: Some("too long"), ..Shown::default() });
        assert_eq!(leaks.judge(SecretKind::AppSecret), Judgement::CannotTell("too long".to_owned()));
        leaks.add("CODE-01.1", "token", shown(SecretKind::AppSecret, "the app"));
        assert!(matches!(leaks.judge(SecretKind::AppSecret), Judgement::Broken(_)));
    }
}
