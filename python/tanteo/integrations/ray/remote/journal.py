"""What an actor has acknowledged, on disk before it is acknowledged.

A folder holds ``snapshot-<k>.tanteo``, the optimizer at one moment, and ``journal-<k>.jsonl``, everything since: one
line of JSON for each change, after a first line with what the snapshot does not hold. Now and then both are written
anew under the next number, and the old ones removed. A line that was cut off was never acknowledged, and is dropped.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from ...._internal.files import write_atomically
from ....exceptions import SnapshotError

#: Lines after which a snapshot is taken: carrying out so many again takes about as long as an actor takes to start.
_LONG = 500


class Journal:
    """The journal in one folder.

    Parameters
    ----------
    folder
        Made if need be. On a disk that outlives the node if the optimizer is to.

    Attributes
    ----------
    snapshot
        The latest; None if there is none yet.
    lines
        Everything since, the first line included. Both are what is on disk, whatever a failed attempt to write left.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._number = max((int(path.stem.rpartition("-")[2]) for path in folder.glob("snapshot-*.tanteo")), default=-1)
        self.snapshot: bytes | None = None
        self.lines: list[Any] = []
        # How much of the file counts: what stands behind it was never acknowledged.
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
        """Begin with a snapshot and what it does not hold. A crash or an error leaves the old pair or the new one."""
        previous, number = self._number, self._number + 1
        line = json.dumps(first_line).encode() + b"\n"
        write_atomically(self._path("journal", "jsonl", number), line)
        write_atomically(self._path("snapshot", "tanteo", number), snapshot)
        self._number, self.snapshot, self.lines, self._length = number, snapshot, [json.loads(line)], len(line)
        # What is left of an old pair does no harm: the highest number counts.
        with contextlib.suppress(OSError):
            self._path("snapshot", "tanteo", previous).unlink(missing_ok=True)
            self._path("journal", "jsonl", previous).unlink(missing_ok=True)

    def append(self, entry: Any) -> None:
        """Write a line, through to the disk; after an error it is as if it had never been tried."""
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
