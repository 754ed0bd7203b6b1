"""The states of a trial."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

#: A paused trial was stopped and may go on. The core records a pause beside the state, and learns as from a pruned one.
State: TypeAlias = Literal["pending", "complete", "pruned", "failed", "paused"]
#: The states that ``tell`` takes.
Told: TypeAlias = Literal["complete", "failed", "pruned", "paused"]

STATES: tuple[State, ...] = get_args(State)
TOLD: tuple[Told, ...] = get_args(Told)
#: The states of a trial that was stopped early.
STOPPED: tuple[State, ...] = ("pruned", "paused")


def state_of(recorded: Any, *, paused: bool) -> Any:
    """Return the state of a trial for that in the core."""
    return "paused" if paused else recorded
