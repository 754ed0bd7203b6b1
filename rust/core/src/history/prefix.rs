//! The history of the trials before a given one.

use super::History;
use crate::space::SearchSpace;

impl History {
    /// The trials with ids below `len` in their current state. Results that arrived later are included, because a
    /// history does not record the order of asks and tells. O(n d).
    #[must_use]
    pub fn prefix(&self, len: usize, space: &SearchSpace) -> Self {
        let mut history = self.clone();
        history.truncate(len);
        history.replicates.retain(|trial, _| *trial < len as u64);
        history.reasons.retain(|trial, _| *trial < len as u64);
        history.curves.retain(|trial, _| *trial < len as u64);
        history.reported.truncate(len as u64);
        history.folds.retain(|trial, _| *trial < len as u64);
        history.told.retain(|trial, _| *trial < len as u64);
        history.pauses.truncate(len as u64);
        history.drop_unused_constraints();
        history.rebuild(space);
        history
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{Measurement, Origin, Outcome};
    use crate::space::Configuration;

    /// Trials with reports, noise, a reason, a constraint, a cost and a pause: folds with one objective, steps with several.
    /// With several objectives, the second one is told first, and the second trial is resumed.
    fn history(space: &SearchSpace, n_objectives: usize, n_trials: usize) -> History {
        let mut history = History::new(0, n_objectives);
        for row in 0..n_trials {
            let (trial, value) = (row as u64, row as f64);
            history.push(space, &Configuration(Vec::new()), Origin::Random);
            if n_objectives == 1 {
                history.report_fold(trial, 3, value);
            } else {
                history.report(trial, 2, &vec![value; n_objectives], vec![("memory".into(), value)]);
            }
            let measured = Measurement { value, sem: Some(0.5), replicates: vec![value, value] };
            if n_objectives > 1 {
                history.set_objectives(row, vec![(1, measured.clone())]);
            }
            let (measurements, reason) = (Some(vec![measured; n_objectives]), Some("rank 2 of 2".into()));
            let outcome = Outcome::Pruned { measurements, reason, paused: true };
            history.finish(row, outcome, &[(format!("limit{row}"), 1.0)], Some(2.0));
            if n_objectives > 1 && row == 1 {
                history.resume(row);
            }
        }
        history
    }

    #[test]
    fn a_prefix_is_the_history_of_its_trials_alone() {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        for n_objectives in [1, 2] {
            let whole = history(&space, n_objectives, 3);
            for len in 0..=3 {
                let prefix = whole.prefix(len, &space);
                assert_eq!(format!("{prefix:?}"), format!("{:?}", history(&space, n_objectives, len)));
            }
        }
    }
}
