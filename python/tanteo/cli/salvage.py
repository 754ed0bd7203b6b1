"""Replays the intact operations of a damaged log.

An operation depends on earlier ones: a tell needs the ask of its trial. Whatever refers to a lost operation is treated
as follows:

* An ask records the numbers of its trials, so a gap in the numbers shows a lost ask. A failed trial that is excluded
  takes the number of each, so that later trials keep theirs.
* The points that an ask took from the queue are those of its trials, so a lost enqueue is repeated before it. A trial
  that is told twice was retracted in between, or resumed if it was paused.
* A run that is lost is replaced by one without data.
* After a lost change of the space nothing is replayed, because later configurations refer to the unknown space.
* Any other operation that cannot be replayed is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tanteo import inside
from tanteo._internal.text import to_json
from tanteo.exceptions import TanteoError
from tanteo.optimizer import Optimizer
from tanteo.study.header import stand_in_core, stand_in_space
from tanteo.study.log import Operation
from tanteo.study.record import NOBODY
from tanteo.study.state import StudyState

# Exceptions of an operation that is inconsistent with the ones before it.
_MISFITS = (TanteoError, LookupError, TypeError, ValueError)
# The environment of a run whose operation is lost.
_UNKNOWN_RUN: dict[str, Any] = {
    **dict.fromkeys(("python", "os", "cpu", "host", "commit", "dirty", "cwd", "process", "machine", "born")),
    **{"packages": {}, "gpus": [], "argv": []},
}


class Salvage:
    """The operations of a damaged log that can be replayed.

    Parameters
    ----------
    operations
        The intact operations, of which the first creates the study.
    damaged
        Maps the numbers of the damaged operations to their kinds; None if the kind is unknown.

    Attributes
    ----------
    operations
        The operations to keep, in order.
    losses
        One line for each lost configuration and each intact operation that is left out.
    """

    def __init__(self, operations: Sequence[Operation], damaged: Mapping[int, str | None]) -> None:
        create = operations[0]
        self.operations, self.losses = [create], list[str]()
        self._state = StudyState.at_start(create.body, stand_in_core(create.body))
        self._counts: Sequence[int] = (0, 0)
        self._lost_trials: set[int] = set()
        self._has_lost_space = False
        # From here on a queued point may belong to another space.
        self._space_is_certain_before = min(
            (seq for seq, kind in damaged.items() if kind in (None, "space")), default=operations[-1].seq + 1
        )
        for operation in operations[1:]:
            try:
                self._apply(operation)
            except _MISFITS as error:
                self.losses.append(f"left out: {_described(operation)}, which cannot be repeated: {error}")

    def _apply(self, operation: Operation) -> None:
        kind, body = operation.kind, operation.body
        self._has_lost_space |= body.get("changes", self._state.record.changes) != self._state.record.changes
        if self._has_lost_space:
            raise ValueError("a change of the space is lost")
        if kind == "enqueue" and operation.seq > self._space_is_certain_before:
            raise ValueError("the space may have been changed by a lost operation")
        self._fill_up_runs(body.get("number", body.get("run", NOBODY) + 1))
        self._fill_up_trials(_n_trials_before(operation))
        if body.get("trial") in self._lost_trials:
            raise ValueError("the configuration of the trial is lost")
        try:
            self._replay(operation)
        except TanteoError:
            for implied in _implied(operation, self._state):
                self._replay(implied)
            self._replay(operation)

    def _fill_up_runs(self, n: int) -> None:
        while len(self._state.record.runs) < n:
            number = len(self._state.record.runs)
            self._replay(Operation(0, "run", {**_UNKNOWN_RUN, "number": number}))

    def _fill_up_trials(self, n: int) -> None:
        """Add excluded failures until there are ``n`` trials."""
        for trial in range(len(self._state.core), n):
            anywhere = Optimizer(stand_in_space(self._state.header["space"]), sampler="random", seed=0)
            row = list(inside.stored(anywhere, anywhere.ask().id)["row"])
            ask = {"trials": [[row, "random"]], "counts": list(self._counts), "first": trial}
            told = {"state": "failed", "reason": "its configuration was lost; this one was never evaluated"}
            by_nobody = {"run": NOBODY, "time": None}
            self._replay(Operation(0, "ask", {**by_nobody, **ask, "changes": self._state.record.changes}))
            self._replay(Operation(0, "tell", {**by_nobody, "trial": trial, "told": told}))
            self._replay(Operation(0, "exclude", {"trial": trial}))
            self._lost_trials.add(trial)
            self.losses.append(
                f"lost: the configuration of trial {trial}; an excluded failure takes its place, so that later trials "
                "keep their numbers"
            )

    def _replay(self, operation: Operation) -> None:
        self._state.replay(operation.kind, operation.body)
        self.operations.append(operation)
        self._counts = operation.body.get("counts", self._counts)


def _n_trials_before(operation: Operation) -> int:
    """Return the number of trials that an operation shows to exist before it."""
    body = operation.body
    if operation.kind == "space":
        return len(body["rows"])
    return int(body.get("first", body.get("trial", -1) + 1))


def _implied(operation: Operation, state: StudyState) -> Iterator[Operation]:
    """Iterate over the lost operations without which an operation could not have followed."""
    kind, body = operation.kind, operation.body
    if kind == "ask":
        queued = [point for point, origin in body["trials"] if origin == "enqueued"]
        yield from (Operation(0, "enqueue", {"row": point}) for point in queued)
    elif kind in ("tell", "constraints", "report", "fold") and state.core.state(body["trial"]) != "pending":
        trial, record = body["trial"], state.record
        is_paused = trial in state.core.paused()
        by = {"run": record.told_by[trial], "trial": trial, "time": record.started[trial]}
        yield Operation(0, "resume" if is_paused else "retract", by)


def _described(operation: Operation) -> str:
    subject = f" of trial {operation.body['trial']}" if "trial" in operation.body else ""
    result = f": {to_json(operation.body['told'])}" if "told" in operation.body else ""
    return f"operation {operation.seq}, {operation.kind}{subject}{result}"
