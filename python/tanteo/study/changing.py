"""Changes of the space of a study: conversion of its trials to the new space."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from .._internal.coercion import shown
from .._internal.text import safe_repr
from ..earlier.mapping import remapped
from ..exceptions import ArgumentError, ParameterError, SpaceError
from ..space.constraints import Constraint, Linear
from ..space.core import named_parameters
from ..space.packing import check_told_apart, holds_opaque, pack_value, unpack_value
from ..space.search_space import SearchSpace
from .header import space_in_header
from .record import Removed

if TYPE_CHECKING:
    from ..space.parameters import Parameter
    from .record import StudyRecord
    from .state import StudyState


class Change:
    """The change from one space to another.

    A trial fits the new space if its configuration, changed by ``fill``, belongs to it. A new parameter, also a
    constant, needs a value in ``fill`` where it is active. A removed parameter needs one too: it is fixed to that value
    from now on, so that trials with another value are excluded. The configurations of excluded trials are changed in
    the same way, so that they may fit a later space. A parameter that comes back has its earlier values, each from the
    first change on that lets the trial take it. A constant of both spaces has its only value where it was inactive and
    no longer is.

    Parameters
    ----------
    old_space, new_space
        The spaces.
    fill
        Flat name to value.
    removed
        What earlier changes removed with ``fill``; see :class:`StudyRecord`.

    Raises
    ------
    ArgumentError
        If a parameter in ``fill`` is neither new nor removed.
    ParameterError
        If a value in ``fill`` does not belong to its parameter.
    """

    def __init__(
        self, old_space: SearchSpace, new_space: SearchSpace, fill: Mapping[str, Any], removed: Mapping[str, Removed]
    ) -> None:
        self.old_space, self.new_space = old_space, new_space
        self._gone = {name for name in old_space if name not in new_space}
        self._added = {name for name in new_space if name not in old_space}
        for name in fill:
            if name not in self._gone | self._added:
                where = "is in neither space; leave it out"
                if name in new_space:
                    where = "is in both spaces; leave it out, or remove the parameter first and then add it with fill="
                raise ArgumentError(f"fill gives a value for {safe_repr(name)}, which {where}")
        for name, value in fill.items():
            check_fill(name, (old_space if name in self._gone else new_space)[name], value)
        self._fill = dict(fill)
        self._earlier = dict(removed)
        for name in removed.keys() & self._added & fill.keys():
            # A parameter that comes back with ``fill`` has that in the trials after its removal.
            self._earlier[name] = removed[name]._replace(end=removed[name].n_before)
        self._values = {name: unpack_value(earlier.value, self.called(name)) for name, earlier in removed.items()}
        # These become entries of configurations, so they are no sets, whose order depends on the process.
        comes_back = [name for name in new_space if name in self._earlier]
        self._again = [name for name in comes_back if _can_compare(new_space[name], self._values[name])]
        constants = [name for name in new_space if name in old_space and not new_space[name]._varies]
        self._constants = {name: new_space[name]._only() for name in constants}
        self._fixed = {name: self._removed_raw(name, fill[name]) for name in fill if name in self._gone}
        # Why the first trial does not belong to the new space.
        self._reason: str | None = None

    def called(self, name: str) -> list[Parameter]:
        """Return the parameters of this name, the new one first."""
        return [space[name] for space in (self.new_space, self.old_space) if name in space]

    def before(self, trial: int, flat: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the configuration of a trial before the change, as far as its removed parameters are concerned.

        A parameter that came back and is removed again may have a value that the trial could not take.
        """
        own = self._own(trial, self._fixed)
        return {**{name: value for name, value in own.items() if self._existed(name, flat)}, **flat}

    def changed(self, trial: int, flat: Mapping[str, Any]) -> dict[str, Any]:
        """Return the configuration of a trial after the change, whether it fits the new space or not.

        Removed parameters with the value of ``fill`` are left out, and new ones that exist in it are added. A trial
        keeps the value that it had of a parameter which was removed and is new again. One that still has parameters of
        neither space waits for it, because conditions may depend on them.
        """
        kept = {name: value for name, value in flat.items() if not self._is_fixed_to(name, value)}
        absent = {name: self._constants[name] for name in self._constants if not self._existed(name, flat)}
        own = self._own(trial, self._again)
        values = {**self._fill, **own, **absent}
        if not self._is_within(kept):
            values = {name: value for name, value in values.items() if name not in own}
        return {**kept, **self._existing(kept, values)}

    def removed(self, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> dict[str, Removed]:
        """Return what :class:`StudyRecord` has as ``removed`` after the change of these configurations."""
        n, left = len(before), {}
        settled = {trial for trial, changed in enumerate(after) if self._is_within(changed)}
        for name, earlier in self._earlier.items():
            if name in self._added and earlier.end is None:
                earlier = earlier._replace(end=n)
            if name in self._again:
                earlier = earlier._replace(without=earlier.without.union(filter(earlier.is_of, settled)))
            is_kept = earlier.end is None or any(map(earlier.is_of, range(n)))
            if is_kept and (name in self._again or name not in self._fill):
                left[name] = earlier
        for name in self._fixed:
            without = frozenset(trial for trial, flat in enumerate(before) if name not in flat)
            left[name] = Removed(pack_value(self._fill[name], self.called(name)), n, without)
        return left

    def row(self, changed: Mapping[str, Any], *, measured: bool) -> list[Any] | None:
        """Return the raw values of a changed configuration in the new space, or None if it does not fit.

        That of an observed result counts as ``measured``: see :meth:`tanteo._core.CoreSpace.check`.
        """
        removed = {name for name in changed if name not in self.new_space}
        if removed:
            # A trial that was set aside earlier may have parameters that are in neither space.
            if before := ", ".join(map(repr, sorted(removed - self._gone))):
                advice = f"an earlier change removed {before}; change back first, then give fill= for {before}"
                self._reason = self._reason or advice
            return None
        try:
            row = list(self.new_space._core.check(self.new_space._raw(changed, partial=False), measured))
        except SpaceError as error:
            self._reason = self._reason or str(error)
            return None
        # The core knows no constants, so it does not miss them.
        codec = self.new_space._codec
        absent = sorted(self.new_space.keys() - changed.keys() - set(codec.names))
        missing = [repr(name) for name in absent if codec.constant_level(name, row) is not None]
        if missing:
            advice = f"an earlier change added {', '.join(missing)} without fill=; remove it, then add it with fill="
            self._reason = self._reason or advice
        return None if missing else row

    def advice(self) -> str:
        """Return what to correct if no trial fits."""
        missing = sorted((self._gone | self._added) - self._fill.keys())
        if missing:
            return f"change back first, then give fill= for {', '.join(map(repr, missing))}"
        return self._reason or f"none has the values of fill for {', '.join(map(repr, sorted(self._gone)))}"

    def _is_within(self, flat: Mapping[str, Any]) -> bool:
        """Return whether the new space has all parameters of a configuration."""
        return flat.keys() <= self.new_space.keys()

    def _existing(self, kept: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of the parameters that a configuration lacks and that exist in it in the new space."""
        given = {name: value for name, value in values.items() if name in self.new_space and name not in kept}
        if not given:
            return {}
        there = self.new_space._codec.without_inactive({**_known(self.new_space, kept), **given}, given)
        return {name: value for name, value in there.items() if name in given}

    def _own(self, trial: int, names: Iterable[str]) -> dict[str, Any]:
        """Return the values that a trial had of parameters which were removed."""
        return {
            name: self._values[name] for name in names if name in self._earlier and self._earlier[name].is_of(trial)
        }

    def _existed(self, name: str, flat: Mapping[str, Any]) -> bool:
        """Return whether a configuration has a constant, or lacks it although it exists in the old space."""
        codec = self.old_space._codec
        return name in flat or codec.constant_level(name, codec.row(_known(self.old_space, flat))) is not None

    def _is_fixed_to(self, name: str, value: Any) -> bool:
        """Return whether ``fill`` fixes a removed parameter to this value."""
        if name not in self._fixed:
            return False
        try:
            return bool(self._removed_raw(name, value) == self._fixed[name])
        except ParameterError:  # the value belonged to an earlier space
            return False

    def _removed_raw(self, name: str, value: Any) -> Any:
        return self.old_space[name]._to_raw(value, f"fill of {name!r}")


def check_choices(old: SearchSpace, new: SearchSpace, record: StudyRecord) -> None:
    """Refuse a choice of the new space that could be taken for an earlier one.

    Raises
    ------
    ParameterError
        Naming the parameter and the choice.
    """
    aside = (entry for params in record.aside.values() for entry in params)
    removed = ((name, earlier.value) for name, earlier in record.removed.items())
    recorded = [(name, packed["opaque"]) for name, packed in chain(aside, removed) if holds_opaque(packed)]
    for name in new:
        earlier = old[name]._labels() if name in old else None
        check_told_apart(name, new[name], earlier or (), {text for of, text in recorded if of == name})


def lost_constraints(old: SearchSpace, new: SearchSpace) -> list[Constraint]:
    """Return the known constraints of a space that another one lacks, although its parameters allow them.

    The sum of a mixture with other shares or another total replaces the earlier one.
    """
    added = [constraint for constraint in new.constraints if constraint not in old.constraints]

    def is_replaced(constraint: Constraint) -> bool:
        is_own = isinstance(constraint, Linear) and constraint._is_of_mixture(old)
        return is_own and any(set(constraint._parameters).intersection(other._parameters) for other in added)

    return [
        constraint
        for constraint in old.constraints
        if constraint not in new.constraints and not is_replaced(constraint) and _allows(new, constraint)
    ]


def _allows(space: SearchSpace, constraint: Constraint) -> bool:
    try:
        constraint._checked(named_parameters(space._declared))
    except SpaceError:
        return False
    return True


def _known(space: SearchSpace, flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters with a value that a space can compare. Conditions are not met by other values."""
    return {name: value for name, value in flat.items() if name in space and _can_compare(space[name], value)}


def _can_compare(parameter: Parameter, value: Any) -> bool:
    try:
        parameter._to_raw(value, "value")
    except ParameterError:
        return False
    return True


def as_fill(fill: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return the argument ``fill``, which may be left out.

    Raises
    ------
    ArgumentError
        If it is no mapping.
    """
    if not isinstance(fill, Mapping | None):
        raise ArgumentError(f"fill must be a mapping from parameters to values, got {shown(fill)}")
    return fill or {}


def check_fill(name: str, parameter: Parameter, value: Any) -> None:
    """Raise an error if a value in ``fill`` does not belong to its parameter.

    Raises
    ------
    ParameterError
    """
    try:
        SearchSpace({name: parameter._with_when(None)}).validate({name: value})
    except SpaceError as error:
        raise ParameterError(f"fill: {error}") from None


def operation(change: Change, state: StudyState, run: int) -> dict[str, Any]:
    """Return the operation that changes the space of a study, as JSON values."""
    codec, record = change.old_space._codec, state.record
    rows: list[Any] = []
    before: list[Mapping[str, Any]] = []
    after: list[Mapping[str, Any]] = []
    set_aside: list[list[Any]] = []
    for trial, origin in enumerate(state.core.columns()["origin"]):
        aside = record.aside.get(trial)
        if aside is None:
            flat = codec.flat(codec.params(state.core.trial(trial)["row"]))
        else:
            flat = {name: unpack_value(packed, change.called(name)) for name, packed in aside}
        before.append(change.before(trial, flat))
        changed = change.changed(trial, before[trial])
        after.append(changed)
        row = change.row(changed, measured=origin == "observed")
        rows.append(row)
        if row is None:
            set_aside.append(
                [trial, [[name, pack_value(value, change.called(name))] for name, value in changed.items()]]
            )
    sources = [remapped(source, change.old_space, change.new_space) for source in state.core.earlier()]
    removed = {name: each.to_data() for name, each in change.removed(before, after).items()}
    trials = {"rows": rows, "aside": set_aside, "removed": removed}
    return {"run": run, **space_in_header(change.new_space), **trials, "earlier": sources, "changes": record.changes}
