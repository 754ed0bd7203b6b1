"""Nested configurations with flat names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .declared import SEPARATOR

if TYPE_CHECKING:
    from .search_space import SearchSpace


def flat_params(params: Mapping[str, Any], space: SearchSpace, prefix: str = "") -> dict[str, Any]:
    """Return a nested configuration with flat names, as in ``SearchSpace``; names that it does not have are kept.

    A mapping that is a choice of a parameter of the space is a value, not nesting.
    """
    flat: dict[str, Any] = {}
    for name, value in params.items():
        flat_name = f"{prefix}{name}"
        if isinstance(value, Mapping) and flat_name not in space:
            flat |= flat_params(value, space, f"{flat_name}{SEPARATOR}")
        else:
            flat[flat_name] = value
    return flat
