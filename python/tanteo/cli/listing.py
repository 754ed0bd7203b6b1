"""``tanteo trials`` and ``tanteo export``: filtered and sorted trials, and tables of trials."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from tanteo._internal.display import with_progress
from tanteo._internal.optional import require
from tanteo._internal.tabular import is_missing
from tanteo._internal.text import FORMULA, escaped, safe_repr, show_value, tell_apart, to_json
from tanteo.cli.files import may_be_replaced, open_search
from tanteo.cli.output import FORMATS, heading, line, say, say_json, trial_as_json
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.run.columns import Columns, columns_of, condition, full_name, ids_in_order, with_cancelled, with_folds
from tanteo.run.history import outcomes


def trials(options: argparse.Namespace) -> None:
    """``tanteo trials FILE``."""
    search = open_search(options.file)
    # Columns of all trials take a second for 10^5 of them, and the first trials of all need none.
    needs_columns = options.csv or options.where or options.sort != "id"
    columns = columns_of(search) if needs_columns else {}
    selected = _selected(search, with_cancelled(search, columns) if columns else {}, options)
    if not selected:
        (sys.stderr if options.json or options.csv else sys.stdout).write(f"0 of {len(search)} trials\n")
    if options.json:
        say_json([trial_as_json(search.trials[number]) for number in selected])
    elif options.csv:
        sys.stdout.write(as_csv({name: [column[number] for number in selected] for name, column in columns.items()}))
    elif selected:
        name = full_name(columns, search, options.sort, "--sort") if columns else "id"
        say(heading(search))
        listed = [search.trials[number] for number in selected]
        texts = tell_apart(value for trial in listed for value in trial.values or ())
        for trial in listed:
            extra = "" if _is_in_line(name) else _column_text(name, columns[name][trial.id])
            say(line(search, trial, extra, texts=texts))


def _selected(search: Optimizer, columns: Columns, options: argparse.Namespace) -> list[int]:
    """Return the ids of the trials to list, in order."""
    conditions = [condition(columns, text, search, "--where") for text in options.where]
    if options.state is not None:
        states = outcomes(search).called
        conditions.append(lambda number: states[number] == options.state)
    if columns:
        order: Sequence[int] = ids_in_order(columns, search, options.sort, reverse=options.reverse, option="--sort")
    else:
        order = range(len(search))[:: -1 if options.reverse else 1]
    found = (number for number in order if all(holds(number) for holds in conditions))
    return list(islice(found, options.limit))


def _is_in_line(column: str) -> bool:
    """Whether the line of a trial already shows the entry of a column."""
    kind = column.partition("/")[0].partition("_")[0]
    return kind in ("id", "state", "excluded", "reason", "params", "value")


def _column_text(column: str, entry: Any) -> str:
    missing = entry is None or entry != entry
    return "" if missing else f"{column}={show_value(entry)}"


def export(options: argparse.Namespace) -> None:
    """``tanteo export FILE``."""
    kind = _format(options)
    if options.out is not None:
        may_be_replaced(options.out)
    search = open_search(options.file)
    extra = {"steps": options.steps, "replicates": options.replicates}
    if kind == "json":
        text = search.to_json(**with_folds(search, extra)) + "\n"
    else:
        columns = columns_of(search, **extra)
        if kind == "parquet":
            _write_parquet(columns, options.out)
            return
        text = as_csv(columns) if kind == "csv" else _as_lines(columns)
    if options.out is None:
        sys.stdout.write(text)
    else:
        # Without newline translation, the line ends of CSV are the same on every system.
        options.out.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")


def _format(options: argparse.Namespace) -> str:
    if options.format is None and options.out is None:
        return "csv"
    kind = str(options.format or options.out.suffix.lower()[1:])
    if kind not in FORMATS:
        endings = ", ".join(f".{format_name}" for format_name in FORMATS)
        raise ArgumentError(f"--out {options.out}: use one of the endings {endings}, or give --format")
    if kind == "parquet" and options.out is None:
        raise ArgumentError("--format parquet cannot be written to standard output: give a file (--out)")
    return kind


def as_csv(columns: Columns) -> str:
    """Return a CSV table with a row for each trial; missing values are empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(_cell, columns))
    for row in with_progress(_rows(columns), "trial"):
        writer.writerow(map(_cell, row))
    return text.getvalue()


def _rows(columns: Columns) -> list[tuple[Any, ...]]:
    return list(zip(*columns.values(), strict=True))


def _cell(value: object) -> object:
    """Return a CSV cell. Text that a spreadsheet would run as a formula is prefixed with an apostrophe."""
    if is_missing(value):
        return ""
    if isinstance(value, bool | float):
        return value
    text = escaped(value) if isinstance(value, str) else safe_repr(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text


def _as_lines(columns: Columns) -> str:
    """Return a line of JSON for each trial, without missing values."""
    rows = with_progress(_rows(columns), "trial")
    return "".join(to_json(_present_fields(dict(zip(columns, row, strict=True)))) + "\n" for row in rows)


def _present_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None and value == value}


def _write_parquet(columns: Columns, path: Path) -> None:
    """Write a table with polars, or with pandas if polars is not installed."""
    typed = {name: _typed(column) for name, column in columns.items()}
    try:
        polars = require("polars", extra="polars", needed_by="tanteo export to Parquet")
    except ImportError:
        pandas = require("pandas", extra="polars", needed_by="tanteo export to Parquet")
        pandas.DataFrame(typed).to_parquet(path)
    else:
        polars.DataFrame(typed, strict=False).write_parquet(path)


def _typed(column: Sequence[Any]) -> Sequence[Any]:
    """Return a column of one type: numbers, booleans, text or lists of numbers. Any other column becomes text."""
    known = [value for value in column if value is not None]
    for kinds in ((bool,), (str,), (float,)):
        if _are(known, kinds):
            return column
    if _are(known, (int,)) and all(-(2**63) <= value < 2**63 for value in known):
        return column
    if _are(known, (list,)) and all(_are(value, (int,)) or _are(value, (float,)) for value in known):
        return column
    return [value if value is None or isinstance(value, str) else safe_repr(value) for value in column]


def _are(values: Sequence[Any], kinds: tuple[type, ...]) -> bool:
    return all(type(value) in kinds for value in values)
