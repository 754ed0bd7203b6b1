//! Notes on a trial in addition to its result: when it was evaluated, where it failed, and the user's attributes.
//!
//! Notes are saved with the search. Suggestions do not depend on them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Optimizer, OptimizerError};

/// Notes by trial id. A trial without any has no entry.
pub type Notes = BTreeMap<u64, Note>;

/// The notes of one trial.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// When and how it was evaluated, if a runner recorded it.
    pub evaluation: Evaluation,
    /// Names and values of attributes, sorted by name. The values are opaque text.
    pub attributes: Vec<(String, String)>,
}

/// How a trial was evaluated, as recorded by its runner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// When it began, in seconds since 1970.
    pub started: Option<f64>,
    /// When it ended, in seconds since 1970.
    pub finished: Option<f64>,
    /// Where it failed.
    pub traceback: Option<String>,
}

impl Note {
    /// Whether the times are finite and the attributes sorted with unique names.
    fn is_valid(&self) -> bool {
        let Evaluation { started, finished, .. } = &self.evaluation;
        let finite = [started, finished].into_iter().flatten().all(|time| time.is_finite());
        finite && self.attributes.is_sorted_by(|a, b| a.0 < b.0)
    }
}

impl Optimizer {
    /// Every note.
    pub fn notes(&self) -> &Notes {
        &self.notes
    }

    /// Sets an attribute of a trial, replacing one of the same name.
    ///
    /// # Errors
    /// [`OptimizerError::UnknownTrial`].
    pub fn set_attribute(&mut self, trial: u64, name: String, value: String) -> Result<(), OptimizerError> {
        self.row_of(trial)?;
        let attributes = &mut self.notes.entry(trial).or_default().attributes;
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
        self.notes.entry(trial).or_default().evaluation = evaluation;
        Ok(())
    }

    /// Removes the evaluation of a trial whose result was retracted.
    pub(super) fn clear_evaluation(&mut self, trial: u64) {
        if let Some(note) = self.notes.get_mut(&trial) {
            note.evaluation = Evaluation::default();
            if note.attributes.is_empty() {
                self.notes.remove(&trial);
            }
        }
    }

    /// Restores notes from a file after the history was restored.
    pub(super) fn restore_notes(&mut self, notes: Notes) -> Result<(), String> {
        let n_trials = self.history.len() as u64;
        if let Some((trial, _)) = notes.iter().find(|(trial, note)| **trial >= n_trials || !note.is_valid()) {
            return Err(format!("impossible notes of trial {trial}"));
        }
        self.notes = notes;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_attributes_are_sorted_and_unique() {
        for (names, expected) in
            [([].as_slice(), true), (&["a", "b"], true), (&["b", "a"], false), (&["a", "a"], false)]
        {
            let attributes = names.iter().map(|name| ((*name).to_owned(), String::new())).collect();
            assert_eq!(Note { attributes, ..Note::default() }.is_valid(), expected, "{names:?}");
        }
    }
}
