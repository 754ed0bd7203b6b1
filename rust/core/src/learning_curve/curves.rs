//! The lines through all curves of a search, and the estimates that they give.

use super::expected::Expected;
use super::table::CurveTable;
use super::transition::{Projection, Transition};
use crate::history::{History, TrialState};

/// What a stopped trial would have ended with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The row of the trial.
    pub row: usize,
    /// What is expected, if anything is.
    pub end: Option<Expected>,
}

/// The trials that were stopped after a report, in the order of their rows, with the ends that the curves of the first
/// `n` trials let expect. None with several objectives: what a trial would be worth beside others does not follow from
/// one end after the other.
pub fn estimates(history: &History, n: usize) -> Vec<Estimate> {
    if history.n_objectives() > 1 {
        return Vec::new();
    }
    let is_stopped = |trial: u64| history.states()[trial as usize] == TrialState::Pruned;
    let stopped: Vec<(u64, &[(u64, f64)])> = history.curves().filter(|(trial, _)| is_stopped(*trial)).collect();
    let curves = if stopped.is_empty() { None } else { Curves::fit(&CurveTable::of(history, n)) };
    let end = |curve| curves.as_ref().and_then(|curves| curves.end(curve));
    stopped.into_iter().map(|(trial, curve)| Estimate { row: trial as usize, end: end(curve) }).collect()
}

/// The lines between the checkpoints of a search, fitted to every trial that reported, in any state but set aside.
#[derive(Clone, Debug)]
pub struct Curves {
    checkpoints: Vec<u64>,
    /// From each checkpoint to the end, its variance calibrated; None where no trial tells how it goes on.
    projections: Vec<Option<Projection>>,
}

impl Curves {
    /// The lines through a table; None if no complete trial reported anything.
    pub fn fit(table: &CurveTable) -> Option<Self> {
        table.checkpoints().last()?;
        let (mut projections, mut to_end) = (Vec::new(), Some(Projection::NONE));
        for k in (0..table.checkpoints().len()).rev() {
            let line = Transition::fit(table.column(k), table.column(k + 1));
            to_end = to_end.zip(line).and_then(|(rest, line)| rest.after(&line));
            projections.push(to_end.map(|projection| projection.calibrated(table.column(k), table.ends())));
        }
        projections.reverse();
        Some(Self { checkpoints: table.checkpoints().to_vec(), projections })
    }

    /// What a trial with these reports is expected to end with; None before the first checkpoint, where the last value
    /// is not finite, and where no trial tells how it goes on.
    pub fn end(&self, curve: &[(u64, f64)]) -> Option<Expected> {
        let (step, value) = *curve.last()?;
        let k = self.checkpoints.partition_point(|checkpoint| *checkpoint <= step).checked_sub(1)?;
        self.end_from(k, value)
    }

    /// The same of a trial with this value at the checkpoint at place `k`.
    pub fn end_from(&self, k: usize, value: f64) -> Option<Expected> {
        self.projections[k].as_ref()?.of(value)
    }
}
