//! Wilcoxon's signed-rank test (Wilcoxon 1945), one-sided, with ties.
//!
//! Given `n` nonzero differences, let `W` be the sum of the ranks of `|d|` over the positive ones, where equal `|d|`
//! share the mean of their ranks. If the differences are symmetric about zero, each rank counts with probability 1/2.
//! The distribution of `W` given the ranks is computed exactly for up to [`EXACT`] differences, by recursion over the
//! ranks, which are doubled so that shared ranks are integers. Beyond that it is approximated by a normal distribution
//! of mean `sum r / 2` and variance `sum r^2 / 4`, with a continuity correction; the error at n = 31 is below 0.003.

use crate::numerics::normal::ndtr;

/// Maximum number of differences for the exact distribution. (Half and twice: `benches/results/constants.md`.)
const EXACT: usize = 30;

/// The probability of a `W` at least as large as that of these differences under symmetry about zero. Zeros are left
/// out; 1 if nothing remains. The differences must not be NaN.
pub(super) fn p_greater(differences: &[f64]) -> f64 {
    let kept: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0).collect();
    let doubled = doubled_ranks(&kept);
    let observed: u64 = doubled.iter().zip(&kept).filter(|(_, d)| **d > 0.0).map(|(rank, _)| *rank).sum();
    if kept.len() <= EXACT { exact_tail(&doubled, observed) } else { normal_tail(&doubled, observed) }
}

/// Twice the rank of each `|d|`, equal ones sharing the mean.
fn doubled_ranks(differences: &[f64]) -> Vec<u64> {
    let mut order: Vec<usize> = (0..differences.len()).collect();
    let size = |i: &usize| differences[*i].abs();
    order.sort_by(|i, j| size(i).total_cmp(&size(j)));
    let mut ranks = vec![0; differences.len()];
    let mut below = 0;
    for tied in order.chunk_by(|i, j| size(i) == size(j)) {
        let doubled = (2 * below + tied.len() + 1) as u64;
        for i in tied {
            ranks[*i] = doubled;
        }
        below += tied.len();
    }
    ranks
}

/// `P(sum of each rank with probability 1/2 >= observed)`.
fn exact_tail(ranks: &[u64], observed: u64) -> f64 {
    let total: u64 = ranks.iter().sum();
    let mut probability = vec![0.0; total as usize + 1];
    probability[0] = 1.0;
    for rank in ranks {
        for sum in (0..probability.len()).rev() {
            let with = sum.checked_sub(*rank as usize).map_or(0.0, |rest| probability[rest]);
            probability[sum] = 0.5 * (probability[sum] + with);
        }
    }
    probability[observed as usize..].iter().sum()
}

fn normal_tail(ranks: &[u64], observed: u64) -> f64 {
    let mean = ranks.iter().sum::<u64>() as f64 / 2.0;
    let variance = ranks.iter().map(|rank| (rank * rank) as f64).sum::<f64>() / 4.0;
    // The correction of half a rank is 1 in doubled ranks.
    ndtr(-(observed as f64 - mean - 1.0) / variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::{doubled_ranks, exact_tail, normal_tail, p_greater};

    #[test]
    fn the_smallest_p_of_n_pairs_is_two_to_the_minus_n() {
        for n in 1..=12_u32 {
            let all: Vec<f64> = (1..=n).map(f64::from).collect();
            assert_eq!(p_greater(&all), 1.0 / f64::from(1 << n));
        }
        assert_eq!(p_greater(&[0.0, 0.0]), 1.0);
    }

    /// `scipy.stats.wilcoxon([1, -2, 3, 4, 5], alternative="greater", mode="exact").pvalue`: sums of 13 and more of 15
    /// are reached by {2, ..}: all, all but 1, all but 2, which is 3 of 32.
    #[test]
    fn p_agrees_with_scipy() {
        assert_eq!(p_greater(&[1.0, -2.0, 3.0, 4.0, 5.0]), 3.0 / 32.0);
        assert_eq!(p_greater(&[-1.0, -2.0, -3.0]), 1.0);
    }

    #[test]
    fn equal_differences_share_their_ranks() {
        assert_eq!(doubled_ranks(&[2.0, -1.0, 2.0, 5.0]), [5, 2, 5, 8]);
    }

    #[test]
    fn the_normal_tail_is_close_to_the_exact_one() {
        let ranks: Vec<u64> = (1..=31).map(|rank| 2 * rank).collect();
        for observed in (0..=992).step_by(8) {
            assert!((exact_tail(&ranks, observed) - normal_tail(&ranks, observed)).abs() < 0.003);
        }
    }
}
