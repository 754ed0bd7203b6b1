"""The optimizer that workers share: leases, repeated requests, a journal. This module does not depend on Ray."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

from ....exceptions import SnapshotError, SpaceExhausted, TrialStateError, UnknownTrialError
from ....optimizer import Optimizer
from ....options import FIXED
from ....pruners.decision import Decision
from ....trials.objectives import as_given
from ....trials.trial import FrozenTrial, Trial
from .encoding import decode_arguments
from .journal import Journal

_LOG = logging.getLogger(__name__)
#: The number of remembered answers, so that a request which is sent again because its answer was lost counts once. Ray
#: repeats the requests that were running when the actor died, one per worker, and one actor serves fewer workers.
REMEMBERED = 1000
#: The host and the process of a worker.
Place: TypeAlias = tuple[str, int]


class OptimizerHost:
    """An optimizer and the owners of its pending trials.

    Every change is in the journal before it is acknowledged; a change that cannot be written is undone, so that it can
    be repeated. If there is no heartbeat of a worker for the length of a lease, its trials are handed out again, with
    the same configurations and ids; the first result counts.

    One thread makes all calls except :meth:`beat`, which another thread may call at any time.

    Parameters
    ----------
    space, options
        As for :class:`tanteo.Optimizer`. A continued search keeps its budget: Ray restarts an actor with its first
        arguments, and the budget may have changed since (:meth:`change_budget`).
    folder
        The folder of the journal; without one a crash loses everything.
    lease
        In seconds.
    clock
        A monotonic clock in seconds.

    Raises
    ------
    SnapshotError
        If the folder is damaged, or has a search with another space, other options or (if one is given) another seed.
    """

    def __init__(
        self,
        space: Any,
        options: Mapping[str, Any],
        folder: str | None,
        lease: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._heard: dict[str, float] = {}
        self._begin(Optimizer(space, **options), lease, clock)
        self._journal = None if folder is None else Journal(Path(folder))
        if self._journal is not None and self._journal.snapshot is not None:
            requested = self._optimizer
            try:
                self._recover(self._journal.snapshot, self._journal.lines)
                _check_same(requested, self._optimizer, seed=options.get("seed"))
            except SnapshotError as error:
                raise SnapshotError(
                    f"the search in {folder!r} cannot go on: {error}; give the arguments it was started with, "
                    "or another folder"
                ) from None
        # Workers are not presumed dead because the actor was.
        self._heard = dict.fromkeys(self._owners.values(), self._clock())
        self._checkpoint()

    def _begin(self, optimizer: Optimizer, lease: float, clock: Callable[[], float]) -> None:
        """Set the optimizer, without owners of trials."""
        self._optimizer, self._lease, self._clock = optimizer, lease, clock
        self._owners: dict[int, str] = {}
        self._answers: dict[str, Any] = {}
        self._guard = Lock()

    def ask(self, request: str, worker: str, n: int, place: Place | None = None) -> list[Trial]:
        """Hand out ``n`` trials: first those whose workers have vanished, then new ones.

        ``place`` is the host and the process of the worker, for the record.
        """
        if request not in self._answers:
            # A worker that asks is alive, however long the ask had to wait.
            self.beat(worker)
            with self._change():
                ids = self._free(n)
                try:
                    ids += [trial.id for trial in self._optimizer.ask(n - len(ids))]
                except SpaceExhausted:
                    if not ids:
                        raise
                self._assign(ids, worker)
                self._place(ids, place)
                self._remember(request, ids)
                self._write(["ask", request, worker, ids])
        self.beat(worker)
        trials = {trial.id: trial for trial in self._optimizer.pending}
        return [trials[number] for number in self._answers[request] if number in trials]

    def tell(
        self, request: str, worker: str, trial: Trial | int, arguments: Mapping[str, Any], place: Place | None = None
    ) -> bool:
        """Take a result; return whether it counted, since only the first result of a trial handed out twice does."""
        if request not in self._answers:
            number = self._optimizer._number(trial)
            with self._change():
                counted = self._tell(number, arguments)
                self._place([number] if counted else [], place)
                self._remember(request, counted)
                self._write(
                    ["tell", request, worker, number, self._with_reason(number, arguments) if counted else arguments]
                )
        self.beat(worker)
        return bool(self._answers[request])

    def _with_reason(self, trial: int, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the arguments of ``tell`` with the reason of :meth:`should_prune`, which the journal does not have."""
        if arguments.get("state") not in ("pruned", "paused"):
            return arguments
        return {**arguments, "reason": self._optimizer.trials[trial].reason}

    def _tell(self, trial: int, arguments: Mapping[str, Any]) -> bool:
        try:
            self._optimizer.tell(trial, **decode_arguments(arguments))
        except UnknownTrialError:
            raise
        except TrialStateError:
            return False
        self._release(trial)
        return True

    def report(
        self,
        worker: str,
        trial: Trial | int,
        step: int,
        value: float | Sequence[float],
        constraints: Sequence[tuple[str, float]] = (),
    ) -> None:
        """Record an intermediate value; steps that are not larger, and reports after the end of the trial, are ignored.

        A trial may have two workers (the first was presumed dead) whose values differ, so a repeated step is no error.
        """
        current = self._find_trial(trial)
        if current.state == "pending" and step > max(current.steps, default=-1):
            with self._change():
                self._optimizer.report(current.id, step, value, constraints=dict(constraints))
                self._write(["report", worker, current.id, step, value, *([list(constraints)] if constraints else ())])
        self.beat(worker)

    def report_fold(self, worker: str, trial: Trial | int, fold: int, value: float) -> None:
        """Record the value of a fold; known folds, and reports after the end of the trial, are ignored.

        As in :meth:`report`, a known fold with another value is no error.
        """
        current = self._find_trial(trial)
        if current.state == "pending" and fold not in current.folds:
            with self._change():
                self._optimizer.report_fold(current.id, fold, value)
                self._write(["fold", worker, current.id, fold, value])
        self.beat(worker)

    def check_has_folds(self, trial: Trial | int) -> None:
        """Raise the error of a local optimizer for a pending trial that has no folds to complete it with."""
        current = self._find_trial(trial)
        if current.state == "pending":
            self._optimizer._check_has_folds(current.id)

    def fold_order(self, n: int) -> list[int]:
        """See :meth:`tanteo.Optimizer.fold_order`."""
        return self._optimizer.fold_order(n)

    def should_prune(self, trial: Trial | int) -> Decision:
        """See :meth:`tanteo.Optimizer.should_prune`; a trial that another worker has told should stop too."""
        current = self._find_trial(trial)
        if current.state != "pending":
            return Decision(stop=True, reason=f"trial {current.id} is already {current.state}")
        return self._optimizer.should_prune(current.id)

    def set_attr(self, worker: str, trial: Trial | int, name: str, value: str) -> None:
        """Attach a value, given as JSON."""
        number = self._find_trial(trial).id
        with self._change():
            self._optimizer._core.set_attribute(number, name, value)
            self._write(["attr", worker, number, name, value])
        self.beat(worker)

    def enqueue(self, request: str, params: Mapping[str, Any]) -> None:
        """See :meth:`tanteo.Optimizer.enqueue`."""
        if request not in self._answers:
            with self._change():
                self._optimizer.enqueue(params)
                self._remember(request, None)
                self._checkpoint()

    def observe(self, request: str, params: Mapping[str, Any], arguments: Mapping[str, Any]) -> int:
        """See :meth:`tanteo.Optimizer.observe`."""
        if request not in self._answers:
            with self._change():
                self._remember(request, self._optimizer.observe(params, **decode_arguments(arguments)))
                self._checkpoint()
        return int(self._answers[request])

    def change_budget(self, request: str, budget: float) -> None:
        """Replace the budget of the search; earlier costs count towards it."""
        if request not in self._answers:
            with self._change():
                self._optimizer._change_budget(budget)
                self._remember(request, None)
                self._checkpoint()

    def beat(self, worker: str) -> None:
        """Record a heartbeat of a worker."""
        with self._guard:
            self._heard[worker] = self._clock()

    def best(self) -> FrozenTrial | None:
        """See :attr:`tanteo.Optimizer.best`."""
        return self._optimizer.best

    def settings(self) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
        """Return the directions, and the names of the objectives or None."""
        return self._optimizer.directions, self._optimizer.objective_names

    def optimizer(self) -> Optimizer:
        """Return the optimizer, of which the caller gets a copy."""
        return self._optimizer

    def _find_trial(self, trial: Trial | int) -> FrozenTrial:
        number: int = self._optimizer._number(trial)
        if not 0 <= number < len(self._optimizer):
            raise UnknownTrialError(f"no trial has the id {number}; {len(self._optimizer)} were handed out")
        return self._optimizer.trials[number]

    def _free(self, n: int) -> list[int]:
        """Return up to ``n`` trials whose workers have vanished."""
        return self._silent()[:n]

    def _silent(self) -> list[int]:
        with self._guard:
            now = self._clock()
            self._heard = {worker: heard for worker, heard in self._heard.items() if now - heard <= self._lease}
            return sorted(trial for trial, worker in self._owners.items() if worker not in self._heard)

    def _release(self, trial: int) -> None:
        self._owners.pop(trial, None)

    def _assign(self, ids: list[int], worker: str) -> None:
        for number in ids:
            self._owners[number] = worker

    def _place(self, ids: list[int], place: Place | None) -> None:
        """Record the place of the worker that has or told trials; only a study does so."""

    def _remember(self, request: str, answer: Any) -> None:
        self._answers[request] = answer
        while len(self._answers) > REMEMBERED:
            del self._answers[next(iter(self._answers))]

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Make a change; if it cannot be written, restore the state on disk."""
        try:
            yield
        except OSError:
            if self._journal is not None and self._journal.snapshot is not None:
                self._recover(self._journal.snapshot, self._journal.lines)
            raise

    def _write(self, entry: list[Any]) -> None:
        if self._journal is None:
            return
        self._journal.append(entry)
        if self._journal.is_long:
            try:
                self._checkpoint()
            except OSError:  # the change itself is already on disk
                _LOG.warning("no snapshot could be written, and the journal grows", exc_info=True)

    def _checkpoint(self) -> None:
        if self._journal is not None:
            owners = [[trial, worker] for trial, worker in self._owners.items()]
            state = {"owners": owners, "answers": self._answers, "nonce": self._optimizer._search.nonce}
            self._journal.renew(self._optimizer.to_bytes(), state)

    def _recover(self, snapshot: bytes, lines: list[Any]) -> None:
        """Replay the acknowledged changes; the same asks have the same answers."""
        requested, user_objects = self._optimizer, self._optimizer._user_objects
        self._optimizer = Optimizer.from_bytes(
            snapshot, space=requested.space, sampler=user_objects.sampler, pruner=user_objects.pruner
        )
        state, *entries = lines
        self._optimizer._keep_nonce(state.get("nonce"))
        self._owners = {int(trial): worker for trial, worker in state["owners"]}
        self._answers = dict(state["answers"])
        for kind, *entry in entries:
            if kind == "ask":
                request, worker, ids = entry
                n_before = len(self._optimizer)
                for number in set(self._optimizer._core.paused()).intersection(ids):
                    self._optimizer._core.resume(number)
                self._optimizer.ask(sum(number >= n_before for number in ids))
                self._assign(ids, worker)
                self._remember(request, ids)
            elif kind == "tell":
                request, _, trial, arguments = entry
                self._remember(request, self._tell(trial, arguments))
            elif kind == "report":
                _, trial, step, value, *constraints = entry
                named = dict(constraints[0]) if constraints else None
                self._optimizer.report(trial, step, value, constraints=named)
            elif kind == "fold":
                _, trial, fold, value = entry
                self._optimizer.report_fold(trial, fold, value)
            elif kind == "attr":
                _, trial, name, value = entry
                self._optimizer._core.set_attribute(trial, name, value)


def _check_same(requested: Optimizer, stored: Optimizer, *, seed: int | None) -> None:
    """Raise an error if a stored search has other settings; names of objectives need not be given again."""
    if requested.objective_names not in (None, stored.objective_names):
        goals, given = (as_given(each.directions, each.objective_names) for each in (stored, requested))
        raise SnapshotError(f"it has directions={goals}, and {given} is given")
    for name in FIXED:
        if name == "seed" and seed is None:
            continue
        requested_value, stored_value = getattr(requested, name), getattr(stored, name)
        if requested_value != stored_value:
            raise SnapshotError(f"it has {name}={stored_value!r}, and {requested_value!r} is given")
