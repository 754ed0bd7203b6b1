"""What is told of a trial in terms of JSON: a journal keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...._internal.coercion import as_float
from ....trials.outcome import outcome
from ....trials.replicates import Replicates


def packed(
    maximize: Sequence[bool],
    value: Any = None,
    *,
    state: str = "complete",
    sem: Any = None,
    constraints: Mapping[str, float] | None = None,
    cost: float | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    """Return the arguments of ``tell`` in terms of JSON.

    Parameters
    ----------
    maximize
        One entry per direction.
    value, state, sem, constraints, cost, reason
        As for :meth:`tanteo.Optimizer.tell`.

    Raises
    ------
    ArgumentError
        As ``tell`` raises it.
    """
    outcome(value, state, sem, constraints, cost, reason, maximize)
    told = {"value": value, "state": state, "sem": sem, "constraints": constraints, "cost": cost, "reason": reason}
    return {name: _pack(each, name) for name, each in told.items() if each is not None}


def unpacked(told: Mapping[str, Any]) -> dict[str, Any]:
    """Undo :func:`packed`."""
    return {name: _unpack(each) if name == "value" else each for name, each in told.items()}


def _pack(told: Any, name: str) -> Any:
    """Return what :func:`outcome` has found to be text, numbers, or a list or mapping of them."""
    if told is None or isinstance(told, str):
        return told
    if isinstance(told, Replicates):
        return {"replicates": list(told.values)}
    if isinstance(told, Mapping):
        return {key: _pack(each, name) for key, each in told.items()}
    if hasattr(told, "__iter__") and getattr(told, "ndim", 1) != 0:
        return [_pack(each, name) for each in told]
    return as_float(told, name)


def _unpack(told: Any) -> Any:
    if isinstance(told, Mapping):
        return Replicates(told["replicates"])
    return [_unpack(each) for each in told] if isinstance(told, list) else told
