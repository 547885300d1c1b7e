//! Which words do all reports for people share?

use textwrap::core::display_width;

use super::printable;
use crate::language::translated;
use crate::record::{
    BaselineRecord, ExchangeRecord, Level, RequirementRecord, RequirementVerdict, RunRecord, ScenarioRecord,
    VerdictCounts, Waiver,
};

/// How many IDs one line names before it only counts the rest.
const IDS_NAMED: usize = 8;

/// A blank at which a page does not begin a new line, written as an ordinary one.
pub(super) const GLUE: char = '\u{a0}';

/// How many characters of a URL are shown however little room there is.
const URL_SHOWN: usize = 24;

/// Returns the word for a verdict as a person reads it; the machine formats have their own.
pub(super) fn verdict(verdict: RequirementVerdict) -> String {
    match verdict {
        RequirementVerdict::Kept => tr!("kept"),
        RequirementVerdict::Broken => tr!("broken"),
        RequirementVerdict::Advised => tr!("advised"),
        RequirementVerdict::Observed => tr!("observed"),
        RequirementVerdict::Skipped => tr!("skipped"),
        RequirementVerdict::Undecided => tr!("undecided"),
        RequirementVerdict::Waived => tr!("waived"),
    }
}

/// Returns the word for a level as a person reads it.
pub(super) fn level(level: Level) -> String {
    match level {
        Level::Must => tr!("must"),
        Level::Should => tr!("should"),
        Level::Observe => tr!("observe"),
    }
}

/// Returns a text with as many blanks behind it as fill so many columns; wide characters take two each.
pub(super) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(display_width(text))))
}

/// Returns a step as a person reads it. The rows of its table are told apart by line breaks, as in the record.
pub(super) fn step(text: &str) -> String {
    text.split('\n').map(translated).collect::<Vec<_>>().join("\n")
}

/// Returns the IDs of requirements as a list, cut when there are many.
pub(super) fn ids(requirements: &[&RequirementRecord]) -> String {
    let ids: Vec<&str> = requirements.iter().map(|requirement| requirement.id.as_str()).collect();
    named(&ids)
}

fn named(ids: &[&str]) -> String {
    match ids.get(IDS_NAMED..).map_or(0, <[_]>::len) {
        0 => ids.join(", "),
        more => tr!("{named} and {more} more", named = ids[..IDS_NAMED].join(", "), more),
    }
}

/// Returns how often each verdict but `kept` was given, leaving out those that were not.
pub(super) fn beside_kept(counts: &VerdictCounts) -> Vec<String> {
    use RequirementVerdict as V;
    [
        (counts.broken, V::Broken),
        (counts.waived, V::Waived),
        (counts.advised, V::Advised),
        (counts.undecided, V::Undecided),
        (counts.skipped, V::Skipped),
        (counts.observed, V::Observed),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, verdict)| counted(number, verdict))
    .collect()
}

/// Returns how often a verdict was given. The number stays beside its word.
pub(super) fn counted(number: usize, verdict: RequirementVerdict) -> String {
    let told = match verdict {
        RequirementVerdict::Kept => tr!("{number} kept", number),
        RequirementVerdict::Broken => tr!("{number} broken", number),
        RequirementVerdict::Advised => tr!("{number} advised", number),
        RequirementVerdict::Observed => tr!("{number} observed", number),
        RequirementVerdict::Skipped => tr!("{number} skipped", number),
        RequirementVerdict::Undecided => tr!("{number} undecided", number),
        RequirementVerdict::Waived => tr!("{number} waived", number),
    };
    told.replace(' ', &GLUE.to_string())
}

/// Returns why a requirement has no verdict, or what was observed.
pub(super) fn reason(requirement: &RequirementRecord) -> String {
    let scenarios = &requirement.scenarios;
    let of_scenario = || scenarios.iter().find_map(|scenario| scenario.reason.as_deref());
    let noted = || scenarios.iter().flat_map(|scenario| &scenario.notes).next().map(String::as_str);
    let reason = requirement.reason.as_deref().or_else(of_scenario).or_else(noted);
    reason.map_or_else(|| tr!("no reason is recorded"), translated)
}

/// Returns who answers for a waived deviation and until when, as what follows its reason.
pub(super) fn owner(waiver: &Waiver) -> String {
    let owner = &waiver.owner;
    match &waiver.until {
        Some(until) => tr!(" ({owner}, until {until})", owner, until),
        None => tr!(" ({owner})", owner),
    }
}

/// Returns by what a backend was judged and when: what a reader needs to check a report later. Raw. The names are those
/// of the machine formats.
pub(super) fn evidence(record: &RunRecord) -> Vec<(&'static str, String)> {
    let mut told = vec![
        (mark!("tool"), format!("{} {}", record.tool.name, record.tool.version)),
        (mark!("backend"), record.backend.url.clone()),
        (mark!("contract"), record.contract.clone()),
        (mark!("seed"), record.seed.to_string()),
        (mark!("started_at"), record.started_at.clone()),
    ];
    if let Some(evidence) = &record.evidence {
        told.push((mark!("catalogue_digest"), evidence.catalogue.clone()));
        told.push((mark!("contract_digest"), evidence.contract.clone()));
        told.extend(evidence.digest.clone().map(|digest| (mark!("report_digest"), digest)));
    }
    if record.secrets_shown {
        told.push((mark!("secrets"), tr!("shown, do not pass this on")));
    }
    told
}

/// Returns the warning to whoever is about to pass on a result that shows secrets; nothing when it shows none.
pub(super) fn secrets(record: &RunRecord) -> Option<String> {
    record
        .secrets_shown
        .then(|| tr!("secrets are shown, because --show-secrets asked for that; do not pass this on"))
}

/// Returns which entries of a baseline are stale, cut when there are many.
pub(super) fn stale(baseline: &BaselineRecord) -> String {
    let ids: Vec<&str> = baseline.stale.iter().map(|entry| entry.requirement.as_str()).collect();
    named(&ids)
}

/// Returns the step that ended a scenario before its end.
pub(super) fn failing_step(scenario: &ScenarioRecord) -> Option<String> {
    scenario.steps.iter().find(|one| one.outcome == "failed").map(|one| step(&one.text))
}

/// Returns one exchange as a line, such as `phone → backend   Alice  GET /user/info → 200`.
///
/// The URL gives way, from its end, so that the line has at most `limit` columns, as long as something
/// of the URL is left. The longest parts come last, so that lines below each other can be compared.
pub(super) fn exchange(exchange: &ExchangeRecord, limit: usize) -> String {
    let leg = |from: &str, to: &str| format!("{} → {}", party(from), party(to));
    let widest = [leg("phone", "backend"), leg("backend", "wechat")].map(|leg| display_width(&leg));
    let widest = widest.into_iter().max().unwrap_or_default();
    let leg = padded(&leg(&exchange.from, &exchange.to), widest);
    let before = format!("{leg}  {}  {} ", exchange.actor, exchange.method);
    let followed = match exchange.redirects.len() {
        0 => String::new(),
        number => format!(" → {}", redirects(number)),
    };
    let came = match (exchange.status, &exchange.failure) {
        (Some(status), _) => format!(" → {status}"),
        (None, Some(failure)) => format!(" → {}", translated(failure)),
        (None, None) => format!(" → {}", tr!("no answer")),
    };
    let taken = [&before, &followed, &came].map(|part| display_width(part)).iter().sum::<usize>();
    let room = limit.saturating_sub(taken).max(URL_SHOWN);
    format!("{before}{}{followed}{came}", printable(path(&exchange.url), room))
}

/// Returns how a person calls a party.
pub(super) fn party(name: &str) -> String {
    match name {
        "wechat" => tr!("WeChat"),
        "phone" => tr!("phone"),
        "backend" => tr!("backend"),
        _ => name.to_owned(),
    }
}

/// Returns how many redirects a phone followed.
pub(super) fn redirects(number: usize) -> String {
    tr!("{n} redirect" | "{n} redirects" % number)
}

/// Returns a URL without scheme and authority; something that is no URL comes back whole.
pub(super) fn path(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return url };
    rest.find(['/', '?']).map_or("/", |start| &rest[start..])
}

/// Returns a duration in the unit that a person would choose.
pub(super) fn duration(milliseconds: u64) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    match seconds {
        0 => format!("{rest} ms"),
        1..60 => format!("{seconds}.{:02} s", rest / 10),
        _ => tr!("{minutes} min {seconds} s", minutes = seconds / 60, seconds = seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::{duration, exchange, ids, padded, path, reason};
    use crate::report::fixtures;

    #[test]
    fn a_wide_character_fills_two_columns() {
        assert_eq!([padded("ab", 4), padded("符合", 4), padded("符合", 6)], ["ab  ", "符合", "符合  "]);
    }

    #[test]
    fn a_duration_has_the_unit_a_person_would_choose() {
        let shown = [0, 999, 1840, 59_999, 125_000].map(duration);
        assert_eq!(shown, ["0 ms", "999 ms", "1.84 s", "59.99 s", "2 min 5 s"]);
    }

    #[test]
    fn a_path_keeps_its_query_and_loses_its_host() {
        let rows = [
            ("http://a:1/x/y?z=1", "/x/y?z=1"),
            ("http://a", "/"),
            ("http://a?z=1", "?z=1"),
            ("not a url", "not a url"),
        ];
        for (url, expected) in rows {
            assert_eq!(path(url), expected);
        }
    }

    #[test]
    fn a_long_list_of_ids_is_cut_and_counted() {
        let record = fixtures::nonconforming();
        let all: Vec<_> = record.requirements.iter().collect();
        assert_eq!(ids(&all[..2]), "CODE-01, CODE-02");
        let shown = ids(&all);
        assert!(shown.ends_with(&format!(" and {} more", all.len() - 8)), "{shown}");
        assert_eq!(shown.matches('-').count(), 8);
    }

    #[test]
    fn a_reason_is_looked_for_in_the_scenarios_too() {
        let record = fixtures::nonconforming();
        let mut one = record.requirements.iter().find(|one| one.id == "TOKEN-17").unwrap().clone();
        one.reason = None;
        assert_eq!(reason(&one), "an openid alone obtains a token");
        one.scenarios[0].reason = Some("of the scenario".to_owned());
        assert_eq!(reason(&one), "of the scenario");
        one.reason = Some("of the requirement".to_owned());
        assert_eq!(reason(&one), "of the requirement");
        one.reason = None;
        one.scenarios.clear();
        assert_eq!(reason(&one), "no reason is recorded");
    }

    #[test]
    fn the_url_gives_way_to_what_stands_beside_it() {
        let record = fixtures::nonconforming();
        let broken = record.requirements.iter().find(|requirement| requirement.id == "CODE-02").unwrap();
        let [asked, passed_on, ..] = broken.scenarios[0].exchanges.as_slice() else { panic!("too few") };
        assert_eq!(
            exchange(asked, 80),
            "phone → backend   Alice  GET /api/miniprogram/wxmp/code2session?code=081K… → 200"
        );
        assert_eq!(exchange(asked, 80).chars().count(), 80);
        assert_eq!(exchange(passed_on, 0), "backend → WeChat  Alice  GET /sns/jscode2session?app… → 200");
    }

    #[test]
    fn an_exchange_without_an_answer_says_why() {
        let record = fixtures::nonconforming();
        let undecided = record.requirements.iter().find(|requirement| requirement.id == "WECHAT-07").unwrap();
        let lines: Vec<_> = undecided.scenarios[0].exchanges.iter().map(|one| exchange(one, 200)).collect();
        assert!(lines[0].ends_with("(reset by peer)"), "{}", lines[0]);
        assert!(lines[0].contains(" → 1 redirect → "), "{}", lines[0]);
        assert!(lines[1].ends_with(" → no answer"), "{}", lines[1]);
    }
}
