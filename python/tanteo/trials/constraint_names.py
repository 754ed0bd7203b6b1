"""Warnings about constraints whose name, or whose kind of value, changes in the course of a search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

from .._internal.caller import warn
from .._internal.coercion import is_bool

if TYPE_CHECKING:
    from typing import TypeAlias

    from .outcome import Constraints

    # The names of the constraints that a trial told before its result, and all values of those of ended trials.
    ConstraintsTold: TypeAlias = tuple[set[str], dict[str, list[float]]]


class ConstraintNames:
    """The names of constraints that are known to have been told; warns once of each that is new.

    If a constraint has a new name, all trials lack one of the two, and nobody knows which of them satisfy both. A
    constraint that only joins the others, or is left out, gives no warning.

    What other processes told is read from the recorded trials when this one first tells a constraint. The record has -1
    and 1 in place of True and False. These may be numbers too, so only other recorded values have a kind.

    Attributes
    ----------
    early
        New names that trials told before their results, and that were not compared yet.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        # The names of those told as True or False in this process, and as numbers that the record shows to be such.
        self._labels: set[str] = set()
        self._numbers: set[str] = set()
        self._mixed: set[str] = set()
        self.early: set[str] = set()

    def learn(self, names: Iterable[str]) -> None:
        """Take names for known, so that they give no warning."""
        self._known.update(names)

    def learn_kinds(self, recorded: Mapping[str, Sequence[float]]) -> None:
        """Learn which constraints were told as numbers from all of their recorded values."""
        self._numbers.update(name for name, values in recorded.items() if any(abs(value) != 1 for value in values))

    def note_kinds(self, constraints: Mapping[str, Any] | None) -> None:
        """Warn once of a constraint that was told as True or False and as a number other than -1 and 1."""
        for name, value in (constraints or {}).items():
            is_label = is_bool(value)
            if not is_label and (not isinstance(value, Real) or abs(value) == 1):
                continue
            if name in (self._numbers if is_label else self._labels) - self._mixed:
                warn(
                    f"The constraint {name!r} was told both as True or False and as a number. All of its values then "
                    "count as numbers, True as -1 and False as 1; tell it in one way"
                )
                self._mixed.add(name)
            (self._labels if is_label else self._numbers).add(name)

    def tell_early(self, constraints: Constraints) -> None:
        """Remember constraints that a trial tells before its result; they are compared when it ends."""
        self.early |= _names(constraints) - self._known

    def are_unheard(self, constraints: Constraints) -> bool:
        """Return whether no trial of this process has told one of the constraints, not even early."""
        return not _names(constraints) <= self._known | self.early

    def are_new(self, constraints: Constraints) -> bool:
        """Return whether the constraints of a trial have to be compared with those of earlier trials."""
        return bool(self.early) or not _names(constraints) <= self._known

    def compare(
        self, subject: str, constraints: Constraints, early: set[str], recorded: Mapping[str, Sequence[float]]
    ) -> None:
        """Warn if one constraint of a trial is new, and another one is missing.

        Parameters
        ----------
        subject
            What the trial is called in the warning.
        constraints
            The constraints of its result.
        early
            The names of those that it told before.
        recorded
            The values of the constraints of all trials that have ended.
        """
        told, earlier = _names(constraints) | early, {*recorded}
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
