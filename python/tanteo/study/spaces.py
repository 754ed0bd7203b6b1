"""The space of a study, which may be changed while it is open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..exceptions import SpaceError, StudyError
from ..space.packing import opaque_parameters
from ..space.search_space import SearchSpace, as_space, space_from_data, space_to_data
from .header import space_of, stand_in_core

if TYPE_CHECKING:
    from .._core import CoreSpace
    from ..options import AnySpace


class Spaces:
    """The spaces of a study in one process.

    Parameters
    ----------
    argument
        The space with which the study was opened, if any.
    path
        The path of the study, for messages.
    """

    def __init__(self, argument: AnySpace | None, path: Path) -> None:
        self._argument, self._path = None if argument is None else as_space(argument), path
        # The stored data of the current space, and the space.
        self._data: Any = None
        self._space: SearchSpace | None = None

    def opened(self, header: Mapping[str, Any]) -> SearchSpace:
        """Return the space of a study that is being opened; a given space must equal it."""
        self._data, self._space = header["space"], space_of(header, self._argument, self._path)
        return self._space

    def of(self, header: Mapping[str, Any]) -> SearchSpace:
        """Return the current space."""
        if self._space is None or self._data is not header["space"]:
            self._space, self._data = self._current(header["space"]), header["space"]
        return self._space

    def _current(self, data: dict[str, Any]) -> SearchSpace:
        for space in (self._space, self._argument):
            if space is not None and space_to_data(space) == data:
                return space
        if opaque_parameters(data):
            raise StudyError(
                f"another process has changed the space of {str(self._path)!r}, with choices that JSON cannot "
                "represent; open the study again with the new space"
            )
        return space_from_data(data)

    def give(self, space: SearchSpace) -> None:
        """Set the space to which the study is about to change."""
        self._argument = space

    def core(self, header: Mapping[str, Any]) -> CoreSpace:
        """Return the core's space of a study at its start."""
        data = header["space"]
        if self._argument is not None and space_to_data(self._argument) == data:
            return self._argument._core
        try:
            return stand_in_core(header)
        except SpaceError:
            raise StudyError(
                f"the study {str(self._path)!r} has conditions on choices that JSON cannot represent; give the space "
                "again"
            ) from None
