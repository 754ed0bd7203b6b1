"""The report of a run of checks, as text and as JSON."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from .._internal.text import to_json

Status: TypeAlias = Literal["passed", "failed", "error", "timeout", "skipped"]
_MARKS: dict[Status, str] = {"passed": "ok", "failed": "FAILED", "error": "ERROR", "timeout": "TIMEOUT", "skipped": "-"}
_UNEXPECTEDLY_PASSED = "XPASS"
_STATUSES = ("passed", "unexpectedly passed", "failed", "error", "timeout", "skipped")


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The outcome of one check. ``str(outcome)`` is its line in the report, with the program of an unexpected failure.

    Attributes
    ----------
    name, group
        Name and group of the check.
    status
        ``"passed"``; ``"failed"``: the promise is broken; ``"error"``: the check could not run, or the process died;
        ``"timeout"``; ``"skipped"``: the check does not apply.
    reason
        The reason for the status, in one line.
    program
        The smallest failing program, one step per line; if the check did not end, or its process died, the program that
        was running. docs/how_to/testing_failure.md lists the imports that it needs.
    expected
        Why the check was expected to fail; None if it was not.
    """

    name: str
    group: str
    status: Status
    reason: str = ""
    program: tuple[str, ...] = ()
    expected: str | None = None

    def __str__(self) -> str:
        mark = _UNEXPECTEDLY_PASSED if self.passed_unexpectedly else _MARKS[self.status]
        steps = self.program if self.is_unexpected else ()
        return "\n".join([f"  {mark:8}{self.name}{_remark(self)}", *(f"{' ' * 14}{step}" for step in steps)])

    @property
    def is_bad(self) -> bool:
        """Whether the check failed in any way."""
        return self.status in ("failed", "error", "timeout")

    @property
    def passed_unexpectedly(self) -> bool:
        """Whether the check passed although it was expected to fail."""
        return self.status == "passed" and self.expected is not None

    @property
    def is_unexpected(self) -> bool:
        """Whether the check failed unexpectedly."""
        return self.is_bad and self.expected is None


@dataclasses.dataclass(frozen=True)
class Report:
    """The outcomes of all checks.

    Attributes
    ----------
    outcomes
        One outcome per check, in the order they ran.
    """

    outcomes: Sequence[Outcome]

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self.outcomes)

    def __len__(self) -> int:
        return len(self.outcomes)

    @property
    def unexpected(self) -> list[Outcome]:
        """The checks that failed unexpectedly."""
        return [outcome for outcome in self.outcomes if outcome.is_unexpected]

    def to_json(self) -> str:
        """Return a JSON list of objects with the attributes of :class:`Outcome`."""
        return to_json([dataclasses.asdict(outcome) for outcome in self.outcomes], indent=2)

    def __str__(self) -> str:
        lines, group = [], ""
        for outcome in self.outcomes:
            if outcome.group != group:
                group = outcome.group
                lines.append(group)
            lines.append(str(outcome))
        return "\n".join([*lines, self.summary()])

    def summary(self) -> str:
        """Return one line with the number of checks by status; ``str(report)`` has the reasons of each check."""
        counts = Counter("unexpectedly passed" if o.passed_unexpectedly else o.status for o in self.outcomes)
        expected = sum(outcome.is_bad and not outcome.is_unexpected for outcome in self.outcomes)
        text = ", ".join(f"{counts[status]} {status}" for status in _STATUSES if counts[status])
        verb = "was" if expected == 1 else "were"
        return f"{text}; {expected} of the failures {verb} expected" if expected else text


def _remark(outcome: Outcome) -> str:
    if outcome.is_bad and outcome.expected is not None:
        return f": expected ({outcome.expected}): {outcome.reason}"
    if outcome.passed_unexpectedly:
        return f": passed, although it was expected to fail ({outcome.expected})"
    return f": {outcome.reason}" if outcome.reason else ""
