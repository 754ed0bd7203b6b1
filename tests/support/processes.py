"""Python in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

_TESTS = Path(__file__).parents[1]


def python(code: str, *flags: str, timeout: float = 300, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter that can import `support`; a failure shows its stderr."""
    path = os.pathsep.join([str(_TESTS), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    done = subprocess.run(
        [sys.executable, *flags, "-"],
        input=code,
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stderr}"
    return done


def python_json(code: str, *flags: str, **environment: str) -> Any:
    """What the code prints, read as JSON."""
    return json.loads(python(code, *flags, **environment).stdout)
