//! The maximum of an acquisition function over a mixed, conditional space.

use super::acquisition::{Acquisition, Climber};
use super::candidates;
use super::data;
use crate::encoding::AxisKind;
use crate::numerics::{Stop, Stream, minimize_in_box};
use crate::sampler::failures::Ends;
use crate::sampler::{Context, SuggestError};
use crate::space::Configuration;

/// Candidates that are improved.
const STARTS: usize = 4;
/// Times that gradients and exchanges take turns.
const ROUNDS: usize = 2;
/// A counted parameter with at most so many levels is exchanged level by level; one with more moves along its gradient first.
const FEW_LEVELS: f64 = 16.0;
const STOP: Stop = Stop { iterations: 25, gradient: 1e-4 };

/// A configuration with its acquisition value.
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
    let drawn = candidates::draw(acquisition.surrogate, context, stream);
    let mut scored = score(acquisition, context, drawn);
    sort(&mut scored);
    let starts: Vec<Configuration> = scored.iter().take(STARTS).map(|s| s.configuration.clone()).collect();
    let climber = acquisition.climber();
    for start in starts {
        scored.push(improve(acquisition, climber.as_ref(), context, start, stream)?);
    }
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

/// Gradient steps on the smooth coordinates and exchanges on the others, in turns while they help.
fn improve(
    acquisition: &Acquisition<'_>,
    climber: Option<&Climber<'_>>,
    context: &Context<'_>,
    start: Configuration,
    stream: &mut Stream,
) -> Result<Scored, SuggestError> {
    let mut best = score(acquisition, context, vec![start]).remove(0);
    for _ in 0..ROUNDS {
        if (context.interrupted)() {
            return Err(SuggestError::Interrupted);
        }
        let before = best.value;
        if let Some(climber) = climber {
            let climbed = climb(climber, context, &best.configuration);
            best = better(best, candidates::feasible(context, &climbed, stream), acquisition, context);
        }
        best = exchange(acquisition, context, best, stream);
        if best.value <= before {
            break;
        }
    }
    Ok(best)
}

fn better(best: Scored, other: Option<Configuration>, acquisition: &Acquisition<'_>, context: &Context<'_>) -> Scored {
    let other = other.map(|c| score(acquisition, context, vec![c]).remove(0));
    other.filter(|o| o.value > best.value).unwrap_or(best)
}

/// Unit coordinates after gradient steps along the active coordinates that are smooth, or nearly so.
///
/// The search runs in units of the lengthscales, in which the acquisition function is about equally curved in all directions.
fn climb(climber: &Climber<'_>, context: &Context<'_>, start: &Configuration) -> Vec<f64> {
    let mut unit = context.encoding.encode(start);
    let smooth: Vec<usize> = (0..unit.len()).filter(|j| !unit[*j].is_nan() && is_smooth(context, *j)).collect();
    if smooth.is_empty() {
        return unit;
    }
    let scale: Vec<f64> = smooth.iter().map(|j| climber.lengthscale(*j).min(1.0)).collect();
    let mut point = data::point(context, &unit);
    let bounds: Vec<(f64, f64)> = scale.iter().map(|l| (0.0, 1.0 / l)).collect();
    let from: Vec<f64> = smooth.iter().zip(&scale).map(|(j, l)| unit[*j] / l).collect();
    let negated = |t: &[f64], gradient: &mut [f64]| {
        for ((j, t), l) in smooth.iter().zip(t).zip(&scale) {
            point[*j] = t * l;
        }
        let (value, slope) = climber.at(&point, &smooth);
        for ((g, s), l) in gradient.iter_mut().zip(&slope).zip(&scale) {
            *g = -s * l;
        }
        value.is_finite().then_some(-value)
    };
    if let Some(end) = minimize_in_box(negated, &from, &bounds, STOP) {
        for ((j, t), l) in smooth.iter().zip(&end.x).zip(&scale) {
            unit[*j] = (t * l).clamp(0.0, 1.0);
        }
    }
    unit
}

fn is_smooth(context: &Context<'_>, parameter: usize) -> bool {
    match context.encoding.axes()[parameter].kind() {
        AxisKind::Continuous => true,
        AxisKind::Ordered { levels } => levels > FEW_LEVELS,
        AxisKind::Unordered { .. } => false,
    }
}

/// Each counted, active coordinate in turn takes the level that is best with the others held.
fn exchange(acquisition: &Acquisition<'_>, context: &Context<'_>, mut best: Scored, stream: &mut Stream) -> Scored {
    for j in 0..context.space.parameters().len() {
        let unit = context.encoding.encode(&best.configuration);
        if unit[j].is_nan() {
            continue;
        }
        let replaced = |u: f64, stream: &mut Stream| {
            let mut other: Vec<f64> = with_priors(context, &unit, stream);
            other[j] = u;
            candidates::feasible(context, &other, stream)
        };
        let others: Vec<Configuration> =
            levels(context, j, unit[j], stream).into_iter().filter_map(|u| replaced(u, stream)).collect();
        let top = score(acquisition, context, others).into_iter().reduce(|a, b| if b.value > a.value { b } else { a });
        best = top.filter(|top| top.value > best.value).unwrap_or(best);
    }
    best
}

/// Inactive coordinates drawn from their priors, in case an exchange makes them active.
fn with_priors(context: &Context<'_>, unit: &[f64], stream: &mut Stream) -> Vec<f64> {
    let filled =
        |(u, p): (&f64, &crate::space::Parameter)| if u.is_nan() { p.prior.quantile(stream.uniform()) } else { *u };
    unit.iter().zip(context.space.parameters()).map(filled).collect()
}

/// Coordinates to exchange `u` for: all levels if they are few, else neighbours of an ordered and draws of an unordered parameter.
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
