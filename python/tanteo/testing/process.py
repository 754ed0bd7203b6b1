"""Call a function in a fresh Python process."""

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
    sys.exit({unreadable!r} + f"{{type(error).__name__}}: {{error}}")
answer = work(*arguments)
sys.stdout.buffer.write({mark!r} + pickle.dumps(answer))
"""
_MARK = b"--answer of tanteo.testing--"
#: Prefix of the error when the arguments cannot be unpickled, such as a factory defined in `__main__`.
_UNREADABLE = "--lost by tanteo.testing--"
#: Prefixes of the same error when a saved sampler is unpickled later.
_MISSING_DEFINITION = ("AttributeError: Can't get attribute", "ModuleNotFoundError")


def pickle_for_transfer(value: Any, description: str) -> bytes:
    """Pickle a value that goes to another process.

    Raises
    ------
    Skipped
        If it cannot be pickled, such as a function defined inside another function.
    """
    try:
        return pickle.dumps(value)
    except Exception as error:  # user code can raise anything
        raise Skipped(f"{description} cannot be sent to another process: {error}") from None


def run_in_fresh_process(function: Any, *arguments: Any, hash_seed: int = 0) -> Any:
    """Call a function in a fresh interpreter with another hash seed and return its result.

    Raises
    ------
    Skipped
        If the arguments cannot be pickled here or unpickled there.
    Failure
        If the process exits with an error.
    """
    code = _CODE.format(path=sys.path, mark=_MARK, unreadable=_UNREADABLE)
    completed = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle_for_transfer((function, arguments), "the factory"),
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        check=False,
    )
    if completed.returncode:
        lines = completed.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        unreadable = [line for line in lines if line.startswith((_UNREADABLE, *_MISSING_DEFINITION))]
        if unreadable:
            cause = unreadable[0].removeprefix(_UNREADABLE)
            raise Skipped(f"another process cannot import the factory: {cause}")
        raise Failure(f"in another process: exit {completed.returncode}, {lines[-1]}")
    return pickle.loads(completed.stdout.partition(_MARK)[2])  # noqa: S301 - from the process started above
