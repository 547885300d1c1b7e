//! Finding and unpacking compressed bytes, whether or not anything declares them.

use std::io::Read;

use brotli_decompressor::Decompressor as Brotli;
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use ruzstd::decoding::StreamingDecoder as Zstd;

/// How much each compressed byte may become. Texts become a tenth; what becomes less than this is a bomb.
const MOST_PER_BYTE: usize = 200;

/// How much any stream may become, however short it is.
const ALWAYS_ALLOWED: usize = 64 * 1024;

/// How much any stream may become, however long it is.
const MOST: usize = 4 * 1024 * 1024;

/// How far back a zstd stream may refer. What it asks for is allocated at once, so it may not ask for more.
const LARGEST_WINDOW: u64 = 8 * 1024 * 1024;

/// The same for brotli, as a binary logarithm: what encoders ask for unless told otherwise. Noise asks for more as
/// often as for less.
const LARGEST_BROTLI_WINDOW: u8 = 22;

/// The window that a brotli stream is given at first, as a binary logarithm. What becomes less than it never refers
/// farther back, whatever its head asks for, and noise mostly asks for megabytes to fail in the first kilobyte.
const FIRST_BROTLI_WINDOW: u8 = 18;

/// How bytes are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Gzip,
    Zlib,
    Zstd,
    /// Deflate without any frame; it has no mark to be known by.
    Deflate,
    /// It has no mark to be known by.
    Brotli,
}

impl Format {
    /// The formats that begin with no mark, so that it has to be tried.
    pub(super) const UNMARKED: [Self; 2] = [Self::Deflate, Self::Brotli];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Zstd => "zstd",
            Self::Deflate => "deflate",
            Self::Brotli => "brotli",
        }
    }
}

/// Returns the places where a compressed stream seems to begin, by its first bytes.
pub(super) fn marks(bytes: &[u8]) -> impl Iterator<Item = (usize, Format)> + '_ {
    bytes.iter().enumerate().filter_map(|(at, byte)| {
        let format = match byte {
            0x1f if bytes[at..].starts_with(&[0x1f, 0x8b, 8]) => Format::Gzip,
            0x28 if bytes[at..].starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) => Format::Zstd,
            // RFC 1950: deflate with a window of 32 kB and no dictionary, of any of four levels.
            0x78 if matches!(bytes.get(at + 1), Some(0x01 | 0x5e | 0x9c | 0xda)) => Format::Zlib,
            _ => return None,
        };
        Some((at, format))
    })
}

/// Unpacks what begins here, as far as it can be unpacked: to its end, to the first defect, or to the limit.
pub(super) fn unpacked(format: Format, bytes: &[u8], budget: usize) -> Vec<u8> {
    let limit = (bytes.len().saturating_mul(MOST_PER_BYTE)).clamp(ALWAYS_ALLOWED, MOST).min(budget);
    match format {
        Format::Gzip => drained(GzDecoder::new(bytes), limit),
        Format::Zlib => drained(ZlibDecoder::new(bytes), limit),
        Format::Deflate => drained(DeflateDecoder::new(bytes), limit),
        Format::Brotli => unpacked_brotli(bytes, limit),
        Format::Zstd => Zstd::new_with_max_window_size(bytes, LARGEST_WINDOW)
            .map_or_else(|_no_frame| Vec::new(), |decoder| drained(decoder, limit)),
    }
}

fn unpacked_brotli(bytes: &[u8], limit: usize) -> Vec<u8> {
    let window = brotli_window(bytes);
    if window > LARGEST_BROTLI_WINDOW {
        return Vec::new();
    }
    if let Some(wider) = window.checked_sub(FIRST_BROTLI_WINDOW) {
        // From the first window on all heads are four bits long, the last three of them the window less 17.
        let head = [bytes[0] - (wider << 1)];
        // RFC 7932 section 9.1: of the window sixteen bytes are never referred to.
        let reach = (1 << FIRST_BROTLI_WINDOW) - 16;
        let out = drained(Brotli::new(head.chain(&bytes[1..]), 4096), limit.min(reach));
        if out.len() < reach {
            return out;
        }
    }
    drained(Brotli::new(bytes, 4096), limit)
}

/// Returns the binary logarithm of the window that a brotli stream asks for (RFC 7932 section 9.1).
fn brotli_window(bytes: &[u8]) -> u8 {
    let first = bytes.first().copied().unwrap_or_default();
    match (first & 1, first >> 1 & 7, first >> 4 & 7) {
        (0, ..) => 16,
        (_, 0, 0) => 17,
        // Not a window but the mark of an extension, which nobody sends.
        (_, 0, 1) => u8::MAX,
        (_, 0, small) => 8 + small,
        (_, large, _) => 17 + large,
    }
}

fn drained(mut reader: impl Read, limit: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut chunk = [0; 4096];
    while out.len() < limit {
        match reader.read(&mut chunk) {
            Ok(0) | Err(_) => break,
            Ok(read) => out.extend_from_slice(&chunk[..read.min(limit - out.len())]),
        }
    }
    out
}

#[cfg(test)]
pub(super) mod packing {
    //! Compressing for the tests.

    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::Format;

    pub(in crate::checks::secrecy) const ALL: [Format; 5] =
        [Format::Gzip, Format::Zlib, Format::Zstd, Format::Deflate, Format::Brotli];

    pub(in crate::checks::secrecy) fn packed(format: Format, bytes: &[u8]) -> Vec<u8> {
        let level = Compression::default();
        match format {
            Format::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), level);
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            Format::Zlib => {
                let mut encoder = ZlibEncoder::new(Vec::new(), level);
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            Format::Deflate => {
                let mut encoder = DeflateEncoder::new(Vec::new(), level);
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            Format::Zstd => {
                ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
            }
            Format::Brotli => {
                let mut out = Vec::new();
                let mut encoder = brotli::CompressorWriter::new(&mut out, 4096, 5, 22);
                encoder.write_all(bytes).unwrap();
                drop(encoder);
                out
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::packing::{ALL, packed};
    use super::{ALWAYS_ALLOWED, Format, MOST, MOST_PER_BYTE, drained, marks, unpacked};

    #[test]
    fn what_was_packed_is_unpacked() {
        let text = b"{\"openid\":\"o1\",\"padding\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}".repeat(3);
        for format in ALL {
            assert_eq!(unpacked(format, &packed(format, &text), usize::MAX), text, "{format:?}");
        }
    }

    #[test]
    fn a_mark_is_found_behind_other_bytes() {
        for format in [Format::Gzip, Format::Zlib, Format::Zstd] {
            let bytes = [b"\x01\x02\x03".to_vec(), packed(format, b"some text to pack")].concat();
            assert!(marks(&bytes).any(|found| found == (3, format)), "{format:?}");
        }
        assert_eq!(marks(b"no mark in here").next(), None);
    }

    #[test]
    fn a_bomb_is_let_go_off_only_so_far() {
        let zeros = vec![0; 30_000_000];
        for format in ALL {
            let bomb = packed(format, &zeros);
            let out = unpacked(format, &bomb, usize::MAX).len();
            assert!(out <= MOST.min(ALWAYS_ALLOWED.max(bomb.len() * MOST_PER_BYTE)), "{format:?}: {out}");
            assert!(unpacked(format, &bomb, 5000).len() <= 5000, "{format:?}");
        }
        // However short or long it is, and between the two.
        let unpacked_of = |zeros: usize| {
            let bomb = packed(Format::Deflate, &vec![0; zeros]);
            (unpacked(Format::Deflate, &bomb, usize::MAX).len(), bomb.len())
        };
        assert_eq!(unpacked_of(200_000).0, 65_536);
        let (out, packed) = unpacked_of(1_000_000);
        assert_eq!(out, 200 * packed);
        assert_eq!(unpacked_of(30_000_000).0, 4_194_304);
        // And then no more is read.
        assert_eq!(drained(std::io::repeat(b'x'), 5000), [b'x'; 5000]);
    }

    #[test]
    fn a_zstd_stream_cannot_ask_for_more_memory_than_there_is_reason_for() {
        // A frame header that asks for a window of almost four gigabytes.
        let greedy = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xaf, 0x01, 0x00, 0x00];
        assert!(unpacked(Format::Zstd, &greedy, usize::MAX).is_empty());
        // Windows of eight and of sixteen megabytes before one block of five bytes as they are.
        for (window, text) in [(0x68, &b"hello"[..]), (0x70, b"")] {
            let head = [0x28, 0xb5, 0x2f, 0xfd, 0x00, window, 0x29, 0x00, 0x00];
            assert_eq!(
                unpacked(Format::Zstd, &[&head[..], b"hello"].concat(), usize::MAX),
                text,
                "{window:x}"
            );
        }
    }

    #[test]
    fn the_window_of_a_brotli_stream_is_read_off_its_first_bits() {
        for (first, window) in
            [(0x0b, 22), (0x0f, 24), (0x06, 16), (0x01, 17), (0x21, 10), (0x71, 15), (0x03, 18)]
        {
            assert_eq!(super::brotli_window(&[first]), window, "{first:x}");
        }
        let greedy = [&[0x0f][..], &packed(Format::Brotli, b"some text to pack")[1..]].concat();
        assert!(unpacked(Format::Brotli, &greedy, usize::MAX).is_empty());
    }

    #[test]
    fn what_a_brotli_stream_refers_to_is_found_however_far_back_it_lies() {
        let mut state = 7_u64;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        })
        .take(300_000)
        .collect();
        let twice = noise.repeat(2);
        let packed = packed(Format::Brotli, &twice);
        assert_eq!(super::brotli_window(&packed), 22);
        assert!(packed.len() < 310_000, "the second half refers to the first: {}", packed.len());
        for length in [262_127, 262_128, 262_129, 600_000] {
            assert!(unpacked(Format::Brotli, &packed, length) == twice[..length], "{length}");
        }
    }

    #[test]
    fn a_stream_that_was_cut_gives_what_it_has() {
        let text: Vec<u8> = (0..20_000_u32).flat_map(|n| n.to_string().into_bytes()).collect();
        for format in [Format::Gzip, Format::Zlib, Format::Deflate, Format::Brotli] {
            let whole = packed(format, &text);
            let out = unpacked(format, &whole[..whole.len() / 2], usize::MAX);
            assert!(out.len() > 1000 && text.starts_with(&out), "{format:?}: {}", out.len());
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_no_stream_makes_trouble(noise in proptest::collection::vec(any::<u8>(), 0..300)) {
            for format in ALL {
                prop_assert!(unpacked(format, &noise, 10_000).len() <= 10_000);
            }
            prop_assert!(marks(&noise).count() <= noise.len());
        }
    }
}
