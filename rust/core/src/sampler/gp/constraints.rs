//! Transformation of black-box constraints, and of failures, for the models.
//!
//! A constraint `c <= 0` is modelled as
//!
//! ```text
//! b = sign(c) ln(1 + |c| / q),    q = w (r / w)^0.3
//! ```
//!
//! clipped at an upper fence and standardized. The transformation (bilog: Eriksson and Poloczek 2021) keeps the sign,
//! expands values near the border, where the model must be accurate, and compresses values far from it.
//!
//! *The scale* `q` lies between two interquartile ranges. `r` is that of all values. `w` is the widest of those of the
//! first 8, 16, 32, .. and of all values. A search that has converged at a border tells most values next to it. Their
//! range alone would turn the border into a cliff, and the model would know nothing of the region behind it. In a
//! square of which one half is feasible, 14 of the last 30 of 60 suggestions then broke the constraint, and 1 did with
//! both ranges. The widest range alone
//! finds the border less precisely (measured: `benches/results/constraints.md`). Tukey's fence is that of the widest
//! values.
//!
//! *Labels.* A constraint that is only known to hold or not is told as -1 or 1, and so is whether a trial failed. The
//! model of labels is a least-squares classifier (Rasmussen and Williams 2006, section 6.5). With its mean `m` and
//! variance `s2` at a point, in the unit of the labels,
//!
//! ```text
//! P(holds) = Phi(-(m + 1/2) / sqrt(s2 + 0.05)),    and 2 ln P(holds) is added to the acquisition value of the objectives
//! ```
//!
//! The offset of 1/2 and the factor of 2 make the search cautious, because a violation costs as much as another trial
//! and is less informative. In a search whose values improve towards the border, three quarters of all suggestions
//! still break such a constraint. Where distances to the border are told instead of labels, a quarter does
//! (`benches/results/constraints.md`). Deep inside a region that always fails, `m` is 1 with little uncertainty, so that
//! no improvement outweighs it. Far from all trials `m` returns to the mean of the labels, so that unknown regions are
//! as likely to fail as the trials were (measured: `benches/results/failing.md`).

use crate::numerics::{inner_fence, ln, quartiles, standardized};
use crate::sampler::Context;

/// Label below which a point counts as likely to hold. (Half and twice: `benches/results/constants.md`.)
const CAUTIOUS: f64 = -0.5;
/// Softness of the border as a variance. The standard deviation is 0.22; the labels differ by 2. (Half and twice:
/// `benches/results/constants.md`.)
const SOFTNESS: f64 = 0.05;
/// Factor of the log probability. In a search whose optimum lies at a border, every third suggestion failed with a factor
/// of 1 and every fifth with a factor of 2, with equally good losses (`test_the_memory_limit_of_a_gpu_is_learned`).
const WEIGHT: f64 = 2.0;
/// Correlation above which constraints are alike. (Half and twice: `benches/results/constants.md`.)
const ALIKE: f64 = 0.95;
/// Number of trials from which such a correlation is hardly ever chance. With fewer, only copies are alike. (Half and
/// twice: `benches/results/constants.md`.)
const ENOUGH: usize = 8;
/// Number of trials below which even copies cannot be told from others. Follows from the correlation of two trials,
/// which is always 1 or -1.
const FEWEST: usize = 3;
/// The smallest number of first trials whose quartiles are considered. (Half and twice:
/// `benches/results/constants.md`.)
const FIRST: usize = 8;
/// The exponent of the range of all values in the scale. (0, 0.5, 0.7 and 1: `benches/results/constraints.md`.)
const PART_OF_ALL: f64 = 0.3;

/// Of `rows`, those with a value of constraint `k`.
pub(super) fn observed_rows(context: &Context<'_>, k: usize, rows: &[usize]) -> Vec<usize> {
    let values = context.history.constraint(k);
    rows.iter().copied().filter(|row| !values[*row].is_nan()).collect()
}

/// A constraint as its model sees it.
pub(super) struct Scaled {
    pub(super) values: Vec<f64>,
    /// The largest feasible value.
    pub(super) border: f64,
    /// The border with caution.
    pub(super) limit: f64,
    /// Variance of the border.
    pub(super) softness: f64,
    /// Factor of `ln P`.
    pub(super) weight: f64,
}

/// The values of constraint `k` at `rows`, all of which report it.
pub(super) fn told(context: &Context<'_>, k: usize, rows: &[usize]) -> Vec<f64> {
    let column = context.history.constraint(k);
    rows.iter().map(|row| column[*row]).collect()
}

/// Values of a constraint, as its model sees them.
pub(super) fn scaled(told: &[f64]) -> Scaled {
    let (values, border) = transformed(told);
    if told.iter().any(|c| c.abs() != 1.0) {
        return Scaled { values, border, limit: border, softness: 0.0, weight: 1.0 };
    }
    let unit = (values[0] - border).abs();
    Scaled { values, border, limit: border + CAUTIOUS * unit, softness: SOFTNESS * unit * unit, weight: WEIGHT }
}

/// Positions of the `constraints` in groups of those that are alike at `rows`; each is compared with the first of a group.
pub(super) fn groups(context: &Context<'_>, constraints: &[usize], rows: &[usize]) -> Vec<Vec<usize>> {
    let column = |k: &usize| rows.iter().map(|row| context.history.constraint(*k)[*row]).collect();
    let columns: Vec<Vec<f64>> = constraints.iter().map(column).collect();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for i in 0..columns.len() {
        match groups.iter_mut().find(|group| are_alike(&columns[group[0]], &columns[i])) {
            Some(group) => group.push(i),
            None => groups.push(vec![i]),
        }
    }
    groups
}

/// Whether two constraints have equal or highly correlated transformed values in the trials that report both. With few
/// of them only copies are alike, up to 1e-9 for rounding (a choice, not measured).
fn are_alike(a: &[f64], b: &[f64]) -> bool {
    let both = a.iter().zip(b).filter(|(a, b)| !a.is_nan() && !b.is_nan());
    let (a, b): (Vec<f64>, Vec<f64>) = both.map(|(a, b)| (*a, *b)).unzip();
    if a.len() < FEWEST {
        return false;
    }
    let (a, b) = (transformed(&a).0, transformed(&b).0);
    let correlation = a.iter().zip(&b).map(|(a, b)| a * b).sum::<f64>() / a.len() as f64;
    a == b || correlation > if a.len() < ENOUGH { 1.0 - 1e-9 } else { ALIKE }
}

/// Whether trials failed, as the model of failures sees it.
pub(super) fn scaled_failures(context: &Context<'_>, rows: &[usize]) -> Scaled {
    let label = |row: &usize| if context.history.is_measured(*row) { -1.0 } else { 1.0 };
    scaled(&rows.iter().map(label).collect::<Vec<_>>())
}

/// The transformed values, and the image of zero.
fn transformed(told: &[f64]) -> (Vec<f64>, f64) {
    let n = widest(told);
    clipped_and_standardized(&bilog(told, scale(told, n)), n)
}

/// The number of first values whose quartiles are farthest apart.
fn widest(told: &[f64]) -> usize {
    let lengths = std::iter::successors(Some(FIRST), |n| Some(2 * n)).take_while(|n| *n < told.len());
    let ranges = lengths.chain([told.len()]).map(|n| (half_range(&told[..n]), n));
    ranges.max_by(|a, b| a.0.total_cmp(&b.0)).map_or(told.len(), |(_, n)| n)
}

/// Half of the scale of the transformation, where the first `widest` values have the widest range; not even huge values
/// overflow.
fn scale(told: &[f64], widest: usize) -> f64 {
    let (all, wide) = (half_range(told), half_range(&told[..widest]));
    if wide > 0.0 {
        return if all > 0.0 { wide * libm::pow(all / wide, PART_OF_ALL) } else { wide };
    }
    told.iter().map(|c| c.abs()).filter(|c| c.is_finite()).fold(0.0, f64::max) / 2.0
}

/// Half of the interquartile range; zero if it is infinite.
fn half_range(values: &[f64]) -> f64 {
    let (low, high) = quartiles(values);
    if low.is_finite() && high.is_finite() { high / 2.0 - low / 2.0 } else { 0.0 }
}

fn bilog(values: &[f64], scale: f64) -> Vec<f64> {
    let log = |c: &f64| {
        let size = c.abs().min(f64::MAX) / 2.0;
        if size > 0.0 { ln(1.0 + (size / scale.max(f64::MIN_POSITIVE)).min(f64::MAX)).copysign(*c) } else { 0.0 }
    };
    values.iter().map(log).collect()
}

/// Clips values at the upper fence of the first `n` and standardizes them to zero mean and unit variance. Also returns
/// the image of zero.
fn clipped_and_standardized(values: &[f64], n: usize) -> (Vec<f64>, f64) {
    let (low, high) = quartiles(&values[..n]);
    // If the quartiles are equal, a fence would clip all other values and remove all information about the border.
    let fence = if high > low { inner_fence(low, high) } else { f64::INFINITY };
    let clipped: Vec<f64> = values.iter().map(|b| b.min(fence.max(0.0))).collect();
    let (standardized, mean, scale) = standardized(&clipped);
    (standardized, -mean / scale)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::{are_alike, bilog, transformed, widest};
    use crate::history::{History, Origin};
    use crate::numerics::{Purpose, Stream};
    use crate::sampler::gp::surrogate::{self, GpCaches};
    use crate::sampler::testing::{finish, number, with_context};
    use crate::space::{Configuration, SearchSpace, Value};

    /// The means of the model along the second number, for two values of the first one, after `n` trials of two numbers.
    /// Those whose first number exceeds 0.7 failed, from the trial `first` on.
    fn means(n: usize, first: usize) -> [Vec<f64>; 2] {
        let space = SearchSpace::new(vec![number("x"), number("y")], Vec::new()).unwrap();
        let mut history = History::new(2, 1);
        let mut stream = Stream::new(1, 0, Purpose::Suggest, 0);
        for row in 0..n {
            let (x, y) = (stream.uniform(), stream.uniform());
            history.push(&space, &Configuration(vec![Some(Value::Real(x)), Some(Value::Real(y))]), Origin::Random);
            finish(&mut history, row, (x <= 0.7 || row < first).then_some(x - y));
        }
        with_context(&space, &history, n as u64, |context| {
            let mut caches = GpCaches::default();
            let surrogate = surrogate::build(&mut caches, context).unwrap().unwrap();
            let model = surrogate.success.unwrap().model;
            [0.2, 0.95].map(|x| (0..=10).map(|i| model.mean(&[x, f64::from(i) / 10.0])).collect())
        })
    }

    /// Failures that do not depend on a parameter generalize along this parameter, also if the first one occurred after
    /// trial 64.
    #[test]
    fn failures_generalize_along_irrelevant_parameters() {
        for [outside, inside] in [means(40, 0), means(90, 64)] {
            let largest = outside.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            assert!(inside.iter().all(|mean| *mean > largest), "{outside:?} {inside:?}");
        }
    }

    #[test]
    fn copies_and_correlated_constraints_are_alike() {
        let a: Vec<f64> = (0..12).map(|i| f64::from(i * i % 7) - 3.0).collect();
        let scaled: Vec<f64> = a.iter().map(|c| 1e-6 * c).collect();
        let close: Vec<f64> = a.iter().enumerate().map(|(i, c)| c + 0.1 * (i % 2) as f64).collect();
        let other: Vec<f64> = (0..12).map(|i| f64::from(i * 5 % 12) - 3.0).collect();
        let negative: Vec<f64> = a.iter().map(|c| -c).collect();
        assert!(are_alike(&a, &scaled) && are_alike(&a, &close) && are_alike(&[2.0; 4], &[2.0; 4]));
        assert!(!are_alike(&a, &other) && !are_alike(&a, &negative));
        assert!(are_alike(&a[..4], &scaled[..4]) && !are_alike(&a[..4], &close[..4]), "of few trials, only copies");
        assert!(!are_alike(&a[..2], &a[..2]) && !are_alike(&a, &[f64::NAN; 12]));
    }

    #[test]
    fn bilog_keeps_signs_and_order() {
        let values = [-1e300, -2.0, -1e-3, 0.0, 1e-3, 3.0, f64::INFINITY];
        let transformed = bilog(&values, 1.0);
        assert!(transformed.windows(2).all(|pair| pair[0] < pair[1]), "{transformed:?}");
        assert!(
            transformed
                .iter()
                .zip(values)
                .all(|(b, c)| b.is_finite() && (*b == 0.0) == (c == 0.0) && (*b > 0.0) == (c > 0.0))
        );
    }

    #[test]
    fn standardized_values_keep_their_side_of_the_border() {
        for values in
            [vec![1.0, 2.0, 3.0, 1e9], vec![-1.0, 1.0], vec![-4.0, -3.0, -3.0, -2.0], vec![2.0; 4], vec![0.0; 3]]
        {
            let (scaled, limit) = transformed(&values);
            for (z, c) in scaled.iter().zip(&values) {
                assert!((*z <= limit + 1e-12) == (*c <= 0.0), "{values:?} {scaled:?} {limit}");
            }
        }
    }

    /// Eight values of a search, then a hundred next to the border.
    #[test]
    fn values_next_to_the_border_do_not_stretch_it() {
        let first = [-4.0, -2.0, -1.0, 0.5, 1.0, 2.0, 3.0, 4.0];
        let told: Vec<f64> = first.into_iter().chain((0..100).map(|i| 1e-4 * (f64::from(i % 9) - 4.0))).collect();
        assert_eq!(widest(&told), 8);
        let (values, _) = transformed(&told);
        assert!((values[8] - values[16]).abs() < 1e-2 * (values[0] - values[7]).abs(), "{values:?}");
        assert_eq!(widest(&[f64::INFINITY; 20]), 20);
    }

    #[test]
    fn a_far_violation_changes_little() {
        let near = transformed(&[-1.0, -0.5, 0.25, 0.5, 1.0, 4.0, 40.0]);
        let far = transformed(&[-1.0, -0.5, 0.25, 0.5, 1.0, 4.0, 1e200]);
        assert!((near.1 - far.1).abs() < 1e-9);
    }
}
