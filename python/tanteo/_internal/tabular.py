"""Rows of tables: data frames of pandas and polars, and mappings of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

from ..exceptions import ArgumentError
from .coercion import members, shown


def is_missing(cell: Any) -> bool:
    """Return whether there is no value in a cell: it is None, NaN of any precision, or the ``NA`` of pandas."""
    return cell is None or (isinstance(cell, Real) and bool(cell != cell)) or type(cell).__name__ == "NAType"


def is_table(value: Any) -> bool:
    """Return whether ``value`` is a data frame or a mapping from columns to lists."""
    is_frame = hasattr(value, "columns") and (hasattr(value, "to_dicts") or hasattr(value, "to_dict"))
    return is_frame or isinstance(value, Mapping)


def columns_of(table: Any) -> tuple[dict[str, Sequence[Any]], Sequence[Any]]:
    """Return the columns of a table by name, and the index of each row: its label in pandas, else its position."""
    if isinstance(table, Mapping):
        columns = {str(name): _column(name, column) for name, column in table.items()}
    else:
        columns = {str(name): table[name].to_numpy() for name in table.columns}
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        raise ArgumentError(f"the columns of a table must have one length, got {sorted(lengths)}")
    index = getattr(table, "index", None)
    return columns, range(max(lengths, default=0)) if index is None else index.tolist()


def _column(name: Any, column: Any) -> Sequence[Any]:
    return column if hasattr(column, "dtype") else members(column, f"the column {name!r} must be a list")


def rows_of(table: Any) -> tuple[list[Mapping[str, Any]], list[str]]:
    """Return the rows and the column names of a table."""
    if hasattr(table, "to_dicts"):  # polars
        return table.to_dicts(), list(table.columns)
    if hasattr(table, "columns") and hasattr(table, "to_dict"):  # pandas
        return table.to_dict("records"), [str(name) for name in table.columns]
    if isinstance(table, Mapping):
        columns, _ = columns_of(table)
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)], list(columns)
    if isinstance(table, list | tuple) and table and all(isinstance(row, Mapping) for row in table):
        return list(table), [str(name) for name in dict.fromkeys(name for row in table for name in row)]
    raise ArgumentError(
        f"expected the path of a CSV file, a data frame, a mapping of columns or a list of rows, got {shown(table)}"
    )
