//! Auto: rules say which model proposes a trial.
//!
//! | trials told | parameters | model |
//! | --- | --- | --- |
//! | below `n_startup` | any | the centre, then Sobol points |
//! | to `10 d`, in 200 to 1,000 | numbers that always exist, at most 500; one objective | Gaussian process or TPE |
//! | beyond | numbers that always exist, one objective | CMA-ES |
//! | up to 1,000 / `m` | others, up to 500; `m` objectives and black-box constraints | Gaussian process or TPE |
//! | beyond | others | TPE |
//!
//! Between the Gaussian process and TPE credit decides, in what their earlier trials were worth (`credit`); with
//! several objectives and among choices without an order the Gaussian process always proposes.
//! While more than 128 trials are pending, TPE stands in for the Gaussian process, and for CMA-ES where this would only
//! crowd what is pending.
//!
//! Rules and credit look at the space and at the trials told and pending, so which model proposes is a function of
//! these and not of how often somebody asked. Each trial records its model as its origin.

use super::{
    AutoSettings, Context, GpAcquisition, GpSettings, Scratch, SuggestError, Suggestion, TpeSettings, cma, credit, gp,
    initial_design, tpe,
};
use crate::encoding::Axis;
use crate::model::is_mostly_unordered;

/// The Gaussian process sees at most 512 trials; with more than twice as many it throws away more than it sees.
const MAX_GP_TRIALS: usize = 1000;
/// Where CMA-ES can take over, trials that the Gaussian process needs at least to find the right region, and per
/// parameter.
const MIN_GP_TRIALS: usize = 200;
const GP_TRIALS_PER_PARAMETER: usize = 10;
/// Beyond, a fit to 500 trials takes longer than most people would wait for a suggestion.
const MAX_GP_PARAMETERS: usize = 500;
/// The Gaussian process takes every pending trial for a row, so an ask takes four times as long beside 128 as beside
/// none and fifty times beside 512: where hundreds run at once it would be the search that keeps them waiting.
const MAX_GP_PENDING: usize = 128;
/// From this many parameters on the best of 24 candidates is too often close to the mean of them.
const MANY_PARAMETERS: usize = 50;

/// The suggestion of the model that the rules name.
pub(super) fn suggest(
    settings: &AutoSettings,
    context: &Context<'_>,
    scratch: &mut Scratch,
) -> Result<Suggestion, SuggestError> {
    initial_design::until_model(settings.n_startup(context.space), context, || {
        let (d, numbers) = (context.space.parameters().len(), cma::applies(context));
        let n_gp = if numbers { n_gp_trials(d) } else { MAX_GP_TRIALS };
        let n_models = context.history.n_objectives() + context.history.constraint_names().len();
        let n_gp = n_gp.min((MAX_GP_TRIALS / n_models).max(MIN_GP_TRIALS));
        let early = d <= MAX_GP_PARAMETERS && context.history.n_finished() <= n_gp;
        let affordable = early && context.history.n_pending() <= MAX_GP_PENDING;
        if affordable && !prefers_tpe(context) {
            return gp::suggest(&gp_settings(settings, context), context, &mut scratch.gp);
        }
        let converging = if numbers && !early { cma::suggest(context, &mut scratch.cma)? } else { None };
        match converging {
            Some(suggestion) => Ok(suggestion),
            None => tpe::suggest(&tpe_settings(settings, context), context, &mut scratch.tpe),
        }
    })
}

/// Whether TPE proposes where the Gaussian process could.
fn prefers_tpe(context: &Context<'_>) -> bool {
    context.history.n_objectives() == 1 && !is_among_choices(context) && credit::prefers_tpe(context)
}

/// Whether the parameters are mostly choices, and all of them always there: the distance of the Gaussian process, for
/// which such choices have a prior of their own, makes more of few trials there than densities of single choices do
/// (measured: `benches/results/auto.md`).
fn is_among_choices(context: &Context<'_>) -> bool {
    let are_unordered = context.encoding.axes().iter().map(Axis::is_unordered);
    is_mostly_unordered(are_unordered) && !context.space.is_conditional()
}

/// Trials told up to which the Gaussian process speaks where CMA-ES can follow.
fn n_gp_trials(n_parameters: usize) -> usize {
    (GP_TRIALS_PER_PARAMETER * n_parameters).clamp(MIN_GP_TRIALS, MAX_GP_TRIALS)
}

/// The Gaussian process that Auto runs.
pub(super) fn gp_settings(settings: &AutoSettings, context: &Context<'_>) -> GpSettings {
    GpSettings { n_startup: settings.n_startup(context.space), acquisition: GpAcquisition::Lcb }
}

/// The TPE that Auto runs.
pub(super) fn tpe_settings(settings: &AutoSettings, context: &Context<'_>) -> TpeSettings {
    let n_candidates = if context.space.parameters().len() < MANY_PARAMETERS { 24 } else { 48 };
    TpeSettings { n_startup: settings.n_startup(context.space), n_candidates, gamma: 0.15 }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::encoding::Encoding;
    use crate::history::{History, Origin};
    use crate::sampler::testing::{finish, number, with_context};
    use crate::space::{Configuration, Domain, Parameter, SearchSpace, Value};

    /// How many of 60 asks TPE answers after twenty of its trials, each the best so far.
    fn asks_for_tpe(n_choices: usize, n_numbers: usize) -> usize {
        let choice = |j: usize| Parameter { domain: Domain::unordered(3).unwrap(), ..number(&format!("c{j}")) };
        let numbers = (0..n_numbers).map(|j| number(&format!("x{j}")));
        let space = SearchSpace::new((0..n_choices).map(choice).chain(numbers).collect(), Vec::new()).unwrap();
        let (encoding, mut history) = (Encoding::new(&space), History::new(n_choices + n_numbers, 1));
        for row in 0..20 {
            let levels = (0..n_choices).map(|j| Some(Value::Level(((row + j) % 3) as u64)));
            let numbers = (0..n_numbers).map(|_| Some(Value::Real(row as f64 / 20.0)));
            history.push(&encoding, &Configuration(levels.chain(numbers).collect()), Origin::Tpe);
            finish(&mut history, row, Some(-(row as f64)));
        }
        (20..80).filter(|id| with_context(&space, &history, *id, prefers_tpe)).count()
    }

    #[test]
    fn among_choices_tpe_never_proposes() {
        assert_eq!(asks_for_tpe(5, 2), 0);
        // Two thirds are not more than that.
        assert!(asks_for_tpe(4, 2) > 30);
    }
}
