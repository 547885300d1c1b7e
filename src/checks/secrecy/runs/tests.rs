use proptest::prelude::*;

use super::{Decoded, Sextets, hexadecimal, is_text, joined, numbers, text_spans, wide};

/// What was decoded, and where each segment stands there and stood before.
type Found = (Vec<u8>, Vec<(usize, usize)>);

fn found(decoded: &Decoded) -> Found {
    (decoded.bytes.clone(), decoded.segments.clone())
}

fn nothing() -> Found {
    (Vec::new(), Vec::new())
}

proptest! {
    #[test]
    fn the_spans_of_text_are_those_that_looking_at_every_byte_finds(
        bytes in prop::collection::vec(prop::sample::select(b"ab\x00\x80".to_vec()), 0..60),
        shortest in 0_usize..6,
    ) {
        let mut expected = Vec::new();
        let mut start = 0;
        for end in 0..=bytes.len() {
            if bytes.get(end).is_none_or(|byte| !is_text(*byte)) {
                if end - start >= shortest.max(1) {
                    expected.push((start, end));
                }
                start = end + 1;
            }
        }
        prop_assert_eq!(text_spans(&bytes, shortest), expected);
    }
}

#[test]
fn letters_blanks_and_line_breaks_are_text() {
    assert!(b"\t\r\n ~azAZ09".iter().all(|byte| is_text(*byte)));
    assert!(!b"\0\x07\x1b\x7f\x80\xff".iter().any(|byte| is_text(*byte)));
}

#[test]
fn a_place_in_a_segment_is_traced_to_where_it_stood() {
    let texts = joined(b"\0abc\0defg", &[(1, 4), (5, 9)]);
    assert_eq!(found(&texts), (b"abc\0defg".to_vec(), vec![(0, 1), (4, 5)]));
    for (place, origin, stood) in [(0, 1, 1), (2, 1, 3), (4, 5, 5), (7, 5, 8)] {
        assert_eq!((texts.origin(place), texts.place(place)), (origin, stood), "{place}");
    }
    let none = Decoded::default();
    assert_eq!((none.origin(5), none.place(5)), (0, 5));
}

/// Gathers what may be base64 of three bytes or more, which are four digits.
fn sextets(text: &str) -> Sextets {
    Sextets::gather(text.as_bytes(), &[(0, text.len())], 3)
}

#[test]
fn base64_is_decoded_run_by_run_in_each_alignment() {
    assert!(sextets("xyz.ab").is_empty());
    let run = sextets("TWFuTWE");
    assert_eq!(found(&run.decode(0)), (b"ManMa".to_vec(), vec![(0, 0)]));
    // `WFuT`, `WE`.
    assert_eq!(run.decode(1).bytes, [0x58, 0x5b, 0x93, 0x58]);
    // White space stands within a run, and anything else between two.
    let runs = sextets("xyz.TWFu\r\nTWFu\"TWFu");
    assert_eq!(found(&runs.decode(0)), (b"ManMan\0Man".to_vec(), vec![(0, 4), (7, 15)]));
    let of_spans = Sextets::gather(b"TWFu\0\0TWFu", &[(0, 4), (6, 10)], 3);
    assert_eq!(found(&of_spans.decode(0)), (b"Man\0Man".to_vec(), vec![(0, 0), (4, 6)]));
    assert_eq!(Sextets::gather(b"TWFuTWFu", &[(4, 8)], 3).decode(0).segments, [(0, 4)]);
}

#[test]
fn something_may_begin_where_a_long_word_of_base64_follows_on_a_short_one() {
    for (text, skipped, starts) in [
        ("TWFu", 0, &[0][..]),
        ("TWFu", 1, &[]),
        ("TW Fu TWFu", 0, &[0, 3]),
        ("TW  Fu  TWFu", 0, &[0, 3]),
        ("TW Fu TWFu", 1, &[]),
        ("TW FuT TWFu", 1, &[3]),
        // Not where the digits before it are no whole bytes, nor behind a long word.
        ("TW TWFu", 0, &[0]),
        ("TW TWFu", 2, &[]),
        ("TWFu TWFu", 0, &[0]),
        ("TWFu  TWFu", 0, &[0]),
        ("TW Fu TWF.", 0, &[0]),
        // Each run is counted from its own beginning.
        ("TW Fu TWFu.TWFu", 0, &[0, 3, 7]),
        ("TWFuTWFu.TW Fu TWFu", 0, &[0, 7, 10]),
    ] {
        assert_eq!(sextets(text).decode(skipped).starts, starts, "{text:?} without {skipped}");
    }
}

/// Decodes what may be hexadecimal of two bytes or more.
fn hex(text: &str) -> [Decoded; 2] {
    hexadecimal(text.as_bytes(), &[(0, text.len())], 2)
}

#[test]
fn hexadecimal_is_decoded_whatever_stands_between_its_pairs() {
    let dead = || (vec![0xde, 0xad], vec![(0, 0)]);
    for text in ["dead", "DEAD", "de:ad", "de....ad", "de      \n\n     ad", "de . . . . ad", "de\\xad"] {
        assert_eq!(found(&hex(text)[0]), dead(), "{text}");
    }
    for text in ["0xde, 0xad", "0Xde 0Xad", "xdead", r"\xde\xad", r#"["de","ad"]"#] {
        assert_eq!(hex(text)[0].bytes, [0xde, 0xad], "{text}");
    }
    for text in ["de.....ad", "dexad", "de,a,d", "degad", "dea", "1xde", "de0xad"] {
        assert_eq!(hex(text)[0].bytes, [0_u8; 0], "{text}");
    }
    for text in ["dead.....beef", "deadxbeef", "dead beefs", "deadgbeef"] {
        let (bytes, segments) = found(&hex(text)[0]);
        assert!(bytes.starts_with(&[0xde, 0xad]), "{text}: {bytes:x?}");
        let second = text.find("beef").unwrap();
        let expected = if text == "dead beefs" { vec![(0, 0)] } else { vec![(0, 0), (3, second)] };
        assert_eq!(segments, expected, "{text}");
    }
    // What stands between is counted from the last digit.
    assert_eq!(hex("de...ad...be...ef")[0].bytes, [0xde, 0xad, 0xbe, 0xef]);
    // Both ways to pair the digits.
    assert_eq!(hex("dead!")[1].bytes, [0xea]);
    assert_eq!(found(&hex("ade,ad")[1]), (vec![0xde, 0xad], vec![(0, 0)]));
    // A digit alone ends what stands before it.
    assert_eq!(found(&hex("dead,a,beef")[0]), (vec![0xde, 0xad, 0, 0xbe, 0xef], vec![(0, 0), (3, 7)]));
    let of_spans = hexadecimal(b"..dead\0beef", &[(2, 6), (7, 11)], 2);
    assert_eq!(found(&of_spans[0]), (vec![0xde, 0xad, 0, 0xbe, 0xef], vec![(0, 2), (3, 7)]));
}

#[test]
fn something_may_begin_where_a_long_word_of_hexadecimal_follows_on_a_short_one() {
    for (text, starts) in [
        ("dead", [&[0][..], &[0]]),
        ("de dead", [&[0, 1], &[0]]),
        ("de, dead", [&[0, 1], &[0]]),
        ("a dead", [&[0], &[0]]),
        ("ade dead", [&[0], &[0, 1]]),
        ("dead dead", [&[0], &[0]]),
        ("de deadx.beef", [&[0, 1, 4], &[0, 3]]),
        ("beefx.de dead", [&[0, 3, 4], &[0, 2]]),
    ] {
        let found = hex(text);
        assert_eq!([&found[0].starts[..], &found[1].starts], starts, "{text}");
    }
}

/// Decodes what may be a list of two numbers or more.
fn listed(text: &str) -> [Decoded; 3] {
    numbers(text.as_bytes(), &[(0, text.len())], 2)
}

#[test]
fn a_list_of_numbers_is_decoded_whatever_separates_them() {
    for text in ["1,2", "1....2", "1-2", "1 - 2", "1      \n  2", "1, , , , 2", "001,002"] {
        assert_eq!(found(&listed(text)[0]), (vec![1, 2], vec![(0, 0)]), "{text}");
    }
    for text in ["1.....2", "1 ....2", "1a2", "1,256", "1,1234", "1,-129", "1", "1,0002"] {
        assert_eq!(found(&listed(text)[0]), nothing(), "{text}");
    }
    assert_eq!(listed("-128 -1, 255")[0].bytes, [0x80, 0xff, 0xff]);
    for (text, second) in [("1,2.....3,4", 8), ("1,2a3,4", 4), ("1,2,256,3,4", 8), ("1,2,-129,-3,4", 9)] {
        let (bytes, segments) = found(&listed(text)[0]);
        assert_eq!((bytes.len(), segments), (5, vec![(0, 0), (3, second)]), "{text}");
    }
    assert_eq!(listed("  -1,2")[0].segments, [(0, 2)]);
    let of_spans = numbers(b"a12,34\0\x005,6", &[(1, 5), (8, 11)], 2);
    assert_eq!(found(&of_spans[0]), (vec![12, 3, 0, 5, 6], vec![(0, 1), (3, 8)]));
}

#[test]
fn a_list_may_be_written_with_its_indices() {
    let [all, even, odd] = listed("0:9 1:8");
    assert_eq!((all.bytes, even.bytes, odd.bytes), (vec![0, 9, 1, 8], vec![0, 1], vec![9, 8]));
    let [all, even, odd] = listed("0:9 1");
    assert_eq!((all.bytes.len(), even.bytes.len(), odd.bytes.len()), (3, 0, 0));
}

#[test]
fn letters_of_two_bytes_are_found_at_even_and_at_odd_places() {
    for (bytes, expected) in [
        (&b"a\0b\0"[..], (b"ab".to_vec(), vec![(0, 0)])),
        (b"xa\0b\0", (b"ab".to_vec(), vec![(0, 1)])),
        (b"a\0b", nothing()),
        (b"a\0\x01\0b\0c\0", (b"bc".to_vec(), vec![(0, 4)])),
        (b"a\0b\0\x01c\0d\0e\0", (b"ab\0cde".to_vec(), vec![(0, 0), (3, 5)])),
        (b"\0\0\0\0", nothing()),
    ] {
        assert_eq!(found(&wide(bytes, 2)), expected, "{bytes:?}");
    }
}
