//! The points a suggestion is chosen from.

use std::borrow::Cow;

use super::State;
use super::alignment::align;
use super::group::Group;
use crate::model::parzen::Points;
use crate::numerics::Stream;
use crate::sampler::failures::FailureFilter;
use crate::sampler::{Context, SuggestError, gp};
use crate::space::Configuration;

/// Points that satisfy the known constraints.
#[derive(Clone, Debug)]
pub(super) struct Candidates {
    /// Unit coordinates, one for each parameter, the centres of cells for counted ones; NaN where inactive.
    points: Points,
    /// Present where they had to be looked at already.
    configurations: Option<Vec<Configuration>>,
}

impl Candidates {
    /// Some configurations.
    pub(super) fn of(configurations: &[Configuration], context: &Context<'_>) -> Self {
        let rows: Vec<Vec<f64>> = configurations.iter().map(|c| context.encoding.encode(c)).collect();
        Self { points: Points::from_rows(&rows), configurations: Some(configurations.to_vec()) }
    }

    pub(super) fn count(&self) -> usize {
        self.points.count()
    }

    /// Those that are likely to end well, or all if none is.
    pub(super) fn likely_to_succeed(self, context: &Context<'_>) -> Self {
        let Some(filter) = FailureFilter::of(context) else { return self };
        let kept = filter.keep((0..self.points.count()).collect(), |i| self.unit(*i, context));
        let parameters: Vec<usize> = (0..context.space.parameters().len()).collect();
        let configurations =
            self.configurations.map(|configurations| kept.iter().map(|i| configurations[*i].clone()).collect());
        Self { points: self.points.select(&kept, &parameters), configurations }
    }

    /// Unit coordinates of one.
    fn unit(&self, i: usize, context: &Context<'_>) -> Vec<f64> {
        (0..context.space.parameters().len()).map(|parameter| self.points.column(parameter)[i]).collect()
    }

    /// What models of the points themselves see of one.
    pub(super) fn point(&self, i: usize, context: &Context<'_>) -> Vec<f64> {
        gp::point(context, &self.unit(i, context))
    }

    pub(super) fn configuration(&self, i: usize, context: &Context<'_>) -> Configuration {
        let configuration = self.configurations.as_ref().map(|configurations| configurations[i].clone());
        configuration.unwrap_or_else(|| context.encoding.propose(context.space, &self.unit(i, context)))
    }

    /// Those of some candidates in which a group is active, and their coordinates in its dimensions.
    pub(super) fn of_group(&self, group: &Group, chosen: &[usize]) -> (Vec<usize>, Cow<'_, Points>) {
        let first = self.points.column(group.parameters[0]);
        let mut active = chosen.to_vec();
        active.retain(|i| !first[*i].is_nan());
        if self.points.is_selected_by(&active, &group.parameters) {
            return (active, Cow::Borrowed(&self.points));
        }
        let points = self.points.select(&active, &group.parameters);
        (active, Cow::Owned(points))
    }
}

/// Draws candidates from the good densities; those that cannot be made to satisfy the known constraints are left out.
///
/// Every parameter is drawn, active or not, from the density of its own group, which is fitted under its parents'
/// conditions: as children depend on their parents through these conditions alone, that is a draw down the tree.
pub(super) fn draw(
    state: &State,
    context: &Context<'_>,
    count: usize,
    stream: &mut Stream,
) -> Result<Candidates, SuggestError> {
    let mut uniform = vec![0.0; count * context.space.parameters().len()];
    stream.fill_uniform(&mut uniform);
    let mut points = Points::new(count, uniform);
    for group in &state.groups {
        for (dimension, parameter) in group.parameters.iter().enumerate() {
            group.good.draw(dimension, points.column_mut(*parameter));
        }
    }
    if state.is_tree() {
        align(state, context, &mut points)?;
    }
    let drawn = Candidates { points, configurations: None };
    let plain = context.space.constraints().is_empty() && !context.space.is_narrowed() && !state.is_tree();
    Ok(if plain { drawn } else { feasible(context, &drawn, stream) })
}

/// The candidates as the space has them: inactive parameters without a value, constraints satisfied.
fn feasible(context: &Context<'_>, drawn: &Candidates, stream: &mut Stream) -> Candidates {
    let repaired = |i: usize| context.space.repair(drawn.configuration(i, context), stream);
    let configurations: Vec<Configuration> = (0..drawn.points.count()).filter_map(repaired).collect();
    Candidates::of(&configurations, context)
}
