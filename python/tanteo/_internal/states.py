"""The states of a trial."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

#: A paused trial was stopped and may go on. The core records a pause beside the state, and learns as from a pruned one.
State: TypeAlias = Literal["pending", "complete", "pruned", "failed", "paused"]
#: The states that ``tell`` takes.
Told: TypeAlias = Literal["complete", "failed", "pruned", "paused"]

STATES: tuple[State, ...] = get_args(State)
TOLD: tuple[Told, ...] = get_args(Told)
#: What an excluded failure is called, which is no state: ``tell`` does not take it.
CANCELLED = "cancelled"
#: The state of a trial without a result.
PENDING = "pending"
#: How many trials of all have a property; see :func:`counts_text`.
NO_NOTES: Mapping[str, int] = {}
#: The states of a trial that was stopped early.
STOPPED: tuple[State, ...] = ("pruned", "paused")
#: The states by their numbers in a view; an excluded trial also has the state in which it ended.
VIEW_STATES = ("pending", "complete", "pruned", "failed", "excluded")


def state_of(recorded: Any, *, paused: bool) -> Any:
    """Return the state of a trial for that in the core."""
    return "paused" if paused else recorded


def means_cancelled(state: Any) -> bool:
    """Return whether what was given as a state is :data:`CANCELLED`."""
    return isinstance(state, str) and state == CANCELLED


def are_excluded(view_states: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return which trials of a view are excluded."""
    mask: npt.NDArray[np.bool_] = view_states == VIEW_STATES.index("excluded")
    return mask


def called(state: str, *, excluded: bool) -> str:
    """Return the state of a trial in lists and counts; an excluded failure is called :data:`CANCELLED`."""
    return CANCELLED if excluded and state == "failed" else state


def all_called(states: Iterable[str], excluded: Iterable[bool]) -> list[str]:
    """Return what :func:`called` returns for each trial."""
    return [called(state, excluded=is_out) for state, is_out in zip(states, excluded, strict=True)]


def counts(states: Iterable[str], excluded: Iterable[bool]) -> dict[str, int]:
    """Return how many trials there are of each state, in alphabetical order; excluded failures are :data:`CANCELLED`.

    Such a failure says nothing about its configuration, so no count of failures includes it.

    >>> counts(["failed", "complete", "failed"], [True, False, False])
    {'cancelled': 1, 'complete': 1, 'failed': 1}
    """
    return dict(sorted(Counter(all_called(states, excluded)).items()))


def counts_text(states: Iterable[str], excluded: Iterable[bool], notes: Mapping[str, int] = NO_NOTES) -> str:
    """Return the counts of :func:`counts` as text, with how many are excluded beside the cancelled ones, and ``notes``.

    >>> counts_text(["complete", "failed", "complete", "failed"], [True, True, False, False])
    '1 cancelled, 2 complete, 1 failed (1 excluded)'
    """
    found = [(state, is_out) for state, is_out in zip(states, excluded, strict=True)]
    counted = counts(*zip(*found, strict=True)) if found else {}
    text = ", ".join(f"{count} {state}" for state, count in counted.items()) or "none"
    n_excluded = sum(is_out and called(state, excluded=True) != CANCELLED for state, is_out in found)
    noted = [f"{count} {note}" for note, count in {"excluded": n_excluded, **notes}.items() if count]
    return f"{text} ({', '.join(noted)})" if noted else text
