//! Which of several ways to do the same is faster, and by how much?

use std::time::Duration;

use crate::Failure;

/// One way of doing the work.
pub(crate) struct Contender<'a> {
    name: String,
    /// Does the work once and says how long that took, per unit of work.
    turn: Box<dyn FnMut() -> Result<Duration, Failure> + 'a>,
}

impl<'a> Contender<'a> {
    pub(crate) fn new(name: impl Into<String>, turn: impl FnMut() -> Result<Duration, Failure> + 'a) -> Self {
        Self { name: name.into(), turn: Box::new(turn) }
    }
}

/// Lets the contenders take turns and prints a line for each: its time, and the ratio to the first.
///
/// The ratio is taken within each round, so that what the machine does beside this weighs on both sides of
/// it. Who begins changes from round to round. A first round, in which everything is cold, does not count.
pub(crate) fn print_side_by_side(rounds: usize, mut contenders: Vec<Contender<'_>>) -> Result<(), Failure> {
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); contenders.len()];
    for round in 0..=rounds {
        for turn in 0..contenders.len() {
            let index = (round + turn) % contenders.len();
            let took = (contenders[index].turn)()?.as_secs_f64();
            if round > 0 {
                times[index].push(took);
            }
        }
    }
    for (contender, own) in contenders.iter().zip(&times) {
        let ratios: Vec<f64> = own.iter().zip(&times[0]).map(|(own, first)| own / first).collect();
        let (time, ratio) = (Spread::of(own), Spread::of(&ratios));
        println!(
            "  {:<44} {:>10}   {:>7.2} ({:.2} to {:.2})",
            contender.name,
            readable(time.median),
            ratio.median,
            ratio.smallest,
            ratio.largest
        );
    }
    Ok(())
}

/// The middle and the ends of some measurements.
#[derive(Clone, Copy, Debug)]
struct Spread {
    smallest: f64,
    median: f64,
    largest: f64,
}

impl Spread {
    fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
        Self { smallest: at(0), median: at(sorted.len() / 2), largest: at(sorted.len().saturating_sub(1)) }
    }
}

/// Returns a time in the unit that suits it.
fn readable(seconds: f64) -> String {
    if seconds < 1e-3 { format!("{:.1} µs", seconds * 1e6) } else { format!("{:.2} ms", seconds * 1e3) }
}
