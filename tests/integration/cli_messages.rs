//! Do the tools of Cucumber take what is written for them?
//!
//! They are not part of this project: the official formatter, and with it the official schema, come from the npm
//! registry. Where Node or the registry is not at hand, the test says that it was left out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::cli_formats::judged;

/// The formatter that the messages are made for.
const FORMATTER: &str = "@cucumber/html-formatter@24.2.0";

/// Turns the messages of a file into a page, as the formatter's own documentation shows it.
const RENDER: &str = r"
import fs from 'node:fs'
import { pipeline } from 'node:stream/promises'
import readline from 'node:readline'
import * as formatter from '@cucumber/html-formatter'
const Formatter = formatter.CucumberHtmlStream ?? formatter.default
async function* messages() {
  for await (const line of readline.createInterface({ input: fs.createReadStream('messages.ndjson') })) {
    yield JSON.parse(line)
  }
}
await pipeline(messages(), new Formatter(), fs.createWriteStream('page.html'))
";

/// Installs the formatter into a folder; tells why not otherwise.
fn install(folder: &Path) -> Result<(), String> {
    std::fs::write(folder.join("package.json"), r#"{"type": "module"}"#).unwrap();
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=20000", FORMATTER]);
    let output =
        npm.current_dir(folder).stdin(Stdio::null()).output().map_err(|error| format!("no npm: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("npm cannot install it: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

#[test]
fn messages_keep_to_the_official_schema_and_render_in_the_official_formatter() {
    let folder = tempfile::tempdir().unwrap();
    if let Err(reason) = install(folder.path()) {
        eprintln!("left out: {FORMATTER} is not at hand ({reason})");
        return;
    }
    // A breach, an advisory, observations, and requirements that do not apply.
    let ended = judged("code-cached", &["--only", "CODE,TOKEN,CLIENT", "--report", "messages=-"]);
    let messages: Vec<Value> =
        ended.has_status(1).stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let schema = folder.path().join("node_modules/@cucumber/messages/messages.schema.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for message in &messages {
        let errors: Vec<String> = validator.iter_errors(message).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{message}: {errors:#?}");
    }
    assert!(
        !validator.is_valid(&serde_json::json!({"testCaseStarted": {"id": 1}})),
        "the schema allows anything"
    );
    std::fs::write(folder.path().join("messages.ndjson"), &ended.stdout).unwrap();
    std::fs::write(folder.path().join("render.js"), RENDER).unwrap();
    let node = Command::new("node")
        .arg("render.js")
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
    let page = std::fs::read_to_string(folder.path().join("page.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>"), "{}", &page[..100.min(page.len())]);
    assert!(page.contains("A code is exchanged once"), "the page shows nothing of the run");
    assert!(page.contains("FAILED"), "the page shows no failure");
}
