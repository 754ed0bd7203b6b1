//! Selection of the suggested candidate.

use super::Densities;
use super::candidates::CandidatePoints;
use crate::acquisition::density_ratio::Ranking;
use crate::model::parzen::Precision;
use crate::sampler::among::Shortlist;
use crate::sampler::worth;
use crate::sampler::{Context, SuggestError};
use crate::space::Configuration;

/// Selects the candidate with the highest density ratio, minus the cost penalty if there is one, that is worth a trial
/// ([`worth`]). Returns `None` if there are no candidates.
pub(super) fn best(
    densities: &Densities,
    context: &Context<'_>,
    candidates: &CandidatePoints,
) -> Result<Option<Configuration>, SuggestError> {
    let mut ranking = rank(densities, context, candidates);
    let next = || {
        let next = ranking.next(|batch| log_bad(Precision::Single, densities, context, candidates, batch));
        next.map(|next| next.map(|next| candidates.configuration(next, context)))
    };
    worth::choose(context, next)
}

/// Ranks the candidates by density ratio, or in their present order if they were sorted group by group
/// ([`super::candidates`]).
///
/// Single precision distinguishes candidates whose ratios differ by more than four times its error, 8e-4 nats at 10
/// parameters; the choice between closer ones does not matter. The lower bound of the bad density is not reduced by
/// this error, because exact ties are common where both densities consist of their prior kernel alone, and all tied
/// candidates would then be evaluated.
fn rank(densities: &Densities, context: &Context<'_>, candidates: &CandidatePoints) -> Ranking {
    let [group] = &densities.groups[..] else {
        // Candidates are already sorted, with costs considered group by group.
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

/// The log of the bad density of the `chosen` candidates, summed over the groups that are active in each.
///
/// The densities of a group are conditional on the group being active, and good trials are good among those of the
/// group. The sum therefore measures every choice along the path on its own and does not compare branches with each
/// other; candidates are compared group by group. A group without a model contributes zero.
fn log_bad(
    precision: Precision,
    densities: &Densities,
    context: &Context<'_>,
    candidates: &CandidatePoints,
    chosen: &[usize],
) -> Result<Vec<f64>, SuggestError> {
    let mut sums = vec![0.0; candidates.count()];
    for group in densities.groups.iter().filter(|group| group.informed) {
        let (active, points) = candidates.of_group(group, chosen);
        let density = group.bad.mixture().try_log_density(precision, &points, context.pool, context.interrupted);
        add(&mut sums, &active, &density.ok_or(SuggestError::Interrupted)?);
    }
    Ok(chosen.iter().map(|i| sums[*i]).collect())
}

fn add(sums: &mut [f64], places: &[usize], terms: &[f64]) {
    places.iter().zip(terms).for_each(|(place, term)| sums[*place] += term);
}

/// `ln l - ln g` of the given configurations.
pub(super) fn log_ratios(
    densities: &Densities,
    context: &Context<'_>,
    configurations: &[Configuration],
) -> Result<Vec<f64>, SuggestError> {
    ratios(densities, context, &CandidatePoints::of(configurations, context), Precision::Double)
}

/// The density ratios of the rows of a table, minus the cost penalty if there is one.
pub(super) fn values_of_rows(
    densities: &Densities,
    context: &Context<'_>,
    open: &Shortlist<'_>,
) -> Result<Vec<f64>, SuggestError> {
    let candidates = CandidatePoints::of_rows(open);
    let mut values = ratios(densities, context, &candidates, Precision::Single)?;
    if let Some(cost) = context.cost {
        values.iter_mut().enumerate().for_each(|(i, value)| *value -= cost.at(&candidates.point(i, context)));
    }
    Ok(values)
}

fn ratios(
    densities: &Densities,
    context: &Context<'_>,
    candidates: &CandidatePoints,
    precision: Precision,
) -> Result<Vec<f64>, SuggestError> {
    let indices: Vec<usize> = (0..candidates.count()).collect();
    let mut good = vec![0.0; indices.len()];
    for group in densities.groups.iter().filter(|group| group.informed) {
        let (active, points) = candidates.of_group(group, &indices);
        add(&mut good, &active, &group.good.mixture().log_density_in(precision, &points, context.pool));
    }
    let bad = log_bad(precision, densities, context, candidates, &indices)?;
    Ok(good.iter().zip(bad).map(|(l, g)| l - g).collect())
}
