"""The reports of all trials of a study, read as far as they are new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..replica import Entry
from .reading import imported_trial, outcome, steps


class Curves:
    """The trials of a study without their configurations.

    Parameters
    ----------
    directions
        Those of the study.
    """

    def __init__(self, directions: Sequence[str]) -> None:
        self._directions = directions
        self._finished: dict[int, Entry] = {}

    def read(self, storage: Any, study_id: int) -> list[Entry]:
        """Return all trials; entry ``k`` is trial ``k``."""
        trials = storage.get_all_trials(study_id, deepcopy=False)
        if len(trials) < len(self._finished):  # another study has taken the place of this one
            self._finished = {}
        return [self._finished.get(trial.number) or self._entry(trial) for trial in trials]

    def _entry(self, trial: Any) -> Entry:
        imported = imported_trial(trial, {})
        ended = None if imported.state in ("running", "waiting") else outcome(imported, self._directions)
        reports = steps(imported.steps, self._directions[0]) if len(self._directions) == 1 else ()
        entry = Entry((), "observed", reports, ended)
        if ended is not None:
            self._finished[trial.number] = entry
        return entry
