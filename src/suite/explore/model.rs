//! What must a correct backend make of an event?
//!
//! The model says only what all correct backends agree on. Where they may differ, as on an earlier token after
//! a new login, or on everything that a used code obtained once it is sent again, it expects nothing. What it
//! expects does not depend on what the backend answers: up to the first difference a backend is correct.

use super::event::{Event, Handed, Loss, ShownAt, Who};
use super::scenario::{Kind, Line};
use super::state::{Age, Life, Next, State, Stored, Time};
use crate::protocol::ErrorCode;
use crate::suite::parameters::{BearerKind, ClientKind, CodeKind, Moment, OpenidKind, Thing};

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
                beat.then("no answer contains her session key", "SECRET-01");
            }
        }
    }
    beat.lines
}

impl Beat {
    fn launch(&mut self, state: &mut State, who: Who) {
        let life = *state.of(who);
        let fresh_code = life.next.is_none() && (!life.session || life.stored == Stored::Nothing);
        // Whether somebody gets in whom WeChat has blocked is for each backend to say.
        if state.short_of_time(who) || (fresh_code && !life.welcome) {
            return;
        }
        self.when(who, format!("{} launches the mini program", who.name()));
        match (life.session, life.stored) {
            (true, Stored::Own) => self.stored_openid_launch(state, who),
            (true, Stored::Foreign) => {
                self.walked(who, &["token"], "TOKEN-08");
                self.then("her phone did not hang in the token request", "CLIENT-02");
            }
            (true, Stored::Nothing) | (false, _) => self.full_launch(state, who),
        }
    }

    fn stored_openid_launch(&mut self, state: &mut State, who: Who) {
        let before = *state.of(who);
        let life = state.of_mut(who);
        life.obtained();
        (life.stored_token, life.holds_stored) = (true, before.openid_sure);
        if !before.openid_sure {
            return;
        }
        self.walked(who, &["token", "user info"], renewal(before.token.map(|token| token.age)));
        self.lifetime(who);
        self.shown(who, if before.had_token || before.token.is_some() { "LOGIN-07" } else { "USER-01" });
        self.then(&format!("the backend did not ask WeChat about {}", about(who)), "LOGIN-02");
        self.identity(state, who);
    }

    fn full_launch(&mut self, state: &mut State, who: Who) {
        let before = *state.of(who);
        let life = state.of_mut(who);
        match life.next.take() {
            Some(Next::Handed(handed)) => {
                life.refused = true;
                life.code |= handed != Handed::Kind(CodeKind::Empty);
                let requirement = match handed {
                    Handed::Kind(CodeKind::Empty | CodeKind::Missing) => "CODE-07",
                    Handed::Kind(CodeKind::Unknown | CodeKind::NoCode | CodeKind::Old) => "CODE-09",
                    Handed::Kind(CodeKind::Used) => {
                        life.suspect();
                        "CODE-02"
                    }
                    Handed::UsedBy(owner) => {
                        state.of_mut(owner).suspect();
                        "CODE-02"
                    }
                };
                self.refused_launch(&before, requirement);
            }
            Some(Next::Trouble(error)) => {
                (life.refused, life.code, life.session) = (true, true, true);
                if error == ErrorCode::CodeBlocked {
                    life.welcome = false;
                    life.suspect();
                }
                if error == ErrorCode::MinuteQuota {
                    state.quota_is_used_up();
                }
                self.refused_launch(&before, "LOGIN-08");
            }
            None => {
                life.session = true;
                life.code = true;
                life.exchanged();
                life.obtained();
                (life.stored, life.stored_token, life.holds_stored) = (Stored::Own, true, true);
                let calls = &["wx.login", "code exchange", "token", "user info"];
                self.walked(who, calls, login(&before, "LOGIN-01"));
                self.lifetime(who);
                self.shown(who, if before.token.is_some() { "LOGIN-07" } else { "USER-01" });
                if who == Who::Alice {
                    let stored = "openid, token with its creation time, and user info are in her storage";
                    self.then(stored, "LOGIN-01");
                }
                self.identity(state, who);
            }
        }
    }

    fn refused_launch(&mut self, before: &Life, requirement: &'static str) {
        self.then("her login ended at the code exchange", requirement);
        self.then("her phone did not hang in the code exchange", "CLIENT-01");
        if !before.stored_token {
            self.then("no token is in her storage", "LOGIN-08");
        }
    }

    fn read(&mut self, state: &mut State, who: Who) {
        if !state.short_of_time(who) {
            self.read_aged(state, who);
        }
    }

    /// Reads with the newest token, however old it is.
    fn read_aged(&mut self, state: &mut State, who: Who) {
        let life = *state.of(who);
        let Some(token) = life.token else { return };
        let ended = token.age >= Age::Ended;
        if ended && (who != Who::Alice || !life.info) {
            return;
        }
        self.when(who, format!("{} reads {} user info", who.name(), who.possessive()));
        if ended {
            self.then("user info is refused", "EXPIRY-05");
        } else if token.sure {
            let requirement = match token.age {
                Age::Fresh if life.opened => "EXPIRY-04",
                Age::Fresh if life.had_token => "LOGIN-07",
                Age::Fresh => "USER-01",
                Age::Halfway | Age::JustBefore | Age::Ended | Age::AfterWindow => "EXPIRY-04",
            };
            self.then("the answer carries user info", requirement);
            self.identity(state, who);
        }
    }

    fn exchange(&mut self, state: &mut State, who: Who) {
        let before = *state.of(who);
        if !before.welcome {
            return;
        }
        self.when(who, format!("{} exchanges a fresh code", who.name()));
        let life = state.of_mut(who);
        (life.session, life.code) = (true, true);
        life.exchanged();
        self.then("the exchange is granted", login(&before, "CODE-01"));
        self.right_openid(who, if before.known { "LOGIN-05" } else { "CODE-01" });
    }

    fn exchange_together(&mut self, state: &mut State, one: Who, other: Who) {
        if one == other || ![one, other].iter().all(|who| state.of(*who).welcome) {
            return;
        }
        let (name, others) = (one.name(), other.name());
        self.when(one, format!("{name} and {others} exchange fresh codes at the same time"));
        self.with(other);
        for who in [one, other] {
            let life = state.of_mut(who);
            let openid = life.openid;
            (life.session, life.code) = (true, true);
            life.exchanged();
            // They only compare what they are given, and do not keep it.
            life.openid = openid;
            self.right_openid(who, "CODE-01");
        }
    }

    fn right_openid(&mut self, who: Who, requirement: &'static str) {
        let (name, object) = (who.name(), who.object());
        self.then(&format!("{name} was given the openid that WeChat gave for {object}"), requirement);
    }

    fn ask_token(&mut self, state: &mut State, who: Who) {
        let before = *state.of(who);
        if !before.openid || state.short_of_time(who) {
            return;
        }
        self.when(who, format!("{} asks for a token", who.name()));
        let life = state.of_mut(who);
        life.obtained();
        life.holds_stored = false;
        if before.openid_sure {
            let requirement = match before.token {
                None if !before.had_token => "TOKEN-01",
                token => renewal(token.map(|token| token.age)),
            };
            self.then("every one of these requests was answered with a token", requirement);
            self.then("the answer carries a token", "TOKEN-01");
            self.then("its lifetime is a number of seconds that a clock can be put forward by", "TOKEN-02");
        }
    }

    fn replay(&mut self, state: &mut State, who: Who, owner: Who) {
        if !state.of(owner).code {
            return;
        }
        if who == owner {
            self.when(who, format!("{} exchanges the same code again", who.name()));
        } else {
            self.when(who, format!("{} exchanges the code of {}", who.name(), owner.name()));
            self.with(owner);
        }
        self.then("the exchange is refused", "CODE-02");
        state.of_mut(who).refused = true;
        state.of_mut(owner).suspect();
    }

    fn bad_exchange(&mut self, state: &mut State, who: Who, kind: CodeKind) {
        self.when(who, format!("{} sends a code exchange with {}", who.name(), kind.words()));
        let missing = matches!(kind, CodeKind::Missing | CodeKind::Empty);
        self.then("the exchange is refused", if missing { "CODE-07" } else { "CODE-09" });
        let life = state.of_mut(who);
        life.refused = true;
        // Somebody was given that code, a while ago.
        life.session |= kind == CodeKind::Old;
    }

    fn strangers_token(&mut self, who: Who, kind: OpenidKind) {
        // These words speak of her own openid.
        if who.object() == "him" && kind.words().contains("her ") {
            return;
        }
        self.when(who, format!("{} sends a token request with {}", who.name(), kind.words()));
        let missing = matches!(kind, OpenidKind::Missing | OpenidKind::Empty);
        self.then("no token is issued", if missing { "TOKEN-07" } else { "TOKEN-08" });
    }

    fn wrong_client(&mut self, state: &State, who: Who, kind: ClientKind) {
        if state.of(who).openid {
            self.when(who, format!("{}'s token is asked for with {}", who.name(), kind.words()));
            let missing = kind == ClientKind::Missing;
            self.then("no token is issued", if missing { "TOKEN-05" } else { "TOKEN-06" });
        }
    }

    fn forged_token(&mut self, state: &State, kind: BearerKind) {
        let alice = state.of(Who::Alice);
        if alice.token.is_some() && alice.info {
            self.when(Who::Alice, format!("user info is asked for with {}", kind.words()));
            let missing = matches!(kind, BearerKind::Missing | BearerKind::EmptyHeader);
            self.then("user info is refused", if missing { "USER-02" } else { "USER-03" });
        }
    }

    fn session_loss(&mut self, state: &mut State, who: Who) {
        if std::mem::take(&mut state.of_mut(who).session) {
            self.given(who, format!("{}'s WeChat session has expired", who.name()));
        }
    }

    fn storage_loss(&mut self, state: &mut State, who: Who, loss: Loss) {
        let life = state.of_mut(who);
        let (openid, token) = (life.stored != Stored::Nothing, life.stored_token);
        let lost = match loss {
            Loss::Openid if openid => format!("its {}", Thing::Openid.words()),
            Loss::Token if token => format!("its {}", Thing::Token.words()),
            Loss::Everything if openid || token => "everything".to_owned(),
            Loss::Openid | Loss::Token | Loss::Everything => return,
        };
        if loss != Loss::Token {
            life.stored = Stored::Nothing;
        }
        if loss != Loss::Openid {
            (life.stored_token, life.holds_stored) = (false, false);
        }
        self.given(who, format!("{}'s phone has lost {lost}", who.name()));
    }

    fn hand_code(&mut self, state: &mut State, handed: Handed) {
        let owner = match handed {
            Handed::Kind(CodeKind::Used) => Some(Who::Alice),
            Handed::Kind(_) => None,
            Handed::UsedBy(owner) => Some(owner),
        };
        let there = owner.is_none_or(|owner| state.of(owner).code);
        if !there || state.of(Who::Alice).next.is_some() {
            return;
        }
        let alice = state.of_mut(Who::Alice);
        alice.next = Some(Next::Handed(handed));
        // WeChat gave that code to her, a while ago.
        alice.session |= handed == Handed::Kind(CodeKind::Old);
        match handed {
            Handed::Kind(kind) => {
                self.given(Who::Alice, format!("her phone will be handed {}", kind.words()));
            }
            Handed::UsedBy(owner) => {
                let text = format!("her phone will be handed the code that {} has used", owner.name());
                self.given(Who::Alice, text);
                self.with(owner);
            }
        }
    }

    fn show(&mut self, state: &mut State, at: ShownAt) {
        let alice = *state.of(Who::Alice);
        // The instants are told from the end of the token she holds, so it has to be the phone's.
        let told_from_its_own = alice.holds_stored || !alice.stored_token;
        if alice.token.is_none() || !told_from_its_own || state.short_of_time(Who::Alice) {
            return;
        }
        let due = at.from_end().is_some_and(|distance| distance > 1_000_000);
        if due && alice.stored_token && alice.stored == Stored::Foreign {
            return;
        }
        self.when(Who::Alice, format!("Alice shows the mini program {}", at.words()));
        state.of_mut(Who::Alice).past_window = false;
        match (alice.stored_token, alice.stored) {
            (true, Stored::Own) if due => self.renewed(state, "TOKEN-16"),
            (true, Stored::Own | Stored::Foreign) => self.then("her phone asked for nothing", "EXPIRY-01"),
            (false, _) | (_, Stored::Nothing) => self.then("her phone asked for nothing", "EXPIRY-03"),
        }
    }

    fn show_now(&mut self, state: &mut State) {
        let alice = *state.of(Who::Alice);
        if alice.past_window && alice.holds_stored && alice.stored == Stored::Own {
            self.when(Who::Alice, "Alice shows the mini program".to_owned());
            self.renewed(state, "EXPIRY-06");
        }
    }

    fn renewed(&mut self, state: &mut State, requirement: &'static str) {
        let before = *state.of(Who::Alice);
        let alice = state.of_mut(Who::Alice);
        alice.obtained();
        alice.holds_stored = true;
        if before.openid_sure {
            let ended = before.token.is_some_and(|token| token.age >= Age::Ended);
            let requirement = if ended { "EXPIRY-06" } else { requirement };
            self.then("her phone has renewed its token, and the token opens user info", requirement);
            self.lifetime(Who::Alice);
            self.identity(state, Who::Alice);
        }
    }

    /// Whether an earlier token still works is for each backend to say, but not whom it shows.
    fn earlier_token(&mut self, state: &State, who: Who) {
        let others = state.others_known(who);
        if state.of(who).had_token && !others.is_empty() {
            let name = who.name();
            self.when(who, format!("user info is asked for with {name}'s earlier token"));
            self.nobody_else(&others);
        }
    }

    /// Whether a token works on another phone is for each backend to say, but not whom it shows.
    fn others_token(&mut self, state: &State, who: Who, owner: Who) {
        let others = state.others_known(owner);
        if who != owner && state.of(owner).token.is_some() && !others.is_empty() {
            let (name, owner_name) = (who.name(), owner.name());
            self.when(who, format!("{name} asks for user info with {owner_name}'s token"));
            self.with(owner);
            self.nobody_else(&others);
        }
    }

    fn nobody_else(&mut self, others: &[Who]) {
        for other in others {
            self.then(&format!("what came is not the user info of {}", other.name()), "LOGIN-06");
            self.with(*other);
        }
    }

    /// Where sequences wait together, nobody is alone.
    fn launch_alone(&mut self, state: &mut State) {
        let alice = *state.of(Who::Alice);
        if state.time != Time::Waits && alice.session && alice.stored == Stored::Own && alice.openid_sure {
            let alice = state.of_mut(Who::Alice);
            alice.obtained();
            alice.had_token = true;
            (alice.stored_token, alice.holds_stored) = (true, true);
            self.when(Who::Alice, "Alice launches the mini program 3 times, with nobody else there".to_owned());
            self.then("not every launch made the backend ask WeChat", "LOGIN-02");
        }
    }

    fn use_up_to_the_end(&mut self, state: &mut State) {
        let alice = *state.of(Who::Alice);
        if alice.info && alice.token.is_some_and(|token| token.sure) && state.can_pass(Moment::JustBefore) {
            let reads = "Alice reads her user info again and again until just before the announced end";
            self.when(Who::Alice, reads.to_owned());
            state.pass(Moment::JustBefore);
            self.time(state, Moment::JustAfter);
            self.read_aged(state, Who::Alice);
        }
    }

    /// Lets time pass, if it can.
    fn time(&mut self, state: &mut State, moment: Moment) -> bool {
        if !state.can_pass(moment) {
            return false;
        }
        state.pass(moment);
        self.when(Who::Alice, format!("time passes to {}", moment.words()));
        true
    }

    /// Expects that the person was shown, and nobody else.
    fn identity(&mut self, state: &mut State, who: Who) {
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

    fn walked(&mut self, who: Who, calls: &[&'static str], requirement: &'static str) {
        self.then(&format!("{} phone walked the flow to its end:", whose(who)), requirement);
        if let Some(line) = self.lines.last_mut() {
            line.rows = calls.to_vec();
        }
    }

    fn shown(&mut self, who: Who, requirement: &'static str) {
        self.then(&format!("it was shown {} user info", whose(who)), requirement);
    }

    fn lifetime(&mut self, who: Who) {
        if who == Who::Alice {
            self.then("the lifetime of the new token can be reckoned with", "TOKEN-02");
        }
    }

    fn given(&mut self, who: Who, text: String) {
        self.line(Kind::Given, text, "", vec![who]);
    }

    fn when(&mut self, who: Who, text: String) {
        self.line(Kind::When, text, "", vec![who]);
    }

    fn then(&mut self, text: &str, requirement: &'static str) {
        self.line(Kind::Then, text.to_owned(), requirement, Vec::new());
    }

    /// Brings somebody else into the last sentence.
    fn with(&mut self, other: Who) {
        self.lines.iter_mut().last().into_iter().for_each(|line| line.people.push(other));
    }

    fn line(&mut self, kind: Kind, text: String, requirement: &'static str, people: Vec<Who>) {
        self.lines.push(Line { kind, text, rows: Vec::new(), requirement, people });
    }
}

/// Returns the requirement that says that somebody can log in now; `first` says so of a first login.
fn login(before: &Life, first: &'static str) -> &'static str {
    match (before.refused, before.known, before.session) {
        (true, _, _) => "CODE-12",
        (false, false, _) => first,
        (false, true, true) => "LOGIN-03",
        (false, true, false) => "LOGIN-04",
    }
}

/// Returns the requirement that says that a stored openid obtains a token, whose last one is this old.
fn renewal(age: Option<Age>) -> &'static str {
    if age.is_some_and(|age| age >= Age::Ended) { "EXPIRY-06" } else { "TOKEN-16" }
}

/// Returns the word for what belongs to somebody.
fn whose(who: Who) -> String {
    if who == Who::Alice { "her".to_owned() } else { format!("{}'s", who.name()) }
}

/// Returns the word for somebody that something is about.
fn about(who: Who) -> &'static str {
    if who == Who::Alice { "her" } else { who.name() }
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
        judge.map(|line| line.text.clone()).filter(|text| text != "no answer contains her session key").collect()
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
            let (happened, written) = write_down(&[nothing.clone()], Time::Virtual);
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
        let unread = [shaken.as_slice(), &[read.clone()]].concat();
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
        let events = [events.as_slice(), &[Event::SessionLoss(Who::Alice), Event::Launch(Who::Alice)]].concat();
        let refused = "her login ended at the code exchange";
        assert!(expected(&events, Time::Virtual).contains(&refused.to_owned()));
    }

    #[test]
    fn where_time_really_passes_one_token_is_waited_out() {
        let ended = Event::TimeAndRead(Moment::JustAfter);
        let events = [Event::Launch(Who::Alice), ended.clone(), Event::Launch(Who::Alice), ended];
        let refusals = |time| {
            expected(&events, time).into_iter().filter(|text| text == "user info is refused").count()
        };
        assert_eq!((refusals(Time::Virtual), refusals(Time::Waits), refusals(Time::StandsStill)), (2, 1, 0));
    }
}
