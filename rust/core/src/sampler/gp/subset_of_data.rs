//! A subset of the trials (subset of data: Rasmussen and Williams 2006, section 8.3.3).

use std::collections::BTreeSet;

use super::training_data::ascending;
use crate::sampler::Context;

/// Largest number of trials for which the model uses all of them.
pub(super) const MAX_EXACT: usize = 1000;
/// Size of the subset if there are more.
pub(super) const MAX_LOCAL: usize = 512;

/// At most `limit` of `rows`, in increasing order: a quarter with the lowest `priority`, a quarter spread evenly over
/// the history, and the others nearest to the best trial.
pub(super) fn reduced(
    context: &Context<'_>,
    rows: &[usize],
    limit: usize,
    priority: impl Fn(&[usize]) -> Vec<f64>,
) -> Vec<usize> {
    let n = rows.len();
    if n <= limit {
        return rows.to_vec();
    }
    let best = ascending(&priority(rows));
    let near = ascending(&distances(context, rows, rows[best[0]]));
    let spread = (0..limit / 4).map(|i| i * n / (limit / 4));
    let mut kept = BTreeSet::new();
    kept.extend(best[..limit / 4].iter().copied().chain(spread));
    for i in near {
        if kept.len() == limit {
            break;
        }
        kept.insert(i);
    }
    kept.into_iter().map(|i| rows[i]).collect()
}

/// For each row, the sum of absolute differences to `centre` over the parameters; a parameter counts 1 if it is active
/// in only one of the two, or if a choice differs.
fn distances(context: &Context<'_>, rows: &[usize], centre: usize) -> Vec<f64> {
    let mut sums = vec![0.0; rows.len()];
    for (j, axis) in context.encoding.axes().iter().enumerate() {
        let column = context.history.unit(j);
        let at = column[centre];
        let unordered = axis.is_unordered();
        for (sum, row) in sums.iter_mut().zip(rows) {
            let u = column[*row];
            *sum += match (u.is_nan(), at.is_nan()) {
                (true, true) => 0.0,
                (false, false) if unordered => f64::from(u8::from(u != at)),
                (false, false) => (u - at).abs(),
                _ => 1.0,
            };
        }
    }
    sums
}
