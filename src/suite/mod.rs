//! In which order, and which rules apply?

mod arrange;
mod cast;
mod catalogue;
mod codes;
mod conclusion;
mod crowd;
mod driver;
mod evidence;
mod features;
mod forgery;
mod handset;
mod hook;
mod issuing;
mod judging;
mod log;
mod need;
mod parameters;
mod plan;
mod playing;
mod presenting;
mod reading;
mod run;
mod samples;
mod steps;
mod time;
mod together;
mod tokens;
mod troubled;
mod waiving;
mod world;

pub use catalogue::{Catalogue, CatalogueError, Requirement, ScenarioText};
pub use features::{FEATURE_FILES, FeatureFile};
pub use judging::{DEFAULT_JOBS, Judging, RunError, judge};
pub use need::Need;
pub use plan::{Choice, ChoiceError, Plan, Planned};
pub use playing::Progress;
