//! Does the page of contracts say what a contract file can say?
//!
//! `docs/contracts.md` is made from the types that read a contract file, from the contracts that are built in, and from
//! the recipes in `tests/contracts/`. With `WXCONFORM_BLESS=1` in the environment it is written anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use toml::{Table, Value};
use wxconform::backend::{BUILT_IN, Contract, DOCUMENTED, GENERATED};

use crate::cli_stage::wxconform;
use crate::docs::{assert_committed, plain, read, root};

pub(crate) const CONTRACTS: &str = "docs/contracts.md";

/// What leads to the page in the other language.
pub(crate) const LANGUAGES: &str = "English | [简体中文](contracts.zh-CN.md)";

/// The folders of the recipes, and what the page calls them.
const CHAPTERS: &[(&str, &str)] = &[
    ("1-login", "The login"),
    ("2-answers", "What says yes"),
    ("3-token", "How the token travels"),
    ("4-lifetime", "How long it lives"),
    ("5-renewal", "How it is renewed"),
    ("6-phone", "What only a phone has"),
    ("7-more", "The rest"),
];

/// The tables of a contract file in the order of the page: the type that reads them, the keys under which they stand,
/// and the first of these keys with `[]` for the entries of a list.
const TABLES: &[(&str, &[&str])] = &[
    ("Sheet", &[""]),
    ("Common", &["common"]),
    ("StepSheet", &["login[]"]),
    ("ConditionSheet", &["login[].when"]),
    (
        "PredicateSheet",
        &[
            "login[].ok",
            "login[].when.saw",
            "user_info.ok",
            "guarded.ok",
            "refresh.ok",
            "check.ok",
            "logout.ok",
            "refuse.*",
        ],
    ),
    ("AuthSheet", &["auth[]"]),
    ("ReadSheet", &["user_info", "guarded", "check", "logout"]),
    ("IdentitySheet", &["identity"]),
    ("ExpirySheet", &["expiry"]),
    ("RefreshSheet", &["refresh"]),
    ("WechatSheet", &["wechat"]),
    ("ExpireBySheet", &["expire_by"]),
];

/// What the names in holes stand for, beside variables and what the login captured.
const HOLES: &[(&str, &str)] = &[
    ("code", "the login code of the request"),
    ("openid", "the openid, where a token is asked for with it"),
    ("token", "the token, where a session is carried"),
    ("appid", "the ID of the mini program, as the stand-in knows it"),
    ("phone_code", "a code for the phone number of the person"),
    ("rawData", "the profile as text"),
    ("signature", "the SHA-1 of `rawData` and the session key"),
    ("encryptedData", "the profile, encrypted with the session key"),
    ("iv", "the initialisation vector of `encryptedData`"),
    ("phone_encryptedData", "the phone number, encrypted with the session key"),
    ("phone_iv", "the initialisation vector of `phone_encryptedData`"),
    ("now_s", "the seconds since 1970"),
    ("now_ms", "the milliseconds since 1970"),
    ("nonce", "eight digits"),
];

/// A key of a table, as the type that reads it has it.
struct Key {
    name: String,
    kind: String,
    about: String,
}

/// Reads the types of a contract file: by name, what they say of themselves and their keys.
fn sheet() -> BTreeMap<String, (String, Vec<Key>)> {
    let text = read("src/backend/contract/sheet.rs");
    let mut types: BTreeMap<String, (String, Vec<Key>)> = BTreeMap::new();
    let (mut about, mut renamed, mut inside) = (String::new(), None, None);
    for line in text.lines() {
        let line_of = line.trim_start();
        if let Some(words) = line_of.strip_prefix("/// ") {
            if !about.is_empty() {
                about.push(' ');
            }
            about.push_str(words);
        } else if let Some(rest) = line_of.strip_prefix("#[serde(rename = \"") {
            renamed = rest.split('"').next().map(str::to_owned);
        } else if let Some(rest) = line.strip_prefix("pub struct ") {
            let name = rest.split(' ').next().unwrap().to_owned();
            types.insert(name.clone(), (std::mem::take(&mut about), Vec::new()));
            inside = Some(name);
        } else if let Some(rest) = line.strip_prefix("    pub ").filter(|rest| !rest.starts_with("fn ")) {
            let (name, kind) = rest.trim_end_matches(',').split_once(": ").unwrap();
            let key = Key {
                name: renamed.take().unwrap_or_else(|| name.to_owned()),
                kind: kind.to_owned(),
                about: std::mem::take(&mut about),
            };
            types.get_mut(inside.as_deref().unwrap()).unwrap().1.push(key);
        } else if !line_of.starts_with("#[") {
            about.clear();
        }
    }
    types
}

/// Says what a value of this type looks like in a file.
fn kind(of: &str) -> String {
    let of = of.strip_prefix("Option<").and_then(|of| of.strip_suffix('>')).unwrap_or(of);
    let linked = |name: &str| {
        let (_, keys) = TABLES.iter().find(|(known, _)| *known == name).unwrap();
        format!("[table](#{})", anchor(&heading(name, keys)))
    };
    match of {
        "String" => "text".to_owned(),
        "f64" => "number".to_owned(),
        "bool" => "true or false".to_owned(),
        "Vec<String>" => "list of texts".to_owned(),
        "Table" => "table".to_owned(),
        "Value" => "number, text or list".to_owned(),
        "Places" => "place or list of places".to_owned(),
        "BTreeMap<String, String>" => "table of texts".to_owned(),
        "BTreeMap<String, Value>" => "table from place to value".to_owned(),
        "BTreeMap<String, Places>" => "table from name to place".to_owned(),
        "BTreeMap<String, PredicateSheet>" => format!("table of {}s", linked("PredicateSheet")),
        "WhenSheet" => format!("`\"always\"` or {}", linked("ConditionSheet")),
        of => match of.strip_prefix("Vec<").and_then(|of| of.strip_suffix('>')) {
            Some(one) => format!("list of {}s", linked(one)),
            None => linked(of),
        },
    }
}

/// Returns the heading of a table.
fn heading(name: &str, keys: &[&str]) -> String {
    match name {
        "Sheet" => "The file".to_owned(),
        "PredicateSheet" => "Answers".to_owned(),
        _ => keys.iter().map(|key| key.replace("[]", "")).collect::<Vec<_>>().join(" "),
    }
}

/// Returns the headings that are made of keys, and are the same in every language.
pub(crate) fn headings_of_keys() -> BTreeSet<String> {
    let named = TABLES.iter().map(|(name, keys)| heading(name, keys));
    named.filter(|heading| heading.starts_with(|c: char| c.is_ascii_lowercase())).collect()
}

/// Returns the anchor of a heading without signs but `_`, `.` and blanks.
fn anchor(heading: &str) -> String {
    heading.to_lowercase().replace('.', "").replace(' ', "-")
}

/// A recipe: its file, what the backend does, what there is to say about it, and the lines.
struct Recipe {
    file: String,
    title: String,
    about: String,
    lines: String,
}

/// Returns the recipes of a chapter in the order of their names.
fn recipes(chapter: &str) -> Vec<Recipe> {
    let folder = format!("tests/contracts/{chapter}");
    let entries = std::fs::read_dir(root().join(&folder)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let recipe = |name: String| {
        let file = format!("{folder}/{name}");
        let text = read(&file);
        let (head, lines) = text.split_once("\n\n").unwrap_or_else(|| panic!("{file} has no blank line"));
        let mut head = head.lines().map(|line| line.strip_prefix("# ").unwrap().to_owned());
        let title = head.next().unwrap();
        Recipe { title, about: head.collect::<Vec<_>>().join("\n"), lines: lines.to_owned(), file }
    };
    names.into_iter().map(recipe).collect()
}

fn all_recipes() -> Vec<Recipe> {
    CHAPTERS.iter().flat_map(|(chapter, _)| recipes(chapter)).collect()
}

/// Returns what stands under a key in a file, at each place where a list or any name is meant.
fn standing(file: &Table, path: &str, key: &str) -> Vec<Value> {
    let mut found = vec![Value::Table(file.clone())];
    for step in path.split('.').chain([key]).filter(|step| !step.is_empty()) {
        let (name, is_list) = step.strip_suffix("[]").map_or((step, false), |name| (name, true));
        let tables = found.iter().filter_map(Value::as_table);
        let below = tables.flat_map(|table| match name {
            "*" => table.values().cloned().collect::<Vec<_>>(),
            name => table.get(name).cloned().into_iter().collect(),
        });
        let entries = |value: Value| {
            if let (Value::Array(items), true) = (&value, is_list) { items.clone() } else { vec![value] }
        };
        found = below.flat_map(entries).collect();
    }
    found
}

/// Returns the shortest line in any built-in contract or recipe that has a key, and if possible not the default.
fn example(keys: &[&str], key: &str, default: &[Value]) -> String {
    let built_in = BUILT_IN.iter().filter(|(name, _)| *name != DOCUMENTED);
    let texts = built_in
        .map(|(_, text)| (*text).to_owned())
        .chain(all_recipes().into_iter().map(|recipe| recipe.lines));
    let files: Vec<Table> = texts.map(|text| toml::from_str(&text).unwrap()).collect();
    let found = files.iter().flat_map(|file| keys.iter().flat_map(|path| standing(file, path, key)));
    let rank = |value: Value| {
        let line = format!("{key} = {}", inline(&value));
        (default.contains(&value), line.len(), line)
    };
    let shortest = found.map(rank).min().unwrap_or_else(|| panic!("nothing has {keys:?} {key}"));
    shortest.2
}

/// Writes a value in one line.
fn inline(value: &Value) -> String {
    match value {
        Value::Table(table) if table.is_empty() => "{}".to_owned(),
        Value::Table(table) => {
            let is_bare = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
            let member = |(name, value): (&String, &Value)| {
                let name = if is_bare(name) { name.clone() } else { Value::from(name.as_str()).to_string() };
                format!("{name} = {}", inline(value))
            };
            format!("{{ {} }}", table.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
            value.to_string()
        }
    }
}

/// Returns the words that may stand under a key, as a contract that has another one is told; none where any text may.
fn allowed(keys: &[&str], key: &str) -> Vec<String> {
    let probe = match (keys[0], key) {
        ("", "inputs") => "inputs = [\"?\"]".to_owned(),
        ("", "refuse") => "[refuse.\"?\"]".to_owned(),
        ("login[]", "role") => {
            "[[login]]\nrole = \"?\"\nrequest = \"POST x\"\nform = { c = \"{code}\" }".to_owned()
        }
        ("login[].ok", "media") => "[user_info]\nrequest = \"GET x\"\nok = { media = \"?\" }".to_owned(),
        ("auth[]", "in") => "[[auth]]\nin = \"?\"\nname = \"x\"\nvalue = \"{token}\"".to_owned(),
        ("expiry", "unit") => "[expiry]\nfrom = \"/x\"\nunit = \"?\"".to_owned(),
        ("refresh", "mode") => "[refresh]\nmode = \"?\"".to_owned(),
        ("refresh", "old_after") => {
            "[refresh]\nmode = \"request\"\nrequest = \"GET x\"\nold_after = \"?\"".to_owned()
        }
        ("wechat", "unionid") => "[wechat]\nunionid = \"?\"".to_owned(),
        ("expire_by", "how") => "[expire_by]\nhow = \"?\"".to_owned(),
        _ => return Vec::new(),
    };
    words_told(&probe)
}

/// Returns the words that the contract's mistake says are allowed.
fn words_told(contract: &str) -> Vec<String> {
    let told = Contract::parse("probe", "probe", contract, &[]).unwrap_err().to_string();
    let (_, words) = told.split_once("allowed are ").unwrap_or_else(|| panic!("{contract}: {told}"));
    words.split(", ").map(str::to_owned).collect()
}

/// Writes code into a cell of a table.
fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{}`", text.replace('|', "\\|")) }
}

pub(crate) fn contracts_page() -> String {
    let recipes = all_recipes().len();
    let mut page = format!(
        "# Contracts\n\n{LANGUAGES}\n\n\
         Made from the contract file's types, the contracts that are built in, and the recipes in `tests/contracts/`; \
         `WXCONFORM_BLESS=1 cargo test docs` writes it anew.\n\n\
         A contract is a TOML file that says how a backend spells the login: which requests it wants, where the token \
         stands in its answers, how the token travels afterwards, and how it says no. What a contract leaves out is as in \
         the [documented flow](../contracts/documented.toml), so that the smallest one is a few lines.\n\n\
         ```sh\n\
         wxconform contract init shop.toml --from-har login.har   # or --from-openapi FILE, or it asks\n\
         wxconform contract check shop.toml                       # can it be understood, and what does not apply?\n\
         wxconform contract show shop.toml                        # with everything filled in that it leaves out\n\
         wxconform doctor --backend http://127.0.0.1:8080 --contract shop.toml\n\
         wxconform --backend http://127.0.0.1:8080 --contract shop.toml --set vars.client_secret=hush\n\
         ```\n\n\
         There are {recipes} [recipes](#recipes), a list of [every key](#keys), of what can stand in a \
         [hole](#holes), and of the {} contracts that are [built in](#built-in-contracts). A recipe is a whole contract \
         that leaves the rest to the documented flow; take its lines. The reference backend speaks all of them: \
         `wxconform backend --contract FILE`.\n\n\
         ## Recipes\n",
        BUILT_IN.len(),
    );
    for (folder, title) in CHAPTERS {
        write!(page, "\n### {title}\n").unwrap();
        for recipe in self::recipes(folder) {
            write!(page, "\n#### My backend {}\n\n", recipe.title).unwrap();
            if !recipe.about.is_empty() {
                write!(page, "{}\n\n", recipe.about).unwrap();
            }
            write!(page, "```toml\n{}```\n", recipe.lines).unwrap();
        }
    }
    page.push_str(
        "\n## Keys\n\n\
         A *place* says where something stands in an answer: a JSON pointer such as `/data/token`, `header:X-Token`, \
         `cookie:session`, or `jwt:/data/token#openid` for a claim of a JSON Web Token. A *template* is a text with \
         [holes](#holes). The *default* is what `wxconform contract show documented` prints; where there is none, the key is \
         left out. What *has to be there* is left out with its table only. Tables grow together with those of the contract below (`like`, or the documented flow); `expiry`, \
         `refresh`, `check` and `logout` are replaced as a whole, and so are lists. A contract with `[[login]]` inherits none of `identity`, `title` \
         and `source`. An unknown key is an error that names the line and the nearest key.\n",
    );
    keys(&mut page);
    page.push_str(
        "\n## Holes\n\n\
         `{name}` in a template stands for a variable of `[vars]`, for what a step of the login captured, or for one of \
         these. A value that is missing takes the whole parameter with it. `{{` and `}}` stand for braces.\n\n\
         | hole | stands for |\n|---|---|\n",
    );
    for (name, about) in HOLES {
        writeln!(page, "| `{{{name}}}` | {about} |").unwrap();
    }
    page.push_str(
        "| `{b64(…)}` | the text in Base64 |\n\
         | `{basic(…, …)}` | the value of an `Authorization` field for a name and a password |\n\
         | `{sha1hex(…)}` | the SHA-1 of the text in hexadecimal |\n\
         | `{urlenc(…)}` | the text as `encodeURIComponent` makes it |\n\
         \n## Built-in contracts\n\n\
         `--contract NAME`, or `like = \"NAME\"` in a contract of your own.\n\n\
         | name | backend | read from |\n|---|---|---|\n",
    );
    for (name, _) in BUILT_IN {
        let contract = Contract::find(name, &[]).unwrap();
        let (title, source) = (contract.title.unwrap(), contract.source.unwrap());
        writeln!(page, "| [{name}](../contracts/{name}.toml) | {} | {} |", plain(&title), plain(&source))
            .unwrap();
    }
    page
}

/// Writes a table for each table of a contract file.
fn keys(page: &mut String) {
    let types = sheet();
    let documented = Contract::find_written(DOCUMENTED, &[]).unwrap().sheet;
    let documented = Table::try_from(documented).unwrap();
    for (name, places) in TABLES {
        let (about, keys) = &types[*name];
        write!(page, "\n### {}\n\n{about}", heading(name, places)).unwrap();
        let shown: Vec<String> = match *name {
            "PredicateSheet" => places.iter().map(|place| code(&place.replace("[]", ""))).collect(),
            _ => Vec::new(),
        };
        if !shown.is_empty() {
            write!(page, " It stands under {}.", shown.join(", ")).unwrap();
        }
        page.push_str("\n\n| key | value | default | example |\n|---|---|---|---|\n");
        for key in keys {
            let defaults: Vec<Value> =
                places.iter().flat_map(|place| standing(&documented, place, &key.name)).collect();
            let default = if name == &"Sheet" && !defaults.is_empty() && kind(&key.kind).contains("](#") {
                "see below".to_owned()
            } else {
                let different: BTreeSet<String> = defaults.iter().map(inline).collect();
                different.iter().map(|text| code(text)).collect::<Vec<_>>().join(" or ")
            };
            let mut value = format!("{}. {}", kind(&key.kind), key.about.replace('|', "\\|"));
            let words: Vec<String> = allowed(places, &key.name).iter().map(|word| code(word)).collect();
            if !words.is_empty() {
                write!(value, " Allowed: {}.", words.join(", ")).unwrap();
            }
            if ["String", "f64", "bool", "Table"].contains(&key.kind.as_str()) {
                value.push_str(" Has to be there.");
            }
            let example = code(&example(places, &key.name, &defaults));
            writeln!(page, "| `{}` | {value} | {default} | {example} |", key.name).unwrap();
        }
    }
}

#[test]
fn the_page_of_contracts_is_what_a_contract_can_say() {
    assert_committed(CONTRACTS, &contracts_page());
}

#[test]
fn every_key_that_is_read_is_on_the_page() {
    let types = sheet();
    let read = read("src/backend/contract/sheet.rs");
    let all: usize = types.values().map(|(_, keys)| keys.len()).sum();
    assert_eq!(all, read.matches("\n    pub ").count() - read.matches("\n    pub fn ").count());
    assert_eq!(
        types.keys().cloned().collect::<BTreeSet<_>>(),
        TABLES.iter().map(|(name, _)| (*name).to_owned()).collect()
    );
    // What the reader itself says it takes.
    for (name, probe) in [
        ("Sheet", "x = 1"),
        ("Common", "[common]\nx = 1"),
        ("StepSheet", "[[login]]\nx = 1"),
        ("PredicateSheet", "[user_info]\nrequest = \"GET x\"\nok = { x = 1 }"),
        ("AuthSheet", "[[auth]]\nx = 1"),
        ("ReadSheet", "[user_info]\nx = 1"),
        ("IdentitySheet", "[identity]\nx = 1"),
        ("ExpirySheet", "[expiry]\nx = 1"),
        ("RefreshSheet", "[refresh]\nx = 1"),
        ("WechatSheet", "[wechat]\nx = 1"),
        ("ExpireBySheet", "[expire_by]\nx = 1"),
    ] {
        let names: Vec<&str> = types[name].1.iter().map(|key| key.name.as_str()).collect();
        assert_eq!(words_told(probe), names, "{name}");
    }
}

#[test]
fn every_hole_is_on_the_page() {
    let ours: BTreeSet<&str> = HOLES.iter().map(|(name, _)| *name).collect();
    let made: BTreeSet<&str> = GENERATED.iter().copied().collect();
    assert_eq!(ours, made);
}

#[test]
fn every_recipe_is_a_contract_that_says_something() {
    let plain = Contract::find_written(DOCUMENTED, &[]).unwrap().sheet;
    let mut titles = BTreeSet::new();
    for recipe in all_recipes() {
        let written = Contract::parse("recipe", &recipe.file, &recipe.lines, &[])
            .unwrap_or_else(|error| panic!("{error}"));
        let is_default = recipe.title == "renews by logging in again";
        assert_eq!(written.sheet == plain, is_default, "{}", recipe.file);
        assert!(titles.insert(recipe.title.clone()), "{}", recipe.title);
    }
    assert!(titles.len() >= 40, "{}", titles.len());
    let folders: BTreeSet<String> = std::fs::read_dir(root().join("tests/contracts"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(folders, CHAPTERS.iter().map(|(folder, _)| (*folder).to_owned()).collect());
}

#[test]
fn the_reference_backend_logs_in_by_every_recipe() {
    let all = all_recipes();
    let play = |recipe: &Recipe| {
        let arguments = ["run", "--contract", "recipe.toml", "--only", "LOGIN-01,USER-01"];
        let ended = wxconform(&arguments).file("recipe.toml", &recipe.lines).ended();
        ended.has_status(0);
        assert!(ended.stdout.contains("2 of 2 requirements kept"), "{}: {}", recipe.file, ended.stdout);
    };
    std::thread::scope(|scope| {
        for half in all.chunks(all.len().div_ceil(2)) {
            scope.spawn(move || half.iter().for_each(play));
        }
    });
}
