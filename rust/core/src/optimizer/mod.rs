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

mod additions;
mod adopt;
mod ask;
mod best;
mod check;
mod comparison;
mod cost;
mod deduplicate;
mod earlier;
mod error;
mod exclude;
mod expected_gain;
mod explain;
mod folds;
mod importance;
mod memory;
mod notes;
mod observe;
mod pareto;
mod pause;
mod predict;
mod prune;
mod queue;
mod recommend;
mod report;
mod settings;
mod shrinkage;
mod snapshot;
mod stats;
mod tell;
#[cfg(test)]
mod testing;
mod unfinished;

use std::collections::VecDeque;

pub use check::Tell;
pub use comparison::{Comparison, Method};
pub use error::OptimizerError;
pub use explain::Explanation;
pub use notes::{Evaluation, Note, Notes};
pub use settings::Settings;
pub use snapshot::FORMAT;
pub use stats::Counters;

use crate::encoding::Encoding;
use crate::history::History;
use crate::learning_curve::{CurveTable, Estimate};
use crate::sampler::Scratch;
use crate::space::{Configuration, SearchSpace, Value};
use crate::transfer::Earlier;

/// The state machine.
#[derive(Clone, Debug)]
pub struct Optimizer {
    space: SearchSpace,
    encoding: Encoding,
    settings: Settings,
    history: History,
    queue: VecDeque<Vec<Option<Value>>>,
    counters: Counters,
    notes: Notes,
    /// Earlier searches from which it learns.
    earlier: Earlier,
    /// The defaults of the space, if they form a complete configuration; derived from the space.
    defaults: Option<Configuration>,
    /// The best trial so far; derived from the history.
    incumbent: Option<u64>,
    scratch: Scratch,
    /// The reported values at the checkpoints; derived from the history.
    curves: CurveTable,
    /// The estimates of stopped trials with which `scratch` was computed.
    estimates: Vec<Estimate>,
}

impl Optimizer {
    /// A search without trials.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] for invalid settings (no objective, gamma outside (0, 1), zero counts).
    pub fn new(space: SearchSpace, settings: Settings) -> Result<Self, OptimizerError> {
        settings.check(&space)?;
        let history = History::new(space.parameters().len(), settings.maximize.len());
        Ok(Self {
            encoding: Encoding::new(&space),
            defaults: space.default_configuration(),
            space,
            settings,
            history,
            queue: VecDeque::new(),
            counters: Counters::default(),
            notes: Notes::new(),
            earlier: Earlier::default(),
            incumbent: None,
            scratch: Scratch::default(),
            curves: CurveTable::default(),
            estimates: Vec::new(),
        })
    }
    /// The space.
    pub fn space(&self) -> &SearchSpace {
        &self.space
    }
    /// The encoding.
    pub fn encoding(&self) -> &Encoding {
        &self.encoding
    }
    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// The history of all trials.
    pub fn history(&self) -> &History {
        &self.history
    }
    /// The counters so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }
    /// Queued points that are not yet handed out.
    pub fn queue(&self) -> impl ExactSizeIterator<Item = &Vec<Option<Value>>> {
        self.queue.iter()
    }
    /// Ids of the pending trials, increasing.
    pub fn pending(&self) -> Vec<u64> {
        self.history.pending().collect()
    }
    /// The configuration of a trial.
    ///
    /// # Errors
    /// [`OptimizerError::UnknownTrial`].
    pub fn configuration(&self, trial: u64) -> Result<Configuration, OptimizerError> {
        Ok(self.history.configuration(&self.space, self.row_of(trial)?))
    }
}
