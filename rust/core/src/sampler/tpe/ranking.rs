//! Which of some candidates is suggested.

use super::State;
use super::candidates::Candidates;
use crate::acquisition::density_ratio::Ranking;
use crate::model::parzen::Precision;
use crate::sampler::near_pending::is_near_pending;
use crate::sampler::{Context, SuggestError, repeats};
use crate::space::Configuration;

/// The candidate with the highest density ratio, weighed by its cost where costs have a say, among those not tried
/// before, unless repetitions teach ([`repeats`]), that keep away from what is pending ([`is_near_pending`]); the highest of
/// those not tried if none does, of all if every one was tried, `None` if there are none.
pub(super) fn choose(
    state: &State,
    context: &Context<'_>,
    candidates: &Candidates,
) -> Result<Option<Configuration>, SuggestError> {
    let mut ranking = rank(state, context, candidates);
    let (mut best, mut untried) = (None, None);
    while let Some(next) = ranking.next(|batch| log_bad(Precision::Single, state, context, candidates, batch))? {
        let configuration = candidates.configuration(next, context);
        let is_seen = context.history.is_seen(&configuration);
        let is_first = best.is_none() && untried.is_none();
        let is_repeatable = is_seen && is_first && repeats::are_informative(context);
        let is_new_and_apart = !is_seen && !is_near_pending(context, &configuration);
        if is_repeatable || is_new_and_apart {
            return Ok(Some(configuration));
        }
        let fallback = if is_seen { &mut best } else { &mut untried };
        fallback.get_or_insert(configuration);
    }
    Ok(untried.or(best))
}

/// The candidates by density ratio, or as they stand if they were sorted group by group ([`super::alignment`]).
///
/// Single precision tells apart candidates that differ by more than four times its error, 8e-4 nats at 10 parameters;
/// which of two nearer ones is suggested does not matter. Exact ties are common, where both densities are nothing but
/// their prior kernel: a floor lowered by that error would let all of them be asked for.
fn rank(state: &State, context: &Context<'_>, candidates: &Candidates) -> Ranking {
    let [group] = &state.groups[..] else {
        // Costs had their say group by group.
        let ties = vec![0.0; candidates.count()];
        return Ranking::of(ties.clone(), &ties);
    };
    let (_, points) = candidates.of_group(group, &(0..candidates.count()).collect::<Vec<_>>());
    let mut good = group.good.mixture().log_density_in(Precision::Single, &points, context.pool);
    if let Some(cost) = context.cost {
        good.iter_mut().enumerate().for_each(|(i, l)| *l -= cost.at(&candidates.point(i, context)));
    }
    Ranking::bounded(good, &group.bad.mixture().log_floor(&points))
}

/// The log of the bad density of some candidates, added up over the groups that are active in each.
///
/// A group's densities are those of its parameters given that they exist, and good means good among the trials of that
/// group. So the sum says how much every choice down the path speaks for itself, and does not compare branches with
/// each other; candidates are compared group by group. A group that is not modelled adds nothing.
fn log_bad(
    precision: Precision,
    state: &State,
    context: &Context<'_>,
    candidates: &Candidates,
    chosen: &[usize],
) -> Result<Vec<f64>, SuggestError> {
    let mut sums = vec![0.0; candidates.count()];
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
    let candidates = Candidates::of(configurations, context);
    let indices: Vec<usize> = (0..candidates.count()).collect();
    let mut good = vec![0.0; indices.len()];
    for group in state.groups.iter().filter(|group| group.informed) {
        let (active, points) = candidates.of_group(group, &indices);
        add(&mut good, &active, &group.good.log_density(&points, context.pool));
    }
    let bad = log_bad(Precision::Double, state, context, &candidates, &indices)?;
    Ok(good.iter().zip(bad).map(|(l, g)| l - g).collect())
}
