"""Imports trials from a table: a CSV file or a data frame, with a space.

>>> import tanteo as tt
>>> from tanteo.integrations.tables import from_frame
>>> rows = {"lr": [0.1, 0.01], "accuracy": [0.8, 0.9]}
>>> from_frame(rows, {"lr": tt.Float(1e-4, 1.0, log=True)}, value="accuracy", direction="maximize").best.value
0.9
"""

from __future__ import annotations

import csv
import math
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from .. import inside
from .._internal.coercion import short, shown
from .._internal.equality import builtin
from .._internal.states import STATES, STOPPED
from .._internal.tabular import is_missing, rows_of
from .._internal.text import FORMULA, counted, escaped, safe_repr, truths
from ..exceptions import ArgumentError
from ..optimizer import Optimizer
from ..options import takes_import_options
from ..space.parameters import Parameter
from ..space.search_space import SearchSpace, as_space
from ..study.changing import as_fill, check_fill
from ..trials.objectives import goals, labels, suffixes
from .imported_trials import ImportedTrial, ImportNotes, new_search
from .imported_trials import fill as fill_search

if TYPE_CHECKING:
    from ..options import AnySpace, Directions, ImportOptions
    from ..trials.objectives import Direction

# What reads files of other formats, by their endings.
_READERS = {
    ".parquet": "pandas.read_parquet(path)",
    ".json": "pandas.DataFrame(json.load(open(path)))",
    ".jsonl": "pandas.read_json(path, lines=True)",
    ".xlsx": "pandas.read_excel(path)",
}
# Prefixes of columns in tables that Tanteo writes, and the other columns of these tables that are read.
_PARAMS, _CONSTRAINTS, _ATTRS, _ACTIVE = "params/", "constraints/", "attrs/", "active/"
_FIELDS = ("state", "excluded", "cost", "reason", "started", "finished", "sem")
# The name of the cells of a row that lie beyond its header.
_BEYOND = "(beyond the header)"
# The advice of the note on columns that are not read.
NAME_THEM = "name columns in constraints= or attrs= to keep them"


@takes_import_options
def from_frame(
    frame: Any,
    space: AnySpace,
    *,
    value: str | Sequence[str] = "value",
    direction: Direction = "minimize",
    directions: Directions | None = None,
    constraints: Sequence[str] = (),
    attrs: Sequence[str] = (),
    fill: Mapping[str, Any] | None = None,
    path: str | os.PathLike[str] | None = None,
    **options: Unpack[ImportOptions],
) -> Optimizer:
    """Return a search with every row of a table as a trial, ready to be continued.

    Parameters
    ----------
    frame
        The path of a CSV file, a pandas or polars data frame, a mapping from columns to lists, or a list of rows, which
        are mappings. In tables written by ``tanteo export`` or ``to_pandas``, the columns ``state``, ``excluded``,
        ``cost``, ``reason``, ``started``, ``finished``, ``params/...``, ``constraints/...`` and ``attrs/...`` are
        recognized.
    space
        The space of the configurations. A column has the flat name of its parameter, with or without ``params/``. The
        cell of an inactive parameter is empty, or left out. A row of a CSV file is left aside if an empty cell may be
        None or empty text, since both are choices.
    value
        The column of the value, or one column for each objective. A row without a value is a failed trial, unless a
        column ``state`` says otherwise.
    direction, directions
        As for :class:`tanteo.Optimizer`.
    constraints, attrs
        Names of further columns with constraints, feasible if ``<= 0``, and with attributes.
    fill
        Flat name to value, for parameters that have no column: the value that they had in every row.
    path
        A new file in which the search is kept as a :class:`tanteo.Study`. By default it is kept in memory.
    sampler, seed, deduplicate, pruner, pausing, budget, earlier, max_violation_probability, thresholds, allowed
        As for :class:`tanteo.Optimizer`.

    Warns
    -----
    UserWarning
        Once, with the reasons, if rows could not be imported unchanged, if columns of a table that Tanteo did not write
        are not read, or if there are no rows. In a file, rows are counted as spreadsheets do:
        the header is row 1. In other tables the first row is row 0.

    Raises
    ------
    ArgumentError
        If a column is missing or exists twice, there is not one column of values for each objective, ``frame`` is not a
        table, or ``fill`` has a parameter that has a column or is not in the space.
    ParameterError
        If a value in ``fill`` does not belong to its parameter.
    StudyError
        If ``path`` exists.
    """
    search_space = as_space(space)
    rows, columns = _rows(frame)
    objective_directions = [direction] if directions is None else directions
    reader = _Reader(
        search_space,
        columns,
        _value_columns(value, objective_directions, columns),
        constraints,
        attrs,
        as_fill(fill),
        is_file=isinstance(frame, str | os.PathLike),
    )
    search, notes = new_search(search_space, objective_directions, path=path, options=options), ImportNotes()
    fill_search(search, reader.trials(rows, notes), notes)
    notes.warn(f"table ({reader.rows_are_counted})")
    return search


def _rows(frame: Any) -> tuple[list[Mapping[str, Any]], list[str]]:
    """Return the rows and the columns of a table."""
    if isinstance(frame, str | os.PathLike):
        if reader_name := _READERS.get(Path(frame).suffix.lower()):
            raise ArgumentError(f"{os.fspath(frame)} is no CSV file; read it with {reader_name}, and give the frame")
        with Path(frame).open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, restkey=_BEYOND)
            return list(reader), list(reader.fieldnames or ())
    return rows_of(frame)


def _parameter_columns(space: SearchSpace, columns: Sequence[str], fill: Mapping[str, Any]) -> dict[str, str]:
    """Return the column of every parameter; a constant, and one in ``fill``, may have none."""
    column_of = {}
    for name, parameter in space.parameters.items():
        column = next((candidate for candidate in (f"{_PARAMS}{name}", name) if candidate in columns), None)
        if column is not None:
            column_of[name] = column
        elif parameter._varies and name not in fill:
            raise ArgumentError(
                f"the table has no column {name!r} for that parameter; add one, give its value in all rows "
                f"(fill={{{name!r}: ...}}, or --fill {name}=... of tanteo import), or give the table to a new "
                f"search by earlier=; it has {', '.join(map(repr, columns[:20]))}"
            )
    return column_of


def _checked_fill(space: SearchSpace, fill: Mapping[str, Any], column_of: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of parameters without a column; text is read as that of a cell."""
    values = {}
    for name, given in fill.items():
        if name not in space or name in column_of:
            where = "is no parameter of the space" if name not in space else f"has the column {column_of[name]!r}"
            raise ArgumentError(f"fill gives a value for {safe_repr(name)}, which {where}; leave it out")
        try:
            values[name] = cell_reader(space[name])(given)
        except (ValueError, OverflowError):
            raise ArgumentError(f"fill: {shown(given)} is no value of {name!r}, {space[name]!r}") from None
        check_fill(name, space[name], values[name])
    return values


def _value_columns(value: str | Sequence[str], directions: Directions, columns: Sequence[str]) -> list[str]:
    """Return the column of each objective; the name of a column that is missing stands for those with suffixes."""
    checked, objectives = goals(None, directions)
    if isinstance(value, str) and value not in columns:
        return [f"{value}{end}" for end in suffixes(len(checked), objectives)]
    names = [value] if isinstance(value, str) else list(value)
    if len(names) != len(checked):
        known = ", ".join(labels(len(checked), objectives))
        raise ArgumentError(
            f"value must name one column for each objective ({known}), got {shown(value)}; directions= has a direction "
            "for each"
        )
    return names


def _check_columns(names: Sequence[str], columns: Sequence[str]) -> None:
    for name in names:
        if name not in columns:
            raise ArgumentError(f"the table has no column {name!r}; it has {', '.join(map(repr, columns[:20]))}")


def _named_columns(names: Sequence[str], prefix: str, columns: Sequence[str]) -> dict[str, str]:
    """Return columns by name: the given ones, and those with a prefix that Tanteo writes."""
    marked = {column.removeprefix(prefix): column for column in columns if column.startswith(prefix)}
    return {**marked, **{name: name for name in names}}


def _partial(numbers: Sequence[float | None]) -> list[float | None] | None:
    """Return the values of a trial without a result, without those that are not finite; None if it has none."""
    finite = [number if number is not None and math.isfinite(number) else None for number in numbers]
    return None if all(number is None for number in finite) else finite


class _Reader:
    """Converts rows to trials.

    Parameters
    ----------
    space, columns
        The space, and the columns of the table.
    values, constraints, attrs
        The columns that the user named.
    fill
        The values of parameters without a column.
    is_file
        Whether the cells are those of a CSV file, where None and empty text are the same cell.

    Raises
    ------
    ArgumentError, ParameterError
        If the table lacks a column, or ``fill`` is wrong.
    """

    def __init__(
        self,
        space: SearchSpace,
        columns: Sequence[str],
        values: Sequence[str],
        constraints: Sequence[str],
        attrs: Sequence[str],
        fill: Mapping[str, Any],
        *,
        is_file: bool,
    ) -> None:
        self._is_file = is_file
        self._column_of = _parameter_columns(space, columns, fill)
        self._fill = _checked_fill(space, fill, self._column_of)
        _check_columns([*values, *constraints, *attrs], columns)
        self._space, self._values = space, values
        self._constraints = _named_columns(constraints, _CONSTRAINTS, columns)
        self._attrs = _named_columns(attrs, _ATTRS, columns)
        self._readers = {name: cell_reader(space[name]) for name in self._column_of}
        self._conditional = {name for name in self._column_of if space[name].when is not None}
        # How many cells of each column are left out, since its parameter does not exist in their rows.
        self._left_out: Counter[str] = Counter()
        named = {*values, *self._constraints.values(), *self._attrs.values()}
        sems = (f"sem{column.removeprefix('value')}" for column in values)
        active = (f"{_ACTIVE}{name}" for name in self._column_of)
        read = {*named, *self._column_of.values(), *sems, *active, *_FIELDS}
        self._check_ambiguous(columns, named, read)
        self._not_read = [column for column in dict.fromkeys(columns) if column and column not in read]

    def _check_ambiguous(self, columns: Sequence[str], named: Collection[str], read: Collection[str]) -> None:
        """Refuse two columns of one meaning, of which only one would be read.

        Parameters
        ----------
        columns, named, read
            All columns, those of values, constraints and attributes, and all that are read.
        """
        twice = [column for column, n in Counter(columns).items() if n > 1 and column in read]
        for name, column in self._column_of.items():
            if column != name and name in columns and name not in {*named, *_FIELDS}:
                twice += [column, name]
        if twice:
            raise ArgumentError(
                f"the table has more than one column for the same entries: {', '.join(map(repr, twice))}; rename or "
                "remove all but one"
            )

    @property
    def rows_are_counted(self) -> str:
        """How the rows of the table are counted, in messages."""
        return "the header is row 1" if self._is_file else "the first row is row 0"

    def trials(self, rows: Sequence[Mapping[str, Any]], notes: ImportNotes) -> Iterator[ImportedTrial]:
        """Iterate over the trials. Notes say which rows, cells and columns are left out."""
        if not rows:
            notes.add("it", "has no rows")
        for number, row in enumerate(rows, 2 if self._is_file else 0):
            try:
                yield self._trial(f"row {number}", row)
            except (ValueError, OverflowError) as error:
                notes.leave_aside(f"row {number}", error)
        for column, n in self._left_out.items():
            notes.add(
                f"column {column!r}", f"{counted(n, 'cell')} of rows in which the parameter does not exist left out"
            )
        # A table that Tanteo wrote has more columns than are read.
        if self._not_read and not any(column.startswith(_PARAMS) for column in self._column_of.values()):
            names = ", ".join(map(repr, self._not_read))
            notes.add("not read", f"{names}; {NAME_THEM}")

    def _trial(self, name: str, row: Mapping[str, Any]) -> ImportedTrial:
        if beyond := [cell for cell in row.get(_BEYOND) or () if cell]:
            raise ArgumentError(f"it has cells beyond the last column of the header: {short(beyond, 80)}")
        numbers = [_number(row, column) for column in self._values]
        values = (
            None if any(number is None for number in numbers) else [number for number in numbers if number is not None]
        )
        state: Any = _text(row.get("state")) or ("failed" if values is None else "complete")
        if state not in STATES:
            raise ArgumentError(f"the state {state!r} is none of {', '.join(STATES)}")
        state = "running" if state == "pending" else state
        has_result = values is not None and state not in ("failed", "running")
        return ImportedTrial(
            name=name,
            params=self._params(row),
            state=state,
            values=values if has_result else None,
            partial_values=None if has_result else _partial(numbers),
            constraints=_present({name: _number(row, column) for name, column in self._constraints.items()}),
            cost=_number(row, "cost"),
            sems=self._sems(row),
            reason=_text(row.get("reason")) if state in ("failed", *STOPPED) else None,
            attrs=_present({name: _attribute(row.get(column)) for name, column in self._attrs.items()}),
            started=_number(row, "started"),
            finished=_number(row, "finished"),
            excluded=_is_true(row.get("excluded")),
        )

    def _sems(self, row: Mapping[str, Any]) -> list[float | None] | None:
        columns = [f"sem{column.removeprefix('value')}" for column in self._values]
        sems = [_number(row, column) for column in (["sem"] if "sem" in row else columns)]
        return sems if len(sems) == len(self._values) and any(sem is not None for sem in sems) else None

    def _params(self, row: Mapping[str, Any]) -> dict[str, Any]:
        params = {}
        for name, column in self._column_of.items():
            cell = row.get(column)
            if not _is_empty(cell):
                params[name] = _read(self._readers[name], cell, column)
            elif choices := self._empty_choices(name, row):
                if self._is_file and len(choices) > 1:
                    raise ArgumentError(f"an empty cell may be {' or '.join(map(repr, choices))}, choices of {name!r}")
                params[name] = cell if cell in choices else choices[0]
        given = {**params, **self._fill}
        kept = inside.without_inactive(self._space, given, {*self._conditional, *self._fill})
        self._left_out.update(self._column_of[name] for name in params if name not in kept)
        return kept

    def _empty_choices(self, name: str, row: Mapping[str, Any]) -> list[Any]:
        """Return the choices that an empty cell may stand for, None or empty text; there are none if it is inactive."""
        active = row.get(f"{_ACTIVE}{name}")
        exists = self._space[name].when is None if active is None else _is_true(active)
        labels = self._space[name]._labels() or () if exists else ()
        return [label for label in labels if label is None or (isinstance(label, str) and label == "")]


def cell_reader(parameter: Parameter) -> Callable[[Any], Any]:
    """Return a function that converts a cell to a value of the parameter: text is parsed, numbers are kept.

    Booleans may be written in any case, or as 1 and 0: see :func:`truths`.
    """
    number, labels = parameter._number(), parameter._labels() or ()
    if number is not None:
        return lambda cell: number._parse(cell) if isinstance(cell, str) else builtin(cell)
    named = [label for label in reversed(labels) if isinstance(label, str)]
    # From the least likely meaning of a text to the most: if both "1" and 1 are choices, it is the choice "1".
    texts: dict[str, Any] = {escaped(label): label for label in named}
    texts |= {str(label): label for label in reversed(labels)}
    texts |= {safe_repr(label): label for label in reversed(labels)}
    texts |= {label: label for label in named}
    booleans = truths(labels)

    def read(cell: Any) -> Any:
        if isinstance(cell, str):
            return texts.get(_text(cell) or "", booleans.get(cell.casefold(), cell))
        value = builtin(cell)
        return booleans.get(f"{value:g}", value) if type(value) in (int, float) else value

    return read


def _is_empty(cell: Any) -> bool:
    """Return whether a cell says nothing; in a file, that is empty text."""
    return (isinstance(cell, str) and cell == "") or is_missing(cell)


def _is_true(cell: Any) -> bool:
    return str(cell).casefold() == "true"


def _number(row: Mapping[str, Any], column: str) -> float | None:
    cell = row.get(column)
    return None if _is_empty(cell) else _read(float, cell, column)


def _read(reader: Callable[[Any], Any], cell: Any, column: str) -> Any:
    try:
        return reader(cell)
    except (TypeError, ValueError, OverflowError):
        raise ArgumentError(f"{shown(cell)} in the column {column!r} is no number") from None


def _text(cell: Any) -> str | None:
    """Return text without the apostrophe that keeps a spreadsheet from running it as a formula."""
    if _is_empty(cell):
        return None
    text = str(cell)
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _attribute(cell: Any) -> Any:
    if isinstance(cell, str):
        return _text(cell)
    return None if _is_empty(cell) else builtin(cell)


def _present(entries: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entry for name, entry in entries.items() if entry is not None}


__all__ = ["from_frame"]
