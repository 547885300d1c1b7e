//! What must a correct backend make of an event?
//!
//! The model says only what all correct backends agree on. Where they may differ, as on an earlier token after
//! a new login, or on everything that a used code obtained once it is sent again, it expects nothing. What it
//! expects does not depend on what the backend answers: up to the first difference a backend is correct.

use super::event::{Event, Who};
use super::scenario::{Kind, Line};
use super::state::{Age, Life, Next, State, Stored, Time};
use crate::suite::parameters::{Moment, Words as _};

/// What an event comes to: the sentences by which it is played and judged.
#[derive(Debug, Default)]
pub(super) struct Beat {
    pub(super) lines: Vec<Line>,
}

/// Plays an event in the mind. An event that cannot happen in this state comes to nothing.
pub(super) fn act(state: &mut State, event: &Event) -> Vec<Line> {
    let mut beat = Beat::default();
    match *event {
        Event::Launch(who) => beat.launch(state, who),
        Event::Read(who) => beat.read(state, who),
        Event::Exchange(who) => beat.exchange(state, who),
        Event::ExchangeTogether(one, other) => beat.exchange_together(state, one, other),
        Event::AskToken(who) => beat.ask_token(state, who),
        Event::Replay(who) => beat.replay(state, who, who),
        Event::ReplayBy(who, owner) => beat.replay(state, who, owner),
        Event::SessionLoss(who) => beat.session_loss(state, who),
        Event::StorageLoss(who, loss) => beat.storage_loss(state, who, loss),
        Event::BadExchange(who, kind) => beat.bad_exchange(state, who, kind),
        Event::StrangersToken(who, kind) => beat.strangers_token(who, kind),
        Event::WrongClient(who, kind) => beat.wrong_client(state, who, kind),
        Event::ForgedToken(kind) => beat.forged_token(state, kind),
        Event::HandCode(handed) => beat.hand_code(state, handed),
        Event::Trouble(error) => {
            let alice = state.of_mut(Who::Alice);
            if alice.next.is_none() {
                alice.next = Some(Next::Trouble(error));
                beat.given(Who::Alice, format!("WeChat will answer her next code with {}", error.number()));
            }
        }
        Event::ForeignOpenid(kind) => {
            state.of_mut(Who::Alice).stored = Stored::Foreign;
            beat.given(Who::Alice, format!("her phone has stored {}", kind.words()));
        }
        Event::Show(at) => beat.show(state, at),
        Event::ShowNow => beat.show_now(state),
        // Whoever waits has to read at once, or the end may come before it is looked at.
        Event::Time(Moment::JustBefore) if state.time == Time::Waits => {}
        Event::Time(moment) => {
            beat.time(state, moment);
        }
        Event::TimeAndRead(moment) => {
            if beat.time(state, moment) {
                beat.read_aged(state, Who::Alice);
            }
        }
        Event::UseUpToTheEnd => beat.use_up_to_the_end(state),
        Event::EarlierToken(who) => beat.earlier_token(state, who),
        Event::OthersToken(who, owner) => beat.others_token(state, who, owner),
        Event::LaunchAlone => beat.launch_alone(state),
        Event::Search => {
            if state.of(Who::Alice).openid {
                beat.then("no answer contains a session key", "SECRET-01");
            }
        }
    }
    beat.lines
}

impl Beat {
    /// Expects that the person was shown, and nobody else.
    pub(super) fn identity(&mut self, state: &mut State, who: Who) {
        let known = state.of(who).info;
        for other in state.others_known(who) {
            let (name, others) = (who.name(), other.name());
            let text = if known {
                let own = who.possessive();
                format!("{name} was shown {own} own user info again, not that of {others}")
            } else {
                format!("{name} was not shown the user info of {others}")
            };
            self.then(&text, "LOGIN-06");
            self.with(other);
        }
        let life = state.of_mut(who);
        (life.info, life.opened) = (true, true);
    }

    pub(super) fn given(&mut self, who: Who, text: String) {
        self.line(Kind::Given, text, "", vec![who]);
    }

    pub(super) fn when(&mut self, who: Who, text: String) {
        self.line(Kind::When, text, "", vec![who]);
    }

    pub(super) fn then(&mut self, text: &str, requirement: &'static str) {
        self.line(Kind::Then, text.to_owned(), requirement, Vec::new());
    }

    /// Brings somebody else into the last sentence.
    pub(super) fn with(&mut self, other: Who) {
        self.lines.iter_mut().last().into_iter().for_each(|line| line.people.push(other));
    }

    pub(super) fn line(&mut self, kind: Kind, text: String, requirement: &'static str, people: Vec<Who>) {
        self.lines.push(Line { kind, text, rows: Vec::new(), requirement, people });
    }
}

/// Returns the requirement that says that somebody can log in now; `first` says so of a first login.
pub(super) fn login(before: &Life, first: &'static str) -> &'static str {
    match (before.refused, before.known, before.session) {
        (true, _, _) => "CODE-12",
        (false, false, _) => first,
        (false, true, true) => "LOGIN-03",
        (false, true, false) => "LOGIN-04",
    }
}

/// Returns the requirement that says that a stored openid obtains a token, whose last one is this old.
pub(super) fn renewal(age: Option<Age>) -> &'static str {
    if age.is_some_and(|age| age >= Age::Ended) { "EXPIRY-06" } else { "TOKEN-16" }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::strategy::{Strategy as _, ValueTree as _};
    use proptest::test_runner::TestRunner;

    use super::super::event::{Event, Handed, ShownAt, Who, sequences};
    use super::super::play::scenario;
    use super::super::scenario::Written;
    use super::super::shrink::write_down;
    use super::super::state::Time;
    use crate::protocol::ErrorCode;
    use crate::suite::Catalogue;
    use crate::suite::parameters::{CodeKind, Moment};
    use crate::suite::playing::troubles_with_steps;

    /// Returns the sentences that judge, after those that happen in a sequence.
    fn expected(events: &[Event], time: Time) -> Vec<String> {
        let lines = write_down(events, time).1.lines;
        let judge = lines.iter().filter(|line| line.kind == super::Kind::Then);
        judge
            .map(|line| line.text.clone())
            .filter(|text| text != "no answer contains a session key")
            .collect()
    }

    #[test]
    fn every_sentence_has_just_one_meaning_and_names_a_requirement() {
        let mut runner = TestRunner::deterministic();
        let strategy = sequences(40);
        let mut distinct = BTreeMap::new();
        for round in 0..400 {
            let time = [Time::Virtual, Time::Waits, Time::StandsStill][round % 3];
            let events = strategy.new_tree(&mut runner).unwrap().current();
            for line in write_down(&events, time).1.lines {
                distinct.insert(line.text.clone(), line);
            }
        }
        assert!(distinct.len() > 100, "only {} sentences came up", distinct.len());
        let catalogue = Catalogue::embedded().unwrap();
        for line in distinct.values().filter(|line| line.kind == super::Kind::Then) {
            assert!(catalogue.find(line.requirement).is_some(), "{line:?}");
        }
        let written = Written { lines: distinct.into_values().collect() };
        let troubles = troubles_with_steps(&scenario("all", &written.text()).unwrap());
        assert!(troubles.is_empty(), "{}", troubles.join("\n"));
    }

    #[test]
    fn what_cannot_happen_comes_to_nothing() {
        let alice = Who::Alice;
        for nothing in [
            Event::Read(alice),
            Event::AskToken(alice),
            Event::Replay(alice),
            Event::ReplayBy(alice, Who::Bob),
            Event::SessionLoss(alice),
            Event::Show(ShownAt::End),
            Event::ShowNow,
            Event::Time(Moment::JustAfter),
            Event::ExchangeTogether(alice, alice),
            Event::HandCode(Handed::UsedBy(Who::Bob)),
        ] {
            let (happened, written) = write_down(std::slice::from_ref(&nothing), Time::Virtual);
            assert!(happened.is_empty() && written.lines.is_empty(), "{nothing:?}");
        }
    }

    #[test]
    fn backends_may_differ_on_what_a_replayed_code_has_obtained() {
        let replayed = [Event::Launch(Who::Alice), Event::Replay(Who::Alice)];
        let before = expected(&replayed, Time::Virtual);
        for after in [Event::Read(Who::Alice), Event::AskToken(Who::Alice), Event::Launch(Who::Alice)] {
            let events = [replayed.as_slice(), &[after]].concat();
            assert_eq!(expected(&events, Time::Virtual), before);
        }
        // A new code gets her in again all the same.
        let again = [replayed.as_slice(), &[Event::Exchange(Who::Alice)]].concat();
        assert_eq!(expected(&again, Time::Virtual)[before.len()], "the exchange is granted");
    }

    #[test]
    fn a_new_login_may_end_the_earlier_token_until_a_new_one_comes() {
        let (launch, exchange, read) =
            (Event::Launch(Who::Alice), Event::Exchange(Who::Alice), Event::Read(Who::Alice));
        let shaken = [launch.clone(), exchange.clone()];
        let unread = [shaken.as_slice(), std::slice::from_ref(&read)].concat();
        assert_eq!(expected(&unread, Time::Virtual), expected(&shaken, Time::Virtual));
        let renewed = [shaken.as_slice(), &[Event::AskToken(Who::Alice), read]].concat();
        assert_eq!(expected(&renewed, Time::Virtual).last().unwrap(), "the answer carries user info");
    }

    #[test]
    fn nobody_is_expected_to_let_in_whom_wechat_has_blocked() {
        let blocked = [Event::Trouble(ErrorCode::CodeBlocked), Event::Launch(Who::Alice)];
        for after in [Event::Exchange(Who::Alice), Event::SessionLoss(Who::Alice)] {
            let events = [blocked.as_slice(), &[after, Event::Launch(Who::Alice)]].concat();
            assert_eq!(expected(&events, Time::Virtual), expected(&blocked, Time::Virtual));
        }
    }

    #[test]
    fn a_code_in_the_phone_waits_until_a_login_needs_it() {
        let handed = Event::HandCode(Handed::Kind(CodeKind::Empty));
        let events = [Event::Launch(Who::Alice), handed, Event::Launch(Who::Alice)];
        let renewed = "the backend did not ask WeChat about her";
        assert!(expected(&events, Time::Virtual).contains(&renewed.to_owned()));
        let events =
            [events.as_slice(), &[Event::SessionLoss(Who::Alice), Event::Launch(Who::Alice)]].concat();
        let refused = "her login ended at the code exchange";
        assert!(expected(&events, Time::Virtual).contains(&refused.to_owned()));
    }

    #[test]
    fn where_time_really_passes_one_token_is_waited_out() {
        let ended = Event::TimeAndRead(Moment::JustAfter);
        let events = [Event::Launch(Who::Alice), ended.clone(), Event::Launch(Who::Alice), ended];
        let refusals =
            |time| expected(&events, time).into_iter().filter(|text| text == "user info is refused").count();
        assert_eq!((refusals(Time::Virtual), refusals(Time::Waits), refusals(Time::StandsStill)), (2, 1, 0));
    }
}
