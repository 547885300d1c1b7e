//! What is said in Chinese for an English text?

use std::borrow::Cow;
use std::collections::HashMap;

/// The catalogues, one for each part of the sources, in the format of gettext.
macro_rules! embed {
    ($($name:literal),+ $(,)?) => {
        &[$(include_str!(concat!("../../locales/zh-CN/", $name, ".po"))),+]
    };
}

/// Every catalogue of Chinese.
const CHINESE: &[&str] = embed![
    "backend",
    "checks",
    "cli",
    "expiry",
    "help",
    "language",
    "miniprogram",
    "record",
    "reference",
    "report",
    "standin",
    "suite"
];

/// The Chinese texts by the English ones.
#[derive(Debug, Default)]
pub(super) struct Chinese {
    texts: HashMap<String, String>,
}

impl Chinese {
    /// Reads the catalogues that are part of the program. A test reads them too, so each of them can be read.
    pub(super) fn embedded() -> Self {
        let mut chinese = Self::default();
        for catalogue in CHINESE {
            chinese.read(catalogue);
        }
        chinese
    }

    /// Adds texts that no catalogue has.
    pub(super) fn with(mut self, pairs: Vec<(String, String)>) -> Self {
        self.texts.extend(pairs);
        self
    }

    /// Reads a catalogue. Where it cannot be read, or has no translation, the English remains.
    fn read(&mut self, catalogue: &str) {
        let Ok(catalogue) = polib::po_file::parse_from_reader(catalogue.as_bytes()) else { return };
        for message in catalogue.messages().filter(|message| message.is_translated()) {
            // Chinese has one form for every number.
            let translation = if message.is_plural() {
                message.msgstr_plural().ok().and_then(|forms| forms.first().cloned())
            } else {
                message.msgstr().ok().map(str::to_owned)
            };
            let Some(translation) = translation else { continue };
            self.texts.insert(key(message.msgctxt(), message.msgid()).into_owned(), translation);
        }
    }
}

impl tr::Translator for Chinese {
    fn translate<'a>(&'a self, text: &'a str, context: Option<&'a str>) -> Cow<'a, str> {
        self.texts.get(key(context, text).as_ref()).map_or(Cow::Borrowed(text), |found| Cow::Borrowed(found))
    }

    fn ntranslate<'a>(
        &'a self,
        number: u64,
        singular: &'a str,
        plural: &'a str,
        context: Option<&'a str>,
    ) -> Cow<'a, str> {
        match self.texts.get(key(context, singular).as_ref()) {
            Some(found) => Cow::Borrowed(found),
            None => Cow::Borrowed(if number == 1 { singular } else { plural }),
        }
    }
}

/// Returns what a text is found by: itself, or with a context both of them, as gettext joins them.
fn key<'a>(context: Option<&str>, text: &'a str) -> Cow<'a, str> {
    match context {
        None | Some("") => Cow::Borrowed(text),
        Some(context) => Cow::Owned(format!("{context}\u{4}{text}")),
    }
}

#[cfg(test)]
mod tests {
    use tr::Translator as _;

    use super::{CHINESE, Chinese};

    const HEAD: &str = "msgid \"\"\nmsgstr \"\"\n\"Language: zh_CN\\n\"\n\"MIME-Version: 1.0\\n\"\n\
        \"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Content-Transfer-Encoding: 8bit\\n\"\n\
        \"Plural-Forms: nplurals=1; plural=0;\\n\"\n\n";

    fn chinese(messages: &str) -> Chinese {
        let mut chinese = Chinese::default();
        chinese.read(&format!("{HEAD}{messages}"));
        chinese
    }

    #[test]
    fn a_text_is_found_and_a_missing_one_stays_english() {
        let chinese = chinese("msgid \"kept\"\nmsgstr \"符合\"\n\nmsgid \"open\"\nmsgstr \"\"\n");
        assert_eq!(chinese.translate("kept", None), "符合");
        assert_eq!(chinese.translate("open", None), "open");
        assert_eq!(chinese.translate("elsewhere", None), "elsewhere");
    }

    #[test]
    fn a_context_tells_equal_texts_apart() {
        let chinese =
            chinese("msgctxt \"verb\"\nmsgid \"open\"\nmsgstr \"打开\"\n\nmsgid \"open\"\nmsgstr \"开着\"\n");
        assert_eq!(chinese.translate("open", Some("verb")), "打开");
        assert_eq!(chinese.translate("open", None), "开着");
    }

    #[test]
    fn chinese_has_one_form_for_every_number() {
        let chinese = chinese("msgid \"one call\"\nmsgid_plural \"{n} calls\"\nmsgstr[0] \"{n} 次调用\"\n");
        assert_eq!(chinese.ntranslate(1, "one call", "{n} calls", None), "{n} 次调用");
        assert_eq!(chinese.ntranslate(2, "one call", "{n} calls", None), "{n} 次调用");
        assert_eq!(chinese.ntranslate(1, "one time", "{n} times", None), "one time");
        assert_eq!(chinese.ntranslate(0, "one time", "{n} times", None), "{n} times");
    }

    #[test]
    fn every_embedded_catalogue_can_be_read() {
        for catalogue in CHINESE {
            let read = polib::po_file::parse_from_reader(catalogue.as_bytes());
            assert!(read.is_ok_and(|read| read.count() > 0), "{}", &catalogue[..80]);
        }
    }
}
