//! A search for the maximum of an acquisition function: the function, its domain, and the candidates from which the
//! search starts.

use super::trust_region::TrustRegion;
use crate::numerics::{Stream, exp};
use crate::sampler::Context;
use crate::sampler::gp::acquisition::AcquisitionFunction;
use crate::sampler::gp::surrogate::Surrogate;
use crate::space::{AxisKind, Configuration};

/// Number of candidates that are compared before any is improved. (More candidates: `benches/results/archive/auto.md`.)
const COUNT: usize = 256;
/// Mean number of parameters that are changed in a perturbed trial. As in `TuRBO` (Eriksson et al. 2019).
const CHANGED: f64 = 20.0;
/// Number of parameters above which few random points are drawn, because they are too far from all trials to be useful.
/// (Half and twice: `benches/results/constants.md`.)
const MANY_PARAMETERS: usize = 60;
/// Once there are trials, one in this many candidates is a random point. A choice, not measured.
const RANDOM: usize = 2;
/// The same above [`MANY_PARAMETERS`]. (Compared with one half: `benches/results/mechanisms.md`.)
const RANDOM_OF_MANY: usize = 16;

/// A search for the maximum of an acquisition function.
pub(super) struct Maximization<'a> {
    pub(super) acquisition: &'a AcquisitionFunction<'a>,
    /// The trust region; absent if the whole space is searched.
    pub(super) region: Option<TrustRegion>,
    pub(super) context: &'a Context<'a>,
}

impl Maximization<'_> {
    /// The range of unit coordinates of a parameter.
    pub(super) fn side(&self, parameter: usize) -> (f64, f64) {
        let everywhere = || self.context.space.likely_ends(parameter);
        self.region.as_ref().map_or_else(everywhere, |region| region.side(parameter))
    }

    /// Draws configurations that satisfy the known constraints: random draws from the priors and perturbations of the best
    /// trials. If there is a trust region, they lie in it, except for those that are moved out of it by the constraints.
    pub(super) fn candidates(&self, stream: &mut Stream) -> Vec<Configuration> {
        let Self { acquisition, region, context } = self;
        let surrogate = acquisition.surrogate;
        let d = context.space.parameters().len();
        let one_in = if d > MANY_PARAMETERS { RANDOM_OF_MANY } else { RANDOM };
        let uniform = if surrogate.rows.is_empty() { COUNT } else { COUNT / one_in };
        let mut allowed = context.draws(uniform, stream);
        let mut moved = Vec::new();
        if let Some(region) = region {
            let shrunk = |drawn: &Configuration| {
                // Shrinking may activate other parameters.
                let mut unit = with_priors(context, &context.space.encode(drawn), stream);
                region.shrink(&mut unit);
                feasible(context, &unit, stream)
            };
            moved = std::mem::take(&mut allowed).iter().filter_map(shrunk).collect();
        }
        let best = best_rows(surrogate, context);
        for i in uniform..COUNT {
            let Some(row) = best.get(i % best.len().max(1)) else { break };
            let mut unit = perturbed(context, *row, stream);
            if let Some(region) = region {
                region.clamp(&mut unit);
            }
            moved.extend(feasible(context, &unit, stream));
        }
        allowed.extend(context.rule.allowed(moved));
        allowed
    }
}

/// Rows of the best trials: 5 %, but at least three (choices, not measured). With several objectives, all of the front,
/// if there are more.
fn best_rows(surrogate: &Surrogate<'_>, context: &Context<'_>) -> Vec<usize> {
    let n_best = (surrogate.rows.len() / 20).max(3);
    let mut best = surrogate.ranked(context);
    best.truncate(n_best);
    if surrogate.objectives.len() > 1 && surrogate.has_feasible() {
        let front = surrogate.front();
        best = if front.len() > best.len() { front } else { best };
    }
    best.into_iter().map(|i| surrogate.rows[i]).collect()
}

/// Perturbs a trial. Each coordinate changes with probability `min(1, 20 / d)`: a number by a normal step with a
/// standard deviation between `10^-2.5` and `10^-0.5` of the range that its prior allows (not measured), a choice by a
/// draw from its prior. Inactive parameters get a draw from their priors, in case they become active.
fn perturbed(context: &Context<'_>, row: usize, stream: &mut Stream) -> Vec<f64> {
    let mut unit = context.history.unit_point(row);
    let chance = (CHANGED / unit.len() as f64).min(1.0);
    // At least one coordinate changes.
    let sure = stream.below_or_equal(unit.len() as u64 - 1) as usize;
    for (j, u) in unit.iter_mut().enumerate() {
        let moves = stream.uniform() < chance || j == sure;
        let prior = context.space.parameters()[j].prior.quantile(stream.uniform());
        let (low, high) = context.space.likely_ends(j);
        let step = (high - low) * stream.normal() * exp(-std::f64::consts::LN_10 * (0.5 + 2.0 * stream.uniform()));
        if u.is_nan() {
            *u = prior;
        } else if moves {
            *u = match context.space.axes()[j].kind() {
                AxisKind::Unordered { .. } => prior,
                AxisKind::Continuous | AxisKind::Ordered { .. } => reflected(*u + step, low, high),
            };
        }
    }
    unit
}

/// Replaces inactive coordinates by draws from their priors, in case they become active.
pub(super) fn with_priors(context: &Context<'_>, unit: &[f64], stream: &mut Stream) -> Vec<f64> {
    let filled =
        |(u, p): (&f64, &crate::space::Parameter)| if u.is_nan() { p.prior.quantile(stream.uniform()) } else { *u };
    unit.iter().zip(context.space.parameters()).map(filled).collect()
}

/// Reflects a coordinate into `[low, high]`.
fn reflected(u: f64, low: f64, high: f64) -> f64 {
    let folded = if u < low {
        2.0 * low - u
    } else if u > high {
        2.0 * high - u
    } else {
        u
    };
    folded.clamp(low, high)
}

/// The configuration at unit coordinates, repaired if it violates known constraints.
pub(super) fn feasible(context: &Context<'_>, unit: &[f64], stream: &mut Stream) -> Option<Configuration> {
    let decoded = context.space.propose(unit);
    context.space.repair(decoded, stream)
}
