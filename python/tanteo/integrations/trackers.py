"""What an experiment tracker is told of a trial, in terms that every tracker takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .._internal.text import safe_repr
from ..optimizer import Optimizer
from ..trials.attributes import attribute_text
from ..trials.trial import FrozenTrial


@dataclass(frozen=True)
class Facts:
    """One trial.

    Attributes
    ----------
    params
        The configuration by flat names; what JSON cannot hold is its text.
    metrics
        ``value`` (``value_0``, ... with several objectives), ``sem``, ``cost``, ``duration``, ``constraints/<name>``,
        as far as they are known.
    notes
        State, origin, seed, reason, traceback, and attributes as JSON (``attrs/<name>``), as text.
    """

    params: dict[str, Any]
    metrics: dict[str, float]
    notes: dict[str, str]


def facts(search: Optimizer, trial: FrozenTrial) -> Facts:
    """Return what is known of a trial that was told."""
    flat = search.space._codec.flat(trial.params)
    notes = {
        "state": trial.state,
        "origin": trial.origin,
        "feasible": str(trial.feasible).lower(),
        "seed": str(search.seed),
        "reason": trial.reason,
        "traceback": trial.traceback,
        **{f"attrs/{name}": json.dumps(value) for name, value in trial.attrs.items()},
    }
    return Facts(
        {name: _plain(value) for name, value in flat.items()},
        _metrics(trial),
        {name: note for name, note in notes.items() if note},
    )


def _metrics(trial: FrozenTrial) -> dict[str, float]:
    values, sems = trial.values or (), trial.sems or ()
    several = len(values) > 1
    known = {
        **{f"value_{k}" if several else "value": value for k, value in enumerate(values)},
        **{f"sem_{k}" if several else "sem": sem for k, sem in enumerate(sems)},
        "cost": trial.cost,
        "duration": trial.duration,
        **{f"constraints/{name}": value for name, value in trial.constraints.items()},
    }
    return {name: value for name, value in known.items() if value is not None}


def _plain(value: Any) -> Any:
    try:
        attribute_text("value", value)
    except ValueError:
        return safe_repr(value)
    return value
