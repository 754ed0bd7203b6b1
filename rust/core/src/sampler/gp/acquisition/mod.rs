//! The acquisition function.
//!
//! It is a sum of two terms: the acquisition value of the objectives (`objective`), and the log probability that the
//! black-box constraints hold and that the trial does not fail (`feasibility`). As long as there is no feasible trial,
//! only the second one is used.

mod feasibility;
mod floors;
mod objective;

use feasibility::{Feasibility, add_value};
use objective::ObjectiveTerm;

use super::plan::Plan;
use super::surrogate::Surrogate;
use crate::acquisition::Normal;
use crate::model::CostPenalty;
use crate::model::gp::{GradientQuery, Prediction, PredictionWithGradient};
use crate::sampler::Context;

/// An acquisition function, to be maximized.
pub(super) struct AcquisitionFunction<'a> {
    /// Absent as long as there is no feasible trial.
    objective: Option<ObjectiveTerm>,
    pub(super) surrogate: &'a Surrogate<'a>,
    feasibility: Feasibility<'a>,
    /// Penalty for expected costs, subtracted from the objective term; absent if costs are ignored.
    cost: Option<&'a CostPenalty>,
}

impl<'a> AcquisitionFunction<'a> {
    /// The acquisition function of a plan.
    pub(super) fn new(plan: &Plan, surrogate: &'a Surrogate<'a>, context: &Context<'a>) -> Self {
        let objective = ObjectiveTerm::of(plan.acquisition, surrogate, context);
        let feasibility = Feasibility::new(surrogate, context, plan.is_optimistic);
        Self { objective, surrogate, feasibility, cost: context.cost }
    }

    /// The name shown in explanations.
    pub(super) fn name(&self) -> &'static str {
        self.objective.as_ref().map_or("feasibility", ObjectiveTerm::name)
    }

    /// Values at many points of the models.
    pub(super) fn values(&self, points: &[Vec<f64>]) -> Vec<f64> {
        let mut values = vec![0.0; points.len()];
        if let Some(objective) = &self.objective {
            let predicted: Vec<Vec<Prediction>> =
                self.surrogate.objectives.iter().map(|objective| objective.predictor().predict(points)).collect();
            for (i, value) in values.iter_mut().enumerate() {
                let at: Vec<Normal> = predicted.iter().map(|model| normal(&model[i])).collect();
                *value += objective.value(&at).value;
            }
            if let Some(cost) = self.cost {
                values.iter_mut().zip(points).for_each(|(value, point)| *value -= cost.at(point));
            }
        }
        values.iter_mut().zip(self.feasibility.logs(points)).for_each(|(value, log)| *value += log);
        values
    }

    /// Values and gradients at a few points of the models, with respect to numeric, active coordinates; `None` without
    /// a model.
    pub(super) fn values_with_gradient(&self, queries: &[GradientQuery<'_>]) -> Option<Vec<(f64, Vec<f64>)>> {
        if self.surrogate.objectives.is_empty() {
            return None;
        }
        let mut sums: Vec<(f64, Vec<f64>)> =
            queries.iter().map(|query| (0.0, vec![0.0; query.coordinates.len()])).collect();
        if let Some(objective) = &self.objective {
            let models: Vec<Vec<PredictionWithGradient>> =
                self.surrogate.objectives.iter().map(|o| o.predictor().predict_with_gradient(queries)).collect();
            for (i, (value, slopes)) in sums.iter_mut().enumerate() {
                let at: Vec<&PredictionWithGradient> = models.iter().map(|model| &model[i]).collect();
                let means: Vec<Normal> = at.iter().map(|sloped| normal(&sloped.prediction)).collect();
                add_value(value, slopes, &objective.value(&means), &at);
            }
            if let Some(cost) = self.cost {
                for ((value, slopes), query) in sums.iter_mut().zip(queries) {
                    *value -= cost.at(query.point);
                    let along = slopes.iter_mut().zip(query.coordinates);
                    along.for_each(|(slope, parameter)| *slope -= cost.slope(query.point, *parameter));
                }
            }
        }
        for ((value, slopes), (log, more)) in sums.iter_mut().zip(self.feasibility.logs_with_gradient(queries)) {
            *value += log;
            slopes.iter_mut().zip(more).for_each(|(slope, more)| *slope += more);
        }
        Some(sums)
    }
}

fn normal(p: &Prediction) -> Normal {
    Normal { mean: p.mean, std: p.variance.sqrt() }
}
