"""Forged rows of the log of a study, with the checksums that they would have had."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

from tanteo.study.rows import ROWS, LogRow, Tail


def forge(path: Path, changed: Callable[[int, bytes, bytes], tuple[bytes, bytes]]) -> None:
    """Replace kind and body of every row by what ``changed`` returns for them, and renew all checksums."""
    with contextlib.closing(sqlite3.connect(path)) as file, file:
        file.text_factory = bytes
        tail = Tail()
        for row in map(LogRow._make, file.execute(f"{ROWS} ORDER BY seq").fetchall()):
            forged = LogRow.after(Tail(row.seq - 1, tail.chain), *changed(row.seq, row.kind, row.body))
            file.execute(
                "UPDATE log SET kind = CAST(? AS TEXT), body = CAST(? AS TEXT), sum = ?, chain = ? WHERE seq = ?",
                (*forged[1:], row.seq),
            )
            tail = forged.tail
