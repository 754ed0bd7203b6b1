"""Runs Python code in a fresh process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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


def python_json(code: str, *flags: str, **environment: str) -> Any:
    """Run code as :func:`python` does, and return what it prints, parsed as JSON."""
    return json.loads(python(code, *flags, **environment).stdout)
