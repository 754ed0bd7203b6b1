//! The regression lines between the checkpoints of a search.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};

use super::line::{Expected, Line};
use super::table::CurveTable;
use crate::history::History;

/// The regression lines between the checkpoints of a search, fitted to every trial that reported and is not excluded.
/// Each line is fitted on first use, because most queries concern one checkpoint.
#[derive(Clone, Debug)]
pub struct Curves<'a> {
    table: Cow<'a, CurveTable>,
    /// Projections to the end from the last checkpoint, from the last but one, and so on, as far as needed. `None` if
    /// no trial is known at both checkpoints of a line.
    projections: RefCell<Vec<Option<Line>>>,
    /// The projections with calibrated variances, by checkpoint.
    calibrated: Vec<OnceCell<Option<Line>>>,
}

impl<'a> Curves<'a> {
    /// The lines for a table.
    pub fn through(table: &'a CurveTable) -> Self {
        Self::of(Cow::Borrowed(table))
    }

    /// The lines for a table that is kept with them.
    pub(super) fn owning(table: CurveTable) -> Curves<'static> {
        Curves::of(Cow::Owned(table))
    }

    fn of(table: Cow<'a, CurveTable>) -> Self {
        let calibrated = vec![OnceCell::new(); table.checkpoints().len()];
        Self { table, projections: RefCell::default(), calibrated }
    }

    /// The table to which the lines are fitted.
    pub fn table(&self) -> &CurveTable {
        &self.table
    }

    /// The expected final value of a trial with these reports. `None` before the first checkpoint, if the last value is
    /// not finite, and if no line from there is known.
    pub fn end(&self, curve: &[(u64, f64)]) -> Option<Expected> {
        let (step, value) = *curve.last()?;
        let k = self.table.checkpoints().partition_point(|checkpoint| *checkpoint <= step).checked_sub(1)?;
        self.end_from(k, value)
    }

    /// The expected final value of a trial with this value at checkpoint `k`.
    pub fn end_from(&self, k: usize, value: f64) -> Option<Expected> {
        let calibrated = || Some(self.projection(k)?.calibrated(self.table.column(k), self.table.ends()));
        self.calibrated[k].get_or_init(calibrated).as_ref()?.predict(value)
    }

    /// The lines after a report or the end of a trial.
    pub(super) fn updated(self, history: &History, trial: u64) -> Curves<'static> {
        let mut table = self.table.into_owned();
        table.update(history, trial);
        Self::owning(table)
    }

    fn projection(&self, k: usize) -> Option<Line> {
        let (n, mut projections) = (self.calibrated.len(), self.projections.borrow_mut());
        while projections.len() < n - k {
            let index = n - 1 - projections.len();
            let rest = projections.last().copied().unwrap_or(Some(Line::IDENTITY));
            let line = Line::fit(self.table.column(index), self.table.column(index + 1));
            projections.push(rest.zip(line).and_then(|(rest, line)| rest.after(&line)));
        }
        projections[n - 1 - k]
    }
}
