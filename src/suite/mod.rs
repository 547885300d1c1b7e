//! In which order, and which rules apply?

mod arrange;
mod cast;
mod catalogue;
mod conclusion;
mod driver;
mod evidence;
mod features;
mod forgery;
mod handset;
mod hostile;
mod judging;
mod log;
mod malformed;
mod need;
mod parameters;
mod plan;
mod playing;
mod reading;
mod run;
mod steps;
mod time;
mod world;

pub use catalogue::{Catalogue, CatalogueError, Requirement, ScenarioText};
pub use features::{FEATURE_FILES, FeatureFile};
pub use judging::{DEFAULT_JOBS, Judging, RunError, judge};
pub use need::Need;
pub use plan::{Choice, ChoiceError, Plan, Planned};
pub use playing::Progress;
