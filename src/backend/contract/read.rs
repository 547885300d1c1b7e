//! Finding a contract, and saying where it is wrong.

use std::path::Path;

use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use super::Contract;
use super::builtin::{BUILT_IN, DOCUMENTED};
use super::error::{ContractError, Mistake, no_such_word};
use super::sheet::{EXPECTED, Sheet};
use crate::language::translated;

/// How many contracts may be built on each other.
const DEEPEST: usize = 8;

/// A contract together with the file that says it, everything filled in.
#[derive(Clone, Debug)]
pub struct Written {
    /// The contract.
    pub contract: Contract,
    /// What a file would say that leaves nothing to defaults.
    pub sheet: Sheet,
}

impl Contract {
    /// Finds a contract by its name or file, changes what `set` says (`vars.client=shop`), and understands it.
    ///
    /// # Errors
    ///
    /// Fails when there is none, or something in it or in `set` is wrong.
    pub fn find(name: &str, set: &[String]) -> Result<Self, ContractError> {
        Self::find_written(name, set).map(|written| written.contract)
    }

    /// The same, together with the file that leaves nothing to defaults.
    ///
    /// # Errors
    ///
    /// As [`Contract::find`].
    pub fn find_written(name: &str, set: &[String]) -> Result<Written, ContractError> {
        let (place, text) = text_of(name)?;
        Self::parse(&short(name), &place, &text, set)
    }

    /// Understands the text of a contract file. `name` is what reports call it, `place` what errors call it.
    ///
    /// # Errors
    ///
    /// Fails at the first thing that is wrong, with its line and key.
    pub fn parse(name: &str, place: &str, text: &str, set: &[String]) -> Result<Written, ContractError> {
        let wrong = |mistake: Mistake| {
            let line = line_of_key(text, &mistake.key);
            ContractError::Wrong { place: format!("{place}:{line}"), mistake }
        };
        // Alone first, because then an error knows its line.
        toml::from_str::<Sheet>(text).map_err(|error| wrong_syntax(place, text, &error))?;
        let own: Table = toml::from_str(text).map_err(|error| wrong_syntax(place, text, &error))?;
        let mut whole = below(&own, place, 0)?;
        merge(&mut whole, own);
        let mut sheet = understood(&whole).map_err(wrong)?;
        let mut contract = Self::build(name, &sheet).map_err(wrong)?;
        for change in set {
            let place = format!("--set {change}");
            let wrong = |mistake| ContractError::Wrong { place: place.clone(), mistake };
            apply(&mut whole, change).map_err(wrong)?;
            sheet = understood(&whole).map_err(wrong)?;
            contract = Self::build(name, &sheet).map_err(wrong)?;
        }
        Ok(Written { contract, sheet })
    }
}

/// Returns what errors call a built-in contract.
fn built_in(name: &str) -> String {
    tr!("the built-in contract {name}", name)
}

/// Returns the file of this name, and what errors call it.
fn text_of(name: &str) -> Result<(String, String), ContractError> {
    if let Some((known, text)) = BUILT_IN.iter().find(|(known, _)| *known == name) {
        return Ok((built_in(known), (*text).to_owned()));
    }
    let path = Path::new(name);
    let looks_like_a_file = path.components().count() > 1 || path.extension().is_some();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok((name.to_owned(), text)),
        Err(source) if looks_like_a_file || path.exists() => {
            Err(ContractError::Unreadable { path: path.to_owned(), source })
        }
        Err(_) => {
            let distance = |known: &str| strsim::damerau_levenshtein(known, name);
            let nearest = BUILT_IN.iter().map(|(known, _)| *known).min_by_key(|known| distance(known));
            let nearest = nearest.unwrap_or_default().to_owned();
            Err(ContractError::Unknown { name: name.to_owned(), nearest })
        }
    }
}

/// Returns what reports call a contract: the name, or the file without folder and ending.
fn short(name: &str) -> String {
    let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str());
    stem.unwrap_or(name).to_owned()
}

/// Returns the contract that this one is built on, everything filled in.
fn below(own: &Table, place: &str, depth: usize) -> Result<Table, ContractError> {
    let wrong =
        |what: String| ContractError::Wrong { place: place.to_owned(), mistake: Mistake::new("like", what) };
    let like = match own.get("like") {
        Some(Value::String(name)) => name.as_str(),
        _ if place == built_in(DOCUMENTED) => return Ok(Table::new()),
        _ => DOCUMENTED,
    };
    if depth == DEEPEST {
        return Err(wrong(tr!(
            "{like} is built on itself, or on more than {DEEPEST} others",
            like = format_args!("{like:?}"),
            DEEPEST
        )));
    }
    let Some((known, text)) = BUILT_IN.iter().find(|(known, _)| *known == like) else {
        return Err(wrong(no_such_word(like, BUILT_IN.iter().map(|(known, _)| *known))));
    };
    let theirs: Table = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
    let mut whole = below(&theirs, &built_in(known), depth + 1)?;
    merge(&mut whole, theirs);
    if own.contains_key("login") {
        // Where the openid stands is a matter of the login, and so is what it is called.
        for key in ["identity", "title", "source"] {
            whole.remove(key);
        }
    }
    Ok(whole)
}

/// The tables that make sense as a whole only.
const REPLACED: [&str; 4] = ["expiry", "refresh", "check", "logout"];

/// Puts one file over another: tables grow together, anything else is replaced.
fn merge(whole: &mut Table, over: Table) {
    for (key, value) in over {
        match (whole.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new)) if !REPLACED.contains(&key.as_str()) => {
                merge(old, new);
            }
            (_, value) => {
                whole.insert(key, value);
            }
        }
    }
}

fn understood(whole: &Table) -> Result<Sheet, Mistake> {
    whole.clone().try_into().map_err(|error: toml::de::Error| Mistake::new("", in_our_words(error.message())))
}

/// Carries out `key=value`, where the value is one of TOML, or else a text.
fn apply(whole: &mut Table, change: &str) -> Result<(), Mistake> {
    let (key, text) = change
        .split_once('=')
        .ok_or_else(|| Mistake::new("", tr!("has no \"=\"; write it like --set vars.client=shop")))?;
    let text = text.trim();
    let value =
        toml::from_str::<Table>(&format!("value = {text}")).ok().and_then(|mut table| table.remove("value"));
    // What stands in a hole is a text, also when it looks like a number.
    let is_text = key.trim().starts_with("vars.") && !matches!(value, Some(Value::String(_)));
    let value = value.filter(|_| !is_text).unwrap_or_else(|| Value::String(text.to_owned()));
    let names: Vec<&str> = key.trim().split('.').collect();
    let Some((last, above)) = names.split_last() else { return Ok(()) };
    let mut root = Value::Table(std::mem::take(whole));
    let done = place(&mut root, above, last, value).map_err(|what| Mistake::new(key.trim(), what));
    if let Value::Table(table) = root {
        *whole = table;
    }
    done
}

fn place(root: &mut Value, above: &[&str], last: &str, value: Value) -> Result<(), String> {
    let mut at = root;
    for name in above {
        at = match at {
            Value::Table(table) => {
                table.entry((*name).to_owned()).or_insert_with(|| Value::Table(Table::new()))
            }
            Value::Array(items) => {
                let many = items.len();
                let index = name.parse::<usize>().ok().filter(|index| *index < many);
                let index = index.ok_or_else(|| {
                    tr!(
                        "{name} is none of the {many} entries, counted from 0",
                        name = format_args!("{name:?}"),
                        many
                    )
                })?;
                items.get_mut(index).ok_or_else(String::new)?
            }
            Value::String(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_) => {
                return Err(tr!(
                    "has nothing below it, so that there is no {name}",
                    name = format_args!("{name:?}")
                ));
            }
        };
    }
    match at {
        Value::Table(table) => {
            table.insert(last.to_owned(), value);
            Ok(())
        }
        Value::Array(items) => {
            let many = items.len();
            let slot = last.parse::<usize>().ok().and_then(|index| items.get_mut(index));
            *slot.ok_or_else(|| {
                tr!(
                    "{last} is none of the {many} entries, counted from 0",
                    last = format_args!("{last:?}"),
                    many
                )
            })? = value;
            Ok(())
        }
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
            Err(tr!("has nothing below it, so that there is no {last}", last = format_args!("{last:?}")))
        }
    }
}

fn wrong_syntax(place: &str, text: &str, error: &toml::de::Error) -> ContractError {
    let at = error.span().unwrap_or_default().start;
    let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    ContractError::Wrong {
        place: format!("{place}:{line}"),
        mistake: Mistake::new("", in_our_words(error.message())),
    }
}

/// Adds to what the parser says about an unknown key which one was meant.
fn in_our_words(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match (message.starts_with("unknown field"), quoted.as_slice()) {
        (true, [key, allowed @ ..]) if !allowed.is_empty() => {
            tr!("the key {unknown}", unknown = no_such_word(key, allowed.iter().copied()))
        }
        // The parser's own words are in no catalogue.
        _ => {
            let ours = EXPECTED.into_iter().find(|expected| *expected == message);
            ours.map_or_else(|| message.to_owned(), translated)
        }
    }
}

/// Returns the line on which a key such as `login[0].request` stands, or the nearest above it.
fn line_of_key(text: &str, key: &str) -> usize {
    let Ok(table) = DeTable::parse(text) else { return 1 };
    let mut at = 0;
    let mut found: Option<&DeValue<'_>> = None;
    let mut here: Option<&DeTable<'_>> = Some(table.get_ref());
    for part in key.split(['.', '[', ']']).filter(|part| !part.is_empty()) {
        if let Some(table) = here {
            let Some((name, value)) = table.iter().find(|(name, _)| name.get_ref() == part) else { break };
            at = name.span().start;
            found = Some(value.get_ref());
        } else if let Some(DeValue::Array(items)) = found {
            let Some(item) = part.parse().ok().and_then(|index: usize| items.get(index)) else { break };
            at = item.span().start;
            found = Some(item.get_ref());
        } else {
            break;
        }
        here = match found {
            Some(DeValue::Table(table)) => Some(table),
            _ => None,
        };
    }
    text.get(..at).unwrap_or_default().matches('\n').count() + 1
}
