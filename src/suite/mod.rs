//! In which order, and which rules apply?

mod catalogue;
mod features;
mod need;
mod plan;

pub use catalogue::{Catalogue, CatalogueError, Requirement, ScenarioText};
pub use features::{FEATURE_FILES, FeatureFile};
pub use need::Need;
pub use plan::{Choice, ChoiceError, Plan, Planned};
