"""The main loop of a worker process.

Messages from the parent are tuples: ``("objective", payload)`` once, then ``("evaluate", trial id, payload of the
parameters, step to resume from or None, number of the worker)`` for each trial, ``("answer", value)`` or
``("refuse", exception)`` for each call, and ``("leave",)``.

The worker sends (see ``wire.py``) ``("started",)`` when an evaluation begins, ``("call", method, arguments)`` when the
trial reports or asks whether to stop, and at the end ``("finished", trial id, evaluation)`` or ``("raised",
exception)``. Exceptions are sent as :class:`~tanteo.run.payload.Carried`.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

from tanteo._internal.files import write_all
from tanteo.exceptions import TrialStateError
from tanteo.run.evaluation import Evaluation, describe_error, failed
from tanteo.run.objective import Objective, RunningTrial
from tanteo.run.payload import carried, loads, rebuilt
from tanteo.run.wire import pack

_logger = logging.getLogger("tanteo.run")


def main(connection: Connection) -> None:
    """Evaluate trials received through ``connection`` until told to leave, or until the parent is gone."""
    inbox: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_listen, args=(connection, inbox), daemon=True).start()
    descriptor = connection.fileno()
    objective: Objective | None = None
    while True:
        message = inbox.get()
        if message[0] == "leave":
            return
        try:
            if message[0] == "objective":
                objective = loads(message[1])
            elif objective is not None:
                _evaluate(descriptor, inbox, objective, *message[1:])
        except BaseException as error:
            # Includes SystemExit and KeyboardInterrupt: the parent decides what ends the search.
            write_all(descriptor, pack(("raised", carried(error))))


def _evaluate(
    descriptor: int,
    inbox: SimpleQueue[Any],
    objective: Objective,
    trial: int,
    payload: bytes,
    resume_from: int | None,
    worker: int,
) -> None:
    params, index = loads(payload)
    write_all(descriptor, pack(("started",)))
    pipe = _Pipe(descriptor, inbox)
    try:
        evaluation = objective(RunningTrial(trial, params, pipe, resume_from, worker, index))
    finally:
        pipe.close()
    _flush_output()
    write_all(descriptor, _pack_evaluation(trial, evaluation))


def _pack_evaluation(trial: int, evaluation: Evaluation) -> bytes:
    """Return the last message of a trial; an evaluation that cannot be sent becomes a failure."""
    try:
        return pack(("finished", trial, evaluation))
    except Exception as error:
        return pack(("finished", trial, failed(describe_error(error), stop=evaluation.stop)))


def _flush_output() -> None:
    """Flush the output of the objective, which would be lost if this process were killed later.

    If it cannot be written (a closed pipe, a full disk), it is dropped with a warning, and the result is kept.
    """
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except Exception as error:
        _logger.warning(
            "standard output cannot be written; what objectives print in process %d is dropped from here on: %s",
            os.getpid(),
            describe_error(error),
        )
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - open until the process ends


class _Pipe:
    """The channel of a trial in a worker: each call is sent to the parent, which answers it."""

    def __init__(self, descriptor: int, inbox: SimpleQueue[Any]) -> None:
        self._descriptor = descriptor
        self._inbox = inbox
        self._is_open = True
        # An objective may report from several threads, and each answer belongs to one of them.
        self._lock = Lock()

    def close(self) -> None:
        """Refuse calls that threads of the objective make after its end."""
        with self._lock:
            self._is_open = False

    def __call__(self, method: str, *arguments: Any) -> Any:
        with self._lock:
            if not self._is_open:
                raise TrialStateError(f"trial {arguments[0]} has ended: its objective has returned")
            write_all(self._descriptor, pack(("call", method, arguments)))
            kind, answer = self._inbox.get()
        if kind == "refuse":
            raise rebuilt(answer, "the process that asks and tells")
        return answer


def _listen(connection: Connection, inbox: SimpleQueue[Any]) -> None:
    """Pass messages to the main thread; kill this process and its children when the parent is gone.

    This runs in a thread of its own, so that it also ends a running evaluation: a killed parent leaves no orphans. The
    same happens if the objective has read from or closed the pipe.
    """
    try:
        while True:
            inbox.put(connection.recv())
    finally:
        # The parent made this process the leader of its own group, so no other process is killed.
        os.killpg(os.getpgrp(), signal.SIGKILL)
