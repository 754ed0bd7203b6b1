//! All changes of the columns. Callers have validated the arguments, so nothing here can fail.

use super::columns::DerivedColumns;
use super::latest::Latest;
use super::{Fingerprint, History, Measurement, Origin, Outcome, TrialState};
use crate::space::{Configuration, SearchSpace};

impl History {
    /// Appends a pending trial and returns its id.
    pub fn push(&mut self, space: &SearchSpace, configuration: &Configuration, origin: Origin) -> u64 {
        let id = self.states.len() as u64;
        for (j, value) in configuration.0.iter().enumerate() {
            self.cells[j].push(value.map_or(0, crate::space::Value::to_bits));
            self.active[j].push(value.is_some());
        }
        for column in self.values.iter_mut().chain(&mut self.sems).chain(&mut self.constraints) {
            column.push(f64::NAN);
        }
        self.costs.push(f64::NAN);
        self.origins.push(origin);
        self.states.push(TrialState::Pending);
        self.derived.add(space, configuration, origin, id);
        self.derived.pending.insert(id);
        id
    }

    /// Removes the rows from `len` on, after an interrupted ask; they must be pending.
    pub fn truncate(&mut self, len: usize) {
        for column in &mut self.cells {
            column.truncate(len);
        }
        for column in &mut self.active {
            column.truncate(len);
        }
        for column in self.values.iter_mut().chain(&mut self.sems).chain(&mut self.constraints) {
            column.truncate(len);
        }
        self.costs.truncate(len);
        self.states.truncate(len);
        self.derived.truncate(len, &self.origins);
        self.origins.truncate(len);
    }

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

    /// Ends a pending trial. Returns whether its constraints may change which other trials are feasible.
    pub fn finish(&mut self, trial: usize, outcome: Outcome, constraints: &[(String, f64)], cost: Option<f64>) -> bool {
        self.derived.pending.remove(&(trial as u64));
        self.pauses.remove(trial as u64);
        self.costs[trial] = cost.unwrap_or(f64::NAN);
        self.set_constraints(trial, constraints);
        match outcome {
            Outcome::Complete(measurements) => {
                self.states[trial] = TrialState::Complete;
                self.record_measurements(trial, measurements.into_iter().map(Some).collect());
            }
            Outcome::Pruned { measurements, reason, paused } => {
                self.states[trial] = TrialState::Pruned;
                self.keep_told(trial, measurements.as_deref());
                if let Some(measurements) = measurements {
                    self.record_measurements(trial, measurements.into_iter().map(Some).collect());
                }
                self.record_reason(trial, reason);
                if paused {
                    self.pause(trial as u64);
                }
            }
            Outcome::Failed { reason } => {
                self.states[trial] = TrialState::Failed;
                self.record_reason(trial, reason);
            }
        }
        self.derived.latest.update(&self.states, &self.values, trial);
        self.note_constraints(trial)
    }

    /// Sets constraints of a trial; others that it has stay.
    pub fn set_constraints(&mut self, trial: usize, constraints: &[(String, f64)]) {
        for (name, value) in constraints {
            let column = self.constraint_column(name);
            self.constraints[column][trial] = *value;
        }
    }

    /// Records objectives of a pending trial before its result, given as `(objective, measurement)`.
    pub fn set_objectives(&mut self, trial: usize, measured: Vec<(usize, Measurement)>) {
        let mut all = self.told_objectives(trial);
        for (k, measurement) in measured {
            all[k] = Some(measurement);
        }
        self.record_measurements(trial, all);
    }

    /// Removes the result and the constraints of a finished trial, which becomes pending again. Its reports stay.
    pub fn reopen(&mut self, trial: usize) {
        self.include(trial);
        self.pauses.remove(trial as u64);
        self.derived.pending.insert(trial as u64);
        self.states[trial] = TrialState::Pending;
        self.derived.latest.update(&self.states, &self.values, trial);
        for column in self.values.iter_mut().chain(&mut self.sems).chain(&mut self.constraints) {
            column[trial] = f64::NAN;
        }
        self.costs[trial] = f64::NAN;
        self.reasons.remove(&(trial as u64));
        self.replicates.remove(&(trial as u64));
        self.told.remove(&(trial as u64));
        self.drop_unused_constraints();
        self.note_all_constraints();
        self.derived.noisy = self.has_noise();
    }

    /// Excludes a finished trial; its result stays stored.
    pub fn exclude(&mut self, trial: usize) {
        self.set_state(trial, self.states[trial].excluded());
    }

    /// Reverts [`Self::exclude`].
    pub fn include(&mut self, trial: usize) {
        self.set_state(trial, self.states[trial].included());
    }

    fn set_state(&mut self, trial: usize, state: TrialState) {
        let previous = std::mem::replace(&mut self.states[trial], state);
        self.derived.excluded += usize::from(state.is_excluded());
        self.derived.excluded -= usize::from(previous.is_excluded());
        self.note_all_constraints();
        self.derived.latest.update(&self.states, &self.values, trial);
    }

    /// The same trials with other configurations; see [`TrialState::in_other_space`]. The derived data are stale until
    /// [`Self::restore`].
    #[must_use]
    pub fn with_configurations(&self, n_parameters: usize, rows: &[Option<Configuration>]) -> Self {
        let value = |row: &Option<Configuration>, j: usize| row.as_ref().and_then(|configuration| configuration.0[j]);
        let bits = |row, j| value(row, j).map_or(0, crate::space::Value::to_bits);
        let state = |(state, row): (&TrialState, &Option<_>)| state.in_other_space(row.is_some());
        Self {
            cells: (0..n_parameters).map(|j| rows.iter().map(|row| bits(row, j)).collect()).collect(),
            active: (0..n_parameters).map(|j| rows.iter().map(|row| value(row, j).is_some()).collect()).collect(),
            states: self.states.iter().zip(rows).map(state).collect(),
            ..self.clone()
        }
    }

    /// Rebuilds the derived data from the columns, after loading.
    pub(super) fn rebuild(&mut self, space: &SearchSpace) {
        let mut derived = DerivedColumns { unit: vec![Vec::new(); self.cells.len()], ..DerivedColumns::default() };
        for row in 0..self.len() {
            derived.add(space, &self.configuration(space, row), self.origins[row], row as u64);
        }
        let pending = |row: &u64| self.states[*row as usize] == TrialState::Pending;
        derived.pending = (0..self.len() as u64).filter(pending).collect();
        derived.excluded = self.states.iter().filter(|state| state.is_excluded()).count();
        derived.latest = Latest::of(&self.states, &self.values);
        self.derived = derived;
        self.derived.noisy = self.has_noise();
        self.note_all_constraints();
    }

    fn has_noise(&self) -> bool {
        !self.replicates.is_empty() || self.sems.iter().flatten().any(|sem| *sem > 0.0)
    }

    /// Drops the constraints that no trial has any more, so that a removed result leaves no trace.
    pub(super) fn drop_unused_constraints(&mut self) {
        let names = std::mem::take(&mut self.constraint_names);
        let columns = std::mem::take(&mut self.constraints);
        let is_used = |column: &[f64]| column.iter().any(|c| !c.is_nan());
        (self.constraint_names, self.constraints) =
            names.into_iter().zip(columns).filter(|(_, column)| is_used(column)).unzip();
    }

    fn record_reason(&mut self, trial: usize, reason: Option<String>) {
        if let Some(reason) = reason {
            self.reasons.insert(trial as u64, reason);
        }
    }

    /// Remembers which objectives a trial that stops has told before.
    fn keep_told(&mut self, trial: usize, end: Option<&[Measurement]>) {
        let kept = self.kept_objectives(trial, end);
        if !kept.is_empty() {
            self.told.insert(trial as u64, kept);
        }
    }

    /// Records all that is known of the objectives of a trial; None stands for one that was never told. Replicates that
    /// are not among the measurements are dropped.
    fn record_measurements(&mut self, trial: usize, measurements: Vec<Option<Measurement>>) {
        let was_noisy = self.is_noisy_trial(trial);
        let mut replicates = vec![Vec::new(); measurements.len()];
        for (k, m) in measurements.into_iter().enumerate() {
            let Some(m) = m else { continue };
            self.values[k][trial] = m.value;
            self.sems[k][trial] = m.sem.unwrap_or(f64::NAN);
            self.derived.noisy |= m.sem.is_some_and(|sem| sem > 0.0);
            replicates[k] = m.replicates;
        }
        self.replicates.remove(&(trial as u64));
        if replicates.iter().any(|replicates| !replicates.is_empty()) {
            self.derived.noisy = true;
            self.replicates.insert(trial as u64, replicates);
        }
        if was_noisy {
            // Noise that was told before may have been the only one.
            self.derived.noisy = self.has_noise();
        }
    }

    fn is_noisy_trial(&self, trial: usize) -> bool {
        self.replicates(trial as u64).is_some() || self.sems.iter().any(|sems| sems[trial] > 0.0)
    }

    /// The index of a constraint's column, which is added if it is new.
    fn constraint_column(&mut self, name: &str) -> usize {
        match self.constraint_names.binary_search_by(|known| known.as_str().cmp(name)) {
            Ok(column) => column,
            Err(column) => {
                self.constraint_names.insert(column, name.to_owned());
                self.constraints.insert(column, vec![f64::NAN; self.states.len()]);
                column
            }
        }
    }
}

impl DerivedColumns {
    /// Adds the configuration of the next row, `id`.
    fn add(&mut self, space: &SearchSpace, configuration: &Configuration, origin: Origin, id: u64) {
        for ((column, value), axis) in self.unit.iter_mut().zip(&configuration.0).zip(space.axes()) {
            column.push(value.map_or(f64::NAN, |v| axis.to_unit(v)));
        }
        self.seen.insert(Fingerprint::of(configuration), id);
        self.suggested += u64::from(origin.is_suggested());
        self.defaults += u64::from(origin == Origin::Default);
    }

    /// Removes the rows from `len` on; `origins` still contains theirs.
    fn truncate(&mut self, len: usize, origins: &[Origin]) {
        for column in &mut self.unit {
            column.truncate(len);
        }
        drop(self.pending.split_off(&(len as u64)));
        self.seen.truncate(len as u64);
        let forgotten = |is: fn(&Origin) -> bool| origins[len..].iter().filter(|origin| is(origin)).count() as u64;
        self.suggested -= forgotten(|origin| origin.is_suggested());
        self.defaults -= forgotten(|origin| *origin == Origin::Default);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;

    fn history(n_trials: usize) -> (SearchSpace, History) {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut history = History::new(0, 1);
        for row in 0..n_trials {
            let origin = if row % 2 == 0 { Origin::Random } else { Origin::Enqueued };
            history.push(&space, &Configuration(Vec::new()), origin);
        }
        (space, history)
    }

    fn complete(sem: Option<f64>, replicates: &[f64]) -> Outcome {
        Outcome::Complete(vec![Measurement { value: 1.0, sem, replicates: replicates.to_vec() }])
    }

    #[test]
    fn a_positive_standard_error_or_replicates_are_noise() {
        let cases = [(None, &[][..], false), (Some(0.0), &[], false), (Some(0.5), &[], true), (None, &[1.0], true)];
        for (sem, replicates, expected) in cases {
            let (space, mut history) = history(2);
            history.finish(1, complete(sem, replicates), &[], None);
            assert_eq!(history.is_noisy(), expected, "{sem:?} {replicates:?}");
            history.rebuild(&space);
            assert_eq!(history.is_noisy(), expected, "{sem:?} {replicates:?} after loading");
            history.reopen(1);
            assert!(!history.is_noisy());
        }
    }

    #[test]
    fn an_objective_that_is_told_again_leaves_no_noise_behind() {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut history = History::new(0, 2);
        history.push(&space, &Configuration(Vec::new()), Origin::Random);
        let told = |sem, replicates: &[f64]| Measurement { value: 1.0, sem, replicates: replicates.to_vec() };
        for noisy in [told(Some(0.5), &[]), told(None, &[0.0, 2.0])] {
            history.set_objectives(0, vec![(1, noisy)]);
            assert!(history.is_noisy());
            history.set_objectives(0, vec![(1, told(None, &[]))]);
            assert!(!history.is_noisy() && history.replicates(0).is_none());
        }
    }

    #[test]
    fn excluded_trials_are_not_among_the_finished_or_failed_ones() {
        let (_, mut history) = history(2);
        history.finish(0, complete(None, &[]), &[], None);
        history.finish(1, Outcome::Failed { reason: None }, &[], None);
        let counts = |history: &History| (history.n_finished(), history.latest_failed().count());
        assert_eq!(counts(&history), (2, 1));
        for (row, without) in [(0, (1, 1)), (1, (1, 0))] {
            for _ in 0..2 {
                history.exclude(row);
                assert_eq!(counts(&history), without);
            }
            for _ in 0..2 {
                history.include(row);
                assert_eq!(counts(&history), (2, 1));
            }
        }
    }

    #[test]
    fn a_truncated_history_counts_the_remaining_suggestions() {
        let (_, mut history) = history(5);
        assert_eq!(history.n_suggested(), 3);
        history.truncate(2);
        assert_eq!((history.n_suggested(), history.n_pending(), history.len()), (1, 2, 2));
    }

    /// Trials with reports, noise, a reason, a constraint, a cost and a pause: folds with one objective, steps with several.
    /// With several objectives, the second one is told first, and the second trial is resumed.
    fn history_of_all_parts(space: &SearchSpace, n_objectives: usize, n_trials: usize) -> History {
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
            let whole = history_of_all_parts(&space, n_objectives, 3);
            for len in 0..=3 {
                let prefix = whole.prefix(len, &space);
                assert_eq!(format!("{prefix:?}"), format!("{:?}", history_of_all_parts(&space, n_objectives, len)));
            }
        }
    }
}
