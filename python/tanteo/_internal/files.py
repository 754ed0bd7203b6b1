"""Files that are replaced in one step, and what a killed writer leaves behind."""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..exceptions import ArgumentError
from .coercion import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

try:
    import fcntl
except ImportError:  # Windows, which removes no file that is open: no lock is needed there
    fcntl = None  # type: ignore[assignment] # a module that may be missing has no other type

#: What an SQLite file begins with, and what a snapshot does.
SQLITE, SNAPSHOT = b"SQLite format 3\x00", b"TANTEO\x00"
_TEMPORARY = re.compile(r"\.tanteo-[0-9a-f]{16}\.part")
# What folders answer that cannot be synchronized (network file systems, containers).
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP)


def as_path(path: Any) -> Path:
    """Return a path, or say that it is none."""
    try:
        text = os.fsdecode(path)
    except TypeError:
        raise ArgumentError(f"a path must be text or a pathlib.Path, got {shown(path)}") from None
    if "\0" in text:
        raise ArgumentError(f"a path cannot hold a null character, got {shown(path)}")
    return Path(text)


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Replace the file at ``path``: whatever happens, it holds the old bytes or the new ones.

    The bytes go to a file beside it, reach the disk, and only then take the name; last, the folder is told to keep
    that change. A file that is replaced passes its permissions on; at no moment are they wider. What killed writers
    left in the folder is removed first.

    Raises
    ------
    OSError
        Of the operating system, the path in it.
    ArgumentError
        For what is no path, and for a device, a pipe or a folder: these are not replaced.
    """
    target, mode = _replaceable(as_path(path))
    _remove_abandoned(target.parent)
    while not _replace(target, mode, data):
        pass
    _sync_folder(target.parent)


def _replace(target: Path, mode: int | None, data: bytes) -> bool:
    """Write a file beside ``target`` and give it that name; False if another process took it for abandoned."""
    temporary = target.with_name(f".tanteo-{os.urandom(8).hex()}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666 if mode is None else mode)
    try:
        try:
            # As long as it is locked nobody removes it; before, another process may have.
            if _lock(descriptor) and not temporary.exists():
                return False
            if mode is not None:
                # What the process masks of new files is wanted here.
                temporary.chmod(mode)
            _write(descriptor, data)
            os.fsync(descriptor)
            if fcntl is not None:
                temporary.replace(target)
        finally:
            os.close(descriptor)
        if fcntl is None:  # Windows renames no file that is open
            temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    return True


def _replaceable(path: Path) -> tuple[Path, int | None]:
    """Return where the file is, links followed, and its permissions, None for a new one."""
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(
            errno.ENOENT, "cannot save: this folder does not exist, create it first", str(target.parent)
        )
    try:
        # Of the path as given: /dev/stdout is a link to a pipe that has no path.
        status = path.stat()
    except FileNotFoundError:
        return target, None
    if not stat.S_ISREG(status.st_mode):
        raise ArgumentError(
            f"cannot save to {str(path)!r}, which is {_kind(status.st_mode)}: only a regular file is replaced; "
            "give a new path, or write to_bytes() there yourself"
        )
    return target, stat.S_IMODE(status.st_mode)


def _kind(mode: int) -> str:
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def _lock(descriptor: int) -> bool:
    """Lock a file for this writer; False where the file system has no locks, so that nobody can get one."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:
        return False
    return True


def _write(descriptor: int, data: bytes) -> None:
    remaining = memoryview(data)
    while remaining:
        remaining = remaining[os.write(descriptor, remaining) :]


def _remove_abandoned(folder: Path) -> None:
    """Remove the temporary files whose writers were killed: those that can be locked. Not being able to is no error."""
    with suppress(OSError):
        for path in _temporaries(folder):
            with suppress(OSError):
                _remove_if_abandoned(path)


def _temporaries(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if _TEMPORARY.fullmatch(entry.name)]
    return map(folder.joinpath, names)


def _remove_if_abandoned(path: Path) -> None:
    if fcntl is None:
        path.unlink()
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable, where the system lets a folder be opened (Windows does not)."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(descriptor)
