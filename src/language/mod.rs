//! In which language is it said?
//!
//! The sources speak English. A text that a person reads stands in `tr!`, as with gettext: the English is the key,
//! `locales/` has the Chinese, and what is missing there is said in English. A text that is written down before
//! anybody knows the language, as a constant is, stands in `mark!` and is translated where it is shown, by
//! [`translated`].
//!
//! A process speaks one language, and its first steps decide which. What programs compare is English in every
//! language: requirement IDs, titles of scenarios in a record, keys and words of the machine formats.

mod catalogue;
mod choice;
mod lines;

pub use choice::{Language, UnknownLanguage};
pub(crate) use lines::separator;

use std::sync::atomic::{AtomicBool, Ordering};

use catalogue::Chinese;

/// Marks a text that [`translated`] will be given. It changes nothing; whoever collects the texts finds it by this.
macro_rules! mark {
    ($text:literal) => {
        $text
    };
}

/// Whether the process speaks Chinese.
static CHINESE: AtomicBool = AtomicBool::new(false);

/// Lets this process speak a language from here on. `features` are the texts of the feature files, in English and in
/// that language; they are kept beside their twins and not in `locales/`.
///
/// It is meant to be called once, before anything is said: what was said before stays as it is.
pub fn speak(language: Language, features: Vec<(String, String)>) {
    match language {
        Language::English => tr::unset_translator!(),
        Language::Chinese => tr::set_translator!(Chinese::embedded().with(features)),
    }
    CHINESE.store(language == Language::Chinese, Ordering::Relaxed);
}

/// Returns the language that the process speaks.
#[must_use]
pub fn spoken() -> Language {
    if CHINESE.load(Ordering::Relaxed) { Language::Chinese } else { Language::English }
}

/// Returns a text that was marked, or that stands in a feature file, in the language of the process.
#[must_use]
pub fn translated(text: &str) -> String {
    tr!(text)
}
