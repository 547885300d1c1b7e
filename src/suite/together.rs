//! People who ask for their user info at the same moment.

use std::time::Instant;

use super::arrange::granted;
use super::log::Stop;
use super::parameters::Someone;
use super::world::World;
use crate::checks::{Alone, Judgement, Reply, carries_data};
use crate::expiry::Value;

/// What people in a crowd are called.
const NAMES: [&str; 16] = [
    "Ann", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gwen", "Hal", "Ida", "Joe", "Kim", "Leo", "Mia", "Ned",
    "Oda", "Pit",
];

/// People who ask together, and what became of it.
#[derive(Debug, Default)]
pub(crate) struct Together {
    people: Vec<Someone>,
    /// The answers of each round, in the order of the people.
    pub(crate) rounds: Vec<Vec<Reply>>,
    /// What each of them is shown when nobody else asks.
    pub(crate) alone: Vec<Alone>,
}

impl World {
    /// Lets so many people log in together, and read their user info one after the other.
    pub(crate) async fn gather(&mut self, people: usize) -> Result<(), Stop> {
        if !(2..=NAMES.len()).contains(&people) {
            return Err(Stop::new(tr!("a crowd has 2 to {} people", NAMES.len())));
        }
        let people: Vec<Someone> =
            NAMES[..people].iter().map(|name| Someone::Named((*name).to_owned())).collect();
        let mut codes = Vec::new();
        for someone in &people {
            self.introduce(someone)?;
            codes.push((someone.clone(), self.fresh_code(someone)?));
        }
        let (asked, virtual_since) = (Instant::now(), self.run()?.target.time().shown());
        let replies = self.exchange_at_once(codes, &self.transport()?).await?;
        for (someone, reply) in people.iter().zip(replies) {
            let reply = self.let_in(someone, reply, asked, virtual_since).await?;
            granted(reply.granted, mark!("a fresh code was not exchanged for an openid"), &reply)?;
        }
        for reply in self.obtain_tokens_at_once(&people).await? {
            granted(reply.token.is_truthy(), mark!("no token was issued for the openid"), &reply)?;
        }
        for someone in &people {
            let mut reply = self.read_user_info(someone).await?;
            if carries_data(&reply) != Judgement::Kept && self.too_late(someone).is_some() {
                // At a slow backend the last of them comes when a short life is over.
                self.obtain_token(someone).await?;
                reply = self.read_user_info(someone).await?;
            }
            self.demand_opened(someone, &reply)?;
            self.actor(someone)?.info = Some(reply.data);
        }
        self.together.people = people;
        Ok(())
    }

    /// Lets everybody in the crowd read their user info at the same moment, and again in each round, in another
    /// order each time. In the end each of them reads it alone.
    pub(crate) async fn read_together(&mut self, rounds: usize) -> Result<(), Stop> {
        let people = self.together.people.clone();
        self.renew_what_ends_soon(&people).await?;
        for round in 0..rounds {
            let replies = self.read_user_info_at_once(&people, round).await?;
            self.together.rounds.push(replies);
        }
        for someone in &people {
            let mut after = self.read_user_info(someone).await?;
            if carries_data(&after) != Judgement::Kept && self.too_late(someone).is_some() {
                // Without a second look, a time in the user info would pass for something that never changes.
                self.obtain_token(someone).await?;
                after = self.read_user_info(someone).await?;
            }
            let actor = self.actor(someone)?;
            let before = actor.info.clone().unwrap_or(Value::Undefined);
            // Who is refused now may still have been shown another's data before.
            let after = if carries_data(&after) == Judgement::Kept { after.data } else { before.clone() };
            let alone = Alone::new(super::cast::short_name(&actor.person.key), &before, &after);
            self.together.alone.push(alone);
        }
        Ok(())
    }

    /// Lets everybody ask for a new token if the first of them has used up a good part of its life by now: a slow
    /// backend with short-lived tokens would refuse the crowd for that.
    async fn renew_what_ends_soon(&mut self, people: &[Someone]) -> Result<(), Stop> {
        let Some(first) = people.first() else { return Ok(()) };
        if self.is_past(first, 4)? {
            for reply in self.obtain_tokens_at_once(people).await? {
                granted(reply.token.is_truthy(), mark!("no token was issued for the openid"), &reply)?;
            }
        }
        Ok(())
    }
}
