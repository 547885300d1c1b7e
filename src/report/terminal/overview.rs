//! What was asked, of whom, and how does each requirement stand?

use std::io::{self, Write};

use super::page::{Page, Tone, as_requirement, mark};
use crate::record::{RequirementRecord, RequirementVerdict, RunRecord};
use crate::report::wording;

/// Writes what was judged and with which settings.
pub(super) fn header<W: Write>(page: &mut Page<'_, W>, record: &RunRecord) -> io::Result<()> {
    let tool = format!("{} {}", record.tool.name, record.tool.version);
    let whose = if record.backend.kind == "reference" { " (the built-in reference backend)" } else { "" };
    page.entry(
        &[(Tone::Strong, &tool), (Tone::Plain, "  ")],
        Tone::Plain,
        &format!("{}{whose}", record.backend.url),
    )?;
    let mut settings = vec![tr!("contract {}", record.contract), tr!("seed {}", record.seed)];
    if record.strict {
        settings.push("strict".to_owned());
    }
    if !record.selection.only.is_empty() {
        settings.push(tr!("only {}", record.selection.only.join(", ")));
    }
    if let Some(tags) = &record.selection.tags {
        settings.push(tr!("tags {tags}", tags));
    }
    page.line(Tone::Faint, &settings.join(" · "))
}

/// Writes every requirement with its verdict, area by area.
pub(super) fn requirements<W: Write>(page: &mut Page<'_, W>, record: &RunRecord) -> io::Result<()> {
    let mut areas: Vec<(&str, Vec<&RequirementRecord>)> = Vec::new();
    for requirement in &record.requirements {
        match areas.iter_mut().find(|(area, _)| *area == requirement.area) {
            Some((_, known)) => known.push(requirement),
            None => areas.push((&requirement.area, vec![requirement])),
        }
    }
    let widest = record.requirements.iter().map(|requirement| requirement.id.chars().count()).max();
    for (area, requirements) in areas {
        page.blank()?;
        page.line(Tone::Strong, area)?;
        for requirement in requirements {
            line(page, requirement, widest.unwrap_or_default())?;
        }
    }
    Ok(())
}

fn line<W: Write>(page: &mut Page<'_, W>, requirement: &RequirementRecord, widest: usize) -> io::Result<()> {
    let RequirementRecord { id, level, sentence, verdict, .. } = requirement;
    let judged = format!("  {} {:<9}  ", mark(*verdict), verdict.word());
    let named = format!("{id:<widest$}  ");
    let level = format!("{:<7}  ", level.to_string());
    // What is kept is the background before which everything else stands out.
    let tone = if *verdict == RequirementVerdict::Skipped { Tone::Faint } else { Tone::Plain };
    page.entry(
        &[(Tone::of(*verdict), &judged), (Tone::Plain, &named), (Tone::Faint, &level)],
        tone,
        sentence,
    )?;
    if *verdict == RequirementVerdict::Observed {
        page.entry(
            &[(Tone::Plain, "      "), (Tone::Calm, "seen  ")],
            Tone::Calm,
            wording::reason(requirement),
        )?;
    }
    if page.verbose() {
        for scenario in &requirement.scenarios {
            let shown = as_requirement(scenario.verdict);
            let lead = format!("      {} ", mark(shown));
            let took = wording::duration(scenario.duration_ms);
            page.entry(&[(Tone::of(shown), &lead)], Tone::Faint, &format!("{} ({took})", scenario.name))?;
        }
    }
    Ok(())
}
