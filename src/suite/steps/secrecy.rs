//! What never reaches the client.

use cucumber::then;

use crate::checks::{Judgement, Sighting};
use crate::suite::log::Stop;
use crate::suite::parameters::Someone;
use crate::suite::world::World;

#[then(expr = "no answer contains her session key")]
fn no_answer_contains_her_session_key(world: &mut World) -> Result<(), Stop> {
    let run = world.run()?;
    let keys = run.wechat.secrets(&world.actor(&Someone::Protagonist)?.person);
    let judgement = world.search_own_answers(&keys);
    world.judge(judgement)
}

#[then(expr = "no answer of the whole run contained a session key")]
fn no_answer_of_the_whole_run(world: &mut World) -> Result<(), Stop> {
    let run = world.run()?;
    let judgement = {
        let mut evidence = run.evidence();
        match evidence.leaks() {
            (_, 0) => Judgement::CannotTell("the backend gave no answer in the whole run".to_owned()),
            (leaks, searched) => {
                Judgement::from_condition(leaks.is_empty(), "no session key in any answer", || {
                    let places = leaks.iter().take(3).map(|leak| {
                        let Sighting { place, spelling } = &leak.sighting;
                        format!("{place} of the {} in {}, {spelling}", leak.purpose, leak.scenario)
                    });
                    let places: Vec<String> = places.collect();
                    format!("{} of {searched} answers: {}", leaks.len(), places.join("; "))
                })
            }
        }
    };
    world.judge(judgement)
}
