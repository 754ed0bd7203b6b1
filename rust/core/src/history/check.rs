//! Checks of columns that were read from a file: everything that the rest of the crate relies on.

use super::{History, TrialState};
use crate::space::SearchSpace;

impl History {
    /// Checks columns that were just decoded and rebuilds the derived data.
    ///
    /// # Errors
    /// Names the invalid column or trial.
    pub fn restore(&mut self, space: &SearchSpace, n_objectives: usize) -> Result<(), String> {
        self.check_shape(space.parameters().len(), n_objectives)?;
        self.check_sparse()?;
        for row in 0..self.len() {
            self.check_row(space, row).map_err(|e| format!("trial {row}: {e}"))?;
        }
        self.rebuild(space);
        Ok(())
    }

    /// Checks the number of columns and their lengths.
    fn check_shape(&self, n_parameters: usize, n_objectives: usize) -> Result<(), String> {
        let n = self.len();
        let counts = [
            ("cells", self.cells.len(), n_parameters),
            ("activity", self.active.len(), n_parameters),
            ("values", self.values.len(), n_objectives),
            ("standard errors", self.sems.len(), n_objectives),
            ("constraints", self.constraints.len(), self.constraint_names.len()),
        ];
        for (name, count, expected) in counts {
            if count != expected {
                return Err(format!("{count} columns of {name}, expected {expected}"));
            }
        }
        let floats = self.values.iter().chain(&self.sems).chain(&self.constraints).chain([&self.costs]).map(Vec::len);
        let lengths = self.cells.iter().map(Vec::len).chain(self.active.iter().map(Vec::len)).chain(floats);
        if let Some(length) = lengths.chain([self.origins.len()]).find(|length| *length != n) {
            return Err(format!("a column of {length} rows beside {n} states"));
        }
        if !self.constraint_names.is_sorted_by(|a, b| a < b) {
            return Err("the names of the constraints are not in order".to_owned());
        }
        Ok(())
    }

    /// Checks that replicates, reasons, reports, pauses and folds belong to trials that can have them.
    fn check_sparse(&self) -> Result<(), String> {
        let raw_state = |trial: &u64| usize::try_from(*trial).ok().and_then(|row| self.states.get(row)).copied();
        let state = |trial: &u64| raw_state(trial).map(TrialState::included);
        for (trial, replicates) in &self.replicates {
            let good = replicates.iter().flatten().all(|y| is_loss(*y));
            let has_value = |k: usize| state(trial).is_some() && !self.values[k][*trial as usize].is_nan();
            let fits = |(k, replicates): (usize, &Vec<f64>)| replicates.is_empty() || has_value(k);
            let is_shaped = replicates.len() == self.n_objectives() && replicates.iter().enumerate().all(fits);
            if !is_shaped || replicates.iter().all(Vec::is_empty) || !good {
                return Err(format!("impossible replicates of trial {trial}"));
            }
        }
        let unexplained = |trial: &&u64| !matches!(state(trial), Some(TrialState::Failed | TrialState::Pruned));
        if let Some(trial) = self.reasons.keys().find(unexplained) {
            return Err(format!("a reason why trial {trial} failed or was stopped, which it was not"));
        }
        for (trial, curve) in &self.curves {
            let good = curve.is_sorted_by(|a, b| a.0 < b.0) && curve.iter().all(|(_, y)| y.is_nan() || is_loss(*y));
            if state(trial).is_none() || curve.is_empty() || !good {
                return Err(format!("impossible intermediate values of trial {trial}"));
            }
        }
        if let Some((trial, _)) = self.told.iter().find(|(trial, told)| !self.is_told(state(trial), **trial, told)) {
            return Err(format!("impossible objectives of trial {trial} before it stopped"));
        }
        self.check_reported()?;
        self.check_pauses()?;
        self.check_folds()
    }

    /// Whether a trial in this state may have told these objectives before it stopped.
    fn is_told(&self, state: Option<TrialState>, trial: u64, told: &[usize]) -> bool {
        let has_value = |k: &usize| self.values.get(*k).is_some_and(|column| column[trial as usize].is_finite());
        let is_shaped = !told.is_empty() && told.is_sorted_by(|a, b| a < b);
        self.n_objectives() > 1 && state == Some(TrialState::Pruned) && is_shaped && told.iter().all(has_value)
    }

    /// Checks one trial: its configuration lies in the space, and its numbers fit its state. Known constraints are not
    /// checked, because an observed point may break them.
    fn check_row(&self, space: &SearchSpace, row: usize) -> Result<(), String> {
        if (0..self.n_parameters()).any(|j| !self.active[j][row] && self.cells[j][row] != 0) {
            return Err("a value where the parameter is inactive".to_owned());
        }
        let state = self.states[row].included();
        if state == self.states[row] || self.has_configuration(row) {
            space.validate_values(&self.configuration(space, row)).map_err(|e| e.to_string())?;
        }
        // With several objectives, some may have been told before the result.
        let mut told = self.values.iter().map(|column| column[row]).filter(|y| !y.is_nan());
        let fits = match state {
            TrialState::Complete => told.clone().count() == self.n_objectives(),
            TrialState::Pending | TrialState::Failed if self.n_objectives() > 1 => told.clone().all(f64::is_finite),
            TrialState::Pruned => true,
            TrialState::Pending | TrialState::Failed | TrialState::Excluded(_) | TrialState::SetAside(_) => {
                told.clone().next().is_none()
            }
        };
        if !fits || told.any(|y| y == f64::NEG_INFINITY) {
            return Err(format!("values that no {state} trial has"));
        }
        self.check_extras(row)
    }

    /// Checks that the standard errors, cost and constraints of a trial are numbers that `tell` accepts.
    fn check_extras(&self, row: usize) -> Result<(), String> {
        let size = |x: f64| x.is_nan() || (x.is_finite() && x >= 0.0);
        let mut measured = self.values.iter().zip(&self.sems).map(|(values, sems)| (values[row], sems[row]));
        let sems = measured.all(|(value, sem)| sem.is_nan() || (!value.is_nan() && size(sem)));
        let is_finished = self.states[row] != TrialState::Pending;
        let cost = self.costs[row].is_nan() || (is_finished && size(self.costs[row]));
        let constraints = self.constraints.iter().map(|column| column[row]);
        // A pending trial may have told some before its result.
        let constraints = constraints.into_iter().all(|c| c.is_nan() || c > f64::NEG_INFINITY);
        let named = [(sems, "standard error"), (cost, "cost"), (constraints, "constraint value")];
        match named.into_iter().find(|(good, _)| !good) {
            Some((_, name)) => Err(format!("an impossible {name}")),
            None => Ok(()),
        }
    }
}

/// Whether a value is valid as one to be minimized.
fn is_loss(y: f64) -> bool {
    y > f64::NEG_INFINITY
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{Measurement, Origin, Outcome};
    use crate::space::{Accept, Condition, Configuration, Domain, Parameter, Prior, Value};

    fn space() -> SearchSpace {
        let parameter = |name: &str, domain, when| Parameter {
            name: name.into(),
            domain,
            default: None,
            prior: Prior::Uniform,
            when,
        };
        let first = Condition { parent: 0, accept: Accept::Levels(vec![0]) };
        let parameters = vec![
            parameter("model", Domain::Unordered { last: 2 }, Vec::new()),
            parameter("rate", Domain::Real { low: 0.0, high: 1.0, log: false }, vec![first]),
        ];
        SearchSpace::new(parameters, Vec::new()).unwrap()
    }

    /// A complete, a failed, a pruned and a pending trial.
    fn history(space: &SearchSpace) -> History {
        let mut history = History::new(2, 1);
        for rate in [0.25, 0.5, 0.75] {
            let configuration = Configuration(vec![Some(Value::Level(0)), Some(Value::Real(rate))]);
            history.push(space, &configuration, Origin::Random);
        }
        history.push(space, &Configuration(vec![Some(Value::Level(1)), None]), Origin::Observed);
        let measured = |value| vec![Measurement { value, sem: Some(0.5), replicates: vec![value, value] }];
        history.finish(0, Outcome::Complete(measured(1.0)), &[("memory".into(), 1.0)], Some(2.0));
        history.finish(1, Outcome::Failed { reason: Some("crash".into()) }, &[], None);
        history.report(2, 1, &[3.0], Vec::new());
        let stopped = Outcome::Pruned { measurements: None, reason: None, paused: false };
        history.finish(2, stopped, &[("latency".into(), 1.0)], None);
        history
    }

    fn restored_after(corrupt: impl FnOnce(&mut History)) -> Result<(), String> {
        let space = space();
        let mut history = history(&space);
        corrupt(&mut history);
        history.restore(&space, 1)
    }

    #[test]
    fn derived_data_are_rebuilt() {
        let space = space();
        let (mut revived, original) = (history(&space), history(&space));
        revived.derived = crate::history::columns::DerivedColumns::default();
        revived.restore(&space, 1).unwrap();
        assert_eq!(format!("{:?}", revived.derived), format!("{:?}", original.derived));
    }

    /// Part of the expected message, and the change that corrupts the columns.
    type Corruption = (&'static str, fn(&mut History));

    #[test]
    fn impossible_columns_are_refused() {
        let corruptions: [Corruption; 27] = [
            ("columns of cells", |h| drop(h.cells.pop())),
            ("columns of values", |h| h.values.clear()),
            ("columns of standard errors", |h| h.sems.push(vec![0.0; 4])),
            ("columns of constraints", |h| drop(h.constraint_names.pop())),
            ("a column of 3 rows", |h| h.costs.truncate(3)),
            ("a column of 3 rows", |h| h.active[1].truncate(3)),
            ("a column of 5 rows", |h| h.origins.push(Origin::Random)),
            ("not in order", |h| h.constraint_names.swap(0, 1)),
            ("not in order", |h| h.constraint_names[1] = h.constraint_names[0].clone()),
            ("replicates of trial 1", |h| drop(h.replicates.insert(1, vec![vec![1.0]]))),
            ("replicates of trial 0", |h| h.replicates.get_mut(&0).unwrap()[0][0] = f64::NAN),
            ("replicates of trial 9", |h| drop(h.replicates.insert(9, vec![vec![1.0]]))),
            ("a reason why trial 0", |h| drop(h.reasons.insert(0, String::new()))),
            ("intermediate values of trial 2", |h| h.curves.get_mut(&2).unwrap().push((1, 0.0))),
            ("intermediate values of trial 2", |h| h.curves.get_mut(&2).unwrap()[0].1 = f64::NEG_INFINITY),
            ("trial 3: a value where", |h| h.cells[1][3] = 1),
            ("trial 3: parameter 'model'", |h| h.cells[0][3] = 3),
            ("trial 3: parameter 'model'", |h| (h.cells[0][3], h.active[0][3]) = (0, false)),
            ("trial 0: parameter 'rate'", |h| h.cells[1][0] = f64::NAN.to_bits()),
            ("trial 3: parameter 'rate'", |h| h.active[1][3] = true),
            ("values that no pending trial has", |h| h.values[0][3] = 1.0),
            ("values that no complete trial has", |h| h.values[0][0] = f64::NEG_INFINITY),
            ("trial 1: an impossible standard error", |h| h.sems[0][1] = 1.0),
            ("trial 3: an impossible cost", |h| h.costs[3] = 1.0),
            ("trial 0: an impossible cost", |h| h.costs[0] = -1.0),
            ("trial 0: an impossible cost", |h| h.costs[0] = f64::INFINITY),
            ("trial 0: an impossible constraint value", |h| h.constraints[1][0] = f64::NEG_INFINITY),
        ];
        assert_eq!(restored_after(|_| ()), Ok(()));
        for (expected, corrupt) in corruptions {
            let message = restored_after(corrupt).unwrap_err();
            assert!(message.contains(expected), "expected '{expected}', found '{message}'");
        }
    }

    /// A pending, a failed and a pruned trial that have told the second of two objectives.
    fn partly_told(space: &SearchSpace) -> History {
        let mut history = History::new(2, 2);
        for row in 0..3 {
            history.push(space, &Configuration(vec![Some(Value::Level(1)), None]), Origin::Random);
            let told = Measurement { value: 2.0, sem: Some(0.5), replicates: vec![1.0, 3.0] };
            history.set_objectives(row, vec![(1, told)]);
        }
        history.finish(1, Outcome::Failed { reason: None }, &[], None);
        history.finish(2, Outcome::Pruned { measurements: None, reason: None, paused: false }, &[], None);
        history
    }

    #[test]
    fn objectives_told_before_a_result_are_checked() {
        let space = space();
        let restored = |corrupt: &dyn Fn(&mut History)| {
            let mut history = partly_told(&space);
            corrupt(&mut history);
            history.restore(&space, 2).map(|()| history)
        };
        let kept = restored(&|_| ()).unwrap();
        assert!(kept.is_noisy() && (0..3).all(|row| kept.told_objectives(row)[1].is_some()));
        let corruptions: [Corruption; 11] = [
            ("values that no pending trial has", |h| h.values[1][0] = f64::INFINITY),
            ("values that no failed trial has", |h| h.values[0][1] = f64::INFINITY),
            ("values that no pruned trial has", |h| h.values[0][2] = f64::NEG_INFINITY),
            ("objectives of trial 2", |h| h.values[1][2] = f64::NEG_INFINITY),
            ("objectives of trial 2", |h| drop(h.told.insert(2, Vec::new()))),
            ("objectives of trial 2", |h| drop(h.told.insert(2, vec![1, 1]))),
            ("objectives of trial 2", |h| drop(h.told.insert(2, vec![2]))),
            ("objectives of trial 1", |h| drop(h.told.insert(1, vec![1]))),
            ("values that no complete trial has", |h| h.states[0] = TrialState::Complete),
            ("trial 0: an impossible standard error", |h| h.sems[0][0] = 0.5),
            ("replicates of trial 2", |h| h.replicates.get_mut(&2).unwrap()[0].push(1.0)),
        ];
        for (expected, corrupt) in corruptions {
            let message = restored(&corrupt).unwrap_err();
            assert!(message.contains(expected), "expected '{expected}', found '{message}'");
        }
    }
}
