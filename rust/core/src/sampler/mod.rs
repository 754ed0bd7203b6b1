//! The closed set of samplers.
//!
//! A suggestion is a pure function of its [`Context`]. [`Scratch`] only saves time: it may be dropped at any time
//! without changing a suggestion.

mod among;
mod auto;
mod choice;
mod cma;
mod context;
mod cost;
mod evidence;
mod failures;
mod gp;
mod grid;
mod initial_design;
mod nsga;
mod one_at_a_time;
mod random;
mod ranking;
mod rows;
mod rule;
mod scratch;
mod settings;
mod sobol;
#[cfg(test)]
mod testing;
mod tpe;
mod turns;
mod worth;

pub use among::Candidates;
pub(crate) use among::OpenRow;
pub(crate) use auto::MAX_GP_PARAMETERS;
pub use context::{Context, SuggestError, Suggestion};
pub(crate) use cost::{cost_penalty, expected_of_pending};
pub use evidence::Evidence;
pub use gp::Gain;
pub(crate) use gp::{
    FrontPosterior, MAX_EXACT, Noisy, Posterior, Reading, expected_gain, front_posterior, gain, posterior, predictions,
    reading, variance_of_difference,
};
pub use rule::{Rule, SharedRule};
pub use scratch::Scratch;
pub use settings::{AutoSettings, GpAcquisition, GpSettings, NsgaSettings, Sampler, TpeSettings};

use crate::history::{History, Origin};
use crate::space::{Configuration, SearchSpace};

/// A kind of model, which decides how much memory an ask needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Model {
    /// No model of the objective. A design may use a model of costs, whose matrix is small.
    None,
    /// The densities of TPE, the distribution of CMA-ES or the population of a genetic algorithm. The memory is linear
    /// in the number of trials: a local step of CMA-ES has matrices of its coefficients, but at least as many trials as
    /// coefficients.
    Densities,
    /// A Gaussian process, whose covariance matrix is quadratic in the number of trials.
    GaussianProcess,
}

impl Sampler {
    /// Explains a configuration by the model that `origin` names; `incumbent` is the best configuration before it.
    ///
    /// # Errors
    /// Returns [`SuggestError::Interrupted`].
    pub fn evidence(
        &self,
        origin: Origin,
        context: &Context<'_>,
        chosen: &Configuration,
        incumbent: Option<&Configuration>,
    ) -> Result<Evidence, SuggestError> {
        match (origin, self) {
            (Origin::Gp, Self::Gp(settings)) => gp::evidence(settings, context, chosen, incumbent),
            (Origin::Gp, Self::Auto(settings)) => {
                gp::evidence(&auto::gp_settings(settings, context), context, chosen, incumbent)
            }
            (Origin::Tpe, Self::Tpe(settings)) => tpe::evidence(settings, context, chosen, incumbent),
            (Origin::Tpe, Self::Auto(settings)) => {
                tpe::evidence(&auto::tpe_settings(settings, context), context, chosen, incumbent)
            }
            _ => Ok(Evidence::default()),
        }
    }

    /// Suggests a configuration for the trial `context.trial`.
    ///
    /// # Errors
    /// See [`SuggestError`].
    pub fn suggest(&self, context: &Context<'_>, scratch: &mut Scratch) -> Result<Suggestion, SuggestError> {
        match self {
            Self::Random => random::suggest(context),
            Self::Sobol => sobol::suggest(context),
            Self::Grid { resolution } => grid::suggest(*resolution, context, &mut scratch.grid),
            Self::OneAtATime { base, resolution } => {
                one_at_a_time::suggest(base.as_ref(), *resolution, context, &mut scratch.one_at_a_time)
            }
            Self::Tpe(settings) => initial_design::until_model(settings.n_startup, context, || {
                tpe::suggest(settings, context, &mut scratch.tpe)
            }),
            Self::Gp(settings) => initial_design::until_model(settings.n_startup, context, || {
                gp::suggest(settings, context, &mut scratch.gp)
            }),
            Self::Auto(settings) => auto::suggest(settings, context, scratch),
            Self::Nsga2(settings) => initial_design::until_model(settings.population_size, context, || {
                nsga::suggest_by_crowding(settings, context, &mut scratch.nsga)
            }),
            Self::Nsga3(settings) => initial_design::until_model(settings.population_size, context, || {
                nsga::suggest_by_niches(settings, context, &mut scratch.nsga)
            }),
            Self::External => Err(SuggestError::External),
        }
    }

    /// The largest model that suggestions may build until another trial is told, if the probability of a violation is
    /// `limited` or not.
    pub(crate) fn next_model(&self, space: &SearchSpace, history: &History, limited: bool) -> Model {
        if !self.learns() || (history.n_finished() as u64) < self.n_startup(space).max(1) {
            return Model::None;
        }
        match self {
            Self::Gp(_) => Model::GaussianProcess,
            Self::Auto(_) if auto::affords_gp(space, history.view(), limited) => Model::GaussianProcess,
            _ => Model::Densities,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::Origin;
    use crate::sampler::testing::{finish, number};
    use crate::sampler::{AutoSettings, GpAcquisition, GpSettings, TpeSettings};
    use crate::space::{Configuration, Domain, Parameter, Value};

    /// The models of a sampler after different numbers of trials, in a space of one parameter.
    fn models_after(
        sampler: &Sampler,
        parameter: Parameter,
        value: Value,
        counts: [usize; 5],
        limited: bool,
    ) -> [Model; 5] {
        let space = SearchSpace::new(vec![parameter], Vec::new()).unwrap();
        let mut history = History::new(1, 1);
        counts.map(|count| {
            for row in history.len()..count {
                history.push(&space, &Configuration(vec![Some(value)]), Origin::Random);
                finish(&mut history, row, Some(row as f64));
            }
            sampler.next_model(&space, &history, limited)
        })
    }

    #[test]
    fn only_samplers_that_learn_build_a_model_and_only_after_their_design() {
        use Model::{Densities, GaussianProcess, None};
        let counts = [0, 4, 5, 201, 1001];
        let numbers = |sampler: &Sampler| models_after(sampler, number("x"), Value::Real(0.5), counts, false);
        for sampler in [Sampler::Random, Sampler::Sobol, Sampler::Grid { resolution: 3 }, Sampler::External] {
            assert_eq!(numbers(&sampler), [None; 5]);
        }
        let tpe = Sampler::Tpe(TpeSettings::default());
        assert_eq!(numbers(&tpe), [None, None, Densities, Densities, Densities]);
        let gp = Sampler::Gp(GpSettings { n_startup: 5, acquisition: GpAcquisition::Lcb });
        assert_eq!(numbers(&gp), [None, None, GaussianProcess, GaussianProcess, GaussianProcess]);
        let auto = Sampler::Auto(AutoSettings { n_startup: Option::None });
        assert_eq!(numbers(&auto), [None, None, GaussianProcess, Densities, Densities]);
        let choice = Parameter { domain: Domain::unordered(3).unwrap(), ..number("c") };
        let choices = models_after(&auto, choice, Value::Level(1), counts, false);
        assert_eq!(choices, [None, None, GaussianProcess, GaussianProcess, Densities]);
        let limited = models_after(&auto, number("x"), Value::Real(0.5), counts, true);
        assert_eq!(limited, [None, None, GaussianProcess, GaussianProcess, GaussianProcess]);
    }
}
