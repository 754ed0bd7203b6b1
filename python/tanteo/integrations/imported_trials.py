"""The common form of trials from other libraries and files, and their import into a search, old or new."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from .. import inside
from .._internal.caller import stacklevel
from .._internal.display import with_progress
from .._internal.states import STOPPED
from .._internal.text import counted, printable
from ..exceptions import ArgumentError, StudyError, TanteoError
from ..optimizer import Optimizer
from ..options import OF_IMPORTS, given
from ..run.sharing import sharing
from ..space.search_space import SearchSpace
from ..study import Study
from ..trials.attributes import attribute_or_text
from ..trials.replicates import Replicates

if TYPE_CHECKING:
    from ..options import Directions, ImportOptions
    from ..trials.outcome import Measurement

# Largest number of notes that a warning shows. Trials that were left aside are all shown.
_SHOWN = 5


@dataclass(frozen=True)
class ImportedTrial:
    """One trial of a source.

    Attributes
    ----------
    name
        The name of the trial in its source, for messages.
    params
        The configuration by flat names; it may be partial if ``state`` is ``"waiting"``.
    state
        ``"running"`` becomes a pending trial, ``"waiting"`` a queued point. ``"paused"`` becomes pruned in a search
        that has no pauses.
    values
        One value per objective, or None.
    partial_values
        For a trial without values: one per objective that was told before the result, and None for the others; or None.
    constraints, cost, sems, reason
        As for :meth:`tanteo.Optimizer.tell`.
    replicates
        The single measurements of each value, from which its standard error is computed.
    steps
        The reported values by step; with several objectives, one value for each.
    folds
        The reported values by fold, in the order of the reports; such a trial has no ``steps``.
    step_constraints
        The reported constraints by step.
    attrs
        Attributes; values that JSON cannot represent become their repr.
    started, finished, traceback
        As in :class:`tanteo.FrozenTrial`.
    excluded
        Whether nothing is learned from the trial; see :attr:`tanteo.FrozenTrial.excluded`.
    """

    name: str
    params: Mapping[str, Any]
    state: Literal["complete", "pruned", "paused", "failed", "running", "waiting"] = "complete"
    values: Sequence[float] | None = None
    partial_values: Sequence[float | None] | None = None
    constraints: Mapping[str, float] = field(default_factory=dict)
    cost: float | None = None
    sems: Sequence[float | None] | None = None
    reason: str | None = None
    replicates: Sequence[Sequence[float]] | None = None
    steps: Mapping[int, float | Sequence[float]] = field(default_factory=dict)
    folds: Mapping[int, float] = field(default_factory=dict)
    step_constraints: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    attrs: Mapping[str, Any] = field(default_factory=dict)
    started: float | None = None
    finished: float | None = None
    traceback: str | None = None
    excluded: bool = False


class LeftAside(UserWarning):
    """The warning of an import that had to leave trials aside; its message names each of them with the reason.

    Attributes
    ----------
    number
        The number of these trials.
    """

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message, number)
        self.number = number

    def __str__(self) -> str:
        return str(self.args[0])


class ImportNotes:
    """Notes on what could not be imported unchanged; they are issued as a single warning.

    Attributes
    ----------
    reasons
        The notes on what was changed, one line each.
    """

    def __init__(self) -> None:
        self.reasons: list[str] = []
        # The names of the trials that were left aside, by reason.
        self._left_aside: dict[str, list[str]] = {}

    def add(self, subject: str, reason: object) -> None:
        """Add a note on something that was changed."""
        self.reasons.append(f"{printable(subject)}: {_shorten(str(reason))}")

    def leave_aside(self, name: str, reason: object) -> None:
        """Add a note on a trial that is not imported."""
        self._left_aside.setdefault(_shorten(str(reason)), []).append(printable(name))

    def warn(self, source: str) -> None:
        """Issue a warning with all trials that were left aside, and the first few of the other notes."""
        number = sum(map(len, self._left_aside.values()))
        n_notes, n_hidden = len(self.reasons) + number, len(self.reasons) - _SHOWN
        if n_notes == 0:
            return
        more = [f"and {n_hidden} more"] if n_hidden > 0 else []
        lines = [f"{source}: {counted(n_notes, 'note')} on what could not be imported unchanged"]
        lines += [f"{', '.join(names)}: left aside, {reason}" for reason, names in self._left_aside.items()]
        message = "\n  ".join([*lines, *self.reasons[:_SHOWN], *more])
        warnings.warn(LeftAside(message, number) if number else UserWarning(message), stacklevel=stacklevel())


def _shorten(text: str) -> str:
    """Return the first line of a message, safe to print and with at most 300 characters."""
    return printable(text.partition("\n")[0])[:300]


def import_trials(search: Any, trials: Iterable[ImportedTrial], notes: ImportNotes) -> Counter[str]:
    """Add trials to an optimizer or a study in their order, and return their number by state.

    Parameters
    ----------
    search
        An :class:`tanteo.Optimizer`, or an object with the same interface.
    trials
        The trials. A trial that the search refuses is skipped with a note.
    notes
        Collects the notes.
    """
    counts: Counter[str] = Counter()
    for trial in with_progress(trials, "trial"):
        try:
            _import_trial(search, trial, notes)
        except TanteoError as error:
            notes.leave_aside(trial.name, error)
        else:
            counts[trial.state] += 1
    return counts


def _import_trial(search: Any, trial: ImportedTrial, notes: ImportNotes) -> None:
    if trial.state == "waiting":
        search.enqueue(trial.params)
        return
    if trial.state == "paused" and not search.pausing:
        trial = replace(trial, state="pruned")
    result = result_arguments(trial, search.directions, notes)
    is_paused = trial.state == "paused"
    told_before = _told_before(search, trial)
    # What a source leaves out is unknown there, and no mistake of the user.
    inside.know_constraints(search, result["constraints"])
    is_pending = trial.state == "running" or is_paused or any((trial.steps, trial.folds, told_before))
    # An observed trial cannot be paused, so it is first observed as pruned and later told as paused.
    number = search.observe(trial.params, **(result | {"state": "pruned"} if is_paused else result))
    # Only pending trials can report. The result, which was accepted, is retracted and told again after the reports.
    if is_pending:
        search.retract(number)
        _tell_before_end(search, number, trial, told_before, notes)
    for name, value in trial.attrs.items():
        search.set_attr(number, printable(name) or "(empty)", attribute_or_text(value))
    if trial.state == "running" and result["constraints"]:
        search.tell_constraints(number, result["constraints"])
    if is_pending and trial.state != "running":
        search.tell(number, **result)
    _note_evaluation(search, number, trial)
    if trial.excluded:
        inside.exclude_told(search, number)


def _told_before(search: Any, trial: ImportedTrial) -> dict[int, tuple[Measurement, float | None]]:
    """Return the objectives that a trial without a result told before: by position, each with its standard error."""
    told, n = trial.partial_values, len(search.directions)
    if told is None or len(told) != n or n == 1:
        return {}
    sems, lists = trial.sems or [None] * n, trial.replicates or [()] * n
    entries = enumerate(zip(told, sems, lists, strict=True))
    return {
        place: (Replicates(measured), None) if measured else (value, sem)
        for place, (value, sem, measured) in entries
        if value is not None
    }


def _tell_before_end(
    search: Any,
    number: int,
    trial: ImportedTrial,
    told_before: Mapping[int, tuple[Measurement, float | None]],
    notes: ImportNotes,
) -> None:
    """Tell what a trial told while it was pending. An objective or a step that is refused is left out with a note."""
    for step in sorted(trial.steps):
        _report(search, number, step, trial, notes)
    for fold, value in trial.folds.items():
        search.report_fold(number, fold, value)
    for place, (measurement, sem) in told_before.items():
        try:
            search.tell_objectives(number, {place: measurement}, sem=None if sem is None else {place: sem})
        except ArgumentError as error:  # a negative standard error
            notes.add(trial.name, error)


def _shown_values(values: Sequence[float]) -> str:
    return repr(values[0] if len(values) == 1 else list(values))


def result_arguments(trial: ImportedTrial, directions: Sequence[str], notes: ImportNotes) -> dict[str, Any]:
    """Return the arguments of ``tell``; an infinitely good value becomes a failure with a reason."""
    constraints = {name: value for name, value in trial.constraints.items() if value == value}
    result: dict[str, Any] = {"constraints": {printable(n): v for n, v in constraints.items()}, "cost": trial.cost}
    if trial.state in ("failed", "running"):
        return {**result, "state": "failed", "reason": trial.reason}
    if trial.values is not None and _is_infinitely_good(trial.values, directions):
        reason = f"the value {_shown_values(trial.values)} is infinitely good"
        notes.add(trial.name, f"{reason}; it is kept as a failure")
        return {**result, "state": "failed", "reason": reason}
    reason_argument = {"reason": trial.reason} if trial.state in STOPPED else {}
    if trial.values is not None and trial.replicates is not None:
        return {**result, "state": trial.state, "value": list(map(Replicates, trial.replicates)), **reason_argument}
    value = None if trial.values is None else list(trial.values)
    sem = None if value is None or trial.sems is None else list(trial.sems)
    return {**result, "state": trial.state, "value": value, "sem": sem, **reason_argument}


def _is_infinitely_good(values: Sequence[float], directions: Sequence[str]) -> bool:
    best = {"minimize": float("-inf"), "maximize": float("inf")}
    return any(value == best[direction] for value, direction in zip(values, directions, strict=False))


def _report(search: Any, number: int, step: int, trial: ImportedTrial, notes: ImportNotes) -> None:
    try:
        search.report(number, step, trial.steps[step], constraints=trial.step_constraints.get(step))
    except ArgumentError as error:  # an infinitely good value
        notes.add(f"{trial.name}, step {step}", error)


def _note_evaluation(search: Any, number: int, trial: ImportedTrial) -> None:
    """Set the times and the traceback of the source."""
    if any(note is not None for note in (trial.started, trial.finished, trial.traceback)):
        inside.note_evaluation(search, number, trial.started, trial.finished, trial.traceback)


__all__ = ["ImportNotes", "ImportedTrial", "LeftAside", "import_trials", "result_arguments"]


def new_search(
    space: SearchSpace,
    directions: Directions,
    *,
    path: str | os.PathLike[str] | None,
    name: str | None = None,
    options: ImportOptions,
) -> Optimizer:
    """Return an empty optimizer, or an empty study at ``path``.

    Raises
    ------
    StudyError
        If ``path`` exists.
    """
    chosen = given(options, OF_IMPORTS)
    if path is None:
        return Optimizer(space, directions=directions, **chosen)
    if os.path.lexists(path):
        raise StudyError(f"{os.fspath(path)!r} exists; give the path of a new file, so that no two records are mixed")
    return Study(path, space, directions=directions, name=name, **chosen)


def fill(search: Optimizer, trials: Iterable[ImportedTrial], notes: ImportNotes) -> None:
    """Import all trials; for a study, in one transaction."""
    with sharing(search).together():
        import_trials(search, trials, notes)
