"""Gaussian-process regression over numbers, categories and conditional columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from .._core import CoreGaussianProcess
from .._internal.coercion import as_count, as_int, members, shown
from ..exceptions import ArgumentError
from .columns import Columns, centre_and_scale, check_drawn, check_fitted, standard_errors, values_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class Prediction(NamedTuple):
    """Predictions of a model, in the unit of the values.

    Attributes
    ----------
    mean
        The means, shape (n,).
    std
        The standard deviations, shape (n,).
    """

    mean: npt.NDArray[np.float64]
    std: npt.NDArray[np.float64]


class Hyperparameters(NamedTuple):
    """The hyperparameters of a fit, for values of zero mean and unit variance.

    Attributes
    ----------
    lengthscales
        The distance along each column over which the function changes, shape (d,).
    heights
        The distance between existing and not existing in each conditional column, 0 in the others, shape (d,).
    shears
        The multiples of columns that are added to later columns before distances are computed, shape (d, d): row ``j``
        has the multiples added to column ``j``. Zero for categories and conditional columns, and if no valley runs
        diagonally to the axes.
    signal_variance
        The variance of the function.
    noise_variance
        The variance of the noise, in addition to given standard errors.
    """

    lengthscales: npt.NDArray[np.float64]
    heights: npt.NDArray[np.float64]
    shears: npt.NDArray[np.float64]
    signal_variance: float
    noise_variance: float


class GaussianProcess:
    """A Gaussian process with the kernel and the priors of :class:`tanteo.samplers.GP`.

    The kernel is Matern-5/2 with one lengthscale per column (Rasmussen and Williams 2006, section 4.2). The
    hyperparameters are the maximum a posteriori.

    The fit considers four alternatives. If the values are more probably nothing but noise (from 20 points on),
    predictions are nearly flat. Valleys that are not aligned with the axes are modelled by shearing the
    columns of numbers if that improves the fit enough (from 15 points on, with at most 20 columns). If the fit finds
    almost no noise, it is replaced by a smoother function with noise if that is clearly more likely. With more than
    twenty columns of numbers that always exist, irrelevant columns get long lengthscales if a few columns explain the
    values far better than all.

    Values are centred and scaled for the fit. Unlike the sampler, which searches for a minimum, the model does not warp
    them. A model can be pickled and copied; the copy makes bitwise equal predictions. Ctrl-C interrupts every call and
    leaves the model unchanged; other threads run during calls.

    Parameters
    ----------
    categories
        The number of choices of each categorical column, which contains codes ``0, 1, ..`` without an order.
    conditional
        The columns that do not always exist; they are NaN where they do not exist.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.linspace(0, 1, 9)[:, None]
    >>> model = GaussianProcess().fit(X, np.sin(6 * X[:, 0]))
    >>> mean, std = model.predict([[0.3], [0.55]])
    >>> np.round(mean, 2).tolist()
    [0.97, -0.16]
    >>> model.sample([[0.3], [0.55]], 100, seed=0).shape
    (100, 2)
    """

    def __init__(self, *, categories: Mapping[int, int] | None = None, conditional: Collection[int] = ()) -> None:
        if not isinstance(categories, Mapping | None):
            raise ArgumentError(
                f"categories must map columns to their numbers of choices, such as {{2: 3}}, got {shown(categories)}"
            )
        conditional_columns = members(conditional, "conditional must be a list of columns")
        self._columns = Columns(dict(categories or {}), conditional_columns)
        self._core: CoreGaussianProcess | None = None
        self._centre, self._scale, self._n = 0.0, 1.0, 0

    def __repr__(self) -> str:
        columns = self._columns
        status = "not fitted" if self._core is None else f"fitted to {self._n} points"
        arguments = f"categories={columns.levels}, conditional={tuple(sorted(columns.conditional))}"
        return f"<GaussianProcess({arguments}), {status}>"

    def fit(self, X: Any, y: Any, *, sem: Any = None) -> GaussianProcess:  # noqa: N803 - the usual name in the field
        """Fit the hyperparameters and return the model itself.

        Parameters
        ----------
        X
            Points, shape (n, d), at most 10,000: numbers in ``[0, 1]``, codes in columns of categories, NaN where a
            conditional column does not exist.
        y
            Finite values, shape (n,).
        sem
            The known standard error of each value, shape (n,), or one for all, in the unit of the values.

        Raises
        ------
        ArgumentError
            Naming the argument and what was expected; the model is unchanged.
        """
        points = self._columns.points(X)
        check_fitted(len(points))
        values = values_of(y, len(points))
        centre, scale = centre_and_scale(values)
        # Noise beyond a thousand times the spread of the values has no further effect.
        noise = (standard_errors(sem, len(points)) / scale).clip(max=1e3) ** 2
        levels, conditional = self._columns.described(points.shape[1])
        scaled = (values - centre) / scale
        self._core = CoreGaussianProcess(points, scaled.tolist(), noise.tolist(), levels, conditional)
        self._columns = self._columns.fixed(points.shape[1])
        self._centre, self._scale, self._n = centre, scale, len(points)
        return self

    def predict(self, X: Any) -> Prediction:  # noqa: N803 - as in `fit`
        """Return mean and standard deviation of the function, without noise, at ``X`` of shape (m, d); any ``m``."""
        core = self._fitted()
        mean, variance = core.predict(self._columns.points(X))
        return self._unscaled(mean, variance)

    def sample(self, X: Any, n: int = 1, *, seed: int) -> npt.NDArray[np.float64]:  # noqa: N803 - as in `fit`
        """Draw ``n`` functions from the posterior, all at the points ``X`` of shape (m, d); the result is (n, m).

        Memory grows with ``m**2`` and time with ``m**3``: at most 10,000 points, and 10**8 numbers in the result.

        Raises
        ------
        ArgumentError
            If these limits are exceeded.
        """
        core, points, count = self._fitted(), self._columns.points(X), as_count(n, "n")
        check_drawn(len(points), count)
        draws = core.sample(points, count, as_int(seed, "seed"))
        return self._centre + self._scale * draws

    def lml(self) -> float:
        """Return the logarithm of the marginal likelihood of the values, given their mean; larger is better."""
        import math

        return self._fitted().log_evidence() - self._n * math.log(self._scale)

    def leave_one_out(self) -> Prediction:
        """Return mean and standard deviation of each value given all others; the deviation includes noise.

        If ``(y - mean) / std`` is often beyond 2, the model is overconfident.
        """
        return self._unscaled(*self._fitted().leave_one_out())

    @property
    def hyperparameters(self) -> Hyperparameters:
        """The hyperparameters of the fit."""
        import numpy as np

        lengthscales, heights, shears, *variances = self._fitted().hyperparameters()
        added = np.zeros((len(lengthscales), len(lengthscales)))
        for of, by, slope in shears:
            added[of, by] = slope
        return Hyperparameters(np.array(lengthscales), np.array(heights), added, *variances)

    def _fitted(self) -> CoreGaussianProcess:
        if self._core is None:
            raise ArgumentError("this model was not fitted yet: call fit(X, y) first")
        return self._core

    def _unscaled(self, mean: npt.NDArray[np.float64], variance: npt.NDArray[np.float64]) -> Prediction:
        return Prediction(self._centre + self._scale * mean, self._scale * variance**0.5)
