"""Stopping rules for ``stop_when=`` of :func:`tanteo.minimize` and :func:`tanteo.maximize`.

A rule is called with the search after every result, and returns the reason to stop, or None to go on. Any callable that
takes an optimizer and returns text or a truth value can be used. The rules in this module depend on the history alone,
so a restart does not change their decisions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ._internal.coercion import as_bool, as_float, as_int
from ._internal.typing import TYPE_CHECKING
from .exceptions import ArgumentError

if TYPE_CHECKING:
    from .optimizer import Optimizer

__all__ = ["ExpectedGain", "NoImprovement", "Target"]


@dataclass(frozen=True, slots=True)
class ExpectedGain:
    """Stop when the expected improvement of the next trials is negligible.

    The expected improvement is :meth:`tanteo.Optimizer.expected_gain`; if that is None, the search goes on.

    Parameters
    ----------
    below : float
        The threshold below which the improvement is negligible: a share of the improvement so far, from the median of
        the first ``n_min_trials`` values to the best one; with ``relative=False``, in the unit of the objective.
    relative : bool
        See ``below``.
    n_ahead : int
        The number of next trials.
    patience : int
        The number of consecutive trials after which the improvement must be negligible.
    n_min_trials : int, optional
        The number of complete trials before the rule can stop the search; by default 10 plus 2 for each parameter.

    Notes
    -----
    Each check fits one Gaussian process, and up to ``patience`` of them if the improvement is small.
    benches/results/stopping.md shows how often the rule stops too early and how many trials it saves.

    Examples
    --------
    >>> import tanteo as tt
    >>> result = tt.minimize(
    ...     lambda p: (p["x"] - 1) ** 2, {"x": tt.Float(-5, 5)}, n_trials=200, seed=0,
    ...     stop_when=tt.stopping.ExpectedGain(),
    ... )  # doctest: +SKIP
    >>> result.stopped, result.stop_reason                                                    # doctest: +SKIP
    """

    below: float = 0.01
    relative: bool = True
    n_ahead: int = 10
    patience: int = 5
    n_min_trials: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "below", _positive("below", self.below))
        object.__setattr__(self, "relative", as_bool(self.relative, "relative"))
        object.__setattr__(self, "n_ahead", _count("n_ahead", self.n_ahead))
        object.__setattr__(self, "patience", _count("patience", self.patience))
        if self.n_min_trials is not None:
            object.__setattr__(self, "n_min_trials", _count("n_min_trials", self.n_min_trials))

    def __call__(self, optimizer: Optimizer) -> str | None:
        """Return why to stop, or None."""
        values = _values(optimizer, "ExpectedGain")
        least = 10 + 2 * len(optimizer.space) if self.n_min_trials is None else self.n_min_trials
        if len(values) < least:
            return None
        so_far = sorted(values[:least])[least // 2] - min(values)
        limit = self.below * so_far if self.relative else self.below
        latest = 0.0
        for earlier in range(self.patience):
            expected = optimizer._expected_gain(self.n_ahead, len(optimizer) - earlier)
            if expected is None or expected >= limit:
                return None
            latest = latest if earlier else expected
        threshold = f"{self.below:.3g} of what was gained so far" if self.relative else f"{self.below:.3g}"
        return f"the next {self.n_ahead} trials are expected to gain {latest:.3g}, less than {threshold}"


@dataclass(frozen=True, slots=True)
class NoImprovement:
    """Stop when the best value has not improved for a number of trials.

    Parameters
    ----------
    n_trials : int
        The number of trials, whatever their final state.
    min_delta : float
        Improvements up to this size, in the unit of the objective, are ignored.

    Examples
    --------
    >>> import tanteo as tt
    >>> result = tt.minimize(
    ...     lambda p: abs(p["x"]), {"x": tt.Float(-1, 1)}, seed=0,
    ...     stop_when=tt.stopping.NoImprovement(20, min_delta=0.01),
    ... )
    >>> result.stop_reason
    'the last 20 trials did not improve the best value by more than 0.01'
    """

    n_trials: int
    min_delta: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "n_trials", _count("n_trials", self.n_trials))
        delta = as_float(self.min_delta, "min_delta")
        if not 0.0 <= delta < math.inf:
            raise ArgumentError(f"min_delta must be a finite number that is not negative, got {delta!r}")
        object.__setattr__(self, "min_delta", delta)

    def __call__(self, optimizer: Optimizer) -> str | None:
        """Return why to stop, or None."""
        values = _values(optimizer, "NoImprovement", ended=True)
        best_before = min(values[: -self.n_trials], default=math.inf)
        if math.isinf(best_before) or min(values) < best_before - self.min_delta:
            return None
        by = f" by more than {self.min_delta:.3g}" if self.min_delta else ""
        return f"the last {self.n_trials} trials did not improve the best value{by}"


@dataclass(frozen=True, slots=True)
class Target:
    """Stop when the best value reaches a target.

    Parameters
    ----------
    value : float
        In the unit of the objective.

    Examples
    --------
    >>> import tanteo as tt
    >>> result = tt.maximize(lambda p: p["x"], {"x": tt.Float(0, 1)}, seed=0, stop_when=tt.stopping.Target(0.9))
    >>> result.best_value >= 0.9
    True
    """

    value: float

    def __post_init__(self) -> None:
        value = as_float(self.value, "value")
        if math.isnan(value):
            raise ArgumentError("value must be a number, got nan")
        object.__setattr__(self, "value", value)

    def __call__(self, optimizer: Optimizer) -> str | None:
        """Return why to stop, or None."""
        optimizer._need_one_direction("Target")
        best = optimizer.best
        if best is None or not (best.value >= self.value if optimizer._maximize[0] else best.value <= self.value):
            return None
        return f"the best value, {best.value:.6g}, reaches {self.value:.6g}"


def _values(optimizer: Optimizer, rule: str, *, ended: bool = False) -> list[float]:
    """Return the losses of complete feasible trials in the order of their ids.

    With ``ended``, every trial that has ended has an entry, which is infinity if it is not complete and feasible.
    """
    optimizer._need_one_direction(rule)
    view = optimizer.view()
    of_use = (view.state == _COMPLETE) & (view.violation <= 0.0)
    rows = zip(view.values[:, 0].tolist(), of_use.tolist(), (view.state != _PENDING).tolist(), strict=True)
    losses = [value if good else math.inf for value, good, has_ended in rows if has_ended]
    return losses if ended else [value for value in losses if math.isfinite(value)]


# The numbers of states in a view.
_PENDING, _COMPLETE = 0, 1


def _count(name: str, value: object) -> int:
    number = as_int(value, name)
    if number < 1:
        raise ArgumentError(f"{name} must be an integer from 1 upwards, got {number}")
    return number


def _positive(name: str, value: object) -> float:
    number = as_float(value, name)
    if not 0.0 < number < math.inf:
        raise ArgumentError(f"{name} must be a positive, finite number, got {number!r}")
    return number
