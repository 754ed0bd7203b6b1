//! Reports of trials: the values of every objective by step, and constraints where a report names them.

use super::History;
use super::columns::Reported;

impl History {
    /// Appends intermediate values, one per objective, and constraints. `step` must be larger than all previous ones.
    pub fn report(&mut self, trial: u64, step: u64, values: &[f64], mut constraints: Vec<(String, f64)>) {
        let Some((first, further)) = values.split_first() else { return };
        self.curves.entry(trial).or_default().push((step, *first));
        if !further.is_empty() {
            self.reported.further.entry(trial).or_default().push(further.to_vec());
        }
        if !constraints.is_empty() {
            constraints.sort_by(|a, b| a.0.cmp(&b.0));
            self.reported.constraints.insert((trial, step), constraints);
        }
    }

    /// The values of one report of a trial, one per objective; `index` counts the trial's reports from 0.
    pub fn report_at(&self, trial: u64, index: usize) -> Vec<f64> {
        let further = self.reported.further.get(&trial).map_or(&[][..], |further| &further[index]);
        [self.curve(trial)[index].1].into_iter().chain(further.iter().copied()).collect()
    }

    /// The value of one objective in one report of a trial.
    pub fn reported_value(&self, trial: u64, index: usize, objective: usize) -> f64 {
        match objective.checked_sub(1) {
            None => self.curve(trial)[index].1,
            Some(further) => self.reported.further[&trial][index][further],
        }
    }

    /// The constraints that a trial reported, by step.
    pub fn reported_constraints(&self, trial: u64) -> impl DoubleEndedIterator<Item = (u64, &[(String, f64)])> {
        let of_trial = self.reported.constraints.range((trial, 0)..=(trial, u64::MAX));
        of_trial.map(|((_, step), constraints)| (*step, constraints.as_slice()))
    }

    /// Checks that the reports fit the curves and are valid.
    pub(super) fn check_reported(&self) -> Result<(), String> {
        let Reported { further, constraints } = &self.reported;
        let n_further = self.n_objectives() - 1;
        let is_shaped = |trial: &u64, length: usize| match further.get(trial) {
            Some(reports) => n_further > 0 && reports.len() == length && reports.iter().all(|y| y.len() == n_further),
            None => n_further == 0,
        };
        let is_stray = |trial: &&u64| !self.curves.contains_key(trial);
        let misshapen = self.curves.iter().find(|(trial, curve)| !is_shaped(trial, curve.len()));
        if let Some(trial) = further.keys().find(is_stray).or(misshapen.map(|(trial, _)| trial)) {
            return Err(format!("impossible intermediate values of trial {trial}"));
        }
        let is_infinitely_good = |reports: &Vec<Vec<f64>>| reports.iter().flatten().any(|y| *y == f64::NEG_INFINITY);
        if let Some((trial, _)) = further.iter().find(|(_, reports)| is_infinitely_good(reports)) {
            return Err(format!("impossible intermediate values of trial {trial}"));
        }
        let is_possible = |(trial, step): &(u64, u64), named: &[(String, f64)]| {
            let is_step = self.curve(*trial).binary_search_by_key(step, |(at, _)| *at).is_ok();
            let good = named.iter().all(|(_, c)| !c.is_nan() && *c > f64::NEG_INFINITY);
            is_step && !named.is_empty() && good && named.is_sorted_by(|a, b| a.0 < b.0)
        };
        match constraints.iter().find(|(key, named)| !is_possible(key, named)) {
            Some(((trial, _), _)) => Err(format!("impossible reported constraints of trial {trial}")),
            None => Ok(()),
        }
    }
}

/// The number of reports `(step, value)` at or before a step.
pub fn reports_until(curve: &[(u64, f64)], step: u64) -> usize {
    // If every step is reported, the index follows from the first one.
    let Some((first, _)) = curve.first().filter(|(first, _)| *first <= step) else { return 0 };
    let guess = (step - first) as usize;
    match curve.get(guess) {
        Some((at, _)) if *at == step => guess + 1,
        _ => curve.partition_point(|(at, _)| *at <= step),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::TrialState;

    fn history() -> History {
        let mut history = History::new(0, 2);
        history.states.push(TrialState::Pending);
        history.report(0, 2, &[1.0, 5.0], vec![("b".to_owned(), 2.0), ("a".to_owned(), -1.0)]);
        history.report(0, 4, &[0.5, f64::NAN], Vec::new());
        history.report(0, 9, &[0.25, 3.0], vec![("b".to_owned(), -1.0)]);
        history
    }

    #[test]
    fn reports_hold_all_objectives_and_constraints() {
        let history = history();
        assert_eq!(history.report_at(0, 2), [0.25, 3.0]);
        assert_eq!(history.curve(0), [(2, 1.0), (4, 0.5), (9, 0.25)]);
        let broken = [1, 2, 8, 9, 99].map(|step| history.reported_broken(0, step));
        assert_eq!(broken, [vec![], vec!["b"], vec!["b"], vec![], vec![]]);
        assert!(history.reported_broken(1, 99).is_empty());
        assert!(history.has_violation());
        assert_eq!(history.check_reported(), Ok(()));
    }

    #[test]
    fn steps_may_be_skipped_or_start_late() {
        let curve = [(2, 5.0), (3, 4.0), (4, 3.0), (9, 1.0)];
        assert_eq!([0, 1, 2, 3, 4, 5, 8, 9, 10].map(|step| reports_until(&curve, step)), [0, 0, 1, 2, 3, 3, 3, 4, 4]);
        assert_eq!(reports_until(&[], 3), 0);
    }

    /// Part of the expected message, and the change that corrupts the reports.
    type Corruption = (&'static str, fn(&mut Reported));

    #[test]
    fn impossible_reports_are_refused() {
        let corruptions: [Corruption; 9] = [
            ("values of trial 0", |r| r.further.clear()),
            ("values of trial 7", |r| drop(r.further.insert(7, Vec::new()))),
            ("values of trial 0", |r| r.further.values_mut().for_each(|reports| drop(reports.pop()))),
            ("values of trial 0", |r| r.further.values_mut().for_each(|reports| reports[1].push(0.0))),
            ("values of trial 0", |r| r.further.values_mut().for_each(|reports| reports[1][0] = f64::NEG_INFINITY)),
            ("constraints of trial 0", |r| drop(r.constraints.insert((0, 3), vec![("a".to_owned(), 1.0)]))),
            ("constraints of trial 0", |r| r.constraints.values_mut().for_each(|named| named.reverse())),
            ("constraints of trial 0", |r| r.constraints.values_mut().for_each(|named| named[0].1 = f64::NEG_INFINITY)),
            ("constraints of trial 0", |r| {
                r.constraints.values_mut().for_each(|named| named.insert(0, named[0].clone()));
            }),
        ];
        for (expected, corrupt) in corruptions {
            let mut history = history();
            corrupt(&mut history.reported);
            let message = history.check_reported().err().unwrap_or_default();
            assert!(message.contains(expected), "expected '{expected}', found '{message}'");
        }
    }

    #[test]
    fn a_single_objective_has_no_further_values() {
        let mut history = History::new(0, 1);
        history.states.push(TrialState::Pending);
        history.report(0, 2, &[1.0], Vec::new());
        assert_eq!(history.check_reported(), Ok(()));
        history.reported.further.insert(0, vec![Vec::new()]);
        assert!(history.check_reported().is_err());
    }

    #[test]
    fn a_constraint_of_zero_is_satisfied() {
        let mut history = History::new(0, 1);
        history.states.push(TrialState::Complete);
        history.report(0, 1, &[1.0], vec![("memory".to_owned(), 0.0)]);
        history.constraints.push(vec![0.0]);
        assert!(!history.has_violation());
        history.constraints[0][0] = 5e-324;
        assert!(history.has_violation());
    }
}
