//! How single verdicts add up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How much a requirement weighs. Closed: the three levels are part of the report format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A breach makes the backend nonconforming.
    Must,
    /// A breach is an advisory, and counts only in a strict run.
    Should,
    /// Neither right nor wrong: the run reports which legal behaviour it saw.
    Observe,
}

impl Level {
    /// Every level, the weightiest first.
    pub const ALL: &'static [Self] = &[Self::Must, Self::Should, Self::Observe];

    /// Returns what the level means, in one sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Must => mark!("A backend that breaks it is nonconforming."),
            Self::Should => mark!("A breach is an advisory; with --strict it counts like that of a must."),
            Self::Observe => {
                mark!("It is neither right nor wrong: the run reports which legal behaviour it saw.")
            }
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Must => mark!("must"),
            Self::Should => mark!("should"),
            Self::Observe => mark!("observe"),
        })
    }
}

impl FromStr for Level {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "must" => Ok(Self::Must),
            "should" => Ok(Self::Should),
            "observe" => Ok(Self::Observe),
            _ => Err(()),
        }
    }
}

/// What one scenario showed. Closed: part of the report format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScenarioVerdict {
    /// At least one judgement was made, and each was in the backend's favour.
    Kept,
    /// A judgement went against the backend.
    Broken,
    /// The scenario needs something this backend or this run does not have.
    Skipped,
    /// Nothing could be judged.
    Undecided,
}

/// What all scenarios of a requirement showed together. Closed: part of the report format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequirementVerdict {
    /// Every scenario that applies was judged, and each was kept.
    Kept,
    /// A must, or in a strict run a should, is broken.
    Broken,
    /// A should is broken in a run that is not strict.
    Advised,
    /// An observation was made; there is no right or wrong about it.
    Observed,
    /// A capability it needs is absent, or it is about something this backend does not do.
    Skipped,
    /// It could not be judged.
    Undecided,
    /// It is broken, and the baseline says that this is known.
    Waived,
}

impl RequirementVerdict {
    /// Every verdict, in the order in which they are explained.
    pub const ALL: &'static [Self] = &[
        Self::Kept,
        Self::Broken,
        Self::Advised,
        Self::Observed,
        Self::Skipped,
        Self::Undecided,
        Self::Waived,
    ];

    /// Returns what the verdict means, as the documentation has it.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Kept => mark!("every scenario that applies was judged, and each was kept"),
            Self::Broken => mark!("a must, or with --strict a should, was seen to be broken"),
            Self::Advised => mark!("a should was seen to be broken"),
            Self::Observed => mark!("an observation was made"),
            Self::Skipped => mark!("this backend or this run lacks something it needs; the result says what"),
            Self::Undecided => mark!("it could not be judged; the result says why"),
            Self::Waived => mark!("it is broken, and listed as a known deviation"),
        }
    }

    /// Concludes from the scenarios of a requirement.
    ///
    /// | scenarios | must | should | should, strict | observe |
    /// |---|---|---|---|---|
    /// | any broken | broken | advised | broken | observed |
    /// | else any undecided, or none at all | undecided | undecided | undecided | undecided |
    /// | else any kept | kept | kept | kept | observed |
    /// | else (all skipped) | skipped | skipped | skipped | skipped |
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::record::{Level, RequirementVerdict, ScenarioVerdict};
    ///
    /// let seen = [ScenarioVerdict::Kept, ScenarioVerdict::Broken];
    /// assert_eq!(RequirementVerdict::conclude(Level::Must, false, &seen), RequirementVerdict::Broken);
    /// assert_eq!(RequirementVerdict::conclude(Level::Should, false, &seen), RequirementVerdict::Advised);
    /// ```
    #[must_use]
    pub fn conclude(level: Level, strict: bool, scenarios: &[ScenarioVerdict]) -> Self {
        let any = |wanted| scenarios.contains(&wanted);
        if any(ScenarioVerdict::Broken) {
            return match (level, strict) {
                (Level::Must, _) | (Level::Should, true) => Self::Broken,
                (Level::Should, false) => Self::Advised,
                (Level::Observe, _) => Self::Observed,
            };
        }
        if scenarios.is_empty() || any(ScenarioVerdict::Undecided) {
            return Self::Undecided;
        }
        if any(ScenarioVerdict::Kept) {
            return if level == Level::Observe { Self::Observed } else { Self::Kept };
        }
        Self::Skipped
    }

    /// Returns the word used in every report.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kept => mark!("kept"),
            Self::Broken => mark!("broken"),
            Self::Advised => mark!("advised"),
            Self::Observed => mark!("observed"),
            Self::Skipped => mark!("skipped"),
            Self::Undecided => mark!("undecided"),
            Self::Waived => mark!("waived"),
        }
    }
}

/// What the whole run says about the backend. Closed: part of the report format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunVerdict {
    /// Every must of the catalogue that applies to this backend was judged and kept.
    Conforming,
    /// At least one must, or in a strict run one should, is broken.
    Nonconforming,
    /// The run could not judge.
    Undecided,
    /// Everything judged was kept or is known to be broken, but some musts were waived, skipped or not
    /// selected.
    Partial,
}

impl RunVerdict {
    /// Every verdict, in the order in which they are explained.
    pub const ALL: &'static [Self] = &[Self::Conforming, Self::Nonconforming, Self::Partial, Self::Undecided];

    /// Returns what the verdict means, as the documentation has it.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Conforming => mark!("every must that applies to this backend was judged and kept"),
            Self::Nonconforming => mark!("something that counts is broken"),
            Self::Partial => {
                mark!(
                    "what was judged was kept or is waived, but some musts were waived, skipped or not selected"
                )
            }
            Self::Undecided => {
                mark!("a must is undecided, or the backend was not there, or it never asked our WeChat")
            }
        }
    }

    /// Returns the word used in every report.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Conforming => mark!("conforming"),
            Self::Nonconforming => mark!("nonconforming"),
            Self::Undecided => mark!("undecided"),
            Self::Partial => mark!("partial"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, RequirementVerdict, ScenarioVerdict};

    #[test]
    fn the_conclusion_follows_the_table() {
        use RequirementVerdict as R;
        use ScenarioVerdict as S;
        let rows: &[(&[S], [R; 4])] = &[
            (&[S::Kept, S::Broken, S::Undecided], [R::Broken, R::Advised, R::Broken, R::Observed]),
            (&[S::Kept, S::Undecided], [R::Undecided; 4]),
            (&[], [R::Undecided; 4]),
            (&[S::Kept, S::Skipped], [R::Kept, R::Kept, R::Kept, R::Observed]),
            (&[S::Skipped], [R::Skipped; 4]),
        ];
        for (seen, expected) in rows {
            let concluded = [
                R::conclude(Level::Must, false, seen),
                R::conclude(Level::Should, false, seen),
                R::conclude(Level::Should, true, seen),
                R::conclude(Level::Observe, true, seen),
            ];
            assert_eq!(&concluded, expected, "{seen:?}");
        }
    }
}
