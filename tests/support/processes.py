"""Runs Python code in a fresh process, and looks at this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

_TESTS = Path(__file__).parents[1]


def python(code: str, *flags: str, timeout: float = 300, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter that can import `support`; if it fails, the error shows its stderr."""
    path = os.pathsep.join([str(_TESTS), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    completed = subprocess.run(
        [sys.executable, *flags, "-"],
        input=code,
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert completed.returncode == 0, f"exit {completed.returncode}\n{completed.stderr}"
    return completed


def resident_bytes() -> int:
    """Return the resident memory of this process. It needs Linux."""
    import resource

    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def open_files(folder: Path) -> list[str]:
    """Return the files below a folder that this process has open, one for each descriptor. It needs Linux.

    Files elsewhere do not count, because other tests leave objects behind that close theirs at any later moment.
    """
    targets = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the descriptor with which this folder was read is closed again
            targets.append(str(descriptor.readlink()))
    return [target for target in targets if target.startswith(f"{folder}{os.sep}")]


def python_json(code: str, *flags: str, **environment: str) -> Any:
    """Run code as :func:`python` does, and return what it prints, parsed as JSON."""
    return json.loads(python(code, *flags, **environment).stdout)
