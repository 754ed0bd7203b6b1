//! The regression lines between the checkpoints of a search.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::line::Line;
use super::table::CurveTable;
use crate::history::{Expected, History};

/// The regression lines between the checkpoints of a search, fitted to every trial that reported and is not excluded.
/// Each line is fitted on first use, because most queries concern one checkpoint.
#[derive(Clone, Debug)]
pub struct Curves<'a> {
    table: Cow<'a, CurveTable>,
    /// Projections to the end, by checkpoint. `None` if no trial is known at both checkpoints of a line.
    projections: Vec<OnceLock<Option<Line>>>,
    /// The projections with calibrated variances, by checkpoint.
    calibrated: Vec<OnceLock<Option<Line>>>,
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
        let unknown = vec![OnceLock::new(); table.n_checkpoints()];
        Self { table, projections: unknown.clone(), calibrated: unknown }
    }

    /// The table to which the lines are fitted.
    pub fn table(&self) -> &CurveTable {
        &self.table
    }

    /// The expected final value of a trial with these reports, projected from the latest checkpoint that it has passed.
    /// Lines hold from one checkpoint to the next. The report that is read is therefore the last one up to this
    /// checkpoint, or the first report if there is none. `None` before the first checkpoint, if the value read or the
    /// last value is not finite, and if no line from the checkpoint is known.
    pub fn end(&self, curve: &[(u64, f64)]) -> Option<Expected> {
        self.end_of(curve, |report| curve[report].1)
    }

    /// The same for the value of each report in `value`, with the steps of `curve`.
    pub(super) fn end_of(&self, curve: &[(u64, f64)], value: impl Fn(usize) -> f64) -> Option<Expected> {
        let (k, report) = self.table.latest(curve).filter(|_| value(curve.len() - 1).is_finite())?;
        self.end_from(k, value(report))
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
        let is_last = k + 1 == self.projections.len();
        let rest = || if is_last { Some(Line::IDENTITY) } else { self.projection(k + 1) };
        let line = || Line::fit(self.table.column(k), self.table.column(k + 1));
        *self.projections[k].get_or_init(|| rest()?.after(&line()?))
    }
}
