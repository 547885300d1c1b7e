//! What does GitLab find where it runs the command?
//!
//! A merge request shows the code quality that a job hands over as a file, and nothing of what the job prints. So a run
//! leaves the report in a file, under the name that GitLab's own documentation uses, unless one was asked for. `--quiet`
//! asks for nothing but the status and the reports that are named, so it leaves none.

use std::error::Error as _;
use std::path::Path;

use super::console::Console;
use crate::record::RunRecord;
use crate::report::{Format, ReportSpec, Target, write};
use crate::suite::Catalogue;

/// The variable by which GitLab says that a job runs there.
const VARIABLE: &str = "GITLAB_CI";

/// The file, in the working folder.
const FILE: &str = "gl-code-quality-report.json";

/// What an issue is called that is about no requirement.
const OF_RUN: [&str; 3] = ["RUN", "BASELINE", "SECRETS"];

/// Leaves the report for GitLab, if GitLab runs the command and no such report was asked for. Nobody asked for it, so
/// that it cannot be written changes nothing about the run.
pub(super) fn leave(record: &RunRecord, reports: &[ReportSpec], console: &mut Console) {
    let path = Path::new(FILE);
    let target = Target::File(path.to_owned());
    let asked = reports.iter().any(|spec| spec.format == Format::Gitlab || spec.target == target);
    if asked || std::env::var_os(VARIABLE).is_none_or(|value| value != "true") {
        return;
    }
    if is_of_others(path) {
        console.warn(&tr!(
            "{file} is left as it is, because another tool wrote it; `--report gitlab=PATH` writes the code quality \
             report for GitLab elsewhere",
            file = FILE
        ));
        return;
    }
    match write(&ReportSpec { format: Format::Gitlab, target }, record, console.out()) {
        Ok(()) => console.note(&tr!(
            "the code quality report for GitLab is in {file}; a job shows it with \
             `artifacts: reports: codequality: {file}`",
            file = FILE
        )),
        Err(error) => {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            console.warn(&tr!("there is no code quality report for GitLab: {error}{cause}", error, cause));
        }
    }
}

/// Tells whether there is a file that no run of ours left.
fn is_of_others(path: &Path) -> bool {
    let Ok(text) = std::fs::read(path) else { return false };
    let Ok(issues) = serde_json::from_slice::<Vec<serde_json::Value>>(&text) else { return true };
    let Ok(catalogue) = Catalogue::embedded() else { return false };
    let is_ours = |name: &str| OF_RUN.contains(&name) || catalogue.find(name).is_some();
    !issues.iter().all(|issue| issue["check_name"].as_str().is_some_and(is_ours))
}
