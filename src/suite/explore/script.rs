//! What does a sequence look like to the phone alone?
//!
//! A script for `wxconform simulate` knows launches and shows of one phone, and no backend, no WeChat and no
//! second person. What it cannot say is said beside it.

use std::time::Duration;

use serde_json::{Value, json};

use super::event::{Event, Handed, Loss, Who};
use super::model::act;
use super::state::{Next, State, Stored, Time};
use crate::suite::parameters::{CodeKind, Moment, OpenidKind};

/// What the phone's clock shows at the beginning.
const BEGINNING: i64 = 1_700_000_000_500;

/// The lifetime of tokens where none is announced.
const USUAL_LIFETIME: Duration = Duration::from_secs(7200);

/// A sequence as a script for one phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneScript {
    /// The JSON text that `wxconform simulate` reads; absent when no phone does anything.
    pub json: Option<String>,
    /// What the script cannot say, each a sentence.
    pub remarks: Vec<String>,
}

/// Writes the script of the phone that acts first.
pub(super) fn script(events: &[Event], time: Time, lifetime: Option<Duration>) -> PhoneScript {
    let Some(whose) = events.iter().find_map(phone) else {
        let remarks = vec![tr!("No phone takes part: the requests are sent by hand.")];
        return PhoneScript { json: None, remarks };
    };
    let lifetime = i64::try_from(lifetime.unwrap_or(USUAL_LIFETIME).as_millis()).unwrap_or(i64::MAX);
    let mut writer = Writer::new(whose, lifetime);
    let mut state = State::new(time);
    for event in events {
        let before = state.clone();
        // The sentences are not needed here, only what becomes of the people.
        if !act(&mut state, event).is_empty() {
            writer.write(&before, event);
        }
    }
    writer.script()
}

/// Returns whose phone acts by itself in an event.
fn phone(event: &Event) -> Option<Who> {
    let Event::Launch(who) = event else {
        let hers = matches!(event, Event::Show(_) | Event::ShowNow | Event::LaunchAlone);
        return hers.then_some(Who::Alice);
    };
    Some(*who)
}

/// A script that is being written.
struct Writer {
    whose: Who,
    lifetime: i64,
    now: i64,
    stored: i64,
    storage: serde_json::Map<String, Value>,
    events: Vec<Value>,
    /// What each `wx.login` hands out; nothing for a fresh code.
    codes: Vec<Option<String>>,
    remarks: Vec<String>,
}

impl Writer {
    fn new(whose: Who, lifetime: i64) -> Self {
        Self {
            whose,
            lifetime,
            now: BEGINNING,
            stored: BEGINNING,
            storage: serde_json::Map::new(),
            events: Vec::new(),
            codes: Vec::new(),
            remarks: Vec::new(),
        }
    }

    fn write(&mut self, before: &State, event: &Event) {
        match event {
            Event::Launch(who) if *who == self.whose => self.launch(before),
            Event::Show(at) if self.whose == Who::Alice => {
                self.now =
                    at.after_end().map_or(self.stored, |distance| self.stored + self.lifetime + distance);
                self.show();
            }
            Event::ShowNow if self.whose == Who::Alice => self.show(),
            Event::ForeignOpenid(OpenidKind::Unknown) if self.events.is_empty() => {
                self.storage.insert("openid".to_owned(), json!("oNobodyWasEverGivenThis_0000"));
            }
            Event::Time(moment) | Event::TimeAndRead(moment) => {
                self.now = self.stored + self.age(*moment);
                self.remark(tr!("Time passes for the backend too, to {moment}.", moment = moment.said()));
            }
            Event::UseUpToTheEnd => {
                self.now = self.stored + self.lifetime + 1_200;
                self.remark(tr!("Time passes for the backend too, to just after the announced end."));
            }
            Event::StorageLoss(who, loss) if *who == self.whose => {
                let after = self.events.len();
                self.remark(match loss {
                    Loss::Openid => tr!(
                        "After event {after} the phone loses its openid: play the rest as a script of its own.",
                        after
                    ),
                    Loss::Token => tr!(
                        "After event {after} the phone loses its token: play the rest as a script of its own.",
                        after
                    ),
                    Loss::Everything => tr!(
                        "After event {after} the phone loses everything: play the rest as a script of its own.",
                        after
                    ),
                });
            }
            Event::LaunchAlone if self.whose == Who::Alice => {
                for _ in 0..3 {
                    self.launch(before);
                }
            }
            Event::Trouble(error) => {
                self.remark(tr!("WeChat answers the next code with {number}.", number = error.number()));
            }
            // What is handed out is said by the codes, if it can be, and the session by the next launch.
            Event::HandCode(_) | Event::SessionLoss(_) | Event::Search => {}
            Event::Launch(_)
            | Event::Show(_)
            | Event::ShowNow
            | Event::LaunchAlone
            | Event::StorageLoss(..)
            | Event::ForeignOpenid(_) => {
                let after = self.events.len();
                self.remark(tr!(
                    "After event {after} something happens that no script for this phone can say.",
                    after
                ));
            }
            Event::Read(_)
            | Event::Exchange(_)
            | Event::AskToken(_)
            | Event::Replay(_)
            | Event::ReplayBy(..)
            | Event::BadExchange(..)
            | Event::StrangersToken(..)
            | Event::WrongClient(..)
            | Event::ForgedToken(_)
            | Event::EarlierToken(_)
            | Event::OthersToken(..)
            | Event::ExchangeTogether(..) => {
                let after = self.events.len();
                self.remark(tr!("After event {after} something is sent by hand.", after));
            }
        }
    }

    fn launch(&mut self, before: &State) {
        let life = before.of(self.whose);
        let session = if life.session { "valid" } else { "expired" };
        self.events.push(json!({"event": "launch", "session": session, "now_ms": self.now}));
        if life.session && life.stored != Stored::Nothing {
            self.stored = self.now;
            return;
        }
        let code = match life.next {
            Some(Next::Handed(Handed::Kind(CodeKind::Empty))) => Some(String::new()),
            Some(Next::Handed(Handed::Kind(CodeKind::Unknown))) => {
                Some("0f1NobodyWasEverGivenThisCode000".to_owned())
            }
            Some(Next::Handed(_)) => {
                self.remark(tr!("The code that is handed to the phone has to be made first."));
                None
            }
            Some(Next::Trouble(_)) => None,
            None => {
                self.stored = self.now;
                None
            }
        };
        self.codes.push(code);
    }

    /// Returns how old the phone takes its token to be at a moment.
    fn age(&self, moment: Moment) -> i64 {
        match moment {
            Moment::Quarter => self.lifetime / 4,
            Moment::Halfway => self.lifetime / 2,
            Moment::ThreeQuarters => self.lifetime / 4 * 3,
            Moment::JustBefore => self.lifetime.saturating_sub(1_500).max(self.lifetime / 2),
            Moment::JustAfter => self.lifetime.saturating_add(1_200),
            Moment::InBlindWindow => self.lifetime.saturating_add(500_000),
            Moment::EndOfBlindWindow => self.lifetime.saturating_add(998_800),
            Moment::AfterBlindWindow => self.lifetime.saturating_add(1_001_200),
        }
    }

    fn show(&mut self) {
        self.events.push(json!({"event": "show", "now_ms": self.now}));
        if self.now - self.stored > self.lifetime + 1_000_000 {
            self.stored = self.now;
        }
    }

    fn remark(&mut self, remark: String) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    fn script(mut self) -> PhoneScript {
        let mut script = serde_json::Map::new();
        if !self.storage.is_empty() {
            script.insert("storage".to_owned(), Value::Object(std::mem::take(&mut self.storage)));
        }
        if self.codes.iter().all(Option::is_some) && !self.codes.is_empty() {
            script.insert("codes".to_owned(), json!(self.codes));
        } else if self.codes.iter().any(Option::is_some) {
            self.remark(tr!(
                "A script mints all codes or lists all of them; the one that is no fresh code is missing."
            ));
        }
        script.insert("events".to_owned(), Value::Array(std::mem::take(&mut self.events)));
        PhoneScript { json: Some(Value::Object(script).to_string()), remarks: self.remarks }
    }
}

#[cfg(test)]
mod tests {
    use super::{BEGINNING, script};
    use crate::miniprogram::Script;
    use crate::suite::explore::event::{Event, Handed, ShownAt, Who};
    use crate::suite::explore::state::Time;
    use crate::suite::parameters::CodeKind;
    use std::time::Duration;

    #[test]
    fn launches_and_shows_of_one_phone_can_be_said_in_full() {
        let events =
            [Event::Launch(Who::Alice), Event::SessionLoss(Who::Alice), Event::Show(ShownAt::AfterWindow)];
        let written = script(&events, Time::Virtual, Some(Duration::from_secs(10)));
        let now = BEGINNING + 10_000 + 1_001_000;
        assert_eq!(
            written.json.as_deref(),
            Some(
                format!(
                    r#"{{"events":[{{"event":"launch","session":"expired","now_ms":{BEGINNING}}},{{"event":"show","now_ms":{now}}}]}}"#
                )
                .as_str()
            )
        );
        assert!(written.remarks.is_empty(), "{:?}", written.remarks);
    }

    #[test]
    fn a_code_that_is_none_is_listed() {
        let events = [Event::HandCode(Handed::Kind(CodeKind::Empty)), Event::Launch(Who::Alice)];
        let written = script(&events, Time::Virtual, None);
        let read = Script::parse(&written.json.unwrap()).unwrap();
        assert_eq!(read.codes.map(|codes| codes.len()), Some(1));
    }

    #[test]
    fn what_a_script_cannot_say_is_said_beside_it() {
        let written = script(
            &[Event::Launch(Who::Alice), Event::Launch(Who::Bob), Event::Read(Who::Alice)],
            Time::Virtual,
            None,
        );
        assert_eq!(
            written.remarks,
            [
                "After event 1 something happens that no script for this phone can say.",
                "After event 1 something is sent by hand.",
            ]
        );
        Script::parse(&written.json.unwrap()).unwrap();
        let none = script(&[Event::Exchange(Who::Bob)], Time::Virtual, None);
        assert_eq!((none.json, none.remarks.len()), (None, 1));
    }
}
