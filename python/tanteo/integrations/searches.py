"""Creates the search that imported trials are added to, in memory or as a study in a file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..exceptions import StudyError
from ..optimizer import Optimizer
from ..run.sharing import sharing
from ..space.search_space import SearchSpace
from ..study import Study
from .imported_trials import ImportedTrial, ImportNotes, import_trials

if TYPE_CHECKING:
    from ..options import Directions


def new_search(
    space: SearchSpace,
    directions: Directions,
    *,
    path: str | os.PathLike[str] | None,
    name: str | None = None,
    sampler: Any,
    seed: int | None,
) -> Optimizer:
    """Return an empty optimizer, or an empty study at ``path``.

    Raises
    ------
    StudyError
        If ``path`` exists.
    """
    if path is None:
        return Optimizer(space, directions=directions, sampler=sampler, seed=seed)
    if os.path.lexists(path):
        raise StudyError(f"{os.fspath(path)!r} exists; give the path of a new file, so that no two records are mixed")
    return Study(path, space, directions=directions, sampler=sampler, seed=seed, name=name)


def fill(search: Optimizer, trials: Iterable[ImportedTrial], notes: ImportNotes) -> None:
    """Import all trials; for a study, in one transaction."""
    with sharing(search).together():
        import_trials(search, trials, notes)
