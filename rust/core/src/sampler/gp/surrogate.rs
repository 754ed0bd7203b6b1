//! The models of one suggestion: one of every objective, one of every black-box constraint.

use std::collections::BTreeMap;

use super::data::{self, MAX_EXACT, MAX_LOCAL, Rows};
use super::memory::{Memory, Observed, Quantity};
use super::{chance, constraints};
use crate::model::gp::GaussianProcess;
use crate::sampler::failures::LATEST;
use crate::sampler::{Context, SuggestError};

/// What the sampler remembers of earlier suggestions. Dropping it costs fits and changes nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    objectives: Vec<Memory>,
    /// By name: a constraint that is told of for the first time moves the others.
    constraints: BTreeMap<String, Memory>,
    /// How trials ended.
    ends: Memory,
}

/// An objective.
pub(super) struct Objective<'a> {
    /// Told observations first, then pending ones.
    pub(super) model: &'a GaussianProcess,
    /// Warped losses of the told observations.
    pub(super) losses: Vec<f64>,
}

/// A black-box constraint.
pub(super) struct Constraint<'a> {
    pub(super) model: &'a GaussianProcess,
    /// Up to which value of the model it holds.
    pub(super) limit: f64,
}

/// Everything an acquisition function asks.
pub(super) struct Surrogate<'a> {
    /// Empty if no trial was completed.
    pub(super) objectives: Vec<Objective<'a>>,
    pub(super) constraints: Vec<Constraint<'a>>,
    /// Rows of the told observations.
    pub(super) rows: Vec<usize>,
    /// Whether each of them keeps every black-box constraint.
    pub(super) feasible: Vec<bool>,
    /// Rows that failed.
    pub(super) failed: Vec<usize>,
    /// The labels' model; absent if no trial failed.
    pub(super) ends: Option<&'a GaussianProcess>,
}

impl Surrogate<'_> {
    /// The told observations from the best to the worst, as places in `rows`.
    pub(super) fn ranked(&self, context: &Context<'_>) -> Vec<usize> {
        let losses: Vec<&[f64]> = self.objectives.iter().map(|objective| objective.losses.as_slice()).collect();
        data::ascending(&data::ranks(context, &self.rows, &losses))
    }
}

/// The models for the trial that is asked for; `None` if nothing was told yet, or a covariance cannot be factored.
pub(super) fn build<'a>(state: &'a mut State, context: &Context<'_>) -> Result<Option<Surrogate<'a>>, SuggestError> {
    let all = Rows::of(context);
    let mut surrogate = Surrogate {
        objectives: Vec::new(),
        constraints: Vec::new(),
        rows: data::reduced(context, &all.complete, limit(all.complete.len()), |rows| data::standing(context, rows)),
        feasible: Vec::new(),
        failed: all.failed,
        ends: None,
    };
    if !surrogate.failed.is_empty() {
        surrogate.ends = ends(&mut state.ends, context, &surrogate, &all.complete)?;
    }
    if all.complete.is_empty() {
        return Ok((!surrogate.failed.is_empty()).then_some(surrogate));
    }
    surrogate.feasible = surrogate.rows.iter().map(|row| context.history.is_feasible(*row)).collect();
    state.objectives.resize_with(context.history.n_objectives(), Memory::default);
    for (k, memory) in state.objectives.iter_mut().enumerate() {
        let observe = |rows: &[usize]| {
            let values = data::losses(context, rows, k);
            Observed { noise: data::known_noise(context, rows, k, &values), values }
        };
        let quantity = Quantity { context, observe: &observe };
        let theta = memory.hyperparameters(&quantity, &all.complete)?;
        let Some(model) = memory.model(&quantity, theta, &surrogate.rows, &all.pending) else { return Ok(None) };
        surrogate.objectives.push(Objective { model, losses: data::losses(context, &surrogate.rows, k) });
    }
    state.constraints.retain(|name, _| context.history.constraint_names().contains(name));
    for name in context.history.constraint_names() {
        state.constraints.entry(name.clone()).or_default();
    }
    // Both are in the order of the names.
    for (k, memory) in state.constraints.values_mut().enumerate() {
        let rows = constraints::told(context, k, &surrogate.rows);
        if rows.is_empty() {
            // Told of no trial, or of none that the models stand on: nothing is known of it near anything that matters.
            continue;
        }
        let told = constraints::told(context, k, &all.complete);
        let observe =
            |rows: &[usize]| Observed { values: constraints::scaled(context, k, rows).0, noise: vec![0.0; rows.len()] };
        let quantity = Quantity { context, observe: &observe };
        let theta = memory.hyperparameters(&quantity, &told)?;
        let Some(model) = memory.model(&quantity, theta, &rows, &all.pending) else { return Ok(None) };
        surrogate.constraints.push(Constraint { model, limit: constraints::scaled(context, k, &rows).1 });
    }
    Ok(Some(surrogate))
}

/// The model of how trials ended, on the observations of the other models and the latest failures; `None` if its
/// covariance cannot be factored, which leaves every point its chance.
fn ends<'a>(
    memory: &'a mut Memory,
    context: &Context<'_>,
    surrogate: &Surrogate<'_>,
    complete: &[usize],
) -> Result<Option<&'a GaussianProcess>, SuggestError> {
    let centred = |rows: &[usize]| chance::centred(context, rows);
    let theta =
        memory.hyperparameters(&Quantity { context, observe: &centred }, &sorted(complete, &surrogate.failed))?;
    let latest = &surrogate.failed[surrogate.failed.len().saturating_sub(LATEST)..];
    let expected = |rows: &[usize]| chance::expected(context, rows);
    Ok(memory.model(&Quantity { context, observe: &expected }, theta, &sorted(&surrogate.rows, latest), &[]))
}

/// Two sets of rows as one, in the order of their ids.
fn sorted(some: &[usize], others: &[usize]) -> Vec<usize> {
    let mut rows = [some, others].concat();
    rows.sort_unstable();
    rows
}

/// Observations that the models stand on at most.
fn limit(n: usize) -> usize {
    if n <= MAX_EXACT { MAX_EXACT } else { MAX_LOCAL }
}
