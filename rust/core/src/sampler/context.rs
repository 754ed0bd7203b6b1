//! Input and output of a sampler.

use thiserror::Error;

use super::rule::SharedRule;
use crate::history::{Origin, View};
use crate::model::gp::Inputs;
use crate::model::{self, CostPenalty};
use crate::numerics::{Pool, Stream};
use crate::space::{Configuration, SearchSpace, SpaceError};
use crate::transfer::Earlier;

/// Draws in the first and in the last batch of a search for an allowed configuration; each batch has twice as many as
/// the one before. (Half and twice: `benches/results/constants.md`.)
const BATCHES: [usize; 2] = [16, 8192];
/// Batches that are drawn for many allowed configurations. (Half and twice: `benches/results/constants.md`.)
const MAX_BATCHES: usize = 8;

/// Everything that a suggestion may depend on.
pub struct Context<'a> {
    /// The space.
    pub space: &'a SearchSpace,
    /// All trials, including pending ones.
    pub history: View<'a>,
    /// Earlier searches that may be informative.
    pub earlier: &'a Earlier,
    /// Seed of the search.
    pub seed: u64,
    /// Id of the trial to be suggested.
    pub trial: u64,
    /// Number of proposals rejected for this trial (duplicates).
    pub attempt: u32,
    /// Penalty for expected costs; absent if costs are ignored.
    pub cost: Option<&'a CostPenalty>,
    /// Largest modelled probability that a suggestion violates a black-box constraint or fails; absent without a limit.
    pub max_violation: Option<f64>,
    /// For each objective, the largest acceptable loss, or none; empty if there is none at all.
    pub thresholds: &'a [Option<f64>],
    /// Rule of the caller on configurations.
    pub rule: &'a SharedRule,
    /// Thread pool.
    pub pool: &'a Pool,
    /// Polled between blocks of work; `true` cancels the ask.
    pub interrupted: &'a dyn Fn() -> bool,
}

impl Context<'_> {
    /// Whether a configuration satisfies the known constraints and the rule.
    pub(super) fn satisfies(&self, configuration: &Configuration) -> bool {
        self.space.satisfies(configuration) && self.rule.allows(configuration)
    }

    /// Whether the id is odd. With one objective, such trials of the Gaussian process search in a box around the best one
    /// (`gp::plan`), and those of CMA-ES are local steps.
    pub(super) fn is_odd(&self) -> bool {
        !self.trial.is_multiple_of(2)
    }

    /// A draw from the priors that satisfies the constraints and the rule.
    ///
    /// # Errors
    /// [`SpaceError::Infeasible`] or [`SpaceError::Refused`] if a bounded search finds none.
    pub(super) fn draw(&self, stream: &mut Stream) -> Result<Configuration, SpaceError> {
        if !self.rule.is_given() {
            return self.draw_any(stream);
        }
        let [mut size, last] = BATCHES;
        let mut refused = 0;
        while size <= last && !self.rule.has_failed() {
            let (drawn, infeasible): (Vec<_>, Vec<_>) =
                (0..size).map(|_| self.draw_any(stream)).partition(Result::is_ok);
            if let Some(Err(error)) = infeasible.into_iter().next().filter(|_| drawn.is_empty()) {
                return Err(error);
            }
            refused += drawn.len() as u64;
            if let Some(first) = self.rule.allowed(drawn.into_iter().flatten().collect()).into_iter().next() {
                return Ok(first);
            }
            size *= 2;
        }
        Err(SpaceError::Refused { n: refused })
    }

    /// Up to `n` draws as those of [`Self::draw`].
    pub(super) fn draws(&self, n: usize, stream: &mut Stream) -> Vec<Configuration> {
        let mut kept = Vec::with_capacity(n);
        for _ in 0..if self.rule.is_given() { MAX_BATCHES } else { 1 } {
            let drawn = (0..n).filter_map(|_| self.draw_any(stream).ok()).collect();
            kept.extend(self.rule.allowed(drawn));
            if kept.len() >= n || self.rule.has_failed() {
                break;
            }
        }
        kept.truncate(n);
        kept
    }

    fn draw_any(&self, stream: &mut Stream) -> Result<Configuration, SpaceError> {
        self.space.draw(&vec![None; self.space.parameters().len()], stream)
    }

    /// A draw from the priors in place of the proposal of a model.
    pub(super) fn fallback(&self, stream: &mut Stream) -> Result<Suggestion, SuggestError> {
        Ok(Suggestion { fallback: true, ..Suggestion::new(self.draw(stream)?, Origin::Random) })
    }

    /// Unit coordinates as a point of the models; unordered choices become codes.
    pub(super) fn point(&self, unit: &[f64]) -> Vec<f64> {
        model::point(self.space, unit)
    }

    /// A configuration as a point of the models.
    pub(super) fn point_of(&self, configuration: &Configuration) -> Vec<f64> {
        self.point(&self.space.encode(configuration))
    }

    /// Trials as points of the models.
    pub(super) fn points(&self, rows: &[usize]) -> Vec<Vec<f64>> {
        rows.iter().map(|row| self.point(&self.history.unit_point(*row))).collect()
    }

    /// Sum over the parameters of the squared differences between unit coordinates and those of a trial.
    pub(crate) fn squared_distance(&self, unit: &[f64], row: usize) -> f64 {
        self.space.squared_distance(unit, |j| self.history.unit(j)[row])
    }

    /// The smallest [`Self::squared_distance`] of unit coordinates to a trial that is not excluded; infinite without any.
    pub(super) fn squared_distance_to_trials(&self) -> impl Fn(&[f64]) -> f64 {
        let is_included = |row: &usize| !self.history.state(*row).is_excluded();
        let rows: Vec<usize> = (0..self.history.len()).filter(is_included).collect();
        move |unit| rows.iter().map(|row| self.squared_distance(unit, *row)).fold(f64::INFINITY, f64::min)
    }

    /// Trials as the inputs of a model.
    pub(super) fn inputs(&self, rows: &[usize]) -> Inputs {
        model::inputs(self.space, &self.points(rows))
    }
}

/// A proposed configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The configuration. It lies in the space and satisfies the constraints.
    pub configuration: Configuration,
    /// The origin of the configuration.
    pub origin: Origin,
    /// Whether a random draw replaces the proposal of a model.
    pub fallback: bool,
}

impl Suggestion {
    /// A configuration from its origin, which replaces nothing.
    pub(crate) fn new(configuration: Configuration, origin: Origin) -> Self {
        Self { configuration, origin, fallback: false }
    }
}

/// The reason why there is no suggestion.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SuggestError {
    /// The space, or the part of it that the sampler covers, is exhausted.
    #[error("{0}")]
    Exhausted(String),
    /// No feasible configuration was found.
    #[error(transparent)]
    Space(#[from] SpaceError),
    /// The points of this sampler come from outside the core.
    #[error("this sampler takes its points from outside: pass them to ask_external")]
    External,
    /// The caller interrupted the ask.
    #[error("interrupted")]
    Interrupted,
}
