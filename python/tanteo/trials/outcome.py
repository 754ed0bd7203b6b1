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

from .._internal.coercion import TEXT, as_float, as_index, as_str, is_bool, short, shown
from .._internal.immutable import Immutable
from .._internal.states import TOLD, means_cancelled
from ..exceptions import ArgumentError
from .equality import Equal
from .folds import argument_order
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
    # What `tell_objectives` accepts: measurements and standard errors by name or position.
    Objectives: TypeAlias = Mapping[str, Measurement] | Mapping[int, Measurement]
    ObjectiveSems: TypeAlias = Mapping[str, float] | Mapping[int, float] | None
    # An objective that is told before the result: its position, value, standard error and replicates.
    ToldObjective: TypeAlias = tuple[int, float, float | None, list[float]]
    # The values of `CORE_ARGUMENTS`. A NamedTuple would import `typing` at run time.
    CoreArguments: TypeAlias = _Outcome

# The arguments of `tell` after the trial. In a mapping returned by an objective these keys have the same meaning.
TELL_ARGUMENTS = ("value", "state", "sem", "constraints", "cost", "reason")
_COMPUTED = "is computed from Replicates; leave it out"
_ONE_OBJECTIVE = (
    "; for several objectives create the search with directions=, and wrap repeated measurements of one value in "
    "tt.Replicates"
)
# The parts of the outcome that `CoreOptimizer.tell` and `observe` take.
CORE_ARGUMENTS = ("state", "values", "sems", "replicates", "constraints", "cost", "reason")


class _NoValue:
    def __repr__(self) -> str:
        return "None"


class _ToldBefore:
    def __repr__(self) -> str:
        return "told before"


class _DefaultState(str):
    __slots__ = ()


# The defaults of `value` and `state` of `tell`, which differ from arguments that the user gives.
NO_VALUE: Any = _NoValue()
DEFAULT_STATE: Any = _DefaultState("complete")
# Stands for the objectives that a mapping leaves out: the trial has told their values, or does not know their errors.
TOLD_BEFORE: Any = _ToldBefore()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Outcome(Immutable):
    """How a trial ended: the checked arguments of ``tell`` or ``observe``.

    Attributes
    ----------
    state : str
        One of :data:`tanteo._internal.states.TOLD`. A missing value is already a failure, with one exception: the state
        is ``"complete"`` and :attr:`measurements` is None where the value has yet to be taken from what the trial told
        before: its folds or objectives.
    measurements : list of (float, Replicates or None) or None
        One per direction; None for one that was told before.
    sems : list of (float or None) or None
        The standard errors, one per direction, if given.
    constraints : list of (str, float)
        Sorted by name, so that the order of a dict has no influence.
    cost : float or None
    reason : str or None
    """

    state: str
    measurements: list[Measurement | None] | None
    sems: list[float | None] | None
    constraints: Constraints
    cost: float | None
    reason: str | None

    @property
    def needs_value(self) -> bool:
        """Whether the value has yet to be taken from the folds or the objectives that the trial told before."""
        return self.state == "complete" and self.measurements is None

    @property
    def needs_objectives(self) -> bool:
        """Whether a mapping left out objectives, which have yet to be taken from those that the trial told before."""
        return self.measurements is not None and None in self.measurements

    def with_objectives(self, told: Sequence[ToldObjective], names: Sequence[str]) -> Outcome:
        """Return the outcome with objectives told before, in place of those that it leaves out.

        Parameters
        ----------
        told
            The objectives that the trial has told.
        names
            What the objectives are called in messages.

        Raises
        ------
        ArgumentError
            If an objective is neither among them nor in the outcome. Without any value, that is a failure.
        """
        known = {place: (value, sem, replicates) for place, value, sem, replicates in told}
        given = self.measurements or [None] * len(names)
        lacking = [name for k, name in enumerate(names) if given[k] is None and k not in known]
        if lacking and self.measurements is not None:
            raise ArgumentError(
                f"value must have the objectives {', '.join(map(repr, names))}, except those that the trial has told; "
                f"it lacks {', '.join(map(repr, lacking))}"
            )
        if lacking:
            return self.without_value(f" for {', '.join(map(repr, lacking))}" if known else "")
        measurements, sems = list(given), list(self.sems or [None] * len(names))
        for k, (value, sem, replicates) in known.items():
            if measurements[k] is None:
                measurements[k], sems[k] = Replicates(replicates) if replicates else value, sem
        return Outcome(self.state, measurements, sems, self.constraints, self.cost, self.reason)

    def with_folds(self, folds: Replicates | None) -> Outcome:
        """Return the outcome with ``folds`` as its value, or a failure if there are none."""
        if folds is None:
            return self.without_value()
        if math.isnan(folds.mean):
            return Outcome("failed", None, None, self.constraints, self.cost, "the mean of the folds was NaN")
        return Outcome(self.state, [folds], None, self.constraints, self.cost, self.reason)

    def without_value(self, of: str = "") -> Outcome:
        """Return a failure, since no value was told; ``of`` says of which objectives."""
        return Outcome("failed", None, None, self.constraints, self.cost, f"no value was told{of}")

    def with_reason(self, reason: str | None) -> Outcome:
        """Return the outcome with another reason."""
        return Outcome(self.state, self.measurements, self.sems, self.constraints, self.cost, reason)

    def core_arguments(self) -> CoreArguments:
        """Return the values of :data:`CORE_ARGUMENTS`; standard errors of replicates are computed."""
        values = replicates = None
        sems = self.sems
        if self.measurements is not None:
            present = [m for m in self.measurements if m is not None]
            values = [_number(m) for m in present]
            given = sems or [None] * len(present)
            all_sems = [m.sem if isinstance(m, Replicates) else sem for m, sem in zip(present, given, strict=True)]
            sems = all_sems if any(sem is not None for sem in all_sems) else None
            lists = [list(m.values) if isinstance(m, Replicates) else [] for m in present]
            replicates = lists if any(lists) else None
        return self.state, values, sems, replicates, self.constraints, self.cost, self.reason


def parse_outcome(
    labels: Sequence[str],
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
    labels
        What the objectives are called in messages.
    value, state, sem, constraints, cost, reason
        As :meth:`Optimizer.tell` takes them; ``value`` and ``sem`` are in the order of the objectives.

    Raises
    ------
    ArgumentError
        Naming the argument. A NaN or a missing value is a failure with a reason, not an error.
    """
    if not isinstance(state, str) or state not in TOLD:
        hint = "; to cancel a trial call cancel(trial, reason=...)" if means_cancelled(state) else ""
        raise ArgumentError(f"state must be one of {', '.join(map(repr, TOLD))}, got {shown(state)}{hint}")
    measurements = _measurements(value, labels)
    sems = _sems(sem, measurements, labels)
    reason = _reason(reason, state)
    if state == "failed" and measurements is not None and _first_nan(measurements) is None:
        raise ArgumentError(f"a failed trial has no value, got {shown(value)}; leave out the value or the state")
    named = _optional_constraints(constraints)
    amount = None if cost is None else as_float(cost, "cost")
    if measurements is not None:
        return _with_value(measurements, state, sems, named, amount, reason, labels)
    outcome = Outcome(state, None, None, named, amount, (reason or None) if state == "failed" else reason)
    # A list with a missing entry is not completed by folds.
    return outcome.without_value(_lacking(value, labels)) if outcome.needs_value and value is not None else outcome


def refuse_arguments_in(value: Any) -> None:
    """Refuse a mapping that has arguments of ``tell``, as the function of ``minimize`` may return it.

    Raises
    ------
    ArgumentError
        Naming these arguments.
    """
    found = [name for name in TELL_ARGUMENTS if name in value] if isinstance(value, Mapping) else []
    if found:
        raise ArgumentError(
            f"value must be a number, or one for each objective, got {shown(value)}; pass "
            f"{', '.join(f'{name}=' for name in found)} as arguments of the call"
        )


def parse_objectives(labels: Sequence[str], values: Mapping[int, Any], sems: Mapping[int, Any]) -> list[ToldObjective]:
    """Check objectives that are told before the result, given by their position.

    ``labels`` are what the objectives are called in messages.

    Raises
    ------
    ArgumentError
        Naming the argument.
    """
    if not values:
        raise ArgumentError("values must have at least one objective, got none")
    _check_sems_have_values((place for place in sems if place not in values), labels)
    return [_told_objective(place, labels[place], values[place], sems.get(place)) for place in sorted(values)]


def _told_objective(place: int, label: str, value: Any, sem: Any) -> ToldObjective:
    measurement = _measurement(value, f"value of {label}")
    if measurement is None:
        raise ArgumentError(
            f"value of {label} must be a number or tt.Replicates, got None; leave out what is not measured yet"
        )
    if not isinstance(measurement, Replicates):
        return place, measurement, None if sem is None else as_float(sem, f"sem of {label}"), []
    if sem is not None:
        raise ArgumentError(f"sem of {label} {_COMPUTED}")
    return place, measurement.mean, measurement.sem, list(measurement.values)


def step_number(step: Any) -> int:
    """Return the checked step of a report.

    A float is refused even if it is whole: in the order of Optuna, ``report(value, step)``, the first argument is a
    float and would be taken for the step.
    """
    number = as_index(step)
    if number is None:
        raise ArgumentError(
            f"step must be an int, got {shown(step)}; {argument_order('report', 'step')}, and a step that was computed "
            "as a float needs int(...)"
        )
    if not 0 <= number < 2**63:
        raise ArgumentError(f"step must be from 0 to 2**63 - 1, got {shown(number)}")
    return number


def parse_report(labels: Sequence[str], value: Any, constraints: Any) -> tuple[list[float], Constraints]:
    """Check what is reported at a step, and return one number per direction and the constraints.

    Parameters
    ----------
    labels
        What the objectives are called in messages.
    value, constraints
        As :meth:`Optimizer.report` takes them; ``value`` is in the order of the objectives.

    Raises
    ------
    ArgumentError
        Naming the argument.
    """
    entries = enumerate(value if _is_list(value, "value") else [value])
    values = [as_float(item, _of("value", labels, k)) for k, item in entries]
    _check_count("value", values, labels)
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
    return [part for name in sorted(constraints) for part in _as_numbers(name, constraints[name])]


def _with_value(
    measurements: list[Measurement | None],
    state: str,
    sems: list[float | None] | None,
    constraints: Constraints,
    cost: float | None,
    reason: str | None,
    labels: Sequence[str],
) -> Outcome:
    """Return an outcome that has a value; a NaN makes it a failure."""
    place = _first_nan(measurements)
    if place is None:
        return Outcome(state, measurements, sems, constraints, cost, reason)
    subject = f"{_nan_of(measurements[place])}the {_of('value', labels, place)}"
    why = (reason if state == "failed" else None) or f"{subject} told was NaN"
    return Outcome("failed", None, None, constraints, cost, why)


def _first_nan(measurements: Sequence[Measurement | None]) -> int | None:
    return next((k for k, m in enumerate(measurements) if m is not None and math.isnan(_number(m))), None)


def _nan_of(measurement: Measurement | None) -> str:
    """Return which replicate is NaN, as the beginning of a text; empty if it is none of several."""
    values = measurement.values if isinstance(measurement, Replicates) else ()
    number = next((n for n, value in enumerate(values) if math.isnan(value)), None)
    return "" if number is None else f"replicate {number} of "


def _lacking(value: Any, labels: Sequence[str]) -> str:
    """Return which of several objectives have no value in a list, as the end of a sentence."""
    names = [repr(name) for name, entry in zip(labels, value, strict=True) if entry is None]
    return "" if len(labels) == 1 else f" for {', '.join(names)}"


def _of(argument: str, labels: Sequence[str], place: int) -> str:
    """Return what an entry of an argument is called in messages; a single objective, or one too many, is not named."""
    return f"{argument} of {labels[place]}" if 1 < len(labels) > place else argument


def _check_count(argument: str, entries: Sequence[Any], labels: Sequence[str], hint: str = "") -> None:
    if len(entries) != len(labels):
        expected = "number" if len(labels) == 1 else f"number for each objective ({', '.join(labels)})"
        got = f"one number, {short(entries[0], 40)}" if len(entries) == 1 else f"{len(entries)} numbers"
        raise ArgumentError(f"{argument} must have one {expected}, got {got}{hint}")


def _measurements(value: Any, labels: Sequence[str]) -> list[Measurement | None] | None:
    """Return one measurement per direction, None for one told before; or None if one is missing."""
    if value is None:
        return None
    if isinstance(value, Mapping) and len(labels) == 1:
        raise ArgumentError(f"value must be a number, got {shown(value)}{_ONE_OBJECTIVE}")
    if isinstance(value, Replicates) or not _is_list(value, "value"):
        value = [value]
    given = enumerate(value)
    entries = [item if item is TOLD_BEFORE else _measurement(item, _of("value", labels, k)) for k, item in given]
    hint = _ONE_OBJECTIVE if len(labels) == 1 else ""
    _check_count("value", entries, labels, hint)
    if any(item is None for item in entries):
        return None
    return [None if item is TOLD_BEFORE else item for item in entries]


def _measurement(item: Any, label: str) -> Measurement | None:
    return item if item is None or isinstance(item, Replicates) else as_float(item, label)


def _is_list(value: Any, argument: str) -> bool:
    """Return whether ``value`` holds several numbers; an array without dimensions is one number.

    Raises
    ------
    ArgumentError
        For a set, which has no order, and for an iterator, which a refused call would have used up.
    """
    if isinstance(value, AbstractSet | Iterator):
        raise ArgumentError(f"{argument} must be a number or a list with one per objective, got {shown(value)}")
    is_iterable = isinstance(value, Iterable) and not isinstance(value, (*TEXT, Mapping))
    return is_iterable and getattr(value, "ndim", 1) != 0


def _reason(reason: Any, state: str) -> str | None:
    if reason is None:
        return None
    text = as_str(reason, "reason")
    if state == "complete":
        raise ArgumentError(
            f"reason says why a trial failed or was stopped, got state={state!r}; leave it out, or tell another state"
        )
    # The text of an exception may hold lone surrogates (file names do), which no encoding can represent.
    return text.encode("utf-8", "backslashreplace").decode()


def _number(measurement: Measurement) -> float:
    return measurement.mean if isinstance(measurement, Replicates) else measurement


def _sems(
    sem: Any, measurements: Sequence[Measurement | None] | None, labels: Sequence[str]
) -> list[float | None] | None:
    """Return the given standard errors, one per direction."""
    if sem is None:
        return None
    if measurements is None:
        raise ArgumentError(
            "sem is the standard error of a value, and no value was told; leave out sem, or tell the value"
        )
    given = [None if error is TOLD_BEFORE else error for error in (sem if _is_list(sem, "sem") else [sem])]
    errors = [None if error is None else as_float(error, _of("sem", labels, k)) for k, error in enumerate(given)]
    _check_count("sem", errors, labels)
    pairs = enumerate(zip(measurements, errors, strict=True))
    _check_sems_have_values((k for k, (m, error) in pairs if m is None and error is not None), labels)
    for k, (measurement, error) in enumerate(zip(measurements, errors, strict=True)):
        if error is not None and isinstance(measurement, Replicates):
            raise ArgumentError(f"{_of('sem', labels, k)} {_COMPUTED}")
    return errors


def _check_sems_have_values(without: Iterable[int], labels: Sequence[str]) -> None:
    """Refuse standard errors of objectives without a value, whose positions are given."""
    for place in without:
        raise ArgumentError(f"sem is given for {labels[place]}, but no value; tell its value too, or leave out its sem")


def _optional_constraints(constraints: Any) -> Constraints:
    return [] if constraints is None else parse_constraints(constraints)


def _as_numbers(name: str, value: Any) -> Constraints:
    """Return a constraint as numbers; one that is only known to hold or not is a label, -1 or 1."""
    if isinstance(value, Equal):
        return value._sides(name)
    if is_bool(value):
        return [(name, -1.0 if value else 1.0)]
    return [(name, as_float(value, f"constraint {name!r}"))]
