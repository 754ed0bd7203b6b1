"""Exceptions that end a check."""

from __future__ import annotations

import unittest
from collections.abc import Sequence
from typing import Any


class Failure(AssertionError):  # noqa: N818 - a finding of a check, not an error in it
    """A sampler breaks the promise of a check.

    Attributes
    ----------
    program : list of str
        The calls that reproduce the failure, as Python source. Set when the check ends.
    """

    def __init__(self, reason: str, program: Sequence[str] = ()) -> None:
        self.reason, self.program = reason, list(program)
        steps = "".join(f"\n    {step}" for step in self.program)
        super().__init__(f"{reason}\nprogram:{steps}" if steps else reason)


def is_traceback_hidden(excinfo: Any) -> bool:
    """Whether pytest hides the frames of a module that assigns this function to ``__tracebackhide__``.

    It hides them for a :class:`Failure`, whose message has all there is to know. In an error they show where it arose.
    """
    return isinstance(getattr(excinfo, "value", None), Failure)


class Skipped(unittest.SkipTest):
    """A check does not apply to a sampler; pytest and unittest report it as skipped."""


class Unsupported(Skipped):
    """A factory raises this for a space it does not support; checks that need such a space are reported as skipped."""


class Exhausted(Exception):  # noqa: N818 - reaching the end of a finite space is not an error
    """A sampler has no new configuration left."""
