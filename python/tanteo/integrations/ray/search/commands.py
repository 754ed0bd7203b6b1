"""The commands of a search as data: they are executed in order, and saved while they wait.

The tag of a command is the name of the method of the ledger that executes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, TypeAlias

from ....exceptions import SnapshotError
from ....space.packing import pack, unpack
from ..metrics import Reported


@dataclass(frozen=True, slots=True)
class Ask:
    """Suggest the next trial; it gets the next ticket."""

    tag: ClassVar[str] = "ask"


@dataclass(frozen=True, slots=True)
class Adopt:
    """Add a trial that was not suggested; it gets the next ticket."""

    params: dict[str, Any]
    tag: ClassVar[str] = "adopt"


@dataclass(frozen=True, slots=True)
class Report:
    """A result of a running trial."""

    ticket: int
    step: float
    values: Reported
    constraints: dict[str, float] = field(default_factory=dict)
    tag: ClassVar[str] = "report"


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a trial; without values, its curve is its result.

    ``reason`` says why it has failed, or why it fails unless it has a curve.
    """

    ticket: int
    failed: bool
    stopped: bool | None
    step: float | None
    values: Reported | None
    constraints: dict[str, float] = field(default_factory=dict)
    reason: str | None = None
    tag: ClassVar[str] = "finish"


@dataclass(frozen=True, slots=True)
class Pause:
    """A trial is paused, or resumed."""

    ticket: int
    paused: bool
    tag: ClassVar[str] = "pause"


Command: TypeAlias = Ask | Adopt | Report | Finish | Pause
_KINDS: dict[str, Any] = {kind.tag: kind for kind in (Ask, Adopt, Report, Finish, Pause)}


def to_data(command: Command) -> list[Any]:
    """Return a command as JSON data."""
    return [command.tag, *(pack(getattr(command, each.name)) for each in fields(command))]


def from_data(data: list[Any]) -> Command:
    """Return the command that :func:`to_data` converted.

    Raises
    ------
    SnapshotError
        If the command is unknown.
    """
    tag, *packed = data
    if tag not in _KINDS:
        raise SnapshotError(f"this state of a TanteoSearch has an unknown command, {tag!r}")
    command: Command = _KINDS[tag](*map(unpack, packed))
    return command
