//! Maximization of an acquisition function over a mixed, conditional space.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `search` | the function to be maximized, its domain, and the candidates from which the search starts |
//! | `gradient` | gradient steps along smooth coordinates |
//! | `trust_region` | the box around the best trial that contains the suggestions of odd trials |
//! | `rare_pairs` | levels of choices that were rarely tried together |

mod gradient;
mod rare_pairs;
mod search;
mod trust_region;

use gradient::{FEW_LEVELS, Moving, climb, is_rounded};
use search::{Maximization, feasible, with_priors};
use trust_region::TrustRegion;

use super::acquisition::AcquisitionFunction;
use super::plan::Plan;
use super::surrogate::Surrogate;
use crate::numerics::Stream;
use crate::sampler::failures::FailureFilter;
use crate::sampler::{Context, SuggestError};
use crate::space::{AxisKind, Configuration};

/// Number of candidates that are improved. (More starts: `benches/results/archive/auto.md`.)
const STARTS: usize = 4;
/// Number of rounds of gradient steps and exchanges. (More rounds: `benches/results/archive/auto.md`.)
const ROUNDS: usize = 2;

/// A configuration with its acquisition value.
#[derive(Clone)]
struct Scored {
    configuration: Configuration,
    value: f64,
}

/// The search that a plan describes: the improved starts and all candidates, by decreasing acquisition value.
pub(super) fn best_first(
    plan: &Plan,
    surrogate: &Surrogate<'_>,
    context: &Context<'_>,
    stream: &mut Stream,
) -> Result<Vec<Configuration>, SuggestError> {
    let acquisition = &AcquisitionFunction::new(plan, surrogate, context);
    let search = &Maximization { acquisition, region: TrustRegion::of(plan, surrogate, context), context };
    let mut scored = score(search, search.candidates(stream));
    sort(&mut scored);
    let starts = scored.iter().take(STARTS).cloned().collect();
    scored.extend(improved(search, starts, stream)?);
    sort(&mut scored);
    let ranked = scored.into_iter().map(|s| s.configuration).collect();
    Ok(match FailureFilter::of(context) {
        Some(filter) => filter.keep(ranked, |configuration| context.space.encode(configuration)),
        None => ranked,
    })
}

fn score(search: &Maximization<'_>, configurations: Vec<Configuration>) -> Vec<Scored> {
    let points: Vec<Vec<f64>> = configurations.iter().map(|c| search.context.point_of(c)).collect();
    let values = search.acquisition.values(&points);
    configurations.into_iter().zip(values).map(|(configuration, value)| Scored { configuration, value }).collect()
}

/// Sorts by decreasing value; ties keep their order.
fn sort(scored: &mut [Scored]) {
    scored.sort_by(|a, b| b.value.total_cmp(&a.value));
}

/// Alternates gradient steps on smooth coordinates and exchanges of the others, as long as exchanges improve the value.
fn improved(search: &Maximization<'_>, starts: Vec<Scored>, stream: &mut Stream) -> Result<Vec<Scored>, SuggestError> {
    let (mut moving, mut at_rest) = (starts, Vec::new());
    let is_rounded = is_rounded(search.context);
    for _ in 0..ROUNDS {
        let from: Vec<&Configuration> = moving.iter().map(|s| &s.configuration).collect();
        let ends = ends_of_climbs(search, &from, Moving::Smooth, stream)?;
        // A rounded end may break a constraint that the climb had come close to.
        let rounded: Vec<&Configuration> = ends.iter().flatten().filter(|_| is_rounded).collect();
        let mut settled = ends_of_climbs(search, &rounded, Moving::Continuous, stream)?.into_iter();
        let mut exchanged = Vec::new();
        for (start, end) in moving.into_iter().zip(ends) {
            let from_end = end.as_ref().and_then(|_| settled.next().flatten());
            let best = better(search, start, end);
            let best = better(search, best, from_end);
            let value_of_climb = best.value;
            let best = exchange(search, best, stream);
            if best.value > value_of_climb { exchanged.push(best) } else { at_rest.push(best) }
        }
        moving = exchanged;
    }
    at_rest.extend(moving);
    Ok(at_rest)
}

/// The configurations at the ends of climbs from some starts. A maximum may lie on the boundary of a known constraint.
fn ends_of_climbs(
    search: &Maximization<'_>,
    starts: &[&Configuration],
    moving: Moving,
    stream: &mut Stream,
) -> Result<Vec<Option<Configuration>>, SuggestError> {
    let space = search.context.space;
    let climbed = climb(search, starts, moving)?;
    Ok(climbed.into_iter().map(|unit| space.nearest(space.propose(&unit), stream)).collect())
}

fn better(search: &Maximization<'_>, best: Scored, other: Option<Configuration>) -> Scored {
    let other = other.map(|c| score(search, vec![c]).remove(0));
    other.filter(|o| o.value > best.value && search.context.rule.allows(&o.configuration)).unwrap_or(best)
}

/// Replaces the level of each counted, active coordinate in turn by the best one, with all others fixed.
fn exchange(search: &Maximization<'_>, mut best: Scored, stream: &mut Stream) -> Scored {
    let context = search.context;
    for j in 0..context.space.parameters().len() {
        let unit = context.space.encode(&best.configuration);
        if unit[j].is_nan() {
            continue;
        }
        let replaced = |u: f64, stream: &mut Stream| {
            let mut other = with_priors(context, &unit, stream);
            if let Some(region) = &search.region {
                region.clamp(&mut other);
            }
            other[j] = u;
            feasible(context, &other, stream)
        };
        let (low, high) = search.side(j);
        let levels = levels(search, j, unit[j], stream).into_iter().filter(|u| low <= *u && *u <= high);
        let others = context.rule.allowed(levels.filter_map(|u| replaced(u, stream)).collect());
        let top = score(search, others).into_iter().reduce(|a, b| if b.value > a.value { b } else { a });
        best = top.filter(|top| top.value > best.value).unwrap_or(best);
    }
    best
}

/// Coordinates to exchange `u` for: all levels if there are few; else those one, two and four steps away for an ordered
/// parameter and [`FEW_LEVELS`] random ones for an unordered one (choices, not measured).
fn levels(search: &Maximization<'_>, parameter: usize, u: f64, stream: &mut Stream) -> Vec<f64> {
    let all = |n: usize| (0..n).map(|k| (k as f64 + 0.5) / n as f64).collect::<Vec<_>>();
    match search.context.space.axes()[parameter].kind() {
        AxisKind::Continuous => Vec::new(),
        AxisKind::Unordered { levels } if levels as f64 <= FEW_LEVELS => all(levels),
        AxisKind::Ordered { levels } if levels <= FEW_LEVELS => all(levels as usize),
        AxisKind::Unordered { .. } => (0..FEW_LEVELS as usize).map(|_| stream.uniform()).collect(),
        AxisKind::Ordered { levels } => {
            [-4.0, -2.0, -1.0, 1.0, 2.0, 4.0].iter().map(|step| (u + step / levels).clamp(0.0, 1.0)).collect()
        }
    }
}
