"""Repeated measurements of one value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from .._internal.coercion import as_float, members
from .._internal.immutable import Immutable, immutable
from ..exceptions import ArgumentError


@immutable
class Replicates(Immutable):
    """Repeated measurements of one value, for example the folds of a cross-validation.

    Parameters
    ----------
    values
        At least one number.

    Examples
    --------
    >>> import tanteo as tt
    >>> folds = tt.Replicates([0.5, 0.75, 1.0])
    >>> folds.mean, round(folds.sem, 4)
    (0.75, 0.1443)
    """

    values: tuple[float, ...]

    def __init__(self, values: Iterable[float]) -> None:
        listed = members(values, "Replicates needs a list of numbers")
        numbers = tuple(as_float(value, f"replicate {n}") for n, value in enumerate(listed))
        if not numbers:
            raise ArgumentError("Replicates needs at least one number, got none")
        self._set(values=numbers)

    @property
    def mean(self) -> float:
        """The arithmetic mean, which is the value of the trial; NaN or infinite if a measurement is."""
        return _mean(self.values) if all(map(math.isfinite, self.values)) else sum(self.values)

    @property
    def sem(self) -> float | None:
        """The standard error of the mean.

        It is the sample standard deviation (``n - 1`` in the denominator) over the square root of ``n``, and None for a
        single measurement or if it is not finite. Deviations are divided by the largest of them before they are
        squared, which avoids overflow and underflow.
        """
        n, centre = len(self.values), self.mean
        if n < 2 or not math.isfinite(centre):
            return None
        deviations = [value - centre for value in self.values]
        scale = max(map(abs, deviations))
        if scale == 0.0 or math.isinf(scale):
            return None if scale else 0.0
        return scale * math.sqrt(math.fsum((d / scale) ** 2 for d in deviations) / (n - 1) / n)

    def __repr__(self) -> str:
        return f"Replicates({list(self.values)!r})"


def _mean(values: Sequence[float]) -> float:
    """Return the mean of finite values, rounded once and never outside their range.

    ``fsum`` is exact. If its total exceeds the largest float, every term is divided first, at the cost of one rounding
    per term.
    """
    try:
        mean = math.fsum(values) / len(values)
    except OverflowError:
        mean = math.fsum(value / len(values) for value in values)
    return min(max(mean, min(values)), max(values))
