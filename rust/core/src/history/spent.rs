//! What a search has spent, and what its trials would have cost in full.

use super::{History, Origin, TrialState};

impl History {
    /// The sum of the costs that were told of the first `n` trials. Results from elsewhere cost this search nothing;
    /// trials that were set aside did.
    pub fn spent(&self, n: usize) -> f64 {
        let own = self.origins.iter().zip(&self.costs).take(n).filter(|(origin, _)| **origin != Origin::Observed);
        own.map(|(_, cost)| *cost).filter(|cost| !cost.is_nan()).fold(0.0, |sum, cost| sum + cost)
    }

    /// What the trials cost that tell of it, by increasing id: those that ran to their end, and those that were stopped
    /// at their last report, whose cost per step is multiplied by the steps of the longest that ran to its end. A trial
    /// that failed, or ended infinitely bad, was cheap, or dear, because of that; one that cost nothing (its result was
    /// at hand) has no logarithm.
    pub fn full_costs(&self) -> Vec<(usize, f64)> {
        let first_step = self.curves().filter_map(|(_, curve)| curve.first().map(|(step, _)| *step)).min();
        // Where steps count from 0, one more was made than the last one says.
        let made = |row: usize| {
            self.curve(row as u64).last().map(|(step, _)| step.saturating_add(u64::from(first_step == Some(0))))
        };
        let is_complete = |row: &usize| self.states[*row] == TrialState::Complete;
        let longest = (0..self.len()).filter(is_complete).filter_map(made).max();
        let full = |row: usize| {
            let cost = self.costs[row];
            let times = match self.states[row] {
                TrialState::Complete if self.values.iter().all(|column| column[row].is_finite()) => 1.0,
                TrialState::Pruned => longest? as f64 / made(row)? as f64,
                _ => return None,
            };
            let full = cost * times.max(1.0);
            (full > 0.0 && full.is_finite()).then_some((row, full))
        };
        (0..self.len()).filter_map(full).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use crate::encoding::Encoding;
    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::space::{Configuration, SearchSpace};

    /// Trials by origin, reported steps, whether they ran to the end, and cost.
    fn history(trials: &[(Origin, &[u64], Option<bool>, f64)]) -> History {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let (encoding, mut history) = (Encoding::new(&space), History::new(0, 1));
        for (row, (origin, steps, ended, cost)) in trials.iter().enumerate() {
            history.push(&encoding, &Configuration(Vec::new()), *origin);
            steps.iter().for_each(|step| history.report(row as u64, *step, &[0.0], Vec::new()));
            let outcome = match ended {
                Some(true) => Outcome::Complete(vec![Measurement { value: 0.0, sem: None, replicates: Vec::new() }]),
                Some(false) => Outcome::Pruned { measurements: None, reason: None, paused: false },
                None => Outcome::Failed { reason: None },
            };
            history.finish(row, outcome, &[], Some(*cost));
        }
        history
    }

    #[test]
    fn what_is_spent_counts_failures_and_not_what_comes_from_elsewhere() {
        let trials = [(Origin::Random, &[][..], Some(true), 2.0), (Origin::Observed, &[], Some(true), 8.0)];
        let history = history(&[trials[0], trials[1], (Origin::Random, &[], None, 0.5)]);
        assert_eq!([0, 1, 2, 3].map(|n| history.spent(n)), [0.0, 2.0, 2.0, 2.5]);
    }

    #[test]
    fn a_stopped_trial_costs_in_full_what_its_steps_say() {
        let from_one = [1, 2, 3, 4];
        let mut trials = vec![
            (Origin::Random, &from_one[..], Some(true), 8.0),
            (Origin::Random, &from_one[..1], Some(false), 3.0),
            (Origin::Random, &[], Some(false), 3.0),
            (Origin::Random, &[], None, 0.1),
            (Origin::Random, &[], Some(true), 0.0),
        ];
        assert_eq!(history(&trials).full_costs(), [(0, 8.0), (1, 12.0)]);
        let from_zero = [0, 1, 2, 3];
        trials[0].1 = &from_zero;
        trials[1].1 = &from_zero[..2];
        assert_eq!(history(&trials).full_costs(), [(0, 8.0), (1, 6.0)]);
    }

    #[test]
    fn steps_may_reach_the_largest_number() {
        let trials = [(Origin::Random, &[0, u64::MAX][..], Some(true), 8.0)];
        assert_eq!(history(&trials).full_costs(), [(0, 8.0)]);
    }
}
