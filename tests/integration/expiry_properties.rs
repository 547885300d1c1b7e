//! What holds of the renewal test whatever the numbers are?
//!
//! Failures are kept in `tests/proptest-regressions` and tried again first.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;
use wxconform::expiry::{
    JsString, Object, UnixMillis, Value, blind_window, created_at, first_renewal, renewal_due,
};

/// 2500-01-01T00:00:00Z, later than any clock that a test or a phone will show.
const YEAR_2500: UnixMillis = UnixMillis::new(16_725_225_600_000);

fn remembering_failures() -> ProptestConfig {
    let seeds = "tests/proptest-regressions/expiry_properties.txt";
    ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(seeds))),
        ..ProptestConfig::default()
    }
}

/// Whole seconds between 2017 and 2033.
fn seconds() -> impl Strategy<Value = u32> {
    1_500_000_000_u32..2_000_000_000
}

/// Instants between 2017 and 2033.
fn instant() -> impl Strategy<Value = UnixMillis> {
    (1_500_000_000_000_i64..2_000_000_000_000).prop_map(UnixMillis::new)
}

/// Lifetimes from a second to about 115 days.
fn lifetime() -> impl Strategy<Value = u32> {
    1_u32..10_000_000
}

/// Values of every kind that JSON has.
fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>().prop_map(JsString::from),
        prop::collection::vec(any::<u16>(), 0..4).prop_map(JsString::from_units),
        "[0-9]{1,5}".prop_map(JsString::from),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no such number", |n| n.is_finite()).prop_map(Value::from),
        seconds().prop_map(|number| Value::from(f64::from(number))),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let name = prop_oneof![
            text.clone(),
            select(vec!["0", "7", "10", "toString", "valueOf", "__proto__"]).prop_map(JsString::from),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..4).prop_map(|members| {
                let mut object = Object::default();
                for (name, member) in members {
                    object.set(name, member);
                }
                Value::from(object)
            }),
        ]
    })
}

fn due(create_time: f64, expires_in: f64, now: UnixMillis) -> Result<bool, TestCaseError> {
    Ok(renewal_due(&Value::from(create_time), &Value::from(expires_in), now)?)
}

fn later(instant: UnixMillis, millis: i64) -> UnixMillis {
    UnixMillis::new(instant.millis() + millis)
}

proptest! {
    #![proptest_config(remembering_failures())]

    #[test]
    fn exactly_a_thousand_seconds_after_the_end_is_not_yet_due(created in seconds(), lifetime in lifetime()) {
        let edge = UnixMillis::new((i64::from(created) + i64::from(lifetime) + 1000) * 1000);
        let (created, lifetime) = (f64::from(created), f64::from(lifetime));
        prop_assert!(!due(created, lifetime, later(edge, -1))?);
        prop_assert!(!due(created, lifetime, edge)?);
        prop_assert!(due(created, lifetime, later(edge, 1))?);
    }

    #[test]
    fn one_representable_step_decides(now in instant()) {
        let edge = created_at(now) - 1000.0;
        prop_assert!(!due(edge, 0.0, now)?);
        prop_assert!(!due(edge.next_up(), 0.0, now)?);
        prop_assert!(due(edge.next_down(), 0.0, now)?);
    }

    #[test]
    fn what_is_due_remains_due(created in value(), lifetime in value(), now in instant(), wait in 0_i64..1 << 40) {
        if renewal_due(&created, &lifetime, now) == Ok(true) {
            prop_assert_eq!(renewal_due(&created, &lifetime, later(now, wait)), Ok(true));
        }
    }

    #[test]
    fn the_first_renewal_is_due_and_the_millisecond_before_it_is_not(created in instant(), lifetime in -1e6..1e6) {
        let created = created_at(created);
        let first = first_renewal(&Value::from(created), &Value::from(lifetime))?;
        prop_assert!(first.is_some());
        let first = first.unwrap_or_default();
        prop_assert!(due(created, lifetime, first)?);
        prop_assert!(!due(created, lifetime, later(first, -1))?);
    }

    #[test]
    fn the_blind_window_is_a_thousand_seconds_wide(created in seconds(), lifetime in lifetime(), at in 0_i64..=1_000_000) {
        let end = UnixMillis::new((i64::from(created) + i64::from(lifetime)) * 1000);
        let (created, lifetime) = (f64::from(created), f64::from(lifetime));
        prop_assert_eq!(blind_window(created, lifetime), Some(end..later(end, 1_000_001)));
        // Throughout the window the token has ended and is not renewed.
        prop_assert!(!due(created, lifetime, later(end, at))?);
    }

    #[test]
    fn a_lifetime_in_milliseconds_is_renewed_a_thousand_lifetimes_late(created in seconds(), lifetime in lifetime()) {
        let in_millis = f64::from(lifetime) * 1000.0;
        let first = first_renewal(&Value::from(f64::from(created)), &Value::from(in_millis))?;
        let expected = (i64::from(created) + i64::from(lifetime) * 1000 + 1000) * 1000 + 1;
        prop_assert_eq!(first, Some(UnixMillis::new(expected)));
    }

    #[test]
    fn a_creation_time_in_milliseconds_is_never_renewed(created in seconds(), lifetime in lifetime()) {
        prop_assert!(!due(f64::from(created) * 1000.0, f64::from(lifetime), YEAR_2500)?);
    }

    #[test]
    fn a_lifetime_in_a_string_is_never_renewed_after_whole_seconds(created in seconds(), lifetime in lifetime()) {
        let (created, lifetime) = (Value::from(f64::from(created)), Value::from(format!("{lifetime:02}")));
        prop_assert_eq!(renewal_due(&created, &lifetime, YEAR_2500), Ok(false));
    }

    #[test]
    fn a_lifetime_in_a_string_vanishes_in_the_fraction_of_a_second(
        created in seconds(), millis in 1_u32..1000, lifetime in lifetime()
    ) {
        let created = UnixMillis::new(i64::from(created) * 1000 + i64::from(millis));
        let lifetime = Value::from(lifetime.to_string());
        let first = first_renewal(&Value::from(created_at(created)), &lifetime)?.unwrap_or_default();
        // The digits of the lifetime follow those of the fraction, so they add less than a second.
        prop_assert!((1_000_000..=1_001_000).contains(&first.since(created).as_millis()), "{first:?}");
    }

    #[test]
    fn a_missing_operand_is_never_renewed(other in any::<f64>(), now in any::<i64>()) {
        let (other, now) = (Value::from(other), UnixMillis::new(now));
        prop_assert_eq!(renewal_due(&other, &Value::Undefined, now), Ok(false));
        prop_assert_eq!(renewal_due(&Value::Undefined, &other, now), Ok(false));
    }

    #[test]
    fn a_value_survives_its_json_text(value in value()) {
        let json = value.to_json().unwrap_or_default();
        let again = Value::parse_json(&json)?;
        prop_assert_eq!(again.to_json(), Some(json));
        prop_assert_eq!(again, value);
    }
}
