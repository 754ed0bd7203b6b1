"""Settings of the built-in pruners: immutable, checked on creation, with a full repr."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping

from .._internal.coercion import as_count, as_float, as_int, shown
from .._internal.named_settings import NamedSettings, find_by_name, make_from_dict, settings_or_object
from .._internal.typing import TYPE_CHECKING
from ..exceptions import ArgumentError

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from .protocol import Pruner

    CoreSettings: TypeAlias = tuple[str, dict[str, Any]]


class Settings(NamedSettings):
    """Base class of the settings of built-in pruners; ``pruner=name`` selects one with its defaults."""

    __slots__ = ()

    def _to_core(self) -> CoreSettings:
        """Return the name and the settings in the form of the core."""
        return self.name, self._fields()

    @classmethod
    def _from_core(cls, settings: Mapping[str, Any]) -> Settings:
        """Undo :meth:`_to_core`."""
        return cls(**settings)


class Auto(Settings):
    """Stops a trial that is unlikely to become the best and whose remaining curve would give little information.

    The curves of all trials, whatever their state, are used to predict the final value of a trial from its reports. A
    trial is stopped if the probability that it beats the best is below 2 %, with two exceptions: more than half of the
    variance of final values is still unknown at that step, or more than one in ten of the complete trials that the rule
    would have stopped became the best. A third of the trials always run to the end, so that the rule can be checked.
    Decisions are made at steps that grow by a factor of 1.4.

    This needs two complete trials. Until eight are complete, a second rule stops trials too: those that are not in the
    better half of the trials that reached such a step, except for a third of them. It needs four trials at the step,
    the trial itself included, and is skipped where complete trials are ranked differently from their final values. Thus
    many workers need not wait for the first trial to end.

    With several directions a trial is stopped if more than a third of the trials that reached the step dominate it
    there. It is not stopped if this holds for fewer than three complete trials, or if more than one in ten of these are
    in the Pareto front. A trial that reports a broken constraint is stopped if at least three complete trials reported
    one at that step and at most one in ten of these satisfied all constraints in the end. A third of the trials still
    run to the end.

    Notes
    -----
    With one direction, samplers use the predicted final value of a stopped trial as its result.
    """

    __slots__ = ()
    name = "auto"

    def __init__(self) -> None:
        pass


class Nothing(Settings):
    """Never stops a trial."""

    __slots__ = ()
    name = "nothing"

    def __init__(self) -> None:
        pass


class Percentile(Settings):
    """Stops a trial whose best value so far is worse than a percentile of the best values of all others at the step.

    All other trials that reached the step count, whatever their state. Comparing with completed trials only, as Optuna
    does, raises the threshold more and more, because only survivors complete, until nearly everything is stopped.

    Parameters
    ----------
    percentile
        The share of trials that go on, from 0 to 100. ``Percentile(50.0)`` is :class:`Median`.
    n_startup
        The number of complete trials before any trial is stopped.
    n_warmup_steps
        The step before which no trial is stopped.
    interval_steps
        The interval between decisions, in steps. If reports skip a step, the next report is used.
    n_min_trials
        The number of other trials that must have reached the step.

    References
    ----------
    Golovin et al. 2017, "Google Vizier: a service for black-box optimization", section 3.2.1.
    """

    _names = ("percentile", "n_startup", "n_warmup_steps", "interval_steps", "n_min_trials")
    __slots__ = _names
    name = "percentile"
    percentile: float
    n_startup: int
    n_warmup_steps: int
    interval_steps: int
    n_min_trials: int

    def __init__(
        self,
        percentile: float = 25.0,
        *,
        n_startup: int = 5,
        n_warmup_steps: int = 0,
        interval_steps: int = 1,
        n_min_trials: int = 1,
    ) -> None:
        self._set(
            percentile=_between(percentile, "percentile", 100.0),
            n_startup=_not_negative(n_startup, "n_startup"),
            n_warmup_steps=_not_negative(n_warmup_steps, "n_warmup_steps"),
            interval_steps=as_count(interval_steps, "interval_steps"),
            n_min_trials=as_count(n_min_trials, "n_min_trials"),
        )

    @classmethod
    def _from_core(cls, settings: Mapping[str, Any]) -> Settings:
        fields = dict(settings)
        share = fields.pop("percentile")
        return Median(**fields) if share == _MEDIAN else Percentile(share, **fields)


class Median(Settings):
    """Stops a trial whose best value so far is worse than the median of the best values of all others at the step.

    Parameters
    ----------
    n_startup, n_warmup_steps, interval_steps, n_min_trials
        As for :class:`Percentile`.
    """

    _names = ("n_startup", "n_warmup_steps", "interval_steps", "n_min_trials")
    __slots__ = _names
    name = "median"
    n_startup: int
    n_warmup_steps: int
    interval_steps: int
    n_min_trials: int

    def __init__(
        self, *, n_startup: int = 5, n_warmup_steps: int = 0, interval_steps: int = 1, n_min_trials: int = 1
    ) -> None:
        checked = Percentile(
            _MEDIAN,
            n_startup=n_startup,
            n_warmup_steps=n_warmup_steps,
            interval_steps=interval_steps,
            n_min_trials=n_min_trials,
        )
        self._set(**{name: getattr(checked, name) for name in self._names})

    def _to_core(self) -> CoreSettings:
        return "percentile", {"percentile": _MEDIAN, **self._fields()}


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

    _names = ("min_resource", "reduction_factor", "min_early_stopping_rate", "bootstrap_count")
    __slots__ = _names
    name = "successive_halving"
    min_resource: int | None
    reduction_factor: int
    min_early_stopping_rate: int
    bootstrap_count: int

    def __init__(
        self,
        *,
        min_resource: int | None = None,
        reduction_factor: int = 4,
        min_early_stopping_rate: int = 0,
        bootstrap_count: int = 0,
    ) -> None:
        self._set(
            min_resource=None if min_resource is None else as_count(min_resource, "min_resource"),
            reduction_factor=_factor(reduction_factor),
            min_early_stopping_rate=_not_negative(min_early_stopping_rate, "min_early_stopping_rate"),
            bootstrap_count=_not_negative(bootstrap_count, "bootstrap_count"),
        )


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

    _names = ("min_resource", "max_resource", "reduction_factor", "bootstrap_count")
    __slots__ = _names
    name = "hyperband"
    min_resource: int
    max_resource: int | None
    reduction_factor: int
    bootstrap_count: int

    def __init__(
        self,
        *,
        min_resource: int = 1,
        max_resource: int | None = None,
        reduction_factor: int = 3,
        bootstrap_count: int = 0,
    ) -> None:
        first = as_count(min_resource, "min_resource")
        last = None if max_resource is None else as_count(max_resource, "max_resource")
        if last is not None and last < first:
            raise ArgumentError(f"max_resource must not be below min_resource = {first}, got {last}")
        self._set(
            min_resource=first,
            max_resource=last,
            reduction_factor=_factor(reduction_factor),
            bootstrap_count=_not_negative(bootstrap_count, "bootstrap_count"),
        )


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

    _names = ("p_threshold", "n_startup_steps")
    __slots__ = _names
    name = "wilcoxon"
    p_threshold: float
    n_startup_steps: int

    def __init__(self, *, p_threshold: float = 0.1, n_startup_steps: int = 2) -> None:
        self._set(
            p_threshold=_between(p_threshold, "p_threshold", 1.0),
            n_startup_steps=_not_negative(n_startup_steps, "n_startup_steps"),
        )


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

    _names = ("pruner", "patience", "min_delta")
    __slots__ = _names
    name = "patient"
    pruner: Settings | None
    patience: int
    min_delta: float

    def __init__(self, pruner: str | Settings | None = None, *, patience: int = 5, min_delta: float = 0.0) -> None:
        inner = by_name(pruner)() if isinstance(pruner, str) else pruner
        unchecked: Any = inner
        if unchecked is not None and (not isinstance(unchecked, Settings) or isinstance(unchecked, Patient)):
            expected = "a name, settings of tt.pruners other than Patient, or None"
            raise ArgumentError(f"pruner must be {expected}, got {shown(pruner)}")
        self._set(
            pruner=inner,
            patience=_not_negative(patience, "patience"),
            min_delta=_between(min_delta, "min_delta", sys.float_info.max),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the name and every setting, including those of the inner pruner."""
        inner = None if self.pruner is None else self.pruner.to_dict()
        return {**super().to_dict(), "pruner": inner}

    def _to_core(self) -> CoreSettings:
        inner = None if self.pruner is None else self.pruner._to_core()
        return self.name, {**self._fields(), "pruner": inner}

    @classmethod
    def _from_core(cls, settings: Mapping[str, Any]) -> Settings:
        inner = settings["pruner"]
        return cls(**{**settings, "pruner": None if inner is None else from_core(inner)})


class Threshold(Settings):
    """Stops a trial whose last value is outside the bounds or NaN; for searches with one objective.

    Parameters
    ----------
    lower, upper
        Bounds in the unit of the objective, at least one; None means no bound.
    n_warmup_steps, interval_steps
        As for :class:`Percentile`.
    """

    _names = ("lower", "upper", "n_warmup_steps", "interval_steps")
    __slots__ = _names
    name = "threshold"
    _example = "tt.pruners.Threshold(upper=...)"
    lower: float | None
    upper: float | None
    n_warmup_steps: int
    interval_steps: int

    def __init__(
        self,
        *,
        lower: float | None = None,
        upper: float | None = None,
        n_warmup_steps: int = 0,
        interval_steps: int = 1,
    ) -> None:
        bounds = [
            None if bound is None else _not_nan(bound, name) for name, bound in (("lower", lower), ("upper", upper))
        ]
        low, high = bounds
        if low is None and high is None:
            raise ArgumentError(f"threshold needs a bound: write {self._example}, or lower=..., or both")
        if low is not None and high is not None and low > high:
            raise ArgumentError(f"lower must not be above upper, got {low!r} and {high!r}")
        self._set(
            lower=low,
            upper=high,
            n_warmup_steps=_not_negative(n_warmup_steps, "n_warmup_steps"),
            interval_steps=as_count(interval_steps, "interval_steps"),
        )


_MEDIAN = 50.0

BUILT_IN: dict[str, type[Settings]] = {
    kind.name: kind
    for kind in (Auto, Median, Percentile, SuccessiveHalving, Hyperband, Wilcoxon, Patient, Threshold, Nothing)
}


def by_name(name: str) -> type[Settings]:
    """Return the settings class of a built-in pruner."""
    return find_by_name("pruner", BUILT_IN, name)


def checked(pruner: Any) -> tuple[CoreSettings, Pruner | None]:
    """Return the settings of a pruner for the core, and the pruner itself if it is written in Python."""
    chosen = settings_or_object("pruner", "decide", Settings, BUILT_IN, pruner)
    return (chosen._to_core(), None) if isinstance(chosen, Settings) else (("external", {}), chosen)


def from_core(described: CoreSettings) -> Settings:
    """Return the pruner from the core's name and settings."""
    name, settings = described
    return BUILT_IN[name]._from_core(settings)


def from_dict(settings: Mapping[str, Any]) -> Settings:
    """Return the pruner from the result of :meth:`Settings.to_dict`.

    >>> import tanteo as tt
    >>> tt.pruners.from_dict({"name": "hyperband", "max_resource": 81})
    Hyperband(min_resource=1, max_resource=81, reduction_factor=3, bootstrap_count=0)
    """
    described: Any = settings
    if isinstance(described, Mapping) and isinstance(described.get("pruner"), Mapping):
        described = {**described, "pruner": from_dict(described["pruner"])}
    return make_from_dict("pruner", BUILT_IN, described)


def _factor(value: Any) -> int:
    number = as_count(value, "reduction_factor")
    if number < 2:
        raise ArgumentError(f"reduction_factor must be at least 2, got {number}")
    return number


def _not_negative(value: Any, name: str) -> int:
    number = as_int(value, name)
    if not 0 <= number < 2**63:
        raise ArgumentError(f"{name} must be from 0 to 2**63 - 1, got {shown(number)}")
    return number


def _between(value: Any, name: str, high: float) -> float:
    number = as_float(value, name)
    if not 0.0 <= number <= high or math.isinf(number):
        raise ArgumentError(f"{name} must be between 0 and {high!r}, got {number!r}")
    return number


def _not_nan(value: Any, name: str) -> float:
    number = as_float(value, name)
    if math.isnan(number):
        raise ArgumentError(f"{name} must be a number, got nan")
    return number
