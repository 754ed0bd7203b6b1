//! The iterator of `CoreSpace.grid`. It stores only the last configuration, so its memory does not depend on the size
//! of the grid.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tanteo_core::sampler::SuggestError;
use tanteo_core::space::{Configuration, Grid, SearchSpace, WalkStep};

use crate::convert::row_out;
use crate::errors::PorchError;
use crate::guard::Guarded;
use crate::interrupt::Interrupt;
use crate::space::CoreSpace;

/// The position of the walk.
#[derive(Clone)]
enum Position {
    Start,
    After(Configuration),
    End,
}

/// The configurations of a grid, one by one.
#[pyclass(frozen, module = "tanteo._core")]
pub(crate) struct GridIterator {
    space: Py<CoreSpace>,
    resolution: u64,
    position: Guarded<Position>,
}

impl GridIterator {
    /// The whole grid of a space.
    ///
    /// # Errors
    /// A resolution of zero.
    pub(crate) fn new(space: Py<CoreSpace>, resolution: u64) -> Result<Self, PorchError> {
        Grid::new(&space.get().space, Some(resolution))?;
        Ok(Self { space, resolution, position: Guarded::new(Position::Start) })
    }
}

#[pymethods]
impl GridIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let space = &self.space.get().space;
        let configuration = self.position.run(py, |position| next(space, self.resolution, position));
        let configuration = configuration.map_err(|error| error.into_py(py, None))?;
        configuration.map(|configuration| row_out(py, &configuration, space)).transpose()
    }
}

/// Moves to the next configuration that satisfies the constraints; an interruption leaves the position unchanged.
fn next(space: &SearchSpace, resolution: u64, position: &mut Position) -> Result<Option<Configuration>, PorchError> {
    let grid = Grid::new(space, Some(resolution))?;
    let interrupt = Interrupt::new();
    let mut current = position.clone();
    let configuration = loop {
        let step = match &current {
            Position::Start => grid.first(Grid::BLOCK),
            Position::After(configuration) => grid.next(configuration, Grid::BLOCK),
            Position::End => break None,
        };
        match step {
            WalkStep::Found(configuration) => break Some(configuration),
            WalkStep::Unfinished(configuration) => current = Position::After(configuration),
            WalkStep::Exhausted => break None,
        }
        if interrupt.pending() {
            return Err(interrupt.explain(SuggestError::Interrupted.into()));
        }
    };
    *position = configuration.clone().map_or(Position::End, Position::After);
    Ok(configuration)
}
