//! What does a script throw?

/// An exception of JavaScript.
///
/// The name and the message are those of the engine a mini program runs in, so that a report shows what a
/// developer would see in the console.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsError {
    /// A value has the wrong kind: a property is read from `undefined`, an object has no primitive value.
    #[error("TypeError: {0}")]
    TypeError(String),
    /// A string cannot be put into a URL.
    #[error("URIError: {0}")]
    UriError(String),
}
