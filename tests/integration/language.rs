//! Is everything that a person reads there in Chinese, and is nothing there that nobody says any more?
//!
//! The texts are collected from the sources by their tokens: what stands in `tr!` and in `mark!`, and the help of every
//! command. `WXCONFORM_BLESS=1` brings the catalogues in `locales/` up to date: it adds what is missing, without a
//! translation, and takes out what is stale. What has no translation fails the test either way.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod texts;
mod unsaid;

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use polib::catalog::Catalog;
use polib::message::{Message, MessageView};
use polib::metadata::CatalogMetadata;

use texts::{Text, prose, spoken, unfilled};
use unsaid::UNSAID;
use wxconform::reference::{Fault, Variant};
use wxconform::standin::{RECIPES, Trouble};

/// The catalogue of the help, which comes from the comments of the arguments.
const HELP: &str = "help";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns every source but those of tests, with the part of the crate that it belongs to and its path from the root.
fn sources() -> Vec<(String, String, String)> {
    let mut sources = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !["tests.rs", "fixtures.rs"].iter().any(|tests| path.ends_with(tests))
            {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
                let part = name.split(['/', '.']).nth(1).unwrap().to_owned();
                sources.push((part, name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    sources.sort();
    assert!(sources.len() > 100, "only {} sources were found", sources.len());
    sources
}

/// Returns what is said, by catalogue, each text with the sources that say it.
fn said() -> BTreeMap<String, BTreeMap<Text, BTreeSet<String>>> {
    let mut said: BTreeMap<String, BTreeMap<Text, BTreeSet<String>>> = BTreeMap::new();
    for (part, name, source) in sources() {
        for text in spoken(&source) {
            said.entry(part.clone()).or_default().entry(text).or_default().insert(name.clone());
        }
    }
    for (part, source, text) in listed() {
        said.entry(part.to_owned())
            .or_default()
            .entry(Text::plain(text))
            .or_default()
            .insert(source.to_owned());
    }
    let mut help = BTreeSet::new();
    let mut command = wxconform::cli::Arguments::command();
    command.build();
    helped(&command, &mut help);
    let help = help.into_iter().map(|text| (Text::plain(&text), BTreeSet::new()));
    said.insert(HELP.to_owned(), help.collect());
    said
}

/// Returns what the lists of faults, variants, troubles and recipes say, each with its part and its source. They say
/// it in comments and by macros of their own, which the tokens do not tell.
fn listed() -> Vec<(&'static str, &'static str, &'static str)> {
    let mut listed = Vec::new();
    for fault in Fault::ALL {
        let source = "src/reference/fault/list/mod.rs";
        listed.extend([("reference", source, fault.summary()), ("reference", source, fault.origin())]);
    }
    for variant in Variant::ALL {
        listed.push(("reference", "src/reference/variant.rs", variant.summary()));
    }
    for trouble in Trouble::ALL {
        let source = "src/standin/trouble/catalogue.rs";
        listed.extend([("standin", source, trouble.summary()), ("standin", source, trouble.origin())]);
    }
    for recipe in RECIPES {
        let source = "src/standin/redirect/recipes.rs";
        listed.extend([("standin", source, recipe.runtime), ("standin", source, recipe.note)]);
    }
    listed
}

/// Collects the help of a command and of those below it.
fn helped(command: &clap::Command, found: &mut BTreeSet<String>) {
    let own = [
        command.get_about(),
        command.get_long_about(),
        command.get_after_help(),
        command.get_after_long_help(),
    ];
    let arguments = command.get_arguments().flat_map(|one| [one.get_help(), one.get_long_help()]);
    found.extend(own.into_iter().chain(arguments).flatten().map(ToString::to_string));
    for below in command.get_subcommands() {
        helped(below, found);
    }
}

fn path_of(catalogue: &str) -> PathBuf {
    root().join(format!("locales/zh-CN/{catalogue}.po"))
}

fn key(message: &dyn MessageView) -> Text {
    Text {
        context: message.msgctxt().filter(|context| !context.is_empty()).map(str::to_owned),
        singular: message.msgid().to_owned(),
        plural: message.msgid_plural().ok().map(str::to_owned),
    }
}

/// Returns the translation of a message, and nothing where there is none.
fn translation(message: &dyn MessageView) -> String {
    match message.msgstr_plural() {
        Ok(forms) => forms.first().cloned().unwrap_or_default(),
        Err(_) => message.msgstr().unwrap_or_default().to_owned(),
    }
}

/// Returns the translations that a catalogue has.
fn translations(catalogue: &Path) -> BTreeMap<Text, String> {
    let Ok(read) = polib::po_file::parse(catalogue) else { return BTreeMap::new() };
    read.messages().filter(|one| !one.is_fuzzy()).map(|one| (key(one), translation(one))).collect()
}

/// Writes a catalogue of what is said, with the translations that there are.
fn bless(catalogue: &Path, said: &BTreeMap<Text, BTreeSet<String>>) {
    let known = translations(catalogue);
    let metadata = CatalogMetadata {
        language: "zh_CN".to_owned(),
        mime_version: "1.0".to_owned(),
        content_type: "text/plain; charset=UTF-8".to_owned(),
        content_transfer_encoding: "8bit".to_owned(),
        ..CatalogMetadata::new()
    };
    let mut written = Catalog::new(metadata);
    // In the order of the sources, so that what belongs together stands together.
    let mut rows: Vec<(&Text, &BTreeSet<String>)> = said.iter().collect();
    rows.sort_by_key(|(text, sources)| (sources.first().cloned(), *text));
    for (text, sources) in rows {
        let translation = known.get(text).cloned().unwrap_or_default();
        let mut builder = match &text.plural {
            Some(_) => Message::build_plural(),
            None => Message::build_singular(),
        };
        builder.with_msgid(text.singular.clone());
        builder.with_source(sources.iter().cloned().collect::<Vec<_>>().join("\n"));
        if let Some(context) = &text.context {
            builder.with_msgctxt(context.clone());
        }
        match &text.plural {
            Some(plural) => builder.with_msgid_plural(plural.clone()).with_msgstr_plural(vec![translation]),
            None => builder.with_msgstr(translation),
        };
        written.append_or_update(builder.done());
    }
    let file = std::fs::File::create(catalogue).unwrap();
    polib::po_file::write(&written, &mut BufWriter::new(file)).unwrap();
}

/// Returns the translations that a catalogue of a page has; none of them has a context or counts anything.
pub(crate) fn translations_of_page(catalogue: &Path) -> BTreeMap<String, String> {
    translations(catalogue).into_iter().map(|(text, translation)| (text.singular, translation)).collect()
}

/// Writes a catalogue of what a page says, with the translations that there are.
pub(crate) fn bless_page(catalogue: &Path, page: &str, said: &BTreeSet<String>) {
    let sources = BTreeSet::from([page.to_owned()]);
    bless(catalogue, &said.iter().map(|text| (Text::plain(text), sources.clone())).collect());
}

/// Returns the names in braces; a place without a name has its number.
fn placeholders(text: &str) -> BTreeSet<String> {
    let text = text.replace("{{", "").replace("}}", "");
    let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let mut unnamed = 0..;
    let numbered = |name: &str| match name {
        "" => unnamed.next().map(|number: i32| number.to_string()),
        name => Some(name.to_owned()),
    };
    names.filter_map(numbered).collect()
}

#[test]
fn places_are_told_apart_by_name_and_number() {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(placeholders("{} of {} {kinds} in {{braces}}"), set(&["0", "1", "kinds"]));
    assert_eq!(placeholders("{kinds}: {1} 中的 {0}"), set(&["0", "1", "kinds"]));
}

#[test]
fn everything_that_is_said_is_there_in_chinese() {
    let said = said();
    let mut wrong = Vec::new();
    for (catalogue, texts) in &said {
        if std::env::var_os("WXCONFORM_BLESS").is_some() {
            bless(&path_of(catalogue), texts);
        }
        let known = translations(&path_of(catalogue));
        for text in texts.keys() {
            match known.get(text).map(String::as_str) {
                None => wrong.push(format!("{catalogue}.po lacks {text:?}")),
                Some("") => wrong.push(format!("{catalogue}.po does not translate {text:?}")),
                Some(_) => {}
            }
        }
        let stale = known.keys().filter(|text| !texts.contains_key(*text));
        wrong.extend(stale.map(|text| format!("{catalogue}.po has what nobody says: {text:?}")));
    }
    let shown = wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} texts; WXCONFORM_BLESS=1 collects them:\n{shown}", wrong.len());
}

#[test]
fn every_catalogue_belongs_to_a_part_of_the_sources_and_is_embedded() {
    let said: BTreeSet<String> = said().into_keys().collect();
    let entries = std::fs::read_dir(root().join("locales/zh-CN")).unwrap();
    let files = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().replace(".po", ""));
    assert_eq!(files.collect::<BTreeSet<_>>(), said);
    let embedding = std::fs::read_to_string(root().join("src/language/catalogue.rs")).unwrap();
    for catalogue in said {
        assert!(embedding.contains(&format!("\"{catalogue}\"")), "{catalogue}.po is not embedded");
    }
}

#[test]
fn a_translation_has_the_places_of_its_original() {
    let mut wrong = Vec::new();
    let mut whole: BTreeMap<Text, String> = BTreeMap::new();
    for catalogue in said().into_keys() {
        for (text, translation) in translations(&path_of(&catalogue)) {
            let expected = placeholders(text.plural.as_deref().unwrap_or(&text.singular));
            // The help shows braces as they are, and names what stands in them in either language.
            if expected != placeholders(&translation) {
                wrong.push(format!("{catalogue}.po: {:?} is translated as {translation:?}", text.singular));
            }
            let first = whole.entry(text.clone()).or_insert_with(|| translation.clone());
            if *first != translation {
                wrong.push(format!(
                    "{:?} is translated in two ways: {first:?}, {translation:?}",
                    text.singular
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_place_of_a_text_is_filled() {
    let texts = sources().into_iter().flat_map(|(_, name, source)| {
        unfilled(&source).into_iter().map(move |text| format!("{name}: {text:?}"))
    });
    let wrong: Vec<String> = texts.collect();
    assert!(wrong.is_empty(), "no argument fills a place of\n{}", wrong.join("\n"));
}

#[test]
fn no_sentence_is_said_past_the_catalogues() {
    let mut wrong = Vec::new();
    let mut stale: BTreeSet<&(&str, &str)> = UNSAID.iter().collect();
    let listed: BTreeSet<&str> = listed().into_iter().map(|(_, _, text)| text).collect();
    for (_, name, source) in sources() {
        for text in prose(&source).iter().filter(|text| !listed.contains(text.as_str())) {
            match UNSAID.iter().find(|(of, begins)| name.starts_with(of) && text.starts_with(begins)) {
                Some(known) => drop(stale.remove(known)),
                None => wrong.push(format!("{name}: {text:?}")),
            }
        }
    }
    assert!(stale.is_empty(), "these are there no more: {stale:?}");
    let shown = wrong.join("\n");
    assert!(wrong.is_empty(), "{} sentences stand neither in tr! nor in mark!:\n{shown}", wrong.len());
}
