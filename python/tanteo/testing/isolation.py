"""Run a check in its own process group, with a time limit."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from typing import IO, Any

from .failure import Failure, Skipped
from .protocol import Factory
from .registry import Check
from .report import Outcome, Status
from .session import Program
from .validation import fault_of_samplers


def run_isolated(check: Check, factory: Factory, profile: str, timeout: float) -> Outcome:
    """Run a check in a child process, kill all processes it started, and return the outcome.

    If the process does not end, or dies, the last step of the program is the call during which this happened.

    Raises
    ------
    RuntimeError
        If the system has no ``fork``.
    """
    with tempfile.TemporaryFile(buffering=0) as journal:

        def work() -> Any:
            Program.journal = journal
            outcome = run_check(check, factory, profile)
            return [outcome.status, outcome.reason, list(outcome.program)]

        answer, status, last_line = _call_in_child(work, timeout)
        journal.seek(0)
        steps = journal.read().decode(errors="replace").splitlines()
    if answer == "timeout":
        return Outcome(check.name, check.group, "timeout", f"did not end within {timeout:g} s", tuple(steps))
    if answer is None:
        cause = f"by signal {signal.Signals(os.WTERMSIG(status)).name}" if os.WIFSIGNALED(status) else "early"
        return Outcome(check.name, check.group, "error", f"the process ended {cause}: {last_line}", tuple(steps))
    return Outcome(check.name, check.group, answer[0], answer[1], tuple(answer[2]))


def fault_of_isolated_samplers(factory: Factory, timeout: float) -> str | None:
    """Return what :func:`fault_of_samplers` finds in a child process; None if the process dies or does not end."""
    answer = _call_in_child(lambda: [fault_of_samplers(factory)], timeout)[0]
    return answer[0] if isinstance(answer, list) else None


def _call_in_child(work: Callable[[], Any], timeout: float) -> tuple[Any, int, str]:
    """Call a function in a child process; return its answer, the exit status and the last line of its output.

    The answer is None if the process died, and ``"timeout"`` if the time limit passed.
    """
    if not hasattr(os, "fork"):
        raise RuntimeError("isolate=True needs a system with fork, such as Linux or macOS; use isolate=False here")
    with tempfile.TemporaryFile() as output:
        reader, writer = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            _run_child(work, reader, writer, output)
        os.close(writer)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpgid(child, child)  # the child calls this too; the first call wins
        try:
            answer = _read_answer(reader, timeout)
        finally:
            _kill_group(child)
            os.close(reader)
        status = os.waitpid(child, 0)[1]
        return answer, status, _last_line(output)


def _run_child(work: Callable[[], Any], reader: int, writer: int, output: IO[bytes]) -> None:
    """Call the function, send the answer, and exit without running the parent's exit handlers."""
    try:
        os.setpgid(0, 0)
        os.close(reader)
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
        answer = work()
        with os.fdopen(writer, "w") as pipe:
            json.dump(answer, pipe)
    finally:
        os._exit(0)


def _read_answer(reader: int, timeout: float) -> Any:
    """Return what the child sent: None if it sent nothing, ``"timeout"`` if the time limit passed."""
    received, deadline = b"", time.monotonic() + timeout
    while True:
        ready, _, _ = select.select([reader], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return "timeout"
        chunk = os.read(reader, 65536)
        if not chunk:
            return json.loads(received) if received else None
        received += chunk


def _kill_group(child: int) -> None:
    """Kill the process group that the child leads."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


def _last_line(output: IO[bytes]) -> str:
    output.seek(0)
    lines = output.read().decode(errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else "it printed nothing"


def run_check(check: Check, factory: Factory, profile: str) -> Outcome:
    """Run one check in this process and return its outcome."""
    status, reason, program = _run(check, factory, profile)
    return Outcome(check.name, check.group, status, reason, tuple(program))


def _run(check: Check, factory: Factory, profile: str) -> tuple[Status, str, Sequence[str]]:
    try:
        check(factory, profile=profile)
    except Skipped as skipped:
        return "skipped", str(skipped), ()
    except Failure as failure:
        return "failed", failure.reason, failure.program
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return "error", f"{type(error).__name__}: {error} ({frame.filename}, line {frame.lineno})", ()
    return "passed", "", ()
