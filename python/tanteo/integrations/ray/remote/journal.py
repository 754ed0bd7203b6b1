"""The journal of an actor: changes are written to disk before they are acknowledged.

A folder contains ``snapshot-<k>.tanteo``, a snapshot of the optimizer, and ``journal-<k>.jsonl``, the changes since:
one line of JSON per change, after a first line with data that the snapshot does not have. From time to time both are
written again with the next number, and the old ones are removed. A truncated last line was never acknowledged, and is
dropped.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from ...._internal.files import write_atomically
from ....exceptions import SnapshotError

#: The number of lines after which a snapshot is written: replaying them takes about as long as starting an actor.
_LONG = 500


class Journal:
    """The journal in one folder.

    Parameters
    ----------
    folder
        It is created if necessary. It must be on a disk that outlives the node if the optimizer has to.

    Attributes
    ----------
    snapshot
        The latest snapshot; None if there is none yet.
    lines
        The lines of the journal, including the first one. After a failed write, both still equal the state on disk.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._number = max((int(path.stem.rpartition("-")[2]) for path in folder.glob("snapshot-*.tanteo")), default=-1)
        self.snapshot: bytes | None = None
        self.lines: list[Any] = []
        # The acknowledged length of the file; bytes after it were never acknowledged.
        self._length = 0
        if self._number >= 0:
            self._read()

    def _read(self) -> None:
        path = self._path("journal", "jsonl")
        self.snapshot = self._path("snapshot", "tanteo").read_bytes()
        for line in path.read_bytes().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            try:
                self.lines.append(json.loads(line))
            except ValueError as error:
                raise SnapshotError(f"{path} is damaged: {error}") from None
            self._length += len(line)
        if not self.lines:
            raise SnapshotError(f"{path} is damaged: its first line is missing")

    @property
    def is_long(self) -> bool:
        """Whether it is time for a snapshot."""
        return len(self.lines) > _LONG

    def renew(self, snapshot: bytes, first_line: Any) -> None:
        """Start a new journal with a snapshot and its first line; a crash leaves either the old or the new pair."""
        previous, number = self._number, self._number + 1
        line = json.dumps(first_line).encode() + b"\n"
        write_atomically(self._path("journal", "jsonl", number), line)
        write_atomically(self._path("snapshot", "tanteo", number), snapshot)
        self._number, self.snapshot, self.lines, self._length = number, snapshot, [json.loads(line)], len(line)
        # Remains of an old pair are harmless, because the highest number is used.
        with contextlib.suppress(OSError):
            self._path("snapshot", "tanteo", previous).unlink(missing_ok=True)
            self._path("journal", "jsonl", previous).unlink(missing_ok=True)

    def append(self, entry: Any) -> None:
        """Write a line and synchronize it to disk; after an error the journal is unchanged."""
        line = json.dumps(entry).encode() + b"\n"
        with self._path("journal", "jsonl").open("r+b") as file:
            file.seek(self._length)
            file.truncate()
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        self.lines.append(json.loads(line))
        self._length += len(line)

    def _path(self, name: str, ending: str, number: int | None = None) -> Path:
        return self._folder / f"{name}-{self._number if number is None else number}.{ending}"
