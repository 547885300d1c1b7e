//! In which order did messages pass?

use crate::record::ExchangeRecord;

/// How long nothing has to happen for the picture to say so, in milliseconds.
const PAUSE: f64 = 1000.0;

/// What stands on one row of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Row {
    /// A request, by the place of its exchange in the list.
    Asked(usize),
    /// An answer, or that none came.
    Answered(usize),
    /// Nothing, for so many milliseconds.
    Pause(f64),
}

/// Returns the messages of exchanges in the order they passed, and the times at which they did, in milliseconds
/// from the first.
pub(super) fn rows(exchanges: &[&ExchangeRecord]) -> Vec<(Row, f64)> {
    let start = exchanges.iter().map(|one| one.at_ms).fold(f64::INFINITY, f64::min);
    let mut messages: Vec<(Row, f64)> = Vec::new();
    for (index, one) in exchanges.iter().enumerate() {
        messages.push((Row::Asked(index), one.at_ms - start));
        messages.push((Row::Answered(index), one.at_ms - start + one.took_ms));
    }
    // At one and the same moment a request stands before its answer, because the sort is stable.
    messages.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    let mut rows = Vec::new();
    let mut last = 0.0;
    for (row, at) in messages {
        if at - last >= PAUSE {
            rows.push((Row::Pause(at - last), at));
        }
        last = at;
        rows.push((row, at));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::{Row, rows};
    use crate::report::fixtures;

    #[test]
    fn messages_stand_in_the_order_they_passed() {
        let record = fixtures::nonconforming();
        let broken = record.requirements.iter().find(|one| one.id == "CODE-02").unwrap();
        let mut exchanges = broken.scenarios[0].exchanges.clone();
        exchanges[0].took_ms = 5.0;
        exchanges[1].took_ms = 0.0;
        exchanges[2].at_ms = 1500.0;
        let exchanges: Vec<_> = exchanges.iter().collect();
        let order: Vec<Row> = rows(&exchanges).into_iter().map(|(row, _)| row).collect();
        assert_eq!(
            order,
            [
                Row::Asked(0),
                Row::Asked(1),
                Row::Answered(1),
                Row::Answered(0),
                Row::Pause(1485.0),
                Row::Asked(2),
                Row::Answered(2)
            ]
        );
        assert!(rows(&[]).is_empty());
    }
}
