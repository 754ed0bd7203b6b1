//! NSGA-II (Deb et al. 2002) and NSGA-III (Deb and Jain 2014; Jain and Deb 2014 with constraints): genetic algorithms
//! for many trials and several objectives. They also minimize a single one.
//!
//! One suggestion:
//!
//! 1. the population follows from the history ([`population`]): of the finished trials, constrained domination keeps
//!    the best; of the last front, NSGA-II keeps the least crowded trials ([`population`]) and NSGA-III those near
//!    reference directions that have few others ([`niches`]);
//! 2. two parents are drawn by binary tournaments;
//! 3. their child is made by crossover and mutation ([`variation`]), and repaired to satisfy the known constraints.
//!    Children that were tried before, lie next to a pending trial or are likely to fail are replaced by others.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `population` | the survivors as a function of the history |
//! | `niches` | normalization of a front, reference directions, and the selection of NSGA-III |
//! | `variation` | crossover and mutation |

mod niches;
mod population;
#[cfg(test)]
mod tests;
mod variation;

pub(super) use population::Survivors;

use population::{Population, Survival};

use super::failures::FailureFilter;
use super::{Context, NsgaSettings, SuggestError, Suggestion, sobol, worth};
use crate::history::Origin;
use crate::numerics::{Purpose, Stream};
use crate::space::Configuration;

/// Number of children that are made until one is worth a trial. (Half and twice: `benches/results/constants.md`.)
const MAX_CHILDREN: usize = 32;

/// Suggests a child by the rules of NSGA-II.
pub(super) fn suggest_by_crowding(
    settings: &NsgaSettings,
    context: &Context<'_>,
    scratch: &mut Option<Survivors>,
) -> Result<Suggestion, SuggestError> {
    suggest(settings, &Survival::Crowding, context, scratch)
}

/// Suggests a child by the rules of NSGA-III.
pub(super) fn suggest_by_niches(
    settings: &NsgaSettings,
    context: &Context<'_>,
    scratch: &mut Option<Survivors>,
) -> Result<Suggestion, SuggestError> {
    let directions = niches::directions(context.history.n_objectives(), settings.population_size as usize);
    suggest(settings, &Survival::Niches(directions), context, scratch)
}

/// Suggests a child of the population, or a point of the design while there is no population.
fn suggest(
    settings: &NsgaSettings,
    survival: &Survival,
    context: &Context<'_>,
    scratch: &mut Option<Survivors>,
) -> Result<Suggestion, SuggestError> {
    let mut survivors = scratch.take().unwrap_or_default();
    let population = survivors.update(settings.population_size as usize, survival, context)?;
    *scratch = Some(survivors);
    if population.is_empty() {
        return sobol::suggest(context);
    }
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Suggest, context.attempt);
    match child(&population, context, &mut stream) {
        Some(configuration) => Ok(Suggestion::new(configuration, Origin::Nsga)),
        None => context.fallback(&mut stream),
    }
}

/// A child that is worth a trial and likely to succeed; or else one that is likely to fail, if there is any child.
fn child(population: &Population, context: &Context<'_>, stream: &mut Stream) -> Option<Configuration> {
    let filter = FailureFilter::of(context);
    let is_likely = |child: &Configuration| {
        filter.as_ref().is_none_or(|filter| filter.is_likely_to_succeed(&context.space.encode(child)))
    };
    let mut unlikely = None;
    let made = (0..MAX_CHILDREN).filter_map(|_| {
        let [first, second] = population.parents(stream);
        let child = variation::child(first, second, context, stream);
        context.space.repair(child, stream).filter(|child| context.rule.allows(child))
    });
    let mut likely = made.filter_map(|child| {
        if is_likely(&child) {
            return Some(child);
        }
        unlikely.get_or_insert(child);
        None
    });
    let Ok(chosen) = worth::choose(context, || Ok::<_, std::convert::Infallible>(likely.next()));
    drop(likely);
    chosen.or(unlikely)
}
