"""The optimizer that many workers share: leases, requests that may come twice, a journal. No Ray in here."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ....exceptions import TrialStateError, UnknownTrialError
from ....optimizer import Optimizer
from ....trial import FrozenTrial, Trial
from .journal import Journal
from .told import unpacked

#: Requests remembered: one that is sent again, because the answer was lost, must not count twice.
_REMEMBERED = 1000


class OptimizerHost:
    """One optimizer and who works on which of its trials.

    Every change is in the journal before it is answered. A trial whose worker has not been heard of for the length of
    a lease is handed out again, the same configuration under the same id; whoever tells it first is believed.

    Parameters
    ----------
    space, options
        As :class:`tanteo.Optimizer` takes them.
    folder
        Of the journal; without one a crash loses everything.
    lease
        Seconds.
    clock
        Seconds that only grow.
    """

    def __init__(
        self,
        space: Any,
        options: Mapping[str, Any],
        folder: str | None,
        lease: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._lease = lease
        self._owners: dict[int, str] = {}
        self._heard: dict[str, float] = {}
        self._answers: dict[str, Any] = {}
        self._journal = None if folder is None else Journal(Path(folder))
        found = self._journal and self._journal.read()
        if found:
            self._recover(*found, space, options)
        else:
            self._optimizer = Optimizer(space, **options)
        self._checkpoint()

    def ask(self, request: str, worker: str, n: int) -> list[Trial]:
        """Hand out ``n`` trials: first those that nobody works on any more, then new ones."""
        ids = self._answers.get(request)
        if ids is None:
            ids = self._abandoned()[:n]
            ids += [trial.id for trial in self._optimizer.ask(n - len(ids))]
            self._assign(ids, worker)
            self._remember(request, ids)
            self._write(["ask", request, worker, ids])
        self.beat(worker)
        trials = {trial.id: trial for trial in self._optimizer.pending}
        return [trials[number] for number in ids if number in trials]

    def tell(self, request: str, worker: str, trial: int, told: Mapping[str, Any]) -> bool:
        """Take a result; return whether it counted: of a trial handed out twice, only the first result does."""
        if request not in self._answers:
            self._remember(request, self._tell(trial, told))
            self._write(["tell", request, worker, trial, told])
        self.beat(worker)
        return bool(self._answers[request])

    def _tell(self, trial: int, told: Mapping[str, Any]) -> bool:
        try:
            self._optimizer.tell(trial, **unpacked(told))
        except UnknownTrialError:
            raise
        except TrialStateError:
            return False
        self._owners.pop(trial, None)
        return True

    def report(self, worker: str, trial: int, step: int, value: float) -> None:
        """Record an intermediate value; one that is repeated is ignored."""
        steps = self._optimizer.trials[trial].steps
        if not steps or step > max(steps):
            self._optimizer.report(trial, step, value)
            self._write(["report", worker, trial, step, value])
        self.beat(worker)

    def should_prune(self, trial: int) -> bool:
        """See :meth:`tanteo.Optimizer.should_prune`."""
        return self._optimizer.should_prune(trial)

    def enqueue(self, request: str, params: Mapping[str, Any]) -> None:
        """See :meth:`tanteo.Optimizer.enqueue`."""
        if request not in self._answers:
            self._optimizer.enqueue(params)
            self._remember(request, None)
            self._checkpoint()

    def observe(self, request: str, params: Mapping[str, Any], told: Mapping[str, Any]) -> int:
        """See :meth:`tanteo.Optimizer.observe`."""
        if request not in self._answers:
            self._remember(request, self._optimizer.observe(params, **unpacked(told)))
            self._checkpoint()
        return int(self._answers[request])

    def beat(self, worker: str) -> None:
        """Take note that a worker lives."""
        self._heard[worker] = self._clock()

    def best(self) -> FrozenTrial | None:
        """See :attr:`tanteo.Optimizer.best`."""
        return self._optimizer.best

    def optimizer(self) -> Optimizer:
        """Return the optimizer, which travels to the caller as a copy."""
        return self._optimizer

    def _abandoned(self) -> list[int]:
        now = self._clock()
        self._heard = {worker: heard for worker, heard in self._heard.items() if now - heard <= self._lease}
        return sorted(trial for trial, worker in self._owners.items() if worker not in self._heard)

    def _assign(self, ids: list[int], worker: str) -> None:
        for number in ids:
            self._owners[number] = worker

    def _remember(self, request: str, answer: Any) -> None:
        self._answers[request] = answer
        while len(self._answers) > _REMEMBERED:
            del self._answers[next(iter(self._answers))]

    def _write(self, entry: list[Any]) -> None:
        if self._journal is not None and self._journal.append(entry):
            self._checkpoint()

    def _checkpoint(self) -> None:
        if self._journal is not None:
            owners = [[trial, worker] for trial, worker in self._owners.items()]
            self._journal.renew(self._optimizer.to_bytes(), {"owners": owners, "answers": self._answers})

    def _recover(self, snapshot: bytes, lines: Any, space: Any, options: Mapping[str, Any]) -> None:
        """Carry out again what was acknowledged; the same asks have the same answers."""
        sampler = options.get("sampler")
        own = sampler if hasattr(sampler, "suggest") else None
        self._optimizer = Optimizer.from_bytes(snapshot, space=space, sampler=own)
        rest = next(lines)
        self._owners = {int(trial): worker for trial, worker in rest["owners"]}
        self._answers = rest["answers"]
        for kind, *entry in lines:
            if kind == "ask":
                request, worker, ids = entry
                self._optimizer.ask(sum(number >= len(self._optimizer) for number in ids))
                self._assign(ids, worker)
                self._remember(request, ids)
            elif kind == "tell":
                request, _, trial, told = entry
                self._remember(request, self._tell(trial, told))
            elif kind == "report":
                _, trial, step, value = entry
                self._optimizer.report(trial, step, value)
        # Nobody is taken for dead because the actor was.
        self._heard = dict.fromkeys(self._owners.values(), self._clock())
