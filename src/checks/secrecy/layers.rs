//! Going through a text and everything that is hidden in it by encodings.
//!
//! Each text is a layer; what one decoding makes of a layer is another one below it. The work is bounded by a
//! budget that grows with the length of the first layer, so whatever stands in an answer, the time to look
//! through it is linear.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::inflate::{self, Format};
use super::runs::{self, Decoded, Sextets};
use super::unescape;
use crate::language::translated;

/// How many encodings within each other are followed. Two are common, such as a JSON text in a JWT; three occur.
const DEPTH: usize = 4;

/// Down to which depth a text is also read backwards.
const DEPTH_OF_REVERSAL: usize = 1;

/// How many bytes are gone through for each byte of the first layer, and how many however short it is.
const BUDGET_PER_BYTE: usize = 64;
const BUDGET: usize = 1024 * 1024;

/// How many streams that show their mark are unpacked, besides one for each kilobyte of the first layer. Noise shows a
/// mark every sixteen kilobytes.
const MARKED: usize = 256;

/// How often it is tried whether something is a stream without a mark. It is worth a try where something begins;
/// a page may have ten thousand such places, and starting a decompressor costs as much as reading some kilobytes.
const UNMARKED: usize = 64;

/// One way in which bytes were hidden.
#[derive(Clone, Debug)]
enum Decoding<'a> {
    /// Nothing was done: the first layer.
    None,
    /// Escapes were taken back.
    Unescaped,
    /// The text was turned round.
    Reversed,
    /// Everything but the texts was left out.
    Texts(&'a Decoded),
    /// Runs of the layer above were decoded.
    Runs(&'static str, &'a Decoded),
    /// Compressed bytes were unpacked; they began at this place of the layer above.
    Unpacked(Format, usize),
}

/// A text that is gone through.
#[derive(Debug)]
pub(super) struct Layer<'a> {
    pub(super) bytes: &'a [u8],
    above: Option<&'a Layer<'a>>,
    decoding: Decoding<'a>,
    depth: usize,
}

impl Layer<'_> {
    /// Returns where in the first layer the bytes at a place of this one come from, and the names of the
    /// decodings in the order they were made.
    pub(super) fn trace(&self, place: usize, length: usize) -> (usize, Vec<&'static str>) {
        let Some(above) = self.above else { return (place, Vec::new()) };
        let (place_above, names) = match &self.decoding {
            Decoding::None => (place, Vec::new()),
            Decoding::Unescaped => {
                let (start, escapes) = unescape::origin(above.bytes, place, length);
                (start, escapes.into_iter().map(unescape::Escape::name).collect())
            }
            Decoding::Reversed => {
                (above.bytes.len().saturating_sub(place).saturating_sub(length), vec![mark!("reversed")])
            }
            Decoding::Texts(texts) => (texts.place(place), Vec::new()),
            Decoding::Runs(name, decoded) => (decoded.origin(place), vec![*name]),
            Decoding::Unpacked(format, start) => (*start, vec![format.name()]),
        };
        // How long the bytes are in the layer above is not known; what surrounds them is escaped alike.
        let (origin, mut chain) = above.trace(place_above, length * 4);
        chain.extend(names);
        (origin, chain)
    }

    /// Tells whether the text was turned round on the way to this layer.
    fn is_reversed(&self) -> bool {
        matches!(self.decoding, Decoding::Reversed) || self.above.is_some_and(Layer::is_reversed)
    }
}

/// Goes through a text and everything below it.
pub(super) struct Walk<'v> {
    /// The least number of bytes that anybody looks for.
    shortest: usize,
    budget: usize,
    marked: usize,
    unmarked: usize,
    seen: HashSet<u64>,
    exhausted: bool,
    visit: &'v mut dyn FnMut(&Layer<'_>),
}

impl<'v> Walk<'v> {
    /// Goes through these bytes, showing each layer to `visit`. Returns false when the budget ended before the
    /// work did.
    pub(super) fn through(bytes: &[u8], shortest: usize, visit: &'v mut dyn FnMut(&Layer<'_>)) -> bool {
        let mut walk = Self {
            shortest,
            budget: bytes.len().saturating_mul(BUDGET_PER_BYTE).saturating_add(BUDGET),
            marked: MARKED + bytes.len() / 1024,
            unmarked: UNMARKED,
            seen: HashSet::new(),
            exhausted: false,
            visit,
        };
        walk.enter(&Layer { bytes, above: None, decoding: Decoding::None, depth: 0 });
        !walk.exhausted
    }

    fn enter(&mut self, layer: &Layer<'_>) {
        // Too short to hold anything, or seen before by way of another order of the same decodings.
        if layer.bytes.len() < self.shortest || !self.seen.insert(fingerprint(layer.bytes)) {
            return;
        }
        let Some(left) = self.budget.checked_sub(layer.bytes.len()) else {
            self.exhausted = true;
            return;
        };
        self.budget = left;
        (self.visit)(layer);
        if layer.depth < DEPTH {
            self.descend(layer);
        }
    }

    fn descend(&mut self, layer: &Layer<'_>) {
        let spans = runs::text_spans(layer.bytes, self.shortest);
        if spans.first().is_some_and(|span| *span == (0, layer.bytes.len())) {
            self.read(layer);
            return;
        }
        if !spans.is_empty() {
            // The texts in something that is not all text are a layer of their own, so that a word in a picture
            // does not make a text of the whole picture.
            let texts = runs::joined(layer.bytes, &spans);
            let (above, decoding) = (Some(layer), Decoding::Texts(&texts));
            self.read(&Layer { bytes: &texts.bytes, above, decoding, depth: layer.depth });
        }
        self.enter_runs(layer, "UTF-16", &runs::wide(layer.bytes, self.shortest));
        self.unpack(layer);
    }

    /// Undoes whatever a text can be an encoding of.
    fn read(&mut self, layer: &Layer<'_>) {
        // First, because a character written as a number is an escape before it is a list.
        if let Some(bytes) = unescape::unescaped(layer.bytes) {
            self.enter_below(layer, &bytes, Decoding::Unescaped);
        }
        self.texts(layer);
        if layer.depth <= DEPTH_OF_REVERSAL && !layer.is_reversed() {
            let bytes: Vec<u8> = layer.bytes.iter().rev().copied().collect();
            self.enter_below(layer, &bytes, Decoding::Reversed);
        }
    }

    /// Decodes what stands in a text as base64, hexadecimal or a list of numbers.
    fn texts(&mut self, layer: &Layer<'_>) {
        let spans = &runs::text_spans(layer.bytes, self.shortest);
        let sextets = Sextets::gather(layer.bytes, spans, self.shortest);
        if !sextets.is_empty() {
            for skipped in 0..4 {
                self.enter_runs(layer, "base64", &sextets.decode(skipped));
            }
        }
        drop(sextets);
        for decoded in runs::hexadecimal(layer.bytes, spans, self.shortest) {
            self.enter_runs(layer, mark!("hexadecimal"), &decoded);
        }
        for decoded in runs::numbers(layer.bytes, spans, self.shortest) {
            self.enter_runs(layer, mark!("a list of numbers"), &decoded);
        }
    }

    /// Unpacks what begins with the mark of a format, and tries the formats without one where something begins.
    fn unpack(&mut self, layer: &Layer<'_>) {
        let starts: Vec<usize> = match layer.decoding {
            Decoding::None | Decoding::Unpacked(..) | Decoding::Unescaped => vec![0],
            Decoding::Runs(_, decoded) => decoded.starts.clone(),
            Decoding::Texts(_) | Decoding::Reversed => Vec::new(),
        };
        for (start, format) in inflate::marks(layer.bytes) {
            if self.marked == 0 {
                self.exhausted = true;
                break;
            }
            self.marked -= 1;
            self.enter_unpacked(layer, format, start);
        }
        for start in starts {
            let text = |bytes: &[u8]| bytes.iter().take(self.shortest).all(|byte| runs::is_text(*byte));
            if self.unmarked > 0 && !text(&layer.bytes[start..]) {
                self.unmarked -= 1;
                for format in Format::UNMARKED {
                    self.enter_unpacked(layer, format, start);
                }
            }
        }
    }

    fn enter_unpacked(&mut self, layer: &Layer<'_>, format: Format, start: usize) {
        let bytes = inflate::unpacked(format, &layer.bytes[start..], self.budget);
        self.budget = self.budget.saturating_sub(bytes.len());
        self.enter_below(layer, &bytes, Decoding::Unpacked(format, start));
    }

    fn enter_runs(&mut self, layer: &Layer<'_>, name: &'static str, decoded: &Decoded) {
        self.enter_below(layer, &decoded.bytes, Decoding::Runs(name, decoded));
    }

    fn enter_below(&mut self, above: &Layer<'_>, bytes: &[u8], decoding: Decoding<'_>) {
        self.enter(&Layer { bytes, above: Some(above), decoding, depth: above.depth + 1 });
    }
}

/// Says how a text was spelled, given the names of what was undone, the outermost first.
pub(super) fn spelled(chain: &[&str]) -> String {
    if chain.is_empty() {
        return tr!("as it is");
    }
    chain.iter().map(|name| translated(name)).collect::<Vec<_>>().join(" → ")
}

fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
