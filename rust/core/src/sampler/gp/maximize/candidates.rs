//! Where the search for the maximum starts.

use super::search::Search;
use crate::encoding::AxisKind;
use crate::numerics::{Stream, exp};
use crate::sampler::Context;
use crate::sampler::gp::surrogate::Surrogate;
use crate::sampler::gp::training_data;
use crate::space::Configuration;

/// Candidates compared before any is improved.
const COUNT: usize = 256;
/// Parameters changed in a perturbed incumbent, on average.
const CHANGED: f64 = 20.0;
/// From this many parameters on uniform points are too far from everything to be of use.
const MANY_PARAMETERS: usize = 60;

/// Configurations that satisfy the known constraints: draws from the priors, perturbations of the best trials, and the
/// best trials themselves; in the region, if there is one, but for what the constraints move out of it.
pub(super) fn draw(search: &Search<'_>, stream: &mut Stream) -> Vec<Configuration> {
    let Search { acquisition, region, context } = search;
    let surrogate = acquisition.surrogate;
    let d = context.space.parameters().len();
    let uniform = if surrogate.rows.is_empty() {
        COUNT
    } else if d > MANY_PARAMETERS {
        COUNT / 16
    } else {
        COUNT / 2
    };
    let nothing = vec![None; d];
    let mut candidates: Vec<Configuration> =
        (0..uniform).filter_map(|_| context.space.draw(&nothing, stream).ok()).collect();
    if let Some(region) = region {
        let shrunk = |drawn: &Configuration| {
            // What is shrunk may make others active.
            let mut unit = with_priors(context, &context.encoding.encode(drawn), stream);
            region.shrink(&mut unit);
            feasible(context, &unit, stream)
        };
        candidates = candidates.iter().filter_map(shrunk).collect();
    }
    let best = best_rows(surrogate, context);
    for i in uniform..COUNT {
        let Some(row) = best.get(i % best.len().max(1)) else { break };
        let mut unit = perturbed(context, *row, stream);
        if let Some(region) = region {
            region.clamp(&mut unit);
        }
        candidates.extend(feasible(context, &unit, stream));
    }
    candidates
}

/// The best trials: 5 %, at least three.
fn best_rows(surrogate: &Surrogate<'_>, context: &Context<'_>) -> Vec<usize> {
    let mut order = surrogate.ranked(context);
    order.truncate((surrogate.rows.len() / 20).max(3));
    order.into_iter().map(|i| surrogate.rows[i]).collect()
}

/// Every coordinate of a trial moves with probability `min(1, 20 / d)`, numbers by a normal step whose size is drawn
/// from `10^-2.5` to `10^-0.5` of what its prior leaves, choices to any. Inactive parameters get a draw from their priors, in case they become
/// active.
fn perturbed(context: &Context<'_>, row: usize, stream: &mut Stream) -> Vec<f64> {
    let mut unit = training_data::unit(context, row);
    let chance = (CHANGED / unit.len() as f64).min(1.0);
    // At least one has to move.
    let sure = stream.below_or_equal(unit.len() as u64 - 1) as usize;
    for (j, u) in unit.iter_mut().enumerate() {
        let moves = stream.uniform() < chance || j == sure;
        let prior = context.space.parameters()[j].prior.quantile(stream.uniform());
        let (low, high) = context.space.likely_ends(j);
        let step = (high - low) * stream.normal() * exp(-std::f64::consts::LN_10 * (0.5 + 2.0 * stream.uniform()));
        if u.is_nan() {
            *u = prior;
        } else if moves {
            *u = match context.encoding.axes()[j].kind() {
                AxisKind::Unordered { .. } => prior,
                AxisKind::Continuous | AxisKind::Ordered { .. } => reflected(*u + step, low, high),
            };
        }
    }
    unit
}

/// Inactive coordinates drawn from their priors, in case they become active.
pub(super) fn with_priors(context: &Context<'_>, unit: &[f64], stream: &mut Stream) -> Vec<f64> {
    let filled =
        |(u, p): (&f64, &crate::space::Parameter)| if u.is_nan() { p.prior.quantile(stream.uniform()) } else { *u };
    unit.iter().zip(context.space.parameters()).map(filled).collect()
}

/// Back into `[low, high]`.
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

/// The configuration at unit coordinates, moved to satisfy the known constraints if need be.
pub(super) fn feasible(context: &Context<'_>, unit: &[f64], stream: &mut Stream) -> Option<Configuration> {
    let decoded = context.encoding.propose(context.space, unit);
    context.space.repair(decoded, stream)
}
