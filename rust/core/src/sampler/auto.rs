//! Auto: rules select the model that proposes a trial.
//!
//! | finished trials | parameters | model |
//! | --- | --- | --- |
//! | fewer than `n_startup` | any | the centre, if nothing was tried, then Sobol points |
//! | up to `10 d`, within 200 to `N` | unconditional numbers, at most 500; one objective | Gaussian process or TPE |
//! | up to `N` | unconditional numbers, more than 500; one objective | TPE |
//! | more, of which at least `5 d` are informative ([`is_informative`]) | unconditional numbers, one objective | CMA-ES |
//! | up to `N` | others, at most 500 | Gaussian process or TPE |
//! | more | others | TPE |
//!
//! `N` is 1,000. With one objective and `c` constraints it is `1000 / (1 + c)`, at least 200.
//!
//! Where the table says "Gaussian process or TPE", [`turns`] says which of them proposes. If the probability of a violation
//! or a failure is limited, the Gaussian process proposes every trial after the design, whatever the table says.
//!
//! Numbers are floats, and integers and ordinals with 64 levels or more. With one objective, odd ids of the Gaussian
//! process search in a box around the best trial, and odd ids of CMA-ES are local steps.
//!
//! If the probability of a violation is not limited, TPE replaces the Gaussian process while more than 128 trials are
//! pending. It replaces CMA-ES where its points would be too close to pending trials.
//!
//! The choice is a function of the space, of the finished and pending trials and of the id; it does not depend on the
//! number of asks. Each trial records its model as its origin.

use std::collections::BTreeMap;

use super::{
    AutoSettings, Context, GpAcquisition, GpSettings, Scratch, SuggestError, Suggestion, TpeSettings, cma, gp,
    initial_design, tpe, turns,
};
use crate::history::{History, Origin, View};
use crate::space::SearchSpace;

/// Largest number of trials for the Gaussian process. It would ignore about half of a larger number. With several
/// objectives it uses the front and its neighbours. (Times: `benches/results/speed.md`.)
const MAX_GP_TRIALS: usize = gp::MAX_EXACT;
/// Least number of trials before CMA-ES takes over. The Gaussian process needs them to find the right region. (Measured:
/// `benches/results/mechanisms.md`.)
const MIN_GP_TRIALS: usize = 200;
/// Number of trials per parameter before CMA-ES takes over. (Half and twice: `benches/results/constants.md`.)
const GP_TRIALS_PER_PARAMETER: usize = 10;
/// Number of informative trials per parameter that CMA-ES needs: half of [`GP_TRIALS_PER_PARAMETER`]. (Shown on one
/// function: `benches/results/mechanisms.md`.)
const INFORMATIVE_TRIALS_PER_PARAMETER: usize = 5;
/// Largest number of parameters for the Gaussian process. With more, a fit to 500 trials takes longer than most users
/// would wait for a suggestion or an answer. TPE then proposes in its place (`benches/results/wide.md`).
pub(crate) const MAX_GP_PARAMETERS: usize = 500;
/// Largest number of pending trials for the Gaussian process. Each of them adds a row to the covariance, so an ask
/// takes four times as long with 128 pending trials and fifty times as long with 512. With hundreds of parallel trials,
/// the search would become the bottleneck. (Times: `benches/results/speed.md`.)
const MAX_GP_PENDING: usize = 128;
/// Number of parameters from which on TPE draws more candidates, because the best of 24 is often close to their mean.
/// (Half and twice: `benches/results/constants.md`.)
const MANY_PARAMETERS: usize = 50;
/// Number of candidates of TPE from [`MANY_PARAMETERS`] parameters on: twice the usual number. (Half and twice the
/// usual number: `benches/results/archive/tpe.md`.)
const CANDIDATES_OF_MANY: u64 = 48;

/// Suggests a configuration by the model that the rules select.
pub(super) fn suggest(
    settings: &AutoSettings,
    context: &Context<'_>,
    scratch: &mut Scratch,
) -> Result<Suggestion, SuggestError> {
    initial_design::until_model(settings.n_startup(context.space), context, || {
        let suggestion = match model(context, true) {
            Origin::Gp => return gp::suggest(&gp_settings(settings, context), context, &mut scratch.gp),
            Origin::CmaEs => cma::suggest(context, &mut scratch.cma)?,
            _ => None,
        };
        match suggestion {
            Some(suggestion) => Ok(suggestion),
            None => tpe::suggest(&tpe_settings(settings, context), context, &mut scratch.tpe),
        }
    })
}

/// The model that proposes the next trial. CMA-ES makes points of its own, so it cannot choose among the rows of a table.
pub(super) fn model(context: &Context<'_>, makes_points: bool) -> Origin {
    let (space, history) = (context.space, context.history);
    if context.max_violation.is_some() {
        // No other model has a probability that the constraints hold.
        return Origin::Gp;
    }
    if makes_points && cma_takes_over(space, history) {
        return Origin::CmaEs;
    }
    let is_fast_enough = is_within_gp_limits(space, &history) && history.n_pending() <= MAX_GP_PENDING;
    if is_fast_enough && !turns::is_turn_of_tpe(context) { Origin::Gp } else { Origin::Tpe }
}

/// Whether the Gaussian process may propose a point, apart from pending trials and the turns of TPE. It must if the
/// probability of a violation is `limited`.
pub(super) fn affords_gp(space: &SearchSpace, history: View<'_>, limited: bool) -> bool {
    limited || (is_within_gp_limits(space, &history) && !cma_takes_over(space, history))
}

/// Whether a Gaussian process is fast enough for so many parameters and finished trials.
fn is_within_gp_limits(space: &SearchSpace, history: &History) -> bool {
    space.parameters().len() <= MAX_GP_PARAMETERS && history.n_finished() <= max_gp_trials(history)
}

/// Largest number of trials for the Gaussian processes of all objectives and constraints.
fn max_gp_trials(history: &History) -> usize {
    if history.n_objectives() > 1 { MAX_GP_TRIALS } else { gp::trials_per_model(history) }
}

/// Whether CMA-ES replaces the Gaussian process and TPE. The scan of all values comes last, because most spaces and short
/// searches do not need it.
fn cma_takes_over(space: &SearchSpace, history: View<'_>) -> bool {
    let d = space.parameters().len();
    let n_gp = n_gp_trials(d).min(max_gp_trials(&history));
    cma::applies(space, &history) && history.n_finished() > n_gp && is_informative(history, d)
}

/// Whether at least [`INFORMATIVE_TRIALS_PER_PARAMETER`] feasible trials per parameter have another value than the most
/// frequent one. Where almost all trials fail or are equal, a narrow distribution would lose the few that are not.
fn is_informative(history: View<'_>, n_parameters: usize) -> bool {
    let needed = INFORMATIVE_TRIALS_PER_PARAMETER * n_parameters;
    let (mut frequencies, mut most) = (BTreeMap::new(), 0);
    // The first trials usually decide.
    let mut other_values = history.eligible().enumerate().map(|(before, row)| {
        let frequency = frequencies.entry((history.values(0)[row] + 0.0).to_bits()).or_insert(0);
        *frequency += 1;
        most = most.max(*frequency);
        before + 1 - most
    });
    other_values.any(|others| others >= needed)
}

/// Number of finished trials up to which the Gaussian process proposes, if CMA-ES can take over.
fn n_gp_trials(n_parameters: usize) -> usize {
    (GP_TRIALS_PER_PARAMETER * n_parameters).clamp(MIN_GP_TRIALS, MAX_GP_TRIALS)
}

/// The Gaussian process that Auto runs.
pub(super) fn gp_settings(settings: &AutoSettings, context: &Context<'_>) -> GpSettings {
    GpSettings { n_startup: settings.n_startup(context.space), acquisition: GpAcquisition::Lcb }
}

/// The TPE that Auto runs.
pub(super) fn tpe_settings(settings: &AutoSettings, context: &Context<'_>) -> TpeSettings {
    let usual = TpeSettings::default();
    let is_wide = context.space.parameters().len() >= MANY_PARAMETERS;
    let n_candidates = if is_wide { CANDIDATES_OF_MANY } else { usual.n_candidates };
    TpeSettings { n_startup: settings.n_startup(context.space), n_candidates, ..usual }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{Measurement, Outcome};
    use crate::sampler::testing::{finish, number, with_context};
    use crate::space::{Configuration, Value};

    #[test]
    fn trials_that_fail_or_equal_the_median_are_not_informative() {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let informative = |values: &[Option<f64>]| {
            let mut history = History::new(1, 1);
            for (row, value) in values.iter().enumerate() {
                history.push(&space, &Configuration(vec![Some(Value::Real(0.5))]), Origin::Random);
                finish(&mut history, row, *value);
            }
            is_informative(history.view(), 1)
        };
        let (flat, failed, falling) = (vec![Some(1.0); 20], vec![None; 20], (0..6).map(|i| Some(f64::from(-i))));
        assert!(!informative(&flat) && !informative(&failed) && !informative(&[]));
        let few: Vec<Option<f64>> = flat.iter().copied().chain(falling.clone().take(4)).collect();
        assert!(!informative(&few));
        let enough: Vec<Option<f64>> = flat.into_iter().chain(falling.clone()).collect();
        assert!(informative(&enough));
        assert!(informative(&failed.into_iter().chain(falling).collect::<Vec<_>>()));
    }

    #[test]
    fn cma_es_does_not_take_over_in_a_space_without_parameters() {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut history = History::new(0, 1);
        for row in 0..201 {
            history.push(&space, &Configuration(Vec::new()), Origin::Random);
            finish(&mut history, row, None);
        }
        assert!(!cma_takes_over(&space, history.view()));
    }

    /// The model of a trial after 201 finished ones with different values.
    fn model_after_201(n_numbers: usize) -> Origin {
        let parameters = (0..n_numbers).map(|j| number(&format!("x{j}"))).collect();
        let space = SearchSpace::new(parameters, Vec::new()).unwrap();
        let mut history = History::new(n_numbers, 1);
        for row in 0..201 {
            let x = (row as f64 + 0.5) / 201.0;
            history.push(&space, &Configuration(vec![Some(Value::Real(x)); n_numbers]), Origin::Gp);
            finish(&mut history, row, Some(x));
        }
        with_context(&space, &history, 201, |context| model(context, true))
    }

    #[test]
    fn tpe_proposes_beyond_the_parameters_of_the_gaussian_process() {
        assert_eq!(model_after_201(MAX_GP_PARAMETERS), Origin::Gp);
        assert_eq!(model_after_201(MAX_GP_PARAMETERS + 1), Origin::Tpe);
    }

    /// The models of six trials in a row after `n` finished ones with two objectives and a constraint.
    fn models_after(n: usize) -> Vec<Origin> {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut history = History::new(1, 2);
        for row in 0..n {
            history.push(&space, &Configuration(vec![Some(Value::Real(0.5))]), Origin::Gp);
            let measured = Measurement { value: row as f64, sem: None, replicates: Vec::new() };
            history.finish(row, Outcome::Complete(vec![measured; 2]), &[("c".to_owned(), -1.0)], None);
        }
        let next = 6 * n as u64..6 * n as u64 + 6;
        next.map(|trial| with_context(&space, &history, trial, |context| model(context, true))).collect()
    }

    #[test]
    fn the_gaussian_process_searches_for_fronts_up_to_a_thousand_trials() {
        assert_eq!(models_after(MAX_GP_TRIALS), [Origin::Gp; 6]);
        assert_eq!(models_after(MAX_GP_TRIALS + 1), [Origin::Tpe; 6]);
    }
}
