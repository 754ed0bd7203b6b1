//! The rows of a table that a model compares, and the most valuable of them.
//!
//! A model compares all open rows of a small table. Of a larger one it compares a fixed number: half of them are random,
//! and half are the nearest to the best trials, in equal parts. Rows that improve on the best trial mostly lie near one
//! of the best; random rows lead elsewhere.

use super::Candidates;
use super::candidates::{OpenRow, first_rows};
use crate::history::Origin;
use crate::sampler::failures::FailureFilter;
use crate::sampler::ranking::best_first_by_values;
use crate::sampler::{Context, Suggestion, worth};
use crate::space::Configuration;

/// Number of best trials whose neighbours are compared. (Half and twice: `benches/results/constants.md`.)
const CENTRES: usize = 2;
/// With `n` trials, the most valuable `n` rows and this many more are checked: whether they are worth a trial and
/// likely to succeed. (Half and twice: `benches/results/constants.md`.)
const COMPARED: usize = 64;

/// How many rows a model compares.
pub(crate) struct Extent {
    /// Number of open rows up to which it compares all.
    pub(crate) all: usize,
    /// Number of rows of a larger table.
    pub(crate) part: usize,
}

/// Open rows, in their order.
pub(crate) struct Shortlist<'a> {
    candidates: &'a Candidates,
    rows: Vec<OpenRow>,
}

impl<'a> Shortlist<'a> {
    /// The `open` rows that a model compares; there must be one.
    pub(crate) fn of(context: &Context<'_>, candidates: &'a Candidates, open: Vec<OpenRow>, extent: &Extent) -> Self {
        if open.len() <= extent.all {
            return Self { candidates, rows: first_rows(open, extent.all) };
        }
        let centres = best(context);
        let each = extent.part / 2 / CENTRES;
        let near: Vec<OpenRow> =
            centres.iter().flat_map(|centre| nearest(context, candidates, &open, *centre, each)).collect();
        let mut rows = first_rows(open, extent.part - CENTRES * each);
        rows.extend(near);
        rows.sort_unstable();
        rows.dedup();
        Self { candidates, rows }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn configuration(&self, i: usize) -> &'a Configuration {
        self.candidates.configuration(self.rows[i].row)
    }

    /// Unit coordinates.
    pub(crate) fn unit(&self, i: usize) -> Vec<f64> {
        self.candidates.unit(self.rows[i].row)
    }

    /// The rows as points of the models.
    pub(crate) fn points(&self, context: &Context<'_>) -> Vec<Vec<f64>> {
        (0..self.len()).map(|i| context.point(&self.unit(i))).collect()
    }
}

/// The best trials.
fn best(context: &Context<'_>) -> Vec<usize> {
    let rows: Vec<usize> = context.history.finished().filter(|row| context.history.is_measured(*row)).collect();
    let order = best_first_by_values(context.history, &rows);
    order.into_iter().take(CENTRES).map(|i| rows[i]).collect()
}

/// The `n` open rows that are nearest to a trial. O(rows).
fn nearest(context: &Context<'_>, candidates: &Candidates, open: &[OpenRow], trial: usize, n: usize) -> Vec<OpenRow> {
    let by_row = candidates.squared_distances(&context.history.unit_point(trial));
    let distances: Vec<f64> = open.iter().map(|open| by_row[open.row as usize]).collect();
    let within = nth(distances.clone(), n);
    // Rows at the n-th distance may be too many; the order decides between them.
    let mut places: Vec<(f64, OpenRow)> =
        distances.into_iter().zip(open.iter().copied()).filter(|(d, _)| *d <= within).collect();
    places.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    places.truncate(n);
    places.into_iter().map(|(_, open)| open).collect()
}

/// The `n`-th smallest of some numbers, or infinity if there are fewer.
fn nth(mut numbers: Vec<f64>, n: usize) -> f64 {
    if n > numbers.len() {
        return f64::INFINITY;
    }
    *numbers.select_nth_unstable_by(n - 1, f64::total_cmp).1
}

/// The most valuable row of a shortlist that is worth a trial ([`worth`]), or a random row, which counts as a fallback,
/// if there are no `values`.
pub(in crate::sampler) fn most_valuable(
    context: &Context<'_>,
    open: &Shortlist<'_>,
    values: Option<Vec<f64>>,
    origin: Origin,
) -> Suggestion {
    let chosen = values.and_then(|values| worth::first_choice(context, by_value(context, open, &values)));
    let fallback = chosen.is_none();
    let configuration = chosen.unwrap_or_else(|| open.configuration(0).clone());
    Suggestion { configuration, origin: if fallback { Origin::Random } else { origin }, fallback }
}

/// Configurations by decreasing value, those that are likely to succeed first.
fn by_value(context: &Context<'_>, open: &Shortlist<'_>, values: &[f64]) -> Vec<Configuration> {
    let mut order: Vec<usize> = (0..open.len()).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    order.truncate(context.history.len() + COMPARED);
    if let Some(filter) = FailureFilter::of(context) {
        order = filter.keep(order, |i| open.unit(*i));
    }
    order.into_iter().map(|i| open.configuration(i).clone()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Origin};
    use crate::sampler::testing::{finish, number, with_context};
    use crate::space::{SearchSpace, Value};

    /// Of a thousand rows between 0 and 1, eighty are compared after trials at 0.25 (the best), 0.75 and 0.5 (the worst).
    #[test]
    fn a_large_table_is_cut_to_random_rows_and_neighbours_of_the_best() {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let at = |x: f64| Configuration(vec![Some(Value::Real(x))]);
        let table = (0..1000).map(|k| at(f64::from(k) / 1000.0).0).collect();
        let candidates = Candidates::new(&space, table).unwrap();
        let mut history = History::new(1, 1);
        for (row, (x, value)) in [(0.25, 1.0), (0.75, 2.0), (0.5, 3.0)].into_iter().enumerate() {
            history.push(&space, &at(x), Origin::Random);
            finish(&mut history, row, Some(value));
        }
        let compared = |all: usize| {
            let open = candidates.open(1, 3, 0..3, &space, &history);
            let extent = Extent { all, part: 80 };
            let list =
                with_context(&space, &history, 3, |context| Shortlist::of(context, &candidates, open, &extent).rows);
            list.into_iter().map(|open| candidates.unit(open.row)[0]).collect::<Vec<f64>>()
        };
        let rows = compared(900);
        let within = |centre: f64| rows.iter().filter(|x| (**x - centre).abs() < 0.0115).count();
        assert!(rows.len() <= 80 && within(0.25) >= 20 && within(0.75) >= 20 && within(0.5) < 10, "{rows:?}");
        assert!(rows.iter().filter(|x| (**x - 0.5).abs() > 0.27).count() > 10, "{rows:?}");
        assert_eq!(compared(997).len(), 997);
    }
}
