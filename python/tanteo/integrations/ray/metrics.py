"""Reads numbers from the results of Tune. Nothing here raises because of what a trial reports."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from ..._internal.coercion import EXACT_FLOAT_INTEGERS, members, shown
from ...exceptions import ArgumentError
from ...trials.objectives import as_given, as_objective_name
from .tune import DEFAULT_METRIC, TRAINING_ITERATION

if TYPE_CHECKING:
    from ...trials.objectives import Direction

#: The name of the metric, or the names of several.
Names: TypeAlias = str | Sequence[str] | None
#: One number per objective; NaN if it is missing.
Values: TypeAlias = tuple[float, ...]
#: The same; None for one that a report leaves out.
Reported: TypeAlias = tuple[float | None, ...]

_MODES = ("min", "max", "obs")
_MISSING: Any = object()


class Metrics:
    """The metrics that are optimized, and their directions.

    Parameters
    ----------
    metric
        A name or a list of names; names of nested metrics contain slashes. None means the bare number that a trainable
        returns.
    mode
        ``"min"`` or ``"max"``, or a list for a list of metrics, in which ``"obs"`` marks a metric that is not
        optimized.

    Raises
    ------
    ArgumentError
        If metric and mode are inconsistent.
    """

    def __init__(self, metric: Names, mode: Names) -> None:
        is_single = metric is None or isinstance(metric, str)
        names = [named(metric, mode)] if is_single else members(metric, "metric must be a name or a list of names")
        modes = (
            [mode]
            if isinstance(mode, str)
            else members(() if mode is None else mode, "mode must be 'min', 'max' or a list of modes")
        )
        are_consistent = metric is None or isinstance(metric, str) == isinstance(mode, str)
        if len(names) != len(modes) or not are_consistent:
            raise ArgumentError(
                f"metric and mode must be one name each or lists of one length, got {metric!r}, {mode!r}"
            )
        check_names(names)
        if any(not isinstance(single_mode, str) or single_mode not in _MODES for single_mode in modes) or (
            len(modes) == 1 and modes[0] == "obs"
        ):
            raise ArgumentError(f"mode must be 'min' or 'max' (in a list also 'obs'), got {mode!r}")
        pairs = [
            (name, single_mode == "max") for name, single_mode in zip(names, modes, strict=True) if single_mode != "obs"
        ]
        if not pairs:
            raise ArgumentError(f"at least one mode must be 'min' or 'max', got {mode!r}")
        self.names = tuple(name for name, _ in pairs)
        self.maximize = tuple(maximized for _, maximized in pairs)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions of the metrics."""
        return tuple("maximize" if maximized else "minimize" for maximized in self.maximize)

    @property
    def goals(self) -> Sequence[Direction] | Mapping[str, Direction]:
        """The directions for :class:`tanteo.Optimizer`, of several metrics with their names."""
        names = [as_objective_name(name) for name in self.names]
        is_named = len(names) > 1 and len(set(names)) == len(names) and all(map(str.isprintable, names))
        return as_given(self.directions, tuple(names) if is_named else None)

    def read(self, result: Mapping[str, Any]) -> Reported | None:
        """Return the objectives in a result; NaN for one that is not a number, or infinitely good.

        Return None if the result has none of the metrics.
        """
        found = [look_up(result, name, _MISSING) for name in self.names]
        values = tuple(
            None if value is _MISSING else cleaned for value, cleaned in zip(found, self.clean(found), strict=True)
        )
        return None if all(value is None for value in values) else values

    def fault(self, result: Mapping[str, Any]) -> str | None:
        """Return why a trial with this last result fails; None if it does not."""
        for name, maximized in zip(self.names, self.maximize, strict=True):
            value = look_up(result, name, _MISSING)
            if value is _MISSING:
                return f"{name!r} is missing"
            if math.isnan(_clean_value(value, maximized)):
                return f"{name!r} is {_what_is_wrong_with(value)}"
        return None

    def clean(self, values: Sequence[Any]) -> Values:
        """Return values as numbers that the search accepts."""
        return tuple(_clean_value(value, maximized) for value, maximized in zip(values, self.maximize, strict=True))

    def values(self, value: Any, *, strict: bool) -> Values:
        """Return the objectives of an observed trial, given as one number or as a list with one per objective.

        A value that is not a number is an error if ``strict``, otherwise a failure, as in a result.
        """
        values = list(value) if isinstance(value, list | tuple) else [value]
        if len(values) != len(self.names):
            raise ArgumentError(f"a result must have one value per objective ({len(self.names)}), got {value!r}")
        for entry in values if strict else ():
            if entry is not None and number(entry) is None:
                raise ArgumentError(f"a result must be a number, or None for a failure, got {shown(entry)}")
        return self.clean(values)


def named(metric: Names, mode: Names) -> Names:
    """Return the metric; if only a mode is given, Tune's name for the bare number that a trainable returns."""
    return DEFAULT_METRIC if metric is None and isinstance(mode, str) else metric


def check_names(names: Sequence[Any]) -> None:
    """Raise an error if a name is empty or not text, or is given twice."""
    for name in names:
        if not isinstance(name, str) or not name:
            raise ArgumentError(f"a metric is given by its name, such as 'loss', got {shown(name)}")
    for name in names:
        if list(names).count(name) > 1:
            raise ArgumentError(f"the metric {name!r} is named twice in {list(names)!r}")


def look_up(result: Mapping[Any, Any], name: str, default: Any = None) -> Any:
    """Return an entry of a result by its name, which may contain slashes.

    Results passed to searchers are flat (``"eval/loss"``). Results passed to stoppers, ``Result.metrics`` and
    ``Trial.last_result`` are nested.
    """
    if name in result:
        return result[name]
    node: Any = result
    for key in name.split("/"):
        if not isinstance(node, Mapping) or key not in node:
            return default
        node = node[key]
    return node


def number(value: Any) -> float | None:
    """Return a number as a float; None for text and for anything that is not a number."""
    if value is None or isinstance(value, str | bytes):
        return None
    try:
        return float(value)
    except Exception:  # such as a tensor with many entries, or an object with a broken __float__
        return None


def _clean_value(value: Any, maximized: bool) -> float:  # noqa: FBT001 - one of a pair of columns, not a switch
    converted = number(value)
    return math.nan if converted is None or converted == (math.inf if maximized else -math.inf) else converted


def _what_is_wrong_with(value: Any) -> str:
    converted = number(value)
    if converted is None:
        return f"not a number: {shown(value)}"
    return "NaN" if math.isnan(converted) else f"infinitely good: {converted}"


def step_of(result: Mapping[str, Any], time_attr: str | None) -> float | None:
    """Return the step of a result in the unit of ``time_attr``; None if it has none."""
    raw = None if time_attr is None else look_up(result, time_attr)
    step = None if isinstance(raw, bool) else number(raw)
    # Larger floats cannot represent every integer, so the next step could not be distinguished.
    return step if step is not None and 0 <= step < EXACT_FLOAT_INTEGERS else None


#: Entries that Tune adds to each result, which measure nothing that a trial reports.
_ADDED_BY_TUNE = ("config/", "date", "hostname", "node_ip", "pid", "timestamp", "trial_id")


def has_ended(result: Mapping[str, Any]) -> bool:
    """Whether the last result of a trial is that of its end, and not of one that was stopped before its first report.

    Tune then passes what it adds itself, without the mark that it adds at the end.
    """
    done = result.get("done")
    return any(not str(name).startswith(_ADDED_BY_TUNE) for name in result) if done is None else bool(done)


def missing_time_attr(result: Mapping[str, Any], time_attr: str | None) -> str | None:
    """Return a warning that a result has no step, with the numbers that it has; None if it has one."""
    # Tune adds the default to every result.
    if time_attr in (None, TRAINING_ITERATION) or look_up(result, str(time_attr), _MISSING) is not _MISSING:
        return None
    keys = sorted(name for name in result if not name.startswith(_ADDED_BY_TUNE) and _is_number(result[name]))
    return (
        f"a result has no {time_attr!r}, the time_attr, so it has no influence on stopping; its numbers are: "
        f"{', '.join(keys) or 'none'}"
    )


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool) and number(value) is not None


def config_of(result: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Return the configuration that Tune adds to each result, nested or with flat keys; empty if there is none."""
    nested = result.get("config")
    if isinstance(nested, Mapping):
        return nested
    start = "config/"
    return {
        name[len(start) :]: value for name, value in result.items() if isinstance(name, str) and name.startswith(start)
    }
