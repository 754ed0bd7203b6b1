"""Gaussian-process regression over numbers, categories and columns that do not always exist."""

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
    """What a model expects at some points, in the unit of the values.

    Attributes
    ----------
    mean
        Expected values, shape (n,).
    std
        Their standard deviations, shape (n,).
    """

    mean: npt.NDArray[np.float64]
    std: npt.NDArray[np.float64]


class Hyperparameters(NamedTuple):
    """What a fit found, for values of zero mean and unit variance.

    Attributes
    ----------
    lengthscales
        How far one has to go along each column for the function to become another, shape (d,).
    heights
        How far apart existing and not existing are in each conditional column, 0 in the others, shape (d,).
    shears
        How much of each column of numbers (row ``j``: of each to column ``j``) is added to a later one before distances
        are measured, shape (d, d); zero unless a valley lies across the axes, and for categories and
        conditional columns.
    signal_variance
        Variance of the function.
    noise_variance
        Variance of the noise, on top of the standard errors that were given.
    """

    lengthscales: npt.NDArray[np.float64]
    heights: npt.NDArray[np.float64]
    shears: npt.NDArray[np.float64]
    signal_variance: float
    noise_variance: float


class GaussianProcess:
    """A Gaussian process with the kernel and the priors of :class:`tanteo.samplers.GP`.

    The kernel is Matern-5/2 with one lengthscale per column (Rasmussen and Williams 2006, section 4.2). The
    hyperparameters are the maximum a posteriori. Valleys that lie across the axes are followed where that gains enough
    (15 points, at most 20 columns): numbers are then measured together. Where next to no noise is found, a smoother
    function under noise stands in the place of that fit if it is clearly likelier. Among more than twenty columns of
    numbers that always have a value those that make no difference get long lengthscales where a few explain the values
    far better than all. Values are centred and scaled for the fit; unlike the sampler, which looks for a minimum, the
    model leaves their shape alone. A model can be pickled and copied: the copy predicts the same bits. Ctrl-C ends
    every call and leaves the model as it was; other threads run meanwhile.

    Parameters
    ----------
    categories
        Number of choices of each column that holds codes ``0, 1, ..`` without an order.
    conditional
        Columns that do not always exist; they are NaN where they do not.

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

    def fit(self, X: Any, y: Any, *, sem: Any = None) -> GaussianProcess:  # noqa: N803 - the name of the field
        """Fit the hyperparameters and return the model itself.

        Parameters
        ----------
        X
            Points, shape (n, d), at most 10,000: numbers in ``[0, 1]``, codes in columns of categories, NaN where a
            conditional column does not exist.
        y
            Finite values, shape (n,).
        sem
            Standard error of each value, shape (n,), or one for all: noise that is known, in the unit of the values.

        Raises
        ------
        ArgumentError
            Naming the argument and what was expected; the model is as it was before.
        """
        points = self._columns.points(X)
        check_fitted(len(points))
        values = values_of(y, len(points))
        centre, scale = centre_and_scale(values)
        # More noise than a thousand times the spread of the values says no more than that.
        noise = (standard_errors(sem, len(points)) / scale).clip(max=1e3) ** 2
        levels, conditional = self._columns.described(points.shape[1])
        scaled = (values - centre) / scale
        self._core = CoreGaussianProcess(points, scaled.tolist(), noise.tolist(), levels, conditional)
        self._columns = self._columns.fixed(points.shape[1])
        self._centre, self._scale, self._n = centre, scale, len(points)
        return self

    def predict(self, X: Any) -> Prediction:  # noqa: N803 - as in `fit`
        """Mean and standard deviation of the function, without noise, at ``X`` of shape (m, d), for any ``m``."""
        core = self._fitted()
        mean, variance = core.predict(self._columns.points(X))
        return self._unscaled(mean, variance)

    def sample(self, X: Any, n: int = 1, *, seed: int) -> npt.NDArray[np.float64]:  # noqa: N803 - as in `fit`
        """Draw ``n`` functions from the posterior, all at the points ``X`` of shape (m, d); the result is (n, m).

        Memory grows with ``m**2`` and time with ``m**3``: at most 10,000 points, and 10**8 numbers in the result.

        Raises
        ------
        ArgumentError
            For more than that.
        """
        core, points, count = self._fitted(), self._columns.points(X), as_count(n, "n")
        check_drawn(len(points), count)
        draws = core.sample(points, count, as_int(seed, "seed"))
        return self._centre + self._scale * draws

    def lml(self) -> float:
        """Logarithm of the marginal likelihood of the values, given their mean: larger explains them better."""
        import math

        return self._fitted().log_evidence() - self._n * math.log(self._scale)

    def leave_one_out(self) -> Prediction:
        """Mean and standard deviation of every value given all others; noise is part of the deviation.

        Where ``(y - mean) / std`` is often beyond 2, the model is surer of itself than it should be.
        """
        return self._unscaled(*self._fitted().leave_one_out())

    @property
    def hyperparameters(self) -> Hyperparameters:
        """What the fit found."""
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
