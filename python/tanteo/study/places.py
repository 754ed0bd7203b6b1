"""Detection of network file systems, whose locks SQLite cannot rely on."""

from __future__ import annotations

import re
from pathlib import Path

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
