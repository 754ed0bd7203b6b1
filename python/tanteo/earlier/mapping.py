"""Rows of an earlier search, and their mapping to another space by the names of the parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from ..exceptions import ParameterError
from ..space.parameters import Parameter
from ..space.search_space import SearchSpace

#: The numbers of rows kept of a source: the best ones, and others spread evenly over the rest.
N_BEST, N_SPREAD = 100, 50


class EarlierRow(NamedTuple):
    """A configuration with flat names, its loss, and whether it satisfied its constraints."""

    params: dict[str, Any]
    loss: float
    is_feasible: bool


class Source(NamedTuple):
    """The rows of an earlier search, independent of the search and its space."""

    rows: tuple[EarlierRow, ...]


def thinned(rows: list[EarlierRow]) -> Source:
    """Return a source with a selection of rows; losses of infeasible rows are raised to the median of feasible ones."""
    feasible = sorted(row.loss for row in rows if row.is_feasible)
    if feasible:
        middle = feasible[(len(feasible) - 1) // 2]
        rows = [row if row.is_feasible else row._replace(loss=max(row.loss, middle)) for row in rows]
    ordered = sorted(rows, key=lambda row: row.loss)
    best, others = ordered[:N_BEST], ordered[N_BEST:]
    n = min(N_SPREAD, len(others))
    return Source((*best, *(others[(2 * i + 1) * len(others) // (2 * n)] for i in range(n))))


#: Rows outside the ranges are moved to the nearest end if they are less than this share of a source, else dropped.
MAX_OUTSIDE = 0.2


#: A row in the form of the core: raw values, the loss, and whether it may be tried.
Mapped: TypeAlias = tuple[Sequence[float | int | None], float, bool]


def mapped(source: Source, space: SearchSpace) -> list[Mapped]:
    """Return the rows of a source that can be mapped to a space.

    Parameters are matched by name, choices by label. If fewer than a fifth of the rows have numbers outside the ranges,
    these numbers are moved to the nearest end, and the rows are not tried; otherwise such rows are dropped. A row with
    a choice that the space does not have is dropped. A missing parameter gets its default, or remains open without one.
    """
    candidates = [candidate for row in source.rows if (candidate := _mapped(row, space)) is not None]
    outside = sum(not is_inside for _, is_inside in candidates)
    keeps = outside < MAX_OUTSIDE * len(candidates)
    return [row for row, is_inside in candidates if is_inside or keeps]


def remapped(rows: Sequence[Mapped], old_space: SearchSpace, new_space: SearchSpace) -> list[Mapped]:
    """Return the result of :func:`mapped` for one space mapped to another."""
    names = old_space._codec.names
    return mapped(
        Source(tuple(EarlierRow(_by_name(old_space, names, raws), loss, fits) for raws, loss, fits in rows)), new_space
    )


def _by_name(space: SearchSpace, names: Sequence[str], raws: Sequence[float | None]) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for name, raw in zip(names, raws, strict=True):
        labels = space[name]._labels()
        if raw is not None:
            params[name] = raw if labels is None else labels[int(raw)]
    return params


def _mapped(row: EarlierRow, space: SearchSpace) -> tuple[Mapped, bool] | None:
    codec = space._codec
    raws: dict[str, float | None] = {}
    is_inside = True
    for name in codec.names:
        if name in row.params:
            try:
                raws[name], fits = space[name]._nearest(row.params[name])
            except ParameterError:
                return None
            is_inside &= fits
        else:
            raws[name] = _default(space[name])
    values = list(raws.values())
    if all(value is None for value in values):
        return None
    for _ in raws:  # repeated, because removing a parameter may remove its children
        exists = [codec._exists(name, values, unknown=True) for name in raws]
        values = [value if there else None for value, there in zip(values, exists, strict=True)]
    return (values, row.loss, row.is_feasible and is_inside), is_inside


def _default(parameter: Parameter) -> float | None:
    return None if parameter._default is None else parameter._to_raw(parameter._default, "default")
