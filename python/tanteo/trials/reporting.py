"""What trials tell of themselves before they end."""

from __future__ import annotations

from collections.abc import Mapping

from .._internal.coercion import as_float, as_int, shown
from .._internal.typing import TYPE_CHECKING
from ..exceptions import ArgumentError
from ..pruners.decision import Decision
from .folds import fold_count, fold_number
from .objectives import in_order
from .outcome import reported
from .results import Results
from .trial import Trial

if TYPE_CHECKING:
    from typing import Any

    from ..pruners.own import Own
    from .outcome import Reported
    from .results import AnyTrial


class Reporting(Results):
    """The part of an :class:`Optimizer` that running trials talk to: reports, whether to stop, attributes."""

    _own: Own
    _pausing: bool
    # Why trials should stop, until they are told.
    _stops: dict[Any, str]

    def report(
        self,
        trial: AnyTrial,
        step: int,
        value: Reported,
        *,
        constraints: Mapping[str, float] | None = None,
    ) -> None:
        """Record an intermediate value of a pending trial, in the sense of its direction.

        Parameters
        ----------
        trial
            The trial or its id.
        step
            From 0 up, larger than the steps reported before. A trial that was handed out again (after a pause, or
            because its worker vanished) may report these anew: what was reported stays, and the repetition is ignored.
        value
            The value at that step, one per direction; where objectives have names, also a mapping from these.
        constraints
            Name to value of black-box constraints as they stand at that step; feasible when ``<= 0``.
        """
        number = as_int(step, "step")
        if not 0 <= number < 2**63:
            raise ArgumentError(f"step must not be negative (nor reach 2**63), got {shown(number)}")
        told = reported(in_order(value, self._names, "value"), constraints, len(self._maximize))
        if isinstance(trial, Trial) and trial._known[0] is not None and number <= trial._known[0]:
            return
        self._core.report(self._number(trial), number, *told)

    def report_fold(self, trial: AnyTrial, fold: int, value: float) -> None:
        """Record the value of one fold of a pending trial, in the sense of the (only) direction.

        Folds are paired between trials by their number. They may come in any order (:meth:`fold_order` has one), and
        the same report may come again; that of a fold which was known when the trial was handed out again is ignored.
        A trial reports folds or steps. Where :meth:`tell` is given no value, it is the mean of the folds.

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
            If the trial is unknown or of another search (:class:`UnknownTrialError`), or already told.
        ArgumentError
            If the fold was reported with another value, or the trial reported steps.

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
        told = fold_number(fold), as_float(value, "value")
        if isinstance(trial, Trial) and told[0] in trial._known[1]:
            return
        self._core.report_fold(self._number(trial), *told)

    def fold_order(self, n: int) -> list[int]:
        """Return the order in which to measure ``n`` folds: shuffled once, the same for every trial of the search.

        Trials that were stopped early then have the same folds, whatever the order of the data is.

        Parameters
        ----------
        n
            How many folds there are.

        Examples
        --------
        >>> import tanteo as tt
        >>> tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0).fold_order(5)
        [1, 2, 3, 4, 0]
        """
        return self._core.fold_order(fold_count(n))

    def should_prune(self, trial: AnyTrial) -> Decision:
        """Return whether a pending trial should stop early, at its last report, and why.

        What :attr:`pruner` decides is a pure function of what was reported and told.

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
            If the trial is unknown or of another search (:class:`UnknownTrialError`), or already told.

        Examples
        --------
        >>> import tanteo as tt
        >>> opt = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, pruner=tt.pruners.Threshold(upper=10.0), seed=0)
        >>> trial = opt.ask()
        >>> opt.report(trial, 1, 12.5)
        >>> opt.should_prune(trial)
        Decision(stop=True, reason='12.5 at step 1 is outside the bounds')
        """
        number = self._number(trial)
        stop, pause, reason = self._core.should_prune(number)
        decision = Decision(stop=stop, pause=pause, reason=reason)
        if self._own.pruner is not None:
            from ..pruners.external import ask_external

            decision = ask_external(self._own.pruner, self._core, number)
            decision = Decision(stop=decision.stop, pause=decision.pause and self._pausing, reason=decision.reason)
        self._stops.pop(number, None)
        if decision:
            self._stops[number] = decision.reason
        return decision

    def set_attr(self, trial: AnyTrial, name: str, value: Any) -> None:
        """Attach a value to a trial, pending or told; it is kept in :attr:`FrozenTrial.attrs` and saved.

        Attributes have no influence on the search.

        Parameters
        ----------
        trial
            The trial or its id.
        name
            Printable text. A value that has this name already is replaced.
        value
            What JSON holds: text, numbers, truth values, None, lists and dicts of them. Scalars and arrays of NumPy and
            tensors are turned into numbers and lists, tuples into lists.

        Raises
        ------
        UnknownTrialError
            As :meth:`tell`.
        ArgumentError
            For another kind of name or value.

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

        known = attribute_name(name)
        self._core.set_attribute(self._number(trial), known, attribute_text(known, value))
