"""What is told about a trial: what a user may pass to ``tell``, ``observe`` and ``report``, in the form the core takes.

Types, counts and missing values are settled here. Which numbers are refused (an infinitely good value, a negative cost)
is decided in the core alone, ``rust/core/src/optimizer/check.rs``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from .._internal.coercion import as_float, shown
from .._internal.typing import TYPE_CHECKING
from ..exceptions import ArgumentError
from .replicates import Replicates

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Measurement: TypeAlias = float | Replicates
    # How a value can be reported.
    Reported: TypeAlias = float | Sequence[float] | Mapping[str, float]
    # The arguments of `CoreOptimizer.tell` after the trial's id: state, values, sems, replicates, constraints, cost,
    # reason.
    Outcome: TypeAlias = tuple[
        str,
        list[float] | None,
        list[float | None] | None,
        list[list[float]] | None,
        list[tuple[str, float]],
        float | None,
        str | None,
    ]

# What `tell` takes, and what a mapping returned by an objective means by these keys.
TOLD = ("value", "state", "sem", "constraints", "cost", "reason")
STATES = ("complete", "failed", "pruned", "paused")


def outcome(
    value: Any, state: Any, sem: Any, constraints: Any, cost: Any, reason: Any, maximize: Sequence[bool]
) -> Outcome:
    """Return everything told about one trial as the core takes it.

    Parameters
    ----------
    value, state, sem, constraints, cost, reason
        As :meth:`Optimizer.tell` takes them.
    maximize
        One entry per direction.

    Raises
    ------
    ArgumentError
        Naming the argument. NaN and a missing value are no errors but failures, with a reason.
    """
    if not isinstance(state, str) or state not in STATES:
        raise ArgumentError(f"state must be one of {', '.join(map(repr, STATES))}, got {shown(state)}")
    measured = _measurements(value, len(maximize))
    sems = _sems(sem, measured)
    reason = _reason(reason, state)
    failure = _failure(state, measured, reason, value)
    told = _constraints(constraints)
    spent = None if cost is None else as_float(cost, "cost")
    if failure is not None:
        return ("failed", None, None, None, told, spent, failure or None)
    if measured is None:
        return (state, None, None, None, told, spent, reason)
    values = [_number(m) for m in measured]
    single = [list(m.values) if isinstance(m, Replicates) else [] for m in measured]
    return (state, values, sems, single if any(single) else None, told, spent, reason)


def reported(value: Any, constraints: Any, n_directions: int) -> tuple[list[float], list[tuple[str, float]]]:
    """Return what is reported at a step as the core takes it: one number per direction, and constraints.

    Parameters
    ----------
    value, constraints
        As :meth:`Optimizer.report` takes them.
    n_directions
        How many numbers are expected.

    Raises
    ------
    ArgumentError
        Naming the argument.
    """
    values = [as_float(item, "value") for item in (value if _is_list(value, "value") else [value])]
    if len(values) != n_directions:
        raise ArgumentError(f"value must have one number per direction ({n_directions}), got {len(values)}")
    return values, _constraints(constraints)


def _measurements(value: Any, n_directions: int) -> list[Measurement] | None:
    """Return one measurement per direction, or None if a value is missing."""
    if value is None:
        return None
    if isinstance(value, Replicates) or not _is_list(value, "value"):
        value = [value]
    given = [_measurement(item) for item in value]
    if len(given) != n_directions:
        hint = "; wrap repeated measurements of one value in tt.Replicates" if n_directions == 1 else ""
        raise ArgumentError(f"value must have one number per direction ({n_directions}), got {len(given)}{hint}")
    known = [item for item in given if item is not None]
    return known if len(known) == len(given) else None


def _measurement(item: Any) -> Measurement | None:
    return item if item is None or isinstance(item, Replicates) else as_float(item, "value")


def _is_list(value: Any, what: str) -> bool:
    """Whether ``value`` holds several numbers; an array without dimensions is one number.

    Raises
    ------
    ArgumentError
        For a set, which has no order, and for an iterator, which a refused call would have used up.
    """
    if isinstance(value, AbstractSet | Iterator):
        raise ArgumentError(f"{what} must be a number or a list with one per direction, got {shown(value)}")
    several = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
    return several and getattr(value, "ndim", 1) != 0


def _failure(state: str, measured: Sequence[Measurement] | None, reason: str | None, value: Any) -> str | None:
    """Return why the trial failed (empty if nobody knows), None if it did not."""
    if measured is None:
        if state == "failed":
            return reason or ""
        return "no value was told" if state == "complete" else None
    if any(math.isnan(_number(m)) for m in measured):
        return (reason if state == "failed" else None) or "the value told was NaN"
    if state == "failed":
        raise ArgumentError(f"a failed trial has no value, got {shown(value)}; leave it out, or the state")
    return None


def _reason(reason: Any, state: str) -> str | None:
    if reason is None:
        return None
    if not isinstance(reason, str):
        raise ArgumentError(f"reason must be text, got {shown(reason)}")
    if state == "complete":
        raise ArgumentError(f"reason says why a trial failed or was stopped; it has no place beside state={state!r}")
    # The text of an exception may hold lone surrogates (file names do), which no encoding can carry.
    return reason.encode("utf-8", "backslashreplace").decode()


def _number(measurement: Measurement) -> float:
    return measurement.mean if isinstance(measurement, Replicates) else measurement


def _sems(sem: Any, measured: Sequence[Measurement] | None) -> list[float | None] | None:
    """Return one standard error per direction; those of replicates are computed and cannot be given as well."""
    if sem is None:
        computed = [m.sem if isinstance(m, Replicates) else None for m in measured or ()]
        return computed if any(error is not None for error in computed) else None
    if measured is None:
        raise ArgumentError(f"sem is the standard error of a value, and no value was told; got {shown(sem)}")
    if any(isinstance(m, Replicates) for m in measured):
        raise ArgumentError("sem is computed from Replicates; leave it out")
    errors = [None if error is None else as_float(error, "sem") for error in (sem if _is_list(sem, "sem") else [sem])]
    if len(errors) != len(measured):
        raise ArgumentError(f"sem must have one number per direction ({len(measured)}), got {len(errors)}")
    return errors


def _constraints(constraints: Any) -> list[tuple[str, float]]:
    """Return the constraint values sorted by name, so that the order of a dict can never matter."""
    if constraints is None:
        return []
    if not isinstance(constraints, Mapping):
        raise ArgumentError(f"constraints must be a mapping from names to numbers, got {shown(constraints)}")
    for name in constraints:
        if not isinstance(name, str) or not name.isprintable():
            raise ArgumentError(f"the name of a constraint must be printable text, got {shown(name)}")
    return [(name, as_float(constraints[name], f"constraint {name!r}")) for name in sorted(constraints)]
