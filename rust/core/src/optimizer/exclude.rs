//! Changing one's mind: trials that are set aside, and a space that is another one.

use super::{Optimizer, OptimizerError};
use crate::history::TrialState;
use crate::sampler::Scratch;
use crate::space::{Configuration, SearchSpace};

impl Optimizer {
    /// Sets a told trial aside: it stays in the history, and neither is the best one nor teaches a model.
    ///
    /// # Errors
    /// Unknown id, a trial that is pending.
    pub fn exclude(&mut self, trial: u64) -> Result<(), OptimizerError> {
        let row = self.known(trial)?;
        if self.history.states()[row] == TrialState::Pending {
            return Err(OptimizerError::Argument(format!("trial {trial} is pending: tell it before it is set aside")));
        }
        self.history.exclude(row);
        self.reset_models();
        Ok(())
    }

    /// Takes a trial that was set aside in again.
    ///
    /// # Errors
    /// Unknown id, a trial that does not fit into the space.
    pub fn include(&mut self, trial: u64) -> Result<(), OptimizerError> {
        let row = self.row_in_space(trial)?;
        self.history.include(row);
        self.reset_models();
        Ok(())
    }

    /// The same search in another space: trial `i` has the configuration `rows[i]` there, or none into which it fits,
    /// and is then set aside. Queued points are dropped, for they were points of the old space.
    ///
    /// # Errors
    /// A number of rows other than that of trials, settings or a configuration that do not belong to the space, a
    /// pending trial without a configuration.
    pub fn respaced(&self, space: SearchSpace, rows: &[Option<Configuration>]) -> Result<Self, OptimizerError> {
        let n = self.history.len();
        if rows.len() != n {
            return Err(OptimizerError::Argument(format!("{} configurations for {n} trials", rows.len())));
        }
        if let Some(trial) = self.history.pending().find(|trial| rows[*trial as usize].is_none()) {
            let message = format!("trial {trial} is pending and has no place in the other space; tell it first");
            return Err(OptimizerError::Argument(message));
        }
        let mut optimizer = Self::new(space, self.settings.clone())?;
        let n_parameters = optimizer.space.parameters().len();
        if let Some(row) = rows.iter().flatten().find(|row| row.0.len() != n_parameters) {
            let message = format!("a configuration has {} values; expected {n_parameters}", row.0.len());
            return Err(OptimizerError::Argument(message));
        }
        optimizer.history = self.history.with_configurations(n_parameters, rows);
        let restored = optimizer.history.restore(&optimizer.space, &optimizer.encoding, self.history.n_objectives());
        restored.map_err(OptimizerError::Argument)?;
        optimizer.counters = self.counters.clone();
        optimizer.notes = self.notes.clone();
        optimizer.rebuild_derived();
        Ok(optimizer)
    }

    /// The row of a trial that has a configuration of the space.
    pub(super) fn row_in_space(&self, trial: u64) -> Result<usize, OptimizerError> {
        let row = self.known(trial)?;
        if self.history.has_configuration(row) {
            return Ok(row);
        }
        Err(OptimizerError::Argument(format!("trial {trial} does not fit into the space and stays set aside")))
    }

    /// Drops what was made of results that count no longer, or again.
    fn reset_models(&mut self) {
        self.rebuild_derived();
        self.scratch = Scratch::default();
    }
}
