"""Limits of reported metrics, as black-box constraints. Nothing here raises because of what a trial reports."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from ..._internal.coercion import as_float, is_bool, shown
from ...exceptions import ArgumentError
from ...space.conditions import Range
from ...trials.equality import Equal
from .metrics import check_names, look_up, number

#: What a metric has to be: a number up to this one, within a range, true or false.
Limit: TypeAlias = float | Range | bool
#: A limit in the header of a state: a range as its two ends, of which one may be None.
StoredLimit: TypeAlias = float | Sequence[float | None] | bool


class Limits:
    """Limits of metrics that are not optimized.

    Parameters
    ----------
    limits
        A mapping from names of metrics to their limits, or None.

    Raises
    ------
    ArgumentError
        If it is not such a mapping.
    """

    def __init__(self, limits: Any) -> None:
        if not isinstance(limits, Mapping | None):
            raise ArgumentError(
                "constraints must map metrics to their limits, such as {'memory': 8e9, 'accuracy': tt.at_least(0.9)}, "
                f"got {shown(limits)}"
            )
        check_names(list(limits or ()))
        self.limits = {name: _checked(limit, f"constraints[{name!r}]") for name, limit in (limits or {}).items()}
        # Another metric could have the name of an end of a range.
        check_names([part for name, limit in self.limits.items() for part in _constraints(name, limit, 0.0)])

    def read(self, result: Mapping[str, Any]) -> dict[str, float]:
        """Return the constraints that a result tells, feasible when ``<= 0``.

        A metric tells none if it is missing or NaN. An infinite one tells nothing of a limit that it keeps; one that
        must be true or false always tells.
        """
        told: dict[str, float] = {}
        for name, limit in self.limits.items():
            value = number(look_up(result, name))
            if value is not None and not math.isnan(value):
                told |= {
                    part: excess for part, excess in _constraints(name, limit, value).items() if excess > -math.inf
                }
        return told

    def fault(self, result: Mapping[str, Any]) -> str | None:
        """Return what is wrong with a limited metric of a result, which is a failure; None if nothing is.

        A metric that is missing or None is no failure.
        """
        for name, limit in self.limits.items():
            raw = look_up(result, name)
            value = number(raw)
            if raw is not None and (value is None or math.isnan(value)):
                return f"{name!r} of constraints= is {'not a number' if value is None else 'NaN'}"
            if isinstance(limit, bool) and value not in (None, 0.0, 1.0):
                return f"{name!r} has to be {limit} by constraints=, and is a number other than 0 and 1"
        return None

    def told_by(self, constraints: Iterable[str]) -> set[str]:
        """Return the metrics that tell one of these constraints."""
        parts = {part: name for name, limit in self.limits.items() for part in _constraints(name, limit, 0.0)}
        return {parts[each] for each in constraints if each in parts}

    @property
    def stored(self) -> dict[str, StoredLimit]:
        """The limits as JSON data."""
        return {
            name: [limit.low, limit.high] if isinstance(limit, Range) else limit for name, limit in self.limits.items()
        }

    @classmethod
    def restored(cls, stored: Mapping[str, StoredLimit]) -> Limits:
        """Return the limits that :attr:`stored` converted."""
        return cls({name: Range(*limit) if isinstance(limit, Sequence) else limit for name, limit in stored.items()})


def _checked(limit: Any, label: str) -> Limit:
    if is_bool(limit):
        return bool(limit)
    if isinstance(limit, Equal):
        written = f"{limit.target - limit.tolerance!r}, {limit.target + limit.tolerance!r}"
        raise ArgumentError(f"{label} is the limit of a metric, without a value: write tt.between({written})")
    if not isinstance(limit, Range):
        return _finite(limit, label)
    ends = limit.map(lambda end: _finite(end, label))
    if ends.low is None and ends.high is None:
        raise ArgumentError(f"{label} must have an end, got {shown(limit)}")
    if ends.low is not None and ends.high is not None and ends.low >= ends.high:
        raise ArgumentError(
            f"{label} must reach from a number to a larger one, got {shown(limit)}; almost no configuration gives a "
            "value that is exactly equal"
        )
    return ends if ends.low is not None else float(ends.high)


def _finite(end: Any, label: str) -> float:
    value = as_float(end, label)
    if not math.isfinite(value):
        raise ArgumentError(f"{label} must be finite, got {shown(end)}")
    return value


def _constraints(name: str, limit: Limit, value: float) -> dict[str, float]:
    """Return the constraints of a metric: one, or for a range with two ends those of ``tanteo.Equal``."""
    if isinstance(limit, bool):
        return {name: -1.0 if (value != 0.0) == limit else 1.0}
    if not isinstance(limit, Range):
        return {name: value - limit}
    if limit.high is None:
        return {name: limit.low - value}
    return {f"{name}/low": limit.low - value, f"{name}/high": value - limit.high}
