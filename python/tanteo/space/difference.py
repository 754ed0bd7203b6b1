"""Description of the first difference between two spaces."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .declared import SEPARATOR
from .serialization import space_to_data

if TYPE_CHECKING:
    from .search_space import SearchSpace


def space_difference(here: SearchSpace, there: SearchSpace) -> str | None:
    """Return a description of the first difference between two spaces, or None if they are equal.

    >>> import tanteo as tt
    >>> space_difference(tt.SearchSpace({"lr": tt.Float(0.0, 0.1)}), tt.SearchSpace({"lr": tt.Float(0.0, 1.0)}))
    "parameter 'lr': high 0.1 here, 1.0 there"
    """
    return data_difference(space_to_data(here), space_to_data(there))


def data_difference(here: dict[str, Any], there: dict[str, Any]) -> str | None:
    """Return the first difference between two spaces given as JSON values (see :func:`space_to_data`), or None.

    Choices that JSON cannot represent are compared by position and by :func:`tanteo.space.labels.identity`.
    """
    left, right = _by_name(here), _by_name(there)
    for name in left:
        if name not in right:
            return f"parameter {name!r} exists here, but not there"
    for name in right:
        if name not in left:
            return f"parameter {name!r} exists there, but not here"
    for name, (path, packed) in left.items():
        difference = _parameter_difference(packed, right[name][1])
        if difference is not None:
            return f"parameter {name!r}: {difference}"
        if path != right[name][0]:
            return f"parameter {name!r} is nested as {path} here, as {right[name][0]} there"
    if list(left) != list(right):
        return f"the parameters stand in the order {', '.join(left)} here, {', '.join(right)} there"
    return _constraint_difference(here["constraints"], there["constraints"])


def _by_name(data: dict[str, Any]) -> dict[str, tuple[list[str], dict[str, Any]]]:
    return {SEPARATOR.join(path): (path, packed) for path, packed in data["parameters"]}


def _parameter_difference(left: dict[str, Any], right: dict[str, Any]) -> str | None:
    ((left_kind, left_fields),) = left.items()
    ((right_kind, right_fields),) = right.items()
    if left_kind != right_kind:
        return f"{left_kind} here, {right_kind} there"
    for field in sorted({*left_fields, *right_fields}):
        ours, theirs = (
            _json_text(fields[field]) if field in fields else "not given" for fields in (left_fields, right_fields)
        )
        if ours != theirs:
            return f"{field} {ours} here, {theirs} there"
    return None


def _constraint_difference(left: list[Any], right: list[Any]) -> str | None:
    if len(left) != len(right):
        return f"{len(left)} constraints here, {len(right)} there"
    for number, (ours, theirs) in enumerate(zip(map(_json_text, left), map(_json_text, right), strict=True), start=1):
        if ours != theirs:
            return f"constraint {number}: {ours} here, {theirs} there"
    return None


def _json_text(packed: Any) -> str:
    """Return the text of a JSON value; two values are equal if their texts are (1 is neither 1.0 nor true)."""
    return json.dumps(packed)
