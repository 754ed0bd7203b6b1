"""Replays the intact operations of a damaged log and reconstructs lost operations from what is left.

An operation depends on earlier ones: a tell needs the ask of its trial, an ask may take points from the queue. If an
earlier operation is lost, it is reconstructed where possible:

* An ask records the numbers of its trials, so a gap in the numbers shows a lost ask. The cached state may have the
  configurations of the missing trials. Otherwise a placeholder, a failed trial that is excluded, takes the number of
  each, so that later trials keep their numbers.
* The cached state has the results of trials whose tell is lost, if it was written after the tell.
* A trial that is told twice was retracted in between, or resumed if it was paused. A paused trial that reports was
  resumed, and a trial that is resumed was paused.
* The points that an ask took from the queue are those of its trials.

Operations that still cannot be replayed are dropped. After a lost change of the space nothing can be replayed, because
later configurations refer to the unknown space.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tanteo.exceptions import TanteoError
from tanteo.optimizer import Optimizer
from tanteo.study.cache import CachedState
from tanteo.study.header import stand_in_space
from tanteo.study.log import Operation
from tanteo.study.record import NOBODY
from tanteo.study.state import State, outcome_to_data

# Operations that assign numbers to trials, runs or parameters.
NUMBERING = ("create", "ask", "observe", "run", "space")
# Operations that require a pending trial, or leave the trial pending.
_ON_PENDING = ("tell", "report", "fold", "resume", "offer", "release", "place")
# Exceptions of an operation that is inconsistent with the ones before it.
_MISFITS = (TanteoError, LookupError, TypeError, ValueError)
_LOST_CONFIGURATION = "its configuration was lost; this one was never evaluated"
# The environment of a run whose operation is lost.
_UNKNOWN_RUN = dict.fromkeys(("python", "os", "cpu", "host", "commit", "dirty", "cwd", "process", "machine", "born"))


@dataclass
class Replay:
    """The result of replaying a log.

    Attributes
    ----------
    operations
        The operations that can be replayed in this order, including the reconstructed ones.
    reconstructed
        Lost operations that could be reconstructed, each with its source.
    dropped
        Operations that cannot be replayed, each with the reason.
    placeholders
        The trials whose configuration is lost.
    stop
        The number of the first operation that is ignored because its trials or parameters cannot be identified.
    """

    operations: list[Operation]
    reconstructed: list[tuple[Operation, str]] = field(default_factory=list)
    dropped: list[tuple[Operation, str]] = field(default_factory=list)
    placeholders: list[int] = field(default_factory=list)
    stop: int | None = None


def replay_log(
    operations: Sequence[Operation], damaged: Mapping[int, str | None], cached: CachedState | None
) -> Replay:
    """Replay as many operations of a log as possible. The first operation must be intact.

    Parameters
    ----------
    operations
        The intact operations.
    damaged
        Maps the numbers of the damaged operations to their kinds; None if the kind is unknown.
    cached
        The cached state of the file, if it is intact.
    """
    replayer = _Replayer(operations, damaged, cached)
    for row in operations[1:]:
        try:
            replayer.skip_damaged(row.seq)
            replayer.apply(row)
        except _UnnumberedError:
            replayer.result.stop = replayer.result.stop or row.seq
            break
        except _MISFITS as error:
            if row.kind in NUMBERING:
                replayer.result.stop = row.seq
                break
            replayer.result.dropped.append((row, str(error)))
    else:
        replayer.finish(max(damaged, default=0) + 1)
    return replayer.result


class _UnnumberedError(Exception):
    """The trials or parameters of an operation cannot be identified."""


class _Replayer:
    """Replays operations on a state and keeps track of what is lost."""

    def __init__(
        self, operations: Sequence[Operation], damaged: Mapping[int, str | None], cached: CachedState | None
    ) -> None:
        create = operations[0]
        self.state = State.at_start(create.body, stand_in_space(create.body["space"])._core)
        self.result = Replay([create])
        self._damaged, self._cached = sorted(damaged.items()), cached
        self._counts: Sequence[int] = (0, 0)
        # Whether an operation that assigns numbers, or one that changes the space, may be lost.
        self._is_numbering_uncertain = self._may_space_have_changed = False
        # The last operation on each trial that requires it pending, or leaves it pending.
        self._last_pending = {row.body["trial"]: row.seq for row in operations if row.kind in _ON_PENDING}

    def skip_damaged(self, seq: int) -> None:
        """Skip the damaged operations before operation ``seq``."""
        while self._damaged and self._damaged[0][0] < seq:
            lost, kind = self._damaged.pop(0)
            self._is_numbering_uncertain |= kind is None or kind in NUMBERING
            self._may_space_have_changed |= kind in (None, "space")
            self._add_cached_results(lost)
        if self._cached is not None and seq > self._cached.seq:
            self._add_cached_trials()

    def finish(self, seq: int) -> None:
        """Skip the damaged operations at the end of the log."""
        try:
            self.skip_damaged(seq)
            self._add_cached_trials()
        except _UnnumberedError:
            self.result.stop = self.result.stop or seq

    def apply(self, row: Operation) -> None:
        """Replay an operation after reconstructing the ones it depends on."""
        body = row.body
        self._require_numbering(row)
        if "run" in body:
            self._add_lost_runs(body["run"] + 1)
        trial = body.get("trial")
        if self._is_numbering_uncertain and isinstance(trial, int):
            self._add_lost_trials(trial + 1, row.seq)
        if trial in self.result.placeholders:
            self.result.dropped.append((row, "its configuration is lost"))
        elif row.kind == "enqueue" and self._may_space_have_changed:
            self.result.dropped.append((row, "the space may have been changed by a lost operation"))
        else:
            self._replay(row)

    def _require_numbering(self, row: Operation) -> None:
        """Ensure that the trials, runs and parameters that precede an operation exist."""
        body, core = row.body, self.state.core
        if row.kind == "run":
            self._add_lost_runs(self._expected(body, "number", len(self.state.record.runs)))
        elif row.kind == "space":
            self.state.record.changes = self._expected(body, "changes", self.state.record.changes)
            self._add_lost_trials(len(body["rows"]), row.seq)
        elif row.kind in ("ask", "observe"):
            first = self._expected(body, "first", len(core))
            if self._expected(body, "changes", self.state.record.changes) != self.state.record.changes:
                raise _UnnumberedError
            self._add_lost_trials(first, row.seq)
            if len(core) > first:
                raise _UnnumberedError
        else:
            return
        self._may_space_have_changed = self._may_space_have_changed and row.kind == "run"

    def _expected(self, body: Mapping[str, Any], name: str, default: int) -> int:
        """Return a number that an operation records. Early studies lack it, and only an intact log can be counted."""
        if name not in body and self._is_numbering_uncertain:
            raise _UnnumberedError
        return int(body.get(name, default))

    def _add_lost_runs(self, n: int) -> None:
        while len(self.state.record.runs) < n:
            number = len(self.state.record.runs)
            self._execute(
                Operation(0, "run", {**_UNKNOWN_RUN, "packages": {}, "gpus": [], "argv": [], "number": number})
            )

    def _add_lost_trials(self, n: int, seq: int) -> None:
        """Add the trials of lost asks until there are ``n`` trials."""
        for trial in range(len(self.state.core), n):
            ask = self._ask_from_cache(trial)
            if ask is None:
                self._add_placeholder(trial)
            else:
                self._reconstruct(ask)
        self._add_cached_results(seq)

    def _add_placeholder(self, trial: int) -> None:
        """Add an excluded failure in place of a trial whose configuration is lost."""
        anywhere = Optimizer(stand_in_space(self.state.header["space"]), sampler="random", seed=0)
        row = anywhere._core.trial(anywhere.ask().id)["row"]
        self.result.placeholders.append(trial)
        self._execute(self._ask(trial, row, "random", NOBODY, None))
        result = {"state": "failed", "reason": _LOST_CONFIGURATION}
        self._execute(Operation(0, "tell", {"run": NOBODY, "trial": trial, "time": None, "told": result}))
        self._execute(Operation(0, "exclude", {"trial": trial}))

    def _ask(self, trial: int, row: Sequence[Any], origin: str, run: int, time: float | None) -> Operation:
        trials = {"trials": [[list(row), origin]], "counts": list(self._counts), "first": trial}
        return Operation(0, "ask", {"run": run, "time": time, **trials, "changes": self.state.record.changes})

    def _cached_trial(self, trial: int) -> dict[str, Any] | None:
        """Return the data of a trial in the cached state, if that has the same space."""
        cached = self._cached
        if (
            cached is None
            or cached.state.record.changes != self.state.record.changes
            or trial >= len(cached.state.core)
        ):
            return None
        return cached.state.core.trial(trial)

    def _ask_from_cache(self, trial: int) -> Operation | None:
        trial_data = self._cached_trial(trial)
        if trial_data is None or self._cached is None:
            return None
        record = self._cached.state.record
        run = record.asked_by[trial]
        self._add_lost_runs(run + 1)
        if trial_data["origin"] != "observed":
            return self._ask(trial, trial_data["row"], trial_data["origin"], run, record.started[trial])
        body = {"run": run, "row": list(trial_data["row"]), "told": _result_data(trial_data)}
        return Operation(0, "observe", {**body, "first": trial, "changes": record.changes})

    def _add_cached_results(self, seq: int) -> None:
        """Tell the cached results of trials that no operation after ``seq`` tells or requires to be pending."""
        if self._cached is None or seq > self._cached.seq:
            return
        core, cached = self.state.core, self._cached.state
        for trial in [*core.pending(), *core.paused()]:
            trial_data = self._cached_trial(trial)
            if trial_data is None or self._last_pending.get(trial, 0) >= seq:
                continue
            if core.trial(trial)["paused"] and not trial_data["paused"]:
                run = cached.record.owners.get(trial, cached.record.asked_by[trial])
                self._reconstruct(Operation(0, "resume", {"run": run, "trial": trial, "time": trial_data["started"]}))
            if core.state(trial) != "pending" or trial_data["state"] == "pending":
                continue
            run = cached.record.told_by[trial]
            self._add_lost_runs(run + 1)
            result = {"run": run, "trial": trial, "time": trial_data["finished"], "told": _result_data(trial_data)}
            self._reconstruct(Operation(0, "tell", result))
            times = {name: trial_data[name] for name in ("started", "finished", "traceback")}
            self._execute(Operation(0, "evaluation", {"trial": trial, **times}))

    def _add_cached_trials(self) -> None:
        """Add the missing trials of the cached state, once all operations before it are replayed."""
        cached = self._cached
        if cached is not None and self._is_numbering_uncertain:
            if cached.state.record.changes != self.state.record.changes:
                # The lost change is part of the cached state, so that one is used instead of the log.
                self.result.stop = cached.seq
                raise _UnnumberedError
            self._add_lost_trials(len(cached.state.core), cached.seq)
        self._cached = None

    def _reconstruct(self, row: Operation) -> None:
        self._replay(row)
        after = "" if self._cached is None else f"as the state that was kept after operation {self._cached.seq} has it"
        self.result.reconstructed.append((row, after))

    def _replay(self, row: Operation) -> None:
        """Replay one operation, preceded by the implied operations that it needs."""
        for implied in _implied(row, self.state):
            try:
                self._execute(row)
            except TanteoError:
                self._execute(implied)
                self.result.reconstructed.append((implied, f"that operation {row.seq} shows to be lost"))
            else:
                return
        self._execute(row)

    def _execute(self, row: Operation) -> None:
        self.state.replay(row.kind, row.body)
        self.result.operations.append(row)
        if row.kind == "ask":
            self._counts = row.body["counts"]


def _result_data(trial_data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of a trial as data of a tell, from the data of the core."""
    state = "paused" if trial_data["paused"] else trial_data["state"]
    replicates, sems = trial_data["replicates"], trial_data["sems"]
    # The standard errors of replicates are computed from them.
    sems = None if replicates is not None or sems is None or set(sems) == {None} else list(sems)
    constraints = [list(pair) for pair in trial_data["constraints"].items()]
    return outcome_to_data(
        (state, trial_data["values"], sems, replicates, constraints, trial_data["cost"], trial_data["reason"])
    )


def _implied(row: Operation, state: State) -> Iterator[Operation]:
    """Iterate over the operations that must have preceded an operation."""
    if row.kind == "ask":
        for point, origin in row.body["trials"]:
            if origin == "enqueued":
                yield Operation(row.seq, "enqueue", {"row": point})
        return
    trial = row.body.get("trial")
    if row.kind == "resume":
        # The result of a pause is discarded when the trial is resumed.
        yield Operation(row.seq, "tell", {**row.body, "told": {"state": "paused"}})
    elif row.kind in ("tell", "report", "fold") and trial in state.core.paused():
        record = state.record
        body = {"run": row.body.get("run", record.told_by[trial]), "trial": trial, "time": record.started[trial]}
        yield Operation(row.seq, "resume", body)
    elif row.kind == "tell":
        yield Operation(row.seq, "retract", {"run": row.body["run"], "trial": trial})
