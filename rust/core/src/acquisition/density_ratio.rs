//! The acquisition function of TPE: the ratio of two densities.
//!
//! Let `l` be the density of the good trials and `g` that of the others. The probability that `x` is good is a monotone
//! function of `l(x) / g(x)`. So is the expected improvement under the tree-structured Parzen estimator (Bergstra et al.
//! 2011, section 4.1).
//!
//! `l` has few kernels and `g` has many, so `l` is evaluated at every candidate and `g` at as few as possible. A sum
//! over some kernels of `g` is a lower bound of `g` and gives an upper bound of the ratio.

use std::cmp::Ordering;

/// Number of candidates at which `g` is evaluated first. If this does not determine the best one, `g` is evaluated at
/// all remaining contenders together. Changes no suggestion.
const FIRST_BATCH: usize = 1;

/// Candidates in order of decreasing ratio. A ratio is computed only when its candidate could be next.
#[derive(Clone, Debug)]
pub struct Ranking {
    log_good: Vec<f64>,
    /// Candidates without a computed ratio, with the upper bound of the ratio, in order of increasing bound.
    unevaluated: Vec<(f64, usize)>,
    /// Candidates with a computed ratio that have not been returned.
    evaluated: Vec<(f64, usize)>,
}

impl Ranking {
    /// A ranking by known `ln l` and `ln g` of each candidate.
    pub fn of(log_good: Vec<f64>, log_bad: &[f64]) -> Self {
        let mut ranking = Self::bounded(log_good, log_bad);
        ranking.evaluated = std::mem::take(&mut ranking.unevaluated);
        ranking
    }

    /// A ranking by known `ln l` of each candidate and a lower bound of its `ln g`.
    pub fn bounded(log_good: Vec<f64>, log_bad_floor: &[f64]) -> Self {
        let bound = |(i, (l, g)): (usize, (&f64, &f64))| (nan_to_worst(l - g), i);
        let mut unevaluated: Vec<(f64, usize)> = log_good.iter().zip(log_bad_floor).enumerate().map(bound).collect();
        unevaluated.sort_by(|a, b| descending(*b, *a));
        Self { log_good, unevaluated, evaluated: Vec::new() }
    }

    /// Returns the candidate with the next highest ratio; ties are broken by index. `log_bad` computes `ln g` of the
    /// given candidates. No value may lie below its lower bound.
    ///
    /// # Errors
    /// Returns the errors of `log_bad`; the ranking remains usable.
    pub fn next<E>(&mut self, mut log_bad: impl FnMut(&[usize]) -> Result<Vec<f64>, E>) -> Result<Option<usize>, E> {
        loop {
            let best = self.evaluated.iter().copied().min_by(|a, b| descending(*a, *b));
            let contenders = best.map_or(FIRST_BATCH.min(self.unevaluated.len()), |best| self.contenders(best));
            if contenders == 0 {
                self.evaluated.retain(|evaluated| Some(*evaluated) != best);
                return Ok(best.map(|best| best.1));
            }
            let batch: Vec<usize> = self.unevaluated.iter().rev().take(contenders).map(|bound| bound.1).collect();
            let ratios = log_bad(&batch)?;
            self.unevaluated.truncate(self.unevaluated.len() - contenders);
            self.evaluated.extend(batch.iter().zip(ratios).map(|(i, g)| (nan_to_worst(self.log_good[*i] - g), *i)));
        }
    }

    /// Number of unevaluated candidates that may precede an evaluated one.
    fn contenders(&self, best: (f64, usize)) -> usize {
        self.unevaluated.iter().rev().take_while(|bound| descending(**bound, best).is_lt()).count()
    }
}

/// Orders by decreasing value, then by increasing index.
fn descending(a: (f64, usize), b: (f64, usize)) -> Ordering {
    b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal).then(a.1.cmp(&b.1))
}

/// Maps NaN to minus infinity.
fn nan_to_worst(x: f64) -> f64 {
    if x.is_nan() { f64::NEG_INFINITY } else { x }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = f64> {
        prop_oneof![4 => -5.0..5.0, 2 => (0..3u8).prop_map(f64::from), 1 => Just(f64::NEG_INFINITY), 1 => Just(f64::NAN)]
    }

    proptest! {
        #[test]
        fn a_lazy_ranking_equals_the_sorted_one(
            candidates in prop::collection::vec((value(), -3.0..3.0f64, 0.0..9.0f64), 0..60),
        ) {
            let good: Vec<f64> = candidates.iter().map(|c| c.0).collect();
            let bad: Vec<f64> = candidates.iter().map(|c| c.1 + if c.2 < 1.0 { 0.0 } else { c.2 }).collect();
            let floors: Vec<f64> = candidates.iter().map(|c| c.1).collect();
            let mut expected: Vec<usize> = (0..good.len()).collect();
            let ratio = |i: usize| nan_to_worst(good[i] - bad[i]);
            expected.sort_by(|a, b| descending((ratio(*a), *a), (ratio(*b), *b)));
            let mut ranking = Ranking::bounded(good.clone(), &floors);
            let log_bad = |batch: &[usize]| Ok::<_, ()>(batch.iter().map(|i| bad[*i]).collect());
            let mut next = || ranking.next(log_bad).unwrap_or(None);
            let ranked: Vec<usize> = std::iter::from_fn(&mut next).collect();
            prop_assert_eq!(ranked, expected);
        }
    }

    #[test]
    fn candidates_that_cannot_be_best_are_not_evaluated() {
        let good: Vec<f64> = (0..32).map(f64::from).collect();
        let mut evaluated = Vec::new();
        let mut ranking = Ranking::bounded(good, &[0.0; 32]);
        let best = ranking.next(|batch| {
            evaluated.extend_from_slice(batch);
            Ok::<_, ()>(vec![2.5; batch.len()])
        });
        assert_eq!(best, Ok(Some(31)));
        assert_eq!(evaluated, [31, 30, 29]);
    }

    #[test]
    fn known_ratios_need_no_evaluation() {
        let mut ranking = Ranking::of(vec![0.0, 3.0, 2.0], &[0.0, 4.0, 1.0]);
        let mut next = || ranking.next(|_| Err(())).unwrap_or_default();
        assert_eq!(std::iter::from_fn(&mut next).collect::<Vec<_>>(), [2, 0, 1]);
    }

    #[test]
    fn an_error_leaves_the_ranking_unchanged() {
        let mut ranking = Ranking::bounded(vec![1.0, 2.0], &[0.0; 2]);
        assert_eq!(ranking.next(|_| Err("stopped")), Err("stopped"));
        assert_eq!(ranking.next(|batch| Ok::<_, ()>(vec![0.0; batch.len()])), Ok(Some(1)));
    }
}
