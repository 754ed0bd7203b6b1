//! The points a suggestion is chosen from.

use std::borrow::Cow;

use super::State;
use super::state::Group;
use crate::acquisition::density_ratio::Ranking;
use crate::model::parzen::{Points, Precision};
use crate::numerics::Stream;
use crate::sampler::failures::Ends;
use crate::sampler::{Context, SuggestError};
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
    /// Those that are likely to end well, or all if none is.
    pub(super) fn likely_good(self, context: &Context<'_>) -> Self {
        let Some(ends) = Ends::of(context) else { return self };
        let kept = ends.keep((0..self.points.count()).collect(), |i| self.unit(*i, context));
        let parameters: Vec<usize> = (0..context.space.parameters().len()).collect();
        let configurations = self.configurations.map(|all| kept.iter().map(|i| all[*i].clone()).collect());
        Self { points: self.points.select(&kept, &parameters), configurations }
    }

    /// Unit coordinates of one.
    fn unit(&self, i: usize, context: &Context<'_>) -> Vec<f64> {
        (0..context.space.parameters().len()).map(|parameter| self.points.column(parameter)[i]).collect()
    }

    fn configuration(&self, i: usize, context: &Context<'_>) -> Configuration {
        let given = self.configurations.as_ref().map(|configurations| configurations[i].clone());
        given.unwrap_or_else(|| context.encoding.decode(context.space, &self.unit(i, context)))
    }

    /// Those of some candidates in which a group is active, and their coordinates in its dimensions.
    fn of_group(&self, group: &Group, chosen: &[usize]) -> (Vec<usize>, Cow<'_, Points>) {
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
pub(super) fn draw(state: &State, context: &Context<'_>, count: usize, stream: &mut Stream) -> Candidates {
    let mut uniform = vec![0.0; count * context.space.parameters().len()];
    stream.fill_uniform(&mut uniform);
    let mut points = Points::new(count, uniform);
    for group in &state.groups {
        for (dimension, parameter) in group.parameters.iter().enumerate() {
            group.good.draw(dimension, points.column_mut(*parameter));
        }
    }
    let drawn = Candidates { points, configurations: None };
    let plain = context.space.constraints().is_empty() && state.groups.iter().all(Group::is_unconditional);
    if plain { drawn } else { feasible(context, &drawn, stream) }
}

/// The candidates as the space has them: inactive parameters without a value, constraints satisfied.
fn feasible(context: &Context<'_>, drawn: &Candidates, stream: &mut Stream) -> Candidates {
    let feasible = |i: usize| {
        let decoded = drawn.configuration(i, context);
        if context.space.satisfies(&decoded) { Some(decoded) } else { context.space.repair(decoded, stream) }
    };
    let configurations: Vec<Configuration> = (0..drawn.points.count()).filter_map(feasible).collect();
    let rows: Vec<Vec<f64>> = configurations.iter().map(|c| context.encoding.encode(c)).collect();
    Candidates { points: Points::from_rows(&rows), configurations: Some(configurations) }
}

/// The candidate with the highest density ratio among those not tried before, unless the objective is noisy; the
/// highest of all if every one was tried, `None` if there are none.
pub(super) fn choose(
    state: &State,
    context: &Context<'_>,
    candidates: &Candidates,
) -> Result<Option<Configuration>, SuggestError> {
    let mut ranking = rank(state, context, candidates);
    let mut best = None;
    while let Some(next) = ranking.next(|batch| log_bad(Precision::Single, state, context, candidates, batch))? {
        let configuration = candidates.configuration(next, context);
        if context.history.is_noisy() || !context.history.is_seen(&configuration) {
            return Ok(Some(configuration));
        }
        best.get_or_insert(configuration);
    }
    Ok(best)
}

/// The candidates by density ratio, which is added up over the groups that are active in each.
///
/// A group's two densities come from the trials in which it was active, but good and bad were told apart among *all*
/// trials: so the evidence of groups, and of the branches of the space they stand for, can be added and compared. A
/// group that is not modelled adds nothing.
///
/// Single precision tells apart candidates that differ by more than four times its error, 8e-4 nats at 10 parameters;
/// which of two nearer ones is suggested does not matter. Exact ties are common, where both densities are nothing but
/// their prior kernel: a floor lowered by that error would let all of them be asked for.
fn rank(state: &State, context: &Context<'_>, candidates: &Candidates) -> Ranking {
    let all: Vec<usize> = (0..candidates.points.count()).collect();
    let (mut good, mut floors, mut exact) = (vec![0.0; all.len()], vec![0.0; all.len()], true);
    for group in state.groups.iter().filter(|group| group.informed) {
        let (active, points) = candidates.of_group(group, &all);
        add(&mut good, &active, &group.good.mixture().log_density_in(Precision::Single, &points, context.pool));
        add(&mut floors, &active, &group.bad.mixture().log_floor(&points));
        exact &= group.bad.mixture().is_floor_exact();
    }
    if exact { Ranking::of(good, &floors) } else { Ranking::bounded(good, &floors) }
}

/// The log of the bad density of some candidates, added up in the same way.
fn log_bad(
    precision: Precision,
    state: &State,
    context: &Context<'_>,
    candidates: &Candidates,
    chosen: &[usize],
) -> Result<Vec<f64>, SuggestError> {
    let mut sums = vec![0.0; candidates.points.count()];
    for group in state.groups.iter().filter(|group| group.informed) {
        let (active, points) = candidates.of_group(group, chosen);
        let density = group.bad.mixture().try_log_density(precision, &points, context.pool, context.interrupted);
        add(&mut sums, &active, &density.ok_or(SuggestError::Interrupted)?);
    }
    Ok(chosen.iter().map(|i| sums[*i]).collect())
}

fn add(sums: &mut [f64], places: &[usize], terms: &[f64]) {
    places.iter().zip(terms).for_each(|(place, term)| sums[*place] += term);
}

/// `ln l - ln g` of some configurations.
pub(super) fn log_ratios(
    state: &State,
    context: &Context<'_>,
    configurations: &[Configuration],
) -> Result<Vec<f64>, SuggestError> {
    let rows: Vec<Vec<f64>> = configurations.iter().map(|c| context.encoding.encode(c)).collect();
    let candidates = Candidates { points: Points::from_rows(&rows), configurations: None };
    let all: Vec<usize> = (0..rows.len()).collect();
    let mut good = vec![0.0; all.len()];
    for group in state.groups.iter().filter(|group| group.informed) {
        let (active, points) = candidates.of_group(group, &all);
        add(&mut good, &active, &group.good.log_density(&points, context.pool));
    }
    let bad = log_bad(Precision::Double, state, context, &candidates, &all)?;
    Ok(good.iter().zip(bad).map(|(l, g)| l - g).collect())
}
