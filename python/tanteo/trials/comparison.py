"""How sure it is that the best configuration is better than the second."""

from __future__ import annotations

from .._internal.immutable import Immutable
from .._internal.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from .trial import FrozenTrial

    Method: TypeAlias = Literal["paired", "welch", "pooled", "model"]


class Comparison(Immutable):
    """The two best configurations of a noisy search, as :meth:`Optimizer.comparison` returns them.

    Attributes
    ----------
    first : FrozenTrial
        The best, as :meth:`Optimizer.recommend` finds it where results are known to be noisy.
    second : FrozenTrial
        The best with another configuration.
    probability : float
        That the first is better than the second.
    method : {"paired", "welch", "pooled", "model"}
        By differences on folds that both share, by several runs of both, by the variance of all configurations with
        several runs, or by the Gaussian process.
    deviation : float
        Standard deviation of a single run (on a fold, for ``"paired"``), pooled over what is known.
    runs : int or None
        How many more runs of both would settle it at 95 %, if their difference and the noise stay what they are: 0
        where it is settled, None where the second looks better.
    """

    _names = ("first", "second", "probability", "method", "deviation", "runs")
    __slots__ = _names
    first: FrozenTrial
    second: FrozenTrial
    probability: float
    method: Method
    deviation: float
    runs: int | None

    def __init__(
        self,
        first: FrozenTrial,
        second: FrozenTrial,
        probability: float,
        method: Method,
        deviation: float,
        runs: int | None,
    ) -> None:
        self._set(first=first, second=second, probability=probability, method=method, deviation=deviation, runs=runs)

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self._fields().items())
        return f"Comparison({fields})"
