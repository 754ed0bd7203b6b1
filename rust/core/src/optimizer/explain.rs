//! Explains the configuration of a trial.

use super::unfinished::with_estimates;
use super::{Optimizer, OptimizerError};
use crate::history::{History, Origin};
use crate::numerics::Pool;
use crate::sampler::{Context, Evidence, Model};

/// The source of a trial's configuration, and a model's evidence for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The source of the configuration.
    pub origin: Origin,
    /// The best trial before it, with which the drivers compare.
    pub incumbent: Option<u64>,
    /// The evidence of the model; empty if no model chose the configuration.
    pub evidence: Evidence,
}

impl Optimizer {
    /// The context of a sampler that is asked for `trial` with this `history`.
    pub(super) fn context<'a>(
        &'a self,
        history: &'a History,
        trial: u64,
        pool: &'a Pool,
        interrupted: &'a dyn Fn() -> bool,
    ) -> Context<'a> {
        let (space, encoding, seed) = (&self.space, &self.encoding, self.settings.seed);
        let earlier = &self.earlier;
        Context { space, encoding, history, earlier, seed, trial, attempt: 0, cost: None, pool, interrupted }
    }

    /// Explains a trial of any state.
    ///
    /// Nothing is recorded at an ask. The model is fitted again to the trials with lower ids, which is what it saw in a
    /// serial search. In a parallel search, results that arrived after the ask are included as well.
    ///
    /// # Errors
    /// [`OptimizerError::UnknownTrial`]; [`OptimizerError::Memory`]; `SuggestError::Interrupted` through
    /// [`OptimizerError::Suggest`].
    pub fn explain(
        &self,
        trial: u64,
        pool: &Pool,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Explanation, OptimizerError> {
        let row = self.row_of(trial)?;
        let origin = self.history.origins()[row];
        self.check_copy_memory()?;
        self.check_memory_of(model_of(origin), 1)?;
        let history = self.history.prefix(row, &self.space, &self.encoding);
        let estimated = with_estimates(&history, &Self::estimates(&history));
        let cost = self.cost_penalty(&self.context(&history, trial, pool, interrupted));
        let bare = self.context(estimated.as_ref().unwrap_or(&history), trial, pool, interrupted);
        let context = Context { cost: cost.as_ref(), ..bare };
        let eligible = (0..row).filter(|earlier| history.n_objectives() == 1 && history.is_eligible(*earlier));
        let incumbent = eligible.min_by(|a, b| history.values(0)[*a].total_cmp(&history.values(0)[*b]));
        let chosen = self.history.configuration(&self.space, row);
        let best = incumbent.map(|best| history.configuration(&self.space, best));
        let evidence = self.settings.sampler.evidence(origin, &context, &chosen, best.as_ref())?;
        Ok(Explanation { origin, incumbent: incumbent.map(|best| best as u64), evidence })
    }
}

/// The model that gives the evidence for a configuration of this origin.
fn model_of(origin: Origin) -> Model {
    match origin {
        Origin::Gp => Model::GaussianProcess,
        Origin::Tpe => Model::Densities,
        _ => Model::None,
    }
}
