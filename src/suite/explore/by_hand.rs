//! What must a correct backend make of requests that are sent one by one, and of time?

use super::event::Who;
use super::model::{Beat, login, renewal};
use super::state::{Age, State};
use crate::suite::parameters::{BearerKind, ClientKind, CodeKind, Moment, OpenidKind, Words as _};

impl Beat {
    pub(super) fn read(&mut self, state: &mut State, who: Who) {
        if !state.short_of_time(who) {
            self.read_aged(state, who);
        }
    }

    /// Reads with the newest token, however old it is.
    pub(super) fn read_aged(&mut self, state: &mut State, who: Who) {
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

    pub(super) fn exchange(&mut self, state: &mut State, who: Who) {
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

    pub(super) fn exchange_together(&mut self, state: &mut State, one: Who, other: Who) {
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

    pub(super) fn ask_token(&mut self, state: &mut State, who: Who) {
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

    pub(super) fn replay(&mut self, state: &mut State, who: Who, owner: Who) {
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

    pub(super) fn bad_exchange(&mut self, state: &mut State, who: Who, kind: CodeKind) {
        self.when(who, format!("{} sends a code exchange with {}", who.name(), kind.words()));
        let requirement = match kind {
            CodeKind::Missing | CodeKind::Empty => "CODE-07",
            CodeKind::Unknown | CodeKind::NoCode | CodeKind::Old => "CODE-09",
            CodeKind::Used | CodeKind::Earlier => "CODE-02",
            CodeKind::Elsewhere => "CODE-11",
            CodeKind::PhoneNumber => "CODE-13",
        };
        self.then("the exchange is refused", requirement);
        let life = state.of_mut(who);
        life.refused = true;
        // Somebody was given that code, a while ago.
        life.session |= kind == CodeKind::Old;
    }

    pub(super) fn strangers_token(&mut self, who: Who, kind: OpenidKind) {
        // These words speak of her own openid.
        if who.object() == "him" && kind.words().contains("her ") {
            return;
        }
        self.when(who, format!("{} sends a token request with {}", who.name(), kind.words()));
        let missing = matches!(kind, OpenidKind::Missing | OpenidKind::Empty);
        self.then("no token is issued", if missing { "TOKEN-07" } else { "TOKEN-08" });
    }

    pub(super) fn wrong_client(&mut self, state: &State, who: Who, kind: ClientKind) {
        if state.of(who).openid {
            self.when(who, format!("{}'s token is asked for with {}", who.name(), kind.words()));
            let missing = kind == ClientKind::Missing;
            self.then("no token is issued", if missing { "TOKEN-05" } else { "TOKEN-06" });
        }
    }

    pub(super) fn forged_token(&mut self, state: &State, kind: BearerKind) {
        let alice = state.of(Who::Alice);
        if alice.token.is_some() && alice.info {
            self.when(Who::Alice, format!("user info is asked for with {}", kind.words()));
            let missing = matches!(kind, BearerKind::Missing | BearerKind::EmptyHeader);
            self.then("user info is refused", if missing { "USER-02" } else { "USER-03" });
        }
    }

    /// Whether an earlier token still works is for each backend to say, but not whom it shows.
    pub(super) fn earlier_token(&mut self, state: &State, who: Who) {
        let others = state.others_known(who);
        if state.of(who).had_token && !others.is_empty() {
            let name = who.name();
            self.when(who, format!("user info is asked for with {name}'s earlier token"));
            self.nobody_else(&others);
        }
    }

    /// Whether a token works on another phone is for each backend to say, but not whom it shows.
    pub(super) fn others_token(&mut self, state: &State, who: Who, owner: Who) {
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

    pub(super) fn use_up_to_the_end(&mut self, state: &mut State) {
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
    pub(super) fn time(&mut self, state: &mut State, moment: Moment) -> bool {
        if !state.can_pass(moment) {
            return false;
        }
        state.pass(moment);
        self.when(Who::Alice, format!("time passes to {}", moment.words()));
        true
    }
}
