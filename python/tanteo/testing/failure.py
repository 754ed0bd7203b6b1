"""How a check ends when it does not pass."""

from __future__ import annotations

import unittest
from collections.abc import Sequence


class Failure(AssertionError):  # noqa: N818 - what a check finds, which is no error of the check
    """A sampler does not keep what a check promises.

    Attributes
    ----------
    program : list of str
        The calls that show it, as Python that can be pasted; known once a check has ended.
    """

    def __init__(self, reason: str, program: Sequence[str] = ()) -> None:
        self.reason, self.program = reason, list(program)
        steps = "".join(f"\n    {step}" for step in self.program)
        super().__init__(f"{reason}\nprogram:{steps}" if steps else reason)


class Skipped(unittest.SkipTest):
    """A check does not apply to a sampler; pytest and unittest count it as skipped."""


class Unsupported(Skipped):
    """A factory cannot search this space: raise it there, and what needs such spaces is skipped and counted."""


class Exhausted(Exception):  # noqa: N818 - the end of a finite space is no fault
    """A sampler says that its space has nothing new left."""
