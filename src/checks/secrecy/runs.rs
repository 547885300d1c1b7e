//! Finding what may be bytes written as text: base64, hexadecimal, lists of numbers, UTF-16.
//!
//! All finds of one kind in a layer are decoded into one text, so that a page with ten thousand words costs as
//! much as one long word. Each find is a segment of that text, with the place where it stood.

/// Bytes that were written as text, decoded, and where each part of them stood.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    /// The start of each segment: in `bytes`, and in what was decoded.
    pub(super) segments: Vec<(usize, usize)>,
    /// Where in `bytes` something may begin: at each segment, and where a long word follows on a short one.
    pub(super) starts: Vec<usize>,
}

impl Decoded {
    /// Returns where the segment that holds this place stood.
    pub(super) fn origin(&self, place: usize) -> usize {
        let after = self.segments.partition_point(|(start, _)| *start <= place);
        self.segments.get(after.saturating_sub(1)).map_or(0, |(_, origin)| *origin)
    }

    /// Returns where this very place stood, in segments that were only copied.
    pub(super) fn place(&self, place: usize) -> usize {
        let after = self.segments.partition_point(|(start, _)| *start <= place);
        let segment = self.segments.get(after.saturating_sub(1));
        segment.map_or(place, |(start, origin)| origin + place.saturating_sub(*start))
    }

    /// Begins a segment; what precedes it must not be joined to it.
    fn begin(&mut self, origin: usize) {
        if !self.bytes.is_empty() {
            self.bytes.push(0);
        }
        self.segments.push((self.bytes.len(), origin));
        self.starts.push(self.bytes.len());
    }
}

/// The value of each byte as a base64 digit of either alphabet of RFC 4648.
const SEXTETS: [Option<u8>; 256] = sextets();

#[expect(clippy::as_conversions, reason = "a constant cannot call From, and nothing here exceeds 255")]
#[expect(clippy::cast_possible_truncation, reason = "a table of 256 entries")]
const fn sextets() -> [Option<u8>; 256] {
    let mut table = [None; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            upper @ b'A'..=b'Z' => Some(upper - b'A'),
            lower @ b'a'..=b'z' => Some(lower - b'a' + 26),
            digit @ b'0'..=b'9' => Some(digit - b'0' + 52),
            b'+' | b'-' => Some(62),
            b'/' | b'_' => Some(63),
            _ => None,
        };
        byte += 1;
    }
    table
}

/// Tells whether a byte occurs in texts; line breaks and tabs do.
pub(super) const fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}

/// Returns the spans of text that are at least so long; what is written as text stands nowhere else.
///
/// Bytes that mean nothing as text hold no long span, and most of them are not even looked at.
pub(super) fn text_spans(bytes: &[u8], shortest: usize) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    let step = shortest.max(1);
    let mut probe = step - 1;
    let mut floor = 0;
    while probe < bytes.len() {
        if !is_text(bytes[probe]) {
            floor = probe;
            probe += step;
            continue;
        }
        let before = bytes[floor..probe].iter().rev().take_while(|byte| is_text(**byte)).count();
        let after = bytes[probe..].iter().take_while(|byte| is_text(**byte)).count();
        let (start, end) = (probe - before, probe + after);
        if end - start >= step {
            spans.push((start, end));
        }
        floor = end;
        probe = end + step;
    }
    spans
}

/// Returns the spans, one after the other.
pub(super) fn joined(bytes: &[u8], spans: &[(usize, usize)]) -> Decoded {
    let mut found = Decoded::default();
    for (from, to) in spans {
        found.begin(*from);
        found.bytes.extend_from_slice(&bytes[*from..*to]);
    }
    found
}

/// Digits of a base64 text, gathered before it is known where its groups of four begin.
#[derive(Debug, Default)]
pub(super) struct Sextets {
    values: Vec<u8>,
    /// Where each run starts and ends in `values`, and where it stood.
    runs: Vec<(usize, usize, usize)>,
    /// Where in `values` a long word follows on a short one.
    words: Vec<usize>,
}

/// Notes where words begin, to tell the one that is not part of what stands before it.
#[derive(Clone, Copy, Debug, Default)]
struct Words {
    begin: usize,
    after_short: bool,
}

impl Words {
    /// Ends a word here, and returns where it began if it is a long one that follows on a short one.
    fn end(&mut self, here: usize, long: usize) -> Option<usize> {
        let length = here - self.begin;
        let found = (length >= long && self.after_short).then_some(self.begin);
        if length > 0 {
            (self.begin, self.after_short) = (here, length < long);
        }
        found
    }
}

impl Sextets {
    /// Gathers the runs that hold at least so many bytes. White space within a run does not end it, since long
    /// base64 is written in lines.
    pub(super) fn gather(bytes: &[u8], spans: &[(usize, usize)], shortest: usize) -> Self {
        let mut found = Self::default();
        let digits = (shortest * 8).div_ceil(6);
        for (from, to) in spans {
            let mut first = found.values.len();
            let mut origin = *from;
            let mut words = Words { begin: first, after_short: false };
            for (at, byte) in bytes.iter().enumerate().take(*to).skip(*from) {
                if let Some(value) = SEXTETS[usize::from(*byte)] {
                    if found.values.len() == first {
                        origin = at;
                    }
                    found.values.push(value);
                } else {
                    found.words.extend(words.end(found.values.len(), digits));
                    if !byte.is_ascii_whitespace() {
                        first = found.end(first, origin, digits);
                        words = Words { begin: first, after_short: false };
                    }
                }
            }
            found.words.extend(words.end(found.values.len(), digits));
            found.end(first, origin, digits);
        }
        found
    }

    /// Keeps the run that began at `first`, or forgets it when it is too short; the next one begins after it.
    fn end(&mut self, first: usize, origin: usize, digits: usize) -> usize {
        if self.values.len() - first < digits {
            self.values.truncate(first);
        } else {
            self.runs.push((first, self.values.len(), origin));
        }
        self.values.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Decodes every run, passing over its first `skipped` digits.
    pub(super) fn decode(&self, skipped: usize) -> Decoded {
        let mut decoded = Decoded { bytes: Vec::with_capacity(self.values.len()), ..Decoded::default() };
        let mut words = self.words.iter().peekable();
        for (from, to, origin) in &self.runs {
            decoded.begin(*origin);
            // What is packed begins where the base64 does. Trying to unpack is dear, and what comes of the other
            // three alignments begins in the middle of something.
            if skipped > 0 {
                decoded.starts.pop();
            }
            let begin = decoded.bytes.len();
            while let Some(word) = words.next_if(|word| *word < to) {
                let digits = word.saturating_sub(from + skipped);
                if digits > 0 && digits % 4 == 0 {
                    decoded.starts.push(begin + digits / 4 * 3);
                }
            }
            let digits = self.values.get(from + skipped..*to).unwrap_or_default();
            for group in digits.chunks(4) {
                let digit = |index: usize| group.get(index).copied().unwrap_or_default();
                let (a, b, c, d) = (digit(0), digit(1), digit(2), digit(3));
                let three = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
                decoded.bytes.extend_from_slice(&three[..group.len() - 1]);
            }
        }
        decoded
    }
}

/// Decodes hexadecimal of at least so many bytes, of both ways to pair the digits of each run.
///
/// Between two pairs there may be a little of anything that is no letter, and `0x` or `\x`: `de:ad`, `de ad`,
/// `["de","ad"]`, `\xde\xad`.
pub(super) fn hexadecimal(bytes: &[u8], spans: &[(usize, usize)], shortest: usize) -> [Decoded; 2] {
    let mut found = [Decoded::default(), Decoded::default()];
    let mut run = HexRun::default();
    for (from, to) in spans {
        for (at, byte) in bytes.iter().enumerate().take(*to).skip(*from) {
            match char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()) {
                Some(digit) => run.digit(digit, at, shortest, &mut found),
                None if matches!(byte, b'x' | b'X') => run.prefix(shortest, &mut found),
                None if byte.is_ascii_alphanumeric() => run.end(shortest, &mut found),
                None => run.gap(*byte, shortest, &mut found),
            }
        }
        run.end(shortest, &mut found);
    }
    found
}

/// How much may stand between two pairs of digits, white space aside.
const LONGEST_GAP: usize = 4;

/// A run of hexadecimal digits that is being read.
#[derive(Debug, Default)]
struct HexRun {
    digits: Vec<u8>,
    origin: usize,
    /// How many digits stand together at the end.
    together: usize,
    gap: usize,
    words: Words,
    /// Where in `digits` a long word follows on a short one.
    starts: Vec<usize>,
}

impl HexRun {
    fn digit(&mut self, digit: u8, at: usize, shortest: usize, found: &mut [Decoded; 2]) {
        if self.gap > LONGEST_GAP {
            self.end(shortest, found);
        }
        if self.digits.is_empty() {
            self.origin = at;
        }
        self.digits.push(digit);
        self.together += 1;
        self.gap = 0;
    }

    /// Takes back the zero of `0x`, or ends the run at any other `x` that follows a digit.
    fn prefix(&mut self, shortest: usize, found: &mut [Decoded; 2]) {
        match (self.together, self.digits.last()) {
            (0, _) => {}
            (1, Some(0)) => {
                self.digits.pop();
                self.together = 0;
            }
            _ => self.end(shortest, found),
        }
    }

    fn gap(&mut self, byte: u8, shortest: usize, found: &mut [Decoded; 2]) {
        self.starts.extend(self.words.end(self.digits.len(), shortest * 2));
        // A digit alone is no half of a byte: it begins nothing and continues nothing.
        if self.together % 2 == 1 && self.together < self.digits.len() {
            self.end(shortest, found);
        }
        self.together = 0;
        self.gap += usize::from(!byte.is_ascii_whitespace());
    }

    fn end(&mut self, shortest: usize, found: &mut [Decoded; 2]) {
        self.starts.extend(self.words.end(self.digits.len(), shortest * 2));
        if self.digits.len() >= shortest * 2 {
            for (skipped, decoded) in found.iter_mut().enumerate() {
                decoded.begin(self.origin);
                let begin = decoded.bytes.len();
                let aligned = self.starts.iter().filter(|start| *start % 2 == skipped && **start > 1);
                decoded.starts.extend(aligned.map(|start| begin + (start - skipped) / 2));
                let pairs = self.digits[skipped..].chunks_exact(2);
                decoded.bytes.extend(pairs.map(|pair| pair[0] << 4 | pair[1]));
            }
        }
        self.digits.clear();
        self.starts.clear();
        (self.together, self.gap, self.words) = (0, 0, Words::default());
    }
}

/// Decodes lists of at least so many numbers from -128 to 255: all of them, and those at even and at odd places,
/// since a list may be written with its indices.
pub(super) fn numbers(bytes: &[u8], spans: &[(usize, usize)], shortest: usize) -> [Decoded; 3] {
    let mut found = [Decoded::default(), Decoded::default(), Decoded::default()];
    let mut values: Vec<u8> = Vec::new();
    let mut end = |values: &mut Vec<u8>, origin: usize| {
        if values.len() >= shortest {
            let [all, even, odd] = &mut found;
            all.begin(origin);
            all.bytes.extend_from_slice(values);
            if values.len() >= shortest * 2 {
                for (one, skipped) in [(even, 0), (odd, 1)] {
                    one.begin(origin);
                    one.bytes.extend(values.iter().skip(skipped).step_by(2));
                }
            }
        }
        values.clear();
    };
    for (from, to) in spans {
        let (mut at, mut origin, mut gap) = (*from, *from, 0);
        while at < *to {
            // A hyphen behind a digit stands between two numbers.
            let behind =
                at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(u8::is_ascii_digit);
            let negative = bytes[at] == b'-' && !behind && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            if negative || bytes[at].is_ascii_digit() {
                let start = at + usize::from(negative);
                let length = bytes[start..*to].iter().take_while(|byte| byte.is_ascii_digit()).count();
                match number(&bytes[start..start + length], negative) {
                    Some(value) if gap <= LONGEST_GAP => {
                        if values.is_empty() {
                            origin = at;
                        }
                        values.push(value);
                    }
                    Some(value) => {
                        end(&mut values, origin);
                        origin = at;
                        values.push(value);
                    }
                    None => end(&mut values, origin),
                }
                (at, gap) = (start + length, 0);
            } else {
                if bytes[at].is_ascii_alphanumeric() {
                    end(&mut values, origin);
                }
                // White space is no limit, so that a list may be written one number a line.
                gap += if bytes[at].is_ascii_whitespace() { usize::from(gap == 0) } else { 1 };
                at += 1;
            }
        }
        end(&mut values, origin);
    }
    found
}

fn number(digits: &[u8], negative: bool) -> Option<u8> {
    if digits.len() > 3 {
        return None;
    }
    let value = digits.iter().fold(0_i16, |value, digit| value * 10 + i16::from(digit - b'0'));
    if negative { i8::try_from(-value).ok().map(i8::cast_unsigned) } else { u8::try_from(value).ok() }
}

/// Decodes what is written in two bytes a letter, of at least so many letters.
pub(super) fn wide(bytes: &[u8], shortest: usize) -> Decoded {
    let mut found = Decoded::default();
    let mut at = 0;
    while let Some(rest @ [_, ..]) = bytes.get(at..) {
        let wide = |pair: &[u8]| is_text(pair[0]) && pair[1] == 0;
        let letters = rest.chunks_exact(2).take_while(|pair| wide(pair)).count();
        if letters >= shortest {
            found.begin(at);
            found.bytes.extend(rest[..letters * 2].iter().step_by(2));
        }
        at += (letters * 2).max(1);
    }
    found
}

#[cfg(test)]
mod tests;
