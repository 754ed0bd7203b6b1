"""The states of a trial."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal, TypeAlias, get_args

#: A paused trial was stopped and may go on. The core records a pause beside the state, and learns as from a pruned one.
State: TypeAlias = Literal["pending", "complete", "pruned", "failed", "paused"]
#: The states that ``tell`` takes.
Told: TypeAlias = Literal["complete", "failed", "pruned", "paused"]

STATES: tuple[State, ...] = get_args(State)
TOLD: tuple[Told, ...] = get_args(Told)
#: The states of a trial that was stopped early.
STOPPED: tuple[State, ...] = ("pruned", "paused")
#: The states by their numbers in a view; an excluded trial also has the state in which it ended.
VIEW_STATES = ("pending", "complete", "pruned", "failed", "excluded")


def state_of(recorded: Any, *, paused: bool) -> Any:
    """Return the state of a trial for that in the core."""
    return "paused" if paused else recorded


def counts(states: Iterable[str], excluded: Iterable[bool]) -> dict[str, int]:
    """Return how many trials there are of each state, in alphabetical order; excluded failures are ``"cancelled"``.

    Such a failure says nothing about its configuration, so no count of failures includes it.

    >>> counts(["failed", "complete", "failed"], [True, False, False])
    {'cancelled': 1, 'complete': 1, 'failed': 1}
    """
    pairs = zip(states, excluded, strict=True)
    return dict(
        sorted(Counter("cancelled" if is_out and state == "failed" else state for state, is_out in pairs).items())
    )


def counts_text(counted: dict[str, int]) -> str:
    """Return the counts of :func:`counts` as text."""
    return ", ".join(f"{count} {state}" for state, count in counted.items()) or "none"
