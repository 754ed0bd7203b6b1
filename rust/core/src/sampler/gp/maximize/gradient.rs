//! Gradient ascent from several starts, with joint evaluations.
//!
//! Coordinates are scaled by the lengthscales, so that the acquisition function has about the same curvature along all
//! axes.

use super::search::Maximization;
use crate::model::gp::GradientQuery;
use crate::numerics::{Descent, Stop};
use crate::sampler::{Context, SuggestError};
use crate::space::{AxisKind, Configuration};

/// Counted parameters with at most this many levels are not changed by gradient steps. (Half and twice:
/// `benches/results/constants.md`.)
pub(super) const FEW_LEVELS: f64 = 16.0;
/// The end of the gradient steps. (Half and twice: `benches/results/constants.md`.)
const STOP: Stop = Stop { iterations: 40, gradient: 1e-4, decrease: 0.0 };

/// The coordinates that change in gradient steps, if they are active.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Moving {
    /// Those that are continuous or have many ordered levels.
    Smooth,
    /// Those that are continuous.
    Continuous,
}

/// Unit coordinates after gradient steps from each start.
pub(super) fn climb(
    search: &Maximization<'_>,
    starts: &[&Configuration],
    moving: Moving,
) -> Result<Vec<Vec<f64>>, SuggestError> {
    let mut climbs: Vec<Climb> = starts.iter().map(|start| Climb::new(search, start, moving)).collect();
    loop {
        let mut active: Vec<&mut Climb> = climbs.iter_mut().filter_map(Climb::advanced).collect();
        let queries: Vec<GradientQuery<'_>> =
            active.iter().map(|climb| GradientQuery { point: &climb.point, coordinates: &climb.smooth }).collect();
        let Some(evaluated) =
            search.acquisition.values_with_gradient(&queries).filter(|evaluated| !evaluated.is_empty())
        else {
            break;
        };
        for (climb, (value, slope)) in active.iter_mut().zip(&evaluated) {
            climb.tell(*value, slope);
        }
        if (search.context.interrupted)() {
            return Err(SuggestError::Interrupted);
        }
    }
    Ok(climbs.into_iter().map(Climb::end).collect())
}

struct Climb {
    /// Unit coordinates of the start.
    unit: Vec<f64>,
    /// The point of the models that is evaluated next.
    point: Vec<f64>,
    smooth: Vec<usize>,
    /// Length of a step of 1 in unit coordinates.
    scale: Vec<f64>,
    /// Minimizes the negated acquisition value.
    descent: Descent,
}

impl Climb {
    fn new(search: &Maximization<'_>, start: &Configuration, moving: Moving) -> Self {
        let context = search.context;
        let unit = context.space.encode(start);
        let smooth: Vec<usize> = (0..unit.len()).filter(|j| !unit[*j].is_nan() && moves(context, *j, moving)).collect();
        let scale: Vec<f64> = smooth.iter().map(|j| step_length(search, *j)).collect();
        // A repaired start may lie outside the trust region.
        let bound = |(j, l): (&usize, &f64)| {
            let (low, high) = search.side(*j);
            (low.min(unit[*j]) / l, high.max(unit[*j]) / l)
        };
        let bounds = smooth.iter().zip(&scale).map(bound).collect();
        let from: Vec<f64> = smooth.iter().zip(&scale).map(|(j, l)| unit[*j] / l).collect();
        Self { point: context.point(&unit), unit, smooth, scale, descent: Descent::new(&from, bounds, STOP) }
    }

    /// Moves to the point to be evaluated next; `None` if the search has ended.
    fn advanced(&mut self) -> Option<&mut Self> {
        let next = self.descent.point().filter(|next| !next.is_empty())?;
        for ((j, t), l) in self.smooth.iter().zip(next).zip(&self.scale) {
            self.point[*j] = t * l;
        }
        Some(self)
    }

    fn tell(&mut self, value: f64, slope: &[f64]) {
        let gradient: Vec<f64> = slope.iter().zip(&self.scale).map(|(s, l)| -s * l).collect();
        self.descent.tell(value.is_finite().then_some(-value), &gradient);
    }

    fn end(mut self) -> Vec<f64> {
        if let Some(end) = self.descent.minimum() {
            for ((j, t), l) in self.smooth.iter().zip(&end.x).zip(&self.scale) {
                self.unit[*j] = (t * l).clamp(0.0, 1.0);
            }
        }
        self.unit
    }
}

/// The smallest effective lengthscale of a parameter over all objectives, at most its whole range.
fn step_length(search: &Maximization<'_>, parameter: usize) -> f64 {
    let objectives = search.acquisition.surrogate.objectives.iter();
    objectives.map(|o| o.model.hyperparameters().effective_lengthscale(parameter)).fold(1.0, f64::min)
}

/// Whether any parameter has many ordered levels, to which the end of a climb is rounded.
pub(super) fn is_rounded(context: &Context<'_>) -> bool {
    let n = context.space.parameters().len();
    (0..n).any(|j| moves(context, j, Moving::Smooth) && !moves(context, j, Moving::Continuous))
}

fn moves(context: &Context<'_>, parameter: usize, moving: Moving) -> bool {
    match context.space.axes()[parameter].kind() {
        AxisKind::Continuous => true,
        AxisKind::Ordered { levels } => moving == Moving::Smooth && levels > FEW_LEVELS,
        AxisKind::Unordered { .. } => false,
    }
}
