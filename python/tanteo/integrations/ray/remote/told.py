"""What is told of a trial in terms of JSON: a journal keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ....coercion import as_float
from ....replicates import Replicates


def packed(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of ``tell`` in terms of JSON.

    Raises
    ------
    ArgumentError
        Naming an argument that is no number.
    """
    return {name: _pack(value, name) for name, value in told.items()}


def unpacked(told: Mapping[str, Any]) -> dict[str, Any]:
    """Undo :func:`packed`."""
    return {name: _unpack(value) if name == "value" else value for name, value in told.items()}


def _pack(value: Any, name: str) -> Any:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Replicates):
        return {"replicates": list(value.values)}
    if isinstance(value, Mapping):
        return {str(key): _pack(each, f"{name} {key!r}") for key, each in value.items()}
    if isinstance(value, Iterable) and getattr(value, "ndim", 1) != 0:
        return [_pack(each, name) for each in value]
    return as_float(value, name)


def _unpack(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Replicates(value["replicates"])
    return [_unpack(each) for each in value] if isinstance(value, list) else value
