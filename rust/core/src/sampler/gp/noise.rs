//! Whether observed values are noisy: what the model finds, and whether the values contradict it.

use super::mixture::{Components, DrawnModels, Joint};
use super::posterior::Posterior;
use super::surrogate::{self, ObjectiveModel, Surrogate};
use super::training_data;
use crate::history::{TrialState, View};
use crate::model::gp::GaussianProcess;
use crate::numerics::{ascending, variance};
use crate::sampler::{Context, SuggestError};

/// Share of the variance of the losses above which noise is significant (measured: `benches/results/auto.md`).
const SIGNIFICANT_SHARE: f64 = 0.05;
/// Share above which the best observed value is mostly due to luck (measured: `benches/results/auto.md`).
const DOMINANT_SHARE: f64 = 0.5;

/// How observed values are to be interpreted.
#[derive(Clone, Debug)]
pub(crate) enum Reading {
    /// As exact: no noise was reported, and the model finds either no significant noise or noise that the values
    /// contradict.
    Exact,
    /// As noisy.
    Noisy(Box<Noisy>),
}

/// Posterior of noisy trials, in the unit of the warped losses and informed by neighbouring trials. Only complete
/// feasible trials are compared; the model also learns from stopped ones.
#[derive(Clone, Debug)]
pub(crate) struct Noisy {
    /// The rows of the better half in increasing order, then the others by increasing loss.
    rows: Vec<usize>,
    /// The size of the better half.
    n_better: usize,
    /// The point of each row.
    points: Vec<Vec<f64>>,
    posterior: Posterior,
    /// Warped units per unit of value in the better half.
    pub(crate) scale: f64,
}

impl Noisy {
    /// Complete feasible rows: the better half by increasing upper confidence bounds `m + s`, then the others by
    /// increasing loss. Of trials with equal means, those with less uncertainty come first. The own values of the worse
    /// half count against them, even if their neighbours are good. Empty if a covariance cannot be factored.
    ///
    /// # Errors
    /// [`SuggestError::Interrupted`].
    pub(crate) fn ranking(&self, interrupted: &dyn Fn() -> bool) -> Result<Vec<usize>, SuggestError> {
        let better = &self.points[..self.n_better];
        let Some(components) = self.posterior.models.components(better, interrupted)? else { return Ok(Vec::new()) };
        let moments = components.iter().map(Components::moments);
        let bounds: Vec<f64> = moments.map(|at| at.mean + at.variance.sqrt()).collect();
        Ok(ascending(&bounds).into_iter().chain(self.n_better..self.rows.len()).map(|i| self.rows[i]).collect())
    }

    /// Variance of the noise of one value.
    pub(crate) fn noise_variance(&self) -> f64 {
        self.posterior.models.noise_variance()
    }

    /// The posterior of two rows; `None` if one is not among those of the ranking.
    ///
    /// # Errors
    /// [`SuggestError::Interrupted`].
    pub(crate) fn joint(
        &self,
        pair: [usize; 2],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Joint>, SuggestError> {
        let found = pair.map(|row| self.rows.iter().position(|known| *known == row));
        let [Some(first), Some(second)] = found else { return Ok(None) };
        let points = [self.points[first].clone(), self.points[second].clone()];
        self.posterior.models.joint(&points, interrupted)
    }
}

/// Assesses the feasible observations of the model of the single objective; `None` without a model or with several
/// objectives.
pub(crate) fn reading(context: &Context<'_>) -> Result<Option<Reading>, SuggestError> {
    let mut models = Vec::new();
    let Some(surrogate) = surrogate::build_objectives(&mut models, context)? else { return Ok(None) };
    let [objective] = surrogate.objectives.as_slice() else { return Ok(None) };
    let told = told_without_estimates(context.history, &surrogate.rows);
    if !is_noisy(context, &surrogate, objective, told, is_significant(objective.model)) {
        return Ok(Some(Reading::Exact));
    }
    let scale = training_data::slope(context, &objective.rows, 0, &objective.losses);
    let posterior = Posterior::new(objective, context)?;
    let ranked = surrogate.ranked(context).into_iter();
    let mut results: Vec<usize> = ranked.filter(|i| is_feasible_result(context, &surrogate, *i)).collect();
    let n_better = results.len().div_ceil(2);
    results[..n_better].sort_unstable();
    let points = results.iter().map(|i| posterior.models.point(*i)).collect();
    let rows = results.iter().map(|i| surrogate.rows[*i]).collect();
    Ok(Some(Reading::Noisy(Box::new(Noisy { rows, n_better, points, posterior, scale }))))
}

/// Whether the values of one of several objectives are noisy on the front. Its noise is compared with the variance of the
/// told values there: beside values far behind the front, noise that decides which trials are on it is small. The share
/// is the mean over the draws of the hyperparameters. (Measured: `benches/results/model.md`.)
pub(super) fn is_noisy_on_front(
    context: &Context<'_>,
    surrogate: &Surrogate<'_>,
    objective: &ObjectiveModel<'_>,
    mixture: &DrawnModels,
) -> bool {
    let losses: Vec<f64> = surrogate.front().into_iter().map(|i| objective.losses[i]).collect();
    let spread = variance(&losses);
    let share = if spread > 0.0 { mixture.noise_share_of(spread) } else { objective.model.noise_share() };
    let told = told_noise(context, &surrogate.rows, objective.index);
    is_noisy(context, surrogate, objective, told, share > SIGNIFICANT_SHARE)
}

/// Whether the values of an objective are noisy: by what was told, else if the model finds noise that the values do not
/// contradict.
fn is_noisy(
    context: &Context<'_>,
    surrogate: &Surrogate<'_>,
    objective: &ObjectiveModel<'_>,
    told: Option<bool>,
    is_significant: bool,
) -> bool {
    told.unwrap_or_else(|| is_significant && !is_contradicted(context, surrogate, objective))
}

/// As [`told_noise`] for the single objective, without estimates: that of a stopped trial is uncertain even if values are
/// exact.
fn told_without_estimates(history: View<'_>, observations: &[usize]) -> Option<bool> {
    let results: Vec<usize> = observations.iter().copied().filter(|row| is_result(history, *row)).collect();
    if history.is_told_exact(&results, 0) { Some(false) } else { history.is_noisy().then_some(true) }
}

/// Whether a trial was run to its end. In a view, a stopped one with an estimate is complete as well.
fn is_result(history: View<'_>, row: usize) -> bool {
    history.states()[row] == TrialState::Complete
}

/// Whether observation `i` is a feasible result.
fn is_feasible_result(context: &Context<'_>, surrogate: &Surrogate<'_>, i: usize) -> bool {
    surrogate.feasible[i] && is_result(context.history, surrogate.rows[i])
}

/// Whether noise of an objective was told. `Some(true)` if any trial has a positive standard error or replicates,
/// `Some(false)` if every observation has a standard error of zero, and `None` otherwise.
pub(super) fn told_noise(context: &Context<'_>, observations: &[usize], objective: usize) -> Option<bool> {
    let (history, sems) = (context.history, context.history.sems(objective));
    if history.is_told_exact(observations, objective) {
        return Some(false);
    }
    let has_replicates = |row| history.replicates(row as u64).is_some_and(|all| !all[objective].is_empty());
    (0..history.len()).any(|row| sems[row] > 0.0 || has_replicates(row)).then_some(true)
}

/// Whether the feasible values of an objective are closer together than the noise that its model finds allows. Estimates
/// of stopped trials, of which many are raised to the same value, say nothing of that.
fn is_contradicted(context: &Context<'_>, surrogate: &Surrogate<'_>, objective: &ObjectiveModel<'_>) -> bool {
    let ObjectiveModel { index, rows, losses, .. } = objective;
    let slope = training_data::slope(context, rows, *index, losses);
    let values = training_data::values(context, rows, *index);
    let results = (0..surrogate.rows.len()).filter(|i| is_feasible_result(context, surrogate, *i));
    are_too_close(results.map(|i| values[i]).collect(), objective.model.noise_variance().sqrt() / slope)
}

/// Whether a model finds significant noise in its observations.
pub(super) fn is_significant(model: &GaussianProcess) -> bool {
    model.noise_share() > SIGNIFICANT_SHARE
}

/// Whether noise is most of the variance of the observations of a model.
pub(super) fn dominates(model: &GaussianProcess) -> bool {
    model.noise_share() > DOMINANT_SHARE
}

/// Whether values are closer together than noise of this standard deviation allows.
///
/// For any noise-free values, normal noise with standard deviation `s` puts each value into a given interval of width
/// `w` with a probability of at most `w / (s sqrt(2 pi))`, which is 4 % for `w = s / 10`. If the best quarter of all
/// values lies in an interval of this width, the noise is smaller. A model with many observations close to the optimum
/// attributes structure that it cannot resolve there to noise. (Tested: `real_noise_is_not_contradicted`. The quarter
/// and the tenth are choices.)
fn are_too_close(mut values: Vec<f64>, std: f64) -> bool {
    values.sort_by(f64::total_cmp);
    let ends = values.first().zip(values.get(values.len() / 4));
    ends.is_some_and(|(best, last)| last - best < 0.1 * std)
}

#[cfg(test)]
mod tests {
    use super::are_too_close;
    use crate::numerics::{Purpose, Stream};

    #[test]
    fn close_best_values_contradict_noise_as_large_as_the_rest() {
        let values: Vec<f64> = (0..16).map(|i| if i < 5 { 1e-4 * f64::from(i) } else { f64::from(i) }).collect();
        assert!(are_too_close(values.clone(), 0.01));
        assert!(!are_too_close(values.clone(), 1e-3));
        assert!(!are_too_close(values, f64::NAN));
        assert!(!are_too_close(Vec::new(), 1.0));
    }

    /// The hardest case: all values are equal except for the noise.
    #[test]
    fn real_noise_is_not_contradicted() {
        for n in [16, 40, 200] {
            let is_wrong = |seed: &u64| {
                let mut stream = Stream::new(*seed, 0, Purpose::Sample, 0);
                are_too_close((0..n).map(|_| stream.normal()).collect(), 1.0)
            };
            assert!((0..1000).filter(is_wrong).count() <= 5, "{n}");
        }
    }
}
