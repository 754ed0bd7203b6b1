"""Warnings that name the line of user code that called this package."""

from __future__ import annotations

import sys
import warnings
from contextlib import suppress
from pathlib import Path

from .text import escaped

_PACKAGE = Path(__file__).parents[1]


def stacklevel() -> int:
    """Return the ``stacklevel`` at which a warning of the calling function names the line that called this package."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and _PACKAGE in Path(frame.f_code.co_filename).parents:
        frame, level = frame.f_back, level + 1
    return level


def warn(message: str) -> None:
    """Give a RuntimeWarning at the line that called this package."""
    # A warning raises ValueError if the objective has closed standard error.
    with suppress(ValueError):
        warnings.warn(escaped(message), RuntimeWarning, stacklevel=stacklevel())
