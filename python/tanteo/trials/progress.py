"""The calls of a running trial: its reports, whether to stop it, and its attributes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from .._internal.coercion import as_float
from ..exceptions import ArgumentError
from .folds import fold_count, fold_number
from .objectives import in_order, labels
from .outcome import parse_report, step_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..pruners.decision import Decision
    from .objectives import Names
    from .outcome import AnyConstraint, Constraints, Reported
    from .results import AnyTrial


_P = ParamSpec("_P")


def _naming_the_page(report: Callable[_P, None]) -> Callable[_P, None]:
    """Raise an error that names ``tt.report.report`` if no value is given."""

    @wraps(report)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> None:
        if len(args) == 1 and not kwargs:
            raise TypeError(
                "report(trial, step, value) records a value of a trial, and none is given; tt.report.report(search) "
                "returns the page about a search"
            )
        report(*args, **kwargs)

    return checked


class Progress:
    """The public calls of a running trial; see :class:`SearchCalls` for how they are carried out."""

    _maximize: Sequence[bool]
    _names: Names

    @_naming_the_page
    def report(
        self,
        trial: AnyTrial,
        step: int,
        value: Reported,
        *,
        constraints: Mapping[str, AnyConstraint] | None = None,
    ) -> None:
        """Record an intermediate value of a pending trial, in the unit and the direction of the objective.

        A ``RemoteOptimizer`` ignores reports of a trial that another worker has told, and steps that are not larger
        than the last one.

        Parameters
        ----------
        trial
            The trial or its id.
        step
            An int from 0 up, larger than the steps reported before; a float is refused. A trial that was handed out
            again (after a pause, or because its worker vanished) may repeat earlier steps; the first reports are kept.
        value
            The value at that step, one per direction. If the objectives have names, a mapping from the names is
            accepted too.
        constraints
            Name to value of black-box constraints at that step; feasible when ``<= 0``.

        Raises
        ------
        TrialStateError
            As :meth:`tell`.
        ArgumentError
            Naming the argument.
        """
        number = step_number(step)
        called = labels(len(self._maximize), self._names)
        values, named = parse_report(called, in_order(value, self._names, "value"), constraints)
        self._report(trial, number, values, named)

    def report_fold(self, trial: AnyTrial, fold: int, value: float) -> None:
        """Record the value of one fold of a pending trial, in the unit and the direction of the (only) objective.

        Folds are paired between trials by their numbers and may be reported in any order (:meth:`fold_order` suggests
        one). Repeating a report is allowed. When a trial was handed out again, folds that are already known are
        ignored. A ``RemoteOptimizer`` always ignores them, and folds of a trial that another worker has told. A trial
        reports either folds or steps. If :meth:`tell` gets no value, the value is the mean of the folds.

        Parameters
        ----------
        trial
            The trial or its id.
        fold
            From 0 up: the fold of a cross-validation, a seed, an instance.
        value
            The value of that fold.

        Raises
        ------
        TrialStateError
            As :meth:`tell`.
        ArgumentError
            If the fold was reported with another value (not by a ``RemoteOptimizer``), the trial reported steps, or
            there are several objectives.

        Examples
        --------
        >>> import tanteo as tt
        >>> opt = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
        >>> trial = opt.ask()
        >>> for fold in opt.fold_order(3):
        ...     opt.report_fold(trial, fold, 0.5 + 0.25 * fold)
        >>> opt.tell(trial)
        >>> opt.best.value, round(opt.best.sem, 4), dict(sorted(opt.best.folds.items()))
        (0.75, 0.1443, {0: 0.5, 1: 0.75, 2: 1.0})
        """
        if len(self._maximize) > 1:  # first, since several values are no number
            n, instead = len(self._maximize), "report(step, values) takes several"
            raise ArgumentError(f"folds need a single objective; this search has {n}: {instead}")
        self._report_fold(trial, fold_number(fold), as_float(value, "value"))

    def fold_order(self, n: int) -> list[int]:
        """Return the order in which to measure ``n`` folds: shuffled once, the same for every trial of the search.

        Trials that are stopped early therefore have measured the same folds, independent of the order of the data. A
        warning names the first trial that is told without a value after fewer than ``n`` folds. A trial with all of
        them is not stopped any more.

        Parameters
        ----------
        n
            The number of folds.

        Examples
        --------
        >>> import tanteo as tt
        >>> tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0).fold_order(5)
        [1, 2, 3, 4, 0]
        """
        return self._fold_order(fold_count(n))

    def should_prune(self, trial: AnyTrial) -> Decision:
        """Return whether a pending trial should stop early at its last report, and why.

        The decision of :attr:`pruner` is a pure function of what was reported and told. With a ``RemoteOptimizer`` a
        trial that another worker has told should stop too. A study records the first decision to stop for its
        other processes. If it cannot be written, a warning is logged and the decision is returned all the same.

        Parameters
        ----------
        trial
            The trial or its id.

        Returns
        -------
        Decision
            True or false, with the ``reason``.

        Raises
        ------
        TrialStateError
            As :meth:`tell`.

        Examples
        --------
        >>> import tanteo as tt
        >>> opt = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, pruner=tt.pruners.Threshold(upper=10.0), seed=0)
        >>> trial = opt.ask()
        >>> opt.report(trial, 1, 12.5)
        >>> opt.should_prune(trial)
        Decision(stop=True, reason='12.5 at step 1 is outside the bounds')
        """
        return self._should_prune(trial)

    def set_attr(self, trial: AnyTrial, name: str, value: Any) -> None:
        """Attach a value to a pending or finished trial. It is saved, and :attr:`FrozenTrial.attrs` returns it.

        Attributes have no influence on the search.

        Parameters
        ----------
        trial
            The trial or its id.
        name
            Printable text. An existing value of this name is replaced.
        value
            Anything that JSON can hold: text, numbers, truth values, None, lists and dicts of them. Scalars and arrays
            of NumPy and tensors become numbers and lists, tuples become lists, and paths become text.

        Raises
        ------
        UnknownTrialError
            As :meth:`tell`.
        ArgumentError
            For another kind of name or value.
        StudyError
            If the file of a study cannot be written; the call may be repeated.

        Examples
        --------
        >>> import tanteo as tt
        >>> opt = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
        >>> trial = opt.ask()
        >>> trial.set_attr("epochs", 12)
        >>> opt.tell(trial, 0.25)
        >>> opt.set_attr(trial, "commit", "4f1a2b")
        >>> opt.best.attrs["epochs"], opt.best.attrs["commit"]
        (12, '4f1a2b')
        """
        from .attributes import attribute_name, attribute_text

        checked = attribute_name(name)
        self._set_attr(trial, checked, attribute_text(checked, value))

    # A subclass implements these: in its core, or over a connection. One that it lacks fails at the call.

    def _report(self, trial: AnyTrial, step: int, values: list[float], constraints: Constraints) -> None:
        raise NotImplementedError  # every subclass has its own

    def _report_fold(self, trial: AnyTrial, fold: int, value: float) -> None:
        raise NotImplementedError  # every subclass has its own

    def _fold_order(self, n: int) -> list[int]:
        raise NotImplementedError  # every subclass has its own

    def _should_prune(self, trial: AnyTrial) -> Decision:
        raise NotImplementedError  # every subclass has its own

    def _set_attr(self, trial: AnyTrial, name: str, text: str) -> None:
        """Attach a value that is given as JSON."""
        raise NotImplementedError  # every subclass has its own
