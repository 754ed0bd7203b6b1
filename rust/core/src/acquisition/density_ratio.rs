//! The acquisition function of TPE: the ratio of two densities.
//!
//! With `l` the density of the good trials and `g` that of the others, the probability that `x` is good is a monotone
//! function of `l(x) / g(x)`, and so is the expected improvement under the tree-structured Parzen estimator (Bergstra et
//! al. 2011, section 4.1).

use std::cmp::Ordering;

use crate::model::parzen::{Bad, Good, Points};
use crate::numerics::Pool;

/// `ln l(x) - ln g(x)` at each point; `None` if `interrupted` said so between two blocks of work.
pub fn log_ratio(
    good: &Good,
    bad: &Bad,
    points: &Points,
    pool: &Pool,
    interrupted: &dyn Fn() -> bool,
) -> Option<Vec<f64>> {
    let l = good.mixture().try_log_density(points, pool, interrupted)?;
    let g = bad.mixture().try_log_density(points, pool, interrupted)?;
    Some(l.iter().zip(g).map(|(l, g)| l - g).collect())
}

/// Indices from the highest to the lowest score; equal scores by index, NaN last.
pub fn ranking(scores: &[f64]) -> Vec<usize> {
    let key = |i: &usize| if scores[*i].is_nan() { f64::NEG_INFINITY } else { scores[*i] };
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| key(b).partial_cmp(&key(a)).unwrap_or(Ordering::Equal));
    order
}

#[cfg(test)]
mod tests {
    use super::ranking;

    #[test]
    fn equal_scores_keep_their_order_and_nan_comes_last() {
        let scores = [1.0, f64::NAN, 2.0, f64::NEG_INFINITY, 2.0, f64::INFINITY, 0.0, -0.0];
        assert_eq!(ranking(&scores), [5, 2, 4, 0, 6, 7, 1, 3]);
    }
}
