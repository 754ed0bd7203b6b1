//! The facts of a search: what was declared, asked and told. Everything else follows from them.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Notes, OptimizerError, Settings};
use crate::history::{History, Measurement, View};
use crate::numerics::Pool;
use crate::sampler::{Context, SharedRule};
use crate::space::{Configuration, SearchSpace, Value};
use crate::transfer::Earlier;

/// Counters for `stats()`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Suggestions handed out.
    pub asked: u64,
    /// Proposals rejected because they were evaluated or pending.
    pub duplicates: u64,
    /// Suggestions for which a random draw replaced a model's proposal.
    pub fallbacks: u64,
}

/// The facts of a search. They answer questions about it (`answers`).
#[derive(Clone, Debug)]
pub struct Facts {
    pub(super) space: SearchSpace,
    pub(super) settings: Settings,
    pub(super) history: History,
    pub(super) queue: VecDeque<Vec<Option<Value>>>,
    pub(super) counters: Counters,
    pub(super) notes: Notes,
    /// Earlier searches from which it learns.
    pub(super) earlier: Earlier,
    /// Rule of the caller on suggestions. It is not saved.
    pub(super) rule: SharedRule,
    /// Number of changes other than new trials, reports and results.
    pub(super) revision: u64,
}

impl Facts {
    /// Those of a search without trials.
    pub(super) fn new(space: SearchSpace, settings: Settings) -> Self {
        Self {
            history: History::new(space.parameters().len(), settings.maximize.len()),
            space,
            settings,
            queue: VecDeque::new(),
            counters: Counters::default(),
            notes: Notes::new(),
            earlier: Earlier::default(),
            rule: SharedRule::default(),
            revision: 0,
        }
    }
    /// The space.
    pub fn space(&self) -> &SearchSpace {
        &self.space
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
    /// The earlier searches.
    pub fn earlier(&self) -> &Earlier {
        &self.earlier
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

    /// The measurement of each objective of a trial, as far as they were told.
    ///
    /// # Errors
    /// [`OptimizerError::UnknownTrial`].
    pub fn told_objectives(&self, trial: u64) -> Result<Vec<Option<Measurement>>, OptimizerError> {
        Ok(self.history.told_objectives(self.row_of(trial)?))
    }

    /// Every note.
    pub fn notes(&self) -> &Notes {
        &self.notes
    }

    /// Replaces the notes by those of a file, whose history is already restored.
    pub(super) fn set_notes(&mut self, notes: Notes) -> Result<(), String> {
        let n_trials = self.history.len() as u64;
        if let Some((trial, _)) = notes.iter().find(|(trial, note)| **trial >= n_trials || !note.is_valid()) {
            return Err(format!("impossible notes of trial {trial}"));
        }
        self.notes = notes;
        Ok(())
    }

    /// Replaces the earlier searches.
    pub(super) fn set_earlier(&mut self, earlier: Earlier) -> Result<(), String> {
        if !earlier.sources().is_empty() && self.settings.maximize.len() != 1 {
            return Err("earlier searches help with one objective; this search has several".to_owned());
        }
        earlier.check(&self.space)?;
        self.revise(|facts| facts.earlier = earlier);
        Ok(())
    }

    /// The row of an existing trial.
    pub(super) fn row_of(&self, trial: u64) -> Result<usize, OptimizerError> {
        let n_trials = self.history.len() as u64;
        if trial < n_trials {
            Ok(trial as usize)
        } else {
            Err(OptimizerError::UnknownTrial { id: trial, known: n_trials })
        }
    }

    /// Changes or removes facts, such that caches which follow from them are no longer valid.
    pub(super) fn revise(&mut self, change: impl FnOnce(&mut Self)) {
        self.revision += 1;
        change(self);
    }

    /// The context of a sampler that is asked for `trial` with this history.
    pub(super) fn context<'a>(
        &'a self,
        history: View<'a>,
        trial: u64,
        pool: &'a Pool,
        interrupted: &'a dyn Fn() -> bool,
    ) -> Context<'a> {
        let (space, seed) = (&self.space, self.settings.seed);
        let (earlier, max_violation) = (&self.earlier, self.settings.max_violation_probability);
        let (attempt, cost, rule) = (0, None, &self.rule);
        let thresholds = self.settings.thresholds.as_slice();
        Context {
            space,
            history,
            earlier,
            seed,
            trial,
            attempt,
            cost,
            max_violation,
            thresholds,
            rule,
            pool,
            interrupted,
        }
    }
}
