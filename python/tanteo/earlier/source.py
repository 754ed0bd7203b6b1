"""The data kept of an earlier search: configurations by name, and losses."""

from __future__ import annotations

from typing import Any, NamedTuple

#: The numbers of rows kept of a source: the best ones, and others spread evenly over the rest.
N_BEST, N_SPREAD = 100, 50


class Row(NamedTuple):
    """A configuration with flat names, its loss, and whether it satisfied its constraints."""

    params: dict[str, Any]
    loss: float
    is_feasible: bool


class Source(NamedTuple):
    """The rows of an earlier search, independent of the search and its space."""

    rows: tuple[Row, ...]


def thinned(rows: list[Row]) -> Source:
    """Return a source with a selection of rows; losses of infeasible rows are raised to the median of feasible ones."""
    feasible = sorted(row.loss for row in rows if row.is_feasible)
    if feasible:
        middle = feasible[(len(feasible) - 1) // 2]
        rows = [row if row.is_feasible else row._replace(loss=max(row.loss, middle)) for row in rows]
    ordered = sorted(rows, key=lambda row: row.loss)
    best, others = ordered[:N_BEST], ordered[N_BEST:]
    n = min(N_SPREAD, len(others))
    return Source((*best, *(others[(2 * i + 1) * len(others) // (2 * n)] for i in range(n))))
