"""Conversion of spaces to the JSON values of files and snapshots, and back."""

from __future__ import annotations

from typing import Any

from .packing import declaration_from_data, declaration_to_data
from .search_space import SearchSpace


def space_to_data(space: SearchSpace) -> dict[str, Any]:
    """Return the space as JSON values; values that JSON cannot represent are described and cannot be restored."""
    return declaration_to_data(space._declared, space.constraints)


def space_from_data(data: Any) -> SearchSpace:
    """Return the space from the result of :func:`space_to_data`."""
    return SearchSpace(*declaration_from_data(data))
