"""One worker process, seen from the parent.

Start method: a fresh interpreter, never a fork, and never the user's script.

* ``fork`` copies the locks of threads that do not exist in the child; NumPy's, PyTorch's and our own thread pools
  then wait for ever.
* ``multiprocessing``'s ``spawn`` and ``forkserver`` run ``__main__`` again in each worker, so that a script without
  ``if __name__ == "__main__"`` starts itself over and over, and a notebook has no function to offer; their daemonic
  workers may not have children, which ``n_jobs=`` inside an objective needs.

A worker gets the parent's ``sys.path`` and ``sys.argv``, and the function by value where ``cloudpickle`` is installed
(see ``payload.py``). It leads its own session: Ctrl-C reaches the parent alone, and killing the worker takes the
processes it started with it.
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

from tanteo.run.payload import dump_error, error_text
from tanteo.run.wire import Reader
from tanteo.trials.trial import Trial

# Kept free of Tanteo until sys.path is the parent's.
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
# Seconds an idle worker has for its exit handlers before it is killed.
_GRACE = 5.0


class WorkerProcess:
    """A worker process and what it is doing.

    Parameters
    ----------
    objective : bytes
        The payload of the :class:`~tanteo.run.objective.Objective`.
    threads : int or None
        Upper bound of the threads of the usual numerical libraries in the worker; None leaves the environment as it is.

    Attributes
    ----------
    trial : Trial or None
        What it evaluates, if anything.
    started : float or None
        When (monotonic seconds) that evaluation began: the time a new process takes to import is not counted.
    """

    def __init__(self, objective: bytes, threads: int | None) -> None:
        self.trial: Trial | None = None
        self.started: float | None = None
        self.connection, child_end = Pipe()
        self._reader = Reader(self.connection.fileno())
        with child_end:
            self._process = _start(child_end, threads)
        self._send((sys.path, sys.argv))
        self._send(("objective", objective))

    def evaluate(self, trial: Trial, params: bytes) -> None:
        """Starts an evaluation. A process that has died meanwhile shows as dead when it is next looked at."""
        self.trial, self.started = trial, None
        self._send(("evaluate", trial.id, params, trial.resume_from))

    def answer(self, value: object) -> None:
        """Answers a call of the running trial."""
        self._send(("answer", value))

    def refuse(self, error: Exception) -> None:
        """Answers a call of the running trial with an exception."""
        self._send(("refuse", (dump_error(error), error_text(error))))

    def receive(self) -> list[tuple[Any, ...]]:
        """The messages that have come in. Only while the connection is readable.

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
        """Whether the process has ended with nothing left to read.

        Its pipe alone does not tell: a process that it started may hold the other end open.
        """
        return self._process.poll() is not None and not self.connection.poll()

    def leave(self) -> None:
        """Asks an idle worker to go: its exit handlers run."""
        self._send(("leave",))

    def end(self, *, at_once: bool) -> None:
        """Ends the process: now, or after the time that a worker which was asked to leave may take."""
        if not at_once:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_GRACE)
        self.kill()

    def kill(self) -> str:
        """Ends the process and everything it started; returns how it ended, for a reason."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        code = self._process.wait()
        self.connection.close()
        return f"worker died (signal {-code})" if code < 0 else f"worker died (exit code {code})"

    def _send(self, message: tuple[Any, ...]) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self.connection.send(message)


def _start(connection: Connection, threads: int | None) -> subprocess.Popen[bytes]:
    """Starts a fresh interpreter that holds one end of the pipe and nothing else of ours."""
    environment = dict(os.environ)
    if threads is not None:
        environment.update(dict.fromkeys(_THREAD_VARIABLES, str(threads)))
    return subprocess.Popen(
        [sys.executable, "-c", _BOOT, str(connection.fileno())],
        stdin=subprocess.DEVNULL,
        pass_fds=[connection.fileno()],
        env=environment,
        start_new_session=True,
    )
