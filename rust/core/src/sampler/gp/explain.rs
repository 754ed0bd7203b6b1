//! Predictions and explanations of configurations in the unit of the objective.

use super::acquisition::{AcquisitionFunction, FailureClassifier};
use super::hyperparameter_cache::{HyperparameterCache, unless_interrupted};
use super::plan::Plan;
use super::surrogate::{self, GpCaches, Surrogate};
use super::training_data;
use crate::model::gp::Prediction;
use crate::sampler::evidence::{self, Evidence};
use crate::sampler::{Context, GpSettings, SuggestError};
use crate::space::Configuration;

/// The prediction, the acquisition value and the drivers; all are absent without finished trials.
pub(in crate::sampler) fn evidence(
    settings: &GpSettings,
    context: &Context<'_>,
    chosen: &Configuration,
    incumbent: Option<&Configuration>,
) -> Result<Evidence, SuggestError> {
    // The loss of points that are too risky would hide everything else.
    let context = &Context { max_violation: None, ..*context };
    let GpCaches { mut models, mut failures } = GpCaches::default();
    let Some(surrogate) = surrogate::build(&mut models, context)? else { return Ok(Evidence::default()) };
    let chance = FailureClassifier::fit(&mut failures, &surrogate, context)?;
    let plan = Plan::of(settings, &surrogate, context);
    let acquisition = AcquisitionFunction::new(plan.acquisition, &surrogate, chance, context);
    let score = |configurations: &[Configuration]| {
        Ok(acquisition.values(&configurations.iter().map(|c| context.point_of(c)).collect::<Vec<_>>()))
    };
    let (value, drivers) = evidence::drivers(context, chosen, incumbent, score)?;
    let (mean, std) = prediction(context, &surrogate, &context.point_of(chosen));
    Ok(Evidence { mean, std, acquisition: Some((acquisition.name(), value)), drivers })
}

/// Half the width of the interval that holds 95 % of a normal distribution, in standard deviations. Follows from the
/// quantile at 97.5 %.
const HALF_WIDTH: f64 = 1.96;

/// For each configuration, the median of an objective and the ends of the interval that holds 95 %. The warp is monotone,
/// so quantiles of warped losses map to quantiles of values. Returns `None` without a model, and if all values are equal.
pub(crate) fn predictions(
    context: &Context<'_>,
    configurations: &[Configuration],
    objective: usize,
) -> Result<Option<Vec<[f64; 3]>>, SuggestError> {
    let context = &Context { clips_infeasible: false, ..*context };
    let mut cache = HyperparameterCache::default();
    let Some(shown) = surrogate::build_objective(&mut cache, context, objective)? else { return Ok(None) };
    let points: Vec<Vec<f64>> = configurations.iter().map(|c| context.point_of(c)).collect();
    let values = training_data::values(context, &shown.rows, objective);
    if values.iter().all(|value| *value == values[0]) {
        // Equal values give no scale for the width of an interval.
        return Ok(None);
    }
    let unwarp = shown.unwarp(context);
    let interval = |p: &Prediction| {
        let width = HALF_WIDTH * p.variance.sqrt();
        [p.mean, p.mean - width, p.mean + width].map(|loss| unwarp.of(loss))
    };
    let predicted = unless_interrupted(shown.model.predict_many(&points, context.interrupted))?;
    Ok(predicted.map(|predicted| predicted.iter().map(interval).collect()))
}

/// The median at a point of the model, and half the distance between the values one standard deviation above and below
/// it, all mapped back through the warp. Both are absent with several objectives, which have no common unit.
fn prediction(context: &Context<'_>, surrogate: &Surrogate<'_>, point: &[f64]) -> (Option<f64>, Option<f64>) {
    let [objective] = surrogate.objectives.as_slice() else { return (None, None) };
    let predicted = objective.model.predict(&[point.to_vec()])[0];
    let unwarp = objective.unwarp(context);
    let (median, std) = unwarp.median_and_std(predicted.mean, predicted.variance.sqrt());
    (Some(median), unwarp.has_unit().then_some(std))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::super::surrogate::ModelCaches;
    use super::*;
    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::sampler::testing::{finish, number, with_context};
    use crate::space::{SearchSpace, Value};

    /// Near losses of another magnitude, the standard deviation is larger than among the good losses.
    #[test]
    fn the_standard_deviation_reflects_losses_of_another_magnitude() {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut history = History::new(1, 1);
        for row in 0..20 {
            let x = if row < 10 { f64::from(row) / 20.0 } else { f64::from(row + 7) / 27.0 };
            history.push(&space, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
            finish(&mut history, row as usize, Some(if row < 10 { 2.0 + x } else { 90.0 + x }));
        }
        with_context(&space, &history, 20, |context| {
            let mut models = ModelCaches::default();
            let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
            let std = |x: f64| prediction(context, &surrogate, &[x]).1.unwrap();
            assert!(std(0.2) < 1.0 && std(0.55) > 10.0, "{} {}", std(0.2), std(0.55));
        });
    }

    #[test]
    fn predictions_are_those_of_told_values_where_a_constraint_is_broken() {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut history = History::new(1, 1);
        for (row, x) in (0..20).map(|k| f64::from(k) / 19.0).enumerate() {
            history.push(&space, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
            let measured = Measurement { value: 1.0 - x, sem: None, replicates: Vec::new() };
            history.finish(row, Outcome::Complete(vec![measured]), &[("c".to_owned(), x - 0.5)], None);
        }
        with_context(&space, &history, 20, |context| {
            for x in [0.2, 0.45, 0.8, 0.97] {
                let at = predictions(context, &[Configuration(vec![Some(Value::Real(x))])], 0).unwrap().unwrap()[0];
                assert!((at[0] - (1.0 - x)).abs() < 0.02, "{x}: {at:?}");
            }
        });
    }
}
