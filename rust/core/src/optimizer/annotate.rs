//! Changes of the notes on trials.

use super::{Evaluation, Note, Optimizer, OptimizerError};

impl Optimizer {
    /// Sets an attribute of a trial, replacing one of the same name.
    ///
    /// # Errors
    /// [`OptimizerError::UnknownTrial`].
    pub fn set_attribute(&mut self, trial: u64, name: String, value: String) -> Result<(), OptimizerError> {
        self.row_of(trial)?;
        let attributes = &mut self.facts.notes.entry(trial).or_default().attributes;
        match attributes.binary_search_by(|(known, _)| known.as_str().cmp(&name)) {
            Ok(position) => attributes[position].1 = value,
            Err(position) => attributes.insert(position, (name, value)),
        }
        Ok(())
    }

    /// Records how a trial was evaluated.
    ///
    /// # Errors
    /// [`OptimizerError::UnknownTrial`]; a time that is not finite.
    pub fn set_evaluation(&mut self, trial: u64, evaluation: Evaluation) -> Result<(), OptimizerError> {
        self.row_of(trial)?;
        if !(Note { evaluation: evaluation.clone(), ..Note::default() }).is_valid() {
            return Err(OptimizerError::Argument(format!("the times of trial {trial} must be finite seconds")));
        }
        self.facts.notes.entry(trial).or_default().evaluation = evaluation;
        Ok(())
    }

    /// Removes the evaluation of a trial whose result was retracted.
    pub(super) fn clear_evaluation(&mut self, trial: u64) {
        if let Some(note) = self.facts.notes.get_mut(&trial) {
            note.evaluation = Evaluation::default();
            if note.attributes.is_empty() {
                self.facts.notes.remove(&trial);
            }
        }
    }
}
