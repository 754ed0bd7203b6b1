"""Warnings that name the line of user code that called this package."""

from __future__ import annotations

import sys
import warnings
from contextlib import suppress
from pathlib import Path
from types import FrameType

from .text import escaped

_PACKAGE = Path(__file__).parents[1]


def is_ours(frame: FrameType) -> bool:
    """Return whether a frame runs code of this package; the constructors of its dataclasses are in no file."""
    file = frame.f_code.co_filename
    if file == "<string>":
        return str(frame.f_globals.get("__name__")).partition(".")[0] == _PACKAGE.name
    return _PACKAGE in Path(file).parents


def stacklevel() -> int:
    """Return the ``stacklevel`` at which a warning of the calling function names the line that called this package."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and is_ours(frame):
        frame, level = frame.f_back, level + 1
    return level


def warn(message: str) -> None:
    """Give a RuntimeWarning at the line that called this package."""
    # A warning raises ValueError if the objective has closed standard error.
    with suppress(ValueError):
        warnings.warn(escaped(message), RuntimeWarning, stacklevel=stacklevel())
