//! Notes on a trial in addition to its result: when it was evaluated, where it failed, and the user's attributes.
//!
//! Notes are saved with the search. Suggestions do not depend on them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
    /// Sets an attribute, replacing one of the same name.
    pub(super) fn set_attribute(&mut self, name: String, value: String) {
        match self.attributes.binary_search_by(|(known, _)| known.as_str().cmp(&name)) {
            Ok(position) => self.attributes[position].1 = value,
            Err(position) => self.attributes.insert(position, (name, value)),
        }
    }

    /// Whether the times are finite and the attributes sorted with unique names.
    pub(super) fn is_valid(&self) -> bool {
        self.evaluation.is_valid() && self.attributes.is_sorted_by(|a, b| a.0 < b.0)
    }
}

impl Evaluation {
    /// Whether the times are finite.
    pub(super) fn is_valid(&self) -> bool {
        [self.started, self.finished].into_iter().flatten().all(f64::is_finite)
    }
}

/// Removes the evaluation of a trial whose result was retracted.
pub(super) fn clear_evaluation(notes: &mut Notes, trial: u64) {
    if let Some(note) = notes.get_mut(&trial) {
        note.evaluation = Evaluation::default();
        if note.attributes.is_empty() {
            notes.remove(&trial);
        }
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
