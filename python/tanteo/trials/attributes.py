"""Attributes of trials. The native core keeps them as text, which is JSON."""

from __future__ import annotations

import json
from typing import Any

from .._internal.coercion import shown
from ..exceptions import ArgumentError


def attribute_name(name: Any) -> str:
    """Return the name of an attribute, or refuse it."""
    if not isinstance(name, str) or not name or not name.isprintable():
        raise ArgumentError(f"the name of an attribute must be printable text, got {shown(name)}")
    return str(name)


def attribute_text(name: str, value: Any) -> str:
    """Return the value of an attribute as JSON.

    Scalars and arrays of NumPy, PyTorch and the like count as the numbers and lists that their ``tolist`` returns.

    Raises
    ------
    ArgumentError
        For what JSON cannot hold; the message names the attribute.
    """
    try:
        return json.dumps(value, default=_listed)
    except Exception as error:  # what the user's objects do when they are asked for a list, too
        raise ArgumentError(
            f"attribute {name!r} must be what JSON holds (text, numbers, truth values, None, lists and dicts of them), "
            f"got {shown(value)}: {error}"
        ) from None


def attribute_value(text: str) -> Any:
    """Undo :func:`attribute_text`. What is no JSON, which no search writes, is returned as it is."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _listed(value: Any) -> Any:
    if isinstance(value, type) or not hasattr(value, "tolist"):
        raise TypeError(f"an object of type {type(value).__name__} is no JSON")
    return value.tolist()
