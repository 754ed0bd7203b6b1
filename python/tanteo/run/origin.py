"""The origin of an exception of the objective."""

from __future__ import annotations

import sysconfig
import traceback
from itertools import dropwhile
from pathlib import Path
from types import FrameType, ModuleType, TracebackType

from tanteo._internal.caller import is_ours
from tanteo._internal.keywords import RESEMBLING, similar
from tanteo.exceptions import ArgumentError
from tanteo.run.signals import Cancelled, Paused, Pruned, StopSearch

# The maximum length of the traceback that a failed trial keeps: enough for about twenty frames.
TRACEBACK_LENGTH = 4000
_CUT = "\n... (cut) ...\n"
# Exceptions that more often come from a mistake in the code than from a configuration.
_MISTAKES = (TypeError, NameError, AttributeError, LookupError, ImportError, SyntaxError, ArgumentError)
# What an objective raises on purpose, here and with Optuna, in small letters.
_RAISED = [signal.__name__.lower() for signal in (Cancelled, Paused, Pruned, StopSearch)] + ["trialpruned"]
_PACKAGE = Path(__file__).parents[1]
_STANDARD = Path(sysconfig.get_path("stdlib"))


def traceback_of(error: BaseException) -> str | None:
    """Return the traceback from the objective on, shortened to :data:`TRACEBACK_LENGTH` characters.

    The middle of a longer traceback is cut out: the beginning shows the place in the objective, the end what happened.
    None if the exception was not raised by the objective.
    """
    start = since_the_objective(error)
    if start is None:
        return None
    try:
        text = "".join(traceback.format_exception(type(error), error, start))
    except Exception:  # the exception is the user's class, and there may be little memory left
        return None
    # Lone surrogates, which file names may hold, cannot be stored.
    return _shortened(text.encode("utf-8", "backslashreplace").decode())


def since_the_objective(error: BaseException) -> TracebackType | None:
    """Return the traceback of an exception without the frames of this package that called the objective."""
    start = error.__traceback__
    while start is not None and is_ours(start.tb_frame):
        start = start.tb_next
    return start


def mistake_of(error: BaseException, *, misnamed: bool) -> str | None:
    """Return file, line and function if an exception looks like a mistake in the caller's own code, else None.

    A mistake is an exception such as TypeError, NameError or KeyError that was raised outside installed packages.
    Installed packages may raise these for a configuration that they do not support. A wrong argument of a call of this
    package, such as a report of the wrong shape, is a mistake at the line of the call, and so is a name that this
    package does not have: ``misnamed`` is what :func:`is_misnamed` says.
    """
    if not isinstance(error, _MISTAKES):
        return None
    frames = list(dropwhile(lambda entry: is_ours(entry[0]), traceback.walk_tb(error.__traceback__)))
    is_of_a_call = isinstance(error, ArgumentError) or misnamed
    while is_of_a_call and frames and is_ours(frames[-1][0]):
        frames.pop()
    if not frames or _is_installed(frames[-1][0]):
        return None
    frame, line = frames[-1]
    return f"{frame.f_code.co_filename}, line {line}, in {frame.f_code.co_name}"


def is_misnamed(error: BaseException) -> bool:
    """Return whether an exception says that a name of this package is unknown, such as ``tt.Canceled``.

    It is a mistake in the code and says nothing about the configuration. A NameError counts if the name resembles one
    that an objective raises.
    """
    if isinstance(error, NameError):
        return similar(_text(error.name), _RAISED, RESEMBLING) is not None
    return _text(_place(error)).partition(".")[0] == _PACKAGE.name


def _place(error: BaseException) -> object:
    """Return the module that lacks a name, or whose class or instance lacks it."""
    if isinstance(error, ImportError):
        return error.name
    owner = error.obj if isinstance(error, AttributeError) else None
    if isinstance(owner, ModuleType):
        return owner.__name__
    return getattr(owner if isinstance(owner, type) else type(owner), "__module__", None)


def _text(name: object) -> str:
    """Return a name, or nothing for what is no text: user code can set the attributes of errors and classes."""
    return name if isinstance(name, str) else ""


def _is_installed(frame: FrameType) -> bool:
    path = Path(frame.f_code.co_filename)
    is_library = _STANDARD in path.parents or not {"site-packages", "dist-packages"}.isdisjoint(path.parts)
    return is_library or is_ours(frame) or path.name.startswith("<frozen")


def _shortened(text: str) -> str:
    if len(text) <= TRACEBACK_LENGTH:
        return text
    head = TRACEBACK_LENGTH // 4
    return text[:head] + _CUT + text[len(text) - (TRACEBACK_LENGTH - head - len(_CUT)) :]
