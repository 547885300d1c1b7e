//! Does a report speak Chinese wherever a person reads it?
//!
//! The language belongs to a process, so each report is made by a process of its own. The record is that of an English
//! run: what it holds of the feature files is shown by their twins.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::sync::LazyLock;

use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use regex::Regex;
use serde_json::{Value, json};

use crate::cli_stage::wxconform;

/// What a requirement demands, as the feature files and their twins have it, and its area and a step of it in the twin.
const ENGLISH: &str = "A code is exchanged once: the second time it is refused";
const CHINESE: &str = "一个 code 只能兑换一次：第二次被拒绝";
const AREA: &str = "兑换登录凭证 code";
const STEP: &str = "那么 code 兑换被拒绝";

/// A record of what is broken, with the words of the run itself taken out: they are in the language of that run.
static RECORD: LazyLock<String> = LazyLock::new(|| {
    let only = ["--only", "CODE-01,CODE-02,CODE-12,TOKEN-04,TOKEN-17,TOKEN-14", "--report", "json=-"];
    let ended = crate::cli_formats::judged("code-cached", &only);
    let mut record: Value = serde_json::from_str(&ended.has_status(1).stdout).unwrap();
    blank(&mut record);
    record.to_string()
});

fn blank(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "reason" | "expected" | "actual" | "purpose" | "failure" if member.is_string() => {
                        *member = json!("（略）");
                    }
                    "notes" => *member = json!(["（略）"]),
                    _ => blank(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(blank),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Returns what a Chinese process prints of the record.
fn shown(more: &[&str]) -> String {
    let command = [&["report", "render", "r.json", "--lang", "zh"], more].concat();
    let ended = wxconform(&command).file("r.json", RECORD.as_str()).ended();
    ended.has_status(0).stdout.clone()
}

/// Fails where three English words stand one after the other.
#[track_caller]
fn has_no_english(text: &str) {
    let words = Regex::new("[a-z]{2,} [a-z]{2,} [a-z]{2,}").unwrap();
    let found: Vec<&str> = words.find_iter(text).map(|found| found.as_str()).collect();
    assert!(found.is_empty(), "{found:?} in {text}");
}

/// Returns the text of a page as a person reads it, without code and traffic and without elements of these classes.
fn read(page: &str, without: &[&str]) -> String {
    fn walk(node: &Handle, without: &[&str], text: &mut String) {
        match &node.data {
            NodeData::Element { name, attrs, .. } => {
                if ["script", "style", "code", "pre"].contains(&&*name.local) {
                    return;
                }
                for attribute in attrs.borrow().iter() {
                    match &*attribute.name.local {
                        "class" if without.contains(&&*attribute.value) => return,
                        "title" | "alt" | "aria-label" | "data-none" | "data-told" | "data-level" => {
                            text.push_str(&attribute.value);
                            text.push('\n');
                        }
                        _ => {}
                    }
                }
            }
            NodeData::Text { contents } => text.push_str(&contents.borrow()),
            NodeData::Document
            | NodeData::Doctype { .. }
            | NodeData::Comment { .. }
            | NodeData::ProcessingInstruction { .. } => {}
        }
        node.children.borrow().iter().for_each(|child| walk(child, without, text));
        text.push('\n');
    }
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
    let mut text = String::new();
    walk(&dom.document, without, &mut text);
    text
}

#[test]
fn the_page_on_the_terminal_is_chinese_and_keeps_its_width() {
    let page = shown(&[]);
    let joined: String = page.lines().map(str::trim_start).collect();
    for told in [CHINESE, AREA, STEP, "不符合规范", "违反", "未判定"] {
        assert!(joined.contains(told), "{told}: {page}");
    }
    assert!(!page.contains(ENGLISH), "{page}");
    has_no_english(&page);
    for line in page.lines() {
        assert!(textwrap::core::display_width(line) <= 100, "{line}");
    }
}

#[test]
fn the_page_for_a_browser_is_chinese_and_says_so() {
    let page = shown(&["--report", "html=-"]);
    assert!(page.contains("<html lang=\"zh-CN\">"), "{page}");
    assert!(!page.contains(ENGLISH));
    let text = read(&page, &["fields"]);
    for told in [CHINESE, AREA, STEP, "不符合规范", "可能的原因与修复"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    // What programs find something by stays as it is.
    assert!(page.contains("id=\"CODE-02\" data-verdict=\"broken\""), "{page}");
    has_no_english(&text);
}

#[test]
fn what_build_servers_show_is_chinese_and_what_they_compare_is_not() {
    for format in ["markdown", "junit", "tap", "github", "gitlab", "sarif", "messages"] {
        let text = shown(&["--report", &format!("{format}=-")]);
        let sentence = if format == "markdown" { CHINESE.to_owned() } else { AREA.to_owned() };
        let is_told = [sentence, CHINESE.to_owned(), "立即再次发送同一个 code".to_owned()];
        assert!(is_told.iter().any(|told| text.contains(told)), "{format}: {text}");
        assert!(text.contains("CODE-02"), "{format}");
        assert!(!text.contains(ENGLISH), "{format}: {text}");
    }
    let issues = |more: &[&str]| -> Vec<Value> {
        let found: Value = serde_json::from_str(&shown(&[&["--report", "gitlab=-"], more].concat())).unwrap();
        found.as_array().unwrap().iter().map(|issue| issue["fingerprint"].clone()).collect()
    };
    // The last `--lang` counts.
    assert_eq!(issues(&[]), issues(&["--lang", "en"]));
    let markdown = shown(&["--report", "markdown=-"]);
    has_no_english(&Regex::new("<code>.*?</code>").unwrap().replace_all(&markdown, ""));
    let record = |language: &str| shown(&["--report", "json=-", "--lang", language]);
    assert_eq!(record("zh"), record("en"));
}

#[test]
fn a_badge_is_chinese_and_has_room_for_it() {
    let badge = shown(&["--report", "badge=-"]);
    for told in [
        "lang=\"zh-CN\"",
        "aria-label=\"wxconform: 不符合规范 · 违反 1 项\"",
        ">不符合规范 · 违反 1 项<",
        "报告摘要: sha256:",
    ] {
        assert!(badge.contains(told), "{told}: {badge}");
    }
    has_no_english(&badge);
    // Each side has at least eleven pixels for each Chinese character, as the font is high.
    let number = |before: &str| -> usize {
        let rest = &badge[badge.find(before).unwrap() + before.len()..];
        rest.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
    };
    let (whole, left) = (number(" width=\""), number("<path d=\"M"));
    let wide = "不符合规范违反项".chars().count();
    assert!(whole - left >= wide * 11 + 2 * 10, "{badge}");
    assert!(!shown(&["--report", "badge=-", "--lang", "en"]).contains("lang="));
}

#[test]
fn what_is_no_report_is_told_in_chinese() {
    for (text, told) in [
        ("{\n  \"a\": [1,\n    2", "第 3 行第 5 列"),
        ("{\"a\" 1}", "第 1 行第 6 列"),
        ("{\"schema\": \"wxconform/report/1\"}", "`tool`"),
    ] {
        let ended = wxconform(&["report", "verify", "r.json", "--lang", "zh"]).file("r.json", text).ended();
        assert!(ended.has_status(2).stderr.contains(told), "{told}: {}", ended.stderr);
        has_no_english(&ended.stderr.replace("wxconform --report json=FILE", ""));
    }
}

#[test]
fn the_site_is_chinese() {
    let mut running = wxconform(&["docs", "--out", "site", "--lang", "zh"]).started();
    assert!(running.wait().success());
    let page = |name: &str| std::fs::read_to_string(running.folder().join("site").join(name)).unwrap();
    // The faults are told in the words of the reference backend, levels and verdicts in those of the record.
    let without = ["entries", "words", "told wide-terms", "lead"];
    for (name, told) in [
        ("index.html", [CHINESE, AREA, "微信小程序登录"]),
        ("area-CODE.html", [CHINESE, AREA, "只判定这些要求"]),
        ("CODE-02.html", [CHINESE, AREA, "验证它的缺陷"]),
        ("faults.html", [CHINESE, AREA, "参考后端的缺陷"]),
        ("troubles.html", ["微信的故障", "手动制造故障", "本页的类别"]),
        ("contracts.html", ["内置的契约", "适用的要求", "依据"]),
        ("variants.html", ["参考后端的变体", "全部变体", "运行其中一个"]),
    ] {
        let page = page(name);
        assert!(page.contains("<html lang=\"zh-CN\">"), "{name}");
        let text = read(&page, &without);
        for told in told {
            assert!(text.contains(told), "{name}: {told}: {text}");
        }
        if !["contracts.html", "troubles.html"].contains(&name) {
            has_no_english(&text);
        }
    }
    let flow = page("login-flow.svg");
    for told in [">手机<", ">后端<", ">微信<", "用令牌取得用户信息"] {
        assert!(flow.contains(told), "{told}: {flow}");
    }
    let steps = page("CODE-02.html");
    assert!(steps.contains("<span class=\"keyword\">假如</span>"), "{steps}");
}
