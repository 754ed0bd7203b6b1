//! `CoreSpace`: a checked search space.

use numpy::PyArray2;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tanteo_core::numerics::{Purpose, Stream};
use tanteo_core::sampler::SuggestError;
use tanteo_core::space::{Configuration, Domain, SearchSpace};

use crate::arrays;
use crate::convert::{configuration_in, row_out};
use crate::declaration::{self, Declared};
use crate::errors::PorchError;
use crate::grid::GridIterator;
use crate::guard::compute;
use crate::interrupt::Interrupt;
use crate::memory::{ensure_memory, row_bytes};
use crate::scalar::{self, Named};
use crate::yielding::yielding;

/// A checked search space; immutable.
#[pyclass(frozen, module = "tanteo._core")]
pub(crate) struct CoreSpace {
    pub(crate) space: SearchSpace,
}

impl CoreSpace {
    pub(crate) fn from_checked(space: SearchSpace) -> Self {
        Self { space }
    }

    fn rows<'py>(&self, py: Python<'py>, configurations: &[Configuration]) -> PyResult<Vec<Bound<'py, PyTuple>>> {
        yielding(py, configurations).map(|configuration| row_out(py, configuration, &self.space)).collect()
    }
}

/// Runs `work` with the interpreter released and raises its errors.
fn computed<R: Send>(py: Python<'_>, work: impl FnOnce() -> Result<R, PorchError> + Send) -> PyResult<R> {
    compute(py, work).map_err(|error| error.into_py(py, None))
}

#[pymethods]
impl CoreSpace {
    #[new]
    fn new(py: Python<'_>, parameters: Vec<Declared<'_>>, constraints: Vec<Bound<'_, PyTuple>>) -> PyResult<Self> {
        let parameters = declaration::parameters(parameters)?;
        let constraints = declaration::constraints(constraints, &parameters)?;
        computed(py, || Ok(Self::from_checked(SearchSpace::new(parameters, constraints)?)))
    }

    fn size(&self, py: Python<'_>) -> PyResult<f64> {
        computed(py, || Ok(self.space.size()))
    }

    fn sample<'py>(
        &self,
        py: Python<'py>,
        n: &Bound<'py, PyAny>,
        seed: &Bound<'py, PyAny>,
    ) -> PyResult<Vec<Bound<'py, PyTuple>>> {
        let n = scalar::unsigned(n, Named::Argument("n"))?;
        let seed = scalar::unsigned(seed, Named::Argument("seed"))?;
        let nothing_fixed = vec![None; self.space.parameters().len()];
        let draw = |i| {
            let mut stream = Stream::new(seed, i, Purpose::Sample, 0);
            Ok(self.space.draw(&nothing_fixed, &mut stream)?)
        };
        let configurations: Vec<Configuration> = computed(py, || {
            ensure_memory(usize::try_from(n).unwrap_or(usize::MAX), row_bytes(nothing_fixed.len()))?;
            let interrupt = Interrupt::new();
            let stopped = || interrupt.explain(SuggestError::Interrupted.into());
            (0..n).map(|i| if interrupt.pending() { Err(stopped()) } else { draw(i) }).collect()
        })?;
        self.rows(py, &configurations)
    }

    fn default<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let default = computed(py, || Ok(self.space.default_configuration()))?;
        default.map(|configuration| row_out(py, &configuration, &self.space)).transpose()
    }

    /// Checks a complete configuration and returns it with the exact values of the domains.
    #[pyo3(signature = (row, measured=false))]
    fn check<'py>(&self, py: Python<'py>, row: &Bound<'py, PyAny>, measured: bool) -> PyResult<Bound<'py, PyTuple>> {
        let configuration = configuration_in(row, &self.space)?;
        let validate = if measured { SearchSpace::validate_measured } else { SearchSpace::validate };
        computed(py, || Ok(validate(&self.space, &configuration)?))?;
        row_out(py, &configuration, &self.space)
    }

    fn missed_sums(&self, numbers: Vec<Option<f64>>) -> Vec<(usize, f64)> {
        let constraints = self.space.constraints().iter().enumerate();
        constraints.filter_map(move |(k, constraint)| Some((k, constraint.missed_sum(&numbers)?))).collect()
    }

    fn grid(slf: Bound<'_, Self>, resolution: &Bound<'_, PyAny>) -> PyResult<GridIterator> {
        let (py, resolution) = (slf.py(), scalar::unsigned(resolution, Named::Argument("resolution"))?);
        GridIterator::new(slf.unbind(), resolution).map_err(|error| error.into_py(py, None))
    }

    /// Kind and number of levels (None if continuous) of every parameter, for samplers written in Python.
    fn axes(&self) -> Vec<(&'static str, Option<u128>)> {
        let axis = |domain: &Domain| {
            let kind = match domain {
                Domain::Real { .. } => "continuous",
                Domain::Stepped { .. } | Domain::Integer { .. } | Domain::Ordered { .. } => "ordered",
                Domain::Unordered { .. } | Domain::Described { .. } => "unordered",
            };
            (kind, domain.last_level().map(|last| u128::from(last) + 1))
        };
        self.space.parameters().iter().map(|parameter| axis(&parameter.domain)).collect()
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.space == other.space
    }

    /// Unit coordinates, shape (n, `n_parameters`), NaN where inactive.
    fn encode<'py>(&self, py: Python<'py>, rows: Vec<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let configurations = rows.into_iter().map(|row| configuration_in(&row, &self.space));
        let configurations = configurations.collect::<PyResult<Vec<_>>>()?;
        let entries = computed(py, || Ok(configurations.iter().flat_map(|c| self.space.encode(c)).collect()))?;
        arrays::matrix(py, entries, configurations.len(), self.space.parameters().len())
    }

    /// The configurations at unit coordinates, shape (n, `n_parameters`).
    fn decode<'py>(&self, py: Python<'py>, unit: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyTuple>>> {
        let points = arrays::rows(unit, self.space.parameters().len())?;
        let decode = |point: &Vec<f64>| self.space.decode(point);
        let configurations: Vec<Configuration> = computed(py, || Ok(points.iter().map(decode).collect()))?;
        self.rows(py, &configurations)
    }
}
