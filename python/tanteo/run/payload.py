"""Carrying the user's function and values into a fresh interpreter.

``cloudpickle``, when it is installed, carries everything that has source in ``__main__``, a notebook, a lambda or a
closure *by value*. Without it the standard ``pickle`` carries what can be imported by name, and that does not include
``__main__``: a worker does not run the user's script again.
"""

from __future__ import annotations

import pickle
import traceback
from typing import Any

from tanteo.exceptions import ArgumentError
from tanteo.run.signals import WorkerError
from tanteo.run.wire import MAX_PAYLOAD

# Characters of a traceback that cross to the other process: its end says what happened.
_TEXT_LENGTH = 100_000

_HINT = (
    "install cloudpickle (pip install 'tanteo[parallel]'), which carries lambdas, closures and functions of scripts "
    "and notebooks, or move it to a module that can be imported"
)


def dumps(value: object, label: str) -> bytes:
    """Bytes from which a worker rebuilds ``value``.

    Parameters
    ----------
    value : object
        What to carry.
    label : str
        Its name in the error, for example ``"the objective"``.

    Raises
    ------
    ArgumentError
        If it cannot be carried; the message says what would help.
    """
    try:
        from cloudpickle import dumps as by_value
    except Exception:  # not installed, or broken
        return _dumps_by_name(value, label)
    try:
        data: bytes = by_value(value)
    except Exception as error:
        raise ArgumentError(f"{label} cannot be sent to a worker process: {error}") from error
    return data


def _dumps_by_name(value: object, label: str) -> bytes:
    try:
        data = pickle.dumps(value)
    except Exception as error:
        raise ArgumentError(f"{label} cannot be sent to a worker process ({error}); {_HINT}") from error
    # pickle names the module of whatever it stores by reference, and a worker has another __main__.
    if b"__main__" in data:
        raise ArgumentError(f"{label} is defined in __main__ and cannot be sent to a worker process; {_HINT}")
    return data


def loads(data: bytes) -> Any:
    """The value behind :func:`dumps`. Only ever given bytes of this process's own parent or worker."""
    return pickle.loads(data)  # noqa: S301 - the two ends of a pipe between our own processes


def dump_error(error: BaseException) -> bytes | None:
    """An exception as bytes, or None if it cannot be carried or would not survive the journey."""
    try:
        data = dumps(error, "the exception")
        survives = isinstance(loads(data), BaseException)
    except Exception:
        return None
    return data if survives and len(data) <= MAX_PAYLOAD // 2 else None


def rebuilt(error: bytes | None, text: str, process: str) -> BaseException:
    """The exception behind :func:`dump_error`, with the traceback it had in the other process as a note.

    Parameters
    ----------
    error : bytes or None
        What :func:`dump_error` made of it.
    text : str
        Its traceback.
    process : str
        What the other process is, for the note: ``"the worker process"``.
    """
    if error is None:
        return WorkerError(f"an exception in {process} could not be carried over:\n{text}")
    exception: BaseException = loads(error)
    exception.add_note(f"In {process}:\n{text}")
    return exception


def error_text(error: BaseException) -> str:
    """Its traceback, the end of it where it is long."""
    return "".join(traceback.format_exception(error))[-_TEXT_LENGTH:]
