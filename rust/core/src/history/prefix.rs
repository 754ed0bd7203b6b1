//! The history as it stood when a trial was chosen.

use super::History;
use crate::encoding::Encoding;
use crate::space::SearchSpace;

impl History {
    /// The trials with ids below `len`, as they stand today: those told since are told here too, because a history does
    /// not record in which order asks and tells came. O(n d).
    #[must_use]
    pub fn prefix(&self, len: usize, space: &SearchSpace, encoding: &Encoding) -> Self {
        let mut history = self.clone();
        history.truncate(len);
        history.replicates.retain(|trial, _| *trial < len as u64);
        history.reasons.retain(|trial, _| *trial < len as u64);
        history.curves.retain(|trial, _| *trial < len as u64);
        history.reported.truncate(len as u64);
        history.folds.retain(|trial, _| *trial < len as u64);
        history.drop_unused_constraints();
        history.rebuild(space, encoding);
        history
    }
}
