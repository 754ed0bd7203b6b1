"""Bytes. The native core writes the snapshot; what only Python knows travels inside as JSON (the labels).

The labels hold the space (choices JSON cannot hold only as a description) and, for a sampler written in Python, which
it was. Reading runs nothing: see :mod:`tanteo.space.serialization`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, TypeAlias

from ._core import CoreOptimizer
from ._internal.coercion import shown
from ._internal.files import as_path
from .exceptions import SnapshotError, SpaceError
from .samplers import Sampler
from .space.difference import data_difference
from .space.labels import identity
from .space.search_space import SearchSpace, as_space
from .space.serialization import check_format, opaque_parameters, space_from_data, space_to_data


def write_snapshot(core: CoreOptimizer, space: SearchSpace, sampler: Sampler | None) -> bytes:
    """Return the bytes from which :func:`read_snapshot` restores the search."""
    labels = {"space": space_to_data(space), "sampler": None if sampler is None else identity(sampler)}
    return core.snapshot(json.dumps(labels).encode("ascii"))


Restored: TypeAlias = tuple[CoreOptimizer, SearchSpace, Sampler | None]


def read_snapshot(data: Any, space: SearchSpace | Mapping[str, Any] | None, sampler: Sampler | None) -> Restored:
    """Restore a search.

    Parameters
    ----------
    data
        What :func:`write_snapshot` returned.
    space
        Needed if choices are of a kind that JSON cannot hold; compared with the stored one if given.
    sampler
        Needed if the search used a sampler written in Python.

    Raises
    ------
    SnapshotError
        If the bytes are damaged or of a later version, or the space or sampler is missing or another one.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise SnapshotError(f"a snapshot is bytes, got {shown(data)}")
    core, labels = CoreOptimizer.restore(bytes(data))
    stored = _read_labels(labels)
    restored = restored_space(stored["space"], None if space is None else as_space(space))
    if core.space() != restored._core:
        raise SnapshotError("the snapshot contradicts itself: its labels describe another space than its trials")
    return core, restored, restored_sampler(core, stored["sampler"], sampler)


def read_file(
    path: str | os.PathLike[str], space: SearchSpace | Mapping[str, Any] | None, sampler: Sampler | None
) -> Restored:
    """Restore a search from a file; what is wrong with the bytes is said together with the path."""
    data = as_path(path).read_bytes()
    try:
        return read_snapshot(data, space, sampler)
    except SnapshotError as error:
        raise SnapshotError(f"cannot load {str(path)!r}: {error}") from None


def _read_labels(labels: bytes) -> dict[str, Any]:
    try:
        stored = json.loads(labels)
        check_format(stored["space"])
        stored["sampler"]
    except (ValueError, TypeError, KeyError, RecursionError, SpaceError) as error:
        raise SnapshotError(f"the labels of the snapshot cannot be read: {error}") from None
    return dict(stored)


def restored_space(stored: dict[str, Any], space: SearchSpace | None) -> SearchSpace:
    """Return the given space if it equals the stored one, or the stored one if nothing is missing from it."""
    try:
        if space is not None:
            difference = data_difference(space_to_data(space), stored)
            if difference is None:
                return space
            raise SnapshotError(f"the space given is not the stored one: {difference} (here: given, there: stored)")
        opaque = opaque_parameters(stored)
        if opaque:
            names = ", ".join(map(repr, opaque))
            raise SnapshotError(f"the choices of {names} cannot be stored; give the space again (space=...)")
        return space_from_data(stored)
    except SnapshotError:
        raise
    except (SpaceError, TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise SnapshotError(f"the space in the snapshot cannot be read: {error}") from None


def restored_sampler(core: CoreOptimizer, stored: Any, sampler: Sampler | None) -> Sampler | None:
    """Return the sampler given if it is the one written in Python that a search needs; None if it needs none."""
    name = core.settings()["sampler"][0]
    if name != "external":
        if sampler is not None:
            raise SnapshotError(f"this search uses the built-in sampler {name!r}; leave out sampler={shown(sampler)}")
        return None
    if sampler is None:
        raise SnapshotError(f"this search uses a sampler of your own, {stored}; give it again (sampler=...)")
    if identity(sampler) != stored:
        raise SnapshotError(f"the sampler given is {identity(sampler)}, and the search was saved with {stored}")
    return sampler
