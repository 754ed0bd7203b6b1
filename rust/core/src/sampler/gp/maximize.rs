//! The maximum of an acquisition function over a mixed, conditional space.

use super::acquisition::Acquisition;
use super::candidates;
use super::climb::{FEW_LEVELS, climb};
use super::data;
use crate::encoding::AxisKind;
use crate::numerics::Stream;
use crate::sampler::failures::Ends;
use crate::sampler::{Context, SuggestError};
use crate::space::Configuration;

/// Candidates that are improved.
const STARTS: usize = 4;
/// Times that gradients and exchanges take turns.
const ROUNDS: usize = 2;

/// A configuration with its acquisition value.
#[derive(Clone)]
struct Scored {
    configuration: Configuration,
    value: f64,
}

/// Configurations by falling acquisition value: the improved starts and all candidates.
pub(super) fn ranked(
    acquisition: &Acquisition<'_>,
    context: &Context<'_>,
    stream: &mut Stream,
) -> Result<Vec<Configuration>, SuggestError> {
    let drawn = candidates::draw(acquisition, context, stream);
    let mut scored = score(acquisition, context, drawn);
    sort(&mut scored);
    let starts = scored.iter().take(STARTS).cloned().collect();
    scored.extend(improved(acquisition, context, starts, stream)?);
    sort(&mut scored);
    let ranked = scored.into_iter().map(|s| s.configuration).collect();
    Ok(match Ends::of(context) {
        Some(ends) => ends.keep(ranked, |configuration| context.encoding.encode(configuration)),
        None => ranked,
    })
}

fn score(acquisition: &Acquisition<'_>, context: &Context<'_>, configurations: Vec<Configuration>) -> Vec<Scored> {
    let points: Vec<Vec<f64>> =
        configurations.iter().map(|c| data::point(context, &context.encoding.encode(c))).collect();
    let values = acquisition.values(&points);
    configurations.into_iter().zip(values).map(|(configuration, value)| Scored { configuration, value }).collect()
}

/// Falling; equal values keep their order.
fn sort(scored: &mut [Scored]) {
    scored.sort_by(|a, b| b.value.total_cmp(&a.value));
}

/// Gradient steps on the smooth coordinates and exchanges on the others, in turns while the latter help.
fn improved(
    acquisition: &Acquisition<'_>,
    context: &Context<'_>,
    starts: Vec<Scored>,
    stream: &mut Stream,
) -> Result<Vec<Scored>, SuggestError> {
    let (mut moving, mut settled) = (starts, Vec::new());
    for _ in 0..ROUNDS {
        let from: Vec<&Configuration> = moving.iter().map(|s| &s.configuration).collect();
        let climbed = climb(acquisition, context, &from)?;
        let mut exchanged = Vec::new();
        for (start, unit) in moving.into_iter().zip(climbed) {
            // The maximum may lie where a constraint is met just so.
            let end = context.space.nearest(context.encoding.propose(context.space, &unit), stream);
            let best = better(start, end, acquisition, context);
            let before = best.value;
            let best = exchange(acquisition, context, best, stream);
            if best.value > before { exchanged.push(best) } else { settled.push(best) }
        }
        moving = exchanged;
    }
    settled.extend(moving);
    Ok(settled)
}

fn better(best: Scored, other: Option<Configuration>, acquisition: &Acquisition<'_>, context: &Context<'_>) -> Scored {
    let other = other.map(|c| score(acquisition, context, vec![c]).remove(0));
    other.filter(|o| o.value > best.value).unwrap_or(best)
}

/// Each counted, active coordinate in turn takes the level that is best with the others held.
fn exchange(acquisition: &Acquisition<'_>, context: &Context<'_>, mut best: Scored, stream: &mut Stream) -> Scored {
    for j in 0..context.space.parameters().len() {
        let unit = context.encoding.encode(&best.configuration);
        if unit[j].is_nan() {
            continue;
        }
        let replaced = |u: f64, stream: &mut Stream| {
            let mut other = candidates::with_priors(context, &unit, stream);
            if let Some(region) = &acquisition.region {
                region.clamp(&mut other);
            }
            other[j] = u;
            candidates::feasible(context, &other, stream)
        };
        let (low, high) = acquisition.side(j, context);
        let levels = levels(context, j, unit[j], stream).into_iter().filter(|u| low <= *u && *u <= high);
        let others: Vec<Configuration> = levels.filter_map(|u| replaced(u, stream)).collect();
        let top = score(acquisition, context, others).into_iter().reduce(|a, b| if b.value > a.value { b } else { a });
        best = top.filter(|top| top.value > best.value).unwrap_or(best);
    }
    best
}

/// Coordinates to exchange `u` for: all levels if they are few, else neighbours of an ordered and draws of an unordered
/// parameter.
fn levels(context: &Context<'_>, parameter: usize, u: f64, stream: &mut Stream) -> Vec<f64> {
    let all = |n: usize| (0..n).map(|k| (k as f64 + 0.5) / n as f64).collect::<Vec<_>>();
    match context.encoding.axes()[parameter].kind() {
        AxisKind::Continuous => Vec::new(),
        AxisKind::Unordered { levels } if levels as f64 <= FEW_LEVELS => all(levels),
        AxisKind::Ordered { levels } if levels <= FEW_LEVELS => all(levels as usize),
        AxisKind::Unordered { .. } => (0..FEW_LEVELS as usize).map(|_| stream.uniform()).collect(),
        AxisKind::Ordered { levels } => {
            [-4.0, -2.0, -1.0, 1.0, 2.0, 4.0].iter().map(|step| (u + step / levels).clamp(0.0, 1.0)).collect()
        }
    }
}
