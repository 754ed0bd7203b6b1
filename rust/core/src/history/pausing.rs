//! Pausing: a stopped trial that may go on. It is a stopped one in everything else.

use super::{History, Pauses, TrialState};

impl History {
    /// Lets a trial that was stopped go on later.
    pub(super) fn pause(&mut self, trial: u64) {
        self.pauses.paused.insert(trial);
    }

    /// Makes a paused trial pending again: what was told of it is forgotten, what it reported stays.
    pub fn resume(&mut self, trial: usize) {
        let id = trial as u64;
        self.reopen(trial);
        if let Some((step, _)) = self.curve(id).last().copied() {
            self.pauses.resumed.insert(id, step);
        }
    }

    /// Whether a trial was stopped and may go on; none that is set aside may.
    pub fn is_paused(&self, trial: u64) -> bool {
        self.pauses.paused.contains(&trial) && !self.states[trial as usize].is_excluded()
    }

    /// Ids of the trials that may go on, increasing.
    pub fn paused(&self) -> impl Iterator<Item = u64> + '_ {
        self.pauses.paused.iter().copied().filter(|trial| self.is_paused(*trial))
    }

    /// The step that a pending trial goes on from, if it was paused after a report.
    pub fn resumes_from(&self, trial: u64) -> Option<u64> {
        self.pauses.resumed.get(&trial).copied()
    }

    /// Which trials may go on, and which did.
    pub fn pauses(&self) -> &Pauses {
        &self.pauses
    }

    /// Takes over which trials may go on, and which did; [`Self::restore`] checks it.
    pub fn restore_pauses(&mut self, pauses: Pauses) {
        self.pauses = pauses;
    }

    /// Whether trials are paused that were stopped, and go on that are pending.
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

    /// What the message must say, and the paused and the resumed trials; trial 0 is pending and reported step 2.
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
