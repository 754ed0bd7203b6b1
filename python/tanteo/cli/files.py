"""Opening the file of a command: a study, or a snapshot of an optimizer.

Searches are opened for reading without the Python objects of their program: choices are replaced by text, samplers and
pruners by placeholders (:class:`tanteo.pruners.user_objects.Absent`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tanteo import inside
from tanteo._internal.files import SNAPSHOT, SQLITE, kind_of
from tanteo.exceptions import ArgumentError, SnapshotError, SpaceError, StudyError
from tanteo.optimizer import Optimizer
from tanteo.pruners.user_objects import UserObjects
from tanteo.snapshots import labels_in, names_of, notes_in
from tanteo.space.search_space import SearchSpace
from tanteo.space.shown import parameters_to_give, shown_space
from tanteo.study import Study
from tanteo.study.checking import verify
from tanteo.study.faults import recovery_without_header
from tanteo.study.header import StudyArguments
from tanteo.study.spaces import Spaces
from tanteo.trials.objectives import place_of


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
    user_objects, notes = UserObjects().with_placeholders(core, stored), notes_in(stored)
    return inside.restored(core, space, user_objects, names_of(core, stored), notes)


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


def is_study(path: Path) -> bool:
    """Whether a file is an SQLite file, which is the format of studies."""
    return _starts_with(path, SQLITE)


def _starts_with(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(mark)) == mark


def may_be_replaced(path: Path) -> Path:
    """Return the path of an output file.

    Raises
    ------
    ArgumentError
        If the file holds a search, which the output would overwrite.
    """
    if path.is_file() and (is_study(path) or _starts_with(path, SNAPSHOT)):
        raise ArgumentError(f"--out {path}: this file holds a search, which would be lost; give another path")
    return path


def name_of(search: Optimizer, path: Path) -> str:
    """Return the name of a search: that of a study, or that of its file."""
    return search.name if isinstance(search, Study) else path.name


def keep(search: Optimizer, path: Path) -> None:
    """Write a changed snapshot back; a study has recorded the change already."""
    if not isinstance(search, Study):
        search.save(path)


def open_search(path: Path) -> Optimizer:
    """Open the search in a file for reading.

    Raises
    ------
    StudyError, SnapshotError
        If the file is neither a study nor a snapshot, or is damaged. Opening a study reads only the cached state and
        the operations after it. A command verifies the checksum of every operation, so that it never shows data of a
        damaged file.
    OSError
        If the file cannot be read.
    """
    if not _verify_kind(path):
        return view_of_snapshot(path)
    return view_of_study(path)


def open_to_write(path: Path, call: str) -> Optimizer:
    """Open the search in a file for writing; ``call`` is what does the same in Python.

    Raises
    ------
    ArgumentError
        If the search needs Python objects that only its own program has.
    StudyError, SnapshotError, OSError
        As for :func:`open_search`.
    """
    holds_study = _verify_kind(path)
    missing = needs(path, is_study=holds_study)
    if missing:
        raise ArgumentError(
            f"changing {path} needs {', '.join(missing)}, which only the program of the search has; call "
            f"{call} on the search there"
        )
    return _StudyOfCommand(path) if holds_study else Optimizer.load(path)


class _StudyOfCommand(Study):
    """A study in a command, which hands out trials to whoever calls it."""

    def _about_this_process(self) -> dict[str, Any]:
        # Trials of this command belong to its caller, so the end of the process must not free them.
        return {**super()._about_this_process(), "born": None}


def _verify_kind(path: Path) -> bool:
    """Return whether a file is a study; verify the checksums of a study."""
    require_file(path)
    if is_study(path):
        verify(path)
        return True
    refuse_unknown(path)
    return False


def require_file(path: Path) -> None:
    """Raise an error unless a path is that of a regular file; a pipe would be waited for."""
    if not path.exists():
        raise ArgumentError(f"there is no file {path}")
    if not path.is_file():
        kind = kind_of(path.stat().st_mode)
        raise ArgumentError(f"{path} is {kind}; name a study, or a file that Optimizer.save wrote")


def space_of(file: Path) -> SearchSpace:
    """Return the space in the file of ``--space``.

    Raises
    ------
    SpaceError
        If the file has no space.
    """
    try:
        return SearchSpace.from_json(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise SpaceError(f"--space {file}: this is not text; give what SearchSpace.to_json returns") from None
    except SpaceError as error:
        raise SpaceError(f"--space {file}: {error}") from None


def refuse_unknown(path: Path) -> None:
    """Raise an error for a file that is not a snapshot, and therefore not a search."""
    if not _starts_with(path, SNAPSHOT):
        raise ArgumentError(
            f"{path} is neither a study nor a snapshot: its first bytes are those of neither"
            f"{recovery_without_header(path)}"
        )


def objective_of(search: Optimizer, text: str, argument: str = "--objective") -> int:
    """Return the index of the objective that is given by its name or its index, from 0.

    ``argument`` is what it is called in messages.

    Raises
    ------
    ArgumentError
        If there is no such objective.
    """
    names = search.objective_names
    is_place = text.isdecimal() and (names is None or text not in names)
    return place_of(int(text) if is_place else text, len(search.directions), names, argument)


def refreshed(search: Optimizer, path: Path) -> Optimizer:
    """Return the current state of the search, including what other processes have written."""
    if isinstance(search, Study):
        search.refresh()
        return search
    return view_of_snapshot(path)
