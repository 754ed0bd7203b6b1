"""Settings of the built-in pruners: data, checked on creation. The core knows the valid values."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .._internal.caller import stacklevel
from .._internal.coercion import shown
from .._internal.named_settings import CoreSettings, NamedSettings
from ..exceptions import ArgumentError

if TYPE_CHECKING:
    from ..space.search_space import SearchSpace

__all__ = [
    "Auto",
    "Hyperband",
    "Median",
    "Nothing",
    "Patient",
    "Percentile",
    "Settings",
    "SuccessiveHalving",
    "Threshold",
    "Wilcoxon",
    "from_dict",
]


class Settings(NamedSettings):
    """Base class of the settings of built-in pruners; ``pruner=name`` selects one with its defaults."""

    _kind, _method = "pruner", "decide"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Auto(Settings):
    """Stops a trial that is unlikely to become the best and whose remaining curve would give little information.

    The curves of all trials, whatever their state, are used to predict the final value of a trial from its reports. A
    trial is stopped if the probability that it beats the best is below 2 %. There are two exceptions: more than half of
    the variance of final values is still unknown at that step, or more than one in ten of the complete trials that the
    rule would have stopped became the best. A random third of the trials always runs to the end, so that the rule can
    be checked. Decisions are made at steps that grow by a factor of 1.4.

    This needs two complete trials. Until eight are complete, a second rule stops trials too, so that many workers need
    not wait for the first trial to end. It stops a trial that is not in the better half of those that reached such a
    step. It needs four trials at the step, the trial itself included. It is skipped where complete trials had another
    order at the step than at the end.

    With several directions a trial is stopped if more than a third of the trials that reached the step dominate it
    there. At least three complete trials must have been dominated in this way, and at most one in ten of these may be
    in the Pareto front. A trial that reports a broken constraint is stopped if at least three complete trials reported
    one at that step, and at most one in ten of these satisfied all constraints in the end.

    Notes
    -----
    With one direction, samplers use the predicted final value of a stopped trial as its result.
    """

    name = "auto"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Percentile(Settings):
    """Stops a trial whose best value so far is worse than a percentile of the best values of all others at the step.

    All other trials that reached the step count, whatever their state. Optuna compares with completed trials only. Only
    survivors complete, so its threshold gets stricter until nearly every trial is stopped.

    Parameters
    ----------
    percentile
        The share of trials that go on, in percent from 0 to 100. ``Percentile(50.0)`` is :class:`Median`.
    n_startup
        The number of complete trials before any trial is stopped.
    n_warmup_steps
        The step before which no trial is stopped.
    interval_steps
        The interval between decisions, in steps. If reports skip a step, the next report is used.
    n_min_trials
        The number of other trials that must have reached the step.

    Warns
    -----
    UserWarning
        If the percentile is between 0 and 1, which looks like a fraction.

    References
    ----------
    Golovin et al. 2017, "Google Vizier: a service for black-box optimization", section 3.2.1.
    """

    name = "percentile"
    percentile: float = field(default=25.0, kw_only=False)
    n_startup: int = 5
    n_warmup_steps: int = 0
    interval_steps: int = 1
    n_min_trials: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if 0 < self.percentile < 1:
            written, meant = f"{self.percentile:g}", f"{100 * self.percentile:g}"
            message = f"percentile={written} lets {written} % of the trials go on; for {meant} % write {meant}"
            warnings.warn(message, UserWarning, stacklevel=stacklevel())

    @classmethod
    def _restored(cls, settings: Mapping[str, Any], space: SearchSpace | None) -> Settings:
        if settings["percentile"] == _MEDIAN:
            return Median(**{name: value for name, value in settings.items() if name != "percentile"})
        # The constructor would warn again; it did so when the program wrote the settings.
        restored = cls.__new__(cls)
        restored._set(**settings)
        return restored


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Median(Settings):
    """Stops a trial whose best value so far is worse than the median of the best values of all others at the step.

    Parameters
    ----------
    n_startup, n_warmup_steps, interval_steps, n_min_trials
        As for :class:`Percentile`.
    """

    name = "median"
    n_startup: int = 5
    n_warmup_steps: int = 0
    interval_steps: int = 1
    n_min_trials: int = 1

    def _to_core(self, space: SearchSpace | None = None) -> CoreSettings:
        return Percentile.name, {"percentile": _MEDIAN, **self._named_fields()}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SuccessiveHalving(Settings):
    """Asynchronous successive halving (ASHA): at each rung one in ``reduction_factor`` trials goes on.

    The rungs are the steps ``min_resource * reduction_factor ** (min_early_stopping_rate + k)``, ``k = 0, 1, ...``. A
    trial enters a rung with its first report at or after that step. It goes on if it is among the best
    ``n // reduction_factor`` (at least one) of the ``n`` trials that have entered the rung so far.

    Parameters
    ----------
    min_resource
        A step. None means a hundredth of the steps of the longest complete trial; nothing is stopped before there is
        one.
    reduction_factor
        At least 2.
    min_early_stopping_rate
        The number of rungs to skip at the start.
    bootstrap_count
        More than this many trials must have entered a rung before one may be promoted from it.

    References
    ----------
    Li et al. 2020, "A system for massively parallel hyperparameter tuning".
    """

    name = "successive_halving"
    min_resource: int | None = None
    reduction_factor: int = 4
    min_early_stopping_rate: int = 0
    bootstrap_count: int = 0


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Hyperband(Settings):
    """Several brackets of :class:`SuccessiveHalving` with increasing first rungs, in case early steps mislead.

    Each trial belongs to one bracket, drawn by its id, and is compared within it. All brackets get about the same
    number of steps. Without ``max_resource`` the brackets change when a longer trial completes. The sampler uses all
    trials.

    Parameters
    ----------
    min_resource
        The first rung of the first bracket.
    max_resource
        The steps of a complete trial. None means those of the longest complete trial; nothing is stopped before there
        is one.
    reduction_factor
        At least 2.
    bootstrap_count
        As for :class:`SuccessiveHalving`.

    References
    ----------
    Li et al. 2018, "Hyperband: a novel bandit-based approach to hyperparameter optimization".
    """

    name = "hyperband"
    min_resource: int = 1
    max_resource: int | None = None
    reduction_factor: int = 3
    bootstrap_count: int = 0


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Wilcoxon(Settings):
    """Stops a trial that is worse than the best one by a signed-rank test over the steps that both reported.

    Use it when steps are folds of a cross-validation or single instances, and the value told is their mean. Shuffle
    their order once for all trials. A trial whose mean so far is better than that of the best trial goes on. It is not
    available with several directions.

    Parameters
    ----------
    p_threshold
        A trial is stopped if the one-sided p-value is below this. With ``n`` shared steps the p-value is at least
        ``2**-n``, so with 0.1 nothing is stopped before the fourth step. There is no correction for repeated tests.
    n_startup_steps
        The number of shared steps before any trial is stopped.

    References
    ----------
    Wilcoxon 1945, "Individual comparisons by ranking methods".
    """

    name = "wilcoxon"
    p_threshold: float = 0.1
    n_startup_steps: int = 2


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Patient(Settings):
    """Stops a trial that no longer improves, if another pruner would stop it as well.

    Parameters
    ----------
    pruner
        A name or settings; with None every trial that no longer improves is stopped.
    patience
        A trial goes on while one of its last ``patience + 1`` reports is better than all earlier ones by more than
        ``min_delta``; with several directions, in at least one of them.
    min_delta
        Improvements up to this size do not count; not negative.
    """

    name = "patient"
    pruner: str | Settings | None = field(default=None, kw_only=False)
    patience: int = 5
    min_delta: float = 0.0

    def __post_init__(self) -> None:
        inner: Any = self.pruner
        if isinstance(inner, str):
            inner = Settings._by_name(inner)
        elif isinstance(inner, Mapping):
            inner = from_dict(inner)
        if not isinstance(inner, Settings | None) or isinstance(inner, Patient):
            expected = "a name, settings of tt.pruners other than Patient, or None"
            raise ArgumentError(f"pruner must be {expected}, got {shown(self.pruner)}")
        self._set(pruner=inner)
        super().__post_init__()

    def to_dict(self) -> dict[str, Any]:
        """Return the name and every setting, including those of the inner pruner."""
        return {**super().to_dict(), "pruner": self.pruner.to_dict() if isinstance(self.pruner, Settings) else None}

    def _to_core(self, space: SearchSpace | None = None) -> CoreSettings:
        inner = self.pruner._to_core() if isinstance(self.pruner, Settings) else None
        return self.name, {**self._named_fields(), "pruner": inner}

    @classmethod
    def _restored(cls, settings: Mapping[str, Any], space: SearchSpace | None) -> Settings:
        inner = settings["pruner"]
        return cls(**{**settings, "pruner": None if inner is None else Settings._from_core(inner)})


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Threshold(Settings):
    """Stops a trial whose last value is outside the bounds or NaN; for searches with one objective.

    Parameters
    ----------
    lower, upper
        Bounds in the unit of the objective, at least one; None means no bound.
    n_warmup_steps, interval_steps
        As for :class:`Percentile`.
    """

    name = "threshold"
    _example = "tt.pruners.Threshold(upper=...)"
    lower: float | None = None
    upper: float | None = None
    n_warmup_steps: int = 0
    interval_steps: int = 1

    def __post_init__(self) -> None:
        if self.lower is None and self.upper is None:
            raise ArgumentError(f"threshold needs a bound: write {self._example}, or lower=..., or both")
        super().__post_init__()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Nothing(Settings):
    """Never stops a trial."""

    name = "nothing"


_MEDIAN = 50.0

BUILT_IN: Mapping[str, type[Settings]] = {
    kind.name: kind
    for kind in (Auto, Median, Percentile, SuccessiveHalving, Hyperband, Wilcoxon, Patient, Threshold, Nothing)
}
Settings._built_in = BUILT_IN


def from_dict(settings: Mapping[str, Any]) -> Settings:
    """Return the pruner from the result of :meth:`Settings.to_dict`.

    >>> import tanteo as tt
    >>> tt.pruners.from_dict({"name": "hyperband", "max_resource": 81})
    Hyperband(min_resource=1, max_resource=81, reduction_factor=3, bootstrap_count=0)
    """
    return Settings._from_dict(settings)
