//! Which requirements were asked for?

use super::given::Options;
use super::problem::Problem;
use super::values;
use crate::backend::TimeControl;
use crate::suite::{Catalogue, Choice, ChoiceError, Plan};

/// Reads what `only` and `tags` say.
pub(super) fn read(options: &Options) -> Result<Choice, Problem> {
    let only = options.get("only").map(|given| given.read_each(values::ids)).transpose()?;
    let tags = options.get("tags").map(|given| given.read(|text| Ok::<_, String>(text.to_owned())));
    Ok(Choice { only: only.unwrap_or_default().concat(), tags: tags.transpose()? })
}

/// Plans what was asked for; a mistake is told with the name of the option it stands in.
pub(super) fn planned(options: &Options, choice: &Choice, time: &TimeControl) -> Result<Plan, Problem> {
    Plan::new(&Catalogue::embedded()?, choice, time).map_err(|error| {
        let name = match error {
            ChoiceError::UnknownId { .. } => "only",
            ChoiceError::Syntax { .. } | ChoiceError::UnknownTag { .. } => "tags",
        };
        match options.get(name) {
            Some(given) => given.wrong(error),
            None => Problem::usage(error),
        }
    })
}
