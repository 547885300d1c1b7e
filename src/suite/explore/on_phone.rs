//! What must a correct backend make of what the documented client does?

use super::event::{Handed, Loss, ShownAt, Who};
use super::model::{Beat, login, renewal};
use super::state::{Age, Life, Next, State, Stored, Time};
use crate::protocol::ErrorCode;
use crate::suite::parameters::{CodeKind, Thing, Words as _};

impl Beat {
    pub(super) fn launch(&mut self, state: &mut State, who: Who) {
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
                    Handed::Kind(CodeKind::Elsewhere) => "CODE-11",
                    Handed::Kind(CodeKind::PhoneNumber) => "CODE-13",
                    Handed::Kind(CodeKind::Used | CodeKind::Earlier) => {
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

    /// Where sequences wait together, nobody is alone.
    pub(super) fn launch_alone(&mut self, state: &mut State) {
        let alice = *state.of(Who::Alice);
        if state.time != Time::Waits && alice.session && alice.stored == Stored::Own && alice.openid_sure {
            let alice = state.of_mut(Who::Alice);
            alice.obtained();
            alice.had_token = true;
            (alice.stored_token, alice.holds_stored) = (true, true);
            self.when(
                Who::Alice,
                "Alice launches the mini program 3 times, with nobody else there".to_owned(),
            );
            self.then("not every launch made the backend ask WeChat", "LOGIN-02");
        }
    }

    pub(super) fn session_loss(&mut self, state: &mut State, who: Who) {
        if std::mem::take(&mut state.of_mut(who).session) {
            self.given(who, format!("{}'s WeChat session has expired", who.name()));
        }
    }

    pub(super) fn storage_loss(&mut self, state: &mut State, who: Who, loss: Loss) {
        let life = state.of_mut(who);
        let (openid, token) = (life.stored != Stored::Nothing, life.stored_token);
        let what = match loss {
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
        self.given(who, format!("{}'s phone has lost {what}", who.name()));
    }

    pub(super) fn hand_code(&mut self, state: &mut State, handed: Handed) {
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

    pub(super) fn show(&mut self, state: &mut State, at: ShownAt) {
        let alice = *state.of(Who::Alice);
        // The instants are told from the end of the token she holds, so it has to be the phone's.
        let told_from_its_own = alice.holds_stored || !alice.stored_token;
        if alice.token.is_none() || !told_from_its_own || state.short_of_time(Who::Alice) {
            return;
        }
        let due = at.after_end().is_some_and(|distance| distance > 1_000_000);
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

    pub(super) fn show_now(&mut self, state: &mut State) {
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
}

/// Returns the word for what belongs to somebody.
fn whose(who: Who) -> String {
    if who == Who::Alice { "her".to_owned() } else { format!("{}'s", who.name()) }
}

/// Returns the word for somebody that something is about.
fn about(who: Who) -> &'static str {
    if who == Who::Alice { "her" } else { who.name() }
}
