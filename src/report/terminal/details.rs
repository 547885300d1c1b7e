//! What is not as it should be, and how is it mended?

use std::io::{self, Write};

use super::page::{Page, Tone, mark};
use crate::language::translated;
use crate::record::{
    ExchangeRecord, RequirementRecord, RequirementVerdict, RunRecord, ScenarioRecord, ScenarioVerdict,
};
use crate::report::{printable, wording};

/// How many exchanges of each leg a block shows, counted from the last.
const EXCHANGES: usize = 2;

/// How many undecided requirements have a block. One trouble undoes many requirements, and the first
/// blocks tell it.
const UNDECIDED_BLOCKS: usize = 3;

/// How many columns stand before the text of a row.
const LABELS: usize = 14;

/// How many characters of a quotation a block shows. What a backend says is longer than what it tells.
const QUOTED: usize = 300;

/// Writes a block for every requirement that is broken, then for every one that is advised.
pub(super) fn findings<W: Write>(page: &mut Page<'_, W>, record: &RunRecord) -> io::Result<()> {
    for (verdict, heading) in
        [(RequirementVerdict::Broken, tr!("Broken")), (RequirementVerdict::Advised, tr!("Advised"))]
    {
        let found = record.requirements.iter().filter(|requirement| requirement.verdict == verdict);
        for (index, requirement) in found.enumerate() {
            page.blank()?;
            if index == 0 {
                page.line(Tone::Strong, &heading)?;
            }
            block(page, requirement, ScenarioVerdict::Broken)?;
        }
    }
    Ok(())
}

/// Writes why requirements are undecided or skipped. Requirements with the same reason share a
/// line; an undecided one with a reason of its own has a block, because its traffic may say what went wrong.
pub(super) fn unjudged<W: Write>(page: &mut Page<'_, W>, record: &RunRecord) -> io::Result<()> {
    for (verdict, heading) in
        [(RequirementVerdict::Undecided, tr!("Undecided")), (RequirementVerdict::Skipped, tr!("Skipped"))]
    {
        let groups = by_reason(record, verdict);
        if !groups.is_empty() {
            page.blank()?;
            page.line(Tone::Strong, &heading)?;
        }
        let mut blocks = 0;
        let mut after_block = false;
        for (reason, requirements) in groups {
            if after_block {
                page.blank()?;
            }
            after_block = false;
            match requirements.as_slice() {
                [one] if verdict == RequirementVerdict::Undecided && blocks < UNDECIDED_BLOCKS => {
                    block(page, one, ScenarioVerdict::Undecided)?;
                    blocks += 1;
                    after_block = true;
                }
                many => {
                    let lead = format!("  {} ", mark(verdict));
                    let text = tr!("{reason}: {ids}", reason, ids = wording::ids(many));
                    page.entry(&[(Tone::of(verdict), &lead)], Tone::Plain, &text)?;
                }
            }
        }
    }
    Ok(())
}

/// Returns the requirements of one verdict by their reason, in the order in which the reasons first occur.
fn by_reason(record: &RunRecord, verdict: RequirementVerdict) -> Vec<(String, Vec<&RequirementRecord>)> {
    let mut groups: Vec<(String, Vec<&RequirementRecord>)> = Vec::new();
    for requirement in record.requirements.iter().filter(|requirement| requirement.verdict == verdict) {
        let reason = wording::reason(requirement);
        match groups.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, requirements)) => requirements.push(requirement),
            None => groups.push((reason, vec![requirement])),
        }
    }
    groups
}

/// Writes everything about one requirement; of its scenarios those that gave it its verdict.
fn block<W: Write>(
    page: &mut Page<'_, W>,
    requirement: &RequirementRecord,
    telling: ScenarioVerdict,
) -> io::Result<()> {
    let lead = format!("  {} ", mark(requirement.verdict));
    let id = format!("{}  ", requirement.id);
    page.entry(
        &[(Tone::of(requirement.verdict), &lead), (Tone::Strong, &id)],
        Tone::Strong,
        &translated(&requirement.sentence),
    )?;
    row(page, &tr!("why"), &translated(&requirement.why))?;
    if requirement.verdict == RequirementVerdict::Undecided {
        row(page, &tr!("reason"), &wording::reason(requirement))?;
    }
    let mut scenarios = requirement.scenarios.iter().filter(|scenario| scenario.verdict == telling);
    if let Some(first) = scenarios.next() {
        evidence(page, first)?;
    }
    let more: Vec<String> = scenarios.map(|scenario| translated(&scenario.name)).collect();
    if !more.is_empty() {
        row(page, &tr!("likewise"), &more.join(&tr!("between parts" => "; ")))?;
    }
    // What cannot be judged need not be broken.
    if requirement.verdict != RequirementVerdict::Undecided {
        row(page, &tr!("fix"), &translated(&requirement.fix))?;
    }
    row(page, &tr!("more"), &format!("wxconform explain {}", requirement.id))
}

/// Writes what one scenario saw.
fn evidence<W: Write>(page: &mut Page<'_, W>, scenario: &ScenarioRecord) -> io::Result<()> {
    let (name, location) = (translated(&scenario.name), &scenario.location);
    row(page, &tr!("scenario"), &tr!("{name} ({location})", name, location))?;
    for (label, text) in [
        (tr!("step"), wording::failing_step(scenario)),
        (tr!("expected"), scenario.expected.as_deref().map(translated)),
        (tr!("actual"), scenario.actual.as_deref().map(translated)),
    ] {
        if let Some(text) = text {
            row(page, &label, &printable(&text, QUOTED))?;
        }
    }
    let shown = telling_exchanges(&scenario.exchanges, page.verbose());
    let left_out = scenario.exchanges.len() - shown.len();
    let mut label = tr!("traffic");
    if left_out > 0 {
        let told = tr!("({n} other exchange left out)" | "({n} other exchanges left out)" % left_out);
        row(page, &label, &told)?;
        label.clear();
    }
    for exchange in shown {
        let room = if page.verbose() { usize::MAX } else { page.width().saturating_sub(LABELS) };
        if exchange.judged {
            let line = wording::exchange(exchange, room.saturating_sub(2));
            row(page, &label, &format!("{line}{}{}", wording::GLUE, mark(RequirementVerdict::Broken)))?;
        } else {
            row(page, &label, &wording::exchange(exchange, room))?;
        }
        label.clear();
        // WeChat says no with status 200, so there the status alone tells nothing. What the backend said is quoted above.
        let quoted = if page.verbose() { QUOTED } else { room.saturating_sub(2) };
        let told = exchange.answer.as_ref().filter(|_| page.verbose() || exchange.to == "wechat");
        if let Some(answer) = told.filter(|answer| !answer.body.is_empty()) {
            let deeper = " ".repeat(LABELS + 2);
            page.entry(&[(Tone::Plain, &deeper)], Tone::Faint, &printable(&answer.body, quoted))?;
        }
    }
    Ok(())
}

/// Returns the exchanges that show what is broken, what the backend asked WeChat meanwhile or what it was asked itself when
/// it asked WeChat, and for the rest the last of each leg before that, in the order they were sent; all of them for a verbose reader.
///
/// Taking the last of the whole list would lose the question to WeChat behind a crowd of phones.
fn telling_exchanges(exchanges: &[ExchangeRecord], all: bool) -> Vec<&ExchangeRecord> {
    if all {
        return exchanges.iter().collect();
    }
    let judged = exchanges.iter().rfind(|exchange| exchange.judged);
    let meanwhile = |exchange: &ExchangeRecord| {
        judged.is_some_and(|judged| {
            let (outer, inner) = if judged.to == "wechat" { (exchange, judged) } else { (judged, exchange) };
            let lasted = outer.at_ms..=outer.at_ms + outer.took_ms;
            let within = inner.to == "wechat" && outer.to != "wechat" && lasted.contains(&inner.at_ms);
            within && exchange.actor == judged.actor
        })
    };
    // What was sent later was sent to see whether anybody is served at all.
    let rank = |exchange: &ExchangeRecord| match judged {
        _ if exchange.judged || meanwhile(exchange) => 0,
        Some(judged) if exchange.at_ms > judged.at_ms => 2,
        Some(_) | None => 1,
    };
    let mut telling: Vec<(usize, &ExchangeRecord)> = Vec::new();
    for wanted in 0..=2 {
        for (place, exchange) in exchanges.iter().enumerate().rev() {
            let chosen = telling.iter().filter(|(_, chosen)| chosen.from == exchange.from).count();
            if rank(exchange) == wanted && chosen < EXCHANGES {
                telling.push((place, exchange));
            }
        }
    }
    telling.sort_by_key(|(place, _)| *place);
    telling.into_iter().map(|(_, exchange)| exchange).collect()
}

fn row<W: Write>(page: &mut Page<'_, W>, label: &str, text: &str) -> io::Result<()> {
    page.entry(&[(Tone::Faint, &format!("    {}  ", wording::padded(label, 8)))], Tone::Plain, text)
}

#[cfg(test)]
mod tests {
    use super::telling_exchanges;
    use crate::record::ExchangeRecord;
    use crate::report::fixtures;

    #[test]
    fn a_crowd_of_phones_does_not_hide_the_question_to_wechat() {
        let record = fixtures::nonconforming();
        let broken = record.requirements.iter().find(|one| one.id == "CODE-02").unwrap();
        let [first, to_wechat, ..] = broken.scenarios[0].exchanges.as_slice() else { panic!("too few") };
        let mut exchanges = vec![to_wechat.clone()];
        exchanges.extend(vec![first.clone(); 9]);
        let parties = |all| -> Vec<_> {
            telling_exchanges(&exchanges, all).iter().map(|one| one.to.as_str()).collect()
        };
        assert_eq!(parties(false), ["wechat", "backend", "backend"]);
        assert_eq!(parties(true).len(), 10);
    }

    #[test]
    fn what_shows_the_breach_is_shown_with_what_led_to_it_however_much_followed() {
        let record = fixtures::nonconforming();
        let broken = record.requirements.iter().find(|one| one.id == "CODE-02").unwrap();
        let [phone, to_wechat, ..] = broken.scenarios[0].exchanges.as_slice() else { panic!("too few") };
        let mut exchanges = Vec::new();
        for number in 0..9_u8 {
            let at_ms = 10.0 * f64::from(number);
            exchanges.push(ExchangeRecord { at_ms, took_ms: 5.0, judged: number == 3, ..phone.clone() });
            exchanges.push(ExchangeRecord { at_ms: at_ms + 1.0, ..to_wechat.clone() });
        }
        let moments: Vec<f64> = telling_exchanges(&exchanges, false).iter().map(|one| one.at_ms).collect();
        assert_eq!(moments, [20.0, 21.0, 30.0, 31.0]);
    }
}
