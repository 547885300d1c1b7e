//! How does an answer travel, where it does not travel as it should?

use std::time::Duration;

use crate::record::FailureKind;

/// How much is sent of what has no end, or is far too long, before the connection is closed: 64 MiB, which is
/// more than any client should be ready to hold.
const HUGE: u64 = 64 * 1024 * 1024;

/// How much of a head without end is sent. The most generous client known stops at 10 MiB.
const LONG_HEAD: u64 = 16 * 1024 * 1024;

/// How long a trickle waits between two drops. An answer takes minutes at that pace.
const TRICKLE: Duration = Duration::from_secs(1);

/// How an answer travels.
///
/// It says what shall happen; the gateway of a [`StandIn`](crate::standin::StandIn) carries it out. Whatever
/// is not [`Wire::usual`] ends the connection.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use wxconform::standin::{Ending, Place, Script, Wire};
///
/// let reset = Script::normal().carried(Wire::stops(Place::InBody, Ending::Reset));
/// let chunked = Script::normal().carried(Wire::chunked(7)).after(Duration::from_millis(50));
/// assert_ne!(reset, chunked);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wire {
    pub(in crate::standin) acts: Vec<Act>,
    pub(in crate::standin) ending: Ending,
    /// What a client sees instead of the answer, if it cannot see the answer.
    pub(in crate::standin) failure: Option<(FailureKind, &'static str)>,
}

/// How a connection ends after what was sent on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ending {
    /// It is closed in good order, with a FIN.
    #[default]
    Closed,
    /// It is reset, with an RST; what was sent may get lost with it.
    Reset,
    /// It stays open, and nothing is sent on it, until the client gives up.
    Silent,
}

/// How far an answer comes. Closed: an answer has these parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// No byte of it is sent.
    BeforeAnswer,
    /// The status line is not complete.
    InStatusLine,
    /// The header fields are not complete.
    InHead,
    /// The header fields are complete, and no byte of the body is sent.
    AfterHead,
    /// One half of the body is sent.
    InBody,
}

/// How the head of an answer says where its body ends. The enum may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Framing {
    /// By the right `Content-Length`.
    Length,
    /// By a `Content-Length` that is larger by so much.
    TooLong(u64),
    /// By a `Content-Length` of half the body.
    TooShort,
    /// By a `Content-Length` with this text for a number.
    LengthText(&'static str),
    /// By `Transfer-Encoding: chunked`.
    Chunked,
    /// Not at all: the body ends with the connection.
    UntilClosed,
    /// Not at all, in an answer of HTTP/1.0.
    Http10,
    /// By the right `Content-Length`, in a head that promises to keep the connection.
    KeptAlive,
    /// By the right `Content-Length`, with the names of the fields in lower case.
    LowerCase,
}

/// One thing that the gateway does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::standin) enum Act {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends the status line and the header fields, with the empty line behind them.
    Head(Framing),
    /// Sends one half of the status line.
    HalfStatusLine,
    /// Sends the status line and the header fields, without the empty line.
    OpenHead,
    /// Sends the body.
    Body,
    /// Sends one half of the body.
    HalfBody,
    /// Sends the body in pieces of so many bytes, with a pause between them.
    Pieces { size: usize, pause: Duration },
    /// Sends the body in chunks of so many bytes, without the last, empty one.
    Chunks(usize),
    /// Announces the whole body as one chunk and sends one half of it.
    HalfChunk,
    /// Sends these bytes so often in one go, pauses, and does it again, until so many bytes were sent if there is
    /// an end. What is repeated is short, because the journal keeps it.
    Over { bytes: Vec<u8>, at_once: usize, pause: Duration, total: Option<u64> },
}

impl Wire {
    fn new(acts: Vec<Act>, ending: Ending) -> Self {
        Self { acts, ending, failure: None }
    }

    fn failing(self, kind: FailureKind, detail: &'static str) -> Self {
        Self { failure: Some((kind, detail)), ..self }
    }

    /// In HTTP/1.1 with a `Content-Length`, on a connection that is kept.
    #[must_use]
    pub fn usual() -> Self {
        Self::default()
    }

    /// Says whether nothing is special.
    pub(in crate::standin) fn is_usual(&self) -> bool {
        self.acts.is_empty() && self.ending == Ending::Closed && self.failure.is_none()
    }

    /// Up to a place, and then in silence or not at all.
    #[must_use]
    pub fn stops(place: Place, ending: Ending) -> Self {
        let acts = match place {
            Place::BeforeAnswer => vec![],
            Place::InStatusLine => vec![Act::HalfStatusLine],
            Place::InHead => vec![Act::OpenHead],
            Place::AfterHead => vec![Act::Head(Framing::Length)],
            Place::InBody => vec![Act::Head(Framing::Length), Act::HalfBody],
        };
        let (kind, detail) = match ending {
            Ending::Closed => {
                (FailureKind::Broken, mark!("the stand-in closed the connection as it was told to"))
            }
            Ending::Reset => {
                (FailureKind::Broken, mark!("the stand-in reset the connection as it was told to"))
            }
            Ending::Silent => (FailureKind::TimedOut, mark!("the stand-in fell silent as it was told to")),
        };
        Self::new(acts, ending).failing(kind, detail)
    }

    /// Whole, with this framing, and then the connection is closed.
    #[must_use]
    pub fn framed(framing: Framing) -> Self {
        let wire = Self::new(vec![Act::Head(framing), Act::Body], Ending::Closed);
        match framing {
            Framing::Chunked => Self::chunked(usize::MAX),
            Framing::TooLong(_) | Framing::LengthText(_) => wire.failing(
                FailureKind::Broken,
                mark!("the stand-in announced a wrong length as it was told to"),
            ),
            // Of a length that is too short a client notices nothing by itself.
            Framing::Length
            | Framing::TooShort
            | Framing::UntilClosed
            | Framing::Http10
            | Framing::KeptAlive
            | Framing::LowerCase => wire,
        }
    }

    /// In chunks of so many bytes.
    #[must_use]
    pub fn chunked(size: usize) -> Self {
        let last = Act::Send(b"0\r\n\r\n".to_vec());
        Self::new(vec![Act::Head(Framing::Chunked), Act::Chunks(size), last], Ending::Closed)
    }

    /// In one chunk that is cut off in the middle.
    #[must_use]
    pub fn chunk_cut() -> Self {
        Self::new(vec![Act::Head(Framing::Chunked), Act::HalfChunk], Ending::Closed)
            .failing(FailureKind::Broken, mark!("the stand-in cut a chunk as it was told to"))
    }

    /// In whole chunks, without the empty one that says that it was the last.
    #[must_use]
    pub fn last_chunk_missing() -> Self {
        Self::new(vec![Act::Head(Framing::Chunked), Act::Chunks(usize::MAX)], Ending::Closed)
            .failing(FailureKind::Broken, mark!("the stand-in left out the last chunk as it was told to"))
    }

    /// With a chunk whose size is no number.
    #[must_use]
    pub fn chunk_size_broken() -> Self {
        let size = Act::Send(b"many\r\n".to_vec());
        Self::new(vec![Act::Head(Framing::Chunked), size, Act::Body], Ending::Closed).failing(
            FailureKind::NotHttp,
            mark!("the stand-in sent a chunk without a size as it was told to"),
        )
    }

    /// The body in pieces of so many bytes, with a pause before each of them.
    #[must_use]
    pub fn pieces(size: usize, pause: Duration) -> Self {
        Self::new(vec![Act::Head(Framing::Length), Act::Pieces { size, pause }], Ending::Closed)
    }

    /// Byte by byte, so slowly that nobody waits for the end.
    #[must_use]
    pub fn trickle() -> Self {
        Self::pieces(1, TRICKLE)
            .failing(FailureKind::TimedOut, mark!("the stand-in trickled as it was told to"))
    }

    /// With interim answers before it: each a status line and its fields, without the empty line.
    #[must_use]
    pub fn after_interim(heads: &[&str]) -> Self {
        let interim = heads.iter().map(|head| Act::Send(format!("HTTP/1.1 {head}\r\n\r\n").into_bytes()));
        let answer = [Act::Head(Framing::Length), Act::Body];
        Self::new(interim.chain(answer).collect(), Ending::Closed)
    }

    /// Never, with an interim answer every second for as long as the client waits.
    #[must_use]
    pub fn interim_for_ever() -> Self {
        let bytes = b"HTTP/1.1 102 Processing\r\n\r\n".to_vec();
        Self::new(vec![Act::Over { bytes, at_once: 1, pause: TRICKLE, total: None }], Ending::Closed).failing(
            FailureKind::TimedOut,
            mark!("the stand-in sent interim answers only, as it was told to"),
        )
    }

    /// Instead of the answer, these bytes.
    #[must_use]
    pub fn garbage(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(vec![Act::Send(bytes.into())], Ending::Closed).failing(
            FailureKind::NotHttp,
            mark!("the stand-in sent something else than HTTP as it was told to"),
        )
    }

    /// One half of the body and then 64 MiB of blanks, so that the body never becomes JSON.
    #[must_use]
    pub fn huge_body() -> Self {
        let blanks =
            Act::Over { bytes: vec![b' '], at_once: 64 * 1024, pause: Duration::ZERO, total: Some(HUGE) };
        // The half that is missing is announced and never comes.
        Self::new(vec![Act::Head(Framing::TooLong(HUGE)), Act::HalfBody, blanks], Ending::Closed)
            .failing(FailureKind::Broken, mark!("the stand-in sent 64 MiB as it was told to"))
    }

    /// A body that goes on with blanks until the client gives up, at about 1 MiB a second.
    #[must_use]
    pub fn endless_body() -> Self {
        let bytes = b"8\r\n        \r\n".to_vec();
        let blanks = Act::Over { bytes, at_once: 512, pause: Duration::from_millis(6), total: None };
        Self::new(vec![Act::Head(Framing::Chunked), blanks], Ending::Closed)
            .failing(FailureKind::TimedOut, mark!("the stand-in sent a body without end as it was told to"))
    }

    /// A head to which field after field is added, 16 MiB of them.
    #[must_use]
    pub fn endless_fields() -> Self {
        Self::long_head("", format!("X-Filler: {}\r\n", "x".repeat(52)).into_bytes())
    }

    /// A head with one field that is 16 MiB long and does not end.
    #[must_use]
    pub fn endless_field() -> Self {
        Self::long_head("X-Filler: ", b"x".to_vec())
    }

    fn long_head(front: &str, bytes: Vec<u8>) -> Self {
        let at_once = 32 * 1024 / bytes.len();
        let over = Act::Over { bytes, at_once, pause: Duration::ZERO, total: Some(LONG_HEAD) };
        Self::new(vec![Act::OpenHead, Act::Send(front.as_bytes().to_vec()), over], Ending::Closed)
            .failing(FailureKind::Broken, mark!("the stand-in sent a head without end as it was told to"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Act, Ending, Framing, Place, Wire};
    use crate::record::FailureKind;

    #[test]
    fn only_an_answer_about_which_nothing_is_special_is_usual() {
        assert!(Wire::usual().is_usual());
        let silent = Wire { ending: Ending::Silent, ..Wire::usual() };
        let failing = Wire::usual().failing(FailureKind::Broken, "test");
        let acting = Wire { acts: vec![Act::Body], ..Wire::usual() };
        for wire in [silent, failing, acting] {
            assert!(!wire.is_usual(), "{wire:?}");
        }
    }

    #[test]
    fn what_a_client_sees_of_an_answer_is_known() {
        use FailureKind::{Broken, NotHttp, TimedOut};
        let stops = |ending| Wire::stops(Place::BeforeAnswer, ending);
        let usual =
            [Framing::Length, Framing::TooShort, Framing::UntilClosed, Framing::Http10].map(Wire::framed);
        for wire in usual.into_iter().chain([Wire::chunked(1), Wire::framed(Framing::Chunked)]) {
            assert_eq!(wire.failure, None, "{wire:?}");
            assert!(!wire.acts.is_empty(), "{wire:?}");
        }
        for (wire, kind) in [
            (stops(Ending::Closed), Broken),
            (stops(Ending::Reset), Broken),
            (stops(Ending::Silent), TimedOut),
            (Wire::framed(Framing::TooLong(1)), Broken),
            (Wire::framed(Framing::LengthText("-1")), Broken),
            (Wire::chunk_cut(), Broken),
            (Wire::last_chunk_missing(), Broken),
            (Wire::chunk_size_broken(), NotHttp),
            (Wire::trickle(), TimedOut),
            (Wire::interim_for_ever(), TimedOut),
            (Wire::garbage("SSH-2.0"), NotHttp),
            (Wire::huge_body(), Broken),
            (Wire::endless_body(), TimedOut),
            (Wire::endless_fields(), Broken),
            (Wire::endless_field(), Broken),
        ] {
            assert_eq!(wire.failure.map(|(kind, _)| kind), Some(kind), "{wire:?}");
        }
    }

    #[test]
    fn an_answer_stops_where_it_is_told_to() {
        let acts = |place| Wire::stops(place, Ending::Reset).acts;
        assert_eq!(acts(Place::BeforeAnswer), []);
        assert_eq!(acts(Place::InStatusLine), [Act::HalfStatusLine]);
        assert_eq!(acts(Place::InHead), [Act::OpenHead]);
        assert_eq!(acts(Place::AfterHead), [Act::Head(Framing::Length)]);
        assert_eq!(acts(Place::InBody), [Act::Head(Framing::Length), Act::HalfBody]);
        assert_eq!(Wire::stops(Place::InBody, Ending::Silent).ending, Ending::Silent);
    }

    #[test]
    fn what_is_too_long_is_as_long_as_it_says() {
        let sent = |wire: &Wire| match wire.acts.last() {
            Some(Act::Over { bytes, at_once, total, .. }) => (bytes.len() * at_once, *total),
            other => panic!("{other:?}"),
        };
        assert_eq!(sent(&Wire::huge_body()), (65_536, Some(67_108_864)));
        assert_eq!(sent(&Wire::endless_field()), (32_768, Some(16_777_216)));
        assert_eq!(sent(&Wire::endless_fields()), (32_768, Some(16_777_216)));
        assert_eq!(sent(&Wire::endless_body()), (512 * 13, None));
    }

    #[test]
    fn interim_answers_come_before_the_answer() {
        let acts = Wire::after_interim(&["100 Continue", "103 Early Hints"]).acts;
        let said = |text: &str| Act::Send(text.as_bytes().to_vec());
        assert_eq!(
            acts,
            [
                said("HTTP/1.1 100 Continue\r\n\r\n"),
                said("HTTP/1.1 103 Early Hints\r\n\r\n"),
                Act::Head(Framing::Length),
                Act::Body,
            ]
        );
    }
}
