//! What comes of playing a script?

use super::phone::Phone;
use super::script::{Event, Script, ScriptError};
use super::storage::Storage;
use super::trace::{Trace, TracedRequest, TracedStage};
use super::transport::Transport;
use super::wx::Platform;
use crate::expiry::{JsString, Object, Value};

/// Who mints the codes of `wx.login` when the script does not list them; `None` makes `wx.login` fail.
pub type CodeSource<'a> = &'a mut (dyn FnMut() -> Option<Value> + Send);

/// What a phone did and what it remembers at the end.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// What the phone did.
    pub trace: Trace,
    /// What it remembers.
    pub storage: Storage,
}

/// Reads a script, plays it against a backend and returns what happened as a JSON text.
///
/// Nothing is redacted: the text holds codes, openids and tokens.
///
/// # Errors
///
/// The script cannot be read, or leaves the codes to a source that is not there. A backend that does not
/// answer is no error; the output says so.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wxconform::miniprogram::{Transport, simulate};
///
/// let transport = Transport::new(std::time::Instant::now())?;
/// let script = r#"{"codes": [], "events": [{"event": "launch", "session": "expired", "now_ms": 0}]}"#;
/// assert_eq!(
///     simulate(script, "http://127.0.0.1:8080", &transport, None).await?,
///     r#"{"requests":[],"events":[],"stages":[{"stage":"login","outcome":"rejected"}],"storage":{}}"#
/// );
/// # Ok(())
/// # }
/// ```
pub async fn simulate(
    script: &str,
    backend: &str,
    transport: &Transport,
    codes: Option<CodeSource<'_>>,
) -> Result<String, ScriptError> {
    Ok(play(Script::parse(script)?, backend, transport, codes).await?.to_json())
}

/// Plays a script against a backend.
///
/// # Errors
///
/// The script leaves the codes to a source that is not there.
pub async fn play(
    script: Script,
    backend: &str,
    transport: &Transport,
    codes: Option<CodeSource<'_>>,
) -> Result<Output, ScriptError> {
    let codes = match (script.codes, codes) {
        (Some(listed), _) => Codes::Listed(listed.into_iter()),
        (None, Some(source)) => Codes::Minted(source),
        (None, None) => return Err(ScriptError::NoCodes),
    };
    let mut wechat = ScriptedWechat { session_valid: false, codes };
    let mut phone = Phone::new(backend, transport.clone(), "phone");
    *phone.storage_mut() = Storage::new(script.storage);
    for event in script.events {
        match event {
            Event::Launch { session_valid, now } => {
                wechat.session_valid = session_valid;
                phone.launch(&mut wechat, now).await;
            }
            Event::Show { now } => phone.show(now).await,
        }
        // The output shows none of the bodies, so a long script must not gather them.
        drop(phone.take_exchanges());
    }
    Ok(Output { trace: phone.trace().clone(), storage: phone.storage().clone() })
}

/// WeChat on the phone, as the script has it.
struct ScriptedWechat<'a> {
    session_valid: bool,
    codes: Codes<'a>,
}

enum Codes<'a> {
    Listed(std::vec::IntoIter<Value>),
    Minted(CodeSource<'a>),
}

impl Platform for ScriptedWechat<'_> {
    fn check_session(&mut self) -> bool {
        self.session_valid
    }

    fn login(&mut self) -> Option<Value> {
        match &mut self.codes {
            Codes::Listed(codes) => codes.next(),
            Codes::Minted(source) => source(),
        }
    }
}

impl Output {
    /// Returns the output as a JSON text in one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        let Trace { requests, events, stages } = &self.trace;
        let output = object([
            ("requests", requests.iter().map(request).collect::<Vec<_>>().into()),
            ("events", events.iter().map(|event| Value::from(event.as_str())).collect::<Vec<_>>().into()),
            ("stages", stages.iter().copied().map(stage).collect::<Vec<_>>().into()),
            ("storage", self.storage.entries().clone().into()),
        ]);
        output.to_json().unwrap_or_default()
    }
}

fn request(traced: &TracedRequest) -> Value {
    let asked = &traced.asked;
    let text = |text: &JsString| Value::from(text.clone());
    let mut fields = vec![
        ("method", Value::from(asked.method.as_str())),
        ("path", Value::from(asked.path.as_str())),
        ("query", Value::from(asked.query.as_str())),
        ("authorization", asked.authorization.as_ref().map_or(Value::Null, text)),
        ("content_type", text(&asked.content_type)),
        ("body", text(&asked.body)),
        ("status", traced.status.map_or(Value::Null, |status| Value::from(f64::from(status)))),
    ];
    if traced.callback_threw {
        fields.push(("callback_threw", Value::from(true)));
    }
    object(fields)
}

fn stage(traced: TracedStage) -> Value {
    object([("stage", traced.stage.as_str().into()), ("outcome", traced.outcome.as_str().into())])
}

fn object(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let mut object = Object::default();
    for (key, value) in fields {
        object.set(key, value);
    }
    Value::from(object)
}
