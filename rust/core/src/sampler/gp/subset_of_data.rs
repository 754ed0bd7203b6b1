//! A subset of the trials (subset of data: Rasmussen and Williams 2006, section 8.3.3).

use std::collections::BTreeSet;

use crate::numerics::ascending;
use crate::sampler::Context;

/// Largest number of trials for which the model uses all of them.
const MAX_EXACT: usize = 1000;
/// Size of the subset if there are more.
const MAX_LOCAL: usize = 512;

/// Largest number of `n` observations that the models use.
pub(super) fn model_size(n: usize) -> usize {
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
