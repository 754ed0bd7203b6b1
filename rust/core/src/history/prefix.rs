//! The history of the trials before a given one.

use super::History;
use crate::encoding::Encoding;
use crate::space::SearchSpace;

impl History {
    /// The trials with ids below `len` in their current state. Results that arrived later are included, because a
    /// history does not record the order of asks and tells. O(n d).
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
