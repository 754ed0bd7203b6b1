"""Serialization of the user's function and values for a fresh interpreter.

If ``cloudpickle`` is installed, it pickles lambdas, closures and objects defined in ``__main__`` or a notebook *by
value*. Their code keeps the name of its file, which newer versions of cloudpickle drop, so that tracebacks and warnings
name the line of an error as they do without workers. Otherwise the standard ``pickle`` is used for objects that can be
imported by name, which excludes those of ``__main__``, because a worker does not run the user's script again.
"""

from __future__ import annotations

import pickle
import traceback
from collections import ChainMap
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from types import CodeType
from typing import Any, ClassVar, NamedTuple

from tanteo.exceptions import ArgumentError
from tanteo.run.evaluation import describe_error
from tanteo.run.origin import since_the_objective
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
        from cloudpickle import Pickler

        by_value = _naming_files(Pickler)
    except Exception:  # not installed, or broken
        return _dumps_by_name(value, label)
    data = BytesIO()
    try:
        by_value(data).dump(value)
    except Exception as error:
        raise ArgumentError(f"{label} cannot be sent to a worker process: {error}") from error
    return data.getvalue()


@cache
def _naming_files(pickler: Any) -> type[pickle.Pickler]:
    """Return the pickler of cloudpickle, changed so that code keeps the name of its file."""
    reduced = pickler.dispatch_table[CodeType]

    def with_file(code: CodeType) -> tuple[Any, ...]:
        return _with_file, (*reduced(code), code.co_filename)

    class NamingFiles(pickler):  # type: ignore[misc] # known at run time only
        dispatch_table: ClassVar[Mapping[type, Any]] = ChainMap({CodeType: with_file}, pickler.dispatch_table)

    return NamingFiles


def _with_file(build: Callable[..., CodeType], arguments: tuple[Any, ...], file: str) -> CodeType:
    """Restore code that was pickled by value, with the name of its file."""
    return build(*arguments).replace(co_filename=file)


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


class Carried(NamedTuple):
    """An exception on its way to another process.

    Attributes
    ----------
    error : bytes or None
        The exception; None if it cannot be pickled and restored.
    summary : str
        Its type and its message, on one line.
    text : str
        Its traceback.
    """

    error: bytes | None
    summary: str
    text: str


def carried(error: BaseException) -> Carried:
    """Return an exception in a form that can be sent."""
    return Carried(_dump_error(error), describe_error(error), _traceback_text(error))


def _dump_error(error: BaseException) -> bytes | None:
    """Return an exception as bytes, or None if it cannot be pickled and restored."""
    try:
        data = dumps(error, "the exception")
        survives = isinstance(loads(data), BaseException)
    except Exception:
        return None
    return data if survives and len(data) <= MAX_PAYLOAD // 2 else None


def _traceback_text(error: BaseException) -> str:
    """Return the traceback of an exception, from the caller's own code on if it is involved; the end of a long one."""
    start = since_the_objective(error) or error.__traceback__
    return "".join(traceback.format_exception(type(error), error, start))[-_TEXT_LENGTH:]


def rebuilt(sent: Carried, process: str) -> BaseException:
    """Restore an exception, with its traceback in the other process as a note.

    Parameters
    ----------
    sent : Carried
        What :func:`carried` returned there.
    process : str
        The name of the other process for the note, such as ``"the worker process"``.
    """
    if sent.error is None:
        why = f"(raised in {process}; pickle cannot restore an exception of this type, which this error replaces)"
        return WorkerError(f"{sent.summary}\n{why}\n{sent.text}")
    exception: BaseException = loads(sent.error)
    exception.add_note(f"In {process}:\n{sent.text}")
    return exception
