//! Does a JavaScript engine agree with the arithmetic of the documented client?
//!
//! Each property gives the same texts to this crate and to an engine that shares no code with it. Failures are
//! kept in `tests/proptest-regressions` and tried again first.

use std::cell::RefCell;

use boa_engine::{Context, JsString as EngineString, JsValue, Source};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;
use wxconform::expiry::{JsError, JsString, UnixMillis, Value, renewal_due};

/// A function of JavaScript, called again and again.
struct Oracle {
    context: RefCell<Context>,
    function: JsValue,
}

/// Reads JSON in the engine, as ECMA-262 says.
///
/// The engine's own `JSON.parse` refuses numbers beyond the doubles and lone surrogates. JSON is a part of
/// JavaScript but for the meaning of `__proto__`, so such a text is evaluated as a script instead.
const PARSE: &str = r#"const parse = text => {
    try { return JSON.parse(text) }
    catch (refused) { return (0, eval)('(' + text.replaceAll('"__proto__":', '["__proto__"]:') + ')') }
};"#;

impl Oracle {
    /// Compiles an arrow function of JavaScript.
    fn new(function: &str) -> Self {
        let mut context = Context::default();
        let guarded = format!(
            "{PARSE} (function () {{ try {{ return 'returned ' + ({function})(...arguments) }}
              catch (thrown) {{ return 'threw ' + thrown.name }} }})"
        );
        let function = context.eval(Source::from_bytes(&guarded)).unwrap_or_default();
        Self { context: RefCell::new(context), function }
    }

    /// Calls the function and says what came of it.
    fn outcome(&self, arguments: impl IntoIterator<Item = JsValue>) -> Result<JsString, TestCaseError> {
        let arguments: Vec<_> = arguments.into_iter().collect();
        let returned = self
            .function
            .as_callable()
            .map(|function| function.call(&JsValue::undefined(), &arguments, &mut self.context.borrow_mut()));
        let text = returned.and_then(Result::ok).and_then(|value| value.as_string());
        let text = text.ok_or_else(|| TestCaseError::fail("the oracle's own script is wrong"))?;
        Ok(JsString::from_units(text.to_vec()))
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

fn engine_text(text: &str) -> JsValue {
    JsValue::from(EngineString::from(text))
}

fn engine_units(units: &[u16]) -> JsValue {
    JsValue::from(EngineString::from(units))
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

/// Says whether the engine reads a text as a number that is none in ECMA-262 (nor to V8).
///
/// It takes `-inf` in any case for minus infinity, and `0x+1` for one.
fn is_misread_by_the_engine(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    has(&["0x+", "0o+", "0b+"]) || (has(&["+inf", "-inf"]) && !text.contains("Infinity"))
}

/// Texts that are numeric literals of JavaScript, or nearly.
///
/// Those in other radices stay below 2^53, because the engine rounds longer ones digit by digit; see
/// `the_engine_rounds_long_literals_alike`.
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
    (space, core, space)
        .prop_map(|(before, core, after)| format!("{before}{core}{after}"))
        .prop_filter("the engine misreads it", |literal| !is_misread_by_the_engine(literal))
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
            if (created !== undefined) tokenObj.createTime = parse(created);
            if (lifetime !== undefined) tokenObj.expires_in = parse(lifetime);
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
        if let (Ok(left), Ok(right)) = (create_time.to_js_string(), expires_in.to_js_string()) {
            let joined = format!("{}{}", left.to_string_lossy(), right.to_string_lossy());
            prop_assume!(!is_misread_by_the_engine(&joined));
        }
        let ours = renewal_due(&create_time, &expires_in, UnixMillis::new(now));
        let argument = |text: &Option<String>| text.as_deref().map_or_else(JsValue::undefined, engine_text);
        let theirs = oracle.outcome([argument(&created), argument(&lifetime), engine_text(&now.to_string())])?;
        prop_assert_eq!(outcome(ours.map(|due| JsString::from(due.to_string()))), theirs);
    });
}

#[test]
fn the_engine_makes_the_same_text_of_a_value() {
    let oracle = Oracle::new("text => String(parse(text))");
    let seeds = "tests/proptest-regressions/expiry_oracle_string.txt";
    proptest!(remembering(seeds), |(json in json_text())| {
        let ours = Value::parse_json(&json)?.to_js_string();
        prop_assert_eq!(outcome(ours), oracle.outcome([engine_text(&json)])?);
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
        prop_assert_eq!(outcome(ours.and_then(|text| text)), oracle.outcome([engine_text(&literal)])?);
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
        prop_assert_eq!(outcome(ours), oracle.outcome([engine_text(&literal)])?);
    });
}

#[test]
fn the_engine_reads_and_writes_the_same_json() {
    let oracle = Oracle::new("text => JSON.stringify(parse(text))");
    let seeds = "tests/proptest-regressions/expiry_oracle_json.txt";
    proptest!(remembering(seeds), |(json in json_text())| {
        let ours = Value::parse_json(&json)?.to_json().unwrap_or_default();
        prop_assert_eq!(outcome(Ok(JsString::from(ours))), oracle.outcome([engine_text(&json)])?);
    });
}

#[test]
fn the_engine_refuses_the_same_texts() {
    // The two refusals that are the engine's own (see `PARSE`) prove nothing.
    let oracle = Oracle::new(
        "text => {
            try { return JSON.stringify(JSON.parse(text)) }
            catch (refused) {
                const own = ['number out of range', 'hex escape'];
                if (own.some(message => refused.message.includes(message))) return 'no judgement';
                throw refused;
            }
        }",
    );
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
        let theirs = oracle.outcome([engine_text(&damaged)])?;
        if theirs != "returned no judgement" {
            prop_assert_eq!(ours, theirs, "{:?}", damaged);
        }
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
        let units = units.concat();
        let ours = JsString::from_units(units.clone()).encode_uri_component();
        prop_assert_eq!(outcome(ours.map(JsString::from)), oracle.outcome([engine_units(&units)])?);
    });
}
