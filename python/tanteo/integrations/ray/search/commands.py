"""What happens to a search, as data: commands are carried out in their order, and saved while they wait."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any, ClassVar, TypeAlias

from ....space.packing import pack, unpack
from ..metrics import Values


@dataclass(frozen=True, slots=True)
class Ask:
    """Choose the next trial; it gets the next ticket."""

    word: ClassVar[str] = "ask"


@dataclass(frozen=True, slots=True)
class Adopt:
    """Take in a trial that was not asked for; it gets the next ticket."""

    params: dict[str, Any]
    word: ClassVar[str] = "adopt"


@dataclass(frozen=True, slots=True)
class Report:
    """A result of a trial that goes on."""

    ticket: int
    step: float
    values: Values
    word: ClassVar[str] = "report"


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a trial; without values its curve speaks for it."""

    ticket: int
    failed: bool
    stopped: bool | None
    step: float | None
    values: Values | None
    word: ClassVar[str] = "finish"


@dataclass(frozen=True, slots=True)
class Pause:
    """A trial is stopped for now, or goes on."""

    ticket: int
    paused: bool
    word: ClassVar[str] = "pause"


Command: TypeAlias = Ask | Adopt | Report | Finish | Pause
_KINDS: dict[str, Any] = {kind.word: kind for kind in (Ask, Report, Finish, Pause)}


def packed_params(params: dict[str, Any]) -> Any:
    """Return a configuration in terms of JSON: choices of a space in Tanteo's own terms may be tuples or dicts."""
    return pack(params)


def to_data(command: Command) -> list[Any]:
    """Return a command in terms of JSON."""
    if isinstance(command, Adopt):
        return [command.word, packed_params(command.params)]
    return [command.word, *astuple(command)]


def from_data(data: list[Any]) -> Command:
    """Undo :func:`to_data`."""
    word, *fields = data
    if word == Adopt.word:
        return Adopt(unpack(fields[0]))
    command: Command = _KINDS[word](*(tuple(field) if isinstance(field, list) else field for field in fields))
    return command
