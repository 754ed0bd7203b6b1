"""Python in a process of its own, for what must survive one."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from typing import Any

from .failure import Failure, Skipped

_CODE = """
import pickle, sys
sys.path[:] = {path!r}
try:
    work, arguments = pickle.loads(sys.stdin.buffer.read())
except Exception as error:
    sys.exit({lost!r} + f"{{type(error).__name__}}: {{error}}")
answer = work(*arguments)
sys.stdout.buffer.write({mark!r} + pickle.dumps(answer))
"""
_MARK = b"--answer of tanteo.testing--"
#: What the error begins with where the arguments cannot be read, as a factory in `__main__`.
_LOST = "--lost by tanteo.testing--"
#: The same where a saved sampler is read later.
_UNKNOWN = ("AttributeError: Can't get attribute", "ModuleNotFoundError")


def pickled(value: Any, what: str) -> bytes:
    """Return the pickle of what goes to another process.

    Raises
    ------
    Skipped
        If it cannot be pickled, as a function defined inside another one.
    """
    try:
        return pickle.dumps(value)
    except Exception as error:  # user code may say so in any way
        raise Skipped(f"{what} cannot be sent to another process: {error}") from None


def elsewhere(work: Any, *arguments: Any, hash_seed: int = 0) -> Any:
    """Call a function in a fresh interpreter with another hash seed and return what it returns.

    Raises
    ------
    Skipped
        If the arguments cannot be pickled, or unpickled there.
    Failure
        If the process ends with an error.
    """
    code = _CODE.format(path=sys.path, mark=_MARK, lost=_LOST)
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=pickled((work, arguments), "the factory"),
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        if lost := [line.removeprefix(_LOST) for line in lines if line.startswith((_LOST, *_UNKNOWN))]:
            raise Skipped(f"the factory cannot be found by another process: {lost[0]}")
        raise Failure(f"in another process: exit {done.returncode}, {lines[-1]}")
    return pickle.loads(done.stdout.partition(_MARK)[2])  # noqa: S301 - from the process started above
