//! Many people who ask at the same moment.

use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::driver::{bearer, request};
use super::log::Stop;
use super::parameters::Someone;
use super::world::World;
use crate::checks::{Alone, Reply};
use crate::expiry::Value;
use crate::record::Exchange;

/// What people in a crowd are called.
const NAMES: [&str; 16] = [
    "Ann", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gwen", "Hal", "Ida", "Joe", "Kim", "Leo", "Mia", "Ned",
    "Oda", "Pit",
];

/// People who ask together, and what became of it.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    people: Vec<Someone>,
    /// The answers of each round, in the order of the people.
    pub(crate) rounds: Vec<Vec<Reply>>,
    /// What each of them is shown when nobody else asks.
    pub(crate) alone: Vec<Alone>,
}

impl World {
    /// Lets so many people log in and read their user info, one after the other.
    pub(crate) async fn gather(&mut self, people: usize) -> Result<(), Stop> {
        if !(2..=NAMES.len()).contains(&people) {
            return Err(Stop::new(format!("a crowd has 2 to {} people", NAMES.len())));
        }
        for name in &NAMES[..people] {
            let someone = Someone::Named((*name).to_owned());
            self.introduce(&someone)?;
            self.log_in_as_far_as_user_info(&someone).await?;
            self.crowd.people.push(someone);
        }
        Ok(())
    }

    /// Lets everybody in the crowd read their user info at the same moment, and again in each round, in another
    /// order each time. In the end each of them reads it alone.
    pub(crate) async fn read_together(&mut self, rounds: usize) -> Result<(), Stop> {
        let people = self.crowd.people.clone();
        for round in 0..rounds {
            let mut replies = self.user_info_at_once(&people, round).await?;
            replies.sort_by_key(|(index, _)| *index);
            self.crowd.rounds.push(replies.into_iter().map(|(_, reply)| reply).collect());
        }
        for someone in &people {
            let after = self.read_user_info(someone).await?.data;
            let actor = self.actor(someone)?;
            let before = actor.info.clone().unwrap_or(Value::Undefined);
            let alone = Alone::new(super::cast::short_name(&actor.person.key), &before, &after);
            self.crowd.alone.push(alone);
        }
        Ok(())
    }

    /// Sends a request for each person, on a connection each; `first` is who is started first.
    async fn user_info_at_once(
        &mut self,
        people: &[Someone],
        first: usize,
    ) -> Result<Vec<(usize, Reply)>, Stop> {
        let run = self.run()?;
        let barrier = Arc::new(Barrier::new(people.len()));
        let mut racing: JoinSet<(usize, Exchange)> = JoinSet::new();
        for step in 0..people.len() {
            let index = (first + step) % people.len();
            let actor = self.actor(&people[index])?;
            let authorization = bearer(&actor.held_token()?.token)?;
            let name = super::cast::short_name(&actor.person.key).to_owned();
            let (run, barrier) = (Arc::clone(&run), Arc::clone(&barrier));
            racing.spawn(async move {
                let operation = &run.contract.user_info;
                let request = request(&run.target, operation, None, Some(authorization));
                barrier.wait().await;
                (index, run.transport.send(request, &name, operation.purpose).await)
            });
        }
        let mut finished = Vec::new();
        while let Some(joined) = racing.join_next().await {
            let (index, exchange) =
                joined.map_err(|error| Stop::new(format!("a request was lost: {error}")))?;
            finished.push((index, self.witness(exchange)?));
        }
        Ok(finished)
    }
}
