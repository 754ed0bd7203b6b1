"""Checks of the arguments of a model: the columns of points, values and their standard errors."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from .._internal.coercion import as_count, as_int
from ..exceptions import ArgumentError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# A fit needs four square matrices of this size, 3 GB in total, and a draw two.
MOST_POINTS = 10_000
# 0.8 GB, and the same again for the scaled result.
MOST_DRAWN = 10**8


class Columns:
    """The categorical columns, the conditional columns, and the number of columns after a fit; immutable."""

    def __init__(self, levels: dict[int, int], conditional: Collection[int], n: int | None = None) -> None:
        self.levels = {
            as_int(j, "a column of categories"): as_count(k, "a number of choices") for j, k in levels.items()
        }
        self.conditional = frozenset(as_int(j, "a conditional column") for j in conditional)
        self._n = n
        if (lowest := min((*self.levels, *self.conditional, 0))) < 0:
            raise ArgumentError(
                f"categories and conditional name columns by their position, which counts from 0, not {lowest}"
            )

    def fixed(self, n: int) -> Columns:
        """Return the same columns, requiring ``n`` columns of later points."""
        return Columns(self.levels, self.conditional, n)

    def described(self, n: int) -> tuple[list[int | None], list[bool]]:
        """Return the numbers of choices and whether each of ``n`` columns is conditional, in the form of the core."""
        return [self.levels.get(j) for j in range(n)], [j in self.conditional for j in range(n)]

    def points(self, points: Any) -> npt.NDArray[np.float64]:
        """Return the points as an array of shape (n, d), every coordinate in its range."""
        import numpy as np

        array = numbers(points, "X")
        if array.ndim != 2 or 0 in array.shape:
            raise ArgumentError(f"X must have shape (n, d) with at least one row and one column, not {array.shape}")
        if self._n not in (None, array.shape[1]):
            raise ArgumentError(f"X has {array.shape[1]} columns, the model was fitted to {self._n}")
        if (highest := max((*self.levels, *self.conditional, 0))) >= array.shape[1]:
            raise ArgumentError(
                f"categories or conditional name column {highest}, which X of shape {array.shape} does not have"
            )
        for j, column in enumerate(array.T):
            self._check(j, column)
        return np.ascontiguousarray(array)

    def _check(self, j: int, column: npt.NDArray[np.float64]) -> None:
        import numpy as np

        absent = np.isnan(column)
        if absent.any() and j not in self.conditional:
            raise ArgumentError(f"X has NaN in column {j}, row {absent.argmax()}, and the column is not conditional")
        levels = self.levels.get(j)
        if levels is None:
            wrong, expected = (column < 0) | (column > 1), "be in [0, 1]"
            hint = ": scale it, or name it in categories"
        else:
            wrong = (column < 0) | (column >= levels) | (column != np.floor(column))
            expected, hint = f"hold codes from 0 to {levels - 1}", ""
        if (wrong := wrong & ~absent).any():
            at = wrong.argmax()
            raise ArgumentError(f"X must {expected} in column {j}, not {column[at]} as in row {at}{hint}")


def check_fitted(n: int) -> None:
    """Refuse more points than a model can be fitted to."""
    if n > MOST_POINTS:
        raise ArgumentError(
            f"X has {n} points, and a model is fitted to at most {MOST_POINTS}, because memory grows with the square "
            "of their number: choose some of them"
        )


def check_drawn(m: int, n: int) -> None:
    """Refuse more points than can be drawn jointly, and more draws than memory would hold."""
    if m > MOST_POINTS:
        raise ArgumentError(
            f"X has {m} points, and at most {MOST_POINTS} are drawn jointly, because memory grows with the square of "
            "their number: draw at fewer, or call predict, which takes any number"
        )
    if m * n > MOST_DRAWN:
        raise ArgumentError(
            f"{n} draws at {m} points are {m * n} numbers, and at most {MOST_DRAWN} are drawn at once: draw at most "
            f"{MOST_DRAWN // m} at a time, each time with another seed"
        )


def values_of(y: Any, n: int) -> npt.NDArray[np.float64]:
    """Return ``n`` finite values that can be centred and scaled without overflow."""
    import numpy as np

    array = numbers(y, "y")
    if array.shape != (n,):
        raise ArgumentError(f"y must have shape ({n},) as X has {n} rows, not {array.shape}")
    wrong = ~(np.abs(array) < 1e150)
    if wrong.any():
        at = wrong.argmax()
        raise ArgumentError(
            f"y must be finite numbers of magnitudes below 1e150, not {array[at]} as in row {at}: leave such points out"
        )
    return array


def centre_and_scale(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return mean and standard deviation (1 if all values are equal), without underflow for tiny values."""
    centre = values.mean()
    largest = abs(values - centre).max() or 1.0
    # The mean of equal values may have a rounding error, which is then the only deviation.
    return float(centre), float(largest * ((values - centre) / largest).std()) or 1.0


def standard_errors(sem: Any, n: int) -> npt.NDArray[np.float64]:
    """Return ``n`` standard errors, none of them negative."""
    import numpy as np

    array = np.zeros(()) if sem is None else numbers(sem, "sem")
    if array.shape not in ((), (n,)):
        raise ArgumentError(f"sem must be a number or have shape ({n},), not {array.shape}")
    wrong = ~((array >= 0) & (array < 1e150))
    if wrong.any():
        raise ArgumentError(f"sem must be finite, non-negative numbers below 1e150, not {array[wrong][0]}")
    return np.broadcast_to(array, (n,))


def numbers(values: Any, name: str) -> npt.NDArray[np.float64]:
    """Return an array of floats."""
    import numpy as np

    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ArgumentError(f"{name} must be an array of numbers: {error}") from None
    if array.dtype.kind not in "iuf":
        raise ArgumentError(f"{name} must be an array of numbers, not of {array.dtype}")
    return array.astype(np.float64)
