//! `CoreGaussianProcess`: a fitted model without a search. It is immutable, so it needs no lock.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tanteo_core::model::gp::{Column, FitError, Form, GaussianProcess, Inputs, Layout, Prediction, Theta};
use tanteo_core::numerics::{Purpose, Stream};
use tanteo_core::sampler::SuggestError;

use crate::errors::{self, PorchError};
use crate::guard::compute;
use crate::interrupt::Interrupt;
use crate::memory::ensure_memory_or_raise;
use crate::{arrays, scalar};

/// Lengthscales, heights, shears, signal and noise variance.
type Hyperparameters = (Vec<f64>, Vec<f64>, Vec<(usize, usize, f64)>, f64, f64);
/// Pickled hyperparameters: their form, as an index, and all values.
type Pickled = (usize, Vec<f64>);

/// Bytes of a fit per pair of points: a few covariances. Each column counts like sixteen points.
const FITTED: usize = 5 * 8;
/// Bytes of predictions per fitted or predicted point: blocks of covariances, and the results.
const PREDICTED: usize = 3 * 8 * 128;
/// Bytes of draws per pair of a point with another point, a fitted point or a draw.
const DRAWN: usize = 3 * 8;

/// A fitted Gaussian process.
#[pyclass(frozen, module = "tanteo._core")]
pub(crate) struct CoreGaussianProcess {
    model: Arc<GaussianProcess>,
    n_columns: usize,
}

#[pymethods]
impl CoreGaussianProcess {
    /// Fits the observations, or uses the `theta` of such a fit, which gives the same bits without the work.
    #[new]
    #[pyo3(signature = (points, values, noise, levels, conditional, theta=None))]
    fn new(
        py: Python<'_>,
        points: &Bound<'_, PyAny>,
        values: Vec<f64>,
        noise: Vec<f64>,
        levels: Vec<Option<usize>>,
        conditional: Vec<bool>,
        theta: Option<Pickled>,
    ) -> PyResult<Self> {
        let n_columns = levels.len();
        let inputs = inputs(points, values.len(), noise.len(), levels, conditional)?;
        let theta = theta.map(|theta| unpickled(theta, &inputs)).transpose();
        let theta = theta.map_err(|message| errors::argument(py, message))?;
        let n = values.len();
        ensure_memory_or_raise(py, n, FITTED * (n + 16 * n_columns))?;
        let model = interruptible(py, move |interrupted| match theta {
            Some(theta) => GaussianProcess::with_unless(inputs, theta, &values, &noise, interrupted),
            None => GaussianProcess::fit(inputs, &values, &noise, interrupted),
        })?;
        Ok(Self { n_columns, model: Arc::new(model) })
    }

    /// Pickling and copying by the observations and the hyperparameters, from which the model is rebuilt bit for bit.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (py, model) = (slf.py(), &slf.get().model);
        let (inputs, n_columns) = (model.inputs(), model.inputs().columns().len());
        let entries = (0..inputs.len()).flat_map(|i| inputs.point(i)).collect();
        let levels: Vec<Option<usize>> = inputs.columns().iter().map(Column::levels).collect();
        let points = arrays::matrix(py, entries, inputs.len(), n_columns)?;
        let arguments =
            (points, model.values(), model.known_noise(), levels, inputs.conditional(), pickled(model.theta()));
        Ok((slf.get_type().into_any(), arguments.into_pyobject(py)?))
    }

    /// Means and variances of the noise-free function.
    fn predict<'py>(
        &self,
        py: Python<'py>,
        points: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let points = arrays::rows(points, self.n_columns)?;
        ensure_memory_or_raise(py, self.model.inputs().len() + points.len(), PREDICTED)?;
        means_and_variances(py, &interruptible(py, |interrupted| self.model.predict_many(&points, interrupted))?)
    }

    /// `n` joint draws, shape (n, number of points).
    fn sample<'py>(
        &self,
        py: Python<'py>,
        points: &Bound<'py, PyAny>,
        n: usize,
        seed: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let points = arrays::rows(points, self.n_columns)?;
        let seed = scalar::unsigned(seed, scalar::Named::Argument("seed"))?;
        let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
        let m = points.len();
        ensure_memory_or_raise(py, m, DRAWN * (m + self.model.inputs().len() + n))?;
        let draws = interruptible(py, |interrupted| self.model.sample(&points, n, &mut stream, interrupted))?;
        Ok(arrays::matrix(py, draws.concat(), n, points.len())?.into_any())
    }

    /// The leave-one-out predictions of each value from all others: means and variances, including noise.
    fn leave_one_out<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        means_and_variances(py, &interruptible(py, |interrupted| self.model.leave_one_out(interrupted))?)
    }

    /// The logarithm of the marginal likelihood.
    fn log_evidence(&self) -> f64 {
        self.model.log_evidence()
    }

    /// Lengthscales, heights (0 for a column that is always active), shears (a column, the one added to it, and the
    /// factor), signal variance and noise variance.
    fn hyperparameters(&self) -> Hyperparameters {
        let hyper = self.model.hyperparameters();
        let shears = hyper.shears.iter().map(|shear| (shear.of, shear.by, shear.slope)).collect();
        (hyper.lengthscales.clone(), hyper.heights.clone(), shears, hyper.signal_variance, hyper.noise_variance)
    }
}

fn pickled(theta: &Theta) -> Pickled {
    (theta.form() as usize, theta.to_vec())
}

fn unpickled((form, values): Pickled, inputs: &Inputs) -> Result<Theta, String> {
    let form = *Form::ALL.get(form).ok_or(format!("theta has the unknown form {form}"))?;
    let is_complete = Layout::new(inputs, form).len() == values.len();
    is_complete.then(|| Theta::new(form, values)).ok_or("theta and columns differ in number".to_owned())
}

/// The inputs, after a check that points, values and noise variances agree in number.
fn inputs(
    points: &Bound<'_, PyAny>,
    n_values: usize,
    n_noise: usize,
    levels: Vec<Option<usize>>,
    conditional: Vec<bool>,
) -> PyResult<Inputs> {
    let n_columns = levels.len();
    let rows = arrays::rows(points, n_columns)?;
    if n_columns == 0 || conditional.len() != n_columns || n_values != rows.len() || n_noise != rows.len() {
        return Err(errors::argument(points.py(), "points, values, noise and columns differ in number".to_owned()));
    }
    Ok(Inputs::new(columns(&rows, levels), conditional))
}

/// Converts rows to columns.
fn columns(rows: &[Vec<f64>], levels: Vec<Option<usize>>) -> Vec<Column> {
    let mut values: Vec<Vec<f64>> = levels.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (column, value) in values.iter_mut().zip(row) {
            column.push(*value);
        }
    }
    let column = |(values, levels): (Vec<f64>, Option<usize>)| match levels {
        Some(levels) => Column::category(values, levels),
        None => Column::Numeric(values),
    };
    values.into_iter().zip(levels).map(column).collect()
}

/// Runs work that checks for Ctrl-C, with the interpreter released.
fn interruptible<R: Send>(
    py: Python<'_>,
    work: impl FnOnce(&dyn Fn() -> bool) -> Result<R, FitError> + Send,
) -> PyResult<R> {
    let work = || {
        let interrupt = Interrupt::new();
        work(&|| interrupt.pending()).map_err(|error| match error {
            FitError::Interrupted => interrupt.explain(SuggestError::Interrupted.into()),
            FitError::NotPositiveDefinite => PorchError::Singular,
        })
    };
    compute(py, work).map_err(|error| error.into_py(py, None))
}

fn means_and_variances<'py>(
    py: Python<'py>,
    predictions: &[Prediction],
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let means = arrays::vector(py, predictions.iter().map(|p| p.mean).collect())?;
    let variances = arrays::vector(py, predictions.iter().map(|p| p.variance).collect())?;
    Ok((means.into_any(), variances.into_any()))
}
