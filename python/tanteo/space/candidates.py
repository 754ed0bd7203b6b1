"""A table of candidates, read once for many asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from .._core import CoreCandidates
from .._internal.coercion import short, shown
from .._internal.equality import builtin
from .._internal.tabular import columns_of, is_missing, is_table
from ..exceptions import ArgumentError
from .parameters import Categorical, Constant, Float, Int, Parameter
from .search_space import SearchSpace, as_space

#: Candidates, or a data frame, mapping of columns, list of configurations or array to read them from.
AnyCandidates: TypeAlias = Any


class Candidates:
    """The rows of a table that a search may choose among: ``ask(among=candidates)``.

    Reading a table takes longer than an ask, so a table that is used for many asks is best read once.

    Parameters
    ----------
    table
        A data frame of pandas or polars, or a mapping of columns, with a column for each parameter; a list of
        configurations; or an array of shape ``(rows, parameters)`` with one column per parameter in the order of the
        space. Other columns of a frame or mapping are ignored. Columns are named by flat names (``"tree/depth"``); the
        prefix ``params/`` of :meth:`Study.to_pandas` may stay. A cell of a parameter that does not exist in its row is
        ignored and may be empty.
    space
        The space of the search. Every row must lie in it. A row that breaks a known constraint is never chosen. Without
        a space, each column of a frame or mapping becomes a parameter: floats and integers between their smallest and
        largest value, other columns a choice, and a column with a single value a constant.

    Raises
    ------
    ArgumentError
        If the table is empty or lacks the column of a parameter.
    ParameterError, SpaceError
        Naming the first row with a value outside of the space.

    Notes
    -----
    ``index[i]`` is the index of row ``i``: its label in a frame of pandas, else its position.

    Examples
    --------
    >>> import tanteo as tt
    >>> space = {"solvent": tt.Categorical(["water", "ethanol"]), "hours": tt.Float(1.0, 24.0)}
    >>> table = {"solvent": ["water", "ethanol", "water"], "hours": [2.0, 4.0, 8.0]}
    >>> candidates = tt.Candidates(table, space)
    >>> trial = tt.Optimizer(space, seed=0).ask(among=candidates)
    >>> trial.params == {name: column[trial.index] for name, column in table.items()}
    True
    """

    def __init__(self, table: Any, space: SearchSpace | Mapping[str, Any] | None = None) -> None:
        self._space = spanned(table) if space is None else as_space(space)
        columns, index = _columns(table, self._space)
        _check_some(index)
        raws = [self._space[name]._raws(column, f"candidates: {name!r}") for name, column in columns.items()]
        self._core, self._index = CoreCandidates(self._space._core, raws), index

    def find(self, params: Mapping[str, Any]) -> Any:
        """Return the index of the first row with this configuration that may be chosen, or None if there is none."""
        row = self._core.find(self._space._core.check(self._space._raw(params, partial=False)))
        return None if row is None else self._index[row]

    @property
    def space(self) -> SearchSpace:
        """The space of the rows."""
        return self._space

    @property
    def index(self) -> list[Any]:
        """The index of each row."""
        return list(self._index)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._index)

    def __repr__(self) -> str:
        return f"Candidates({len(self)} rows, {len(self._space)} parameters)"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self._space, self._core.columns(), self._index)


def _restored(space: SearchSpace, columns: list[list[Any]], index: Sequence[Any]) -> Candidates:
    candidates = Candidates.__new__(Candidates)
    candidates._space, candidates._index = space, index
    candidates._core = CoreCandidates(space._core, columns)
    return candidates


def spanned(table: Any) -> SearchSpace:
    """Return the smallest space of numbers and choices that contains the rows of a table."""
    if not is_table(table):
        raise ArgumentError(
            f"without a space, candidates must be a data frame or a mapping of columns, got {shown(table)}; arrays and "
            "lists of configurations need one: tt.Candidates(table, space)"
        )
    columns, _ = columns_of(table)
    return SearchSpace({name: _spanned(name, [builtin(cell) for cell in column]) for name, column in columns.items()})


def _check_some(rows: Sequence[Any]) -> None:
    if not len(rows):
        raise ArgumentError("candidates has no rows; give at least one candidate")


def _spanned(name: str, cells: Sequence[Any]) -> Parameter:
    _check_some(cells)
    empty = next((row for row, cell in enumerate(cells) if is_missing(cell)), None)
    if empty is not None:
        raise ArgumentError(f"candidates: {name!r} is empty in row {empty}; fill the cell, or declare a space")
    values = list(dict.fromkeys(cells))
    kinds = {type(value) for value in values}
    if len(values) == 1:
        return Constant(values[0])
    if kinds == {int}:
        return Int(min(values), max(values))
    if kinds <= {int, float}:
        return Float(min(values), max(values))
    return Categorical(values)


def as_candidates(among: Any, space: SearchSpace) -> Candidates:
    """Return ``among`` as candidates for searches of ``space``."""
    return among if isinstance(among, Candidates) else Candidates(among, space)


def _columns(table: Any, space: SearchSpace) -> tuple[dict[str, Sequence[Any]], Sequence[Any]]:
    """Return the column of each parameter of the core, in order, and the index of each row."""
    names = space._codec.names
    if is_table(table):
        found, index = columns_of(table)
        found = {name.removeprefix("params/"): column for name, column in found.items()}
    elif isinstance(table, Sequence) and not isinstance(table, str | bytes) and all(map(_is_mapping, table)):
        rows = [space._codec.flat(row) for row in table]
        found, index = {name: [row.get(name) for row in rows] for name in names}, range(len(rows))
    else:
        found, index = _of_array(table, names)
    missing = [name for name in names if name not in found]
    if missing:
        raise ArgumentError(
            f"candidates has no column for the parameter {missing[0]!r}; its columns are {short(list(found), 200)}"
        )
    return {name: found[name] for name in names}, index


def _is_mapping(row: Any) -> bool:
    return isinstance(row, Mapping)


def _of_array(table: Any, names: Sequence[str]) -> tuple[dict[str, Sequence[Any]], Sequence[Any]]:
    shape = getattr(table, "shape", None)
    if not isinstance(shape, tuple) or len(shape) != 2 or shape[1] != len(names):
        got = f"an array of shape {shape}" if isinstance(shape, tuple) else shown(table)
        raise ArgumentError(
            f"among must be tt.Candidates, a data frame, a mapping of columns, a list of configurations, or an array "
            f"with {len(names)} columns, one per parameter, got {got}"
        )
    columns: dict[str, Any] = {name: table[:, j] for j, name in enumerate(names)}
    return columns, range(len(table))
