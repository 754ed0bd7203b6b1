//! The models of one suggestion: one for every objective, one for every black-box constraint, and one of failures.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::constraints;
use super::hyperparameter_cache::{HyperparameterCache, Observed, Quantity};
use super::subset_of_data;
use super::training_data;
use crate::history::LATEST;
use crate::model::gp::GaussianProcess;
use crate::model::output_warp::Unwarp;
use crate::numerics::ascending;
use crate::pareto::dominance::{self, lexicographic};
use crate::sampler::ranking::{best_first, best_first_by_values};
use crate::sampler::rows::{Rows, merged};
use crate::sampler::{Context, SuggestError};
use crate::transfer::{SourceModel, prior_mean};

/// What the sampler keeps between suggestions. Dropping it costs fits and changes no suggestion.
#[derive(Clone, Debug, Default)]
pub(crate) struct GpCaches {
    objectives: Vec<HyperparameterCache>,
    /// By name, because a new constraint changes the indices of the others.
    constraints: BTreeMap<String, HyperparameterCache>,
    failures: HyperparameterCache,
}

/// An objective.
pub(super) struct ObjectiveModel<'a> {
    /// Its index in the search.
    pub(super) index: usize,
    /// The model on observations and pending trials, in this order.
    pub(super) model: &'a GaussianProcess,
    /// Rows of the observations: those of the surrogate, then trials that are known apart from them.
    pub(super) rows: Vec<usize>,
    /// With several objectives, the model without noise, if it exists. A front is compared with candidates as if it were
    /// known; with the uncertainty of its members, a repetition would promise an improvement on itself.
    without_noise: Option<GaussianProcess>,
    /// Warped losses of the observations.
    pub(super) losses: Vec<f64>,
}

/// The trials that one objective's model is made of.
struct ObjectiveRows {
    /// Trials of which this objective is known apart from the others.
    partly_known: Vec<usize>,
    /// The observations, as in [`ObjectiveModel::rows`].
    observed: Vec<usize>,
    /// The pending trials among the others.
    pending: Vec<usize>,
}

impl ObjectiveRows {
    fn of(surrogate: &Surrogate<'_>, context: &Context<'_>, objective: usize) -> Self {
        let is_known = |row: &usize| context.history.is_known_apart(*row, objective);
        let Rows { partly_known, pending, .. } = &surrogate.trials;
        let partly_known: Vec<usize> = partly_known.iter().copied().filter(is_known).collect();
        let latest = &partly_known[partly_known.len().saturating_sub(LATEST)..];
        let observed = [surrogate.rows.as_slice(), latest].concat();
        let pending = pending.iter().copied().filter(|row| latest.binary_search(row).is_err()).collect();
        Self { partly_known, observed, pending }
    }
}

impl ObjectiveModel<'_> {
    /// The model whose predictions are compared with the incumbents.
    pub(super) fn predictor(&self) -> &GaussianProcess {
        self.without_noise.as_ref().unwrap_or(self.model)
    }

    /// The loss of its threshold; infinity without one, and for one that is worse than all values.
    pub(super) fn limit(&self, context: &Context<'_>) -> f64 {
        let threshold = context.thresholds.get(self.index).copied().flatten();
        threshold.and_then(|threshold| self.unwarp(context).inverse(threshold)).unwrap_or(f64::INFINITY)
    }

    /// The map from its warped losses to its values.
    pub(super) fn unwarp(&self, context: &Context<'_>) -> Unwarp {
        let Self { index, rows, losses, .. } = self;
        let slope = training_data::slope(context, rows, *index, losses);
        Unwarp::new(&training_data::values(context, rows, *index), losses).with_slope(slope)
    }
}

/// A black-box constraint, or that trials do not fail.
pub(super) struct ConstraintModel<'a> {
    pub(super) model: &'a GaussianProcess,
    /// The largest feasible value in the unit of the model.
    pub(super) border: f64,
    /// The same with caution where the border is soft.
    pub(super) limit: f64,
    /// Variance of the border; zero for a measured quantity.
    pub(super) softness: f64,
    /// Factor of the log probability that it holds.
    pub(super) weight: f64,
}

impl<'a> ConstraintModel<'a> {
    /// A model of values that were scaled.
    pub(super) fn new(model: &'a GaussianProcess, scaled: &constraints::Scaled) -> Self {
        let constraints::Scaled { border, limit, softness, weight, .. } = *scaled;
        Self { model, border, limit, softness, weight }
    }
}

/// The input of an acquisition function.
pub(super) struct Surrogate<'a> {
    /// In an order that follows from their losses and thresholds, so that the order in which they were declared changes
    /// nothing. Empty if there is no complete trial.
    pub(super) objectives: Vec<ObjectiveModel<'a>>,
    pub(super) constraints: Vec<ConstraintModel<'a>>,
    /// Indices of the constraints in groups of those that are alike.
    pub(super) groups: Vec<Vec<usize>>,
    /// Present if any trial failed.
    pub(super) success: Option<ConstraintModel<'a>>,
    /// All rows of the history by state.
    pub(super) trials: Rows,
    /// Rows of the observations that the models use.
    pub(super) rows: Vec<usize>,
    /// Whether each of these satisfies all black-box constraints. Those that it left out are predicted.
    pub(super) feasible: Vec<bool>,
}

impl Surrogate<'_> {
    /// Indices into `rows` from the best to the worst observation.
    pub(super) fn ranked(&self, context: &Context<'_>) -> Vec<usize> {
        let losses: Vec<&[f64]> = self.objectives.iter().map(|objective| objective.losses.as_slice()).collect();
        best_first(context.history, &self.rows, &losses)
    }

    /// The same by posterior means, which are less noisy because they are informed by neighbouring trials.
    pub(super) fn ranked_by_means(&self, context: &Context<'_>) -> Vec<usize> {
        let means: Vec<Vec<f64>> = self.objectives.iter().map(|objective| objective.model.fitted_means()).collect();
        best_first(context.history, &self.rows, &means.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    /// Indices into `rows` of the feasible observations that no other one dominates, in increasing order.
    pub(super) fn front(&self) -> Vec<usize> {
        let feasible: Vec<usize> = (0..self.rows.len()).filter(|i| self.feasible[*i]).collect();
        let point = |i: &usize| self.objectives.iter().map(|objective| objective.losses[*i]).collect();
        let points: Vec<Vec<f64>> = feasible.iter().map(point).collect();
        dominance::front(&points).into_iter().map(|i| feasible[i]).collect()
    }

    /// Whether any observation satisfies all black-box constraints.
    pub(super) fn has_feasible(&self) -> bool {
        self.feasible.contains(&true)
    }

    /// Posterior means of every objective at those pending trials that are expected to satisfy the black-box
    /// constraints.
    pub(super) fn pending_means(&self, context: &Context<'_>) -> Vec<Vec<f64>> {
        let pending = self.trials.pending.iter().filter(|row| self.is_expected_feasible(context, **row));
        let means = |at: Vec<f64>| self.objectives.iter().map(|objective| objective.model.mean(&at)).collect();
        context.points(&pending.copied().collect::<Vec<_>>()).into_iter().map(means).collect()
    }

    /// Whether a trial is expected to satisfy the black-box constraints: it has told that it does or, if it told none that
    /// is broken, the models predict it.
    fn is_expected_feasible(&self, context: &Context<'_>, row: usize) -> bool {
        let history = context.history;
        let is_predicted = || {
            let at = context.point(&history.unit_point(row));
            self.constraints.iter().all(|c| c.model.mean(&at) <= c.border)
        };
        !history.is_broken(row) && (history.has_all_constraints(row) || is_predicted())
    }

    /// Counts observations that left out a constraint as feasible where that is expected.
    fn predict_unknown(&mut self, context: &Context<'_>) {
        for i in 0..self.rows.len() {
            if context.history.is_unknown(self.rows[i]) {
                self.feasible[i] = self.is_expected_feasible(context, self.rows[i]);
            }
        }
    }

    /// The observations, without models.
    fn unmodelled(context: &Context<'_>) -> Self {
        let trials = Rows::of(context.history);
        let rows = subset_of_data::used(context, &trials.measured);
        Self {
            objectives: Vec::new(),
            constraints: Vec::new(),
            groups: Vec::new(),
            success: None,
            feasible: rows.iter().map(|row| context.history.is_feasible(*row)).collect(),
            rows,
            trials,
        }
    }
}

/// Builds the models for the requested trial; `None` without finished trials, or if a covariance cannot be factored.
pub(super) fn build<'a>(
    caches: &'a mut GpCaches,
    context: &Context<'_>,
) -> Result<Option<Surrogate<'a>>, SuggestError> {
    let GpCaches { objectives, constraints, failures } = caches;
    let Some(mut surrogate) = build_objectives(objectives, context)? else { return Ok(None) };
    if !surrogate.trials.measured.is_empty() {
        let Some(constraints) = model_constraints(constraints, &surrogate, context)? else { return Ok(None) };
        (surrogate.constraints, surrogate.groups) = constraints;
        surrogate.predict_unknown(context);
    }
    surrogate.success = model_success(failures, &surrogate, context)?;
    Ok(Some(surrogate))
}

/// As [`build`], but without models of the constraints and of failures. Answers about told results do not need these.
pub(super) fn build_objectives<'a>(
    caches: &'a mut Vec<HyperparameterCache>,
    context: &Context<'_>,
) -> Result<Option<Surrogate<'a>>, SuggestError> {
    let mut surrogate = Surrogate::unmodelled(context);
    if surrogate.trials.measured.is_empty() {
        return Ok((!surrogate.trials.failed.is_empty()).then_some(surrogate));
    }
    let Some(objectives) = model_objectives(caches, &surrogate, context)? else { return Ok(None) };
    surrogate.objectives = objectives;
    Ok(Some(surrogate))
}

/// Builds the model of one objective alone, without fitting those of the others. It equals the model of [`build`] if
/// `may_be_wrong` says whether noise was told. `None` without complete trials, or if its covariance cannot be factored.
pub(super) fn build_objective<'a>(
    cache: &'a mut HyperparameterCache,
    context: &Context<'_>,
    objective: usize,
    may_be_wrong: bool,
) -> Result<Option<ObjectiveModel<'a>>, SuggestError> {
    let surrogate = Surrogate::unmodelled(context);
    if surrogate.trials.measured.is_empty() {
        return Ok(None);
    }
    model_objective(cache, &surrogate, context, &earlier_models(context)?, objective, may_be_wrong)
}

fn earlier_models(context: &Context<'_>) -> Result<Arc<[SourceModel]>, SuggestError> {
    context.earlier.models(context.space, context.interrupted).map_err(|_| SuggestError::Interrupted)
}

fn model_objectives<'a>(
    caches: &'a mut Vec<HyperparameterCache>,
    surrogate: &Surrogate<'_>,
    context: &Context<'_>,
) -> Result<Option<Vec<ObjectiveModel<'a>>>, SuggestError> {
    let earlier = earlier_models(context)?;
    caches.resize_with(context.history.n_objectives(), HyperparameterCache::default);
    let may_be_wrong = context.history.is_noisy();
    let model = |(k, cache): (usize, &'a mut HyperparameterCache)| {
        model_objective(cache, surrogate, context, &earlier, k, may_be_wrong)
    };
    let objectives: Option<Vec<ObjectiveModel<'a>>> =
        caches.iter_mut().enumerate().map(model).collect::<Result<_, _>>()?;
    Ok(objectives.map(|mut objectives| {
        let n = surrogate.rows.len();
        objectives.sort_by(|a, b| {
            let by_limit = || a.limit(context).total_cmp(&b.limit(context));
            lexicographic(&a.losses[..n], &b.losses[..n]).then_with(by_limit)
        });
        objectives
    }))
}

/// The model of objective `k`.
fn model_objective<'a>(
    cache: &'a mut HyperparameterCache,
    surrogate: &Surrogate<'_>,
    context: &Context<'_>,
    earlier: &[SourceModel],
    k: usize,
    may_be_wrong: bool,
) -> Result<Option<ObjectiveModel<'a>>, SuggestError> {
    let losses = |rows: &[usize]| training_data::losses(context, rows, k);
    let observe = |rows: &[usize]| {
        let values = losses(rows);
        Observed { noise: training_data::known_noise(context, rows, k, &values), values }
    };
    let ObjectiveRows { partly_known, observed, pending } = ObjectiveRows::of(surrogate, context, k);
    let quantity = Quantity {
        context,
        is_loss: true,
        may_be_wrong,
        partly_known: &partly_known,
        told: &|_| Vec::new(),
        observe: &observe,
        trend: &|rows| prior_mean(earlier, &context.points(rows), &losses(rows)),
        best_first: &|rows| ascending(&losses(rows)),
    };
    let theta = cache.hyperparameters(&quantity, &merged(&surrogate.trials.measured, &partly_known))?;
    let Some(model) = cache.model(&quantity, theta, &observed, &pending) else { return Ok(None) };
    let without_noise = if context.history.n_objectives() > 1 { model.without_noise() } else { None };
    Ok(Some(ObjectiveModel { index: k, model, without_noise, losses: losses(&observed), rows: observed }))
}

/// Constraints, and their indices in groups of those that are alike.
type Grouped<'a> = (Vec<ConstraintModel<'a>>, Vec<Vec<usize>>);

fn model_constraints<'a>(
    caches: &'a mut BTreeMap<String, HyperparameterCache>,
    surrogate: &Surrogate<'_>,
    context: &Context<'_>,
) -> Result<Option<Grouped<'a>>, SuggestError> {
    caches.retain(|name, _| context.history.constraint_names().contains(name));
    for name in context.history.constraint_names() {
        caches.entry(name.clone()).or_default();
    }
    let (mut modelled, mut indices) = (Vec::with_capacity(caches.len()), Vec::with_capacity(caches.len()));
    let Rows { measured, constrained, pending, .. } = &surrogate.trials;
    let trials = merged(&surrogate.rows, &constrained[constrained.len().saturating_sub(LATEST)..]);
    // Caches and the history's constraints are both ordered by name.
    for (k, cache) in caches.values_mut().enumerate() {
        let rows = constraints::observed_rows(context, k, &trials);
        if rows.is_empty() {
            // None of the trials in use reports this constraint, so nothing can be predicted from them.
            continue;
        }
        let told = |rows: &[usize]| constraints::told(context, k, rows);
        let observe = |rows: &[usize]| Observed::of(constraints::scaled(&told(rows)).values);
        let ranked = |rows: &[usize]| ascending(&observe(rows).values);
        let quantity = Quantity { told: &told, ..Quantity::other(context, &observe, &ranked) };
        let observed = constraints::observed_rows(context, k, &merged(measured, constrained));
        let theta = cache.hyperparameters(&quantity, &observed)?;
        let unobserved: Vec<usize> = pending.iter().copied().filter(|row| rows.binary_search(row).is_err()).collect();
        let Some(model) = cache.model(&quantity, theta, &rows, &unobserved) else { return Ok(None) };
        modelled.push(ConstraintModel::new(model, &constraints::scaled(&told(&rows))));
        indices.push(k);
    }
    Ok(Some((modelled, constraints::groups(context, &indices, &trials))))
}

/// The model of failures, from the observations and the latest failures. It has its own hyperparameters, because the
/// lengthscales of failures are unrelated to those of the loss. `None` if no trial failed, or if the covariance cannot be
/// factored; then no point counts as likely to fail.
fn model_success<'a>(
    cache: &'a mut HyperparameterCache,
    surrogate: &Surrogate<'_>,
    context: &Context<'_>,
) -> Result<Option<ConstraintModel<'a>>, SuggestError> {
    let Rows { measured, failed, .. } = &surrogate.trials;
    if failed.is_empty() {
        return Ok(None);
    }
    let observe = |rows: &[usize]| Observed::of(constraints::scaled_failures(context, rows).values);
    let ranked = |rows: &[usize]| failures_last(context, rows);
    let quantity = Quantity::other(context, &observe, &ranked);
    let theta = cache.hyperparameters(&quantity, &merged(measured, failed))?;
    let rows = merged(&surrogate.rows, &failed[failed.len().saturating_sub(LATEST)..]);
    let model = cache.model(&quantity, theta, &rows, &[]);
    Ok(model.map(|model| ConstraintModel::new(model, &constraints::scaled_failures(context, &rows))))
}

/// Indices of trials from the best to the worst; failures come last.
fn failures_last(context: &Context<'_>, rows: &[usize]) -> Vec<usize> {
    let (measured, failed): (Vec<usize>, Vec<usize>) =
        (0..rows.len()).partition(|i| context.history.is_measured(rows[*i]));
    let order = best_first_by_values(context.history, &measured.iter().map(|i| rows[*i]).collect::<Vec<_>>());
    order.into_iter().map(|i| measured[i]).chain(failed).collect()
}
