"""A pool of worker processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from multiprocessing.connection import wait as wait_for
from typing import Any

from tanteo.exceptions import ArgumentError
from tanteo.run.evaluation import TIMED_OUT, Evaluation, failed
from tanteo.run.executor import DirectChannel, Finished
from tanteo.run.objective import Objective, copy_params
from tanteo.run.payload import dumps, rebuilt
from tanteo.run.process import WorkerProcess
from tanteo.run.settings import RunSettings
from tanteo.run.wire import Garbled
from tanteo.trials.trial import Trial

# The interval in seconds at which a waiting parent checks time limits and dead workers, and updates the progress bar.
_TICK = 0.2
_GARBLED = "the objective wrote to a file descriptor that is not its own: the pipe of its worker process"


class Pool:
    """Evaluates in up to ``settings.n_workers`` processes; only the caller's process asks and tells.

    Processes are started when there is a trial for them, and reused for later trials; one that dies is replaced.

    Parameters
    ----------
    objective : Objective
        The function to evaluate.
    channel : DirectChannel
        Receives the reports of running trials.
    settings : RunSettings
        The number of workers, their threads and devices, and the time limit of a trial.
    """

    def __init__(self, objective: Objective, channel: DirectChannel, settings: RunSettings) -> None:
        if os.name != "posix":
            raise ArgumentError("worker processes need a POSIX system; use n_workers=1 without trial_timeout here")
        self._objective = dumps(objective, "the objective")
        self._channel = channel
        self._settings = settings
        # In the order of their last results, so that a fast worker cannot keep the others waiting.
        self._workers: list[WorkerProcess] = []

    def free(self) -> int:
        """Return how many trials can be submitted now."""
        return self._settings.n_workers - self.busy()

    def busy(self) -> int:
        """Return how many trials are being evaluated."""
        return len(self._busy())

    def submit(self, trial: Trial) -> None:
        """Give the trial to an idle worker, or to a new one."""
        self._channel.begin(trial)
        payload = dumps((copy_params(trial.params), trial.index), f"the parameters of trial {trial.id}")
        idle = next((worker for worker in self._workers if worker.trial is None), None)
        if idle is None:
            self._workers.append(idle := self._started())
        idle.evaluate(trial, payload)

    def wait(self, tick: Callable[[], None]) -> Finished:
        """Return the next evaluation that ends: by itself, by its time limit, or with its process."""
        while True:
            tick()
            for worker in self._with_news():
                finished = self._hear(worker)
                if finished is not None:
                    return finished
            for worker in self._busy():
                if worker.is_gone():
                    return self._bury(worker, None)
                if self._is_overdue(worker):
                    return self._bury(worker, f"{TIMED_OUT} {self._settings.trial_timeout:g} s")

    def close(self, *, at_once: bool) -> None:
        """End all processes; idle ones run their exit handlers unless ``at_once``."""
        for worker in self._workers:
            # All are asked to leave before waiting for any, so that their exit handlers run in parallel.
            if not at_once:
                worker.leave()
        while self._workers:
            self._workers[-1].end(at_once=at_once)
            self._workers.pop()

    def _started(self) -> WorkerProcess:
        """Start a worker with the lowest number that no living one has, and with the device of that number."""
        taken = {worker.number for worker in self._workers}
        number = next(number for number in range(self._settings.n_workers) if number not in taken)
        devices = self._settings.devices
        device = None if devices is None else str(devices[number])
        return WorkerProcess(self._objective, number, self._settings.threads_per_worker, device)

    def _busy(self) -> list[WorkerProcess]:
        return [worker for worker in self._workers if worker.trial is not None]

    def _with_news(self) -> list[WorkerProcess]:
        """Return the busy workers that have sent something or closed their pipe; wait for one tick at most."""
        busy = self._busy()
        ready = wait_for([worker.connection for worker in busy], timeout=_TICK)
        return [worker for worker in busy if worker.connection in ready]

    def _hear(self, worker: WorkerProcess) -> Finished | None:
        """Handle the messages of a worker; return the evaluation if it has ended."""
        try:
            messages = worker.receive()
        except (EOFError, OSError):
            return self._bury(worker, None)
        except Garbled:
            return self._bury(worker, _GARBLED)
        for kind, *content in messages:
            if kind == "call":
                self._serve(worker, *content)
            elif kind == "raised" and worker.trial is not None:
                evaluation = self._channel.dropped(worker.trial.id, rebuilt(content[0], "the worker process"))
                return self._finish(worker, evaluation)
            # A message about another trial comes from a process that an objective forked and that returned.
            elif kind == "finished" and worker.trial is not None and content[0] == worker.trial.id:
                return self._finish(worker, content[1])
        return None

    def _serve(self, worker: WorkerProcess, method: str, arguments: tuple[Any, ...]) -> None:
        """Answer a call of a running trial.

        Errors of the optimizer are raised in the worker, where ``catch`` applies to them as it does without workers. A
        faulty pruner ends the run.
        """
        try:
            answer = self._channel(method, *arguments)
        except Exception as error:
            self._channel.check_pruner()
            worker.refuse(error)
        else:
            worker.answer(answer)

    def _finish(self, worker: WorkerProcess, evaluation: Evaluation) -> Finished:
        trial, worker.trial, worker.started = worker.trial, None, None
        self._workers.remove(worker)
        self._workers.append(worker)
        if trial is None:
            raise RuntimeError("an idle worker finished a trial")
        return Finished(trial, evaluation)

    def _is_overdue(self, worker: WorkerProcess) -> bool:
        limit, started = self._settings.trial_timeout, worker.started
        return limit is not None and started is not None and time.monotonic() - started > limit

    def _bury(self, worker: WorkerProcess, reason: str | None) -> Finished:
        """End a worker and let its trial fail; without a ``reason``, the reason is how the process ended."""
        ran = None if worker.started is None else time.monotonic() - worker.started
        how = worker.kill()
        now = time.time()
        times = {} if ran is None else {"started": now - ran, "finished": now}
        finished = self._finish(worker, failed(reason or how, **times))
        self._workers.remove(worker)
        return finished
