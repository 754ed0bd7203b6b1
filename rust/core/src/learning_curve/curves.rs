//! The lines through all curves of a search, and the estimates that they give.

use super::expected::Expected;
use super::table::CurveTable;
use super::transition::{Projection, Transition};

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
