"""One worker process, seen from the parent.

A worker is started as a fresh interpreter, not by a fork, and it does not run the user's script:

* ``fork`` copies locks held by threads that do not exist in the child, so the thread pools of NumPy, PyTorch and Tanteo
  would wait forever.
* ``spawn`` and ``forkserver`` of ``multiprocessing`` run ``__main__`` again in each worker: a script without
  ``if __name__ == "__main__"`` would start itself recursively, and functions of a notebook would be missing. Their
  daemonic workers may not have children, which ``n_jobs=`` inside an objective requires.

A worker gets the parent's ``sys.path`` and ``sys.argv``, and the function by value if ``cloudpickle`` is installed (see
``payload.py``). It leads its own session: Ctrl-C reaches only the parent, and killing the worker also kills the
processes that it started.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any

from tanteo.run.devices import VARIABLE
from tanteo.run.payload import carried
from tanteo.run.wire import Reader
from tanteo.trials.trial import Trial

# Tanteo is imported after sys.path has been set to that of the parent.
_BOOT = (
    "import os, sys\n"
    "from multiprocessing.connection import Connection\n"
    "os.set_inheritable(int(sys.argv[1]), False)\n"
    "connection = Connection(int(sys.argv[1]))\n"
    "sys.path[:], sys.argv[:] = connection.recv()\n"
    "from tanteo.run.worker import main\n"
    "main(connection)\n"
)
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "TANTEO_NUM_THREADS",
)
# The seconds that an idle worker has for its exit handlers before it is killed.
_GRACE = 5.0


class WorkerProcess:
    """A worker process and its current trial.

    Parameters
    ----------
    objective : bytes
        The payload of the :class:`~tanteo.run.objective.Objective`.
    number : int
        The number of the worker, for :attr:`~tanteo.run.objective.RunningTrial.worker`.
    threads : int or None
        The maximum number of threads of the usual numerical libraries in the worker; None does not change the
        environment.
    devices : str or None
        The value of ``CUDA_VISIBLE_DEVICES`` in the worker; None does not change the environment. It is set before the
        process starts: CUDA reads it only once, which may happen as soon as the objective is unpickled.

    Attributes
    ----------
    number : int
        As given.
    trial : Trial or None
        The trial being evaluated, if any.
    started : float or None
        The start of the evaluation, in monotonic seconds; it does not include the imports of a new process.
    """

    def __init__(self, objective: bytes, number: int, threads: int | None, devices: str | None) -> None:
        self.number = number
        self.trial: Trial | None = None
        self.started: float | None = None
        self.connection, child_end = Pipe()
        self._reader = Reader(self.connection.fileno())
        with child_end:
            self._process = _start(child_end, threads, devices)
        self._send((sys.path, sys.argv))
        self._send(("objective", objective))

    def evaluate(self, trial: Trial, payload: bytes) -> None:
        """Start an evaluation of the pickled parameters and index.

        If the process has died, the next check detects it.
        """
        self.trial, self.started = trial, None
        self._send(("evaluate", trial.id, payload, trial.resume_from, self.number))

    def answer(self, value: object) -> None:
        """Answer a call of the running trial."""
        self._send(("answer", value))

    def refuse(self, error: Exception) -> None:
        """Answer a call of the running trial with an exception."""
        self._send(("refuse", carried(error)))

    def receive(self) -> list[tuple[Any, ...]]:
        """Return the received messages. Call it only while the connection is readable.

        Raises
        ------
        EOFError, OSError
            If the process is gone.
        Garbled
            If the objective wrote to the pipe.
        """
        messages = self._reader.receive()
        if any(message[0] == "started" for message in messages):
            self.started = time.monotonic()
        return messages

    def is_gone(self) -> bool:
        """Return whether the process has ended and nothing is left to read.

        The state of the pipe is not enough: a process started by the worker may hold the other end open.
        """
        return self._process.poll() is not None and not self.connection.poll()

    def leave(self) -> None:
        """Ask an idle worker to exit, which runs its exit handlers."""
        self._send(("leave",))

    def end(self, *, at_once: bool) -> None:
        """End the process, immediately or after the time granted for its exit handlers."""
        if not at_once:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_GRACE)
        self.kill()

    def kill(self) -> str:
        """Kill the process and everything it started; return a description of how it ended."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        code = self._process.wait()
        self.connection.close()
        return f"worker died (signal {-code})" if code < 0 else f"worker died (exit code {code})"

    def _send(self, message: tuple[Any, ...]) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self.connection.send(message)


def _start(connection: Connection, threads: int | None, devices: str | None) -> subprocess.Popen[bytes]:
    """Start a fresh interpreter that inherits only one end of the pipe."""
    environment = dict(os.environ)
    if threads is not None:
        environment.update(dict.fromkeys(_THREAD_VARIABLES, str(threads)))
    if devices is not None:
        environment[VARIABLE] = devices
    return subprocess.Popen(
        [sys.executable, "-c", _BOOT, str(connection.fileno())],
        stdin=subprocess.DEVNULL,
        pass_fds=[connection.fileno()],
        env=environment,
        start_new_session=True,
    )
