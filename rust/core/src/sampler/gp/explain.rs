//! Predictions and explanations of configurations in the unit of the objective.

use super::acquisition::AcquisitionFunction;
use super::plan::Plan;
use super::posterior::{ToValue, posterior};
use super::surrogate::{self, GpCaches, Surrogate};
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
    let mut caches = GpCaches::default();
    let Some(surrogate) = surrogate::build(&mut caches, context)? else { return Ok(Evidence::default()) };
    let acquisition = AcquisitionFunction::new(&Plan::of(settings, &surrogate, context), &surrogate, context);
    let score = |configurations: &[Configuration]| {
        Ok(acquisition.values(&configurations.iter().map(|c| context.point_of(c)).collect::<Vec<_>>()))
    };
    let (value, drivers) = evidence::drivers(context, chosen, incumbent, score)?;
    let (mean, std) = prediction(context, &surrogate, chosen);
    Ok(Evidence { mean, std, acquisition: Some((acquisition.name(), value)), drivers })
}

/// The shares of a distribution below its median, and below the ends of the interval that holds 95 %. Follows from the
/// definitions.
const SHARES: [f64; 3] = [0.5, 0.025, 0.975];

/// For each configuration, the median of an objective and the ends of the interval that holds 95 %. `None` as
/// [`posterior`].
pub(crate) fn predictions(
    context: &Context<'_>,
    configurations: &[Configuration],
    objective: usize,
) -> Result<Option<Vec<[f64; 3]>>, SuggestError> {
    let Some(posterior) = posterior(context, objective)? else { return Ok(None) };
    posterior.quantiles(context, configurations, SHARES)
}

/// The median at a configuration, and half the distance between the values one standard deviation above and below it.
/// Both are absent with several objectives, which have no common unit.
fn prediction(context: &Context<'_>, surrogate: &Surrogate<'_>, chosen: &Configuration) -> (Option<f64>, Option<f64>) {
    let [objective] = surrogate.objectives.as_slice() else { return (None, None) };
    let point = [context.point_of(chosen)];
    let Prediction { mean, variance } = objective.model.predict(&point)[0];
    let widths = [0.0, -1.0, 1.0].map(|width| mean + width * variance.sqrt());
    let to_value = ToValue::new(context, objective);
    let [median, low, high] = widths.map(|loss| to_value.of(loss));
    (Some(median), objective.unwarp(context).has_unit().then_some((high - low) / 2.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::super::surrogate::GpCaches;
    use super::*;
    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::numerics::{Purpose, Stream, exp};
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
            let mut models = GpCaches::default();
            let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
            let at = |x: f64| Configuration(vec![Some(Value::Real(x))]);
            let std = |x: f64| prediction(context, &surrogate, &at(x)).1.unwrap();
            assert!(std(0.2) < 1.0 && std(0.55) > 10.0, "{} {}", std(0.2), std(0.55));
        });
    }

    /// Predictions for a parabola with its minimum at 0.3, feasible below 0.6, and for the value told at 0.8 beyond that.
    fn predicted(infeasible: f64) -> Vec<[f64; 3]> {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut history = History::new(1, 1);
        for (row, x) in (0..20).map(|k| (f64::from(k) + 0.5) / 20.0).enumerate() {
            history.push(&space, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
            let value = if x < 0.6 { (x - 0.3) * (x - 0.3) } else { infeasible };
            let measured = Measurement { value, sem: None, replicates: Vec::new() };
            history.finish(row, Outcome::Complete(vec![measured]), &[("c".to_owned(), x - 0.6)], None);
        }
        let at = [0.3, 0.8].map(|x| Configuration(vec![Some(Value::Real(x))]));
        with_context(&space, &history, 20, |context| predictions(context, &at, 0).unwrap().unwrap())
    }

    /// The map from the units of the model to those of the objective is monotone, whichever values are infeasible.
    #[test]
    fn the_median_lies_between_the_other_quantiles() {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let at: Vec<_> = (0..=10).map(|k| Configuration(vec![Some(Value::Real(f64::from(k) / 10.0))])).collect();
        let mut n = 0;
        for seed in 0..150 {
            let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
            let mut history = History::new(1, 1);
            for row in 0..3 + stream.below_or_equal(9) as usize {
                history.push(&space, &Configuration(vec![Some(Value::Real(stream.uniform()))]), Origin::Random);
                let (value, far) = (stream.normal(), exp(8.0 * stream.normal()));
                let value = if stream.uniform() < 0.5 { value } else { value.signum() * far };
                let measured = Measurement { value, sem: None, replicates: Vec::new() };
                let told = [("c".to_owned(), stream.normal())];
                let constraints = if stream.uniform() < 0.7 { told.as_slice() } else { &[] };
                history.finish(row, Outcome::Complete(vec![measured]), constraints, None);
            }
            let predicted = with_context(&space, &history, 20, |context| predictions(context, &at, 0).unwrap());
            for [median, low, high] in predicted.into_iter().flatten() {
                assert!(low <= median && median <= high, "{seed}: {low} {median} {high}");
                n += 1;
            }
        }
        assert!(n > 1000, "{n}");
    }

    #[test]
    fn predictions_hold_where_a_constraint_is_broken_and_where_it_is_not() {
        for infeasible in [-0.1, -1.0, -1e3, -1e6] {
            let [best, broken] = predicted(infeasible).try_into().unwrap();
            assert!(
                best[0].abs() < 0.02 && best[1] > 0.01 * infeasible - 0.5 && best[2] < 0.5,
                "{infeasible}: {best:?}"
            );
            assert!(
                (0.3..=1.0).contains(&(broken[0] / infeasible)) && broken[1] >= infeasible,
                "{infeasible}: {broken:?}"
            );
        }
    }
}
