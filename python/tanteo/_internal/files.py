"""Atomic replacement of files, and removal of temporary files left by killed processes."""

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
except ImportError:  # Windows does not remove open files, so no lock is needed there
    fcntl = None  # type: ignore[assignment] # a module that may be missing has no other type

#: The first bytes of an SQLite file and of a snapshot.
SQLITE, SNAPSHOT = b"SQLite format 3\x00", b"TANTEO\x00"
_TEMPORARY = re.compile(r"\.tanteo-[0-9a-f]{16}\.part")
# A scheme and what follows its first slash. A pathlib.Path turns "://" into ":/". A drive has one letter.
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/(/.*)?")
# Errors of folders that cannot be synchronized (network file systems, containers).
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP)


def as_path(path: Any) -> Path:
    """Return ``path`` as a Path.

    Raises
    ------
    ArgumentError
        If it is not a path.
    """
    try:
        text = os.fsdecode(path)
    except TypeError:
        raise ArgumentError(f"a path must be text or a pathlib.Path, got {shown(path)}") from None
    url = _URL.match(text)
    if url and (url[2] or not isinstance(path, str)):
        scheme, rest = url.groups("")
        file = rest.removeprefix("/").removeprefix("/") if scheme == "sqlite" else ""
        hint = f"; its path is {file!r}" if file else ""
        raise ArgumentError(f"give the path of a file, not a URL, got {shown(path)}{hint}")
    if "\0" in text:
        hint = "; Optimizer.from_bytes reads the bytes of a search" if isinstance(path, bytes) else ""
        raise ArgumentError(f"a path cannot contain a null character, got {shown(path)}{hint}")
    return Path(text)


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Replace the file at ``path`` atomically: after a crash it holds either the old bytes or the new ones.

    The bytes are written to a temporary file in the same folder and synchronized to disk; then the file is renamed, and
    the folder is synchronized. The new file has the permissions of the old one, and never wider ones. Temporary files
    of killed processes are removed first.

    Raises
    ------
    OSError
        From the operating system, with the path.
    ArgumentError
        If ``path`` is not a path, or is that of a device, a pipe or a folder.
    """
    target, mode = _replaceable(as_path(path))
    _remove_abandoned(target.parent)
    while not _replace(target, mode, data):
        pass
    _sync_folder(target.parent)


def _replace(target: Path, mode: int | None, data: bytes) -> bool:
    """Write a temporary file and rename it to ``target``; return False if another process removed it as abandoned."""
    temporary = target.with_name(f".tanteo-{os.urandom(8).hex()}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666 if mode is None else mode)
    try:
        try:
            # While it is locked nobody removes it. Another process may have done so before.
            if _lock(descriptor) and not temporary.exists():
                return False
            if mode is not None:
                # The umask of the process must not apply.
                temporary.chmod(mode)
            write_all(descriptor, data)
            os.fsync(descriptor)
            if fcntl is not None:
                temporary.replace(target)
        finally:
            os.close(descriptor)
        if fcntl is None:  # Windows does not rename open files
            temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    return True


def _replaceable(path: Path) -> tuple[Path, int | None]:
    """Return the path of the file with links resolved, and its permissions (None for a new file)."""
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(
            errno.ENOENT, "cannot save: this folder does not exist, create it first", str(target.parent)
        )
    try:
        # The original path is checked: /dev/stdout is a link to a pipe that has no path.
        status = path.stat()
    except FileNotFoundError:
        return target, None
    if not stat.S_ISREG(status.st_mode):
        raise ArgumentError(
            f"cannot save to {str(path)!r}, which is {kind_of(status.st_mode)}: only a regular file is replaced; "
            "give a new path, or write to_bytes() there yourself"
        )
    return target, stat.S_IMODE(status.st_mode)


def kind_of(mode: int) -> str:
    """Return what a file is that is not a regular one, from its mode."""
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def _lock(descriptor: int) -> bool:
    """Lock a file for this writer; return False if the file system has no locks, so that nobody can get one."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:
        return False
    return True


def write_all(descriptor: int, data: bytes) -> None:
    """Write all bytes to a file descriptor."""
    remaining = memoryview(data)
    while remaining:
        remaining = remaining[os.write(descriptor, remaining) :]


def _remove_abandoned(folder: Path) -> None:
    """Remove temporary files of killed writers, which are those that can be locked; failures are ignored."""
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
    """Make the new name durable, on systems where a folder can be opened (not on Windows)."""
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
