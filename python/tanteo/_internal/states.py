"""The states of a trial."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
#: What a failure is called that says nothing about its configuration. It is no state: ``tell`` does not take it.
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


def called(state: str, *, cancelled: bool) -> str:
    """Return the state of a trial in lists and counts, which count no cancelled trial among the failures."""
    return CANCELLED if cancelled else state


def all_called(states: Iterable[str], cancelled: Iterable[bool]) -> list[str]:
    """Return what :func:`called` returns for each trial."""
    return [called(state, cancelled=is_cancelled) for state, is_cancelled in zip(states, cancelled, strict=True)]


def counts_text(names: Sequence[str], excluded: Iterable[bool], notes: Mapping[str, int] = NO_NOTES) -> str:
    """Return how many trials have each name of :func:`called`, with how many others are excluded, and ``notes``.

    >>> counts_text(["complete", "cancelled", "complete", "failed"], [True, True, False, False])
    '1 cancelled, 2 complete, 1 failed (1 excluded)'
    """
    text = ", ".join(f"{count} {name}" for name, count in sorted(Counter(names).items())) or "none"
    n_excluded = sum(is_out and name != CANCELLED for name, is_out in zip(names, excluded, strict=True))
    noted = [f"{count} {note}" for note, count in {"excluded": n_excluded, **notes}.items() if count]
    return f"{text} ({', '.join(noted)})" if noted else text
