"""Spaces in terms of JSON, as files and snapshots hold them."""

from __future__ import annotations

from typing import Any

from .packing import declaration_from_data, declaration_to_data
from .search_space import SearchSpace


def space_to_data(space: SearchSpace) -> dict[str, Any]:
    """Return the space in terms of JSON; what JSON cannot hold is described, from which it cannot be made again."""
    return declaration_to_data(space._declared, space.constraints)


def space_from_data(data: Any) -> SearchSpace:
    """Return the space that :func:`space_to_data` turned into terms of JSON."""
    return SearchSpace(*declaration_from_data(data))
