//! What stands in a text that nobody sees at sight, and is brought to light by taking the text apart?

use std::sync::Arc;

use super::redact::MASK;

/// What ends a piece of a text that was encoded as one: the quotation marks around a text in JSON, the brackets around
/// one in HTML.
const ENDS: [char; 3] = ['"', '<', '>'];

/// Takes a text apart, and says what a record calls the first thing in it that must not be shown.
pub type Finder = Arc<dyn Fn(&str) -> Option<&'static str> + Send + Sync>;

/// Returns a text with a mask in the place of every piece in which something is found. Where it is found only in several
/// pieces together, nothing of the text is shown.
pub(super) fn without_hidden(text: String, find: &Finder) -> String {
    let Some(label) = find(&text) else { return text };
    let masked: String = text.split_inclusive(ENDS).map(|piece| masked(piece, find)).collect();
    if find(&masked).is_some() { mask(label) } else { masked }
}

/// Returns a piece, or a mask and the end of the piece if something is found in it.
fn masked(piece: &str, find: &Finder) -> String {
    let within = piece.trim_end_matches(ENDS);
    match find(within) {
        // The backslash before a quotation mark belongs to the mark.
        Some(label) => mask(label) + &piece[within.trim_end_matches('\\').len()..],
        None => piece.to_owned(),
    }
}

fn mask(label: &str) -> String {
    format!("{MASK}{label}{MASK}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Finder, without_hidden};

    /// Finds each of these words.
    fn finder(words: &'static [&'static str]) -> Finder {
        Arc::new(move |text| words.iter().find(|word| text.contains(**word)).map(|_| "session_key"))
    }

    #[test]
    fn the_pieces_are_masked_in_which_something_is_found() {
        let find = finder(&["k1", "k2"]);
        for (text, shown) in [
            ("nothing", "nothing"),
            (r#"["xk1x","y","k2"]"#, r#"["***session_key***","y","***session_key***"]"#),
            (r#"{"a":"{\"c\":\"1 k1 2\"}"}"#, r#"{"a":"{\"c\":\"***session_key***\"}"}"#),
            ("<p>é k1\nk2</p>é", "<p>***session_key***</p>é"),
            ("1 k1\n2", "***session_key***"),
        ] {
            assert_eq!(without_hidden(text.to_owned(), &find), shown, "{text}");
        }
    }

    #[test]
    fn nothing_is_shown_of_a_text_in_which_something_is_found_only_as_a_whole() {
        assert_eq!(without_hidden("k\"1".to_owned(), &finder(&["k\"1"])), "***session_key***");
    }
}
