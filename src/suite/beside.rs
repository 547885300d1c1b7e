//! Renewing and ending a session with somebody else's name or token beside it.

use std::time::Instant;

use super::dialect::{RenewedBy, beside};
use super::doors::Spelled;
use super::driver::bearer;
use super::log::Stop;
use super::logouts::LOGOUT;
use super::need::Need;
use super::parameters::Someone;
use super::presenting::USER_ID_PARAMETERS;
use super::renewals::RENEWAL;
use super::world::World;
use crate::backend::Refresh;
use crate::checks::{Reply, named_identities};
use crate::record::Request;

/// Parameters in which backends take the openid.
const OPENID_PARAMETERS: &[&str] = &["openid", "openId"];

impl World {
    /// Returns whatever names a person, under the names that it has in user info and the usual ones.
    fn names_of(&mut self, someone: &Someone) -> Result<Vec<(String, String)>, Stop> {
        let actor = self.actor(someone)?;
        let openid = actor.person.openid.as_str().to_owned();
        let mut names = named_identities(&actor.info.clone().unwrap_or_default());
        names.retain(|(_, value)| *value != openid);
        let user_id = names.first().map(|(_, value)| value.clone());
        let ids = USER_ID_PARAMETERS.iter().filter_map(|name| Some((*name, user_id.clone()?)));
        let openids = OPENID_PARAMETERS.iter().map(|name| (*name, openid.clone()));
        for (name, value) in ids.chain(openids) {
            if !names.iter().any(|(known, _)| known == name) {
                names.push((name.to_owned(), value));
            }
        }
        Ok(names)
    }

    /// Ends a person's session by a request that names somebody else beside it. A refusal is an answer as well.
    pub(crate) async fn log_out_naming(&mut self, someone: &Someone, other: &Someone) -> Result<(), Stop> {
        let run = self.run()?;
        let logout = run.contract.spoken.logout.as_ref().ok_or_else(|| self.lack(Need::Logout))?;
        let session = bearer(&self.actor(someone)?.held_token()?.token)?;
        let names = self.names_of(other)?;
        let request = beside(self.request_about_session(someone, logout, Some(&session))?, &names);
        let reply = self.send_as_it_is(someone, Spelled { request, purpose: LOGOUT }).await?;
        demand_an_answer(&reply)?;
        self.keep(someone, vec![reply])
    }

    /// Renews a person's session by a request that names somebody else beside what renews it, and reads user info with what
    /// that brings.
    pub(crate) async fn renew_naming(&mut self, someone: &Someone, other: &Someone) -> Result<(), Stop> {
        self.demand_a_token_of_renewals()?;
        Self::demand_renewal(&self.renew_while_it_lives(someone).await?)?;
        let names = self.names_of(other)?;
        let request = beside(self.renewal_request(someone, RenewedBy::Contract)?, &names);
        self.renew_oddly(someone, request).await
    }

    /// Renews a person's session with the token of somebody else where tokens are carried, and reads user info with what that
    /// brings.
    pub(crate) async fn renew_beside_token(
        &mut self,
        someone: &Someone,
        owner: &Someone,
    ) -> Result<(), Stop> {
        self.demand_a_token_of_renewals()?;
        self.demand_no_session_in_renewals()?;
        Self::demand_renewal(&self.renew_while_it_lives(someone).await?)?;
        let request = self.renewal_request(someone, RenewedBy::Contract)?;
        let request = self.with_session_of(owner, request)?;
        self.renew_oddly(someone, request).await
    }

    /// Renews a session without a refresh token, and with the token where tokens are carried. What is renewed with nothing at
    /// all is another requirement's matter.
    pub(crate) async fn renew_with_session_alone(&mut self) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        self.demand_a_token_of_renewals()?;
        self.demand_no_session_in_renewals()?;
        Self::demand_renewal(&self.renew_while_it_lives(&who).await?)?;
        let nothing = RenewedBy::Instead(None);
        let bare = self.ask_renewal(&who, nothing).await?;
        if bare.token.is_truthy() {
            return Err(Stop::new(tr!("a session is renewed with nothing: {seen}", seen = bare.describe())));
        }
        let request = self.renewal_request(&who, nothing)?;
        let request = self.with_session_of(&who, request)?;
        let reply = self.send_as_it_is(&who, Spelled { request, purpose: RENEWAL }).await?;
        self.keep(&who, vec![reply])
    }

    /// Makes sure that a session is renewed with a refresh token, and without the token.
    fn demand_no_session_in_renewals(&mut self) -> Result<(), Stop> {
        let run = self.run()?;
        if Need::RefreshToken.missing_in(&run.contract).is_some() {
            return Err(self.lack(Need::RefreshToken));
        }
        let carries = match &run.contract.spoken.refresh {
            Refresh::Call { call, with_session, .. } => *with_session || call.names().contains("token"),
            Refresh::None | Refresh::Relogin | Refresh::Ambient(_) => false,
        };
        if carries {
            return Err(self.not_applicable(tr!("the renewal of this contract carries the token as well")));
        }
        Ok(())
    }

    fn with_session_of(&mut self, owner: &Someone, request: Request) -> Result<Request, Stop> {
        let run = self.run()?;
        let actor = self.actor(owner)?;
        let (person, session) = (actor.person.clone(), bearer(&actor.held_token()?.token)?);
        run.with_session_beside(request, &person, &session).ok_or_else(|| {
            self.not_applicable(tr!("the renewal of this contract has no place left for the token"))
        })
    }

    /// Sends a renewal that is odd, and reads user info with what it brings; it may well be refused.
    async fn renew_oddly(&mut self, someone: &Someone, request: Request) -> Result<(), Stop> {
        let run = self.run()?;
        let (asked, virtual_since) = (Instant::now(), run.target.time().shown());
        let reply = self.send_as_it_is(someone, Spelled { request, purpose: RENEWAL }).await?;
        demand_an_answer(&reply)?;
        if !reply.token.is_truthy() {
            return self.keep(someone, vec![reply]);
        }
        run.capture(&self.actor(someone)?.person.key, &reply);
        self.keep_token(someone, &reply, asked, virtual_since)?;
        let info = self.read_user_info(someone).await?;
        self.keep(someone, vec![reply, info])
    }
}

fn demand_an_answer(reply: &Reply) -> Result<(), Stop> {
    reply.inconclusive().map_or(Ok(()), |reason| Err(Stop::new(reason)))
}
