//! Excluding trials and changing the space.

use super::derived::Derived;
use super::{Optimizer, OptimizerError};
use crate::history::TrialState;
use crate::space::{Configuration, SearchSpace};

impl Optimizer {
    /// Excludes a finished trial: it stays in the history, but it is not a result, and models ignore it.
    ///
    /// # Errors
    /// An unknown id or a pending trial.
    pub fn exclude(&mut self, trial: u64) -> Result<(), OptimizerError> {
        let row = self.row_of(trial)?;
        if self.history.states()[row] == TrialState::Pending {
            return Err(OptimizerError::Argument(format!("trial {trial} is pending: tell it before it is excluded")));
        }
        self.revise(|history| history.exclude(row));
        Ok(())
    }

    /// Reverts [`Self::exclude`].
    ///
    /// # Errors
    /// An unknown id, or a trial that does not fit into the space.
    pub fn include(&mut self, trial: u64) -> Result<(), OptimizerError> {
        let row = self.row_in_space(trial)?;
        self.revise(|history| history.include(row));
        Ok(())
    }

    /// The same search in another space: trial `i` has the configuration `rows[i]` there. A trial without a
    /// configuration is excluded until it has one again; see [`TrialState::in_other_space`]. Queued points are dropped,
    /// because they belong to the old space.
    ///
    /// # Errors
    /// The number of rows differs from that of trials, the settings or a configuration do not fit the space, or a
    /// pending trial has no configuration.
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
        let facts = &mut optimizer.facts;
        facts.history = self.history.with_configurations(n_parameters, rows);
        let restored = facts.history.restore(&facts.space, self.history.n_objectives());
        restored.map_err(OptimizerError::Argument)?;
        (facts.counters, facts.notes) = (self.counters.clone(), self.notes.clone());
        optimizer.derived = Derived::of(&optimizer.facts);
        Ok(optimizer)
    }

    /// The row of a trial that has a configuration of the space.
    pub(super) fn row_in_space(&self, trial: u64) -> Result<usize, OptimizerError> {
        let row = self.row_of(trial)?;
        if self.history.has_configuration(row) {
            return Ok(row);
        }
        Err(OptimizerError::Argument(format!(
            "trial {trial} does not fit into the space and stays excluded; change to one that it fits first"
        )))
    }
}
