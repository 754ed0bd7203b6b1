//! By how much trials break the black-box constraints.
//!
//! Infeasible trials rank by their total violation (Deb et al. 2002, NSGA-II, section VI): the sum of the positive parts
//! of the constraints, each in units of the lower median of its finite positive values among the trials that are
//! compared. The units of the constraints thus do not matter. Constraints whose violations agree in these units count
//! once. So do all constraints that only one trial breaks, if it is the same one.

use std::collections::BTreeSet;

use super::History;

impl History {
    /// The total violation of each of some trials by the constraints that were told, relative to the others.
    pub fn violations(&self, rows: &[usize]) -> Vec<f64> {
        let column = |column: &Vec<f64>| rows.iter().map(|row| column[*row]).collect();
        total(rows.len(), self.constraints.iter().map(column))
    }

    /// As [`violations`](Self::violations), of each trial at a step: by the latest report up to it that names
    /// constraints, or by those that were told if there is none.
    pub fn violations_at(&self, trials: &[(u64, u64)]) -> Vec<f64> {
        let known: Vec<Vec<(&str, f64)>> =
            trials.iter().map(|(trial, step)| self.constraints_at(*trial, *step)).collect();
        let names: BTreeSet<&str> = known.iter().flatten().map(|(name, _)| *name).collect();
        let value =
            |known: &[(&str, f64)], name| known.iter().find(|(of, _)| *of == name).map_or(f64::NAN, |(_, c)| *c);
        total(trials.len(), names.into_iter().map(|name| known.iter().map(|known| value(known, name)).collect()))
    }

    fn constraints_at(&self, trial: u64, step: u64) -> Vec<(&str, f64)> {
        if let Some(reported) = self.latest_constraints(trial, step) {
            return reported.iter().map(|(name, c)| (name.as_str(), *c)).collect();
        }
        let told = self.constraint_names.iter().zip(&self.constraints);
        told.map(|(name, column)| (name.as_str(), column[trial as usize])).collect()
    }

    fn latest_constraints(&self, trial: u64, step: u64) -> Option<&[(String, f64)]> {
        let mut until = self.reported.constraints.range((trial, 0)..=(trial, step));
        until.next_back().map(|(_, constraints)| constraints.as_slice())
    }

    /// The sum of the positive parts of the constraints that a trial told, in their own units; zero if none is known.
    pub fn violation(&self, trial: usize) -> f64 {
        self.constraints.iter().map(|c| c[trial]).filter(|c| *c > 0.0).fold(0.0, |sum, c| sum + c)
    }

    /// The constraints that a trial breaks in its latest report up to a step that names constraints.
    pub fn reported_broken(&self, trial: u64, step: u64) -> Vec<&str> {
        let latest = self.latest_constraints(trial, step).unwrap_or_default().iter();
        latest.filter(|(_, c)| *c > 0.0).map(|(name, _)| name.as_str()).collect()
    }

    /// Whether any trial that is not excluded is known to break a constraint: one that it reported, or one that was told,
    /// with its result or before. A pending trial counts as well.
    pub fn has_violation(&self) -> bool {
        let counts = |row: usize| self.states.get(row).is_some_and(|state| !state.is_excluded());
        let mut ended = self.constraints.iter().flat_map(|column| column.iter().enumerate());
        let is_broken = |named: &[(String, f64)]| named.iter().any(|(_, c)| *c > 0.0);
        ended.any(|(row, c)| *c > 0.0 && counts(row))
            || self.reported.constraints.iter().any(|((trial, _), c)| is_broken(c) && counts(*trial as usize))
    }
}

/// The total violations of `n` trials, given the values of each constraint; NaN where unknown.
fn total(n: usize, constraints: impl Iterator<Item = Vec<f64>>) -> Vec<f64> {
    let mut parts: Vec<Vec<f64>> = Vec::new();
    for column in constraints {
        let mut broken: Vec<f64> = column.iter().copied().filter(|c| *c > 0.0 && c.is_finite()).collect();
        broken.sort_by(f64::total_cmp);
        let scale = broken.get(broken.len().saturating_sub(1) / 2).copied().unwrap_or(1.0);
        // A broken constraint never rounds to a kept one.
        let in_units = |c: f64| if c > 0.0 { (c / scale).max(f64::MIN_POSITIVE) } else { 0.0 };
        let part: Vec<f64> = column.into_iter().map(in_units).collect();
        if !parts.iter().any(|other| other.iter().zip(&part).all(|(a, b)| is_close(*a, *b))) {
            parts.push(part);
        }
    }
    (0..n).map(|i| parts.iter().map(|part| part[i]).sum()).collect()
}

/// Whether two violations differ by rounding alone: by at most 1e-9. A choice, not measured.
fn is_close(a: f64, b: f64) -> bool {
    a == b || ((a - b).is_finite() && (a - b).abs() <= 1e-9 * a.max(b))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::space::{Configuration, SearchSpace};

    #[test]
    fn the_violation_is_the_sum_of_the_positive_parts_of_the_known_constraints() {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut history = History::new(0, 1);
        let trials: [&[(&str, f64)]; 4] = [&[("a", 1.5), ("b", -4.0), ("c", 0.25)], &[("b", 0.0)], &[("d", -1.0)], &[]];
        for (row, constraints) in trials.into_iter().enumerate() {
            history.push(&space, &Configuration(Vec::new()), Origin::Random);
            let outcome = Outcome::Complete(vec![Measurement { value: 1.0, sem: None, replicates: Vec::new() }]);
            let constraints: Vec<_> = constraints.iter().map(|(name, c)| ((*name).to_owned(), *c)).collect();
            history.finish(row, outcome, &constraints, None);
        }
        assert_eq!([0, 1, 2, 3].map(|row| history.violation(row)), [1.75, 0.0, 0.0, 0.0]);
        assert_eq!([0, 1, 2, 3].map(|row| history.is_feasible(row)), [false, true, true, true]);
    }

    #[test]
    fn a_broken_constraint_never_counts_as_kept() {
        let column = vec![5e-324, 1e10, 1e10, 0.0, -1.0, f64::NAN];
        let broken: Vec<bool> =
            super::total(6, [column].into_iter()).iter().map(|violation| *violation > 0.0).collect();
        assert_eq!(broken, [true, true, true, false, false, false]);
    }

    /// The medians are 1 and 100. The second trial told the constraints that the others reported.
    #[test]
    fn violations_at_a_step_are_in_units_of_their_medians_whether_reported_or_told() {
        let mut history = History::new(0, 1);
        let named = |a: f64, b: f64| vec![("a".to_owned(), a), ("b".to_owned(), b)];
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        for _ in 0..3 {
            history.push(&space, &Configuration(Vec::new()), Origin::Random);
        }
        history.report(0, 3, &[1.0], named(1.0, 300.0));
        history.set_constraints(0, &named(9.0, -1.0));
        history.set_constraints(1, &named(1.0, 100.0));
        history.report(2, 3, &[1.0], named(4.0, 100.0));
        assert_eq!(history.violations_at(&[(0, 3), (1, 3), (2, 3)]), [4.0, 2.0, 5.0]);
        assert_eq!(history.violations_at(&[(0, 2), (1, 3)]), [9.0, 2.0]);
        assert_eq!(history.violations_at(&[(2, 2)]), [0.0]);
    }
}
