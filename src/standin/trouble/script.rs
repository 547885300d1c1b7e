//! What does the stand-in do for each trouble?

use std::time::Duration;

use serde_json::{Value, json};

use super::Trouble;
use crate::protocol::ErrorCode;
use crate::standin::ledger::{
    ContentType, Ending, Framing, Place, Script, Spelling, SuccessBody, SuccessShape, Wire,
};

/// Where a redirect leads: the port that discards, on this machine, where nobody listens.
const ELSEWHERE: &str = "http://127.0.0.1:9/portal";

/// The query alone: it stands for the address that was asked, whatever that was.
const SAME_PLACE: &str = "";

/// How many objects are nested.
const LEVELS: usize = 10_000;

impl Trouble {
    /// Returns what makes the stand-in do it.
    #[expect(clippy::too_many_lines, reason = "one line for each trouble, as in the catalogue")]
    pub fn script(self) -> Script {
        match self {
            Self::Errcode1 => Script::error(ErrorCode::SystemError),
            Self::Errcode40002 => Script::error(ErrorCode::InvalidGrantType),
            Self::Errcode40013 => Script::error(ErrorCode::InvalidAppId),
            Self::Errcode40029 => Script::error(ErrorCode::InvalidCode),
            Self::Errcode40066 => Script::error(ErrorCode::InvalidUrl),
            Self::Errcode40090 => Script::other_error(40090, CLIENT_IP),
            Self::Errcode40125 => Script::error(ErrorCode::InvalidAppSecret),
            Self::Errcode40163 => Script::error(ErrorCode::CodeBeenUsed),
            Self::Errcode40226 => Script::error(ErrorCode::CodeBlocked),
            Self::Errcode41002 => Script::error(ErrorCode::AppIdMissing),
            Self::Errcode41004 => Script::error(ErrorCode::AppSecretMissing),
            Self::Errcode41008 => Script::error(ErrorCode::MissingCode),
            Self::Errcode45011 | Self::QuotaForEver => Script::error(ErrorCode::MinuteQuota),
            Self::Errcode50002 => Script::other_error(50002, "user limited"),
            Self::Errcode50123 => Script::other_error(50123, "not available"),
            Self::ErrcodeText => text(r#"{"errcode":"40029","errmsg":"invalid code"}"#),
            Self::ErrcodeAlone => text(r#"{"errcode":40029}"#),
            Self::ErrcodeWithStatus => Script::error(ErrorCode::InvalidCode).with_status(400),
            Self::ErrcodeBesideOpenid => {
                with(&[("errcode", json!(40029)), ("errmsg", json!("invalid code"))])
            }
            Self::BusyBesideOpenid => with(&[("errcode", json!(-1)), ("errmsg", json!("system error"))]),
            Self::ErrcodeBesideEmptyOpenid => {
                text(r#"{"errcode":40226,"errmsg":"code blocked","session_key":"","openid":"","unionid":""}"#)
            }
            Self::BusyOnce => Script::error(ErrorCode::SystemError).times(1),

            Self::Http500Html => html(500),
            Self::Http500Empty => Script::raw(500, Some("text/html"), ""),
            Self::Http500Json => status_json(500),
            Self::Http502Html => html(502),
            Self::Http503Html => html(503),
            Self::Http504Html => html(504),
            Self::Http404Html => html(404),
            Self::Http404Json => status_json(404),
            Self::Http429Json => status_json(429).with_field("retry-after", "60"),
            Self::Http403Html => html(403),
            Self::Http200Html => html(200),
            Self::EmptyBody => text(""),
            Self::BlankBody => text("  \r\n  \r\n"),
            Self::NoContent => Script::raw(204, None, ""),
            Self::Redirect => html(302).with_field("location", ELSEWHERE),
            Self::RedirectLoop => html(302).with_field("location", SAME_PLACE),
            Self::RedirectNowhere => html(302),

            Self::NotJson => text("upstream connect error or disconnect before headers"),
            Self::BrokenJson => text(r#"{"session_key" "tiihtNczf5v6AKRyjwEUhQ==" "openid" "oA"}"#),
            Self::Xml => text("<xml><openid><![CDATA[oXmlXmlXmlXmlXmlXmlXmlXmlXml]]></openid></xml>"),
            Self::FormBody => {
                text("session_key=tiihtNczf5v6AKRyjwEUhQ%3D%3D&openid=oFormFormFormFormFormForm")
            }
            Self::HalfJson => Script::normal().spelled(Spelling::Half),
            Self::JsonNull => text("null"),
            Self::JsonNumber => text("40029"),
            Self::JsonText => text(r#""ok""#),
            Self::JsonTrue => text("true"),
            Self::JsonArray => text("[]"),
            Self::SuccessInArray => Script::normal().spelled(Spelling::InArray),
            Self::SuccessInData => Script::normal().spelled(Spelling::InData),
            Self::SuccessInText => Script::normal().spelled(Spelling::InString),
            Self::EmptyObject => text("{}"),
            Self::InvalidUtf8 => Script::normal().spelled(Spelling::CurlyQuotes),
            Self::DeepNesting => text(&[&r#"{"a":"#.repeat(LEVELS), "1", &"}".repeat(LEVELS)].concat()),
            Self::GzipBroken => gzip(Spelling::GzipBroken),
            Self::TrailingComma => Script::normal().spelled(Spelling::TrailingComma),
            Self::SingleQuotes => Script::normal().spelled(Spelling::SingleQuotes),
            Self::ByteOrderMark => Script::normal().spelled(Spelling::ByteOrderMark),
            Self::Utf16 => Script::normal().spelled(Spelling::Utf16),
            Self::DuplicateMembers => Script::normal().spelled(Spelling::Twice),

            Self::OpenidAbsent => without("openid", &[]),
            Self::OpenidAbsentErrcode0 => {
                without("openid", &[("errcode", json!(0)), ("errmsg", json!("ok"))])
            }
            Self::OpenidEmpty => with(&[("openid", json!(""))]),
            Self::OpenidBlank => with(&[("openid", json!("                            "))]),
            Self::OpenidNull => with(&[("openid", Value::Null)]),
            Self::OpenidNumber => with(&[("openid", json!(1_234_567_890))]),
            Self::OpenidBool => with(&[("openid", json!(false))]),
            Self::OpenidObject => with(&[("openid", json!({ "id": 1 }))]),
            Self::OpenidArray => with(&[("openid", json!(["oListListListListListListListL"]))]),
            Self::SessionKeyAbsent => without("session_key", &[]),

            Self::ClosedBeforeAnswer => stops(Place::BeforeAnswer, Ending::Closed),
            Self::ClosedInStatusLine => stops(Place::InStatusLine, Ending::Closed),
            Self::ClosedInHead => stops(Place::InHead, Ending::Closed),
            Self::ClosedAfterHead => stops(Place::AfterHead, Ending::Closed),
            Self::BodyCutShort => stops(Place::InBody, Ending::Closed),
            Self::ResetBeforeAnswer => stops(Place::BeforeAnswer, Ending::Reset),
            Self::ResetAfterHead => stops(Place::AfterHead, Ending::Reset),
            Self::ResetInBody => stops(Place::InBody, Ending::Reset),
            Self::ChunkCut => carried(Wire::chunk_cut()),
            Self::ChunkSizeBroken => carried(Wire::chunk_size_broken()),
            Self::LastChunkMissing => carried(Wire::last_chunk_missing()),
            Self::LengthTooLong => framed(Framing::TooLong(10)),
            Self::LengthTooShort => framed(Framing::TooShort),
            Self::LengthNoNumber => framed(Framing::LengthText("many")),
            Self::NotHttp => carried(Wire::garbage(*b"SSH-2.0-OpenSSH_9.6\r\n")),
            Self::TlsAlert => carried(Wire::garbage(*b"\x15\x03\x03\x00\x02\x02\x28")),
            Self::StatusLineBroken => {
                carried(Wire::garbage(*b"HTTP/1.1 fine\r\nContent-Length: 2\r\n\r\n{}"))
            }
            Self::HugeBody => carried(Wire::huge_body()),
            Self::EndlessFields => carried(Wire::endless_fields()),
            Self::EndlessField => carried(Wire::endless_field()),

            Self::Silence => stops(Place::BeforeAnswer, Ending::Silent),
            Self::SilenceAfterHead => stops(Place::AfterHead, Ending::Silent),
            Self::SilenceInBody => stops(Place::InBody, Ending::Silent),
            Self::Trickle => carried(Wire::trickle()),
            Self::EndlessBody => carried(Wire::endless_body()),
            Self::InterimForEver => carried(Wire::interim_for_ever()),

            Self::LegacyExpiresIn => Script::success(SuccessShape::with_body(SuccessBody::LegacyExpiresIn)),
            Self::Errcode0 => with(&[("errcode", json!(0))]),
            Self::Errcode0Ok => Script::success(SuccessShape::with_body(SuccessBody::DocStyleErrcode0)),
            Self::EmptyErrmsg => with(&[("errmsg", json!(""))]),
            Self::UnionidPresent => {
                Script::success(SuccessShape { unionid: true, ..SuccessShape::default() })
            }
            Self::UnknownMembers => with(&[("is_limit", json!(false)), ("scene", json!([1001, "main"]))]),
            Self::NestedMembers => Script::success(SuccessShape {
                reversed: true,
                set: vec![("previous".to_owned(), json!({ "openid": "oNested", "errcode": 40029 }))],
                ..SuccessShape::default()
            }),
            Self::ReversedMembers => {
                Script::success(SuccessShape { reversed: true, ..SuccessShape::default() })
            }
            Self::SlashesEscaped => slashes(true),
            Self::SlashesPlain => slashes(false),
            Self::UnicodeEscapes => Script::normal().spelled(Spelling::UnicodeEscapes),
            Self::PrettyPrinted => Script::normal().spelled(Spelling::Pretty),
            Self::DeclaredJson => Script::normal().declared_as(ContentType::ApplicationJson),
            Self::DeclaredJsonUtf8 => Script::normal().declared_in_words("application/json; charset=utf-8"),
            Self::DeclaredTextUtf8 => Script::normal().declared_in_words("text/plain; charset=UTF-8"),
            Self::Undeclared => Script::normal().undeclared(),
            Self::DeclaredHtml => Script::normal().declared_in_words("text/html; charset=utf-8"),
            Self::MoreFields => Script::normal()
                .with_field("server", "nginx")
                .with_field("set-cookie", "sid=1; path=/; httponly")
                .with_field("cache-control", "no-cache, no-store"),
            Self::FieldsLowerCase => framed(Framing::LowerCase),
            Self::Chunked => carried(Wire::chunked(usize::MAX)),
            Self::ChunkedByByte => carried(Wire::chunked(1)),
            Self::CloseDelimited => framed(Framing::UntilClosed),
            Self::Http10 => framed(Framing::Http10),
            Self::KeptAndClosed => framed(Framing::KeptAlive),
            Self::Interim100 => carried(Wire::after_interim(&["100 Continue"])),
            Self::Interim103 => {
                carried(Wire::after_interim(&["103 Early Hints\r\nLink: </style.css>; rel=preload"]))
            }
            Self::InPieces => carried(Wire::pieces(7, Duration::ZERO)),
            Self::Gzip => gzip(Spelling::Gzip),
            Self::GzipDeclaredOnly => gzip(Spelling::Usual),

            Self::Late300 => Script::normal().after(Duration::from_millis(300)),
            Self::Late2s => Script::normal().after(Duration::from_secs(2)),
            Self::SlowBody => carried(Wire::pieces(32, Duration::from_millis(100))),
        }
    }
}

/// The text of error 40090 before the request id.
const CLIENT_IP: &str = "invalid request source (bad client ip), requestIP: 127.0.0.1";

/// A body that WeChat might have sent.
fn text(body: &str) -> Script {
    Script::raw(200, Some("text/plain"), body)
}

/// The page of a web server.
fn html(status: u16) -> Script {
    let body = format!("<html>\r\n<head><title>{status}</title></head>\r\n<body>nginx</body>\r\n</html>\r\n");
    Script::raw(status, Some("text/html"), body)
}

/// The page of an API gateway. Its member `code` is nobody's error number.
fn status_json(status: u16) -> Script {
    Script::raw(
        status,
        Some("application/json"),
        format!(r#"{{"message":"request failed","status":{status}}}"#),
    )
}

/// A success with these members.
fn with(members: &[(&str, Value)]) -> Script {
    without("", members)
}

/// A success without one member and with others.
fn without(name: &str, members: &[(&str, Value)]) -> Script {
    let set = members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Script::success(SuccessShape { set, without: vec![name.to_owned()], ..SuccessShape::default() })
}

/// A success whose session key has slashes; those of most people's own have none.
fn slashes(slash_escape: bool) -> Script {
    let set = vec![("session_key".to_owned(), json!("//Slash/In/The/Key///w=="))];
    Script::success(SuccessShape { slash_escape, set, ..SuccessShape::default() })
}

fn gzip(spelling: Spelling) -> Script {
    Script::normal().spelled(spelling).with_field("content-encoding", "gzip")
}

fn carried(wire: Wire) -> Script {
    Script::normal().carried(wire)
}

fn stops(place: Place, ending: Ending) -> Script {
    carried(Wire::stops(place, ending))
}

fn framed(framing: Framing) -> Script {
    carried(Wire::framed(framing))
}
