"""The protocol for pruners written in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from .decision import Decision


class Curve(NamedTuple):
    """What a trial reported, and how it stands."""

    state: Literal["pending", "complete", "pruned", "failed"]
    """How it stands."""
    value: float | Any
    """What was told, to be minimized, also where the user maximizes; a tuple where there are several objectives; None
    where there is none."""
    reports: Sequence[tuple[int, float | Any]]
    """Steps and values, to be minimized, tuples where there are several objectives; steps increase. Of folds the mean
    of the first, the first two, ..."""
    folds: Sequence[tuple[int, float]] = ()
    """Folds and values, to be minimized, in the order of their reports."""


class Reports(NamedTuple):
    """The search as a pruner sees it."""

    trial: int
    """Id of the pending trial in question; it has reported."""
    curves: Mapping[int, Curve]
    """By id: the trials that reported something, this one included; those that were set aside are left out."""
    best: int | None
    """Id of the best trial so far."""


@runtime_checkable
class Pruner(Protocol):
    """A pruner written in Python: an object with a method ``decide``.

    The law that makes searches repeatable and resumable: what ``decide`` returns depends on its argument and the
    settings of the pruner alone. It is asked whenever ``should_prune`` is called for a trial that has reported. With
    ``pausing`` an ask puts paused trials to it as well, once something was reported or told since it would have stopped
    all of them: one that it would not stop now goes on.

    Examples
    --------
    Stop what is worse than the best trial was at the same step, from step 10 on:

    >>> import tanteo as tt
    >>> class Behind:
    ...     def decide(self, reports):
    ...         step, value = reports.curves[reports.trial].reports[-1]
    ...         best = dict(reports.curves[reports.best].reports) if reports.best in reports.curves else {}
    ...         return step >= 10 and value > best.get(step, value)
    >>> opt = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, pruner=Behind(), seed=0)
    >>> trial = opt.ask()
    >>> trial.report(10, 0.5)
    >>> trial.should_prune()
    Decision(stop=False, reason='Behind.decide says so')
    """

    def decide(self, reports: Reports) -> bool | Decision:
        """Return whether to stop the trial ``reports.trial`` at its last report."""
        ...
