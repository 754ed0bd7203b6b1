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
work, arguments = pickle.loads(sys.stdin.buffer.read())
answer = work(*arguments)
sys.stdout.buffer.write({mark!r} + pickle.dumps(answer))
"""
_MARK = b"--answer of tanteo.testing--"


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
        If the arguments cannot be pickled.
    Failure
        If the process ends with an error.
    """
    code = _CODE.format(path=sys.path, mark=_MARK)
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=pickled((work, arguments), "the factory"),
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        if "AttributeError: Can't get attribute" in lines[-1] or "ModuleNotFoundError" in lines[-1]:
            raise Skipped(f"the factory cannot be found by another process: {lines[-1]}")
        raise Failure(f"in another process: exit {done.returncode}, {lines[-1]}")
    return pickle.loads(done.stdout.partition(_MARK)[2])  # noqa: S301 - from the process started above
