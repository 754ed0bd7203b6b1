"""The records of a study beside its optimizer: the processes that ran trials, notes and artifacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..trials.pruning_notes import PruningNotes

#: Stands for "no run" in the columns.
NOBODY = -1


class Removed(NamedTuple):
    """The value that a removed parameter keeps in trials: that of ``fill`` in the change which removed it.

    Attributes
    ----------
    value
        As a JSON value.
    n_before
        The number of trials at the removal.
    without
        The trials that lacked the parameter, or have taken the value back.
    end
        The first trial after the parameter came back: it and later ones do not have the value. If the parameter came
        back with ``fill``, the first trial after the removal. None until it comes back.
    """

    value: Any
    n_before: int
    without: frozenset[int]
    end: int | None = None

    def is_of(self, trial: int) -> bool:
        """Return whether a trial has the value."""
        return trial not in self.without and (self.end is None or trial < self.end)

    def to_data(self) -> dict[str, Any]:
        """Return all fields as JSON values."""
        return {**self._asdict(), "without": sorted(self.without)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Removed:
        """Undo :meth:`to_data`."""
        return cls(**{**data, "without": frozenset(data["without"])})


class StudyRecord:
    """Columns with one entry per trial, and dicts by trial id for data that few trials have.

    A *run* is a process that has written to the file, or a remote worker for which one did. Its number is its position
    in :attr:`runs`.

    Attributes
    ----------
    runs
        The environment of each run; of a remote worker (which has the entry ``worker``) only what identifies it.
    asked_by, told_by
        A run, or :data:`NOBODY`, for each trial.
    started
        When each trial was asked for, in seconds since 1970 by the clock of that process; None for observed results.
    owners
        The run that works on each pending trial. A pending trial without an owner was released and is free.
    lost
        The runs from which each trial was taken.
    retries, notes, artifacts
        See :class:`StudyTrial`.
    changes
        The number of changes of the space.
    aside
        The configurations, as JSON values, of trials that no longer fit the space.
    removed
        The parameters that changes of the space removed with ``fill``, while trials keep their values.
    pruning
        The notes on stopping trials.
    """

    def __init__(self) -> None:
        self.runs: list[Mapping[str, Any]] = []
        self.asked_by: list[int] = []
        self.told_by: list[int] = []
        self.started: list[float | None] = []
        self.owners: dict[int, int] = {}
        self.lost: dict[int, list[int]] = {}
        self.retries: dict[int, int] = {}
        self.notes: dict[int, str] = {}
        self.artifacts: dict[int, list[str]] = {}
        self.changes = 0
        self.aside: dict[int, Any] = {}
        self.removed: dict[str, Removed] = {}
        self.pruning = PruningNotes()

    def ask(self, run: int, time: float, n: int) -> None:
        """Record that a run asked for the next ``n`` trials."""
        for _ in range(n):
            self.owners[len(self.asked_by)] = run
            self.asked_by.append(run)
            self.told_by.append(NOBODY)
            self.started.append(time)

    def observe(self, run: int) -> None:
        """Record that a run added the next trial as an observed result."""
        self.asked_by.append(run)
        self.told_by.append(run)
        self.started.append(None)

    def tell(self, run: int, trial: int) -> None:
        """Record that a run told a trial."""
        self.told_by[trial] = run
        self.owners.pop(trial, None)
        self.pruning.forget(trial)

    def resume(self, run: int, trial: int, time: float) -> None:
        """Record that a run resumed a paused trial."""
        self.told_by[trial] = NOBODY
        self.owners[trial] = run
        self.started[trial] = time

    def offer(self, run: int, trial: int, time: float, *, retried: bool) -> None:
        """Record that a run took over a pending trial; ``retried`` if its worker had vanished."""
        previous = self.owners.get(trial)
        if retried:
            self.retries[trial] = self.retries.get(trial, 0) + 1
        if previous is not None and previous != run:
            self.lost.setdefault(trial, []).append(previous)
        self.owners[trial] = run
        self.started[trial] = time
        # It was made for the earlier worker, which did not act on it.
        self.pruning.forget(trial)

    def retract(self, run: int, trial: int) -> None:
        """Record that a run made a trial pending again, and owns it."""
        self.told_by[trial] = NOBODY
        self.owners[trial] = run

    def has_lost(self, run: int | None, trial: int) -> bool:
        """Return whether a trial was taken from a run, and the run has not got it back."""
        return run in self.lost.get(trial, ()) and self.owners.get(trial) != run

    def run_of(self, trial: int) -> int:
        """Return the run that told a trial, or else that owns it or asked for it; it may be :data:`NOBODY`."""
        teller, asker = self.told_by[trial], self.owners.get(trial, self.asked_by[trial])
        return asker if teller == NOBODY else teller

    def place_of(self, trial: int) -> tuple[str | None, int | None]:
        """Return host and process of the run of a trial."""
        run = self.run_of(trial)
        return (None, None) if run == NOBODY else (self.runs[run]["host"], self.runs[run]["process"])

    def to_data(self) -> dict[str, Any]:
        """Return all data as JSON values."""
        data: dict[str, Any] = {name: list(getattr(self, name)) for name in _LISTS}
        # Pairs, because the keys of JSON objects are text.
        data.update({name: [[key, value] for key, value in getattr(self, name).items()] for name in _DICTS})
        removed = {name: removed.to_data() for name, removed in self.removed.items()}
        return {**data, "removed": removed, "changes": self.changes, "pruning": self.pruning.to_data()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> StudyRecord:
        """Undo :meth:`to_data`."""
        record = cls()
        for name in _LISTS:
            setattr(record, name, list(data[name]))
        for name in _DICTS:
            setattr(record, name, dict(data[name]))
        record.removed = {name: Removed.from_data(removed) for name, removed in data["removed"].items()}
        record.changes = int(data["changes"])
        record.pruning = PruningNotes.from_data(data["pruning"])
        return record


_LISTS = ("runs", "asked_by", "told_by", "started")
_DICTS = ("owners", "lost", "retries", "notes", "artifacts", "aside")
