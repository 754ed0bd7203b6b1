//! What makes a point worth a trial: the merit of the objectives ([`Merit`]), `ln P(feasible)` of every black-box
//! constraint and `2 ln P(ok)` where trials failed ([`Chance`]), summed. While no feasible trial was told the last two
//! alone count.

use super::chance::Chance;
use super::merit::Merit;
use super::region::Region;
use super::surrogate::Surrogate;
use crate::acquisition::feasibility::log_feasible;
use crate::acquisition::{Graded, Normal};
use crate::model::gp::{Place, Prediction, Sloped};
use crate::sampler::{Context, GpAcquisition, GpSettings, Weighing};

/// An acquisition function, to be maximised.
pub(super) struct Acquisition<'a> {
    /// Absent while no feasible trial was told.
    merit: Option<Merit>,
    pub(super) surrogate: &'a Surrogate<'a>,
    /// Present if any trial failed.
    chance: Option<Chance<'a>>,
    /// What the merit is weighed by, where costs have a say.
    cost: Option<&'a Weighing>,
    /// Where it is to be maximised; absent: everywhere.
    pub(super) region: Option<Region>,
}

impl<'a> Acquisition<'a> {
    pub(super) fn new(
        settings: &GpSettings,
        surrogate: &'a Surrogate<'a>,
        chance: Option<Chance<'a>>,
        context: &Context<'a>,
    ) -> Self {
        let softened = chance.is_some() || !surrogate.constraints.is_empty();
        let merit = Merit::of(settings, surrogate, context, softened);
        let explores = merit.as_ref().is_some_and(Merit::explores);
        let region = Region::of(explores, surrogate, context);
        Self { merit, surrogate, chance, cost: context.cost, region }
    }

    /// From now on what improves on what was told and on what is expected of pending trials, wherever it is.
    pub(super) fn look_beyond_pending(&mut self, settings: &GpSettings, context: &Context<'_>) {
        let settings = GpSettings { acquisition: GpAcquisition::LogEi, ..settings.clone() };
        self.merit = Merit::of(&settings, self.surrogate, context, false);
        self.region = None;
    }

    /// Between which unit coordinates of a parameter it is to be maximised.
    pub(super) fn side(&self, parameter: usize, context: &Context<'_>) -> (f64, f64) {
        let everywhere = || context.space.likely_ends(parameter);
        self.region.as_ref().map_or_else(everywhere, |region| region.side(parameter))
    }

    /// Its name, as explanations show it.
    pub(super) fn name(&self) -> &'static str {
        self.merit.as_ref().map_or("feasibility", Merit::name)
    }

    /// Values at many points of the model.
    pub(super) fn values(&self, points: &[Vec<f64>]) -> Vec<f64> {
        let mut values = self.chance.as_ref().map_or_else(|| vec![0.0; points.len()], |chance| chance.logs(points));
        if let Some(merit) = &self.merit {
            let predicted: Vec<Vec<Prediction>> =
                self.surrogate.objectives.iter().map(|objective| objective.model.predict(points)).collect();
            for (i, value) in values.iter_mut().enumerate() {
                let at: Vec<Normal> = predicted.iter().map(|model| normal(&model[i])).collect();
                *value += merit.graded(&at).value;
            }
            if let Some(cost) = self.cost {
                values.iter_mut().zip(points).for_each(|(value, point)| *value -= cost.at(point));
            }
        }
        for constraint in &self.surrogate.constraints {
            for (value, predicted) in values.iter_mut().zip(constraint.model.predict(points)) {
                *value += log_feasible(constraint.limit, normal(&predicted)).value;
            }
        }
        values
    }

    /// Values at a few points of the model, with gradients with respect to numeric, active coordinates; `None` without
    /// a model.
    pub(super) fn sloped(&self, places: &[Place<'_>]) -> Option<Vec<(f64, Vec<f64>)>> {
        if self.surrogate.objectives.is_empty() {
            return None;
        }
        let mut found: Vec<(f64, Vec<f64>)> =
            places.iter().map(|place| (0.0, vec![0.0; place.coordinates.len()])).collect();
        if let Some(merit) = &self.merit {
            let models: Vec<Vec<Sloped>> = self.surrogate.objectives.iter().map(|o| o.model.sloped(places)).collect();
            for (i, (value, slopes)) in found.iter_mut().enumerate() {
                let at: Vec<&Sloped> = models.iter().map(|model| &model[i]).collect();
                let means: Vec<Normal> = at.iter().map(|sloped| normal(&sloped.prediction)).collect();
                climb(value, slopes, &merit.graded(&means), &at);
            }
            if let Some(cost) = self.cost {
                for ((value, slopes), place) in found.iter_mut().zip(places) {
                    *value -= cost.at(place.point);
                    let along = slopes.iter_mut().zip(place.coordinates);
                    along.for_each(|(slope, parameter)| *slope -= cost.slope(place.point, *parameter));
                }
            }
        }
        for constraint in &self.surrogate.constraints {
            for ((value, slopes), sloped) in found.iter_mut().zip(constraint.model.sloped(places)) {
                climb(value, slopes, &log_feasible(constraint.limit, normal(&sloped.prediction)), &[&sloped]);
            }
        }
        if let Some(chance) = &self.chance {
            for ((value, slopes), (log, more)) in found.iter_mut().zip(chance.sloped(places)) {
                *value += log;
                slopes.iter_mut().zip(more).for_each(|(slope, more)| *slope += more);
            }
        }
        Some(found)
    }
}

fn normal(p: &Prediction) -> Normal {
    Normal { mean: p.mean, deviation: p.variance.sqrt() }
}

/// Adds a graded value and, by the chain rule, its gradient.
fn climb(value: &mut f64, slopes: &mut [f64], graded: &Graded, at: &[&Sloped]) {
    *value += graded.value;
    for ((sloped, by_mean), by_deviation) in at.iter().zip(&graded.by_mean).zip(&graded.by_deviation) {
        let deviation = sloped.prediction.variance.sqrt();
        for ((slope, m), v) in slopes.iter_mut().zip(&sloped.mean_slope).zip(&sloped.variance_slope) {
            *slope += by_mean * m + by_deviation * v / (2.0 * deviation);
        }
    }
}
