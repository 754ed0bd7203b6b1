"""Stopping rules for ``stop_when=`` of :func:`tanteo.minimize` and :func:`tanteo.maximize`.

A rule is called with the search after each trial that has ended or paused, and returns the reason to stop, or None to
go on. Any callable that takes an optimizer and returns text or a truth value can be used. The rules in this module may
also be asked about a result. They depend on the history alone, so a restart does not change their decisions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any

from ._internal.coercion import as_bool, as_float, as_int_at_least, as_positive, shown
from ._internal.text import show_value
from .exceptions import ArgumentError
from .optimizer import Optimizer
from .trials.delegating import Delegating
from .trials.forecast import Forecasts, losses_of, n_before_forecasts

if TYPE_CHECKING:
    from .trials.forecast import Forecast

__all__ = ["ExpectedGain", "NoImprovement", "Target"]


@dataclass(frozen=True, slots=True)
class ExpectedGain:
    """Stop when the expected improvement of the next trials is negligible.

    The expected improvement is that of :meth:`tanteo.Optimizer.expected_gain`, corrected from ``n_min_trials`` on; if
    there is none, the search goes on.

    Parameters
    ----------
    below : float
        The threshold below which the improvement is negligible.
    relative : bool
        Whether ``below`` is a share of the improvement so far, from the median of the first ``n_min_trials`` values to
        the best one. Otherwise it is in the unit of the objective.
    n_ahead : int
        The number of next trials.
    patience : int
        The number of latest trials after each of which the expected improvement must be negligible. Trials without a
        forecast are skipped. The rule looks back at the latest ``3 * patience`` trials at most.
    n_min_trials : int, optional
        The number of complete trials before the rule can stop the search; by default 10 plus 2 for each parameter
        that is no constant.

    Notes
    -----
    Earlier forecasts are those after ``n_min_trials`` trials and after every ``n_ahead`` trials from then on. The last
    ten of them whose ``n_ahead`` trials have ended are compared with the actual improvement. The present forecast
    counts as if it had come true. Each check fits one Gaussian process, up to ten for the earlier forecasts, and up to
    ``3 * patience`` if the improvement is small. benches/results/stopping.md shows how often the rule stops too early
    and how many trials it saves.

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
        object.__setattr__(self, "below", as_positive(self.below, "below"))
        object.__setattr__(self, "relative", as_bool(self.relative, "relative"))
        object.__setattr__(self, "n_ahead", as_int_at_least(1, self.n_ahead, "n_ahead"))
        object.__setattr__(self, "patience", as_int_at_least(1, self.patience, "patience"))
        if self.n_min_trials is not None:
            object.__setattr__(self, "n_min_trials", as_int_at_least(1, self.n_min_trials, "n_min_trials"))

    def __call__(self, search: Optimizer | Delegating) -> str | None:
        """Return why to stop, or None."""
        optimizer = _checked(search, "ExpectedGain")
        losses = losses_of(optimizer)
        least = n_before_forecasts(optimizer.space) if self.n_min_trials is None else self.n_min_trials
        return self.reason(losses, least, lambda n_trials: optimizer._expected_gain(self.n_ahead, n_trials))

    def reason(self, losses: list[float], least: int, forecast: Forecast) -> str | None:
        """Return why to stop, or None, from the loss of every trial and the improvement expected after ``n`` trials.

        Parameters
        ----------
        losses : list of float
            Infinity for a trial that is not complete and feasible, NaN for one that has not ended.
        least : int
            The number of complete trials before the rule can stop the search.
        forecast : callable
            Returns the expected improvement of the next ``n_ahead`` trials after a number of trials, or None.
        """
        values = [loss for loss in losses if math.isfinite(loss)]
        if len(values) < least:
            return None
        so_far = sorted(values[:least])[least // 2] - min(values)
        limit = self.below * so_far if self.relative else self.below
        all_gains = self._gains(Forecasts(losses, self.n_ahead, least, forecast), limit)
        gains = list(islice(takewhile(lambda gain: gain < limit, all_gains), self.patience))
        if len(gains) < self.patience:
            return None
        threshold = f"{self.below:.3g} of what was gained so far" if self.relative else f"{self.below:.3g}"
        return f"the next {self.n_ahead} trials are expected to gain {gains[0]:.3g}, less than {threshold}"

    def _gains(self, forecasts: Forecasts, limit: float) -> Iterator[float]:
        """Yield the gains expected after each of the latest trials, the last trial first.

        Trials without a forecast are left out; without one after the last trial, nothing is yielded.
        """
        n = len(forecasts.losses)
        last = n if forecasts.uncorrected(n) is not None else 0
        for n_trials in range(last, max(last - _LOOKED_BACK * self.patience, 0), -1):
            gain = forecasts.corrected(n_trials, negligible=limit)
            if gain is not None:
                yield gain


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
        object.__setattr__(self, "n_trials", as_int_at_least(1, self.n_trials, "n_trials"))
        delta = as_float(self.min_delta, "min_delta")
        if not 0.0 <= delta < math.inf:
            raise ArgumentError(f"min_delta must be a finite number that is not negative, got {delta!r}")
        object.__setattr__(self, "min_delta", delta)

    def __call__(self, search: Optimizer | Delegating) -> str | None:
        """Return why to stop, or None."""
        optimizer = _checked(search, "NoImprovement")
        values = [loss for loss in losses_of(optimizer) if not math.isnan(loss)]
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

    def __call__(self, search: Optimizer | Delegating) -> str | None:
        """Return why to stop, or None."""
        optimizer = _checked(search, "Target")
        best = optimizer.best
        sign = -1 if optimizer.directions[0] == "maximize" else 1
        if best is None or sign * best.value > sign * self.value:
            return None
        return f"the best value, {show_value(best.value)}, reaches {show_value(self.value)}"


def _checked(search: Optimizer | Delegating, rule: str) -> Optimizer:
    """Return the search that a rule is asked about, also that of a result; it must have one objective."""
    optimizer: Any = search._searched() if isinstance(search, Delegating) else search
    if not isinstance(optimizer, Optimizer):
        raise ArgumentError(f"{rule} must be called with a search or a result, got {shown(search)}")
    optimizer._need_one_objective(rule, _OWN_RULE)
    return optimizer


# The latest trials in which `patience` forecasts are looked for, as a multiple of `patience`.
_LOOKED_BACK = 3
# What stops a search with several objectives.
_OWN_RULE = (
    "with several, give a function of the search, such as stop_when=lambda search: any(trial.values[0] <= 0.1 for "
    "trial in search.pareto_front)"
)
