"""The header of a study: the first 100 bytes of the SQLite file, most of which are the same in every study.

Offsets and meanings are in "Database File Format" of SQLite, section 1.3, "The Database Header". The bytes that differ
between studies are either not needed for reading (the change counter, the schema cookie) or follow from the length of
the file.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tanteo._internal.files import SQLITE
from tanteo.exceptions import StudyError
from tanteo.study.database import Database
from tanteo.study.schema import APPLICATION, LOG_TABLE, VERSION

_LENGTH = 100
_PAGE = 4096
# Offset of the page size and the journal mode, which other programs may have changed.
_CHOSEN = 16
# Offset of the version of the tables.
_VERSION = 60
# The journal modes: rollback journal, or write-ahead log.
_LOGS = (bytes([1, 1]), bytes([2, 2]))
# Offset and bytes of the fields that are the same in every study: the magic string; the page size and write-ahead log;
# no reserved bytes and the payload fractions; the schema format; no auto-vacuum and UTF-8; the user version, no
# incremental vacuum, the application id, and the reserved zeros.
_FIXED = (
    (0, SQLITE),
    (_CHOSEN, _PAGE.to_bytes(2) + bytes([2, 2])),
    (20, bytes([0, 64, 32, 32])),
    (44, (4).to_bytes(4)),
    (52, bytes(4) + (1).to_bytes(4)),
    (_VERSION, VERSION.to_bytes(4)),
    (_VERSION + 4, bytes(4) + APPLICATION.to_bytes(4) + bytes(20)),
)


def is_damaged(file: Path) -> bool:
    """Whether a file is a study with a damaged header.

    With one damaged field, the other fields identify the study; with several, the declaration of the log on the first
    page, which follows the header.
    """
    with file.open("rb") as opened:
        header, first_page = opened.read(_LENGTH), opened.read(_PAGE - _LENGTH)
    mismatches = [offset for offset, expected in _FIXED if header[offset : offset + len(expected)] != expected]
    n_damaged = len(mismatches) + (not _has_right_length(file, header))
    if len(header) < _LENGTH or n_damaged == 0:
        return False
    if mismatches == [_VERSION] and int.from_bytes(header[_VERSION : _VERSION + 4]) > VERSION:
        # A later version wrote it, which the study says when it is opened.
        return False
    if n_damaged > 1:
        return LOG_TABLE.encode() in first_page and not _opens(file)
    return mismatches != [_CHOSEN] or header[18:20] not in _LOGS or not _opens(file)


def _opens(file: Path) -> bool:
    try:
        Database(file.absolute(), "full", read_only=True).close()
    except StudyError:
        return False
    return True


def _has_right_length(file: Path, header: bytes) -> bool:
    """Whether the page count matches the length of the file; while a study is open, its log may hold more pages."""
    is_counted = header[24:28] == header[92:96] and not file.with_name(file.name + "-wal").exists()
    return not is_counted or header[28:32] == _pages(file).to_bytes(4)


def _pages(file: Path) -> int:
    return file.stat().st_size // _PAGE


@contextlib.contextmanager
def readable(file: Path) -> Iterator[Path]:
    """Yield a path at which SQLite can read a study: the file itself, or a copy with a repaired header."""
    if not is_damaged(file):
        yield file
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / file.name
        shutil.copyfile(file, copy)
        log = file.with_name(file.name + "-wal")
        if log.exists():
            shutil.copyfile(log, copy.with_name(log.name))
        _repair_header(copy)
        yield copy


def _repair_header(file: Path) -> None:
    pages = _pages(file)
    with file.open("r+b") as opened:
        for offset, expected in (*_FIXED, (28, pages.to_bytes(4))):
            opened.seek(offset)
            opened.write(expected)
