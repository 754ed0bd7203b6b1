"""What a run of checks found: for reading, and as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

Status: TypeAlias = Literal["passed", "failed", "error", "timeout", "skipped"]
_MARKS: dict[Status, str] = {"passed": "ok", "failed": "FAILED", "error": "ERROR", "timeout": "TIMEOUT", "skipped": "-"}


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How one check ended.

    Attributes
    ----------
    name, group
        Those of the check.
    status
        ``"passed"``; ``"failed"``: the promise is not kept; ``"error"``: the check could not be run, or the process
        died; ``"timeout"``; ``"skipped"``: the check does not apply.
    reason
        Why, in one line.
    program
        The smallest program found that shows a failure, one step a line; ``import math, tanteo as tt`` and the factory
        come before it.
    expected
        Why the check was expected to fail, None if it was not.
    """

    name: str
    group: str
    status: Status
    reason: str = ""
    program: tuple[str, ...] = ()
    expected: str | None = None

    @property
    def is_bad(self) -> bool:
        """Whether it failed in any way."""
        return self.status in ("failed", "error", "timeout")

    @property
    def is_unexpected(self) -> bool:
        """Whether it failed and was not expected to."""
        return self.is_bad and self.expected is None


@dataclasses.dataclass(frozen=True)
class Report:
    """How every check ended.

    Attributes
    ----------
    outcomes
        One for each check, in their order.
    """

    outcomes: Sequence[Outcome]

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self.outcomes)

    def __len__(self) -> int:
        return len(self.outcomes)

    @property
    def unexpected(self) -> list[Outcome]:
        """The checks that failed and were not expected to."""
        return [one for one in self.outcomes if one.is_unexpected]

    def to_json(self) -> str:
        """Return a list of objects with ``name``, ``group``, ``status``, ``reason``, ``program`` and ``expected``."""
        return json.dumps([dataclasses.asdict(one) for one in self.outcomes], indent=2, ensure_ascii=False)

    def __str__(self) -> str:
        lines, group = [], ""
        for one in self.outcomes:
            if one.group != group:
                group = one.group
                lines.append(group)
            lines.append(f"  {_MARKS[one.status]:8}{one.name}{_remark(one)}")
            if one.is_unexpected:
                lines += [f"{' ' * 14}{step}" for step in one.program]
        return "\n".join([*lines, self.summary()])

    def summary(self) -> str:
        """Return one line with the number of checks of each status."""
        counts = Counter(one.status for one in self.outcomes)
        expected = sum(one.is_bad and not one.is_unexpected for one in self.outcomes)
        text = ", ".join(f"{counts[status]} {status}" for status in _MARKS if counts[status])
        return f"{text}; {expected} of the failures were expected" if expected else text


def _remark(one: Outcome) -> str:
    if one.is_bad and one.expected is not None:
        return f": expected ({one.expected}): {one.reason}"
    if one.status == "passed" and one.expected is not None:
        return ": passed, although it was expected to fail"
    return f": {one.reason}" if one.reason else ""
