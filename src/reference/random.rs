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

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn thirty_two_bytes_are_forty_three_characters_and_never_the_same() {
        let (one, two) = (text::<32>().unwrap(), text::<32>().unwrap());
        assert_eq!(one.len(), 43);
        assert_ne!(one, two);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    }
}
