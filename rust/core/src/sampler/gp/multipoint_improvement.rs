//! The expected improvement of the next trials on the incumbent (`expected_gain`).
//!
//! Joint samples of the function are drawn at the candidates of a suggestion, at the pending points and at the
//! incumbent `x_b`, the feasible trial of the lowest posterior mean. With the `d`-th sample `f_d`, the expected
//! improvement of a set of points is
//!
//! ```text
//! mean over d of (f_d(x_b) - min over the points of f_d)+
//! ```
//!
//! where a point counts only if it satisfies the black-box constraints, which are sampled in the same way. One half of
//! the samples selects the points, greedily, which reaches at least `1 - 1/e` of the optimum (Nemhauser et al. 1978).
//! The other half evaluates them, so that the estimate is not biased by the selection. Of more than
//! [`MAX_PENDING`] pending points, only those with the lowest confidence bounds `m - s` are sampled; the others
//! contribute almost nothing. All points are selected at once; sequential trials that learn from each other would
//! improve slightly more.
//!
//! The model must be calibrated: the mean square of its leave-one-out errors, in units of their standard deviations,
//! must lie between 1/2 and 2. Trials next to each other are left out of the mean. A search that has converged has many
//! of them. Each predicts the others almost exactly, which shows nothing about the model where it is uncertain.

use super::hyperparameter_cache::unless_interrupted;
use super::maximize;
use super::plan::Plan;
use super::surrogate::{self, GpCaches, Surrogate};
use super::training_data;
use crate::model::gp::GaussianProcess;
use crate::model::output_warp::good_half_slope;
use crate::numerics::{Purpose, Stream, ascending};
use crate::sampler::worth::are_alone;
use crate::sampler::{Context, GpAcquisition, GpSettings, SuggestError};

/// An estimate needs this many feasible trials. If this many are alone, these decide whether the model is calibrated;
/// otherwise all do. The mean square of ten independent errors has a standard error of `sqrt(2 / 10)`, 0.45. Changes no
/// suggestion.
const MIN_FEASIBLE: usize = 10;
/// Number of samples; half of them select the points. The standard error of the estimate is 1/16 of the standard
/// deviation of the improvement over the other half. Changes no suggestion.
const DRAWS: usize = 512;
/// Largest number of sampled pending points; the cost of a joint sample grows with the cube of their number. The others
/// could only raise the estimate. Changes no suggestion.
const MAX_PENDING: usize = 64;
/// Accepted range of the mean square of standardized errors. There is no estimate if deviations are wrong by more than
/// a factor of `sqrt(2)`. Changes no suggestion.
const CALIBRATED: std::ops::RangeInclusive<f64> = 0.5..=2.0;

/// The expected improvement of the next `n` trials, including pending ones, in the unit of the single objective.
/// Returns `None` without a calibrated model.
pub(crate) fn expected_gain(context: &Context<'_>, n: usize) -> Result<Option<f64>, SuggestError> {
    let mut caches = GpCaches::default();
    let Some(surrogate) = surrogate::build(&mut caches, context)? else { return Ok(None) };
    let [objective] = surrogate.objectives.as_slice() else { return Ok(None) };
    let mut model = objective.model.clone();
    model.truncate(objective.rows.len());
    model.set_values(objective.model.values());
    let scale = good_half_slope(&training_data::values(context, &objective.rows, 0), &objective.losses);
    let Some(incumbent) = incumbent(&surrogate, &model).filter(|_| scale > 0.0) else { return Ok(None) };
    if !is_calibrated(&model, &are_alone(context, &objective.rows), context.interrupted)? {
        return Ok(None);
    }
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Gain, 0);
    let settings = GpSettings { n_startup: 1, acquisition: GpAcquisition::LogEi };
    let plan = Plan::of(&settings, &surrogate, context);
    let ranked = maximize::best_first(&plan, &surrogate, context, &mut stream)?;
    let mut points = vec![model.inputs().point(incumbent)];
    let pending = context.points(&surrogate.trials.pending);
    let Some(pending) = lowest_bounds(pending, &model, context.interrupted)? else { return Ok(None) };
    points.extend(ranked.iter().map(|configuration| context.point_of(configuration)).chain(pending));
    let Some(improvements) = improvements(&surrogate, &model, &points, &mut stream, context)? else { return Ok(None) };
    Ok(Some(mean_best_improvement(&improvements, n) / scale))
}

/// The feasible observation with the lowest posterior mean; `None` if there are too few feasible ones.
fn incumbent(surrogate: &Surrogate<'_>, model: &GaussianProcess) -> Option<usize> {
    let means = model.fitted_means();
    let feasible: Vec<usize> = (0..surrogate.rows.len()).filter(|i| surrogate.feasible[*i]).collect();
    feasible.iter().copied().min_by(|a, b| means[*a].total_cmp(&means[*b])).filter(|_| feasible.len() >= MIN_FEASIBLE)
}

/// The [`MAX_PENDING`] points with the lowest confidence bounds, in their original order.
fn lowest_bounds(
    points: Vec<Vec<f64>>,
    model: &GaussianProcess,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<Vec<Vec<f64>>>, SuggestError> {
    if points.len() <= MAX_PENDING {
        return Ok(Some(points));
    }
    let Some(predicted) = unless_interrupted(model.predict_many(&points, interrupted))? else { return Ok(None) };
    let bounds: Vec<f64> = predicted.iter().map(|at| at.mean - at.variance.sqrt()).collect();
    let mut order = ascending(&bounds);
    order.truncate(MAX_PENDING);
    order.sort_unstable();
    Ok(Some(order.into_iter().map(|i| points[i].clone()).collect()))
}

/// Whether the errors of the model at the trials that are alone are about as large as it predicts; at all trials, if
/// fewer than [`MIN_FEASIBLE`] are alone.
fn is_calibrated(
    model: &GaussianProcess,
    alone: &[bool],
    interrupted: &dyn Fn() -> bool,
) -> Result<bool, SuggestError> {
    let Some(left_out) = unless_interrupted(model.leave_one_out(interrupted))? else { return Ok(false) };
    let uses_all = alone.iter().filter(|is_alone| **is_alone).count() < MIN_FEASIBLE;
    let judged = model.values().iter().zip(&left_out).zip(alone).filter(|(_, is_alone)| uses_all || **is_alone);
    let errors: Vec<f64> = judged.map(|((y, p), _)| (y - p.mean) * (y - p.mean) / p.variance).collect();
    Ok(CALIBRATED.contains(&(errors.iter().sum::<f64>() / errors.len() as f64)))
}

/// For every sample, the improvement of each point on the first one; zero if the point violates a constraint.
fn improvements(
    surrogate: &Surrogate<'_>,
    model: &GaussianProcess,
    points: &[Vec<f64>],
    stream: &mut Stream,
    context: &Context<'_>,
) -> Result<Option<Vec<Vec<f64>>>, SuggestError> {
    let Some(drawn) = unless_interrupted(model.sample(points, DRAWS, stream, context.interrupted))? else {
        return Ok(None);
    };
    let over_incumbent = |draw: &Vec<f64>| draw[1..].iter().map(|loss| (draw[0] - loss).max(0.0)).collect();
    let mut improvements: Vec<Vec<f64>> = drawn.iter().map(over_incumbent).collect();
    for (attempt, group) in (1..).zip(&surrogate.groups) {
        for constraint in group.iter().map(|k| &surrogate.constraints[*k]) {
            // Alike constraints get the same random numbers, so that copies are broken together.
            let mut stream = Stream::new(context.seed, context.trial, Purpose::Gain, attempt);
            let drawn = constraint.model.sample(&points[1..], DRAWS, &mut stream, context.interrupted);
            let Some(drawn) = unless_interrupted(drawn)? else { return Ok(None) };
            for (of_draw, values) in improvements.iter_mut().zip(&drawn) {
                let broken = of_draw.iter_mut().zip(values).filter(|(_, value)| **value > constraint.border);
                broken.for_each(|(improvement, _)| *improvement = 0.0);
            }
        }
    }
    Ok(Some(improvements))
}

/// The mean over the second half of the samples of the best improvement among `n` points that the first half selects.
fn mean_best_improvement(improvements: &[Vec<f64>], n: usize) -> f64 {
    let (choosing, judging) = improvements.split_at(improvements.len() / 2);
    let mut chosen = Vec::new();
    let mut reached = vec![0.0; choosing.len()];
    let n_points = choosing.first().map_or(0, Vec::len);
    while chosen.len() < n.min(n_points) {
        let total = |j: usize| choosing.iter().zip(&reached).map(|(draw, so_far)| draw[j].max(*so_far)).sum::<f64>();
        let left = (0..n_points).filter(|j| !chosen.contains(j)).map(|j| (total(j), j));
        let Some((_, best)) = left.reduce(|a, b| if b.0 > a.0 { b } else { a }) else { break };
        chosen.push(best);
        reached.iter_mut().zip(choosing).for_each(|(so_far, draw)| *so_far = draw[best].max(*so_far));
    }
    let of = |draw: &Vec<f64>| chosen.iter().map(|j| draw[*j]).fold(0.0, f64::max);
    judging.iter().map(of).sum::<f64>() / judging.len() as f64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::{MAX_PENDING, is_calibrated, lowest_bounds, mean_best_improvement};
    use crate::model::gp::{Column, GaussianProcess, Inputs, Layout};
    use crate::numerics::{Purpose, Stream};

    /// Whether a model is calibrated that has values of its own kind, multiplied by `times`, at thirty places, and
    /// `copies` equal values at another place. Only the trials at the thirty places are alone.
    fn is_calibrated_with(times: f64, copies: usize, may_know: bool) -> bool {
        let at = (0..30).map(|i| (f64::from(i) + 0.5) / 30.0);
        let columns = vec![Column::Numeric(at.chain(vec![1.5; copies]).collect())];
        let inputs = Inputs::new(columns, vec![false]);
        let (theta, n) = (Layout::of(&inputs).start(), 30 + copies);
        let drawn = GaussianProcess::with(inputs.clone(), theta.clone(), &vec![0.0; n], &vec![1e6; n]).unwrap();
        let points: Vec<Vec<f64>> = (0..31.min(n)).map(|i| inputs.point(i)).collect();
        let mut stream = Stream::new(1, 0, Purpose::Sample, 0);
        let function = drawn.sample(&points, 1, &mut stream, &|| false).unwrap().remove(0);
        let noise = drawn.hyperparameters().noise_variance.sqrt();
        let mut y: Vec<f64> = function.iter().map(|f| times * (f + noise * stream.normal())).collect();
        y.resize(n, y[y.len() - 1]);
        let model = GaussianProcess::with(inputs, theta, &y, &vec![0.0; n]).unwrap();
        let alone: Vec<bool> = (0..n).map(|i| !may_know || i < 30).collect();
        is_calibrated(&model, &alone, &|| false).unwrap()
    }

    #[test]
    fn overconfident_and_underconfident_models_are_not_calibrated() {
        assert!(is_calibrated_with(1.0, 0, true));
        assert!(!is_calibrated_with(0.1, 0, true) && !is_calibrated_with(10.0, 0, true));
    }

    #[test]
    fn copies_do_not_make_a_model_look_underconfident() {
        assert!(is_calibrated_with(1.0, 90, true) && !is_calibrated_with(1.0, 90, false));
        assert!(!is_calibrated_with(0.1, 90, true) && !is_calibrated_with(10.0, 90, true));
    }

    #[test]
    fn the_pending_points_with_the_lowest_bounds_are_kept() {
        let columns = vec![Column::Numeric((0..10).map(|i| f64::from(i) / 10.0).collect())];
        let values: Vec<f64> = (0..10).map(|i| f64::from(i) / 5.0 - 1.0).collect();
        let model = GaussianProcess::fit(Inputs::new(columns, vec![false]), &values, &[0.0; 10], &|| false).unwrap();
        let points: Vec<Vec<f64>> = (0..200).rev().map(|i| vec![f64::from(i) / 200.0]).collect();
        let few = lowest_bounds(points[..MAX_PENDING].to_vec(), &model, &|| false).unwrap().unwrap();
        assert_eq!(few, points[..MAX_PENDING]);
        let kept = lowest_bounds(points.clone(), &model, &|| false).unwrap().unwrap();
        assert_eq!(kept, points[200 - MAX_PENDING..]);
    }

    #[test]
    fn points_are_selected_by_one_half_and_evaluated_by_the_other() {
        let choosing = [vec![3.0, 2.0, 0.0], vec![0.0, 2.0, 1.0]];
        let judging = [vec![9.0, 1.0, 9.0], vec![9.0, 2.0, 5.0]];
        let improvements = [choosing, judging].concat();
        assert_eq!(mean_best_improvement(&improvements, 1), 1.5);
        assert_eq!(mean_best_improvement(&improvements, 2), 9.0);
        assert_eq!(mean_best_improvement(&improvements, 7), 9.0);
        assert_eq!(mean_best_improvement(&improvements, 0), 0.0);
    }
}
