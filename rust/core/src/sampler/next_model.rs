//! The model that the next suggestion builds, which decides how much memory an ask needs.

use super::{Sampler, auto};
use crate::history::History;
use crate::space::SearchSpace;

/// A kind of model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Model {
    /// No model of the objective. That of costs, which a design may use, is small.
    None,
    /// The densities of TPE, the distribution of CMA-ES or the population of a genetic algorithm. The memory is linear
    /// in the number of trials: a local step of CMA-ES has matrices of its coefficients, but at least as many trials as
    /// coefficients.
    Densities,
    /// A Gaussian process, whose covariance matrix is quadratic in the number of trials.
    GaussianProcess,
}

impl Sampler {
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
