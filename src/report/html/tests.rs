//! What does a browser make of the page?

use super::{SCRIPT, STYLE, TRAFFIC_BYTES, render};
use crate::record::{EvidenceRecord, ExchangeRecord, MessageRecord, RunRecord, ScenarioRecord};
use crate::report::fixtures;
use crate::report::page::browser::{Element, HOSTILE, count, parsed};

/// Puts a text wherever a record has one that is not ours.
fn poisoned(text: &str) -> RunRecord {
    let mut record = fixtures::nonconforming();
    let word = || text.to_owned();
    record.backend.url = format!("http://h/{text}");
    record.backend.command = Some(word());
    record.backend.output = vec![word()];
    record.contract = word();
    record.evidence = Some(EvidenceRecord { catalogue: word(), contract: word(), digest: Some(word()) });
    record.started_at = word();
    record.tool.version = word();
    record.reason = Some(word());
    record.command = vec!["wxconform".to_owned(), word()];
    record.unexpected_calls[0].path = word();
    for requirement in &mut record.requirements {
        requirement.reason = Some(word());
        requirement.source = format!("RFC 6749 {text}");
        for scenario in &mut requirement.scenarios {
            scenario.name = word();
            scenario.location = word();
            scenario.reason = Some(word());
            scenario.expected = Some(word());
            scenario.actual = Some(word());
            for step in &mut scenario.steps {
                step.text = word();
            }
            for exchange in &mut scenario.exchanges {
                exchange.judged = true;
                exchange.actor = word();
                exchange.purpose = word();
                exchange.method = word();
                exchange.url = format!("http://h/{text}");
                exchange.redirects = vec![word()];
                exchange.failure = Some(word());
                exchange.request = poisoned_message(text);
                exchange.answer = Some(poisoned_message(text));
            }
        }
    }
    record
}

fn poisoned_message(text: &str) -> MessageRecord {
    let body = format!("{{\"x\":\"{text}\"}}");
    MessageRecord {
        headers: vec![(text.to_owned(), text.to_owned())],
        body_bytes: body.len(),
        body,
        cut: true,
        hex: None,
    }
}

#[test]
fn nothing_that_a_stranger_says_is_more_than_text() {
    let (plain, _) = parsed(&render(&poisoned("harmless")));
    // A spelling is set off, and a longer text has a second line in a picture.
    let ours = ["i", "text"];
    let marks =
        |elements: &[Element]| elements.iter().filter(|(name, _)| !ours.contains(&name.as_str())).count();
    for hostile in HOSTILE {
        let page = render(&poisoned(hostile));
        assert!(
            !page.chars().any(|c| c != '\n' && c != '\t' && crate::report::printable::is_unsafe(c)),
            "{hostile:?}"
        );
        let (elements, text) = parsed(&page);
        assert_eq!(marks(&elements), marks(&plain), "{hostile:?} became an element");
        assert_eq!((count(&elements, "script"), count(&elements, "style")), (1, 1));
        for (name, attributes) in &elements {
            for (attribute, value) in attributes {
                assert!(!attribute.starts_with("on"), "{name} {attribute}");
                if ["href", "src", "action", "formaction", "data", "srcset"].contains(&attribute.as_str()) {
                    assert!(
                        value.starts_with('#') || value.starts_with("https://"),
                        "{name} {attribute}={value}"
                    );
                }
            }
        }
        if !hostile.contains('\0') {
            assert!(text.contains(hostile), "{hostile:?} is not shown");
        }
    }
}

#[test]
fn the_page_allows_itself_its_own_style_and_script_and_nothing_else() {
    let page = render(&fixtures::nonconforming());
    let (elements, _) = parsed(&page);
    let value = |name: &str, key: &str| {
        let metas = elements
            .iter()
            .filter(|(one, attributes)| one == "meta" && attributes.iter().any(|(_, value)| value == name));
        let mut values = metas.flat_map(|(_, attributes)| attributes.iter().filter(|(one, _)| one == key));
        values.next().unwrap().1.clone()
    };
    let policy = value("Content-Security-Policy", "content");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    // The digest is of what stands between the tags, to the letter.
    assert!(
        page.contains(&format!("<style>{STYLE}</style>"))
            && page.contains(&format!("<script>{SCRIPT}</script>"))
    );
    assert!(!elements.iter().any(|(_, attributes)| attributes.iter().any(|(name, _)| name == "style")));
    for foreign in ["link", "img", "iframe", "object", "embed", "base", "form"] {
        assert_eq!(count(&elements, foreign), 0, "{foreign}");
    }
}

#[test]
fn every_requirement_has_a_place_and_every_link_in_the_page_leads_to_one() {
    for record in fixtures::all() {
        let (elements, _) = parsed(&render(&record));
        let values = |key: &'static str| {
            elements
                .iter()
                .flat_map(move |(_, attributes)| attributes.iter().filter(move |(name, _)| name == key))
        };
        let mut ids: Vec<&str> = values("id").map(|(_, id)| id.as_str()).collect();
        for requirement in &record.requirements {
            assert!(ids.contains(&requirement.id.as_str()), "{}", requirement.id);
        }
        for (_, href) in values("href").filter(|(_, href)| href.starts_with('#')) {
            assert!(ids.contains(&&href[1..]), "{href}");
        }
        for list in ["aria-labelledby", "for"] {
            for (_, named) in values(list) {
                assert!(named.split(' ').all(|id| ids.contains(&id)), "{named}");
            }
        }
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "an ID stands there twice");
    }
}

#[test]
fn a_run_of_thousands_of_broken_scenarios_stays_a_page_that_opens() {
    let mut record = fixtures::nonconforming();
    let broken = record.requirements.iter().find(|one| one.id == "USER-03").unwrap().clone();
    let body = "很\"<&".repeat(1024);
    let exchange = ExchangeRecord {
        request: poisoned_message(&body),
        answer: Some(poisoned_message(&body)),
        ..broken.scenarios[0].exchanges[0].clone()
    };
    let scenario = ScenarioRecord { exchanges: vec![exchange; 30], ..broken.scenarios[0].clone() };
    record.requirements.clear();
    for number in 0..100 {
        let mut one = broken.clone();
        one.id = format!("USER-{number:03}");
        one.scenarios = vec![scenario.clone(); 50];
        record.requirements.push(one);
    }
    let page = render(&record);
    assert!(page.len() < 2 * TRAFFIC_BYTES, "{} bytes", page.len());
    assert!(page.contains("The traffic is left out, because the page would become too large"));
    assert!(page.contains("Exchanges 7 to 30 of 30 are shown"));
    let last = record.requirements.last().unwrap();
    assert!(page.contains(&format!("id=\"{}\"", last.id)));
}

#[test]
fn a_result_with_secrets_says_so() {
    let mut record = fixtures::conforming();
    assert!(!render(&record).contains("This page shows secrets"));
    record.secrets_shown = true;
    assert!(render(&record).contains("This page shows secrets"));
}

#[test]
fn the_html_report_reads_as_before() {
    let page = render(&fixtures::nonconforming());
    // Style and script are files of their own, and one tag to a line can be compared.
    let page = page.replace(STYLE, "…").replace(SCRIPT, "…").replace("><", ">\n<");
    fixtures::assert_snapshot("report__html", &page);
}
