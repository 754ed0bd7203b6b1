"""Opens searches for reading without the Python objects of their program: choices, samplers and pruners.

Choices are replaced by text, samplers and pruners by placeholders (:class:`tanteo.pruners.user_objects.Absent`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tanteo import inside
from tanteo.exceptions import SnapshotError, SpaceError, StudyError
from tanteo.optimizer import Optimizer
from tanteo.pruners.user_objects import UserObjects
from tanteo.snapshots import labels_in, names_of
from tanteo.space.search_space import SearchSpace
from tanteo.space.shown import parameters_to_give, shown_space
from tanteo.study import Study
from tanteo.study.header import StudyArguments
from tanteo.study.spaces import Spaces


def view_of_study(path: Path) -> Study:
    """Open a study for reading.

    Raises
    ------
    StudyError
        If the file is damaged or not a study, or if a condition depends on one of several choices of one class.
    """
    return _StudyView(path, read_only=True)


def view_of_snapshot(path: Path) -> Optimizer:
    """Open a snapshot written by ``Optimizer.save`` for reading.

    Raises
    ------
    SnapshotError
        If the file is damaged or not a snapshot, or if a condition depends on one of several choices of one class.
    """
    core, stored = labels_in(path)
    try:
        space = shown_space(stored["space"], stored.get("shown", {}))
    except (SpaceError, TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise SnapshotError(f"cannot load {str(path)!r}: the space in it cannot be read: {error}") from None
    return inside.restored(core, space, UserObjects().with_placeholders(core, stored), names_of(core, stored))


def choices_to_give(study: Study) -> list[str]:
    """Return the names of the parameters whose choices the study cannot store, so that it opens only with its space."""
    return parameters_to_give(inside.header(study)["space"])


def needs(path: Path, *, is_study: bool) -> list[str]:
    """Describe the Python objects without which a search cannot be changed."""
    if is_study:
        with view_of_study(path) as study:
            header = inside.header(study)
        stored = {**header, "sampler": header["own_sampler"], "pruner": header["own_pruner"]}
    else:
        _, stored = labels_in(path)
    found = [f"the choices of {name!r}" for name in parameters_to_give(stored["space"])]
    return found + [f"the {noun} {stored[noun]}" for noun in ("sampler", "pruner") if stored.get(noun) is not None]


class _StudyView(Study):
    """A study that is opened outside of its own program."""

    def _spaces_of(self, given: StudyArguments) -> Spaces:
        return _ShownSpaces(given.space, self.path)


class _ShownSpaces(Spaces):
    """The spaces of a study, with text in place of choices that JSON cannot represent."""

    def opened(self, header: Mapping[str, Any]) -> SearchSpace:
        """Return the space of a study that is being opened."""
        return self.of(header)

    def of(self, header: Mapping[str, Any]) -> SearchSpace:
        """Return the current space."""
        if self._space is None or self._data is not header["space"]:
            self._data = header["space"]
            try:
                self._space = shown_space(header["space"], header["shown"])
            except SpaceError as error:
                raise StudyError(f"the space of {str(self._path)!r} cannot be shown: {error}") from None
        return self._space
