"""The probability that the best configuration is better than the second best, and its gain over the defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from .._internal.immutable import Immutable
from .._internal.text import show_rounded

if TYPE_CHECKING:
    from .trial import FrozenTrial

    Method: TypeAlias = Literal["paired", "welch", "pooled", "told", "model"]


# With so many runs of both, 95 % need a difference of 7 % of the standard deviation of a single run. Hardly anyone
# makes more runs for a smaller one. A choice, not measured.
_TIE_RUNS = 1000


@dataclass(frozen=True, slots=True)
class Gain:
    """The improvement of the recommended configuration over the defaults.

    Attributes
    ----------
    value : float
        In the unit of the objective; positive means better, for both directions.
    sem : float or None
        The standard error; None if the values are exact, or nothing is known about their noise.
    probability : float or None
        The probability that the configuration is better than the defaults; None if ``sem`` is.

    Notes
    -----
    Without noise, the gain is the difference of the told values. From 16 noisy trials on, it is that of a Gaussian
    process that takes told noise as told. With fewer, all runs of both configurations count, paired only on
    folds that were reported as such, and their difference is shrunk, because the best of a few noisy results looks
    better than it is. Two standard errors held the truth in about nine of ten searches; ``benches/results/model.md``
    has the measurement.
    """

    value: float
    sem: float | None = None
    probability: float | None = None

    def __str__(self) -> str:
        value = ("+" if self.value >= 0.0 else "") + show_rounded(self.value, 4)
        return value if self.sem is None else f"{value} ± {show_rounded(self.sem)}"


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
    method : {"paired", "welch", "pooled", "told", "model"}
        What the probability is based on: differences on folds that both share, several runs of both, the variance of
        all configurations with several runs, the ``sem`` of each result, or the Gaussian process.
    deviation : float
        The standard deviation of a single run (on a fold, if folds were reported), pooled over the available runs. With
        the Gaussian process, it is that of its noise, and the more runs of equal configurations there are, that of
        these.
    runs : int or None
        The number of further runs of both after which the probability would reach 95 %, if their difference and the
        noise stay the same: 0 if it has reached 95 %, None if the first does not look better, or 10^9 are too few.
    gain : Gain or None
        The improvement of the first over the defaults of the space; None if the first has the defaults itself, or if no
        complete, feasible trial has them.
    """

    first: FrozenTrial
    second: FrozenTrial
    probability: float
    method: Method
    deviation: float
    runs: int | None
    gain: Gain | None = None

    @property
    def is_tie(self) -> bool:
        """Whether the two are as good as equal.

        Either their runs are the same, or to tell them apart would take more than 1,000 further runs of both.
        """
        return not is_disagreement(self) and (self.runs is None or self.runs > _TIE_RUNS)


def is_disagreement(comparison: Comparison) -> bool:
    """Return whether the second is more likely to be better than the first, which is recommended."""
    return comparison.probability < 0.5
