"""The protocol for pruners written in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from .._internal.states import State
    from .decision import Decision


class Curve(NamedTuple):
    """The reports and the state of a trial. All values are to be minimized (negated if the user maximizes)."""

    state: State
    """The state of the trial."""
    value: float | Any
    """The value that was told, a tuple with several objectives; None without a result."""
    reports: Sequence[tuple[int, float | Any]]
    """Increasing steps and their values, tuples with several objectives. For a trial that reports folds: the mean of
    the first fold, of the first two, and so on."""
    folds: Sequence[tuple[int, float]] = ()
    """Folds and values in the order of their reports."""


class Reports(NamedTuple):
    """The search in the form that pruners get."""

    trial: int
    """The id of the pending trial to decide on; it has reported."""
    curves: Mapping[int, Curve]
    """The trials with reports by id, including this one but not excluded ones."""
    best: int | None
    """The id of the best trial so far."""


@runtime_checkable
class Pruner(Protocol):
    """A pruner written in Python: an object with a method ``decide``.

    For searches to be repeatable and resumable, the result of ``decide`` must depend only on its argument and the
    settings of the pruner. It is called whenever ``should_prune`` is called for a trial that has reported. With
    ``pausing``, an ask also calls it for paused trials, and resumes the first that it would not stop. If it would stop
    all of them, it is called again only after something new was reported or told.

    Examples
    --------
    Stop trials that are worse than the best trial was at the same step, from step 10 on:

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
