//! Constraints that a complete trial left out.
//!
//! Nobody knows whether it satisfies them. It may leave out constraints that do not concern it: branches of a space have
//! constraints of their own, and some users tell a constraint only if it is broken. So a constraint concerns a trial if a
//! finished trial with the same active parameters told that it holds.
//!
//! A complete trial that lacks a constraint is no result once another trial is known to satisfy all constraints that
//! concern it. Until then it counts as feasible: after a constraint was told under another name, all trials lack one, and
//! the search must not lose all of its results.

use super::columns::Concerns;
use super::{History, TrialState};

impl History {
    /// Whether a trial told a broken black-box constraint.
    pub fn is_broken(&self, trial: usize) -> bool {
        self.constraints.iter().any(|column| column[trial] > 0.0)
    }
    /// Whether a complete trial lacks a black-box constraint, while another one is known to satisfy all of them.
    pub fn is_unknown(&self, trial: usize) -> bool {
        self.derived.concerns.is_any_known && self.lacks_constraint(trial)
    }
    /// Whether a complete trial left out a black-box constraint that concerns it.
    pub fn lacks_constraint(&self, trial: usize) -> bool {
        !self.left_out(trial).is_empty()
    }
    /// The names of the black-box constraints that concern a complete trial and that it left out.
    pub fn left_out(&self, trial: usize) -> Vec<&str> {
        if self.states[trial] != TrialState::Complete || self.has_all_constraints(trial) {
            return Vec::new();
        }
        let active = self.active_parameters(trial);
        let concerns =
            |name: &str| self.derived.concerns.satisfied.get(name).is_some_and(|sets| sets.contains(&active));
        let told = self.constraint_names.iter().zip(&self.constraints);
        let missing = told.filter(|(_, column)| column[trial].is_nan()).map(|(name, _)| name.as_str());
        missing.filter(|name| concerns(name)).collect()
    }
    /// Notes which constraints a finished trial satisfies. Returns whether this may change which other trials are unknown.
    pub(super) fn note_constraints(&mut self, trial: usize) -> bool {
        let was_known = self.derived.concerns.is_any_known;
        let is_new = self.note_satisfied(trial);
        if is_new {
            self.find_known();
        } else {
            self.derived.concerns.is_any_known |= self.is_known_feasible(trial);
        }
        is_new || self.derived.concerns.is_any_known != was_known
    }
    /// Notes this for all trials again, after a result was removed or excluded.
    pub(super) fn note_all_constraints(&mut self) {
        self.derived.concerns = Concerns::default();
        for trial in 0..self.len() {
            self.note_satisfied(trial);
        }
        self.find_known();
    }
    /// Returns whether a constraint concerns further trials.
    fn note_satisfied(&mut self, trial: usize) -> bool {
        if self.constraints.is_empty() || !self.states[trial].counts() {
            return false;
        }
        let active = self.active_parameters(trial);
        let satisfied = &mut self.derived.concerns.satisfied;
        let told = self.constraint_names.iter().zip(&self.constraints);
        let mut is_new = false;
        for (name, _) in told.filter(|(_, column)| column[trial] <= 0.0) {
            if !satisfied.get(name).is_some_and(|sets| sets.contains(&active)) {
                satisfied.entry(name.clone()).or_default().insert(active.clone());
                is_new = true;
            }
        }
        is_new
    }
    fn find_known(&mut self) {
        self.derived.concerns.is_any_known = (0..self.len()).any(|trial| self.is_known_feasible(trial));
    }
    fn is_known_feasible(&self, trial: usize) -> bool {
        self.states[trial] == TrialState::Complete && !self.is_broken(trial) && !self.lacks_constraint(trial)
    }
    fn active_parameters(&self, trial: usize) -> Vec<bool> {
        self.active.iter().map(|column| column[trial]).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{Measurement, Origin, Outcome};
    use crate::space::testing::{number, parameter};
    use crate::space::{Accept, Condition, Configuration, Domain, Parameter, SearchSpace, Value};

    /// A search over `kind`, and over `x` where it is 1, after a trial for each kind and its constraints.
    fn history(trials: &[(u64, &[(&str, f64)])]) -> (SearchSpace, History) {
        let kind = parameter("kind", Domain::unordered(2).unwrap());
        let when = vec![Condition { parent: 0, accept: Accept::Levels(vec![1]) }];
        let space = SearchSpace::new(vec![kind, Parameter { when, ..number("x") }], Vec::new()).unwrap();
        let mut history = History::new(2, 1);
        for (row, (kind, constraints)) in trials.iter().enumerate() {
            let x = (*kind == 1).then_some(Value::Real(0.5));
            history.push(&space, &Configuration(vec![Some(Value::Level(*kind)), x]), Origin::Random);
            let measured = Measurement { value: 1.0, sem: None, replicates: Vec::new() };
            let constraints: Vec<_> = constraints.iter().map(|(name, c)| ((*name).to_owned(), *c)).collect();
            history.finish(row, Outcome::Complete(vec![measured]), &constraints, None);
        }
        (space, history)
    }

    fn unknown(history: &History) -> Vec<usize> {
        (0..history.len()).filter(|row| history.is_unknown(*row)).collect()
    }

    #[test]
    fn a_constraint_that_others_satisfied_is_unknown_where_it_was_left_out() {
        let (space, mut history) = history(&[(0, &[]), (0, &[("a", -1.0)]), (0, &[("a", 1.0)]), (0, &[])]);
        assert_eq!(unknown(&history), [0, 3]);
        assert_eq!([0, 1, 2, 3].map(|row| history.left_out(row)), [vec!["a"], vec![], vec![], vec!["a"]]);
        assert_eq!([0, 1, 2, 3].map(|row| history.is_feasible(row)), [false, true, false, false]);
        history.exclude(1);
        assert!(unknown(&history).is_empty());
        history.include(1);
        assert_eq!(unknown(&history), [0, 3]);
        history.rebuild(&space);
        assert_eq!(unknown(&history), [0, 3]);
        history.reopen(1);
        assert!(unknown(&history).is_empty());
    }

    #[test]
    fn constraints_of_other_branches_and_those_told_only_when_broken_concern_nobody() {
        let (_, history) = history(&[(0, &[("a", -1.0)]), (1, &[("b", -1.0)]), (0, &[("c", 1.0), ("a", 0.0)])]);
        assert!(unknown(&history).is_empty());
        assert_eq!([0, 1, 2].map(|row| history.is_feasible(row)), [true, true, false]);
    }

    /// The third trial tells the constraint under another name.
    #[test]
    fn if_all_trials_lack_a_constraint_all_are_results() {
        let (_, mut history) = history(&[(0, &[("a", -1.0)]), (0, &[]), (0, &[("b", -1.0)])]);
        assert!((0..3).all(|row| history.lacks_constraint(row) && history.is_feasible(row)));
        history.exclude(2);
        assert_eq!(unknown(&history), [1]);
    }
}
