"""Conversion of outcomes to the JSON values that workers send and the journal stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....trials.outcome import Outcome
from ....trials.replicates import Replicates


def encode_outcome(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as arguments of ``tell`` in JSON values, without arguments that are None."""
    arguments = {
        "value": _one_or_many([_encode(measurement) for measurement in outcome.measurements or ()]),
        "state": outcome.state,
        "sem": _one_or_many(outcome.sems or ()),
        "constraints": dict(outcome.constraints) or None,
        "cost": outcome.cost,
        "reason": outcome.reason,
    }
    return {name: value for name, value in arguments.items() if value is not None}


def decode_arguments(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of ``tell`` from what :func:`encode_outcome` returned."""
    return {name: _decode(value) if name == "value" else value for name, value in data.items()}


def _one_or_many(values: Sequence[Any]) -> Any:
    """Return the value of a single objective, or a list with one value per objective; None without values."""
    if not values:
        return None
    return values[0] if len(values) == 1 else list(values)


def _encode(measurement: float | Replicates) -> Any:
    return {"replicates": list(measurement.values)} if isinstance(measurement, Replicates) else measurement


def _decode(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Replicates(value["replicates"])
    return [_decode(entry) for entry in value] if isinstance(value, list) else value
