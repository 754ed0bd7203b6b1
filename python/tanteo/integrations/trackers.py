"""The data of a trial for experiment trackers, in a form that all of them accept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .. import inside
from .._internal.text import to_json
from ..optimizer import Optimizer
from ..space.search_space import flat_params
from ..trials.attributes import attribute_or_text
from ..trials.objectives import suffixes
from ..trials.trial import FrozenTrial


@dataclass(frozen=True)
class Facts:
    """The data of one trial.

    Attributes
    ----------
    params
        The configuration by flat names; values that JSON cannot represent become text.
    metrics
        ``value`` (with several objectives ``value/<name>``, or ``value_0``, ...), ``sem``, ``cost``, ``duration`` and
        ``constraints/<name>``, if known.
    end
        The state in which it ended, as counts call it: ``"cancelled"`` if it was cancelled.
    notes
        That end as ``state``, origin, feasibility, seed, reason, traceback, and attributes as JSON
        (``attrs/<name>``), as text.
    """

    params: dict[str, Any]
    metrics: dict[str, float]
    end: str
    notes: dict[str, str]


def facts(search: Optimizer, trial: FrozenTrial) -> Facts:
    """Return the data of a trial that has ended."""
    flat, end = flat_params(trial.params, search.space), inside.called(search, trial)
    notes = {
        "state": end,
        "origin": trial.origin,
        "feasible": str(trial.feasible).lower(),
        "seed": str(search.seed),
        "reason": trial.reason,
        "traceback": trial.traceback,
        **{f"attrs/{name}": to_json(value) for name, value in trial.attrs.items()},
    }
    return Facts(
        {name: attribute_or_text(value) for name, value in flat.items()},
        _metrics(trial, suffixes(len(search.directions), search.objective_names)),
        end,
        {name: note for name, note in notes.items() if note},
    )


def _metrics(trial: FrozenTrial, name_suffixes: Sequence[str]) -> dict[str, float]:
    values, sems = trial.values or trial.partial_values or (), trial.sems or ()
    metrics = {
        **{f"value{end}": value for end, value in zip(name_suffixes, values, strict=False)},
        **{f"sem{end}": sem for end, sem in zip(name_suffixes, sems, strict=False)},
        "cost": trial.cost,
        "duration": trial.duration,
        **{f"constraints/{name}": value for name, value in trial.constraints.items()},
    }
    return {name: value for name, value in metrics.items() if value is not None}


def reports(search: Optimizer, trial: FrozenTrial) -> Iterator[tuple[int, dict[str, float]]]:
    """Iterate over the steps of a trial and their reports, named ``report`` with the suffix of ``value``."""
    names = [f"report{end}" for end in suffixes(len(search.directions), search.objective_names)]
    for step, values in trial.steps.items():
        yield step, dict(zip(names, values if isinstance(values, tuple) else (values,), strict=True))
