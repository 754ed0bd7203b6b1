"""The result of a run."""

from __future__ import annotations

from typing import Any

from tanteo import inside
from tanteo._internal.coercion import shown
from tanteo._internal.optional import outer
from tanteo._internal.optuna_names import NamesOfOptuna, object_hint
from tanteo._internal.text import counted
from tanteo.exceptions import ArgumentError, TanteoError
from tanteo.optimizer import Optimizer
from tanteo.run.answer_text import (
    front_marks,
    front_notes,
    front_texts,
    front_title,
    front_values,
    recommendation,
)
from tanteo.run.gain import default_trial, gain_over_defaults, gain_text
from tanteo.run.history import common, outcomes
from tanteo.run.loop import Stopped
from tanteo.run.page import Report
from tanteo.run.report import Rows, as_html, as_text, configuration_rows, states_text, with_error
from tanteo.trials.comparison import Gain
from tanteo.trials.delegating import Delegating
from tanteo.trials.trial import FrozenTrial

# A front can have hundreds of trials; a table shows this many.
_FRONT_SHOWN = 10
# What a model can fail with, such as too little memory. A table is printed all the same.
_NO_MODEL = (TanteoError, MemoryError)


class Result(Delegating, NamesOfOptuna):
    """The result of ``minimize`` and ``maximize``; it is printed as a table, also in notebooks.

    Attributes
    ----------
    optimizer, study : Optimizer
        The search; pass it as ``study=`` to continue, or ``save`` it.
    stopped : str or None
        Why the run ended: ``"n_trials"``, ``"until"``, ``"timeout"``, ``"budget"``, ``"stop_when"``,
        ``"space exhausted"``, ``"callback"``, ``"cancelled"`` or ``"interrupted"``.
    stop_reason : str or None
        A longer explanation, if there is one: the amount spent of the budget, the answer of ``stop_when``, or why the
        last trial was cancelled.
    wall_time : float
        The duration of the run in seconds.
    """

    def __init__(
        self, optimizer: Optimizer, *, stopped: Stopped | None, wall_time: float, stop_reason: str | None = None
    ) -> None:
        self.optimizer = optimizer
        self.study = optimizer
        self.stopped = stopped
        self.stop_reason = stop_reason
        self.wall_time = wall_time

    def _searched(self) -> Optimizer:
        return self.optimizer

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the run."""
        return self.stopped == "interrupted"

    @property
    def default(self) -> FrozenTrial | None:
        """The trial with the defaults of the space, if it is complete and not excluded.

        None if a parameter has no default.
        """
        return default_trial(self.optimizer)

    @property
    def gain(self) -> Gain | None:
        """The improvement of the recommended trial over the defaults, with its standard error if results are noisy.

        Without noise it is that of :attr:`best`, also if an unfinished trial is recommended. None without a result of
        either, or with several objectives. None, too, if the defaults violate a constraint, or lack one: they are no
        result to improve on.
        """
        if len(self.optimizer.directions) > 1:
            return None
        return gain_over_defaults(self.optimizer, self.comparison())

    def __repr__(self) -> str:
        return as_text("Result", _rows_of(self))

    def _repr_html_(self) -> str:
        return _head_of(self) + as_html("Result", _rows_of(self))

    def report(self) -> Report:
        """Return a page about the search: what to take, how sure, what mattered, whether to go on, every trial.

        It shows itself in a notebook; ``result.report().save("page.html")`` writes it to a file, which needs neither a
        network nor other files. See :func:`tanteo.report.report`.
        """
        page: Report = outer("report").report(self)
        return page


def optimizer_of(search: Any) -> Optimizer:
    """Return the optimizer of a search, given as an optimizer or as the result of a run."""
    optimizer = search.optimizer if isinstance(search, Result) else search
    if not isinstance(optimizer, Optimizer):
        copies = [name for name in ("optimizer", "to_optimizer") if callable(getattr(search, name, None))]
        hint = "".join(f"; pass what its {name}() returns" for name in copies)
        raise ArgumentError(
            f"the search must be an Optimizer or a Result, got {shown(search)}{hint or object_hint(search)}"
        )
    return optimizer


def n_ended(search: Optimizer | Result) -> int:
    """Return the number of trials that have ended."""
    return inside.n_ended(optimizer_of(search))


def _rows_of(result: Result) -> Rows:
    """Return name and text of each line of a result."""
    is_multi_objective = len(result.optimizer.directions) > 1
    return [*(_front_rows(result) if is_multi_objective else _best_rows(result)), *_outcome_rows(result)]


def _outcome_rows(result: Result) -> Rows:
    """Return how the trials ended, the most common failures, why the search ended and its duration."""
    ended = outcomes(result.optimizer)
    reasons = common(inside.reasons(result.optimizer, ended.failed.nonzero()[0]), 3)
    return [
        ("trials", states_text(ended)),
        *(("failure", f"{reason.n_trials} x {reason}") for reason in reasons.shown),
        *([("failure", reasons.rest)] if reasons.rest else []),
        ("stopped by", ": ".join(filter(None, (result.stopped or "an error", result.stop_reason)))),
        ("wall time", f"{result.wall_time:.1f} s"),
    ]


def _best_rows(result: Result) -> Rows:
    """Return the best value, the recommended trial if it is another one, the configuration to take, and its gain."""
    search, best = result.optimizer, result.best
    rows = [("best", "none: no feasible complete trial with a finite value")]
    if best is not None:
        rows = [("best value", f"{with_error(best.value, best.sem)} (trial {best.id})")]
    try:
        comparison = result.comparison()
        trial, text = recommendation(search, comparison)
        gain = gain_text(search, comparison)
    except _NO_MODEL as error:
        trial, text, gain = best, f"unknown: {error}", None
    rows += [("recommended", text)] if text else []
    if trial is not None:
        rows += [(f"  {name}", value) for name, value in configuration_rows(search, trial)]
    return [*rows, *([("gain over defaults", gain)] if gain else [])]


def _head_of(result: Result) -> str:
    """Return the head of the page as HTML; empty without a model, as the rows below it say why there is none."""
    try:
        return str(outer("report").head(result.optimizer))
    except _NO_MODEL:
        return ""


def _front_rows(result: Result) -> Rows:
    """Return the first trials of the front, and those with a mark; or only their number, and why no more is known."""
    try:
        front = result.front()
    except _NO_MODEL as error:
        return [("Pareto front", f"{counted(len(result.pareto_front), 'trial')}; nothing else is known: {error}")]
    if not len(front):
        return [("Pareto front", "none: no feasible complete trial with finite values")]
    marks = front_marks(result.optimizer, front)
    notes = front_notes(front, marks)
    rows = [("Pareto front", front_title(result.optimizer, front))]
    shown = [member for k, member in enumerate(front) if k < _FRONT_SHOWN or member.trial.id in marks]
    texts = front_texts(shown)
    for member in shown:
        note = ", ".join(notes.get(member.trial.id, []))
        rows.append((f"  trial {member.trial.id}", f"({', '.join(front_values(member, texts))})  {note}".rstrip()))
    if len(front) > len(shown):
        rows.append(("  ...", f"{len(front) - len(shown)} more"))
    return rows
