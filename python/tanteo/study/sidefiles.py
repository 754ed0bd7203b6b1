"""The files that SQLite keeps beside an open study, and the network file systems on which their locks fail."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from .guard import Identity, identity_and_links, identity_of

# Before its first frame a write-ahead log has a header of this length.
_LOG_HEADER = 32


def log_of(path: Path) -> Path:
    """Return the path of the write-ahead log."""
    return path.with_name(path.name + "-wal")


def index_of(path: Path) -> Path:
    """Return the path of the index of the write-ahead log."""
    return path.with_name(path.name + "-shm")


def journal_of(path: Path) -> Path:
    """Return the path of the rollback journal, which exists while a study is created."""
    return path.with_name(path.name + "-journal")


def has_frames(path: Path) -> bool:
    """Return whether there is a write-ahead log with anything in it."""
    return size_of(log_of(path)) > _LOG_HEADER


def size_of(path: Path) -> int:
    """Return the length of a file in bytes; 0 if there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def address_of(path: Path, *, is_immutable: bool) -> str:
    """Return the URI by which SQLite opens a study for reading, with or without a look at its side files."""
    address = "file:" + quote(os.fsencode(path)) + "?mode=ro"
    return address + "&immutable=1" if is_immutable else address


class Places(NamedTuple):
    """What identifies a study and its side files; None for a file that does not exist."""

    file: Identity | None = None
    log: Identity | None = None
    log_index: Identity | None = None
    #: The number of hard links of the study.
    n_links: int = 0

    @classmethod
    def of(cls, path: Path) -> Places:
        """Return what is at the paths now."""
        identity, n_links = identity_and_links(path)
        return cls(identity, identity_of(log_of(path)), identity_of(index_of(path)), n_links)

    def displaced(self, now: Places) -> str | None:
        """Describe the first file that is no longer what it was; None if all are."""
        for name, before, after in zip(("it", "its -wal file", "its -shm file"), self[:3], now[:3], strict=True):
            if before is not None and before != after:
                return f"{name} {'is gone' if after is None else 'was replaced by another file'} since it was opened"
        return None

    def may_be_merged(self, now: Places) -> bool:
        """Return whether the log can still be copied into the study, although one of the files has moved.

        If no other log has taken the place of this one, nobody has opened the study with another log: a study that is
        in use without a log beside it is refused.
        """
        return now.log_index == self.log_index and now.log in (self.log, None)

    @property
    def link_problem(self) -> str | None:
        """Why a study with several names cannot be used; None if it has one."""
        if self.n_links <= 1:
            return None
        return (
            f"it has {self.n_links} names (hard links), and SQLite keeps a log beside each of them, so that changes "
            "made under one name are lost under another; keep one name, and copy the file instead"
        )


def may_tidy(path: Path) -> bool:
    """Return whether files that will appear beside a study are not those of another process, and can be removed."""
    return not log_of(path).exists() and os.access(path, os.W_OK)


def tidy(path: Path) -> None:
    """Remove the files beside a study that a read-only connection has created but cannot remove.

    SQLite removes them when the last writable connection is closed. Nothing is written, because the write-ahead log is
    empty.
    """
    if not log_of(path).exists() or size_of(log_of(path)) > 0:
        return
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path, timeout=0)) as connection:
        connection.execute("SELECT name FROM sqlite_master LIMIT 1").fetchall()


_MOUNTS = Path("/proc/self/mountinfo")
#: The names of network file systems in Linux, and of FUSE file systems that access a network.
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "lustre", "gpfs", "glusterfs", "9p"})
_FUSE_NETWORK = frozenset({"fuse.sshfs", "fuse.s3fs", "fuse.gcsfuse", "fuse.glusterfs", "fuse.ceph", "fuse.rclone"})


def network_of(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """Return the kind of network file system that a path is on, or None if it is local or unknown.

    Parameters
    ----------
    path
        An absolute path.
    mounts
        The file in which Linux lists mounts; it does not exist on other systems.
    """
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return None
    best, kind = -1, None
    for line in lines:
        place, kind_of_mount = _parsed(line)
        if place is not None and path.is_relative_to(place) and len(place.parts) >= best:
            best, kind = len(place.parts), kind_of_mount
    return kind if kind in _NETWORK | _FUSE_NETWORK else None


def _parsed(line: str) -> tuple[Path | None, str]:
    """Return the mount point and the kind of file system of a line; see proc_pid_mountinfo(5)."""
    mount, _, filesystem = line.partition(" - ")
    fields = mount.split(" ")
    if len(fields) < 5 or not filesystem:
        return None, ""
    # Spaces and similar characters are escaped in octal.
    place = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[4])
    return Path(place), filesystem.split(" ")[0]
