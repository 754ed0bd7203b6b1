"""Snapshots. The native core writes the bytes; they contain the data known to Python only as JSON (the labels).

The labels hold the space, with descriptions of choices that JSON cannot represent, the identity of a sampler and a
pruner written in Python, and the notes on stopping trials. Reading runs no code: see :mod:`tanteo.space.packing`.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from typing import Any, BinaryIO, TypeAlias

from ._core import CoreOptimizer
from ._internal.coercion import shown
from ._internal.files import SQLITE, as_path, kind_of
from .exceptions import ArgumentError, SnapshotError, SpaceError
from .pruners.user_objects import UserObjects
from .space.difference import data_difference
from .space.packing import check_format, opaque_parameters
from .space.search_space import SearchSpace, as_space, space_from_data, space_to_data
from .space.shown import reprs_of_opaque
from .trials.objectives import Names
from .trials.pruning_notes import PruningNotes


def write_snapshot(
    core: CoreOptimizer, space: SearchSpace, user_objects: UserObjects, names: Names, notes: Mapping[str, Any]
) -> bytes:
    """Return the bytes from which :func:`read_snapshot` restores the search; ``notes`` are JSON values."""
    data = space_to_data(space)
    labels: dict[str, Any] = {"space": data, **user_objects.identities()}
    if notes:
        labels["pruning"] = notes
    reprs = reprs_of_opaque(space, data)
    if reprs:
        labels["shown"] = reprs
    if names is not None:
        labels["objectives"] = list(names)
    return core.snapshot(json.dumps(labels).encode("ascii"))


Restored: TypeAlias = tuple[CoreOptimizer, SearchSpace, UserObjects, Names, PruningNotes]


def read_snapshot(data: Any, space: SearchSpace | Mapping[str, Any] | None, user_objects: UserObjects) -> Restored:
    """Restore a search.

    Parameters
    ----------
    data
        The result of :func:`write_snapshot`.
    space
        Required if JSON cannot represent some choices. If given, it must equal the stored space.
    user_objects
        Required if the search used a sampler or a pruner written in Python.

    Raises
    ------
    SnapshotError
        If the bytes are damaged or of a later version, or if the space, sampler or pruner is missing or differs.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise SnapshotError(f"a snapshot is bytes, got {shown(data)}")
    return restored_from(*CoreOptimizer.restore(bytes(data)), space, user_objects)


def restored_from(
    core: CoreOptimizer, labels: bytes, space: SearchSpace | Mapping[str, Any] | None, user_objects: UserObjects
) -> Restored:
    """Restore a search from its core and its labels; see :func:`read_snapshot`."""
    stored = read_labels(labels)
    restored = restored_space(stored["space"], None if space is None else as_space(space))
    if core.space() != restored._core:
        raise SnapshotError("the snapshot is inconsistent: its labels and its trials have different spaces")
    return core, restored, user_objects.checked(core, stored), names_of(core, stored), notes_in(stored)


def labels_in(path: str | os.PathLike[str]) -> tuple[CoreOptimizer, dict[str, Any]]:
    """Return the core of a search in a file, and its labels as JSON values.

    Raises
    ------
    SnapshotError
        If the bytes are damaged or of a later version.
    """
    data = _read_bytes(path)
    try:
        core, labels = CoreOptimizer.restore(data)
        return core, read_labels(labels)
    except SnapshotError as error:
        raise SnapshotError(f"cannot load {str(path)!r}: {error}") from None


def read_file(
    path: str | os.PathLike[str], space: SearchSpace | Mapping[str, Any] | None, user_objects: UserObjects
) -> Restored:
    """Restore a search from a file; errors name the path."""
    data = _read_bytes(path)
    try:
        return read_snapshot(data, space, user_objects)
    except SnapshotError as error:
        raise SnapshotError(f"cannot load {str(path)!r}: {error}") from None


# A bound of the bytes of the header.
_HEAD = 64


def _read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a snapshot in a file, and of a longer file no more than shows that it is too long."""
    file = as_path(path)
    try:
        mode = file.stat().st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(f"{str(path)!r} is a folder; give the path of a file in it")
        if not stat.S_ISREG(mode):
            raise ArgumentError(
                f"cannot load {str(path)!r}, which is {kind_of(mode)}: only a regular file is read; read the bytes "
                "there yourself, and give them to from_bytes()"
            )
        with file.open("rb") as opened:
            return _read_start(opened, str(path))
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {str(path)!r}") from None


def _read_start(file: BinaryIO, path: str) -> bytes:
    head = file.read(_HEAD)
    if head.startswith(SQLITE):
        raise SnapshotError(f"{path!r} is an SQLite file, as studies are; open a study with tt.Study(path)")
    try:
        length = CoreOptimizer.snapshot_length(head)
    except SnapshotError as error:
        raise SnapshotError(f"cannot load {path!r}: {error}") from None
    file.seek(0)
    # One byte more shows that the file goes on. A damaged length may be larger than any file.
    return file.read(min(length + 1, os.fstat(file.fileno()).st_size))


def read_labels(labels: bytes) -> dict[str, Any]:
    """Return the labels of a snapshot as JSON values.

    Raises
    ------
    SnapshotError
        If they are damaged or of a later version.
    """
    try:
        stored = json.loads(labels)
        check_format(stored["space"])
        stored["sampler"]
    except (ValueError, TypeError, KeyError, RecursionError, SpaceError) as error:
        raise SnapshotError(f"the labels of the snapshot cannot be read: {error}") from None
    return dict(stored)


def names_of(core: CoreOptimizer, stored: Mapping[str, Any]) -> Names:
    """Return the names of the objectives in the labels, or None."""
    names = stored.get("objectives")
    if names is None:
        return None
    is_whole = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not is_whole or len(names) != len(core.settings()["maximize"]):
        raise SnapshotError("the snapshot is inconsistent: its labels and its trials have different objectives")
    return tuple(names)


def notes_in(stored: Mapping[str, Any]) -> PruningNotes:
    """Return the notes on stopping trials in the labels, which have none if there were none."""
    return PruningNotes.from_data(stored.get("pruning", {}))


def restored_space(stored: dict[str, Any], space: SearchSpace | None) -> SearchSpace:
    """Return the given space if it equals the stored one; without it, the stored one if it is complete."""
    try:
        if space is not None:
            difference = data_difference(space_to_data(space), stored, ("in the given space", "in the stored one"))
            if difference is None:
                return space
            raise SnapshotError(f"the space given is not the stored one: {difference}")
        opaque = opaque_parameters(stored)
        if opaque:
            names = ", ".join(map(repr, opaque))
            raise SnapshotError(f"the choices of {names} cannot be stored; give the space again (space=...)")
        return space_from_data(stored)
    except SnapshotError:
        raise
    except (SpaceError, TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise SnapshotError(f"the space in the snapshot cannot be read: {error}") from None
