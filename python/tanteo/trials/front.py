"""The Pareto front of a search, and the choice of one of its trials.

For every objective, ``z`` is what a trial gives up: the distance from the best value on the front, in units of the
front's range, from 0 at the best to 1 at the worst end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from .._internal.coercion import shown
from .._internal.immutable import Immutable
from .._internal.text import safe_repr, show_value, tell_apart
from ..exceptions import ArgumentError
from .objectives import as_limits, labels, per_objective

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from .objectives import Direction, Limits, Names
    from .trial import FrozenTrial


# The significant digits of a number in a repr.
_DIGITS = 4
# The smallest front that can have a knee: two ends, and two trials that are compared.
_MIN_KNEE = 4
# The sum of `z` on a straight front, less what rounding may change.
_STRAIGHT = 1 - 1e-9


class _OfTrial(Immutable):
    """What is known of a trial beside its fields, of which it has the id and the configuration."""

    __slots__ = ()
    trial: FrozenTrial

    @property
    def id(self) -> int:
        """The id of the trial."""
        return self.trial.id

    @property
    def params(self) -> dict[str, Any]:
        """The configuration of the trial."""
        return self.trial.params


@dataclass(frozen=True, slots=True, eq=False)
class FrontTrial(_OfTrial):
    """A trial of a :class:`ParetoFront`.

    Attributes
    ----------
    trial : FrozenTrial
        The trial.
    values : tuple of float
        One value per objective: as told, or its estimate (a median) if an objective is noisy, unless every result of
        this one has a ``sem`` of 0.
    deviations : tuple of float
        The standard deviations of the estimates; zero for told values.
    probability : float
        The probability that no other trial dominates this one: 1 for told values. The other trials are those that the
        models use (:meth:`Optimizer.front`).
    """

    trial: FrozenTrial
    values: tuple[float, ...]
    deviations: tuple[float, ...]
    probability: float

    def __repr__(self) -> str:
        return self._shown({})

    def _shown(self, texts: Mapping[float, str]) -> str:
        return f"FrontTrial({_in_short(self, texts, 'deviations')}, probability={self.probability:.4g})"


@dataclass(frozen=True, slots=True, eq=False)
class Compromise(_OfTrial):
    """The trial to take of a search with several objectives, as :meth:`Optimizer.recommend` returns it.

    Its repr has the id and the configuration of the trial, and rounded numbers.

    Attributes
    ----------
    trial : FrozenTrial
        The trial.
    values : tuple of float
        One value per objective, as in :class:`FrontTrial`.
    deviations : tuple of float
        The standard deviations of the values, as in :class:`FrontTrial`.
    given_up : tuple of float
        For each objective, the distance from the best value on the front, in the unit of the objective.
    misses : tuple of float
        For each objective, the distance by which its threshold is missed; zero if it is met or there is none. The
        thresholds are those given to :meth:`Optimizer.recommend`, else those of the search.
    rates : tuple of tuple of float
        Trade-off rates: ``rates[j][k]`` is the least that other trials of the front lose of objective ``k`` for each
        unit that they gain of objective ``j``; 0 if one of them loses nothing. NaN for ``j = k``, and if no trial is
        better in objective ``j``.
    """

    trial: FrozenTrial
    values: tuple[float, ...]
    deviations: tuple[float, ...]
    given_up: tuple[float, ...]
    misses: tuple[float, ...]
    rates: tuple[tuple[float, ...], ...]

    def __repr__(self) -> str:
        return f"Compromise({_in_short(self, {}, 'deviations', 'given_up', 'misses')}, params={safe_repr(self.params)})"


def _in_short(chosen: FrontTrial | Compromise, texts: Mapping[float, str], *optional: str) -> str:
    """Return the id of the trial and rounded numbers, for a repr; the ``optional`` ones only unless all are zero."""
    numbers = {name: getattr(chosen, name) for name in ("values", *optional)}
    shown = {name: _in_brackets(row, texts) for name, row in numbers.items()}
    parts = [f", {name}={text}" for name, text in shown.items() if name == "values" or any(numbers[name])]
    return f"trial={chosen.trial.id}{''.join(parts)}"


def _in_brackets(row: Sequence[float], texts: Mapping[float, str]) -> str:
    """Return rounded numbers as a tuple is written, a single one with its comma."""
    numbers = ", ".join(texts.get(number) or show_value(float(number), _DIGITS) for number in row)
    return f"({numbers}{',' if len(row) == 1 else ''})"


class ParetoFront(Sequence[FrontTrial]):
    """The trials that no other trial dominates, ordered by the first objective from its best value on.

    Parameters
    ----------
    members
        The trials.
    directions, names, thresholds
        Those of the search.
    compared
        The values of all trials that were compared, by their ids, if they are estimates; None for told values.
    """

    def __init__(
        self,
        members: Sequence[FrontTrial],
        directions: Sequence[Direction],
        names: Names,
        thresholds: Limits = None,
        compared: Mapping[int, tuple[float, ...]] | None = None,
    ) -> None:
        self._members, self._names, self._compared = tuple(members), names, compared
        self._signs = [-1.0 if direction == "maximize" else 1.0 for direction in directions]
        self._limits = self._largest_losses([None] * len(directions) if thresholds is None else thresholds)
        columns = list(zip(*(self._losses(member) for member in members), strict=True))
        self._ends = [(min(column), max(column)) for column in columns]

    def _losses(self, member: FrontTrial) -> list[float]:
        return [sign * value for sign, value in zip(self._signs, member.values, strict=True)]

    @overload
    def __getitem__(self, index: int) -> FrontTrial: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[FrontTrial]: ...
    def __getitem__(self, index: int | slice) -> FrontTrial | Sequence[FrontTrial]:
        return self._members[index]

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        texts = tell_apart((value for member in self for value in member.values), _DIGITS)
        return f"ParetoFront([{', '.join(member._shown(texts) for member in self)}])"

    @property
    def trials(self) -> list[FrozenTrial]:
        """The trials alone."""
        return [member.trial for member in self]

    @property
    def knee(self) -> Compromise | None:
        """The trial with the smallest sum of ``z`` over the objectives.

        ``z`` is what a trial gives up of an objective: 0 at the best value on the front, 1 at the worst. With two
        objectives this is the knee of Das (1999): the trial farthest from the line through the two ends. It is None
        with fewer than four trials of different values, and if the smallest sum is not below 1: the front is then
        straight or concave.
        """
        if self._n_different < _MIN_KNEE:
            return None
        chosen = min(self, key=lambda member: sum(self._shares(member)))
        return self._compromise(chosen, self._limits) if sum(self._shares(chosen)) < _STRAIGHT else None

    @property
    def _n_different(self) -> int:
        """The number of trials with different values."""
        return len({member.values for member in self})

    def by_weights(self, weights: Any) -> Compromise | None:
        """Return the trial whose largest ``weight * z`` is smallest (weighted Chebyshev distance from the best values).

        ``z`` is that of :attr:`knee`. Unlike the trial with the smallest weighted sum, this one may lie in a concave
        part of the front. None for an empty front.

        Parameters
        ----------
        weights
            A number >= 0 for each objective, as a list or a mapping from names, not all zero. Of an objective with
            twice the weight, half as much of its range is given up.

        Raises
        ------
        ArgumentError
            For another form, or a negative number.
        """
        return self._nearest(self, as_weights(weights, len(self._signs), self._names), self._limits)

    def by_thresholds(self, thresholds: Any = None) -> Compromise | None:
        """Return a trial that meets all thresholds; if there is none, the one that misses them by least.

        Of several that meet them, :meth:`by_weights` with equal weights chooses one. Misses are measured in units of
        the front's range, and the largest one of a trial counts. None for an empty front.

        Parameters
        ----------
        thresholds
            The worst acceptable value of each objective, as a list or a mapping from names. An objective without a
            threshold is left out of the mapping, or has None in the list. Without any, those of the search.

        Raises
        ------
        ArgumentError
            As for the thresholds of a search: for another form, or a number that is not finite.
        """
        given = as_limits(thresholds, len(self._signs), self._names)
        limits = self._limits if given is None else self._largest_losses(given)

        def missed(member: FrontTrial) -> float:
            missed = zip(self._misses(member, limits), self._ends, strict=True)
            return max(miss / 2 / ((high / 2 - low / 2) or 0.5) for miss, (low, high) in missed)

        least = min(map(missed, self), default=0.0)
        return self._nearest([member for member in self if missed(member) == least], [1.0] * len(limits), limits)

    def _largest_losses(self, thresholds: Sequence[float | None]) -> list[float]:
        pairs = zip(self._signs, thresholds, strict=True)
        return [math.inf if threshold is None else sign * threshold for sign, threshold in pairs]

    def _nearest(
        self, members: Sequence[FrontTrial], weights: Sequence[float], limits: Sequence[float]
    ) -> Compromise | None:
        def distance(member: FrontTrial) -> tuple[float, float]:
            parts = [weight * z for weight, z in zip(weights, self._shares(member), strict=True)]
            return max(parts), sum(parts)

        return self._compromise(min(members, key=distance), limits) if members else None

    def _shares(self, member: FrontTrial) -> list[float]:
        """Return ``z`` for each objective."""
        ends = zip(self._losses(member), self._ends, strict=True)
        # Halved, so that no range overflows.
        return [(loss / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.0 for loss, (low, high) in ends]

    def _misses(self, member: FrontTrial, limits: Sequence[float]) -> list[float]:
        return [max(loss - limit, 0.0) for loss, limit in zip(self._losses(member), limits, strict=True)]

    def _compromise(self, member: FrontTrial, limits: Sequence[float]) -> Compromise:
        given_up = [max(loss - low, 0.0) for loss, (low, _) in zip(self._losses(member), self._ends, strict=True)]
        misses = self._misses(member, limits)
        chosen = (member.trial, member.values, member.deviations)
        return Compromise(*chosen, tuple(given_up), tuple(misses), self._rates(member))

    def _rates(self, member: FrontTrial) -> tuple[tuple[float, ...], ...]:
        """Return the trade-off rates at a trial; see :class:`Compromise`."""
        at, others = self._losses(member), [self._losses(other) for other in self]
        n = len(at)

        def rate(gained: int, lost: int) -> float:
            # Halved, so that no difference overflows.
            prices = [
                max(other[lost] / 2 - at[lost] / 2, 0.0) / (at[gained] / 2 - other[gained] / 2)
                for other in others
                if other[gained] / 2 < at[gained] / 2
            ]
            return math.nan if gained == lost else min(prices, default=math.nan)

        return tuple(tuple(rate(gained, lost) for lost in range(n)) for gained in range(n))


def why_no_knee(front: ParetoFront) -> str | None:
    """Return why a front has no :attr:`~ParetoFront.knee`, as a sentence; None if it has one."""
    if front.knee is not None:
        return None
    if front._n_different < _MIN_KNEE:
        return f"there is no knee, which needs at least {_MIN_KNEE} trials with different values on the front"
    return "there is no knee, because the front does not bend: it is straight or bulges outwards"


def as_weights(weights: Any, n: int, names: Names, label: str = "weights") -> list[float]:
    """Return a weight for each objective, or raise the error of the first that is wrong."""
    given = zip(labels(n, names), per_objective(weights, n, names, label), strict=True)
    numbers = []
    for name, weight in given:
        if weight is None:
            raise ArgumentError(f"{label} needs a number for each objective, and lacks {name}")
        if not 0.0 <= weight < math.inf:
            raise ArgumentError(f"{label} of {name} must be a finite number >= 0, got {shown(weight)}")
        numbers.append(weight)
    if not any(numbers):
        raise ArgumentError(f"{label} must have a number above 0")
    return numbers


def rank_correlation(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return Spearman's rank correlation between columns: Pearson's of their ranks, where equal values share a rank."""
    import numpy as np

    n, m = values.shape
    correlation = np.full((m, m), np.nan)
    ranks = [mean_ranks(column) for column in values.T]
    for j, k in ((j, k) for j in range(m) for k in range(m)):
        if n > 2 and np.ptp(ranks[j]) > 0 and np.ptp(ranks[k]) > 0:
            correlation[j, k] = np.corrcoef(ranks[j], ranks[k])[0, 1]
    return correlation


def mean_ranks(column: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the rank of each value, from 0; equal values have the mean of their ranks."""
    import numpy as np

    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    ranks: npt.NDArray[np.float64] = (np.cumsum(counts) - (counts + 1) / 2)[place]
    return ranks
