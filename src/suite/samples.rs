//! The tokens of a run, as far as they are needed to see what they are made of.

use indexmap::IndexSet;

use crate::checks::is_jwt;
use crate::expiry::Value;

/// How many tokens are kept. More would not tell more.
const MOST: usize = 400;

/// How long a token may be to be kept, in bytes; memory must not grow with what a hostile backend sends.
const LONGEST: usize = 4096;

/// Different opaque tokens of a run, in the order in which they came.
#[derive(Default)]
pub(crate) struct TokenSamples {
    opaque: IndexSet<String>,
    signed: usize,
}

impl TokenSamples {
    /// Takes in a token, and says whether it is another one than those before.
    pub(crate) fn take(&mut self, token: &Value) -> bool {
        if is_jwt(token) {
            self.signed += 1;
            return false;
        }
        let Ok(text) = token.to_js_string() else { return false };
        let text = text.to_string_lossy();
        self.opaque.len() < MOST && text.len() <= LONGEST && self.opaque.insert(text)
    }

    /// Returns how many different tokens there are.
    pub(crate) fn len(&self) -> usize {
        self.opaque.len()
    }

    /// Tells whether the tokens carry their own proof, so that they need not be hard to guess.
    pub(crate) fn are_signed(&self) -> bool {
        self.signed > self.opaque.len()
    }

    pub(crate) fn tokens(&self) -> Vec<String> {
        self.opaque.iter().cloned().collect()
    }
}

impl std::fmt::Debug for TokenSamples {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenSamples({} of them, ***)", self.opaque.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, MOST, TokenSamples};
    use crate::expiry::Value;

    #[test]
    fn each_token_is_kept_once_and_not_all_of_them() {
        let mut samples = TokenSamples::default();
        assert!(samples.take(&Value::from("t")));
        assert!(!samples.take(&Value::from("t")));
        assert!(!samples.take(&Value::from("x".repeat(LONGEST + 1))));
        for number in 0..2 * MOST {
            samples.take(&Value::from(format!("t{number}")));
        }
        assert_eq!((samples.len(), samples.tokens().len()), (MOST, MOST));
        assert!(!format!("{samples:?}").contains("t1"));
    }

    #[test]
    fn signed_tokens_are_counted_apart() {
        let mut samples = TokenSamples::default();
        samples.take(&Value::from("eyJhbGciOiJIUzI1NiJ9.e30.c2ln"));
        assert!(samples.are_signed() && samples.len() == 0);
    }
}
