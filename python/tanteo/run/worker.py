"""The life of a worker process.

Messages from the parent are tuples: ``("objective", payload)`` once, then ``("evaluate", trial id, payload of the
parameters)`` for each trial, ``("answer", value)`` or ``("refuse", exception)`` for each call, and ``("leave",)``.
The worker sends ``("started",)`` when it begins to evaluate, ``("call", method, arguments)`` when the trial reports
or asks whether to stop, and at the end ``("finished", outcome)`` or ``("raised", exception or None, text)``.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any

from tanteo.run.objective import Objective, RunningTrial
from tanteo.run.payload import dump_error, loads


def main(connection: Connection) -> None:
    """Evaluates what comes through ``connection`` until told to leave, or until the parent is gone."""
    inbox: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_listen, args=(connection, inbox), daemon=True).start()
    objective: Objective | None = None
    while True:
        message = inbox.get()
        if message[0] == "leave":
            return
        try:
            if message[0] == "objective":
                objective = loads(message[1])
            elif objective is not None:
                _evaluate(connection, inbox, objective, message[1], message[2])
        except BaseException as error:
            # SystemExit and KeyboardInterrupt too: the parent decides what ends the search.
            connection.send(("raised", dump_error(error), _text(error)))


def _evaluate(
    connection: Connection, inbox: SimpleQueue[Any], objective: Objective, trial: int, payload: bytes
) -> None:
    params = loads(payload)
    connection.send(("started",))
    outcome = objective(RunningTrial(trial, params, _Pipe(connection, inbox)))
    # What the objective printed must not be lost if this process is killed later.
    sys.stdout.flush()
    connection.send(("finished", outcome))


class _Pipe:
    """The channel of a trial that runs in a worker: each call crosses to the parent and back."""

    def __init__(self, connection: Connection, inbox: SimpleQueue[Any]) -> None:
        self._connection = connection
        self._inbox = inbox

    def report(self, trial: int, step: int, value: float) -> None:
        self._call("report", (trial, step, value))

    def should_prune(self, trial: int) -> bool:
        return bool(self._call("should_prune", (trial,)))

    def set_attr(self, trial: int, name: str, value: str) -> None:
        self._call("set_attr", (trial, name, value))

    def _call(self, method: str, arguments: tuple[Any, ...]) -> Any:
        self._connection.send(("call", method, arguments))
        kind, answer = self._inbox.get()
        if kind == "refuse":
            raise answer
        return answer


def _listen(connection: Connection, inbox: SimpleQueue[Any]) -> None:
    """Hands messages to the main thread; ends this process and its children when the parent is gone.

    A thread of its own, so that an evaluation under way ends too: a parent that was killed leaves no orphans.
    """
    try:
        while True:
            inbox.put(connection.recv())
    except (EOFError, OSError):
        # The parent made this process the leader of its own group, so nobody else is hit.
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _text(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
