"""Descriptions of the differences between two spaces."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from .._internal.text import safe_repr
from .declared import SEPARATOR
from .packing import holds_opaque, unpack
from .search_space import space_to_data

if TYPE_CHECKING:
    from .search_space import SearchSpace


# Stands for a field that is left out.
_NOT_GIVEN = {"not given": True}
#: The places of the two spaces, as messages name them.
Places: TypeAlias = tuple[str, str]


def space_difference(left: SearchSpace, right: SearchSpace, places: Places) -> str | None:
    """Return a description of the first difference between two spaces, or None if they are equal.

    >>> import tanteo as tt
    >>> narrow, wide = tt.SearchSpace({"lr": tt.Float(0.0, 0.1)}), tt.SearchSpace({"lr": tt.Float(0.0, 1.0)})
    >>> space_difference(narrow, wide, ("here", "there"))
    "parameter 'lr': high 0.1 here, 1.0 there"
    """
    return data_difference(space_to_data(left), space_to_data(right), places)


def data_difference(left: dict[str, Any], right: dict[str, Any], places: Places) -> str | None:
    """Return the first difference between two spaces given as JSON values (see :func:`space_to_data`), or None."""
    return next(_data_differences(left, right, places), None)


def space_differences(left: SearchSpace, right: SearchSpace, places: Places) -> list[str]:
    """Return descriptions of the differences between two spaces; see :func:`space_difference`.

    Where the kinds of a parameter or the numbers of constraints differ, no details follow.
    """
    return list(_data_differences(space_to_data(left), space_to_data(right), places))


def _data_differences(left: dict[str, Any], right: dict[str, Any], places: Places) -> Iterator[str]:
    """Yield the differences: parameters that one space lacks, their fields, their order, and constraints.

    Choices that JSON cannot represent are compared by position and by :func:`tanteo.space.labels.identity`.
    """
    ours, theirs = _by_name(left), _by_name(right)
    here, there = places
    yield from (f"parameter {name!r} exists {here}, but not {there}" for name in ours if name not in theirs)
    yield from (f"parameter {name!r} exists {there}, but not {here}" for name in theirs if name not in ours)
    shared = [name for name in ours if name in theirs]
    for name in shared:
        (our_path, our_fields), (their_path, their_fields) = ours[name], theirs[name]
        yield from (f"parameter {name!r}: {text}" for text in _parameter_differences(our_fields, their_fields, places))
        if our_path != their_path:
            yield f"parameter {name!r} is nested as {our_path} {here}, as {their_path} {there}"
    if shared != [name for name in theirs if name in ours]:
        yield f"the parameters stand in the order {', '.join(ours)} {here}, {', '.join(theirs)} {there}"
    yield from _constraint_differences(left["constraints"], right["constraints"], places)


def _by_name(data: dict[str, Any]) -> dict[str, tuple[list[str], dict[str, Any]]]:
    return {SEPARATOR.join(path): (path, packed) for path, packed in data["parameters"]}


def _parameter_differences(left: dict[str, Any], right: dict[str, Any], places: Places) -> Iterator[str]:
    here, there = places
    ((left_kind, left_fields),) = left.items()
    ((right_kind, right_fields),) = right.items()
    if left_kind != right_kind:
        yield f"{left_kind} {here}, {right_kind} {there}"
        return
    for field in sorted({*left_fields, *right_fields}):
        ours, theirs = _texts(*(fields.get(field, _NOT_GIVEN) for fields in (left_fields, right_fields)))
        if ours != theirs:
            yield f"{field} {ours} {here}, {theirs} {there}"


def _constraint_differences(left: list[Any], right: list[Any], places: Places) -> Iterator[str]:
    here, there = places
    if len(left) != len(right):
        yield f"the number of constraints is {len(left)} {here}, {len(right)} {there}"
        return
    for number, (ours, theirs) in enumerate(map(_texts, left, right), start=1):
        if ours != theirs:
            yield f"constraint {number}: {ours} {here}, {theirs} {there}"


def _texts(left: Any, right: Any) -> tuple[str, str]:
    """Return the texts of two JSON values, which are equal if the values are (1 is neither 1.0 nor true).

    What JSON has to describe, such as a condition, is shown as Python does, unless that hides the difference.
    """
    exact = json.dumps(left), json.dumps(right)
    shown = _shown(left, exact[0]), _shown(right, exact[1])
    return shown if (shown[0] == shown[1]) == (exact[0] == exact[1]) else exact


def _shown(packed: Any, exact: str) -> str:
    if packed is _NOT_GIVEN:
        return "not given"
    if "{" not in exact or holds_opaque(packed):
        return exact
    try:
        return safe_repr(unpack(packed))
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError):  # a stored space that was altered
        return exact
