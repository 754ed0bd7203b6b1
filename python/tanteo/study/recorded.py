"""The core of a study's optimizer, in which every change is a transaction of the file."""

from __future__ import annotations

import functools
import operator
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from ..exceptions import LostLeaseError
from .leases import forget
from .session import StudySession
from .state import outcome_to_data

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from .._core import CoreCandidates, CoreOptimizer
    from ..trials.outcome import CoreArguments, ToldObjective
    from .spaces import Spaces

    Handed: TypeAlias = list[tuple[int, tuple[float | int | None, ...]]]


#: The methods of the core that change nothing: they use the loaded state and do not access the file. The methods
#: ``fold_order`` and ``should_prune`` of a study also write notes, which :mod:`.pruning_notes` describes.
READS = frozenset(
    {
        *("ablation", "best", "budget", "columns", "committed", "comparison", "curves", "earlier"),
        *("expected_gain", "explain", "fanova", "fold_order", "front", "handed_out", "is_cancelled", "pareto_front"),
        *("paused", "ped_anova", "pending", "predict", "promotion_candidates", "recommend", "settings", "should_prune"),
        *("snapshot", "space", "spent", "state", "stats", "trial", "view"),
    }
)
#: Those with which :mod:`.state` carries out an operation of the log; there is no other way to them.
INTERNAL = frozenset({"adopt", "exclude", "include", "provoke_panic", "respaced", "restore", "snapshot_length"})


class RecordedCore:
    """The core of a study: the methods of :class:`tanteo._core.CoreOptimizer` in :data:`READS`, and those below.

    Those below change something, in a transaction, or check the lease of a trial.

    Parameters
    ----------
    session
        The session that writes the changes.
    spaces
        The spaces of the study.
    """

    def __init__(self, session: StudySession, spaces: Spaces) -> None:
        self._session, self._spaces = session, spaces
        self._rule: Any = None
        # The core that has the rule.
        self._ruled: CoreOptimizer | None = None
        self._dropped: list[Any] = []

    def set_rule(self, function: Any) -> None:
        """See the core; ``function`` is a :class:`RuleOnRows`."""
        self._rule, self._ruled = function, None

    def _core(self) -> CoreOptimizer:
        """Return the core, with the rule; a change of the space makes a new one."""
        core = self._session.state.core
        if self._rule is not None and core is not self._ruled:
            codec = self._spaces.of(self._session.state.header)._codec
            core.set_rule(self._rule.with_codec(codec))
            self._ruled = core
        return core

    @property
    def seed(self) -> int:
        """See the core."""
        return self._session.state.core.seed

    def __len__(self) -> int:
        return self._session.read(len, self._session.state.core)

    def __getattr__(self, name: str) -> Any:
        if name in READS:
            read = self._session.read(getattr, self._core(), name)
            return functools.partial(self._session.read, read) if callable(read) else read
        raise AttributeError(f"the core of a study has no {name!r}, which would change it without a row of the log")

    def ask(self) -> tuple[int, tuple[float | int | None, ...]]:
        """See the core."""
        return self.ask_many(1)[0]

    def ask_many(self, n: int) -> Handed:
        """See the core."""
        with self._session.change():
            return self._asked(self._session.asked(self._core().ask_many, n))

    def ask_among(self, n: int, candidates: CoreCandidates) -> list[tuple[int, tuple[float | int | None, ...], int]]:
        """See the core."""
        with self._session.change():
            chosen = self._session.asked(self._core().ask_among, n, candidates)
            self._asked([(number, row) for number, row, _ in chosen])
            return chosen

    def ask_external(self, points: npt.NDArray[np.float64]) -> Handed:
        """See the core."""
        with self._session.change():
            return self._asked(self._session.asked(self._core().ask_external, points))

    def _asked(self, handed_out: Handed) -> Handed:
        first, core = handed_out[0][0], self._session.state.core
        trials, *counts = core.handed_out(first)
        body = {"run": self._session.run, "time": time.time(), "trials": trials, "counts": counts}
        dropped = core.dropped()
        if dropped:
            body["dropped"] = len(dropped)
            self._dropped += dropped
        self._session.write("ask", {**body, **self._numbered(first)})
        return handed_out

    def dropped(self) -> list[Any]:
        """See the core."""
        taken, self._dropped = self._dropped, []
        return taken

    def tell_value(self, trial: Any, value: float) -> None:
        """See the core."""
        self.tell(trial, ("complete", [float(value)], None, None, [], None, None))

    def tell(self, trial: Any, outcome: CoreArguments) -> None:
        """See the core.

        Raises
        ------
        LostLeaseError
            If the trial was offered to another worker.
        """
        with self._session.change():
            self._check_lease(trial)
            self._session.carried_out(self._session.state.core.tell, trial, outcome)
            body = {"run": self._session.run, "trial": operator.index(trial), "time": time.time()}
            self._session.write("tell", {**body, "told": outcome_to_data(outcome)})
            forget(self._session, operator.index(trial))

    def _check_lease(self, trial: Any) -> None:
        record = self._session.state.record
        try:
            # An integer of NumPy is an id too.
            is_lost = record.has_lost(self._session.known_run, operator.index(trial))
        except TypeError:
            return  # not an id: the core raises the error
        if is_lost:
            raise LostLeaseError(
                f"trial {trial} was taken from this process, which was silent for the length of its lease, and was "
                f"offered to another worker or given up (retries: {record.retries.get(trial, 0)}); this result "
                "is rejected"
            )

    def check_pending(self, trial: Any) -> None:
        """See the core; also raise an error if the trial is lost."""
        self._check_lease(trial)
        self._session.state.core.check_pending(trial)

    def observe(self, row: Sequence[Any], outcome: CoreArguments) -> int:
        """See the core."""
        with self._session.change():
            number = self._session.carried_out(self._session.state.core.observe, row, outcome)
            body = {"run": self._session.run, "row": list(row), "told": outcome_to_data(outcome)}
            self._session.write("observe", {**body, **self._numbered(number)})
            return number

    def promote(self) -> int | None:
        """See the core."""
        with self._session.change():
            number = self._session.carried_out(self._session.state.core.promote)
            if number is not None:
                self._session.write("resume", self._resumed(number))
            return number

    def resume(self, trial: Any) -> None:
        """See the core."""
        with self._session.change():
            self._session.do("resume", self._resumed(operator.index(trial)))

    def _resumed(self, trial: int) -> dict[str, Any]:
        return {"run": self._session.run, "trial": trial, "time": time.time()}

    def _numbered(self, first: int) -> dict[str, int]:
        """Return the first trial and the number of space changes, by which an operation can be placed after a loss."""
        return {"first": first, "changes": self._session.state.record.changes}

    def retract(self, trial: Any) -> None:
        """See the core."""
        with self._session.change():
            self._session.carried_out(self._session.state.core.retract, trial)
            self._session.write("retract", {"run": self._session.run, "trial": operator.index(trial)})

    def enqueue(self, row: Sequence[Any]) -> None:
        """See the core."""
        self._do("enqueue", {"row": list(row)})

    def next_is_given(self) -> bool:
        """See the core."""
        with self._session.change():
            return self._core().next_is_given()

    def check_enqueue(self, row: Sequence[Any], n_before: int) -> bool:
        """See the core."""
        with self._session.change():
            return self._core().check_enqueue(row, n_before)

    def change_budget(self, budget: float) -> None:
        """See the core; an unchanged budget is not recorded."""
        with self._session.change():
            if budget != self._session.state.core.budget:
                self._session.do("budget", {"run": self._session.run, "budget": budget})

    def report(self, trial: Any, step: int, values: Sequence[float], constraints: Sequence[tuple[str, float]]) -> None:
        """See the core."""
        told = {"constraints": list(constraints)} if constraints else {}
        self._do_held("report", trial, step=step, value=values[0] if len(values) == 1 else list(values), **told)

    def tell_constraints(self, trial: Any, constraints: Sequence[tuple[str, float]]) -> None:
        """See the core."""
        self._do_held("constraints", trial, constraints=list(constraints))

    def tell_objectives(self, trial: Any, told: Sequence[ToldObjective]) -> None:
        """See the core."""
        self._do_held("objectives", trial, told=list(map(list, told)))

    def told_objectives(self, trial: Any) -> list[ToldObjective]:
        """See the core; includes objectives told by other processes."""
        with self._session.change():
            return self._session.state.core.told_objectives(trial)

    def folds(self, trial: Any) -> list[tuple[int, float]]:
        """See the core; includes folds reported by other processes."""
        with self._session.change():
            return self._session.state.core.folds(trial)

    def report_fold(self, trial: Any, fold: int, value: float) -> None:
        """See the core."""
        self._do_held("fold", trial, fold=fold, value=float(value))

    def set_attribute(self, trial: Any, name: str, value: str) -> None:
        """See the core."""
        self._do("attr", {"trial": trial, "name": name, "value": value})

    def set_evaluation(self, trial: Any, started: float | None, finished: float | None, traceback: str | None) -> None:
        """See the core."""
        body = {"trial": trial, "started": started, "finished": finished, "traceback": traceback}
        self._do("evaluation", body)

    def _do_held(self, kind: str, trial: Any, **body: Any) -> None:
        """Carry out an operation on a trial that no other process may hold."""
        with self._session.change():
            self._check_lease(trial)
            self._session.do(kind, {"trial": trial, **body})

    def _do(self, kind: str, body: dict[str, Any]) -> None:
        with self._session.change():
            self._session.do(kind, body)
