//! Whatever happens in whatever order: does a code ever succeed twice?

use std::time::Duration;

use proptest::prelude::*;

use super::settings::LedgerSettings;
use super::trial::{NOW, member, wechat};
use super::{Person, Script};
use crate::protocol::{ErrorCode, JsCode};

#[derive(Clone, Debug)]
enum Step {
    Login { person: usize, age: u64 },
    Exchange { code: usize, later: u64 },
    Script { code: usize, times: u32 },
    Expire { person: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0_usize..3, 0_u64..400).prop_map(|(person, age)| Step::Login { person, age }),
        (0_usize..8, 0_u64..400).prop_map(|(code, later)| Step::Exchange { code, later }),
        (0_usize..8, 0_u32..3).prop_map(|(code, times)| Step::Script { code, times }),
        (0_usize..3).prop_map(|person| Step::Expire { person }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_code_succeeds_twice_or_late_or_for_somebody_else(
        burn_on_mismatch: bool,
        steps in prop::collection::vec(step(), 0..60),
    ) {
        let mut wechat = wechat(LedgerSettings { burn_on_mismatch, ..LedgerSettings::default() });
        let people: Vec<Person> = ["A", "B", "C"].map(|key| wechat.ledger.person(key)).into();
        let mut issued: Vec<(JsCode, usize, u64, bool)> = Vec::new();
        for step in steps {
            match step {
                Step::Login { person, age } => {
                    let age_of = Duration::from_secs(age);
                    let code = wechat.ledger.login_aged(&people[person], &wechat.app, NOW, age_of);
                    prop_assert!(issued.iter().all(|(known, ..)| *known != code));
                    issued.push((code, person, age, false));
                }
                Step::Exchange { code, later } => {
                    let Some((code, person, age, spent)) = issued.get_mut(code) else { continue };
                    let answer = wechat.exchange_at(code, NOW + Duration::from_secs(later));
                    if answer.errcode == Some(0) {
                        prop_assert!(!*spent && *age + later < 300);
                        let openid = member(&answer, "openid");
                        prop_assert_eq!(openid.as_str(), people[*person].openid.as_str());
                        *spent = true;
                    }
                }
                Step::Script { code, times } => {
                    let Some((code, ..)) = issued.get(code) else { continue };
                    wechat.ledger.script(code, Script::error(ErrorCode::SystemError).times(times));
                }
                Step::Expire { person } => wechat.ledger.expire_session(&people[person]),
            }
        }
    }
}
