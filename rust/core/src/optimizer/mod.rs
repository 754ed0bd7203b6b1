//! The ask-and-tell state machine.
//!
//! ```text
//! ask      -> a pending row; its id is its row
//! tell     -> pending becomes complete, pruned or failed; anything else is an error and changes nothing
//! enqueue  -> a (partial) configuration that the next ask hands out first
//! observe  -> a row that was never pending
//! resume   -> a pruned row that was paused becomes pending
//! adopt    -> pending rows that a twin of this search asked for
//! snapshot -> bytes from which the search continues exactly as this one would
//! ```
//!
//! A suggestion is a pure function of the space, the sampler settings, the seed, the trial id, the history and the
//! pending trials. A worked transcript:
//!
//! ```text
//! ask()            -> 0   the defaults; parameters without one are drawn from the stream of trial 0
//! ask()            -> 1   a suggestion that takes the pending trial 0 into account
//! tell(1, 0.3)            1 is complete; best() = 1
//! tell(1, 0.2)            an error: trial 1 is already complete
//! enqueue({lr: 0.1})      queued; no id yet
//! ask()            -> 2   lr = 0.1, the rest drawn from the priors by the stream of trial 2
//! observe(x, 0.1)  -> 3   complete at once; best() = 3
//! tell(0, NaN)            0 is failed, "the value told was NaN"
//! ```

mod among;
mod answers;
mod ask;
mod check;
mod cost;
mod deduplicate;
mod derived;
mod earlier;
mod error;
mod exclude;
mod facts;
mod folds;
mod memory;
mod notes;
mod pause;
mod queue;
mod report;
mod settings;
mod snapshot;
mod tell;
#[cfg(test)]
mod testing;
mod unfinished;

use std::ops::Deref;

pub use answers::{Comparison, Explanation, Front, FrontMember, LEVEL, Method, Recommended};
pub use check::Tell;
pub use error::OptimizerError;
pub use facts::{Counters, Facts};
pub use notes::{Evaluation, Note, Notes};
pub use settings::Settings;
pub use snapshot::FORMAT;

use derived::{Caches, Derived};

use crate::history::History;
use crate::sampler::SharedRule;
use crate::space::{SearchSpace, Value};

/// The state machine. It reads as its [`Facts`].
#[derive(Clone, Debug)]
pub struct Optimizer {
    facts: Facts,
    derived: Derived,
    caches: Caches,
    /// Queued points that the rule refused when their turn came; see [`Self::take_dropped`].
    dropped: Vec<Vec<Option<Value>>>,
}

impl Deref for Optimizer {
    type Target = Facts;
    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl Optimizer {
    /// A search without trials.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] for invalid settings (no objective, gamma outside (0, 1), zero counts).
    pub fn new(space: SearchSpace, settings: Settings) -> Result<Self, OptimizerError> {
        settings.check(&space)?;
        let facts = Facts::new(space, settings);
        Ok(Self { derived: Derived::of(&facts), facts, caches: Caches::default(), dropped: Vec::new() })
    }

    /// Sets the rule that suggestions, queued points and defaults follow from now on. It is not part of a snapshot.
    pub fn set_rule(&mut self, rule: SharedRule) {
        self.facts.revise(|facts| facts.rule = rule);
    }

    /// Sets an attribute of a trial, replacing one of the same name.
    ///
    /// # Errors
    /// [`OptimizerError::UnknownTrial`].
    pub fn set_attribute(&mut self, trial: u64, name: String, value: String) -> Result<(), OptimizerError> {
        self.row_of(trial)?;
        self.facts.notes.entry(trial).or_default().set_attribute(name, value);
        Ok(())
    }

    /// Records how a trial was evaluated.
    ///
    /// # Errors
    /// [`OptimizerError::UnknownTrial`]; a time that is not finite.
    pub fn set_evaluation(&mut self, trial: u64, evaluation: Evaluation) -> Result<(), OptimizerError> {
        self.row_of(trial)?;
        if !evaluation.is_valid() {
            return Err(OptimizerError::Argument(format!("the times of trial {trial} must be finite seconds")));
        }
        self.facts.notes.entry(trial).or_default().evaluation = evaluation;
        Ok(())
    }

    /// Id of the best feasible complete trial of a single-objective search. Its value is finite; ties go to the lowest
    /// id. `None` if there is no such trial, and for several objectives. O(1): updated at each tell.
    pub fn best(&self) -> Option<u64> {
        self.derived.incumbent
    }

    /// Ids of the feasible complete trials that no other one dominates, in increasing order, including ties. For a
    /// single objective these are the trials with the best value. The first call takes O(n log n) for two objectives and
    /// O(n log n + n f) for more, with `f` trials on the front; from then on it is updated at each tell, in O(f).
    pub fn pareto_front(&self) -> Vec<u64> {
        self.derived.front(&self.facts.history).rows()
    }

    /// Changes or removes recorded results, and derives everything again. O(n).
    fn revise(&mut self, change: impl FnOnce(&mut History)) {
        self.facts.revise(|facts| change(&mut facts.history));
        self.derived = Derived::of(&self.facts);
    }
}
