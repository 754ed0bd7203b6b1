"""The order in which trials are listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.trial import FrozenTrial


def in_order(optimizer: Optimizer, trials: Sequence[FrozenTrial], name: str) -> list[FrozenTrial]:
    """Trials by one column of :meth:`Optimizer.to_dict`: values best first, others from small to large.

    Trials without an entry come last, equal ones by id.

    Raises
    ------
    ArgumentError
        For a column that does not exist.
    """
    columns = optimizer.to_dict()
    column = _column(list(columns), name)
    entries = columns[column].tolist()
    descends = column.startswith("value") and optimizer.directions[int(column[6:] or 0)] == "maximize"
    return sorted(trials, key=lambda trial: _key(entries[trial.id], descends=descends))


def _column(columns: Sequence[str], name: str) -> str:
    """The full name of a column; ``params/`` may be left out, and ``value`` is that of the first objective."""
    found = next((full for full in (name, f"params/{name}", f"{name}_0") if full in columns), None)
    if found is None:
        raise ArgumentError(f"--sort {name}: there is no such column; choose from {', '.join(columns)}")
    return found


def _key(entry: Any, *, descends: bool) -> tuple[int, Any]:
    """Numbers before text before what is missing."""
    if entry is None or entry != entry:
        return (2, 0)
    if isinstance(entry, int | float):
        return (0, -entry if descends else entry)
    return (1, str(entry))
