"""Description of the first difference between two spaces."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from .declared import SEPARATOR
from .serialization import space_to_data

if TYPE_CHECKING:
    from .search_space import SearchSpace


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
    """Return the first difference between two spaces given as JSON values (see :func:`space_to_data`), or None.

    Choices that JSON cannot represent are compared by position and by :func:`tanteo.space.labels.identity`.
    """
    ours, theirs = _by_name(left), _by_name(right)
    here, there = places
    for name in ours:
        if name not in theirs:
            return f"parameter {name!r} exists {here}, but not {there}"
    for name in theirs:
        if name not in ours:
            return f"parameter {name!r} exists {there}, but not {here}"
    for name, (path, packed) in ours.items():
        difference = _parameter_difference(packed, theirs[name][1], places)
        if difference is not None:
            return f"parameter {name!r}: {difference}"
        if path != theirs[name][0]:
            return f"parameter {name!r} is nested as {path} {here}, as {theirs[name][0]} {there}"
    if list(ours) != list(theirs):
        return f"the parameters stand in the order {', '.join(ours)} {here}, {', '.join(theirs)} {there}"
    return _constraint_difference(left["constraints"], right["constraints"], places)


def _by_name(data: dict[str, Any]) -> dict[str, tuple[list[str], dict[str, Any]]]:
    return {SEPARATOR.join(path): (path, packed) for path, packed in data["parameters"]}


def _parameter_difference(left: dict[str, Any], right: dict[str, Any], places: Places) -> str | None:
    here, there = places
    ((left_kind, left_fields),) = left.items()
    ((right_kind, right_fields),) = right.items()
    if left_kind != right_kind:
        return f"{left_kind} {here}, {right_kind} {there}"
    for field in sorted({*left_fields, *right_fields}):
        ours, theirs = (
            _json_text(fields[field]) if field in fields else "not given" for fields in (left_fields, right_fields)
        )
        if ours != theirs:
            return f"{field} {ours} {here}, {theirs} {there}"
    return None


def _constraint_difference(left: list[Any], right: list[Any], places: Places) -> str | None:
    here, there = places
    if len(left) != len(right):
        return f"the number of constraints is {len(left)} {here}, {len(right)} {there}"
    for number, (ours, theirs) in enumerate(zip(map(_json_text, left), map(_json_text, right), strict=True), start=1):
        if ours != theirs:
            return f"constraint {number}: {ours} {here}, {theirs} {there}"
    return None


def _json_text(packed: Any) -> str:
    """Return the text of a JSON value; two values are equal if their texts are (1 is neither 1.0 nor true)."""
    return json.dumps(packed)
