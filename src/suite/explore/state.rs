//! What has become of the people of a sequence, if the backend is correct?

use super::event::{EVERYBODY, Handed, Who};
use crate::protocol::ErrorCode;
use crate::suite::parameters::Moment;

/// How a backend's time passes, as far as sequences are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// A clock can be put forward, as often as one likes.
    Virtual,
    /// Time really passes, so a sequence waits out one token at most.
    Waits,
    /// Tokens live too long to be waited out, or too shortly to be measured.
    StandsStill,
}

/// How old a token is, as its backend sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Age {
    Fresh,
    Halfway,
    JustBefore,
    Ended,
    AfterWindow,
}

/// A token that a person holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) age: Age,
    /// Whether every correct backend agrees on what it opens.
    pub(super) sure: bool,
}

/// What the openid in the storage of a phone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    Nothing,
    Own,
    Foreign,
}

/// What `wx.login` will make of the next login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Handed(Handed),
    Trouble(ErrorCode),
}

/// A person with a phone.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are independent facts, and each has a sentence of its own"
)]
pub(super) struct Life {
    /// What `wx.checkSession` says.
    pub(super) session: bool,
    /// Whether a code of theirs was sent, so that it can be sent again.
    pub(super) code: bool,
    /// Whether an exchange of theirs was refused since the last one that was granted.
    pub(super) refused: bool,
    /// Whether they have logged in before.
    pub(super) known: bool,
    /// Whether an openid was handed out to them that they have kept.
    pub(super) openid: bool,
    /// Whether every correct backend still issues tokens for it.
    pub(super) openid_sure: bool,
    /// Whether every correct backend exchanges their fresh codes.
    pub(super) welcome: bool,
    pub(super) token: Option<Token>,
    /// Whether it has opened user info.
    pub(super) opened: bool,
    /// Whether they had a token before the one they hold.
    pub(super) had_token: bool,
    /// Whether they have seen their user info.
    pub(super) info: bool,
    pub(super) stored: Stored,
    /// Whether their phone has stored a token.
    pub(super) stored_token: bool,
    /// Whether that is the token they hold.
    pub(super) holds_stored: bool,
    pub(super) next: Option<Next>,
    /// Whether their phone's clock stands behind the blind window of the stored token.
    pub(super) past_window: bool,
}

/// Everybody, and how time goes.
#[derive(Clone, Debug)]
pub(super) struct State {
    lives: [Life; EVERYBODY.len()],
    pub(super) time: Time,
    /// Whether a token was waited out.
    pub(super) waited: bool,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            session: false,
            code: false,
            refused: false,
            known: false,
            openid: false,
            openid_sure: false,
            welcome: true,
            token: None,
            opened: false,
            had_token: false,
            info: false,
            stored: Stored::Nothing,
            stored_token: false,
            holds_stored: false,
            next: None,
            past_window: false,
        }
    }
}

impl State {
    pub(super) fn new(time: Time) -> Self {
        Self { lives: [Life::default(); EVERYBODY.len()], time, waited: false }
    }

    pub(super) fn of(&self, who: Who) -> &Life {
        &self.lives[who.index()]
    }

    pub(super) fn of_mut(&mut self, who: Who) -> &mut Life {
        &mut self.lives[who.index()]
    }

    /// Returns the others who have seen their user info.
    pub(super) fn others_known(&self, who: Who) -> Vec<Who> {
        EVERYBODY.into_iter().filter(|other| *other != who && self.of(*other).info).collect()
    }

    /// Whoever waits stands just before the end of a token, and cannot do much more before it comes.
    pub(super) fn short_of_time(&self, who: Who) -> bool {
        let age = self.of(who).token.map(|token| token.age);
        who == Who::Alice && self.time == Time::Waits && age == Some(Age::JustBefore)
    }

    /// WeChat has no time for the app, and a correct backend may stop asking for a while.
    pub(super) fn quota_is_used_up(&mut self) {
        for life in &mut self.lives {
            life.welcome = false;
        }
    }

    /// Tells whether time can pass to a moment in the life of the protagonist's token.
    pub(super) fn can_pass(&self, moment: Moment) -> bool {
        let possible = match self.time {
            Time::Virtual => true,
            Time::Waits => !self.waited,
            Time::StandsStill => false,
        };
        possible && self.of(Who::Alice).token.is_some_and(|token| token.age < age(moment))
    }

    /// Lets time pass for the token of the protagonist. How old those of others are now depends on when
    /// they came, which is not followed up.
    pub(super) fn pass(&mut self, moment: Moment) {
        self.waited |= age(moment) >= Age::Ended;
        let alice = self.of_mut(Who::Alice);
        alice.past_window = alice.holds_stored && moment == Moment::AfterBlindWindow;
        for who in EVERYBODY {
            let life = self.of_mut(who);
            match &mut life.token {
                Some(token) if who == Who::Alice => token.age = age(moment),
                Some(token) => token.sure = false,
                None => {}
            }
        }
    }
}

impl Life {
    /// A fresh code was exchanged. A backend with one session for each person may have ended the last one.
    pub(super) fn exchanged(&mut self) {
        self.openid_sure = self.welcome;
        (self.known, self.openid) = (true, true);
        self.refused = false;
        self.shake_token();
    }

    /// A token came; whether the phone has stored it is for the caller to say.
    pub(super) fn obtained(&mut self) {
        self.had_token |= self.token.is_some();
        self.past_window = false;
        self.opened = false;
        self.token = Some(Token { age: Age::Fresh, sure: self.openid_sure });
    }

    /// A used code of theirs was sent again, so a correct backend may end what came of it (RFC 6749 section
    /// 4.1.2).
    pub(super) fn suspect(&mut self) {
        self.openid_sure = false;
        self.shake_token();
    }

    fn shake_token(&mut self) {
        if let Some(token) = &mut self.token {
            token.sure = false;
        }
    }
}

/// Returns how old a token is at a moment of its life.
pub(super) fn age(moment: Moment) -> Age {
    match moment {
        Moment::Quarter => Age::Fresh,
        Moment::Halfway | Moment::ThreeQuarters => Age::Halfway,
        Moment::JustBefore => Age::JustBefore,
        Moment::JustAfter | Moment::InBlindWindow | Moment::EndOfBlindWindow => Age::Ended,
        Moment::AfterBlindWindow => Age::AfterWindow,
    }
}
