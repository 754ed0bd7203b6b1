"""Attributes of trials, which the native core stores as JSON text."""

from __future__ import annotations

import json
import os
from typing import Any

from .._internal.coercion import shown
from .._internal.text import safe_repr
from ..exceptions import ArgumentError


def attribute_name(name: Any) -> str:
    """Return the checked name of an attribute."""
    if not isinstance(name, str) or not name or not name.isprintable():
        raise ArgumentError(f"the name of an attribute must be printable text, got {shown(name)}")
    return str(name)


def attribute_text(name: str, value: Any) -> str:
    """Return the value of an attribute as JSON.

    Scalars and arrays of NumPy, PyTorch and similar libraries are converted by their ``tolist``, and paths to text.

    Raises
    ------
    ArgumentError
        Naming the attribute, if JSON cannot represent the value.
    """
    try:
        return json.dumps(value, default=_converted)
    except Exception as error:  # `tolist` of a user's object may raise anything
        raise ArgumentError(
            f"attribute {name!r} must be a JSON value (text, numbers, truth values, None, lists and dicts of them), "
            f"got {shown(value)}: {error}"
        ) from None


def attribute_or_text(value: Any) -> Any:
    """Return a value that can be an attribute, a path as text, or the repr of any other value."""
    try:
        attribute_text("value", value)
    except ArgumentError:
        return safe_repr(value)
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def attribute_value(text: str) -> Any:
    """Undo :func:`attribute_text`. Text that is not JSON, which no search writes, is returned unchanged."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _converted(value: Any) -> Any:
    """Return a value that JSON has no type for as one that it has."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, type) or not hasattr(value, "tolist"):
        raise TypeError(f"JSON has no type {type(value).__name__}")
    return value.tolist()
