"""What keeps an open study in place: locks that survive a stray ``close``, and a list of what was open at a fork.

SQLite locks its files with POSIX record locks, which have two traps:

* A process loses *all* its POSIX locks on a file as soon as it closes *any* descriptor of that file, for example by
  ``open(path).read()``. The next process that closes the study then believes that it is the last one, and deletes the
  write-ahead log that others still write to.
* A forked process inherits SQLite's list of locks in memory, but none of the locks. SQLite forbids its use after a
  fork ("How To Corrupt An SQLite Database File", section 2.6).

A :class:`StudyGuard` holds read locks of a second kind, which Linux has: locks of an open file description (fcntl(2)).
They are dropped only with their own descriptor. Some conflict with the exclusive locks that SQLite takes before it
deletes or truncates a file. Others, which SQLite does not know, tell which log a file is open with, so that a file that
was renamed while it was open is not opened with another log. Systems without such locks rely on
:meth:`tanteo.study.database.Database.check_place` alone. Files that were open at a fork are refused in the child
(:func:`was_open_at_fork`).
"""

from __future__ import annotations

import errno
import os
import sqlite3
import struct
import threading
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

try:
    import fcntl
except ImportError:  # Windows locks by handle, and has no fork
    fcntl = None  # type: ignore[assignment]  # a module that may be missing has no other type

Identity: TypeAlias = tuple[int, int]
#: The first byte and the number of bytes; 0 for all that follow.
Span: TypeAlias = tuple[int, int]

#: Bytes that SQLite locks (os_unix.c; "WAL-mode File Format", section 2.3.1): in the file, those that every user locks
#: in shared mode; in the index of the log, that of the writer, and that of the connections which use the index.
_SHARED, _WRITER, _USERS = (0x40000002, 510), (120, 1), (128, 1)
# Bytes of the file that SQLite does not lock: one to try whether there are locks, and one for an open study.
_UNUSED, _STUDY = (0x40000400, 1), (0x40000401, 1)
# SQLite locks no byte of the log. Beyond this one, the number of the inode of the file says whose log it is.
_OWNERS = 1 << 40
# struct flock of Linux: l_type, l_whence, l_start, l_len, l_pid.
_FLOCK = "hhqqi"
_HAS_OWN_LOCKS = hasattr(fcntl, "F_OFD_SETLK")

# Reentrant, because a garbage collection inside may close other studies.
_MUTEX = threading.RLock()
_GUARDS: dict[Identity, StudyGuard] = {}
_OPEN_AT_FORK: set[Identity] = set()


def identity_of(path: Path) -> Identity | None:
    """Return what identifies the file at a path, also after a rename; None if there is none."""
    return identity_and_links(path)[0]


def identity_and_links(path: Path) -> tuple[Identity | None, int]:
    """Return what identifies the file at a path, and its number of hard links; None and 0 if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None, 0
    return (status.st_dev, status.st_ino), status.st_nlink


def was_open_at_fork(identity: Identity) -> bool:
    """Return whether a process had a file open as a study when it was forked into this one."""
    return identity in _OPEN_AT_FORK


class StudyGuard:
    """The locks of this process on one study file, shared by all its connections to the file.

    They are shared because closing a descriptor drops the POSIX locks of the other connections.

    Parameters
    ----------
    path
        The file, with links resolved.
    identity
        What :func:`identity_of` returns for it.

    Raises
    ------
    OSError
        With ``errno.ENOLCK`` if the file system has no locks.
    """

    def __init__(self, path: Path, identity: Identity) -> None:
        self._identity = identity
        self._users: list[sqlite3.Connection] = []
        self._descriptors: dict[str, int] = {}
        self._is_held = False
        if _HAS_OWN_LOCKS:
            self._open("file", path)
            self._require_locks()

    def _open(self, name: str, path: Path) -> None:
        # A file that cannot be read is reported by SQLite.
        with suppress(OSError):
            self._descriptors[name] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def _require_locks(self) -> None:
        try:
            self._set("file", fcntl.F_RDLCK, _UNUSED)
            self._set("file", fcntl.F_UNLCK, _UNUSED)
        except OSError as error:
            self._close()
            # Otherwise the file system has locks of the first kind alone.
            if error.errno == errno.ENOLCK:
                raise

    def _set(self, name: str, kind: int, span: Span) -> None:
        if name in self._descriptors:
            fcntl.fcntl(self._descriptors[name], fcntl.F_OFD_SETLK, struct.pack(_FLOCK, kind, os.SEEK_SET, *span, 0))

    def is_open_elsewhere(self, log: Path) -> bool:
        """Return whether a process has the file open as a study, but not with this log; False if that is unknown."""
        if "file" not in self._descriptors:
            return False
        is_open = self._is_held or _holder(self._descriptors["file"], _STUDY) is not None
        return is_open and not self.is_open_with(log)

    def is_open_with(self, log: Path) -> bool:
        """Return whether a process has the file open as a study with this log; False if that is unknown."""
        return _is_locked(log, self._owner)

    def is_used_by_other(self, log: Path) -> bool:
        """Return whether a process uses a log for another file; False if that is unknown."""
        start = self._owner[0]
        return _is_locked(log, (_OWNERS, start - _OWNERS)) or _is_locked(log, (start + 1, 0))

    @property
    def _owner(self) -> Span:
        return _OWNERS + 1 + self._identity[1] % (1 << 60), 1

    def lock(self, log: Path, index: Path) -> None:
        """Keep the side files, which a connection of this process has opened, from being deleted.

        Raises
        ------
        BlockingIOError
            If another process has locked the file exclusively at the moment.
        """
        with _MUTEX:
            if self._is_held or "file" not in self._descriptors:
                return
            self._open("log", log)
            self._open("index", index)
            for name, span in self._locks():
                self._set(name, fcntl.F_RDLCK, span)
            self._is_held = True

    def _locks(self) -> list[tuple[str, Span]]:
        """Return what is locked, in the order in which it is; it is unlocked in reverse.

        So a file that is locked as a study has its log locked as well.
        """
        return [("log", self._owner), ("index", _USERS), ("file", _SHARED), ("file", _STUDY)]

    def may_write(self) -> bool:
        """Return whether this process holds SQLite's lock of the writer; True if that is unknown."""
        return "index" not in self._descriptors or _holder(self._descriptors["index"], _WRITER) == os.getpid()

    def is_alone(self) -> bool:
        """Return whether no other process uses the log; False if that is unknown."""
        return "log" in self._descriptors and _holder(self._descriptors["log"], (_OWNERS, 0)) is None

    def leave(self, connection: sqlite3.Connection, *, is_in_place: bool = True) -> None:
        """Close a connection.

        If it is the last one of all processes, SQLite copies the log into the file and deletes the side files, by name.
        So it must not believe this once the names have other files.
        """
        with _MUTEX:
            self._users = [user for user in self._users if user is not connection]
            if self._users:
                connection.close()
                return
            _GUARDS.pop(self._identity, None)
            try:
                if is_in_place and self._is_held:
                    for name, span in reversed(self._locks()):
                        self._set(name, fcntl.F_UNLCK, span)
                connection.close()
            finally:
                self._close()

    def _close(self) -> None:
        while self._descriptors:
            os.close(self._descriptors.popitem()[1])

    def abandon(self) -> None:
        """Give up the inherited descriptors in a forked process, whose inherited connections must never be closed."""
        self._close()
        for connection in self._users:
            _keep_forever(connection)


def join(path: Path, connection: sqlite3.Connection) -> StudyGuard:
    """Return the guard of a file, after a connection was opened and before it is used.

    Raises
    ------
    OSError
        With ``errno.ENOLCK`` if the file system has no locks.
    """
    with _MUTEX:
        # Without one the file was deleted at this moment, which later calls detect.
        identity = identity_of(path) or (0, 0)
        guard = _GUARDS.get(identity)
        if guard is not None:
            guard._users.append(connection)
        # A garbage collection may have closed the last user just before.
        if guard is None or _GUARDS.get(identity) is not guard:
            guard = StudyGuard(path, identity)
            guard._users.append(connection)
            _GUARDS[identity] = guard
        return guard


def _holder(descriptor: int, span: Span) -> int | None:
    """Return the process whose lock on some bytes excludes a writer there, -1 for one of the second kind, or None."""
    lock = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, *span, 0)
    answer = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, lock))
    return None if answer[0] == fcntl.F_UNLCK else int(answer[-1])


def _is_locked(log: Path, span: Span) -> bool:
    if not _HAS_OWN_LOCKS:
        return False
    try:
        descriptor = os.open(log, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return _holder(descriptor, span) is not None
    except OSError:  # the file system has locks of the first kind alone
        return False
    finally:
        # SQLite has no locks on the log that this could drop.
        os.close(descriptor)


def _keep_forever(value: object) -> None:
    """Keep an object alive beyond the end of the interpreter.

    To close a connection that was in a transaction at the fork would change the index of the log, which is memory
    shared with the parent.
    """
    import ctypes

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(value))


def _after_fork() -> None:
    global _MUTEX
    # Another thread of the parent may have held it.
    _MUTEX = threading.RLock()
    _OPEN_AT_FORK.update(_GUARDS)
    for guard in _GUARDS.values():
        guard.abandon()
    _GUARDS.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
