"""Trials that come from elsewhere, in one form for every source, and how a search takes them in."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from .._internal.caller import stacklevel
from .._internal.text import printable, safe_repr
from ..exceptions import ArgumentError, TanteoError
from ..trials.attributes import attribute_text
from ..trials.replicates import Replicates

if TYPE_CHECKING:
    from ..samplers import Sampler
    from ..samplers.settings import Settings

    AnySampler: TypeAlias = str | Settings | Sampler

# How many reasons for leaving something aside a warning shows.
_SHOWN = 5


@dataclass(frozen=True)
class ImportedTrial:
    """One trial as its source has it.

    Attributes
    ----------
    name
        What the source calls it, for messages.
    params
        The configuration, by flat names; partial only where ``state`` is ``"waiting"``.
    state
        ``"running"`` becomes a pending trial, ``"waiting"`` a queued point.
    values
        One per objective, or None.
    constraints, cost, sems, reason
        As :meth:`tanteo.Optimizer.tell` takes them.
    replicates
        The single measurements behind each value; their errors follow from them.
    steps
        What it reported, by step; with several objectives one value for each.
    folds
        What it reported by fold, in the order of the reports; such a trial has no ``steps``.
    step_constraints
        Constraints that it reported, by step.
    attrs
        Attributes; a value that JSON cannot hold becomes its repr.
    started, finished, traceback
        As :class:`tanteo.FrozenTrial` has them.
    paused
        Whether a pruned trial may go on.
    excluded
        Whether it is not to count; see :meth:`tanteo.Study.exclude`.
    """

    name: str
    params: Mapping[str, Any]
    state: Literal["complete", "pruned", "failed", "running", "waiting"] = "complete"
    values: Sequence[float] | None = None
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
    paused: bool = False
    excluded: bool = False


class ImportNotes:
    """What a search could not take in, with the reasons; said once, in one warning.

    Attributes
    ----------
    reasons
        What was noted, a line each.
    """

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def add(self, subject: str, reason: object) -> None:
        """Note one thing that was left aside or changed."""
        self.reasons.append(f"{subject}: {_shorten(str(reason))}")

    def __len__(self) -> int:
        return len(self.reasons)

    def warn(self, source: str) -> None:
        """Warn of everything noted, the first few with their reasons."""
        if not self.reasons:
            return
        n_hidden = len(self.reasons) - _SHOWN
        shown = "\n  ".join(self.reasons[:_SHOWN]) + (f"\n  and {n_hidden} more" if n_hidden > 0 else "")
        warnings.warn(
            f"{source}: {len(self.reasons)} notes on what could not be taken over as it was\n  {shown}",
            stacklevel=stacklevel(),
        )


def _shorten(text: str) -> str:
    """Return the first line of a message, at most 300 characters of it, safe to print."""
    return printable(text.partition("\n")[0])[:300]


def import_trials(search: Any, trials: Iterable[ImportedTrial], notes: ImportNotes) -> Counter[str]:
    """Add trials to an optimizer or a study, in their order, and return how many of each state.

    Parameters
    ----------
    search
        An :class:`tanteo.Optimizer`, or what has its protocol.
    arrivals
        The trials. One that the search refuses is left aside, with the reason, and the next one goes on.
    left
        Where that is noted.
    """
    counts: Counter[str] = Counter()
    for trial in trials:
        try:
            _import_trial(search, trial, notes)
        except TanteoError as error:
            notes.add(trial.name, f"left aside, {error}")
        else:
            counts[trial.state] += 1
    return counts


def _import_trial(search: Any, trial: ImportedTrial, notes: ImportNotes) -> None:
    if trial.state == "waiting":
        search.enqueue(trial.params)
        return
    if trial.excluded and not hasattr(search, "exclude"):
        trial = _as_failure(trial, notes)
    result = _result_arguments(search, trial, notes)
    is_pending = trial.state == "running" or trial.paused or len(trial.steps) > 0 or len(trial.folds) > 0
    # What is observed cannot be paused; it is told so as a pending trial.
    number = search.observe(trial.params, **(result | {"state": "pruned"} if trial.paused else result))
    # Reports are of pending trials: the result, which was accepted, is taken back and told again after them.
    if is_pending:
        search.retract(number)
        for step in sorted(trial.steps):
            _report(search, number, step, trial, notes)
        for fold, value in trial.folds.items():
            search.report_fold(number, fold, value)
    for name, value in trial.attrs.items():
        search.set_attr(number, printable(name) or "(empty)", _as_json(value))
    if is_pending and trial.state != "running":
        search.tell(number, **result)
    _note_evaluation(search, number, trial)
    if trial.excluded:
        search.exclude(number)


def _as_failure(trial: ImportedTrial, notes: ImportNotes) -> ImportedTrial:
    """Return an excluded trial for a search that excludes none: one whose values do not count either."""
    value_note = "" if trial.values is None else f", without its value {_shown_values(trial.values)}"
    notes.add(trial.name, f"it was excluded, which only a study keeps (path=); it is a failure here{value_note}")
    reason = trial.reason or "it was excluded"
    return replace(trial, state="failed", values=None, sems=None, reason=reason, excluded=False)


def _shown_values(values: Sequence[float]) -> str:
    return repr(values[0] if len(values) == 1 else list(values))


def _result_arguments(search: Any, trial: ImportedTrial, notes: ImportNotes) -> dict[str, Any]:
    """Return the arguments of ``tell``; a value that no search accepts is a failure with a reason."""
    constraints = {name: value for name, value in trial.constraints.items() if value == value}
    result: dict[str, Any] = {"constraints": {printable(n): v for n, v in constraints.items()}, "cost": trial.cost}
    if trial.state in ("failed", "running"):
        return {**result, "state": "failed", "reason": trial.reason}
    if trial.values is not None and _is_infinitely_good(trial.values, search.directions):
        reason = f"the value {_shown_values(trial.values)} is infinitely good"
        notes.add(trial.name, f"{reason}; it is kept as a failure")
        return {**result, "state": "failed", "reason": reason}
    reason_argument = {"reason": trial.reason} if trial.state == "pruned" else {}
    state = "paused" if trial.paused else trial.state
    if trial.values is not None and trial.replicates is not None:
        return {**result, "state": state, "value": list(map(Replicates, trial.replicates)), **reason_argument}
    value = None if trial.values is None else list(trial.values)
    sem = None if value is None or trial.sems is None else list(trial.sems)
    return {**result, "state": state, "value": value, "sem": sem, **reason_argument}


def _is_infinitely_good(values: Sequence[float], directions: Sequence[str]) -> bool:
    best = {"minimize": float("-inf"), "maximize": float("inf")}
    return any(value == best[direction] for value, direction in zip(values, directions, strict=False))


def _report(search: Any, number: int, step: int, trial: ImportedTrial, notes: ImportNotes) -> None:
    try:
        search.report(number, step, trial.steps[step], constraints=trial.step_constraints.get(step))
    except ArgumentError as error:  # an infinitely good one
        notes.add(f"{trial.name}, step {step}", error)


def _as_json(value: Any) -> Any:
    """Return a value that can be an attribute."""
    try:
        attribute_text("value", value)
    except ArgumentError:
        return safe_repr(value)
    return value


def _note_evaluation(search: Any, number: int, trial: ImportedTrial) -> None:
    """Keep the times and the traceback of the source."""
    if any(note is not None for note in (trial.started, trial.finished, trial.traceback)):
        search._core.set_evaluation(number, trial.started, trial.finished, trial.traceback)


__all__ = ["ImportNotes", "ImportedTrial", "import_trials"]
