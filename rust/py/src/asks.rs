//! Trials that an ask hands out, or that a twin handed out.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tanteo_core::history::Origin;
use tanteo_core::numerics::Pool;
use tanteo_core::optimizer::Optimizer;
use tanteo_core::sampler::Candidates;
use tanteo_core::space::{Configuration, SearchSpace};

use crate::convert::{configuration_in, row_out};
use crate::errors::{self, PorchError};
use crate::interrupt::watched;
use crate::memory::{ensure_memory, row_bytes};
use crate::pool;
use crate::yielding::yielding;

/// Rows and origins of some trials, and the counts of duplicates and fallbacks.
pub(crate) type HandedOut<'py> = (Vec<(Bound<'py, PyTuple>, &'static str)>, u64, u64);

/// Consecutive trials: the id of the first, and the configurations.
pub(crate) struct Asked {
    pub(crate) first: u64,
    pub(crate) configurations: Vec<Configuration>,
}

impl Asked {
    /// Trial `first` and all later ones.
    pub(crate) fn since(core: &Optimizer, first: u64) -> Self {
        let rows = first as usize..core.history().len();
        Self { first, configurations: rows.map(|row| core.history().configuration(core.space(), row)).collect() }
    }

    /// Ids and rows.
    pub(crate) fn rows<'py>(&self, py: Python<'py>, space: &SearchSpace) -> PyResult<Vec<(u64, Bound<'py, PyTuple>)>> {
        let row = |(id, configuration)| Ok((id, row_out(py, configuration, space)?));
        yielding(py, (self.first..).zip(&self.configurations)).map(row).collect()
    }
}

/// Asks for up to `n` trials.
pub(crate) fn ask(core: &mut Optimizer, n: usize) -> Result<Asked, PorchError> {
    ensure_rows(core, n)?;
    let first = watched(|stop| core.ask(n, &Pool::new(pool::threads), stop))?;
    Ok(Asked::since(core, first))
}

/// Asks for up to `n` trials that are rows of a table; also returns the index of each row.
pub(crate) fn ask_among(core: &mut Optimizer, n: usize, table: &Candidates) -> Result<(Asked, Vec<usize>), PorchError> {
    ensure_rows(core, n.min(table.len()))?;
    let n = n.min(table.len().max(1));
    let (first, places) = watched(|stop| core.ask_among(n, table, &Pool::new(pool::threads), stop))?;
    Ok((Asked::since(core, first), places))
}

/// Hands out points of the unit cube, which a sampler written in Python chose.
pub(crate) fn ask_external(core: &mut Optimizer, points: &[Vec<f64>]) -> Result<Asked, PorchError> {
    ensure_rows(core, points.len())?;
    let first = core.ask_external(points)?;
    Ok(Asked::since(core, first))
}

fn ensure_rows(core: &Optimizer, n: usize) -> Result<(), PorchError> {
    ensure_memory(n, row_bytes(core.space().parameters().len()))
}

/// Trials that a twin handed out, for `Optimizer::adopt`.
pub(crate) fn adopted_in(
    trials: Vec<[Bound<'_, PyAny>; 2]>,
    space: &SearchSpace,
) -> PyResult<Vec<(Configuration, Origin)>> {
    let trial = |[row, origin]: [Bound<'_, PyAny>; 2]| {
        let name: String = origin.extract()?;
        let unknown = || errors::argument(row.py(), format!("a trial has an unknown origin, {name:?}"));
        Ok((configuration_in(&row, space)?, Origin::from_name(&name).ok_or_else(unknown)?))
    };
    trials.into_iter().map(trial).collect()
}
