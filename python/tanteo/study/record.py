"""What a study knows of its trials beside what its optimizer knows: who ran them, and what people said of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Stands for "no run" in the columns.
NOBODY = -1


class Record:
    """Columns with one entry a trial, and dicts by trial id for what few trials have.

    A *run* is a process that writes into the file, from when it first does; its number is its place in :attr:`runs`.

    Attributes
    ----------
    runs
        The environment of each.
    asked_by, told_by
        A run, or :data:`NOBODY`, for each trial.
    started
        When each was asked for, in seconds since 1970, by the clock of the one who did; None for what was observed.
    owners
        The run that works on a pending trial. One without an owner was given back, and is free to be taken.
    lost
        The runs that a trial was taken from.
    retries, notes, artifacts
        See :class:`StudyTrial`.
    placed
        Host and process of the worker that has or told a trial, where that is not the run itself: the run keeps the
        study for workers elsewhere.
    by_user
        The trials that the user set aside, which no change of the space takes in again.
    changes
        How often the space was changed.
    aside
        The configurations, in terms of JSON, of trials that do not fit into the space any more.
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
        self.placed: dict[int, list[Any]] = {}
        self.by_user: set[int] = set()
        self.changes = 0
        self.aside: dict[int, Any] = {}

    def ask(self, run: int, time: float, n: int) -> None:
        """Note that a run asked for the next ``n`` trials."""
        for _ in range(n):
            self.owners[len(self.asked_by)] = run
            self.asked_by.append(run)
            self.told_by.append(NOBODY)
            self.started.append(time)

    def observe(self, run: int) -> None:
        """Note that a run brought the next trial from elsewhere."""
        self.asked_by.append(run)
        self.told_by.append(run)
        self.started.append(None)

    def tell(self, run: int, trial: int) -> None:
        """Note that a run told a trial."""
        if self.owners.get(trial) != run:
            self.placed.pop(trial, None)
        self.told_by[trial] = run
        self.owners.pop(trial, None)

    def resume(self, run: int, trial: int, time: float) -> None:
        """Note that a run goes on with a paused trial."""
        self.placed.pop(trial, None)
        self.told_by[trial] = NOBODY
        self.owners[trial] = run
        self.started[trial] = time

    def offer(self, run: int, trial: int, time: float, *, retried: bool) -> None:
        """Note that a run has taken over a pending trial; ``retried`` if its worker vanished."""
        previous = self.owners.get(trial)
        self.placed.pop(trial, None)
        if retried:
            self.retries[trial] = self.retries.get(trial, 0) + 1
        if previous is not None and previous != run:
            self.lost.setdefault(trial, []).append(previous)
        self.owners[trial] = run
        self.started[trial] = time

    def is_excluded(self, trial: int) -> bool:
        """Whether a trial does not count: the user said so, or it does not fit into the space."""
        return trial in self.by_user or trial in self.aside

    def retract(self, run: int, trial: int) -> None:
        """Note that a run made a trial pending again, and has it."""
        self.by_user.discard(trial)
        self.placed.pop(trial, None)
        self.told_by[trial] = NOBODY
        self.owners[trial] = run

    def place_of(self, trial: int) -> tuple[str | None, int | None]:
        """Return host and process of whoever told a trial, or else of the one that has it or asked for it."""
        if trial in self.placed:
            host, process = self.placed[trial]
            return host, process
        teller, asker = self.told_by[trial], self.owners.get(trial, self.asked_by[trial])
        run = asker if teller == NOBODY else teller
        return (None, None) if run == NOBODY else (self.runs[run]["host"], self.runs[run]["process"])

    def to_data(self) -> dict[str, Any]:
        """Return everything in terms of JSON."""
        data: dict[str, Any] = {name: list(getattr(self, name)) for name in _LISTS}
        # Keys of JSON are text; pairs keep them numbers.
        data.update({name: [[trial, value] for trial, value in getattr(self, name).items()] for name in _DICTS})
        return {**data, "by_user": sorted(self.by_user), "changes": self.changes}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Record:
        """Undo :meth:`to_data`.

        Raises
        ------
        KeyError
            If an earlier version has written it, which knew less.
        """
        record = cls()
        for name in _LISTS:
            setattr(record, name, list(data[name]))
        for name in _DICTS:
            setattr(record, name, dict(data[name]))
        record.by_user, record.changes = set(data["by_user"]), int(data["changes"])
        return record


_LISTS = ("runs", "asked_by", "told_by", "started")
_DICTS = ("owners", "lost", "retries", "notes", "artifacts", "placed", "aside")
