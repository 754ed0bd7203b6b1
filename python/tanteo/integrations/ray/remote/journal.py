"""What an actor has acknowledged, on disk before it is acknowledged.

A folder holds ``snapshot-<k>.tanteo``, the optimizer at one moment, and ``journal-<k>.jsonl``, everything since: one
line of JSON for each change, after a first line with what the snapshot does not hold. Now and then both are written
anew under the next number, and the old ones removed. A line that was cut off was never acknowledged, and is dropped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ....exceptions import SnapshotError
from ....snapshots import write_atomically

#: Lines after which a snapshot is taken.
_LONG = 500


class Journal:
    """The journal in one folder.

    Parameters
    ----------
    folder
        Made if need be. On a disk that outlives the node if the optimizer is to.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._number = max((int(path.stem.rpartition("-")[2]) for path in folder.glob("snapshot-*.tanteo")), default=-1)
        self._lines = 0

    def read(self) -> tuple[bytes, Iterator[Any]] | None:
        """Return the latest snapshot and the lines since, the first line included; None if there is none yet."""
        if self._number < 0:
            return None
        return self._path("snapshot", "tanteo").read_bytes(), self._read_lines()

    def _read_lines(self) -> Iterator[Any]:
        for line in self._path("journal", "jsonl").read_bytes().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                return
            try:
                yield json.loads(line)
            except ValueError as error:
                raise SnapshotError(f"{self._path('journal', 'jsonl')} is damaged: {error}") from None

    def renew(self, snapshot: bytes, rest: Any) -> None:
        """Begin with a snapshot and what it does not hold. A crash leaves the old pair or the new one."""
        before = self._number
        self._number += 1
        write_atomically(self._path("journal", "jsonl"), json.dumps(rest).encode() + b"\n")
        write_atomically(self._path("snapshot", "tanteo"), snapshot)
        self._lines = 0
        if before >= 0:
            self._path("snapshot", "tanteo", before).unlink(missing_ok=True)
            self._path("journal", "jsonl", before).unlink(missing_ok=True)

    def append(self, entry: Any) -> bool:
        """Write a line, through to the disk; return whether the journal has become long."""
        with self._path("journal", "jsonl").open("ab") as file:
            file.write(json.dumps(entry).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._lines += 1
        return self._lines >= _LONG

    def _path(self, name: str, ending: str, number: int | None = None) -> Path:
        return self._folder / f"{name}-{self._number if number is None else number}.{ending}"
