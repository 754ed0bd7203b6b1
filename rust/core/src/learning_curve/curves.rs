//! The lines through all curves of a search.

use std::cell::{OnceCell, RefCell};

use super::expected::Expected;
use super::table::CurveTable;
use super::transition::{Projection, Transition};

/// The lines between the checkpoints of a search, fitted to every trial that reported, in any state but set aside. Each
/// is fitted when it is first asked for: most questions are about one checkpoint.
#[derive(Clone, Debug)]
pub struct Curves<'a> {
    table: &'a CurveTable,
    /// From the last checkpoint to the end, from the last but one, and so on, as far as somebody asked; None where no
    /// trial tells how it goes on.
    projections: RefCell<Vec<Option<Projection>>>,
    /// The same with calibrated variances, by checkpoint.
    calibrated: Vec<OnceCell<Option<Projection>>>,
}

impl<'a> Curves<'a> {
    /// The lines through a table.
    pub fn through(table: &'a CurveTable) -> Self {
        let calibrated = vec![OnceCell::new(); table.checkpoints().len()];
        Self { table, projections: RefCell::default(), calibrated }
    }

    /// What the lines go through.
    pub fn table(&self) -> &'a CurveTable {
        self.table
    }

    /// What a trial with these reports is expected to end with; None before the first checkpoint, where the last value
    /// is not finite, and where no trial tells how it goes on.
    pub fn end(&self, curve: &[(u64, f64)]) -> Option<Expected> {
        let (step, value) = *curve.last()?;
        let k = self.table.checkpoints().partition_point(|checkpoint| *checkpoint <= step).checked_sub(1)?;
        self.end_from(k, value)
    }

    /// The same of a trial with this value at the checkpoint at place `k`.
    pub fn end_from(&self, k: usize, value: f64) -> Option<Expected> {
        let calibrated = || Some(self.projection(k)?.calibrated(self.table.column(k), self.table.ends()));
        self.calibrated[k].get_or_init(calibrated).as_ref()?.predict(value)
    }

    fn projection(&self, k: usize) -> Option<Projection> {
        let (n, mut projections) = (self.calibrated.len(), self.projections.borrow_mut());
        while projections.len() < n - k {
            let index = n - 1 - projections.len();
            let rest = projections.last().copied().unwrap_or(Some(Projection::IDENTITY));
            let line = Transition::fit(self.table.column(index), self.table.column(index + 1));
            projections.push(rest.zip(line).and_then(|(rest, line)| rest.after(&line)));
        }
        projections[n - 1 - k]
    }
}
