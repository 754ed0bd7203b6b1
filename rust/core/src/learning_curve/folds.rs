//! The estimated final value of a trial from some of its folds.
//!
//! The value of trial `i` at fold `f` is modelled as `g_i + h_f + e_if`: some folds are hard for all trials, and
//! differences between trials at the same folds do not contain this effect (the two-way layout; Montgomery 2013,
//! "Design and analysis of experiments", section 4.1, randomized blocks). The references are the better half, `R` in
//! number, of the complete trials with the same folds as the best one; poor trials would not reflect the noise of good
//! ones. Let `r_f` be the mean of the references at fold `f`. A trial with `m` of the `K` folds has the differences
//! `d_f = y_f - r_f`, of variance `w^2 = (1 + 1/R) v`, and
//!
//! ```text
//! end = mean r + mean d + o       over all K folds, over its own m folds, and the references' offset (value - mean)
//! variance = w^2 (1/m - 1/K)      of the mean over K draws, of which m are known
//! v = (S_R + S_d / (1 + 1/R)) / n,    n = (R - 1)(K - 1) + m - 1
//! ```
//!
//! where `S_R` is the residual sum of squares of the references and `S_d` that of `d` about its mean. The standardized
//! error of `end` then has Student's distribution with `n` degrees of freedom. Because the variance is pooled over
//! trials, two folds already give enough of them. It is that of trials like the references. (A larger weight of the
//! trial's own differences made searches worse: `benches/results/fidelity.md`.)
//!
//! For models, the mean over all `K` folds is an observation of a function with noise of variance `v / K`. A stopped
//! trial adds the variance above: together `v / m`, plus the error of the references. Without standard errors of the
//! references, `v / K` is left to the model.

use crate::history::{Expected, History};
use crate::numerics::mean;

/// Minimum number of references. (Half and twice: `benches/results/constants.md`.)
const FEWEST: usize = 3;

/// The folds of the reference trials and their noise.
#[derive(Clone, Debug)]
pub struct FoldLayout {
    /// The folds in increasing order, each with the mean of the references.
    folds: Vec<(u64, f64)>,
    references: usize,
    /// The residual sum of squares of the references.
    residual: f64,
    /// The mean difference between the references' values and the means of their folds.
    offset: f64,
    /// Whether every reference has a positive standard error.
    has_errors: bool,
}

/// The estimate of a trial's mean over all folds, from some of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoldEnd {
    /// The expected final value.
    pub mean: f64,
    /// Square of the scale of Student's distribution.
    pub squared_scale: f64,
    /// Its degrees of freedom.
    pub degrees: u64,
    /// The variance of the final value as an observation of a function; zero if that of complete trials is not known.
    pub noise: f64,
    /// Number of the trial's folds that the references have.
    pub known: usize,
    /// Number of folds of the references.
    pub all: usize,
}

impl FoldLayout {
    /// The layout of the complete trials among the first `n`; `None` if too few have the same folds as the best one.
    pub fn of(history: &History, n: usize) -> Option<Self> {
        let references = references(history, n)?;
        let values_at = |k: usize| references.iter().map(move |reference| reference.folds[k].1);
        let folds: Vec<(u64, f64)> =
            references[0].folds.iter().enumerate().map(|(k, (fold, _))| (*fold, mean(values_at(k)))).collect();
        let trial_means: Vec<f64> = references.iter().map(|reference| mean(reference.values())).collect();
        let overall_mean = mean(trial_means.iter().copied());
        let mut residual = 0.0;
        for (reference, trial_mean) in references.iter().zip(&trial_means) {
            for (y, (_, fold_mean)) in reference.values().zip(&folds) {
                let error = y - trial_mean - fold_mean + overall_mean;
                residual += error * error;
            }
        }
        let beyond_mean = |(reference, trial_mean): (&Reference, &f64)| history.values(0)[reference.row] - trial_mean;
        let offset = mean(references.iter().zip(&trial_means).map(beyond_mean));
        let has_errors = references.iter().all(|reference| history.sems(0)[reference.row] > 0.0);
        let is_finite = residual.is_finite() && offset.is_finite();
        is_finite.then_some(Self { folds, references: references.len(), residual, offset, has_errors })
    }

    /// The variance of a value that the effects of trial and fold do not explain, and its degrees of freedom.
    pub fn noise_variance(&self) -> (f64, u64) {
        let degrees = (self.references - 1) * (self.folds.len() - 1);
        (self.residual / degrees as f64, degrees as u64)
    }

    /// The mean of the references at a fold, if they have it.
    fn fold_mean(&self, fold: u64) -> Option<f64> {
        let index = self.folds.binary_search_by_key(&fold, |(known, _)| *known).ok()?;
        Some(self.folds[index].1)
    }

    /// The value of a trial with all folds of the references, with its noise variance in a comparison with trials that
    /// have the same folds; `None` if its folds differ.
    pub(super) fn with_comparison_noise(&self, value: f64, reported: &[(u64, f64)]) -> Option<Expected> {
        let is_whole =
            reported.len() == self.folds.len() && reported.iter().all(|(fold, _)| self.fold_mean(*fold).is_some());
        let variance = self.noise_variance().0 / self.folds.len() as f64;
        (is_whole && value.is_finite()).then_some(Expected { mean: value, std: libm::sqrt(variance) })
    }

    /// Estimates the final value of a trial from its folds. `None` with fewer than two folds, with all of them, and if
    /// a value is not finite.
    pub fn estimate(&self, reported: &[(u64, f64)]) -> Option<FoldEnd> {
        let difference = |(fold, value): &(u64, f64)| Some(value - self.fold_mean(*fold)?);
        let differences: Vec<f64> = reported.iter().filter_map(difference).collect();
        let (m, all) = (differences.len(), self.folds.len());
        if m < 2 || m >= all || differences.iter().any(|d| !d.is_finite()) {
            return None;
        }
        let centre = mean(differences.iter().copied());
        let own: f64 = differences.iter().map(|d| (d - centre) * (d - centre)).sum();
        let share = 1.0 + 1.0 / self.references as f64;
        let degrees = ((self.references - 1) * (all - 1) + m - 1) as u64;
        let variance = (self.residual + own / share) / degrees as f64;
        let squared_scale = share * variance * (1.0 / m as f64 - 1.0 / all as f64);
        let noise = if self.has_errors { variance / all as f64 } else { 0.0 };
        let end = mean(self.folds.iter().map(|(_, value)| *value)) + centre + self.offset;
        let is_finite = end.is_finite() && squared_scale.is_finite();
        is_finite.then_some(FoldEnd { mean: end, squared_scale, degrees, noise, known: m, all })
    }
}

impl FoldEnd {
    /// The estimate as a normal distribution of equal variance.
    ///
    /// There are at least five degrees of freedom: the minimum is three references and three folds, of which two are
    /// known.
    pub(super) fn expected(self) -> Expected {
        let degrees = self.degrees as f64;
        Expected { mean: self.mean, std: libm::sqrt(self.squared_scale * degrees / (degrees - 2.0)) }
    }

    /// The estimate as an observation of a function, like the value of a complete trial.
    pub(super) fn observed(self) -> Expected {
        let Expected { mean, std } = self.expected();
        Expected { mean, std: libm::sqrt(std * std + self.noise) }
    }
}

/// A complete trial and its folds in increasing order.
struct Reference {
    row: usize,
    folds: Vec<(u64, f64)>,
}

impl Reference {
    fn values(&self) -> impl ExactSizeIterator<Item = f64> {
        self.folds.iter().map(|(_, value)| *value)
    }

    fn has_folds(&self, folds: &[u64]) -> bool {
        self.folds.iter().map(|(fold, _)| fold).eq(folds)
    }
}

/// The better half, at least [`FEWEST`], of the complete trials among the first `n` that have the same folds as the best
/// one; `None` if there are too few, or fewer than two folds.
fn references(history: &History, n: usize) -> Option<Vec<Reference>> {
    let complete = history.complete_folds().take_while(|(row, _)| *row < n);
    let mut trials: Vec<Reference> = complete.map(|(row, folds)| Reference { row, folds: sorted(folds) }).collect();
    let value = |trial: &Reference| history.values(0)[trial.row];
    trials.sort_by(|a, b| value(a).total_cmp(&value(b)).then(a.row.cmp(&b.row)));
    let folds_of_best: Vec<u64> = trials.first()?.folds.iter().map(|(fold, _)| *fold).collect();
    trials.retain(|trial| trial.has_folds(&folds_of_best));
    if folds_of_best.len() < 2 || trials.len() < FEWEST {
        return None;
    }
    trials.truncate(trials.len().div_ceil(2).max(FEWEST));
    Some(trials)
}

fn sorted(folds: &[(u64, f64)]) -> Vec<(u64, f64)> {
    let mut folds = folds.to_vec();
    folds.sort_by_key(|(fold, _)| *fold);
    folds
}
