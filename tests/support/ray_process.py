"""Runs a script that starts Ray in a process of its own: private folder, bounded time, nothing left behind."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCENARIOS = Path(__file__).parents[1] / "integrations/ray/scenarios"
EXAMPLES = Path(__file__).parents[2] / "examples"
#: Quiet, alone, and without a word to anybody outside.
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "disabled",
    "RAY_TRAIN_ENABLE_V2_MIGRATION_WARNINGS": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_CHDIR_TO_TRIAL_DIR": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_PRINT_ALL_TRIAL_ERRORS": "0",
    "TUNE_GLOBAL_CHECKPOINT_S": "0",
    "TUNE_WARN_EXCESSIVE_EXPERIMENT_CHECKPOINT_SYNC_THRESHOLD_S": "0",
}
_UNWANTED = ("RAY_ADDRESS", "RAY_AIR_LOCAL_CACHE_DIR", "TUNE_RESULT_DIR", "PYTHONWARNINGS")


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """Make a folder with a short name (paths of sockets are limited); afterwards no process that uses it is left."""
    folder = Path(tempfile.mkdtemp(prefix="tt", dir="/tmp"))
    try:
        yield folder
    finally:
        left = _end(folder)
        shutil.rmtree(folder, ignore_errors=True)
        assert not left, f"processes left behind: {left}"


def environment(folder: Path) -> dict[str, str]:
    """Return what a process that uses Ray in this folder runs with."""
    return (
        {key: value for key, value in os.environ.items() if key not in _UNWANTED}
        | QUIET
        | {
            "RAY_TMPDIR": str(folder),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")])),
        }
    )


def run(scenario: str, folder: Path, *arguments: str, timeout: float = 900, killed: bool = False) -> Any:
    """Run a scenario and return what it prints as its last line, from JSON; None for one that gets itself killed."""
    done = _start([str(SCENARIOS / f"{scenario}.py"), *arguments], folder, timeout)
    if killed:
        assert done.returncode == -signal.SIGKILL, done.stderr[-4000:]
        _end(folder, patience=5)  # what a driver started takes a while to notice that it is gone
        return None
    return json.loads(_output(done).splitlines()[-1])


def run_example(name: str, folder: Path, timeout: float = 900) -> str:
    """Run the smoke test of an example, with warnings as errors, and return what it prints."""
    return _output(_start(["-W", "error", str(EXAMPLES / f"{name}.py"), "--smoke"], folder, timeout))


def _start(arguments: list[str], folder: Path, timeout: float) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, env=environment(folder), cwd=folder, capture_output=True, text=True, timeout=timeout, check=False
    )


def _output(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    return done.stdout


def _end(folder: Path, patience: float = 30) -> dict[int, str]:
    """Wait for processes to end; then kill those that did not, and return them."""
    end = time.monotonic() + patience
    while (users := _users(folder)) and time.monotonic() < end:
        time.sleep(0.2)
    left = {process: _command(process) for process in users}
    for process in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    return left


def _command(process: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:200]
    return "gone"


def _users(folder: Path) -> list[int]:
    """Return the processes whose environment names the folder."""
    mark, found = f"RAY_TMPDIR={folder}".encode(), []
    for place in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            state = (place.parent / "stat").read_text().rpartition(")")[2].split()[0]
            if mark in place.read_bytes().split(b"\0") and state != "Z":
                found.append(int(place.parent.name))
    return found
