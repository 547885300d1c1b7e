//! Presenting to user info what must not open it.

use super::driver::{SCHEME, bearer};
use super::forgery::{Forged, bearer_header};
use super::log::Stop;
use super::parameters::{BearerKind, Someone, UrlParameter};
use super::world::World;
use crate::checks::{Judgement, carries_data};

impl World {
    /// Asks for user info so many times with what a sentence speaks of.
    pub(crate) async fn present(&mut self, kind: BearerKind, times: usize) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let client = self.run()?.contract.client.clone();
        let mut replies = Vec::new();
        for _ in 0..times {
            let header = match bearer_header(&self.actor(&who)?.held_token()?.token, &client, kind)? {
                Forged::Header(header) => header,
                Forged::NotApplicable(reason) => return Err(self.not_applicable(reason)),
            };
            replies.push(self.ask_user_info(&who, header).await?);
        }
        self.keep(&who, replies)
    }

    /// Asks for user info with the genuine token in the URL, and nowhere else.
    pub(crate) async fn present_in_url(&mut self, parameter: UrlParameter) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let header = bearer(&self.actor(&who)?.held_token()?.token)?;
        let token = header.strip_prefix(SCHEME).unwrap_or_default().trim_start();
        let (name, value) = match parameter {
            UrlParameter::AccessToken => ("access_token", token),
            UrlParameter::Token => ("token", token),
            // Frameworks that read the header's name from the URL as well want what stands in the header.
            UrlParameter::Authorization => ("Authorization", header.as_str()),
        };
        let reply = self.ask_user_info_by_url(&who, name, value).await?;
        if carries_data(&reply) == Judgement::Kept {
            // What is open to everybody is not opened by a token; that is another requirement's matter.
            let without = self.ask_user_info(&who, None).await?;
            if carries_data(&without) == Judgement::Kept {
                return Err(Stop::new("user info is open without any token"));
            }
        }
        self.keep(&who, vec![reply])
    }
}
