"""Conversion of the sources in ``earlier=`` to rows."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from .._core import MAX_EARLIER
from .._internal.coercion import as_float, short, shown
from .._internal.files import as_path
from .._internal.tabular import is_missing, is_table, rows_of
from ..exceptions import ArgumentError, StudyError
from ..space.search_space import flat_params
from .mapping import EarlierRow, Source, thinned

if TYPE_CHECKING:
    from ..space.search_space import SearchSpace
    from ..trials.results import Results

#: A search, a result, the path of a study, a table or a table and a column, or pairs of configuration and value.
AnySource: TypeAlias = Any


def read(earlier: Sequence[AnySource] | None, space: SearchSpace, *, maximize: bool) -> tuple[Source, ...]:
    """Return the rows to keep of earlier searches.

    Parameters
    ----------
    earlier
        As ``earlier=`` of :class:`tanteo.Optimizer`.
    space
        The space of the new search. Its parameters tell a choice that is a mapping from nesting.
    maximize
        Whether the new search maximizes. Tables and pairs, which have no direction of their own, have the same one.

    Raises
    ------
    ArgumentError
        Naming the source that cannot be read.
    """
    if earlier is None:
        return ()
    if isinstance(earlier, str | bytes | Mapping) or not isinstance(earlier, Sequence):
        raise ArgumentError(f"earlier must be a list of sources, such as [study], got {shown(earlier)}")
    if _is_table_with_column(earlier) and _has_column(*earlier):
        column = short(earlier[1], 80)
        raise ArgumentError(f"earlier must be a list of sources; write [(frame, {column})] for a table and its column")
    if len(earlier) > MAX_EARLIER:
        raise ArgumentError(f"earlier has {len(earlier)} sources; give at most {MAX_EARLIER}, those most alike")
    sign = -1.0 if maximize else 1.0
    return tuple(_read(source, space, f"earlier[{i}]", sign) for i, source in enumerate(earlier))


def _read(source: Any, space: SearchSpace, label: str, sign: float) -> Source:
    if isinstance(source, Source):
        return source
    search = getattr(source, "optimizer", source)
    if isinstance(search, str | os.PathLike):
        return _of_study(search, label)
    if hasattr(search, "trials") and hasattr(search, "directions"):
        if not hasattr(search, "_codec"):
            raise ArgumentError(
                f"{label} is a study of another library; convert it, such as with "
                f"tanteo.integrations.optuna.from_optuna(study), got {shown(search)}"
            )
        return _of_search(search, label)
    table, column = source if _is_table_with_column(source) else (source, "value")
    if is_table(table):
        return _of_table(table, column, space, label, sign)
    if isinstance(source, Sequence):
        return thinned(_pairs(source, space, label, sign))
    raise ArgumentError(
        f"{label} must be a search, the path of a study, a result, a data frame or a list of (params, value), "
        f"got {shown(source)}"
    )


def _is_table_with_column(source: Any) -> bool:
    return isinstance(source, tuple) and len(source) == 2 and is_table(source[0]) and isinstance(source[1], str)


def _has_column(table: Any, column: str) -> bool:
    return column in getattr(table, "columns", table)


def _of_study(path: str | os.PathLike[str], label: str) -> Source:
    if not as_path(path).exists():
        raise ArgumentError(f"{label}: there is no study at {short(os.fspath(path), 200)}")
    # `Study` is accessed through the package, because importing it here would be a circular import.
    try:
        with sys.modules["tanteo"].Study(path, read_only=True) as study:
            return _of_search(study, label)
    except StudyError as error:
        raise StudyError(f"{label}: {error}") from error


def _of_search(search: Results, label: str) -> Source:
    if len(search.directions) != 1:
        raise ArgumentError(f"{label} has several objectives; earlier searches must have one")
    sign = -1.0 if search.directions[0] == "maximize" else 1.0
    complete = [trial for trial in search.trials if trial.state == "complete" and not trial.excluded]
    flat = search._codec.flat
    losses = [(trial, sign * trial.values[0]) for trial in complete if trial.values is not None]
    return thinned(
        [EarlierRow(flat(trial.params), loss, trial.feasible) for trial, loss in losses if math.isfinite(loss)]
    )


def _of_table(table: Any, column: str, space: SearchSpace, label: str, sign: float) -> Source:
    try:
        rows, columns = rows_of(table)
    except (ArgumentError, TypeError) as error:
        why = error if isinstance(error, ArgumentError) else f"each column must be a list, got {shown(table)}"
        raise ArgumentError(
            f"{label} is not a table: {why}; configurations with values are pairs (params, value)"
        ) from None
    if column not in columns:
        name = short(column, 80)
        raise ArgumentError(f"{label} has no column {name}; give (frame, column) with the column of the values")
    pairs = ((dict(row), row[column]) for row in rows)
    named = [({_name(n): v for n, v in row.items() if n != column}, y) for row, y in pairs]
    return thinned(_pairs(named, space, label, sign))


def _name(column: Any) -> str:
    """Return the parameter of a column; our own tables have a prefix."""
    return str(column).removeprefix("params/")


def _pairs(pairs: Sequence[Any], space: SearchSpace, label: str, sign: float) -> list[EarlierRow]:
    """Return rows for pairs of configuration and value; pairs without a finite value are failures and are dropped."""
    rows = []
    for i, pair in enumerate(pairs):
        if not (isinstance(pair, Sequence) and len(pair) == 2 and isinstance(pair[0], Mapping)):
            raise ArgumentError(f"{label}: entry {i} must be a pair (params, value), got {shown(pair)}")
        params, value = pair
        loss = math.nan if value is None else as_float(value, f"{label}: the value of entry {i}")
        if math.isfinite(loss):
            flat = {name: cell for name, cell in flat_params(params, space).items() if not is_missing(cell)}
            rows.append(EarlierRow(flat, sign * loss, is_feasible=True))
    return rows
