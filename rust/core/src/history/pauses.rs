//! Pausing and resuming. A paused trial is a stopped one that may be resumed; otherwise it counts as stopped.

use super::{History, TrialState};

impl History {
    /// Marks a stopped trial as one that may be resumed.
    pub(super) fn pause(&mut self, trial: u64) {
        self.pauses.paused.insert(trial);
    }

    /// Makes a paused trial pending again. Its result is removed; its reports stay.
    pub fn resume(&mut self, trial: usize) {
        let id = trial as u64;
        self.reopen(trial);
        if let Some((step, _)) = self.curve(id).last().copied() {
            self.pauses.resumed.insert(id, step);
        }
    }

    /// Whether a trial was stopped and may be resumed; an excluded one may not.
    pub fn is_paused(&self, trial: u64) -> bool {
        self.pauses.paused.contains(&trial) && !self.states[trial as usize].is_excluded()
    }

    /// Ids of the paused trials, increasing.
    pub fn paused(&self) -> impl Iterator<Item = u64> + '_ {
        self.pauses.paused.iter().copied().filter(|trial| self.is_paused(*trial))
    }

    /// The step from which a pending trial was resumed, if it was paused after a report.
    pub fn resumes_from(&self, trial: u64) -> Option<u64> {
        self.pauses.resumed.get(&trial).copied()
    }

    /// Checks that paused trials were stopped and that resumed ones are pending.
    pub(super) fn check_pauses(&self) -> Result<(), String> {
        let state = |trial: u64| usize::try_from(trial).ok().and_then(|row| self.states.get(row)).copied();
        let is_stopped = |trial: &&u64| state(**trial).map(TrialState::included) != Some(TrialState::Pruned);
        if let Some(trial) = self.pauses.paused.iter().find(is_stopped) {
            return Err(format!("a pause of trial {trial}, which was not stopped"));
        }
        let goes_on = |trial: u64, step: u64| {
            let is_step = self.curve(trial).binary_search_by_key(&step, |(at, _)| *at).is_ok();
            state(trial) == Some(TrialState::Pending) && is_step
        };
        match self.pauses.resumed.iter().find(|(trial, step)| !goes_on(**trial, **step)) {
            Some((trial, _)) => Err(format!("trial {trial} cannot have gone on")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Part of the expected message, then the paused and the resumed trials. Trial 0 is pending and reported step 2.
    type Corruption = (&'static str, Option<u64>, Option<(u64, u64)>);

    #[test]
    fn impossible_pauses_are_refused() {
        let corruptions: [Corruption; 4] = [
            ("a pause of trial 0", Some(0), None),
            ("a pause of trial 9", Some(9), None),
            ("trial 0 cannot have gone on", None, Some((0, 3))),
            ("trial 9 cannot have gone on", None, Some((9, 2))),
        ];
        for (expected, paused, resumed) in corruptions {
            let mut history = History::new(0, 1);
            history.states.push(TrialState::Pending);
            history.report(0, 2, &[1.0], Vec::new());
            history.pauses.resumed.insert(0, 2);
            assert_eq!(history.check_pauses(), Ok(()));
            history.pauses.paused.extend(paused);
            history.pauses.resumed.extend(resumed);
            let message = history.check_pauses().err().unwrap_or_default();
            assert!(message.contains(expected), "expected '{expected}', found '{message}'");
        }
    }
}
