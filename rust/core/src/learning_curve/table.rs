//! The checkpoints, and the reported values of all trials there.
//!
//! A table is derived from the history and cached, so that queries read columns instead of curves.

use crate::history::{History, reports_until};

/// Checkpoints grow by this factor, at least by one step. (Half and twice: `benches/results/constants.md`.)
const RATIO: f64 = 1.4;

/// Steps from 1 that grow geometrically.
fn grid() -> impl Iterator<Item = u64> {
    std::iter::successors(Some(1.0_f64), |at| Some((at * RATIO).max(at + 1.0))).map(|at| at.round() as u64)
}

/// The checkpoints after one more trial is complete. For every step of the grid, the first step from there on that a
/// complete trial reported is a checkpoint. So is the last step of all. A trial that reports every tenth step is
/// therefore read where it reports, and not between two reports.
fn extended(checkpoints: &[u64], curve: &[(u64, f64)]) -> Vec<u64> {
    let ends = [checkpoints.last().copied(), curve.last().map(|(step, _)| *step)];
    let Some(last) = ends.into_iter().flatten().max() else { return Vec::new() };
    let from = |step: u64| {
        // A checkpoint is a reported step, and between a step of the grid and its checkpoint nothing was reported.
        let known = checkpoints.get(checkpoints.partition_point(|at| *at < step)).copied();
        let reported = curve.get(curve.partition_point(|(at, _)| *at < step)).map(|(at, _)| *at);
        known.into_iter().chain(reported).min()
    };
    let mut extended: Vec<u64> = grid().take_while(|step| *step < last).filter_map(from).chain([last]).collect();
    extended.dedup();
    extended
}

/// The latest step of the grid after `previous` and up to `step`; `None` if there is none.
pub fn grid_step_reached(previous: Option<u64>, step: u64) -> Option<u64> {
    // Beyond 2^64 every step of the grid saturates at the largest integer.
    let reached = grid().take_while(|at| *at <= step && *at < u64::MAX).last()?;
    previous.is_none_or(|previous| previous < reached).then_some(reached)
}

/// The values of the trials that reported and are not excluded, by increasing id. Values that are not finite are left
/// out.
#[derive(Clone, Debug, PartialEq)]
pub struct CurveTable {
    /// Later trials are left out.
    n: usize,
    objective: usize,
    /// Up to the last step of the longest complete trial ([`extended`]); empty before one is complete.
    checkpoints: Vec<u64>,
    trials: Vec<u64>,
    /// One column per checkpoint, and one for the final values of complete trials; NaN where there is no value.
    columns: Vec<Vec<f64>>,
}

impl Default for CurveTable {
    /// The table of no trials.
    fn default() -> Self {
        Self { n: usize::MAX, objective: 0, checkpoints: Vec::new(), trials: Vec::new(), columns: vec![Vec::new()] }
    }
}

impl CurveTable {
    /// The table of one objective of the first `n` trials.
    pub fn of(history: &History, objective: usize, n: usize) -> Self {
        let mut table = Self { n, objective, ..Self::default() };
        let among = || history.curves().take_while(|(trial, _)| *trial < n as u64);
        let complete = among().filter(|(trial, _)| table.final_value(history, *trial).is_some());
        table.checkpoints = complete.fold(Vec::new(), |checkpoints, (_, curve)| extended(&checkpoints, curve));
        table.columns = vec![Vec::new(); table.checkpoints.len() + 1];
        for (trial, _) in among().filter(|(trial, _)| !history.states()[*trial as usize].is_excluded()) {
            table.write(table.trials.len(), history, trial);
        }
        table
    }

    /// Adds a new report, or the end of a trial. O(checkpoints), unless the trial is complete and changes the
    /// checkpoints.
    pub fn update(&mut self, history: &History, trial: u64) {
        let curve = history.curve(trial);
        if curve.is_empty() || trial >= self.n as u64 {
            return;
        }
        if self.final_value(history, trial).is_some() && extended(&self.checkpoints, curve) != self.checkpoints {
            *self = Self::of(history, self.objective, self.n);
            return;
        }
        let index = self.trials.partition_point(|known| *known < trial);
        self.write(index, history, trial);
    }

    /// Number of steps at which curves are read.
    pub(super) fn n_checkpoints(&self) -> usize {
        self.checkpoints.len()
    }

    /// The index of the latest checkpoint up to the last report of a curve, and that of the report that is read there: the
    /// last one up to the checkpoint, or the first of all. `None` if there is no such checkpoint.
    pub(super) fn latest(&self, curve: &[(u64, f64)]) -> Option<(usize, usize)> {
        let (last, _) = curve.last()?;
        let k = self.checkpoints.partition_point(|checkpoint| checkpoint <= last).checked_sub(1)?;
        Some((k, reports_until(curve, self.checkpoints[k]).saturating_sub(1)))
    }

    /// The index of the latest checkpoint after `previous` and up to `step`, except the last one; `None` if there is
    /// none.
    pub fn reached(&self, previous: Option<u64>, step: u64) -> Option<usize> {
        let k = self.checkpoints.partition_point(|checkpoint| *checkpoint <= step).checked_sub(1)?;
        let is_new = previous.is_none_or(|previous| previous < self.checkpoints[k]);
        (is_new && k + 1 < self.checkpoints.len()).then_some(k)
    }

    /// Values at checkpoint `k`; beyond the last one, the final values of complete trials.
    pub(super) fn column(&self, k: usize) -> &[f64] {
        &self.columns[k]
    }
    /// The final values of complete trials.
    pub(super) fn ends(&self) -> &[f64] {
        &self.columns[self.checkpoints.len()]
    }

    /// The id, the value at the checkpoint and the final value of every complete trial that is known at checkpoint `k`.
    pub fn complete(&self, k: usize) -> impl Iterator<Item = (u64, f64, f64)> {
        let ends = &self.columns[self.checkpoints.len()];
        let rows =
            self.trials.iter().zip(&self.columns[k]).zip(ends).map(|((trial, value), end)| (*trial, *value, *end));
        rows.filter(|(_, value, end)| !value.is_nan() && !end.is_nan())
    }

    /// Writes the row of a trial at `index`, and inserts it if another trial is stored there.
    fn write(&mut self, index: usize, history: &History, trial: u64) {
        if self.trials.get(index) != Some(&trial) {
            self.trials.insert(index, trial);
            self.columns.iter_mut().for_each(|column| column.insert(index, f64::NAN));
        }
        let (curve, end) = (history.curve(trial), self.final_value(history, trial));
        // A complete trial keeps its last value at later checkpoints.
        let reach = if end.is_some() { u64::MAX } else { curve.last().map_or(0, |(step, _)| *step) };
        let mut n_read = 0;
        for (checkpoint, column) in self.checkpoints.iter().zip(&mut self.columns) {
            n_read += reports_until(&curve[n_read..], *checkpoint);
            let is_known = n_read > 0 && *checkpoint <= reach;
            let value = is_known.then(|| history.reported_value(trial, n_read - 1, self.objective));
            column[index] = value.filter(|value| value.is_finite()).unwrap_or(f64::NAN);
        }
        self.columns[self.checkpoints.len()][index] = end.unwrap_or(f64::NAN);
    }

    /// The final value of a complete trial, if it is finite.
    fn final_value(&self, history: &History, trial: u64) -> Option<f64> {
        let row = trial as usize;
        history.is_measured_in(row, self.objective).then(|| history.values(self.objective)[row])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::{CurveTable, extended, grid, grid_step_reached};
    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::numerics::{Purpose, Stream};
    use crate::space::testing::number;
    use crate::space::{Configuration, SearchSpace, Value};

    const REPORTED: [&str; 3] = ["complete", "pruned", "failed"];

    /// Ends a trial in one of the ways of [`REPORTED`].
    fn finish(history: &mut History, trial: usize, ending: &str) {
        let measured = vec![Measurement { value: trial as f64 / 7.0, sem: None, replicates: Vec::new() }];
        let outcome = match ending {
            "complete" => Outcome::Complete(measured),
            "pruned" => Outcome::Pruned { measurements: Some(measured), reason: None, paused: false },
            _ => Outcome::Failed { reason: None },
        };
        history.finish(trial, outcome, &[], None);
    }

    #[test]
    fn an_updated_table_equals_a_rebuilt_one() {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        for seed in 0..30 {
            let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
            let mut history = History::new(1, 1);
            let mut tables = [usize::MAX, 10].map(|n| CurveTable::of(&history, 0, n));
            let mut pending = Vec::new();
            for _ in 0..60 {
                let draw = stream.below_or_equal(9);
                if pending.is_empty() || draw < 2 {
                    let configuration = Configuration(vec![Some(Value::Real(0.5))]);
                    pending.push(history.push(&space, &configuration, Origin::Random));
                    continue;
                }
                let index = stream.below_or_equal(pending.len() as u64 - 1) as usize;
                let trial = pending[index];
                if draw < 8 {
                    let step = history.curve(trial).last().map_or(0, |(step, _)| *step) + 1 + stream.below_or_equal(3);
                    let value = if draw == 2 { f64::NAN } else { stream.uniform() };
                    history.report(trial, step, &[value], Vec::new());
                } else {
                    finish(&mut history, pending.remove(index) as usize, REPORTED[stream.below_or_equal(2) as usize]);
                }
                for table in &mut tables {
                    table.update(&history, trial);
                    let whole = CurveTable::of(&history, 0, table.n);
                    assert_eq!(format!("{table:?}"), format!("{whole:?}"), "{seed}");
                }
            }
        }
    }

    /// The checkpoints after complete trials that reported at these steps.
    fn checkpoints(curves: &[&[u64]]) -> Vec<u64> {
        let curve = |steps: &[u64]| steps.iter().map(|step| (*step, 0.0)).collect::<Vec<(u64, f64)>>();
        curves.iter().fold(Vec::new(), |known, steps| extended(&known, &curve(steps)))
    }

    #[test]
    fn checkpoints_grow_geometrically() {
        let all: Vec<u64> = (1..=27).collect();
        assert_eq!(checkpoints(&[&all]), [1, 2, 3, 4, 6, 8, 12, 16, 23, 27]);
        assert_eq!(checkpoints(&[&[1]]), [1]);
        assert_eq!(checkpoints(&[&[0]]), [0]);
        let whole: Vec<u64> = grid().take_while(|step| *step < u64::MAX).chain([u64::MAX]).collect();
        assert!(checkpoints(&[&whole]) == whole && whole.len() < 150);
    }

    #[test]
    fn checkpoints_are_steps_that_complete_trials_reported() {
        let tens: Vec<u64> = (1..=6).map(|k| 10 * k).collect();
        assert_eq!(checkpoints(&[&tens]), tens);
        assert_eq!(checkpoints(&[&[60], &tens]), tens);
        assert_eq!(checkpoints(&[&tens, &[5, 11, 70]]), [5, 10, 20, 30, 40, 50, 70]);
    }

    #[test]
    fn a_step_of_the_grid_is_reached_once() {
        assert_eq!(grid_step_reached(None, 0), None);
        assert_eq!(grid_step_reached(None, 5), Some(4));
        assert_eq!(grid_step_reached(Some(3), 5), Some(4));
        assert_eq!(grid_step_reached(Some(4), 5), None);
        assert!(grid_step_reached(None, u64::MAX).is_some());
    }
}
