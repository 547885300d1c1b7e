//! Does a JavaScript engine agree with the arithmetic of the documented client?
//!
//! Each property gives the same texts to this crate and to an engine that shares no code with it. Failures are
//! kept in `tests/proptest-regressions` and tried again first.

#![expect(clippy::unwrap_used, reason = "an oracle that does not run shall fail the test")]

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;
use rquickjs::{Context, Function, Persistent, Runtime};
use wxconform::expiry::{JsError, JsString, UnixMillis, Value, renewal_due};

/// A function of JavaScript, called again and again.
struct Oracle {
    function: Persistent<Function<'static>>,
    context: Context,
}

/// A text as JavaScript has it, lone surrogates included, or `undefined`.
type Argument = Option<Vec<u16>>;

impl Oracle {
    /// Compiles an arrow function of JavaScript. Texts cross the border as the numbers of their units, because a text
    /// of Rust cannot hold every one of them.
    fn new(function: &str) -> Self {
        let guarded = format!(
            "(texts => {{
                const text = units => units === undefined ? undefined : String.fromCharCode(...units);
                let outcome;
                try {{ outcome = 'returned ' + ({function})(...texts.map(text)) }}
                catch (thrown) {{ outcome = 'threw ' + thrown.name }}
                return Array.from({{length: outcome.length}}, (_, at) => outcome.charCodeAt(at));
            }})"
        );
        let context = Context::full(&Runtime::new().unwrap()).unwrap();
        let function = context.with(|inside| {
            let function: Function<'_> = inside.eval(guarded).unwrap();
            Persistent::save(&inside, function)
        });
        Self { function, context }
    }

    /// Calls the function and says what came of it.
    fn outcome(&self, arguments: impl IntoIterator<Item = Argument>) -> Result<JsString, TestCaseError> {
        let arguments: Vec<Argument> = arguments.into_iter().collect();
        let returned = self.context.with(|inside| {
            let function = self.function.clone().restore(&inside)?;
            function.call::<_, Vec<u16>>((arguments,))
        });
        let units =
            returned.map_err(|error| TestCaseError::fail(format!("the oracle's own script: {error}")))?;
        Ok(JsString::from_units(units))
    }
}

/// Says what came of an operation of this crate, in the oracle's words.
fn outcome(result: Result<JsString, JsError>) -> JsString {
    match result {
        Ok(text) => {
            let mut outcome = JsString::from("returned ");
            outcome.push(&text);
            outcome
        }
        Err(error) => JsString::from(format!("threw {}", name(&error.to_string()))),
    }
}

/// Returns the name of an exception, which stands before the colon.
fn name(exception: &str) -> &str {
    exception.split(':').next().unwrap_or_default()
}

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// Remembers failures in a file of its own for each property, and tries them again first.
fn remembering(seeds: &'static str) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(seeds))),
        ..ProptestConfig::default()
    }
}

/// Texts of JSON numbers: lifetimes, times in seconds and milliseconds, and whatever the grammar allows.
fn number_text() -> impl Strategy<Value = String> {
    prop_oneof![
        (-10_i64..100_000).prop_map(|number| number.to_string()),
        (1_600_000_000_i64..1_800_000_000).prop_map(|number| number.to_string()),
        (1_600_000_000_000_i64..1_800_000_000_000).prop_map(|number| number.to_string()),
        any::<f64>().prop_filter("JSON has no such number", |n| n.is_finite()).prop_map(|n| format!("{n:e}")),
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,6})?([eE][+-]?[0-9]{1,3})?",
    ]
}

/// Texts that are numeric literals of JavaScript, or nearly.
fn literal() -> impl Strategy<Value = String> {
    let space = "[ \t\n\r\u{b}\u{c}\u{a0}\u{1680}\u{180e}\u{2003}\u{200b}\u{2028}\u{3000}\u{feff}\u{85}]?";
    let core = prop_oneof![
        3 => "[+-]?([0-9]{0,20}\\.?[0-9]{0,5}|Infinity)([eE][+-]?[0-9]{0,3})?",
        2 => "[+-]?0[xXoObB][0-9a-fA-F]{0,13}",
        1 => "0[bB][01]{40,53}",
        1 => select(vec!["infinity", "inf", "+Infinity", "nan", "1_000", "1n", "0x", "-0", "1e", "."])
            .prop_map(str::to_owned),
        2 => "[0-9a-fxXoObBeEInity+.\\-_ ]{0,6}",
    ];
    (space, core, space).prop_map(|(before, core, after)| format!("{before}{core}{after}"))
}

/// Texts of JSON strings: numeric literals, escapes, lone surrogates.
fn string_text() -> impl Strategy<Value = String> {
    prop_oneof![
        literal().prop_map(|literal| serde_json::Value::from(literal).to_string()),
        r#""([0-9a-zA-Z é你😀%&+/]|\\u[0-9a-fA-F]{4}|\\u[dD][89a-fA-F][0-9a-f]{2}|\\[bfnrt"/\\]){0,6}""#,
    ]
}

/// Texts of JSON values, with the member names that mean something to JavaScript.
fn json_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => number_text(),
        4 => string_text(),
        2 => select(vec!["null", "true", "false"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let names = ["toString", "valueOf", "toJSON", "__proto__", "length", "a", "b", "0", "10", "9", "01"];
        let name = prop_oneof![
            5 => select(names.to_vec()).prop_map(|name| format!("\"{name}\"")),
            1 => string_text(),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::vec((name, inner), 0..4).prop_map(|members| {
                let members: Vec<_> =
                    members.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

/// What `tokenObj` holds and when `onShow` runs: `createTime`, `expires_in` (both may be missing), and now.
fn renewal_case() -> impl Strategy<Value = (Option<String>, Option<String>, i64)> {
    let now = prop_oneof![4 => 1_600_000_000_000_i64..1_900_000_000_000, 1 => any::<i64>()];
    let operand = || prop::option::weighted(0.9, json_text());
    let anything = (operand(), operand(), now);
    let at_the_edge = (1_600_000_000_000_i64..1_800_000_000_000, 0_i64..100_000, -2_i64..=2).prop_map(
        |(created, lifetime, off)| {
            let created_text = format!("{}.{:03}", created / 1000, created % 1000);
            (Some(created_text), Some(lifetime.to_string()), created + lifetime * 1000 + 1_000_000 + off)
        },
    );
    prop_oneof![3 => anything, 1 => at_the_edge]
}

#[test]
fn the_engine_renews_when_we_do() {
    let oracle = Oracle::new(
        "(created, lifetime, now) => {
            let tokenObj = {};
            if (created !== undefined) tokenObj.createTime = JSON.parse(created);
            if (lifetime !== undefined) tokenObj.expires_in = JSON.parse(lifetime);
            let {createTime,expires_in} = tokenObj;
            return (createTime+expires_in) < (new Date(Number(now)).getTime()/1000 -1000);
        }",
    );
    let seeds = "tests/proptest-regressions/expiry_oracle_renewal.txt";
    proptest!(remembering(seeds), |((created, lifetime, now) in renewal_case())| {
        let operand = |text: &Option<String>| {
            text.as_ref().map_or(Ok(Value::Undefined), |text| Value::parse_json(text))
        };
        let (create_time, expires_in) = (operand(&created)?, operand(&lifetime)?);
        let ours = renewal_due(&create_time, &expires_in, UnixMillis::new(now));
        let argument = |text: &Option<String>| text.as_deref().map(units);
        let theirs = oracle.outcome([argument(&created), argument(&lifetime), Some(units(&now.to_string()))])?;
        prop_assert_eq!(outcome(ours.map(|due| JsString::from(due.to_string()))), theirs);
    });
}

#[test]
fn the_engine_makes_the_same_text_of_a_value() {
    let oracle = Oracle::new("text => String(JSON.parse(text))");
    let seeds = "tests/proptest-regressions/expiry_oracle_string.txt";
    proptest!(remembering(seeds), |(json in json_text())| {
        let ours = Value::parse_json(&json)?.to_js_string();
        prop_assert_eq!(outcome(ours), oracle.outcome([Some(units(&json))])?);
    });
}

#[test]
fn the_engine_makes_the_same_number_of_a_string() {
    let oracle = Oracle::new("text => { let n = Number(text); return Object.is(n, -0) ? '-0' : n }");
    let seeds = "tests/proptest-regressions/expiry_oracle_number.txt";
    proptest!(remembering(seeds), |(literal in literal())| {
        let ours = Value::from(literal.as_str()).to_number().map(|number| {
            let is_minus_zero = number.to_bits() == (-0.0_f64).to_bits();
            if is_minus_zero { Ok(JsString::from("-0")) } else { Value::from(number).to_js_string() }
        });
        prop_assert_eq!(outcome(ours.and_then(|text| text)), oracle.outcome([Some(units(&literal))])?);
    });
}

#[test]
fn the_engine_rounds_long_literals_alike() {
    let oracle = Oracle::new("text => Number(BigInt(text))");
    let seeds = "tests/proptest-regressions/expiry_oracle_rounding.txt";
    let literal = prop_oneof![
        "0[xX][0-9a-fA-F]{1,300}",
        "0[oO][0-7]{1,40}",
        "0[bB][01]{1,70}",
        "0[bB]1[01]{52}(0|1|10|01|11|100|101|110)0{0,60}1?",
    ];
    proptest!(remembering(seeds), |(literal in literal)| {
        let ours = Value::from(literal.as_str()).to_number().map(Value::from);
        let ours = ours.and_then(|number| number.to_js_string());
        prop_assert_eq!(outcome(ours), oracle.outcome([Some(units(&literal))])?);
    });
}

#[test]
fn the_engine_reads_and_writes_the_same_json() {
    let oracle = Oracle::new("text => JSON.stringify(JSON.parse(text))");
    let seeds = "tests/proptest-regressions/expiry_oracle_json.txt";
    proptest!(remembering(seeds), |(json in json_text())| {
        let ours = Value::parse_json(&json)?.to_json().unwrap_or_default();
        prop_assert_eq!(outcome(Ok(JsString::from(ours))), oracle.outcome([Some(units(&json))])?);
    });
}

#[test]
fn the_engine_refuses_the_same_texts() {
    let oracle = Oracle::new("text => JSON.stringify(JSON.parse(text))");
    let seeds = "tests/proptest-regressions/expiry_oracle_syntax.txt";
    let damage = (
        any::<prop::sample::Index>(),
        0_usize..3,
        "[-+0-9.eE\"\\\\/{}\\[\\],: \t\u{c}\u{a0}\u{feff}unla]{0,2}",
    );
    proptest!(remembering(seeds), |(json in json_text(), (place, removed, inserted) in damage)| {
        let mut characters: Vec<char> = json.chars().collect();
        let start = place.index(characters.len() + 1);
        let end = characters.len().min(start + removed);
        characters.splice(start..end, inserted.chars());
        let damaged: String = characters.into_iter().collect();
        let ours = match Value::parse_json(&damaged) {
            Ok(value) => outcome(Ok(JsString::from(value.to_json().unwrap_or_default()))),
            Err(_) => JsString::from("threw SyntaxError"),
        };
        prop_assert_eq!(ours, oracle.outcome([Some(units(&damaged))])?, "{:?}", damaged);
    });
}

#[test]
fn the_engine_escapes_the_same_octets() {
    let oracle = Oracle::new("text => encodeURIComponent(text)");
    let seeds = "tests/proptest-regressions/expiry_oracle_component.txt";
    let unit = prop_oneof![4 => 0x20_u16..0x7f, 1 => any::<u16>(), 1 => 0xd7fe_u16..0xe002];
    let pair = prop_oneof![3 => prop::collection::vec(unit, 1), 1 => any::<char>().prop_map(|character| {
        character.encode_utf16(&mut [0; 2]).to_vec()
    })];
    proptest!(remembering(seeds), |(units in prop::collection::vec(pair, 0..6))| {
        let text = units.concat();
        let ours = JsString::from_units(text.clone()).encode_uri_component();
        prop_assert_eq!(outcome(ours.map(JsString::from)), oracle.outcome([Some(text)])?);
    });
}
