"""Warnings about constraints whose name changes in the course of a search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .._internal.caller import warn

if TYPE_CHECKING:
    from .outcome import Constraints


class ConstraintNames:
    """The names of constraints that are known to have been told; warns once of each that is new.

    If a constraint has a new name, all trials lack one of the two, and nobody knows which of them satisfy both. A
    constraint that only joins the others, or is left out, gives no warning.

    Attributes
    ----------
    early
        New names that trials told before their results, and that were not compared yet.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        self.early: set[str] = set()

    def learn(self, names: Iterable[str]) -> None:
        """Take names for known, so that they give no warning."""
        self._known.update(names)

    def tell_early(self, constraints: Constraints) -> None:
        """Remember constraints that a trial tells before its result; they are compared when it ends."""
        self.early |= _names(constraints) - self._known

    def are_new(self, constraints: Constraints) -> bool:
        """Return whether the constraints of a trial have to be compared with those of earlier trials."""
        return bool(self.early) or not _names(constraints) <= self._known

    def compare(self, subject: str, constraints: Constraints, early: set[str], earlier: set[str]) -> None:
        """Warn if one constraint of a trial is new, and another one is missing.

        Parameters
        ----------
        subject
            What the trial is called in the warning.
        constraints
            The constraints of its result.
        early
            The names of those that it told before.
        earlier
            The names of the constraints of all trials that have ended.
        """
        told = _names(constraints) | early
        new, missing = told - earlier, earlier - told
        if new and missing:
            warn(
                f"{subject} tells {_listed(new)}, which no earlier trial tells, and lacks {_listed(missing)}. If the "
                "same limit is meant, use one name for it: a trial that lacks one of them is no result once another "
                "trial satisfies both"
            )
        # Only now: a filter may turn the warning into an error, and the result is then not told.
        self._known |= told | earlier
        self.early -= told


def _names(constraints: Constraints) -> set[str]:
    return {name for name, _ in constraints}


def _listed(names: Iterable[str]) -> str:
    ordered = sorted(names)
    return f"the constraint{'s' if len(ordered) > 1 else ''} {', '.join(map(repr, ordered))}"
