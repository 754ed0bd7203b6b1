"""Runs scripts that start Ray in their own process, with a private folder and a time limit; no process may be left."""

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
#: Settings of Ray that suppress output, usage reports and the influence of other sessions and programs.
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "disabled",
    "RAY_TRAIN_ENABLE_V2_MIGRATION_WARNINGS": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_CHDIR_TO_TRIAL_DIR": "0",
    # By default Ray gives its workers the niceness 15, and they wait for everything else on a busy machine.
    "RAY_worker_niceness": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_PRINT_ALL_TRIAL_ERRORS": "0",
    "TUNE_GLOBAL_CHECKPOINT_S": "0",
    "TUNE_WARN_EXCESSIVE_EXPERIMENT_CHECKPOINT_SYNC_THRESHOLD_S": "0",
}
_REMOVED = ("RAY_ADDRESS", "RAY_AIR_LOCAL_CACHE_DIR", "TUNE_RESULT_DIR", "PYTHONWARNINGS")


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """Create a folder with a short name (socket paths are limited); fail if processes still use it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tt", dir="/tmp"))
    try:
        yield folder
    finally:
        remaining = _end_processes(folder)
        shutil.rmtree(folder, ignore_errors=True)
        assert not remaining, f"processes left behind: {remaining}"


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a process that uses Ray in this folder."""
    return (
        {key: value for key, value in os.environ.items() if key not in _REMOVED}
        | QUIET
        | {
            "RAY_TMPDIR": str(folder),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")])),
        }
    )


def run(scenario: str, folder: Path, *arguments: str, timeout: float = 900, killed: bool = False) -> Any:
    """Run a scenario and return its last line of output, parsed as JSON; None for a scenario that kills itself."""
    completed = _start([str(SCENARIOS / f"{scenario}.py"), *arguments], folder, timeout)
    if killed:
        assert completed.returncode == -signal.SIGKILL, completed.stderr[-4000:]
        _end_processes(folder, timeout=5)  # processes notice after a while that their driver is gone
        return None
    return json.loads(_output(completed).splitlines()[-1])


def run_example(name: str, folder: Path, timeout: float = 900) -> str:
    """Run the smoke test of an example, with warnings as errors, and return its output."""
    return _output(_start(["-W", "error", str(EXAMPLES / f"{name}.py"), "--smoke"], folder, timeout))


def _start(arguments: list[str], folder: Path, timeout: float) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, env=environment(folder), cwd=folder, capture_output=True, text=True, timeout=timeout, check=False
    )


def _output(completed: subprocess.CompletedProcess[str]) -> str:
    assert completed.returncode == 0, completed.stdout[-2000:] + completed.stderr[-6000:]
    return completed.stdout


def _end_processes(folder: Path, timeout: float = 30) -> dict[int, str]:
    """Wait for the processes that use a folder to end, kill those that do not, and return their commands by id."""
    deadline = time.monotonic() + timeout
    while (users := _users(folder)) and time.monotonic() < deadline:
        time.sleep(0.2)
    remaining = {process: _command(process) for process in users}
    for process in remaining:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    return remaining


def _command(process: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:200]
    return "gone"


def _users(folder: Path) -> list[int]:
    """Return the processes whose environment names the folder."""
    variable, users = f"RAY_TMPDIR={folder}".encode(), []
    for file in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            state = (file.parent / "stat").read_text().rpartition(")")[2].split()[0]
            if variable in file.read_bytes().split(b"\0") and state != "Z":
                users.append(int(file.parent.name))
    return users
