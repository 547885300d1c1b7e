//! Where tokens come from.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Returns `BYTES` random bytes of the operating system as base64url without padding.
///
/// # Errors
///
/// Fails when the operating system gives no random bytes. Nothing less random is tried instead.
pub(super) fn text<const BYTES: usize>() -> Result<String, getrandom::Error> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Returns a random UUID (RFC 9562 section 5.4).
///
/// # Errors
///
/// Fails when the operating system gives no random bytes.
pub(super) fn uuid() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = bytes.iter().enumerate().map(|(index, byte)| {
        let hyphen = if matches!(index, 4 | 6 | 8 | 10) { "-" } else { "" };
        format!("{hyphen}{byte:02x}")
    });
    Ok(digits.collect())
}

#[cfg(test)]
mod tests {
    use super::{text, uuid};

    #[test]
    fn a_uuid_says_that_it_is_random() {
        let text = uuid().unwrap();
        let groups: Vec<&str> = text.split('-').collect();
        assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(groups[2].starts_with('4') && "89ab".contains(&groups[3][..1]), "{text}");
    }

    #[test]
    fn thirty_two_bytes_are_forty_three_characters_and_never_the_same() {
        let (one, two) = (text::<32>().unwrap(), text::<32>().unwrap());
        assert_eq!(one.len(), 43);
        assert_ne!(one, two);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    }
}
