"""The arguments of ``tell``, ``observe`` and ``report``: parsing, checking, and the form that the core takes.

This module checks types, counts and missing values. The core alone decides which numbers are refused (an infinitely
good value, a negative cost): ``rust/core/src/optimizer/check.rs``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from .._internal.coercion import TEXT, as_float, as_index, is_bool, shown
from .._internal.immutable import Immutable
from .._internal.states import TOLD
from ..exceptions import ArgumentError
from .equality import Equal
from .replicates import Replicates

if TYPE_CHECKING:
    from .._core import _Outcome

    Measurement: TypeAlias = float | Replicates
    # What `tell` accepts as `value` and as `sem`, and `report` as `value`.
    Value: TypeAlias = Measurement | Sequence[Measurement] | Mapping[str, Measurement] | None
    Sem: TypeAlias = float | Sequence[float | None] | Mapping[str, float | None] | None
    Reported: TypeAlias = float | Sequence[float] | Mapping[str, float]
    # What stands for one constraint; and all of them as numbers.
    AnyConstraint: TypeAlias = float | bool | Equal
    Constraints: TypeAlias = list[tuple[str, float]]
    # The values of `CORE_ARGUMENTS`. A NamedTuple would import `typing` at run time.
    CoreArguments: TypeAlias = _Outcome

# The arguments of `tell` after the trial. In a mapping returned by an objective these keys have the same meaning.
TELL_ARGUMENTS = ("value", "state", "sem", "constraints", "cost", "reason")
# The parts of the outcome that `CoreOptimizer.tell` and `observe` take.
CORE_ARGUMENTS = ("state", "values", "sems", "replicates", "constraints", "cost", "reason")


class _NoValue:
    def __repr__(self) -> str:
        return "None"


class _DefaultState(str):
    __slots__ = ()


# The defaults of `value` and `state` of `tell`, which differ from arguments that the user gives.
NO_VALUE: Any = _NoValue()
DEFAULT_STATE: Any = _DefaultState("complete")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Outcome(Immutable):
    """How a trial ended: the checked arguments of ``tell`` or ``observe``.

    Attributes
    ----------
    state : str
        One of :data:`tanteo.trials.schema.TOLD`. A missing value is already a failure, with one exception: the state is
        ``"complete"`` and :attr:`measurements` is None where the value has yet to be computed from reported folds.
    measurements : list of (float or Replicates) or None
        One per direction.
    sems : list of (float or None) or None
        The standard errors, one per direction, if given.
    constraints : list of (str, float)
        Sorted by name, so that the order of a dict has no influence.
    cost : float or None
    reason : str or None
    """

    state: str
    measurements: list[Measurement] | None
    sems: list[float | None] | None
    constraints: Constraints
    cost: float | None
    reason: str | None

    @property
    def needs_folds(self) -> bool:
        """Whether the value has yet to be computed from the folds that the trial reported."""
        return self.state == "complete" and self.measurements is None

    def with_folds(self, folds: Replicates | None) -> Outcome:
        """Return the outcome with ``folds`` as its value, or a failure if there are none."""
        if folds is None:
            return Outcome("failed", None, None, self.constraints, self.cost, "no value was told")
        return _with_value([folds], self.state, None, self.constraints, self.cost, self.reason)

    def with_reason(self, reason: str | None) -> Outcome:
        """Return the outcome with another reason."""
        return Outcome(self.state, self.measurements, self.sems, self.constraints, self.cost, reason)

    def core_arguments(self) -> CoreArguments:
        """Return the values of :data:`CORE_ARGUMENTS`; standard errors of replicates are computed."""
        values = replicates = None
        sems = self.sems
        if self.measurements is not None:
            values = [_number(m) for m in self.measurements]
            if sems is None:
                computed = [m.sem if isinstance(m, Replicates) else None for m in self.measurements]
                sems = computed if any(sem is not None for sem in computed) else None
            lists = [list(m.values) if isinstance(m, Replicates) else [] for m in self.measurements]
            replicates = lists if any(lists) else None
        return self.state, values, sems, replicates, self.constraints, self.cost, self.reason


def parse_outcome(
    n_directions: int,
    value: Any = None,
    state: Any = "complete",
    sem: Any = None,
    constraints: Any = None,
    cost: Any = None,
    reason: Any = None,
) -> Outcome:
    """Check the arguments of ``tell``.

    Parameters
    ----------
    n_directions
        How many values are expected.
    value, state, sem, constraints, cost, reason
        As :meth:`Optimizer.tell` takes them; ``value`` and ``sem`` are in the order of the objectives.

    Raises
    ------
    ArgumentError
        Naming the argument. A NaN or a missing value is a failure with a reason, not an error.
    """
    if not isinstance(state, str) or state not in TOLD:
        raise ArgumentError(f"state must be one of {', '.join(map(repr, TOLD))}, got {shown(state)}")
    measurements = _measurements(value, n_directions)
    sems = _sems(sem, measurements)
    reason = _reason(reason, state)
    if state == "failed" and measurements is not None and not _has_nan(measurements):
        raise ArgumentError(f"a failed trial has no value, got {shown(value)}; leave it out, or the state")
    named = _optional_constraints(constraints)
    amount = None if cost is None else as_float(cost, "cost")
    if measurements is not None:
        return _with_value(measurements, state, sems, named, amount, reason)
    outcome = Outcome(state, None, None, named, amount, (reason or None) if state == "failed" else reason)
    # A list with a missing entry is not completed by folds.
    return outcome.with_folds(None) if outcome.needs_folds and value is not None else outcome


def step_number(step: Any) -> int:
    """Return the checked step of a report.

    A float is refused even if it is whole: in the order of Optuna, ``report(value, step)``, the first argument is a
    float and would be taken for the step.
    """
    number = as_index(step)
    if number is None:
        raise ArgumentError(
            f"step must be an int, got {shown(step)}; the order is report(step, value), the step first, and a step "
            "that was computed as a float needs int(...)"
        )
    if not 0 <= number < 2**63:
        raise ArgumentError(f"step must be from 0 to 2**63 - 1, got {shown(number)}")
    return number


def parse_report(n_directions: int, value: Any, constraints: Any) -> tuple[list[float], Constraints]:
    """Check what is reported at a step, and return one number per direction and the constraints.

    Parameters
    ----------
    n_directions
        How many numbers are expected.
    value, constraints
        As :meth:`Optimizer.report` takes them; ``value`` is in the order of the objectives.

    Raises
    ------
    ArgumentError
        Naming the argument.
    """
    values = [as_float(item, "value") for item in (value if _is_list(value, "value") else [value])]
    if len(values) != n_directions:
        raise ArgumentError(f"value must have one number per direction ({n_directions}), got {len(values)}")
    return values, _optional_constraints(constraints)


def parse_constraints(constraints: Any) -> Constraints:
    """Return the constraint values sorted by name, so that the order of a dict has no influence.

    Raises
    ------
    ArgumentError
        For anything but a mapping from printable names to numbers, truth values or :class:`Equal`.
    """
    if not isinstance(constraints, Mapping):
        raise ArgumentError(f"constraints must be a mapping from names to numbers, got {shown(constraints)}")
    for name in constraints:
        if not isinstance(name, str) or not name.isprintable():
            raise ArgumentError(f"the name of a constraint must be printable text, got {shown(name)}")
    return [part for name in sorted(constraints) for part in _parts(name, constraints[name])]


def _with_value(
    measurements: list[Measurement],
    state: str,
    sems: list[float | None] | None,
    constraints: Constraints,
    cost: float | None,
    reason: str | None,
) -> Outcome:
    """Return an outcome that has a value; a NaN makes it a failure."""
    if not _has_nan(measurements):
        return Outcome(state, measurements, sems, constraints, cost, reason)
    why = (reason if state == "failed" else None) or "the value told was NaN"
    return Outcome("failed", None, None, constraints, cost, why)


def _has_nan(measurements: Sequence[Measurement]) -> bool:
    return any(math.isnan(_number(m)) for m in measurements)


def _measurements(value: Any, n_directions: int) -> list[Measurement] | None:
    """Return one measurement per direction, or None if one is missing."""
    if value is None:
        return None
    if isinstance(value, Replicates) or not _is_list(value, "value"):
        value = [value]
    entries = [_measurement(item) for item in value]
    if len(entries) != n_directions:
        hint = "; wrap repeated measurements of one value in tt.Replicates" if n_directions == 1 else ""
        raise ArgumentError(f"value must have one number per direction ({n_directions}), got {len(entries)}{hint}")
    present = [item for item in entries if item is not None]
    return present if len(present) == len(entries) else None


def _measurement(item: Any) -> Measurement | None:
    return item if item is None or isinstance(item, Replicates) else as_float(item, "value")


def _is_list(value: Any, argument: str) -> bool:
    """Return whether ``value`` holds several numbers; an array without dimensions is one number.

    Raises
    ------
    ArgumentError
        For a set, which has no order, and for an iterator, which a refused call would have used up.
    """
    if isinstance(value, AbstractSet | Iterator):
        raise ArgumentError(f"{argument} must be a number or a list with one per direction, got {shown(value)}")
    is_iterable = isinstance(value, Iterable) and not isinstance(value, (*TEXT, Mapping))
    return is_iterable and getattr(value, "ndim", 1) != 0


def _reason(reason: Any, state: str) -> str | None:
    if reason is None:
        return None
    if not isinstance(reason, str):
        raise ArgumentError(f"reason must be text, got {shown(reason)}")
    if state == "complete":
        raise ArgumentError(
            f"reason says why a trial failed or was stopped; leave it out, or the state (got state={state!r})"
        )
    # The text of an exception may hold lone surrogates (file names do), which no encoding can represent.
    return reason.encode("utf-8", "backslashreplace").decode()


def _number(measurement: Measurement) -> float:
    return measurement.mean if isinstance(measurement, Replicates) else measurement


def _sems(sem: Any, measurements: Sequence[Measurement] | None) -> list[float | None] | None:
    """Return the given standard errors, one per direction."""
    if sem is None:
        return None
    if measurements is None:
        raise ArgumentError(f"sem is the standard error of a value, and no value was told; got {shown(sem)}")
    if any(isinstance(m, Replicates) for m in measurements):
        raise ArgumentError("sem is computed from Replicates; leave it out")
    errors = [None if error is None else as_float(error, "sem") for error in (sem if _is_list(sem, "sem") else [sem])]
    if len(errors) != len(measurements):
        raise ArgumentError(f"sem must have one number per direction ({len(measurements)}), got {len(errors)}")
    return errors


def _optional_constraints(constraints: Any) -> Constraints:
    return [] if constraints is None else parse_constraints(constraints)


def _parts(name: str, value: Any) -> Constraints:
    """Return a constraint as numbers; one that is only known to hold or not is a label, -1 or 1."""
    if isinstance(value, Equal):
        return value._parts(name)
    if is_bool(value):
        return [(name, -1.0 if value else 1.0)]
    return [(name, as_float(value, f"constraint {name!r}"))]
