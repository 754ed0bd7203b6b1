//! The points a suggestion is chosen from.

use super::State;
use super::state::Group;
use crate::acquisition::density_ratio::Ranking;
use crate::model::parzen::Points;
use crate::numerics::Stream;
use crate::sampler::failures::Ends;
use crate::sampler::{Context, SuggestError};
use crate::space::Configuration;

/// Points that satisfy the known constraints.
#[derive(Clone, Debug)]
pub(super) struct Candidates {
    count: usize,
    /// Unit coordinates of all of them, for each parameter; NaN where inactive.
    columns: Vec<Vec<f64>>,
    /// Present where they had to be looked at already.
    configurations: Option<Vec<Configuration>>,
}

impl Candidates {
    /// Those that are likely to end well, or all if none is.
    pub(super) fn likely_good(self, context: &Context<'_>) -> Self {
        let Some(ends) = Ends::of(context) else { return self };
        let kept = ends.keep((0..self.count).collect(), |i| self.unit(*i));
        let select = |column: Vec<f64>| kept.iter().map(|i| column[*i]).collect();
        let configurations = self.configurations.map(|all| kept.iter().map(|i| all[*i].clone()).collect());
        Self { count: kept.len(), columns: self.columns.into_iter().map(select).collect(), configurations }
    }

    /// Unit coordinates of one, the centres of cells for counted parameters; NaN where inactive.
    fn unit(&self, i: usize) -> Vec<f64> {
        self.columns.iter().map(|column| column[i]).collect()
    }

    fn configuration(&self, i: usize, context: &Context<'_>) -> Configuration {
        let given = self.configurations.as_ref().map(|configurations| configurations[i].clone());
        given.unwrap_or_else(|| context.encoding.decode(context.space, &self.unit(i)))
    }
}

/// Draws candidates from the good densities; those that cannot be made to satisfy the known constraints are left out.
///
/// Every parameter is drawn, active or not, from the density of its own group, which is fitted under its parents'
/// conditions: as children depend on their parents through these conditions alone, that is a draw down the tree.
pub(super) fn draw(state: &State, context: &Context<'_>, count: usize, stream: &mut Stream) -> Candidates {
    let mut columns = vec![Vec::with_capacity(count); context.space.parameters().len()];
    for _ in 0..count {
        for parameter in state.groups.iter().flat_map(|group| &group.parameters) {
            columns[*parameter].push(stream.uniform());
        }
    }
    for group in &state.groups {
        for (dimension, parameter) in group.parameters.iter().enumerate() {
            group.good.draw(dimension, &mut columns[*parameter]);
        }
    }
    let drawn = Candidates { count, columns, configurations: None };
    let plain = context.space.constraints().is_empty() && state.groups.iter().all(Group::is_unconditional);
    if plain { drawn } else { feasible(context, &drawn, stream) }
}

/// The candidates as the space has them: inactive parameters without a value, constraints satisfied.
fn feasible(context: &Context<'_>, drawn: &Candidates, stream: &mut Stream) -> Candidates {
    let feasible = |i: usize| {
        let decoded = drawn.configuration(i, context);
        if context.space.satisfies(&decoded) { Some(decoded) } else { context.space.repair(decoded, stream) }
    };
    let configurations: Vec<Configuration> = (0..drawn.count).filter_map(feasible).collect();
    let rows: Vec<Vec<f64>> = configurations.iter().map(|c| context.encoding.encode(c)).collect();
    let column = |parameter: usize| rows.iter().map(|row| row[parameter]).collect();
    Candidates {
        count: rows.len(),
        columns: (0..drawn.columns.len()).map(column).collect(),
        configurations: Some(configurations),
    }
}

/// The candidate with the highest density ratio among those not tried before, unless the objective is noisy; the
/// highest of all if every one was tried, `None` if there are none.
pub(super) fn choose(
    state: &State,
    context: &Context<'_>,
    candidates: &Candidates,
) -> Result<Option<Configuration>, SuggestError> {
    let mut ranking = rank(state, context, candidates)?;
    let mut best = None;
    while let Some(next) = ranking.next(|batch| log_bad(state, context, candidates, batch))? {
        let configuration = candidates.configuration(next, context);
        if context.history.is_noisy() || !context.history.is_seen(&configuration) {
            return Ok(Some(configuration));
        }
        best.get_or_insert(configuration);
    }
    Ok(best)
}

/// Adds up a log density over the groups that are active in each candidate.
///
/// A group's two densities come from the trials in which it was active, but good and bad were told apart among *all*
/// trials: so the evidence of groups, and of the branches of the space they stand for, can be added and compared. A
/// group that is not modelled adds nothing.
fn add_up(
    state: &State,
    candidates: &Candidates,
    chosen: &[usize],
    mut log_density: impl FnMut(&Group, &Points) -> Option<Vec<f64>>,
) -> Result<Vec<f64>, SuggestError> {
    let mut sums = vec![0.0; chosen.len()];
    for group in state.groups.iter().filter(|group| group.informed) {
        let Some(first) = group.parameters.first() else { continue };
        let is_active = |i: &usize| !candidates.columns[*first][chosen[*i]].is_nan();
        let active: Vec<usize> = (0..chosen.len()).filter(is_active).collect();
        let column = |parameter: &usize| {
            let column = &candidates.columns[*parameter];
            active.iter().map(|i| column[chosen[*i]])
        };
        let points = Points::new(active.len(), group.parameters.iter().flat_map(column).collect());
        for (i, log) in active.iter().zip(log_density(group, &points).ok_or(SuggestError::Interrupted)?) {
            sums[*i] += log;
        }
    }
    Ok(sums)
}

fn rank(state: &State, context: &Context<'_>, candidates: &Candidates) -> Result<Ranking, SuggestError> {
    let all: Vec<usize> = (0..candidates.count).collect();
    let good = add_up(state, candidates, &all, |group, points| Some(group.good.log_density(points, context.pool)))?;
    let floors = add_up(state, candidates, &all, |group, points| Some(group.bad.mixture().log_floor(points)))?;
    Ok(Ranking::new(good, &floors))
}

fn log_bad(
    state: &State,
    context: &Context<'_>,
    candidates: &Candidates,
    chosen: &[usize],
) -> Result<Vec<f64>, SuggestError> {
    let density =
        |group: &Group, points: &Points| group.bad.mixture().try_log_density(points, context.pool, context.interrupted);
    add_up(state, candidates, chosen, density)
}
