"""Large files for the storages of the peers, made by repeating the trials of a small file with new ids.

The peers take minutes to fill a file with 10,000 trials through their own interface, and the time grows quadratically.
Opening a file reads the same rows, whoever wrote them, so rows are copied with SQL, or line by line in a journal.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

# Called with ``(path, n, times)``: extends a file with ``n`` trials to ``n * times``.
Repeat: TypeAlias = Callable[[Path, int, int], None]


def sqlite(path: Path, n: int, times: int) -> None:
    """Repeat the trials in the tables of Optuna, which Rustuna uses as well."""
    connection = sqlite3.connect(path)
    with connection:
        for shift in range(n, n * times, n):
            for table in ("trials", "trial_params", "trial_values"):
                copy_rows(connection, table, n, shift)
    connection.close()


def copy_rows(connection: sqlite3.Connection, table: str, n: int, shift: int) -> None:
    """Copy the rows of the first ``n`` trials. Trial ids and numbers grow by ``shift``; other tables get new keys."""
    shifted = {"trial_id": f"trial_id + {shift}", "number": f"number + {shift}"}
    columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
    copied_columns = columns if table == "trials" else columns[1:]
    values = ", ".join(shifted.get(name, name) for name in copied_columns)
    connection.execute(
        f"INSERT INTO {table} ({', '.join(copied_columns)}) SELECT {values} FROM {table} WHERE trial_id <= {n}"
    )


def journal(path: Path, n: int, times: int) -> None:
    """Repeat the trials in the journal of Optuna: one line per operation, with the trial id."""
    operations = [json.loads(line) for line in path.read_text().splitlines()]
    first = next(i for i, operation in enumerate(operations) if "trial_id" in operation) - 1
    with path.open("a") as file:
        for shift in range(n, n * times, n):
            for operation in operations[first:]:
                if "trial_id" in operation:
                    operation = operation | {"trial_id": operation["trial_id"] + shift}
                file.write(json.dumps(operation, separators=(",", ":")) + "\n")
