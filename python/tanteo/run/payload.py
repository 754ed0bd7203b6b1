"""Serialization of the user's function and values for a fresh interpreter.

If ``cloudpickle`` is installed, it pickles lambdas, closures and objects defined in ``__main__`` or a notebook *by
value*. Otherwise the standard ``pickle`` is used for objects that can be imported by name, which excludes those of
``__main__``, because a worker does not run the user's script again.
"""

from __future__ import annotations

import pickle
import traceback
from typing import Any

from tanteo.exceptions import ArgumentError
from tanteo.run.signals import WorkerError
from tanteo.run.wire import MAX_PAYLOAD

# The number of characters at the end of a traceback that are sent to the other process.
_TEXT_LENGTH = 100_000

_HINT = (
    "install cloudpickle (pip install 'tanteo[parallel]'), which carries lambdas, closures and functions of scripts "
    "and notebooks, or move it to a module that can be imported"
)


def dumps(value: object, label: str) -> bytes:
    """Return bytes from which a worker restores ``value``.

    Parameters
    ----------
    value : object
        The value to send.
    label : str
        Its name in error messages, for example ``"the objective"``.

    Raises
    ------
    ArgumentError
        If it cannot be pickled; the message suggests a remedy.
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
    # pickle stores the module of objects pickled by reference, and a worker has another __main__.
    if b"__main__" in data:
        raise ArgumentError(f"{label} is defined in __main__ and cannot be sent to a worker process; {_HINT}")
    return data


def dumps_for_same_script(value: object) -> bytes:
    """Return bytes for a process that runs the same script, where classes of ``__main__`` are found by name."""
    return pickle.dumps(value)


def loads(data: bytes) -> Any:
    """Undo :func:`dumps` and :func:`dumps_for_same_script`; only for bytes from this process's own parent or worker."""
    return pickle.loads(data)  # noqa: S301 - the two ends of a pipe between our own processes


def dump_error(error: BaseException) -> bytes | None:
    """Return an exception as bytes, or None if it cannot be pickled and restored."""
    try:
        data = dumps(error, "the exception")
        survives = isinstance(loads(data), BaseException)
    except Exception:
        return None
    return data if survives and len(data) <= MAX_PAYLOAD // 2 else None


def rebuilt(error: bytes | None, text: str, process: str) -> BaseException:
    """Restore an exception from :func:`dump_error`, with its traceback in the other process as a note.

    Parameters
    ----------
    error : bytes or None
        The result of :func:`dump_error`.
    text : str
        The traceback.
    process : str
        The name of the other process for the note, such as ``"the worker process"``.
    """
    if error is None:
        return WorkerError(f"an exception in {process} could not be carried over:\n{text}")
    exception: BaseException = loads(error)
    exception.add_note(f"In {process}:\n{text}")
    return exception


def error_text(error: BaseException) -> str:
    """Return the traceback of an exception, or the end of a long one."""
    return "".join(traceback.format_exception(error))[-_TEXT_LENGTH:]
