"""Which operations of a damaged log can be repeated, and which cannot without those that are lost.

An operation speaks of what earlier ones have done: a trial is told that was asked for, an ask takes points that were
queued. Where these are lost, some things are known all the same, and such operations are put in:

* An ask says which trials it made, so that trials which are missing before it are those of a lost ask. The kept state
  may have their configurations. Else a failure that does not count stands in for each of them, so that later trials
  keep their numbers.
* The kept state has the results of trials whose tell is lost, if it was kept later.
* A trial that is told a second time was retracted, or resumed if it was paused. One that reports while it is paused
  was resumed too, and one that is resumed was paused.
* The points that an ask took from the queue are those of its trials.

Whatever still cannot be repeated is dropped. Nothing can be repeated once the space was changed by a lost operation:
later configurations are written in terms of a space that is not known.
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

# Operations after which trials, runs or parameters have other numbers.
NUMBERING = ("create", "ask", "observe", "run", "space")
# Operations that find a trial pending, or leave it so.
_ON_PENDING = ("tell", "report", "fold", "resume", "offer", "release", "place")
# What an operation raises that does not fit to those before it.
_MISFITS = (TanteoError, LookupError, TypeError, ValueError)
_LOST = "its configuration was lost, and this is none that was tried"
# Where a process ran that has written, if that is lost.
_SOMEWHERE = dict.fromkeys(("python", "os", "cpu", "host", "commit", "dirty", "cwd", "process", "machine", "born"))


@dataclass
class Repeated:
    """The operations that can be repeated one after the other.

    Attributes
    ----------
    rows
        These operations, those put in included.
    put_in
        Those that were lost and are known from elsewhere, each with how.
    dropped
        Those that cannot be repeated, each with the reason.
    stood_in
        The trials whose configuration is lost.
    stop
        The number of the first operation that is not looked at, because it would speak of other trials or parameters.
    """

    rows: list[Operation]
    put_in: list[tuple[Operation, str]] = field(default_factory=list)
    dropped: list[tuple[Operation, str]] = field(default_factory=list)
    stood_in: list[int] = field(default_factory=list)
    stop: int | None = None


def repeated(found: Sequence[Operation], damaged: Mapping[int, str | None], kept: CachedState | None) -> Repeated:
    """Repeat the operations of a log whose first one is whole, as far as they can be.

    Parameters
    ----------
    found
        Those that are whole.
    damaged
        The numbers of the others with their words, None where even that is gone.
    kept
        The state that is kept in the file, if it is whole.
    """
    repeating = _Repeating(found, damaged, kept)
    for row in found[1:]:
        try:
            repeating.pass_damage(row.seq)
            repeating.take(row)
        except _UnnumberedError:
            repeating.chosen.stop = repeating.chosen.stop or row.seq
            break
        except _MISFITS as error:
            if row.kind in NUMBERING:
                repeating.chosen.stop = row.seq
                break
            repeating.chosen.dropped.append((row, str(error)))
    else:
        repeating.end(max(damaged, default=0) + 1)
    return repeating.chosen


class _UnnumberedError(Exception):
    """Which trials or parameters an operation is about is not known."""


class _Repeating:
    """A state that operations are repeated on, and what is known of those that are lost."""

    def __init__(self, found: Sequence[Operation], damaged: Mapping[int, str | None], kept: CachedState | None) -> None:
        create = found[0]
        self.state = State.at_start(create.body, stand_in_space(create.body["space"])._core)
        self.chosen = Repeated([create])
        self._damaged, self._kept = sorted(damaged.items()), kept
        self._counts: Sequence[int] = (0, 0)
        # Whether an operation may be lost that numbers others, and one that changes the space.
        self._is_unsure = self._may_have_changed = False
        # The last operation on each trial that finds it pending, or leaves it so.
        self._last_pending = {row.body["trial"]: row.seq for row in found if row.kind in _ON_PENDING}

    def pass_damage(self, seq: int) -> None:
        """Go past the damaged operations before another one."""
        while self._damaged and self._damaged[0][0] < seq:
            lost, kind = self._damaged.pop(0)
            self._is_unsure |= kind is None or kind in NUMBERING
            self._may_have_changed |= kind in (None, "space")
            self._results_from_kept(lost)
        if self._kept is not None and seq > self._kept.seq:
            self._take_from_kept()

    def end(self, seq: int) -> None:
        """Go past the last damaged operations."""
        try:
            self.pass_damage(seq)
            self._take_from_kept()
        except _UnnumberedError:
            self.chosen.stop = self.chosen.stop or seq

    def take(self, row: Operation) -> None:
        """Repeat an operation, after those that must have come before it."""
        body = row.body
        self._number(row)
        if "run" in body:
            self._fill_runs(body["run"] + 1)
        trial = body.get("trial")
        if self._is_unsure and isinstance(trial, int):
            self._fill(trial + 1, row.seq)
        if trial in self.chosen.stood_in:
            self.chosen.dropped.append((row, "its configuration is lost"))
        elif row.kind == "enqueue" and self._may_have_changed:
            self.chosen.dropped.append((row, "the space may have been changed by a lost operation"))
        else:
            self._repeat(row)

    def _number(self, row: Operation) -> None:
        """See to it that an operation finds the trials, runs and parameters that it counts on."""
        body, core = row.body, self.state.core
        if row.kind == "run":
            self._fill_runs(self._expected(body, "number", len(self.state.record.runs)))
        elif row.kind == "space":
            self.state.record.changes = self._expected(body, "changes", self.state.record.changes)
            self._fill(len(body["rows"]), row.seq)
        elif row.kind in ("ask", "observe"):
            first = self._expected(body, "first", len(core))
            if self._expected(body, "changes", self.state.record.changes) != self.state.record.changes:
                raise _UnnumberedError
            self._fill(first, row.seq)
            if len(core) > first:
                raise _UnnumberedError
        else:
            return
        self._may_have_changed = self._may_have_changed and row.kind == "run"

    def _expected(self, body: Mapping[str, Any], name: str, otherwise: int) -> int:
        """Return a number that an operation carries; early studies have none, where only a whole log can be counted."""
        if name not in body and self._is_unsure:
            raise _UnnumberedError
        return int(body.get(name, otherwise))

    def _fill_runs(self, n: int) -> None:
        while len(self.state.record.runs) < n:
            number = len(self.state.record.runs)
            self._do(Operation(0, "run", {**_SOMEWHERE, "packages": {}, "gpus": [], "argv": [], "number": number}))

    def _fill(self, n: int, seq: int) -> None:
        """Make the trials of lost asks, up to a number of trials."""
        for trial in range(len(self.state.core), n):
            made = self._made_by_kept(trial)
            if made is None:
                self._stand_in(trial)
            else:
                self._put_in(made)
        self._results_from_kept(seq)

    def _stand_in(self, trial: int) -> None:
        """Let a failure that does not count have the number of a trial whose configuration is lost."""
        anywhere = Optimizer(stand_in_space(self.state.header["space"]), sampler="random", seed=0)
        row = anywhere._core.trial(anywhere.ask().id)["row"]
        self.chosen.stood_in.append(trial)
        self._do(self._ask(trial, row, "random", NOBODY, None))
        told = {"state": "failed", "reason": _LOST}
        self._do(Operation(0, "tell", {"run": NOBODY, "trial": trial, "time": None, "told": told}))
        self._do(Operation(0, "exclude", {"trial": trial}))

    def _ask(self, trial: int, row: Sequence[Any], origin: str, run: int, time: float | None) -> Operation:
        made = {"trials": [[list(row), origin]], "counts": list(self._counts), "first": trial}
        return Operation(0, "ask", {"run": run, "time": time, **made, "changes": self.state.record.changes})

    def _in_kept(self, trial: int) -> dict[str, Any] | None:
        """Return what the kept state knows of a trial, if it is in the same space."""
        kept = self._kept
        if kept is None or kept.state.record.changes != self.state.record.changes or trial >= len(kept.state.core):
            return None
        return kept.state.core.trial(trial)

    def _made_by_kept(self, trial: int) -> Operation | None:
        known = self._in_kept(trial)
        if known is None or self._kept is None:
            return None
        record = self._kept.state.record
        run = record.asked_by[trial]
        self._fill_runs(run + 1)
        if known["origin"] != "observed":
            return self._ask(trial, known["row"], known["origin"], run, record.started[trial])
        body = {"run": run, "row": list(known["row"]), "told": _told(known)}
        return Operation(0, "observe", {**body, "first": trial, "changes": record.changes})

    def _results_from_kept(self, seq: int) -> None:
        """Tell what the kept state has of trials that no operation after ``seq`` tells, or needs to be pending."""
        if self._kept is None or seq > self._kept.seq:
            return
        core, kept = self.state.core, self._kept.state
        for trial in [*core.pending(), *core.paused()]:
            known = self._in_kept(trial)
            if known is None or self._last_pending.get(trial, 0) >= seq:
                continue
            if core.trial(trial)["paused"] and not known["paused"]:
                run = kept.record.owners.get(trial, kept.record.asked_by[trial])
                self._put_in(Operation(0, "resume", {"run": run, "trial": trial, "time": known["started"]}))
            if core.state(trial) != "pending" or known["state"] == "pending":
                continue
            run = kept.record.told_by[trial]
            self._fill_runs(run + 1)
            told = {"run": run, "trial": trial, "time": known["finished"], "told": _told(known)}
            self._put_in(Operation(0, "tell", told))
            times = {name: known[name] for name in ("started", "finished", "traceback")}
            self._do(Operation(0, "evaluation", {"trial": trial, **times}))

    def _take_from_kept(self) -> None:
        """Take over the trials of the kept state that are not there, once all before it is repeated."""
        kept = self._kept
        if kept is not None and self._is_unsure:
            if kept.state.record.changes != self.state.record.changes:
                # The change is in the kept state, which has all that is known.
                self.chosen.stop = kept.seq
                raise _UnnumberedError
            self._fill(len(kept.state.core), kept.seq)
        self._kept = None

    def _put_in(self, row: Operation) -> None:
        self._repeat(row)
        after = "" if self._kept is None else f"as the state that was kept after operation {self._kept.seq} has it"
        self.chosen.put_in.append((row, after))

    def _repeat(self, row: Operation) -> None:
        """Repeat one operation, after as many of those that it implies as it needs."""
        for implied in _implied(row, self.state):
            try:
                self._do(row)
            except TanteoError:
                self._do(implied)
                self.chosen.put_in.append((implied, f"that operation {row.seq} shows to be lost"))
            else:
                return
        self._do(row)

    def _do(self, row: Operation) -> None:
        self.state.replay(row.kind, row.body)
        self.chosen.rows.append(row)
        if row.kind == "ask":
            self._counts = row.body["counts"]


def _told(known: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was told of a trial, from what the core knows of it."""
    state = "paused" if known["paused"] else known["state"]
    replicates, sems = known["replicates"], known["sems"]
    # The errors of replicates follow from them.
    sems = None if replicates is not None or sems is None or set(sems) == {None} else list(sems)
    constraints = [list(pair) for pair in known["constraints"].items()]
    return outcome_to_data((state, known["values"], sems, replicates, constraints, known["cost"], known["reason"]))


def _implied(row: Operation, state: State) -> Iterator[Operation]:
    """Iterate over the operations that must have come before, if they are not there."""
    if row.kind == "ask":
        for point, origin in row.body["trials"]:
            if origin == "enqueued":
                yield Operation(row.seq, "enqueue", {"row": point})
        return
    trial = row.body.get("trial")
    if row.kind == "resume":
        # What was told of a pause is forgotten when the trial goes on.
        yield Operation(row.seq, "tell", {**row.body, "told": {"state": "paused"}})
    elif row.kind in ("tell", "report", "fold") and trial in state.core.paused():
        record = state.record
        body = {"run": row.body.get("run", record.told_by[trial]), "trial": trial, "time": record.started[trial]}
        yield Operation(row.seq, "resume", body)
    elif row.kind == "tell":
        yield Operation(row.seq, "retract", {"run": row.body["run"], "trial": trial})
