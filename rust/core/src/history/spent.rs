//! The cost of a search so far, and the full cost of its trials.

use super::{History, Origin, TrialState};

impl History {
    /// The sum of the known costs of the first `n` trials. Observed results from elsewhere cost this search nothing;
    /// excluded trials count.
    pub fn spent(&self, n: usize) -> f64 {
        let own = self.origins.iter().zip(&self.costs).take(n).filter(|(origin, _)| **origin != Origin::Observed);
        own.map(|(_, cost)| *cost).filter(|cost| !cost.is_nan()).fold(0.0, |sum, cost| sum + cost)
    }

    /// The full cost `(row, cost)` of the trials that determine it, by increasing id. A complete trial counts with its
    /// cost. For a trial that was stopped at its last report, the cost per step is multiplied by the number of steps of
    /// the longest complete trial. Trials that failed or have infinite values are left out, because their cost is not
    /// typical, and so are trials without a positive cost (whose result was already available), because the cost needs
    /// a logarithm.
    pub fn full_costs(&self) -> Vec<(usize, f64)> {
        let first_step = self.curves().filter_map(|(_, curve)| curve.first().map(|(step, _)| *step)).min();
        // If steps count from 0, the number of steps is one more than the last step.
        let made = |row: usize| {
            self.curve(row as u64).last().map(|(step, _)| step.saturating_add(u64::from(first_step == Some(0))))
        };
        let is_complete = |row: &usize| self.states[*row] == TrialState::Complete;
        let longest = (0..self.len()).filter(is_complete).filter_map(made).max();
        let full = |row: usize| {
            let cost = self.costs[row];
            let times = match self.states[row] {
                TrialState::Complete if self.is_measured(row) => 1.0,
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

    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::space::{Configuration, SearchSpace};

    /// Trials by origin, reported steps, whether they ran to the end (`None` for a failure), and cost.
    fn history(trials: &[(Origin, &[u64], Option<bool>, f64)]) -> History {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut history = History::new(0, 1);
        for (row, (origin, steps, ended, cost)) in trials.iter().enumerate() {
            history.push(&space, &Configuration(Vec::new()), *origin);
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
    fn spent_includes_failures_and_not_observed_results() {
        let trials = [(Origin::Random, &[][..], Some(true), 2.0), (Origin::Observed, &[], Some(true), 8.0)];
        let history = history(&[trials[0], trials[1], (Origin::Random, &[], None, 0.5)]);
        assert_eq!([0, 1, 2, 3].map(|n| history.spent(n)), [0.0, 2.0, 2.0, 2.5]);
    }

    #[test]
    fn the_full_cost_of_a_stopped_trial_scales_with_its_steps() {
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
    fn steps_may_reach_the_largest_integer() {
        let trials = [(Origin::Random, &[0, u64::MAX][..], Some(true), 8.0)];
        assert_eq!(history(&trials).full_costs(), [(0, 8.0)]);
    }

    #[test]
    fn a_trial_with_an_infinite_value_has_no_typical_cost() {
        let mut history =
            history(&[(Origin::Random, &[][..], Some(true), 2.0), (Origin::Random, &[], Some(true), 4.0)]);
        history.values[0][0] = f64::INFINITY;
        assert_eq!(history.full_costs(), [(1, 4.0)]);
    }
}
