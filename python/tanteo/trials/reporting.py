"""Reports and results of trials, and the decisions about them."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

from .._internal.caller import warn
from .._internal.coercion import short
from ..exceptions import ArgumentError, SpaceError
from ..pruners.decision import Decision
from ..space.allowed import RuleOnRows
from ..space.infeasible import OF_RESULTS, refused_point
from .answers import Answers
from .ask_tell import SearchCalls
from .folds import folds_of
from .objectives import labels, with_objective_name
from .trial import Trial

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..pruners.user_objects import UserObjects
    from .constraint_names import ConstraintsTold
    from .outcome import Constraints, Outcome, ToldObjective
    from .pruning_notes import PruningNotes
    from .results import AnyTrial


class Reporting(Answers, SearchCalls[None]):
    """The part of an :class:`Optimizer` that takes reports and results, and says whether to stop."""

    _user_objects: UserObjects
    _pausing: bool
    _pruning_notes: PruningNotes
    # Whether a warning said that a trial has fewer folds than its order.
    _warned_of_folds = False

    def _rule(self) -> RuleOnRows | None:
        """Return the rule on configurations as the core calls it; None if there is none."""
        allowed = self._user_objects.allowed
        return None if allowed is None else RuleOnRows(allowed, self._codec)

    def _report(self, trial: AnyTrial, step: int, values: list[float], constraints: Constraints) -> None:
        if isinstance(trial, Trial) and trial._past_reports[0] is not None and step <= trial._past_reports[0]:
            return
        with with_objective_name(self._names):
            self._core.report(self._number(trial), step, values, constraints)

    def _tell_objectives(self, trial: AnyTrial, told: list[ToldObjective]) -> None:
        with with_objective_name(self._names):
            self._core.tell_objectives(self._number(trial), told)

    def _tell_constraints(self, trial: AnyTrial, constraints: Constraints) -> None:
        self._core.tell_constraints(self._number(trial), constraints)

    def _infeasible(self, trial: AnyTrial) -> bool:
        return max(self._core.trial(self._number(trial))["constraints"].values(), default=0.0) > 0

    def _report_fold(self, trial: AnyTrial, fold: int, value: float) -> None:
        if isinstance(trial, Trial) and fold in trial._past_reports[1]:
            return
        self._core.report_fold(self._number(trial), fold, value)

    def _fold_order(self, n: int) -> list[int]:
        order = self._core.fold_order(n)
        self._pruning_notes.note_order(n)
        return order

    def _should_prune(self, trial: AnyTrial) -> Decision:
        number = self._number(trial)
        stop, pause, reason = self._core.should_prune(number)
        decision = Decision(stop=stop, pause=pause, reason=reason)
        if self._user_objects.pruner is not None:
            from ..pruners.external import ask_external

            decision = ask_external(self._user_objects.pruner, self._core, number)
            decision = Decision(stop=decision.stop, pause=decision.pause and self._pausing, reason=decision.reason)
        if decision and (n := self._all_folds(number)):
            decision = Decision(stop=False, reason=f"all {n} folds of fold_order({n}) are reported")
        self._pruning_notes.note_decision(operator.index(number), decision.reason if decision else None)
        return decision

    def _all_folds(self, number: int) -> int:
        """Return the number of folds of a trial that has all folds of an order; 0 for other trials."""
        if not self._pruning_notes.orders:
            return 0
        # Those on which the core's decision rests; `folds` of a study reads the file.
        known = {fold for fold, _ in self._core.trial(number)["folds"]}
        n = self._folds_of_order(known)
        return n if len(known) == n else 0

    def _set_attr(self, trial: AnyTrial, name: str, text: str) -> None:
        self._core.set_attribute(self._number(trial), name, text)

    def _constraints_told(self, trial: AnyTrial | None) -> ConstraintsTold:
        core, early = self._core, set()
        if trial is not None:
            number = self._number(trial)
            core.check_pending(number)
            early = set(core.trial(number)["constraints"])
        recorded: dict[str, list[float]] = {}
        for number in range(len(core)):
            if core.state(number) != "pending":
                for name, value in core.trial(number)["constraints"].items():
                    recorded.setdefault(name, []).append(value)
        return early, recorded

    def _has_value(self, trial: AnyTrial) -> bool:
        """Return whether a pending trial reported folds or told all its objectives, which are then its value."""
        number = self._number(trial)
        has_objectives = len(self._core.told_objectives(number)) == len(self._maximize)
        self._core.check_pending(number)
        return has_objectives or folds_of(self._core, number) is not None

    def _check_has_value(self, trial: AnyTrial) -> None:
        if not self._has_value(trial):
            raise ArgumentError("state='complete' needs a value; for a failed trial pass state='failed'")

    def _tell(self, trial: AnyTrial, outcome: Outcome) -> None:
        number = self._number(trial)
        if outcome.state == "paused" and not self._pausing:
            raise ArgumentError(
                "state='paused' (tt.Paused) needs a search with pausing=True; to stop the trial, tell state='pruned' "
                "or raise tt.Pruned"
            )
        self._end(number, outcome)

    def _end(self, number: Any, outcome: Outcome) -> None:
        if outcome.reason is None and outcome.state in ("pruned", "paused"):
            outcome = outcome.with_reason(self._pruning_notes.reasons.get(number))
        with with_objective_name(self._names):
            self._core.tell(number, self._with_told_before(number, outcome).core_arguments())
        self._pruning_notes.forget(number)

    def _with_told_before(self, number: int, outcome: Outcome) -> Outcome:
        """Return the outcome with the folds or the objectives that the trial told before."""
        if outcome.needs_value and len(self._maximize) == 1:
            self._warn_of_missing_folds(number)
            return outcome.with_folds(folds_of(self._core, number))
        if not (outcome.needs_value or outcome.needs_objectives):
            return outcome
        told = self._core.told_objectives(number)
        self._core.check_pending(number)
        return outcome.with_objectives(told, labels(len(self._maximize), self._names))

    def _warn_of_missing_folds(self, number: int) -> None:
        """Warn of the first trial whose value is the mean of fewer folds than its order has."""
        if not self._pruning_notes.orders or self._warned_of_folds or folds_of(self._core, number) is None:
            return
        known = {fold for fold, _ in self._core.folds(number)}
        n = self._folds_of_order(known)
        missing = [fold for fold in range(n) if fold not in known]
        if not missing:
            return
        self._core.check_pending(number)
        self._warned_of_folds = True
        warn(
            f"Trial {number} is complete with {n - len(missing)} of the {n} folds of fold_order({n}), without "
            f"{short(missing, 60)}: its value is the mean of those it has, which other trials are compared with. A "
            "trial that ends early should be told as pruned (raise tt.Pruned)"
        )

    def _folds_of_order(self, known: set[int]) -> int:
        """Return the number of folds of the smallest order asked for that contains the known folds; 0 if none."""
        last = max(known, default=math.inf)
        return min((n for n in self._pruning_notes.orders.copy() if n > last), default=0)

    def _tell_number(self, trial: AnyTrial, value: float) -> None:
        number = self._number(trial)
        self._core.tell_value(number, value)
        self._pruning_notes.forget(number)

    def _observe(self, params: Mapping[str, Any], outcome: Outcome) -> int:
        if outcome.needs_value:
            outcome = outcome.with_folds(None)
        row = self._space._measured_row(params)
        rule = self._rule()
        if rule is not None and not rule([row])[0]:
            raise SpaceError(f"{refused_point(params)}; {OF_RESULTS}")
        with with_objective_name(self._names):
            return self._core.observe(row, outcome.core_arguments())
