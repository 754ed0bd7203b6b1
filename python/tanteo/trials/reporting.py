"""Reports of running trials, and the decisions about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..pruners.decision import Decision
from .ask_tell import AskTell
from .results import Results
from .trial import Trial

if TYPE_CHECKING:
    from ..pruners.user_objects import UserObjects
    from .outcome import Constraints, ToldObjective
    from .results import AnyTrial


class Reporting(Results, AskTell[None]):
    """The part of an :class:`Optimizer` that running trials use: reports, constraints, whether to stop, attributes."""

    _user_objects: UserObjects
    _pausing: bool
    # Why trials should stop, by id, until they are told.
    _stops: dict[Any, str]

    def _report(self, trial: AnyTrial, step: int, values: list[float], constraints: Constraints) -> None:
        if isinstance(trial, Trial) and trial._past_reports[0] is not None and step <= trial._past_reports[0]:
            return
        self._core.report(self._number(trial), step, values, constraints)

    def _tell_objectives(self, trial: AnyTrial, told: list[ToldObjective]) -> None:
        self._core.tell_objectives(self._number(trial), told)

    def _tell_constraints(self, trial: AnyTrial, constraints: Constraints) -> None:
        self._core.tell_constraints(self._number(trial), constraints)

    def _infeasible(self, trial: AnyTrial) -> bool:
        return not self._core.trial(self._number(trial))["feasible"]

    def _report_fold(self, trial: AnyTrial, fold: int, value: float) -> None:
        if isinstance(trial, Trial) and fold in trial._past_reports[1]:
            return
        self._core.report_fold(self._number(trial), fold, value)

    def _fold_order(self, n: int) -> list[int]:
        return self._core.fold_order(n)

    def _should_prune(self, trial: AnyTrial) -> Decision:
        number = self._number(trial)
        stop, pause, reason = self._core.should_prune(number)
        decision = Decision(stop=stop, pause=pause, reason=reason)
        if self._user_objects.pruner is not None:
            from ..pruners.external import ask_external

            decision = ask_external(self._user_objects.pruner, self._core, number)
            decision = Decision(stop=decision.stop, pause=decision.pause and self._pausing, reason=decision.reason)
        self._stops.pop(number, None)
        if decision:
            self._stops[number] = decision.reason
        return decision

    def _set_attr(self, trial: AnyTrial, name: str, text: str) -> None:
        self._core.set_attribute(self._number(trial), name, text)
