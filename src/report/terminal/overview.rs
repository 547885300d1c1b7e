//! What was asked, of whom, and how does each requirement stand?

use std::io::{self, Write};

use super::page::{Page, Tone, as_requirement, mark};
use crate::language::translated;
use crate::record::{RequirementRecord, RequirementVerdict, RunRecord};
use crate::report::wording;

/// Writes what was judged and with which settings.
pub(super) fn header<W: Write>(page: &mut Page<'_, W>, record: &RunRecord) -> io::Result<()> {
    let tool = format!("{} {}", record.tool.name, record.tool.version);
    let url = &record.backend.url;
    let of_whom = match record.backend.kind.as_str() {
        "reference" => tr!("{url} (the built-in reference backend)", url),
        _ => url.clone(),
    };
    page.entry(&[(Tone::Strong, &tool), (Tone::Plain, "  ")], Tone::Plain, &of_whom)?;
    let mut settings =
        vec![tr!("contract {contract}", contract = record.contract), tr!("seed {seed}", seed = record.seed)];
    if record.strict {
        settings.push(tr!("strict"));
    }
    if !record.selection.only.is_empty() {
        settings.push(tr!("only {ids}", ids = record.selection.only.join(", ")));
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
        page.line(Tone::Strong, &translated(area))?;
        for requirement in requirements {
            line(page, requirement, widest.unwrap_or_default())?;
        }
    }
    Ok(())
}

fn line<W: Write>(page: &mut Page<'_, W>, requirement: &RequirementRecord, widest: usize) -> io::Result<()> {
    let RequirementRecord { id, level, sentence, verdict, .. } = requirement;
    let judged = format!("  {} {}  ", mark(*verdict), wording::padded(&wording::verdict(*verdict), 9));
    let named = format!("{id:<widest$}  ");
    let level = format!("{}  ", wording::padded(&wording::level(*level), 7));
    // What is kept is the background before which everything else stands out.
    let tone = if *verdict == RequirementVerdict::Skipped { Tone::Faint } else { Tone::Plain };
    page.entry(
        &[(Tone::of(*verdict), &judged), (Tone::Plain, &named), (Tone::Faint, &level)],
        tone,
        &translated(sentence),
    )?;
    if *verdict == RequirementVerdict::Observed {
        page.entry(
            &[(Tone::Plain, "      "), (Tone::Calm, &format!("{}  ", tr!("seen")))],
            Tone::Calm,
            &wording::reason(requirement),
        )?;
    }
    if page.verbose() {
        for scenario in &requirement.scenarios {
            let shown = as_requirement(scenario.verdict);
            let lead = format!("      {} ", mark(shown));
            let (name, took) = (translated(&scenario.name), wording::duration(scenario.duration_ms));
            let told = tr!("{name} ({took})", name, took);
            page.entry(&[(Tone::of(shown), &lead)], Tone::Faint, &told)?;
        }
    }
    Ok(())
}
