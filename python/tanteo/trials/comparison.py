"""The probability that the best configuration is better than the second best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from .._internal.immutable import Immutable

if TYPE_CHECKING:
    from .trial import FrozenTrial

    Method: TypeAlias = Literal["paired", "welch", "pooled", "model"]


# With so many runs of both, 95 % need a difference of 7 % of the standard deviation of a single run. Hardly anyone
# makes more runs for a smaller one. A choice, not measured.
_TIE_RUNS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Immutable):
    """The two best configurations of a noisy search, as :meth:`Optimizer.comparison` returns them.

    Attributes
    ----------
    first : FrozenTrial
        The best trial, as returned by :meth:`Optimizer.recommend` when results are noisy.
    second : FrozenTrial
        The best trial with another configuration.
    probability : float
        The probability that the first is better than the second.
    method : {"paired", "welch", "pooled", "model"}
        What the probability is based on: differences on folds that both share, several runs of both, the variance of
        all configurations with several runs, or the Gaussian process.
    deviation : float
        The standard deviation of a single run (on a fold, if folds were reported), pooled over the available runs; the
        noise of the Gaussian process if no configuration has several.
    runs : int or None
        The number of further runs of both after which the probability would reach 95 %, if their difference and the
        noise stay the same: 0 if it has reached 95 %, None if the first does not look better, or 10^9 are too few.
    """

    first: FrozenTrial
    second: FrozenTrial
    probability: float
    method: Method
    deviation: float
    runs: int | None

    @property
    def is_tie(self) -> bool:
        """Whether the two are as good as equal.

        Either their runs are the same, or to tell them apart would take more than 1,000 further runs of both.
        """
        return not is_disagreement(self) and (self.runs is None or self.runs > _TIE_RUNS)


def is_disagreement(comparison: Comparison) -> bool:
    """Return whether the second is more likely to be better than the first, which is recommended."""
    return comparison.probability < 0.5
