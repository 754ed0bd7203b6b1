//! The candidates of a suggestion.

use std::borrow::Cow;

use super::Densities;
use super::group::Group;
use crate::model::coordinate;
use crate::model::parzen::{Points, Precision};
use crate::numerics::Stream;
use crate::sampler::among::Shortlist;
use crate::sampler::failures::FailureFilter;
use crate::sampler::{Context, SuggestError};
use crate::space::Configuration;

/// Candidates that satisfy the known constraints.
#[derive(Clone, Debug)]
pub(super) struct CandidatePoints {
    /// One unit coordinate for each parameter: the centre of its cell for a counted one, NaN for an inactive one.
    points: Points,
    /// The configurations, if they have been computed already.
    configurations: Option<Vec<Configuration>>,
}

impl CandidatePoints {
    /// Candidates from the given configurations.
    pub(super) fn of(configurations: &[Configuration], context: &Context<'_>) -> Self {
        let rows: Vec<Vec<f64>> = configurations.iter().map(|c| context.space.encode(c)).collect();
        Self { points: Points::from_rows(&rows), configurations: Some(configurations.to_vec()) }
    }

    /// The rows of a table.
    pub(super) fn of_rows(open: &Shortlist<'_>) -> Self {
        let rows: Vec<Vec<f64>> = (0..open.len()).map(|i| open.unit(i)).collect();
        Self { points: Points::from_rows(&rows), configurations: None }
    }

    pub(super) fn count(&self) -> usize {
        self.points.count()
    }

    /// The candidates that are likely to succeed, or all if there are none.
    pub(super) fn likely_to_succeed(self, context: &Context<'_>) -> Self {
        let Some(filter) = FailureFilter::of(context) else { return self };
        let kept = filter.keep((0..self.points.count()).collect(), |i| self.unit(*i, context));
        let parameters: Vec<usize> = (0..context.space.parameters().len()).collect();
        let configurations =
            self.configurations.map(|configurations| kept.iter().map(|i| configurations[*i].clone()).collect());
        Self { points: self.points.select(&kept, &parameters), configurations }
    }

    /// Unit coordinates of a candidate.
    fn unit(&self, i: usize, context: &Context<'_>) -> Vec<f64> {
        (0..context.space.parameters().len()).map(|parameter| self.points.column(parameter)[i]).collect()
    }

    /// A candidate as a point of the models.
    pub(super) fn point(&self, i: usize, context: &Context<'_>) -> Vec<f64> {
        context.point(&self.unit(i, context))
    }

    pub(super) fn configuration(&self, i: usize, context: &Context<'_>) -> Configuration {
        let configuration = self.configurations.as_ref().map(|configurations| configurations[i].clone());
        configuration.unwrap_or_else(|| context.space.propose(&self.unit(i, context)))
    }

    /// Of the `chosen` candidates, those in which a group is active, with their coordinates in its dimensions.
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

/// Draws candidates from the good densities. Those that cannot be repaired to satisfy the known constraints are
/// dropped.
///
/// Every parameter, active or not, is drawn from the density of its group, which is fitted to trials that satisfy the
/// conditions of the group. Because children depend on their parents through these conditions alone, the result is a
/// draw from the tree.
pub(super) fn draw(
    densities: &Densities,
    context: &Context<'_>,
    count: usize,
    stream: &mut Stream,
) -> Result<CandidatePoints, SuggestError> {
    let mut uniform = vec![0.0; count * context.space.parameters().len()];
    stream.fill_uniform(&mut uniform);
    let mut points = Points::new(count, uniform);
    for group in &densities.groups {
        for (dimension, parameter) in group.parameters.iter().enumerate() {
            group.good.draw(dimension, points.column_mut(*parameter));
        }
    }
    if densities.is_tree() {
        align(densities, context, &mut points)?;
    }
    let drawn = CandidatePoints { points, configurations: None };
    let plain = context.space.constraints().is_empty()
        && !context.space.is_narrowed()
        && !densities.is_tree()
        && !context.rule.is_given();
    Ok(if plain { drawn } else { feasible(context, &drawn, stream) })
}

/// Sorts the draws of each group by their density ratio, so that the first row holds the best draw of every group, the
/// second row the second best, and so on. Draws of groups without a model keep their order.
///
/// If costs are considered, the cost penalty of the group's parameters is subtracted. Each group is thus optimized on
/// its own, parents before children. Comparing whole rows would compare branches by their children: a branch with
/// modelled children has the best of many draws, while one with too few trials contributes nothing and would not be
/// tried again. (Measured: `benches/results/tpe.md`.)
fn align(densities: &Densities, context: &Context<'_>, points: &mut Points) -> Result<(), SuggestError> {
    let indices: Vec<usize> = (0..points.count()).collect();
    for group in densities.groups.iter().filter(|group| group.informed) {
        let own = points.select(&indices, &group.parameters);
        let good = group.good.mixture().log_density_in(Precision::Single, &own, context.pool);
        let bad = group.bad.mixture().try_log_density(Precision::Single, &own, context.pool, context.interrupted);
        let bad = bad.ok_or(SuggestError::Interrupted)?;
        let prices = prices(group, context, &own);
        let worth = |i: usize| good[i] - bad[i] - prices.as_ref().map_or(0.0, |prices| prices[i]);
        let mut order = indices.clone();
        order.sort_by(|a, b| worth(*b).total_cmp(&worth(*a)));
        for (dimension, parameter) in group.parameters.iter().enumerate() {
            let sorted = order.iter().map(|i| own.column(dimension)[*i]);
            points.column_mut(*parameter).iter_mut().zip(sorted).for_each(|(u, value)| *u = value);
        }
    }
    Ok(())
}

/// The contribution of a group's parameters to the cost penalty of each draw.
fn prices(group: &Group, context: &Context<'_>, own: &Points) -> Option<Vec<f64>> {
    let cost = context.cost?;
    let mut prices = vec![0.0; own.count()];
    for (dimension, parameter) in group.parameters.iter().enumerate() {
        let axis = &context.space.axes()[*parameter];
        for (price, u) in prices.iter_mut().zip(own.column(dimension)) {
            *price += cost.effect(*parameter, coordinate(*u, axis));
        }
    }
    Some(prices)
}

/// Removes the values of inactive parameters and repairs candidates that violate constraints.
fn feasible(context: &Context<'_>, drawn: &CandidatePoints, stream: &mut Stream) -> CandidatePoints {
    let repaired = |i: usize| context.space.repair(drawn.configuration(i, context), stream);
    let configurations = (0..drawn.points.count()).filter_map(repaired).collect();
    CandidatePoints::of(&context.rule.allowed(configurations), context)
}
