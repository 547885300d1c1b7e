//! In which spellings does a secret travel?
//!
//! Backends leak secrets as they are, escaped or encoded. What takes a secret out of a record has to know every
//! spelling that can be turned back at sight; what searches for leaks undoes encodings instead, and finds these among
//! others. What is written letter by letter or in numbers has no spelling here: it is read where it stands.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};

/// Decodes base64 of either alphabet as forgivingly as real decoders do.
const FORGIVING: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
/// The standard alphabet, read forgivingly.
pub(crate) const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, FORGIVING);

/// Returns the spellings of a secret, each with its name. The longest come first where one contains another.
pub(crate) fn spellings_of(key: &str) -> Vec<(String, &'static str)> {
    // Padding is what every re-encoding drops first, and without it the text is still unmistakable.
    let bare = key.trim_end_matches('=');
    let url_safe = bare.replace('+', "-").replace('/', "_");
    let percent = |upper: bool| {
        let (plus, slash) = if upper { ("%2B", "%2F") } else { ("%2b", "%2f") };
        bare.replace('+', plus).replace('/', slash)
    };
    let mut found = vec![
        (bare.to_owned(), "as it is"),
        (bare.replace('/', "\\/"), "escaped for JSON"),
        (bare.replace('/', "\\u002f").replace('+', "\\u002b"), "escaped for JSON"),
        (bare.replace('/', "\\u002F").replace('+', "\\u002B"), "escaped for JSON"),
        (percent(true), "percent-encoded"),
        (percent(false), "percent-encoded"),
        (bare.replace('/', "&#x2F;").replace('+', "&#x2B;"), "escaped for HTML"),
        (bare.replace('/', "&#47;").replace('+', "&#43;"), "escaped for HTML"),
        (bare.replace('/', "&sol;").replace('+', "&plus;"), "escaped for HTML"),
        (bare.replace('/', "&sol;").replace('+', "&#x2B;"), "escaped for HTML"),
        (bare.chars().rev().collect(), "reversed"),
        (url_safe.chars().rev().collect(), "reversed"),
        (url_safe, "in the URL-safe alphabet"),
    ];
    for text in aligned_base64(bare.as_bytes()) {
        found.push((text.chars().rev().collect(), "base64 of its text, reversed"));
        found.push((text.replace('+', "-").replace('/', "_"), "base64 of its text"));
        found.push((text, "base64 of its text"));
    }
    found
}

/// Returns the characters that base64 gives a text at each of the three alignments, without those at
/// either end that its neighbours influence.
pub(super) fn aligned_base64(text: &[u8]) -> impl Iterator<Item = String> + use<> {
    let text = text.to_vec();
    (0..3_usize).map(move |lead| {
        let padded = [&[0; 2][..lead], &text].concat();
        let whole = general_purpose::STANDARD_NO_PAD.encode(&padded);
        let settled = padded.len() * 8 / 6;
        let first = (lead * 8).div_ceil(6);
        whole.chars().take(settled).skip(first).collect()
    })
}
