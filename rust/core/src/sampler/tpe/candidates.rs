//! The points a suggestion is chosen from.

use super::State;
use super::state::Group;
use crate::acquisition::density_ratio::log_ratio;
use crate::model::parzen::Points;
use crate::numerics::Stream;
use crate::sampler::{Context, SuggestError};
use crate::space::Configuration;

/// A point that satisfies the known constraints.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Unit coordinates, one a parameter; NaN where inactive.
    unit: Vec<f64>,
    /// Present where it had to be looked at already.
    configuration: Option<Configuration>,
}

impl Candidate {
    /// Unit coordinates, the centres of cells for counted parameters; NaN where inactive.
    pub(super) fn unit(&self) -> &[f64] {
        &self.unit
    }

    pub(super) fn configuration(&self, context: &Context<'_>) -> Configuration {
        let decode = || context.encoding.decode(context.space, &self.unit);
        self.configuration.clone().unwrap_or_else(decode)
    }
}

/// Draws candidates from the good densities; those that cannot be made to satisfy the known constraints are left out.
///
/// Every parameter is drawn, active or not, from the density of its own group, which is fitted under its parents'
/// conditions: as children depend on their parents through these conditions alone, that is a draw down the tree.
pub(super) fn draw(state: &State, context: &Context<'_>, count: u64, stream: &mut Stream) -> Vec<Candidate> {
    let plain = context.space.constraints().is_empty() && state.groups.iter().all(Group::is_unconditional);
    let mut candidate = || {
        let mut unit = vec![f64::NAN; context.space.parameters().len()];
        for group in &state.groups {
            for (dimension, parameter) in group.parameters.iter().enumerate() {
                unit[*parameter] = group.good.quantile(dimension, stream.uniform());
            }
        }
        if plain { Some(Candidate { unit, configuration: None }) } else { feasible(context, &unit, stream) }
    };
    (0..count).filter_map(|_| candidate()).collect()
}

fn feasible(context: &Context<'_>, unit: &[f64], stream: &mut Stream) -> Option<Candidate> {
    let decoded = context.encoding.decode(context.space, unit);
    let holds = context.space.satisfies(&decoded);
    let configuration = if holds { decoded } else { context.space.repair(decoded, stream)? };
    Some(Candidate { unit: context.encoding.encode(&configuration), configuration: Some(configuration) })
}

/// Log of the density ratio of each candidate: the sum over the groups that are active in it.
///
/// A group's two densities come from the trials in which it was active, but good and bad were told apart among *all*
/// trials: so the evidence of groups, and of the branches of the space they stand for, can be added and compared. A
/// group that is not modelled adds nothing.
pub(super) fn score(state: &State, context: &Context<'_>, candidates: &[Candidate]) -> Result<Vec<f64>, SuggestError> {
    let mut scores = vec![0.0; candidates.len()];
    for group in state.groups.iter().filter(|group| group.informed) {
        let Some(first) = group.parameters.first() else { continue };
        let active: Vec<usize> = (0..candidates.len()).filter(|i| !candidates[*i].unit[*first].is_nan()).collect();
        let column = |parameter: &usize| active.iter().map(|i| candidates[*i].unit[*parameter]).collect();
        let points = Points::new(active.len(), group.parameters.iter().map(column).collect());
        let ratios = log_ratio(&group.good, &group.bad, &points, context.pool, context.interrupted);
        for (i, ratio) in active.iter().zip(ratios.ok_or(SuggestError::Interrupted)?) {
            scores[*i] += ratio;
        }
    }
    Ok(scores)
}
