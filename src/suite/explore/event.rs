//! What can happen in the life of a mini program?

use proptest::prelude::{BoxedStrategy, Just, Strategy};
use proptest::strategy::Union;
use proptest::{collection, sample};

use crate::protocol::ErrorCode;
use crate::suite::parameters::{BearerKind, ClientKind, CodeKind, Moment, OpenidKind};

/// A person of a sequence. The first one is its protagonist: only her phone is troubled and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Who {
    Alice,
    Bob,
    Carol,
}

/// Everybody who can take part, the protagonist first.
pub(super) const EVERYBODY: [Who; 3] = [Who::Alice, Who::Bob, Who::Carol];

/// What a phone can lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    Openid,
    Token,
    Everything,
}

/// What `wx.login` hands out in the place of a fresh code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handed {
    /// One of these codes.
    Kind(CodeKind),
    /// The code that somebody else has used.
    UsedBy(Who),
}

/// An instant on the phone's clock, told from the announced end of its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShownAt {
    Stored,
    SecondBefore,
    End,
    EdgeOfWindow,
    AfterWindow,
    DayAfter,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The mini program starts.
    Launch(Who),
    /// The person reads user info with the newest token.
    Read(Who),
    /// A fresh code is exchanged, without the phone.
    Exchange(Who),
    /// The person's stored openid asks for a token, without the phone.
    AskToken(Who),
    /// The code that was used last is sent again.
    Replay(Who),
    /// The code that somebody used last is sent by another person.
    ReplayBy(Who, Who),
    /// The WeChat session ends.
    SessionLoss(Who),
    /// The phone forgets.
    StorageLoss(Who, Loss),
    /// A code that cannot be exchanged is sent.
    BadExchange(Who, CodeKind),
    /// A token is asked for with an openid that deserves none.
    StrangersToken(Who, OpenidKind),
    /// A token is asked for with wrong client credentials.
    WrongClient(Who, ClientKind),
    /// User info is asked for with a token that the protagonist was not given.
    ForgedToken(BearerKind),
    /// The next `wx.login` on the protagonist's phone hands out something else than a fresh code.
    HandCode(Handed),
    /// WeChat refuses the protagonist's next code.
    Trouble(ErrorCode),
    /// The protagonist's phone finds a foreign openid in its storage.
    ForeignOpenid(OpenidKind),
    /// The protagonist's phone comes to the front, its clock put to this instant.
    Show(ShownAt),
    /// The protagonist's phone comes to the front.
    ShowNow,
    /// Time passes to a moment in the life of the protagonist's token.
    Time(Moment),
    /// Time passes, and the protagonist reads user info.
    TimeAndRead(Moment),
    /// The protagonist reads all the time, and once more after the end.
    UseUpToTheEnd,
    /// User info is asked for with the token that the person's newest one replaced.
    EarlierToken(Who),
    /// Somebody asks for user info with the token of another person.
    OthersToken(Who, Who),
    /// The phone is launched three times, and whatever WeChat is asked meanwhile, it is asked because of it.
    LaunchAlone,
    /// Two people exchange fresh codes at the same moment.
    ExchangeTogether(Who, Who),
    /// All answers so far are searched for the protagonist's session key.
    Search,
}

impl Who {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Alice => "Alice",
            Self::Bob => "Bob",
            Self::Carol => "Carol",
        }
    }

    /// Returns `her` or `his`.
    pub(super) const fn possessive(self) -> &'static str {
        match self {
            Self::Alice | Self::Carol => "her",
            Self::Bob => "his",
        }
    }

    /// Returns `her` or `him`.
    pub(super) const fn object(self) -> &'static str {
        match self {
            Self::Alice | Self::Carol => "her",
            Self::Bob => "him",
        }
    }

    pub(super) const fn index(self) -> usize {
        match self {
            Self::Alice => 0,
            Self::Bob => 1,
            Self::Carol => 2,
        }
    }
}

impl ShownAt {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Stored => "right after the token was stored",
            Self::SecondBefore => "1 s before the announced end",
            Self::End => "at the announced end",
            Self::EdgeOfWindow => "1000 s after the announced end",
            Self::AfterWindow => "1001 s after the announced end",
            Self::DayAfter => "86400 s after the announced end",
        }
    }

    /// Returns the milliseconds from the announced end; nothing for the instant at which the token came.
    pub(super) const fn after_end(self) -> Option<i64> {
        match self {
            Self::Stored => None,
            Self::SecondBefore => Some(-1_000),
            Self::End => Some(0),
            Self::EdgeOfWindow => Some(1_000_000),
            Self::AfterWindow => Some(1_001_000),
            Self::DayAfter => Some(86_400_000),
        }
    }
}

/// Returns the sequences of up to `longest` events. Shorter ones, earlier kinds of events and earlier people
/// count as simpler.
pub(super) fn sequences(longest: usize) -> BoxedStrategy<Vec<Event>> {
    collection::vec(event(), 1..=longest.max(1)).boxed()
}

fn event() -> BoxedStrategy<Event> {
    use Event as E;
    Union::new_weighted(vec![
        (12, who().prop_map(E::Launch).boxed()),
        (6, who().prop_map(E::Read).boxed()),
        (6, who().prop_map(E::Exchange).boxed()),
        (5, who().prop_map(E::AskToken).boxed()),
        (4, who().prop_map(E::Replay).boxed()),
        (3, (who(), who()).prop_map(|(who, owner)| E::ReplayBy(who, owner)).boxed()),
        (6, who().prop_map(E::SessionLoss).boxed()),
        (4, (who(), sample::select(LOSSES)).prop_map(|(who, loss)| E::StorageLoss(who, loss)).boxed()),
        (4, (who(), sample::select(BAD_CODES)).prop_map(|(who, kind)| E::BadExchange(who, kind)).boxed()),
        (3, (who(), sample::select(OPENIDS)).prop_map(|(who, kind)| E::StrangersToken(who, kind)).boxed()),
        (2, (who(), sample::select(CLIENTS)).prop_map(|(who, kind)| E::WrongClient(who, kind)).boxed()),
        (3, sample::select(BEARERS).prop_map(E::ForgedToken).boxed()),
        (4, handed().prop_map(E::HandCode).boxed()),
        (3, sample::select(TROUBLES).prop_map(E::Trouble).boxed()),
        (3, sample::select(FOREIGN).prop_map(E::ForeignOpenid).boxed()),
        (5, sample::select(INSTANTS).prop_map(E::Show).boxed()),
        (3, Just(E::ShowNow).boxed()),
        (5, sample::select(MOMENTS).prop_map(E::Time).boxed()),
        (5, sample::select(MOMENTS).prop_map(E::TimeAndRead).boxed()),
        (2, (who(), who()).prop_map(|(one, other)| E::ExchangeTogether(one, other)).boxed()),
        (3, Just(E::UseUpToTheEnd).boxed()),
        (2, who().prop_map(E::EarlierToken).boxed()),
        (2, (who(), who()).prop_map(|(who, owner)| E::OthersToken(who, owner)).boxed()),
        (1, Just(E::LaunchAlone).boxed()),
        (1, Just(E::Search).boxed()),
    ])
    .boxed()
}

/// Tells whether time passes for the backend in an event.
pub(super) fn takes_time(event: &Event) -> bool {
    matches!(event, Event::Time(_) | Event::TimeAndRead(_) | Event::UseUpToTheEnd)
}

/// Returns the people; most of what happens, happens to the protagonist.
fn who() -> BoxedStrategy<Who> {
    sample::select(vec![Who::Alice, Who::Alice, Who::Alice, Who::Bob, Who::Bob, Who::Carol]).boxed()
}

fn handed() -> BoxedStrategy<Handed> {
    let kinds = sample::select(HANDED).prop_map(Handed::Kind).boxed();
    let others = sample::select(vec![Who::Bob, Who::Carol]).prop_map(Handed::UsedBy).boxed();
    Union::new_weighted(vec![(4, kinds), (1, others)]).boxed()
}

const LOSSES: &[Loss] = &[Loss::Openid, Loss::Token, Loss::Everything];

const BAD_CODES: &[CodeKind] =
    &[CodeKind::Unknown, CodeKind::Empty, CodeKind::Missing, CodeKind::NoCode, CodeKind::Old];

const HANDED: &[CodeKind] = &[CodeKind::Empty, CodeKind::Unknown, CodeKind::Used, CodeKind::Old];

const OPENIDS: &[OpenidKind] = &[
    OpenidKind::Unknown,
    OpenidKind::Empty,
    OpenidKind::Missing,
    OpenidKind::Stranger,
    OpenidKind::Altered,
    OpenidKind::CaseFlipped,
    OpenidKind::FirstHalf,
    OpenidKind::Longer,
    OpenidKind::Wildcard,
];

const FOREIGN: &[OpenidKind] = &[OpenidKind::Unknown, OpenidKind::Stranger, OpenidKind::Altered];

const CLIENTS: &[ClientKind] = &[
    ClientKind::Missing,
    ClientKind::WrongSecret,
    ClientKind::WrongName,
    ClientKind::EmptySecret,
    ClientKind::LongerSecret,
    ClientKind::ShorterSecret,
    ClientKind::OtherScheme,
    ClientKind::BrokenBase64,
    ClientKind::CaseFlipped,
];

const BEARERS: &[BearerKind] = &[
    BearerKind::Random,
    BearerKind::Missing,
    BearerKind::Empty,
    BearerKind::FirstChanged,
    BearerKind::LastChanged,
    BearerKind::WithoutLast,
    BearerKind::FirstHalf,
    BearerKind::Longer,
    BearerKind::CaseFlipped,
];

const TROUBLES: &[ErrorCode] = &[
    ErrorCode::InvalidCode,
    ErrorCode::CodeBeenUsed,
    ErrorCode::CodeBlocked,
    ErrorCode::SystemError,
    ErrorCode::MinuteQuota,
];

const INSTANTS: &[ShownAt] = &[
    ShownAt::AfterWindow,
    ShownAt::DayAfter,
    ShownAt::EdgeOfWindow,
    ShownAt::End,
    ShownAt::SecondBefore,
    ShownAt::Stored,
];

const MOMENTS: &[Moment] =
    &[Moment::JustAfter, Moment::AfterBlindWindow, Moment::JustBefore, Moment::Halfway];
