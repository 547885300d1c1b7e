//! Trying many keys on one signature: what is the same for all of them is prepared once, and each costs nothing but the
//! rounds of the hash.

use ring::hmac;
use sha2::digest::consts::{U64, U128};
use sha2::digest::generic_array::GenericArray;
use sha2::{compress256, compress512};

/// What the hashes start with (FIPS 180-4 section 5.3).
const SHA256: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
const SHA384: [u64; 8] = [
    0xcbbb_9d5d_c105_9ed8,
    0x629a_292a_367c_d507,
    0x9159_015a_3070_dd17,
    0x152f_ecd8_f70e_5939,
    0x6733_2667_ffc0_0b31,
    0x8eb4_4a87_6858_1511,
    0xdb0c_2e0d_64f9_8fa7,
    0x47b5_481d_befa_4fa4,
];
const SHA512: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// What a key is mixed with before the message and before its hash (RFC 2104 section 2).
const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

/// A signature of a message on which keys are tried.
pub(super) enum Trial {
    Short(Box<Short>),
    Long(Box<Long>),
}

impl Trial {
    /// Prepares a message that is signed with HMAC and a hash of so many bits, if there is such a one.
    pub(super) fn of(bits: usize, message: &[u8], signature: &[u8]) -> Option<Self> {
        if signature.len() * 8 != bits {
            return None;
        }
        match bits {
            256 => Some(Self::Short(Box::new(Short::new(SHA256, message, signature)))),
            384 => Some(Self::Long(Box::new(Long::new(SHA384, message, signature)))),
            512 => Some(Self::Long(Box::new(Long::new(SHA512, message, signature)))),
            _ => None,
        }
    }

    /// Tells whether a key is the one that the message is signed with.
    pub(super) fn fits(&self, key: &[u8]) -> bool {
        match self {
            Self::Short(trial) if key.len() > 64 => trial.fits(hashed(hmac::HMAC_SHA256, key).as_ref()),
            Self::Long(trial) if key.len() > 128 => {
                let of_384 = trial.start == SHA384;
                let with = if of_384 { hmac::HMAC_SHA384 } else { hmac::HMAC_SHA512 };
                trial.fits(hashed(with, key).as_ref())
            }
            Self::Short(trial) => trial.fits(key),
            Self::Long(trial) => trial.fits(key),
        }
    }
}

/// Returns the hash that stands for a key which is longer than a block.
fn hashed(with: hmac::Algorithm, key: &[u8]) -> ring::digest::Digest {
    ring::digest::digest(with.digest_algorithm(), key)
}

/// Fills a text that follows one block up to whole blocks (FIPS 180-4 section 5.1).
fn filled(text: &[u8], block: usize) -> Vec<u8> {
    let bits = u128::try_from((block + text.len()) * 8).unwrap_or_default();
    let length = block / 8;
    let mut bytes = text.to_vec();
    bytes.push(0x80);
    while !(bytes.len() + length).is_multiple_of(block) {
        bytes.push(0);
    }
    bytes.extend(&bits.to_be_bytes()[16 - length..]);
    bytes
}

/// Declares the trial for one size of words: the two differ in nothing else.
macro_rules! trial {
    ($name:ident, $compress:ident, $word:ty, $block:literal, $size:ty) => {
        pub(super) struct $name {
            start: [$word; 8],
            /// What a key is mixed into before the message and before its hash.
            pads: [GenericArray<u8, $size>; 2],
            message: Vec<GenericArray<u8, $size>>,
            /// The block that takes the hash of the message.
            outer: GenericArray<u8, $size>,
            signature: Vec<u8>,
        }

        impl $name {
            fn new(start: [$word; 8], message: &[u8], signature: &[u8]) -> Self {
                let message = filled(message, $block);
                let message = message.chunks_exact($block).map(GenericArray::clone_from_slice).collect();
                let outer = filled(&vec![0; signature.len()], $block);
                let outer = GenericArray::clone_from_slice(&outer);
                let pads = [INNER, OUTER].map(|pad| GenericArray::clone_from_slice(&[pad; $block]));
                Self { start, pads, message, outer, signature: signature.to_vec() }
            }

            fn fits(&self, key: &[u8]) -> bool {
                let mut state = self.start;
                $compress(&mut state, &[Self::mixed(key, self.pads[0])]);
                $compress(&mut state, &self.message);
                let mut outer = self.outer;
                Self::write(&state, &mut outer[..self.signature.len()]);
                state = self.start;
                $compress(&mut state, &[Self::mixed(key, self.pads[1]), outer]);
                let mut found = [0; $block];
                let found = &mut found[..self.signature.len()];
                Self::write(&state, found);
                *found == self.signature[..]
            }

            fn mixed(key: &[u8], mut pad: GenericArray<u8, $size>) -> GenericArray<u8, $size> {
                for (slot, byte) in pad.iter_mut().zip(key) {
                    *slot ^= byte;
                }
                pad
            }

            fn write(state: &[$word; 8], bytes: &mut [u8]) {
                for (slot, word) in bytes.chunks_exact_mut(size_of::<$word>()).zip(state) {
                    slot.copy_from_slice(&word.to_be_bytes());
                }
            }
        }
    };
}

trial!(Short, compress256, u32, 64, U64);
trial!(Long, compress512, u64, 128, U128);

#[cfg(test)]
mod tests {
    use ring::hmac;

    use super::Trial;

    #[test]
    fn the_key_fits_and_no_other_does_however_long_key_and_message_are() {
        for (bits, with) in [(256, hmac::HMAC_SHA256), (384, hmac::HMAC_SHA384), (512, hmac::HMAC_SHA512)] {
            for length in [1, 31, 32, 47, 48, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 300] {
                let (key, message) = (vec![b'k'; length], vec![b'm'; 3 * length]);
                let signature = hmac::sign(&hmac::Key::new(with, &key), &message);
                let trial = Trial::of(bits, &message, signature.as_ref()).unwrap();
                assert!(trial.fits(&key), "{bits} {length}");
                let mut other = key.clone();
                other[0] ^= 1;
                assert!(!trial.fits(&other), "{bits} {length}");
                assert!(Trial::of(bits, &message, &signature.as_ref()[1..]).is_none());
            }
        }
        assert!(Trial::of(8, b"m", b"s").is_none());
    }
}
