//! A subset of the trials (subset of data: Rasmussen and Williams 2006, section 8.3.3).

use std::collections::BTreeSet;

use crate::history::History;
use crate::numerics::ascending;
use crate::pareto::{dominance, greedy_subset};
use crate::sampler::Context;
use crate::sampler::ranking::best_first_by_values;

/// Largest number of trials for which a single model uses all of them. (Times: `benches/results/speed.md`.)
pub(crate) const MAX_EXACT: usize = 1000;
/// Size of the subset if there are more. (Times: `benches/results/speed.md`.)
const MAX_LOCAL: usize = 512;
/// Number of trials that each of many models uses at least. (Half and twice: `benches/results/constants.md`.)
const MIN_SHARED: usize = 200;
/// The best trials make up one part in this many of a subset, and trials spread over the history another. (With several
/// objectives, the whole rule was measured: `benches/results/objectives.md`.)
const PART: usize = 4;

/// Number of trials that as many Gaussian processes as there are objectives and constraints can use in about the time of
/// a single one.
pub(in crate::sampler) fn trials_per_model(history: &History) -> usize {
    (MAX_EXACT / (history.n_objectives() + history.constraint_names().len())).max(MIN_SHARED)
}

/// The observations that the models use: `rows` or some of them, in increasing order.
pub(super) fn used(context: &Context<'_>, rows: &[usize]) -> Vec<usize> {
    let is_single = context.history.n_objectives() == 1;
    let limit = if is_single { model_size(rows.len()) } else { trials_per_model(&context.history) };
    if !is_single && rows.len() > limit {
        let front = thinned_front(context, rows, limit / 2);
        if !front.is_empty() {
            return around(context, rows, limit, &front, &front);
        }
    }
    reduced(context, rows, limit, |rows| best_first_by_values(context.history, rows))
}

/// Indices into `rows` of the feasible trials that no other one dominates, at most `limit` of them.
fn thinned_front(context: &Context<'_>, rows: &[usize], limit: usize) -> Vec<usize> {
    let feasible: Vec<usize> = (0..rows.len()).filter(|i| context.history.is_feasible(rows[*i])).collect();
    let points: Vec<Vec<f64>> = feasible.iter().map(|i| context.history.point_of_values(rows[*i])).collect();
    let mut front = dominance::front(&points);
    if front.len() > limit {
        let members: Vec<Vec<f64>> = front.iter().map(|i| points[*i].clone()).collect();
        front = greedy_subset(&members, limit).into_iter().map(|k| front[k]).collect();
    }
    front.into_iter().map(|i| feasible[i]).collect()
}

/// Largest number of `n` observations that the models of a single objective use.
fn model_size(n: usize) -> usize {
    if n <= MAX_EXACT { MAX_EXACT } else { MAX_LOCAL }
}

/// At most `limit` of `rows`, in increasing order: the best quarter, a quarter spread evenly over the history, and the
/// others nearest to the best trial. `best_first` ranks some rows.
pub(super) fn reduced(
    context: &Context<'_>,
    rows: &[usize],
    limit: usize,
    best_first: impl Fn(&[usize]) -> Vec<usize>,
) -> Vec<usize> {
    let n = rows.len();
    if n <= limit {
        return rows.to_vec();
    }
    let best = best_first(rows);
    around(context, rows, limit, &best[..limit / PART], &best[..1])
}

/// `limit` of `rows`, in increasing order: those at the indices `best`, a quarter spread evenly over the history, and the
/// others nearest to the closest of the `centres`.
fn around(context: &Context<'_>, rows: &[usize], limit: usize, best: &[usize], centres: &[usize]) -> Vec<usize> {
    let mut least = vec![f64::INFINITY; rows.len()];
    for centre in centres {
        let distances = distances(context, rows, rows[*centre]);
        least.iter_mut().zip(distances).for_each(|(least, distance)| *least = least.min(distance));
    }
    let spread = (0..limit / PART).map(|i| i * rows.len() / (limit / PART));
    let mut kept: BTreeSet<usize> = best.iter().copied().chain(spread).collect();
    for i in ascending(&least) {
        if kept.len() == limit {
            break;
        }
        kept.insert(i);
    }
    kept.into_iter().map(|i| rows[i]).collect()
}

/// For each row, the sum of the differences to `centre` over the parameters.
fn distances(context: &Context<'_>, rows: &[usize], centre: usize) -> Vec<f64> {
    let mut sums = vec![0.0; rows.len()];
    for (j, axis) in context.space.axes().iter().enumerate() {
        let column = context.history.unit(j);
        let at = column[centre];
        for (sum, row) in sums.iter_mut().zip(rows) {
            *sum += axis.difference(column[*row], at);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{Measurement, Origin, Outcome};
    use crate::sampler::testing::{number, with_context};
    use crate::space::{Configuration, SearchSpace, Value};

    /// The trials used of `n` with two objectives at random points `x`, of which those in `[0, width]` are the front. If
    /// there is a limit, `x` up to it are infeasible.
    fn used_of(n: usize, width: f64, infeasible: Option<f64>) -> (Vec<f64>, Vec<usize>) {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut history = History::new(1, 2);
        let points: Vec<f64> = (0..n).map(|row| (row as f64 * 0.618_033_988_75).fract()).collect();
        for (row, x) in points.iter().enumerate() {
            history.push(&space, &Configuration(vec![Some(Value::Real(*x))]), Origin::Random);
            let worse = (x - width).max(0.0);
            let measured = [x + 9.0 * worse, width - x + 9.0 * worse];
            let measured = measured.map(|value| Measurement { value, sem: None, replicates: Vec::new() });
            let constraints: Vec<_> = infeasible.iter().map(|limit| ("c".to_owned(), limit - x)).collect();
            history.finish(row, Outcome::Complete(measured.to_vec()), &constraints, None);
        }
        let rows: Vec<usize> = (0..n).collect();
        (points, with_context(&space, &history, n as u64, |context| used(context, &rows)))
    }

    #[test]
    fn all_trials_are_used_up_to_the_limit() {
        assert_eq!(used_of(500, 0.1, None).1, (0..500).collect::<Vec<_>>());
        assert_eq!(used_of(333, 0.1, Some(0.0)).1, (0..333).collect::<Vec<_>>());
        assert_eq!(used_of(334, 0.1, Some(0.0)).1.len(), 333);
    }

    /// Of 1,000 trials, 100 are on the front, 125 are a sample, of which a tenth are on it, and the others are neighbours.
    #[test]
    fn the_front_and_its_neighbours_are_used() {
        let (points, used) = used_of(1000, 0.1, None);
        assert_eq!(used.len(), 500);
        let is_used = |row: usize| used.binary_search(&row).is_ok();
        assert!((0..1000).filter(|row| points[*row] < 0.4).all(is_used));
        assert!((0..1000).filter(|row| points[*row] > 0.5).filter(|row| is_used(*row)).all(|row| row % 8 == 0));
    }

    /// A large front leaves room for its neighbours and a sample.
    #[test]
    fn a_large_front_is_thinned() {
        let (points, used) = used_of(1000, 0.7, None);
        assert_eq!(used.len(), 500);
        let beyond = used.iter().filter(|row| points[**row] > 0.7).count();
        assert!(beyond >= 37, "{beyond}");
    }

    #[test]
    fn without_feasible_trials_the_least_infeasible_are_used() {
        let (points, used) = used_of(1000, 0.1, Some(2.0));
        assert_eq!(used.len(), 333);
        assert!((0..1000).filter(|row| points[*row] > 0.93).all(|row| used.binary_search(&row).is_ok()));
    }
}
