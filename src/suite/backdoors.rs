//! Words that developers leave in a backend as keys to it.
//!
//! While a backend is written, some word stands for a code, an openid or a token that nobody has yet. Whoever tries the
//! usual ones later finds out whether it was taken out again.

use super::driver::{SCHEME, basic};
use super::log::Stop;
use super::parameters::Someone;
use super::world::World;

/// Codes for tests. The longest is what a developers' tool hands out where nobody is logged in.
const CODES: &[&str] = &[
    "test",
    "test_code",
    "mock",
    "mock_code",
    "the code is a mock one",
    "debug",
    "demo",
    "admin",
    "123456",
    "000000",
];

/// Openids for tests. A number may be somebody's ID, where tokens are asked for with that.
const OPENIDS: &[&str] = &["test", "test_openid", "mock_openid", "openid", "oTest", "debug", "admin"];

/// Tokens for tests.
const TOKENS: &[&str] = &["test", "test_token", "mock_token", "token", "debug", "admin", "123456", "dev"];

/// The unique person who tries them.
const WHO: Someone = Someone::Protagonist;

impl World {
    /// Exchanges every code for tests.
    pub(crate) async fn exchange_codes_for_tests(&mut self, someone: &Someone) -> Result<(), Stop> {
        let mut replies = Vec::new();
        for code in CODES {
            replies.push(self.exchange(someone, Some(code)).await?);
        }
        self.keep(someone, replies)
    }

    /// Asks for a token with every openid for tests.
    pub(crate) async fn ask_tokens_for_tests(&mut self) -> Result<(), Stop> {
        let client = basic(&self.run()?.contract.client);
        let mut replies = Vec::new();
        for openid in OPENIDS {
            replies.push(self.ask_token(&WHO, Some(openid), Some(client.clone())).await?);
        }
        self.keep(&WHO, replies)
    }

    /// Asks for user info with every token for tests.
    pub(crate) async fn present_tokens_for_tests(&mut self) -> Result<(), Stop> {
        let mut replies = Vec::new();
        for token in TOKENS {
            replies.push(self.ask_user_info(&WHO, Some(format!("{SCHEME} {token}"))).await?);
        }
        self.keep(&WHO, replies)
    }
}
