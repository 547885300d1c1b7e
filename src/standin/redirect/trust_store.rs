//! How is a certificate written for Java?

use sha1::{Digest as _, Sha1};

/// What a store in Java's own format begins with, and its version.
const BEGINNING: [u8; 8] = [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2];

/// The tag of an entry that is a certificate to trust.
const TRUSTED: [u8; 4] = [0, 0, 0, 2];

/// The word that the checksum goes over beside the password.
const WHITENER: &[u8] = b"Mighty Aphrodite";

/// The password of the checksum. Nobody needs it to read the store; it is the one that Java's own store has.
const PASSWORD: &str = "changeit";

/// Returns a trust store that holds one certificate, in the format of `java.security.KeyStore` type `JKS`, which
/// every Java reads.
pub(super) fn of(certificate: &[u8]) -> Vec<u8> {
    let mut store = BEGINNING.to_vec();
    store.extend(1_u32.to_be_bytes());
    store.extend(TRUSTED);
    text(&mut store, "wxconform");
    // When it was put in; nobody looks at that.
    store.extend(0_u64.to_be_bytes());
    text(&mut store, "X.509");
    store.extend(u32::try_from(certificate.len()).unwrap_or(u32::MAX).to_be_bytes());
    store.extend(certificate);
    let password = PASSWORD.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let checksum = Sha1::new().chain_update(password).chain_update(WHITENER).chain_update(&store).finalize();
    store.extend(checksum);
    store
}

/// Appends a short text with its length in front.
fn text(store: &mut Vec<u8>, text: &str) {
    store.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
    store.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_store_is_right_to_the_byte() {
        let store = of(b"not a certificate");
        let front = b"\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x02\x00\x09wxconform\
                      \x00\x00\x00\x00\x00\x00\x00\x00\x00\x05X.509\x00\x00\x00\x11not a certificate";
        let checksum = [
            0xfe, 0x34, 0x92, 0xb3, 0xf3, 0xfb, 0xe7, 0x2b, 0x23, 0x21, 0x5d, 0x8a, 0xa6, 0x6f, 0x82, 0x92,
            0x59, 0xd4, 0xa6, 0x74,
        ];
        assert_eq!(store.split_at(front.len()), (&front[..], &checksum[..]));
    }
}
