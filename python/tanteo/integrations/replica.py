"""A search with the trials of another library.

The other library keeps the trials. The search is a copy that can be made again at any time: it is brought up to date by
what is new, and starts anew where an earlier row has changed. A suggestion is a function of the rows, so both give the
same one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from .. import inside
from ..exceptions import SpaceError, SpaceExhausted, TanteoError
from ..optimizer import Optimizer
from ..space.search_space import SearchSpace

if TYPE_CHECKING:
    from ..options import AnySampler
    from ..space.codec import Row
    from ..trials.objectives import Direction
    from ..trials.outcome import CoreArguments

# The outcome of a failed trial.
_FAILED: CoreArguments = ("failed", None, None, None, [], None, None)


@dataclass(frozen=True, slots=True)
class Entry:
    """One trial.

    Attributes
    ----------
    row
        The configuration; None if it is unknown, so that no model can use the trial.
    origin
        The origin of the configuration.
    steps
        The reported values of the objective by increasing step.
    outcome
        How the trial ended; None while it runs.
    """

    row: Row | None
    origin: str = "observed"
    steps: tuple[tuple[int, float], ...] = ()
    outcome: CoreArguments | None = None

    def continues(self, earlier: Entry) -> bool:
        """Whether this is a later state of the same trial."""
        return (
            earlier.outcome is None
            and (self.row, self.origin) == (earlier.row, earlier.origin)
            and self.row is not None
            and self.steps[: len(earlier.steps)] == earlier.steps
        )


#: A trial whose configuration is unknown.
UNKNOWN = Entry(None)


class Replica:
    """A search whose trials are given.

    Parameters
    ----------
    new_search
        Returns the search without trials.
    in_place
        Functions that return searches, which are asked if the first one has nothing new to suggest.

    Attributes
    ----------
    search : Optimizer
        The search; trial ``i`` is entry ``i``.
    """

    def __init__(self, new_search: Callable[[], Optimizer], *in_place: Callable[[], Optimizer]) -> None:
        self._new_search, self._in_place = new_search, in_place
        self._begin()

    @classmethod
    def of(cls, space: SearchSpace, directions: Sequence[Direction], sampler: AnySampler, seed: int) -> Replica:
        """Return the replica of a search that repeats configurations once a finite space is exhausted."""
        new = partial(Optimizer, space, directions=directions, seed=seed, pruner="nothing")
        repeating = partial(new, deduplicate=False)
        return cls(
            partial(new, sampler=sampler), partial(repeating, sampler=sampler), partial(repeating, sampler="random")
        )

    def _begin(self) -> None:
        self.search = self._new_search()
        self._entries: list[Entry] = []

    def follow(self, entries: Sequence[Entry]) -> None:
        """Make the trials of the search equal to the entries. After an interruption it begins anew."""
        try:
            self._follow(entries)
        except BaseException:
            self._begin()
            raise

    def _follow(self, entries: Sequence[Entry]) -> None:
        known = min(len(self._entries), len(entries))
        changed = [k for k in range(known) if entries[k] is not self._entries[k] and entries[k] != self._entries[k]]
        if known < len(self._entries) or not all(entries[k].continues(self._entries[k]) for k in changed):
            self._begin()
            known, changed = 0, []
        added = range(known, len(entries))
        if added:
            spare = self._spare_row(entries) if any(entries[k].row is None for k in added) else ()
            rows = [(entry.row or spare, entry.origin) for entry in entries[known:]]
            inside.adopt(self.search, rows)
        for k in (*changed, *added):
            self._update(k, entries[k], self._entries[k].steps if k < known else ())
        self._entries = list(entries)

    def _spare_row(self, entries: Sequence[Entry]) -> Row:
        """Return the row for trials whose configuration is unknown; they are excluded.

        It is one that was tried anyway, so that no untried configuration counts as tried.
        """
        tried = next((entry.row for entry in entries if entry.row is not None), None)
        space = self.search.space
        return inside.row(space, space.sample(1, seed=0)[0]) if tried is None else tried

    def ask(self) -> tuple[Row, str]:
        """Ask for one more trial, which becomes an entry; return its row and its origin.

        Raises
        ------
        SpaceError, SpaceExhausted
            If no search has a suggestion.
        """
        try:
            stored = inside.stored(self.search, self.search.ask().id)
            row, origin = stored["row"], stored["origin"]
        except (SpaceError, SpaceExhausted):
            if not self._in_place:
                raise
            other = Replica(*self._in_place)
            other.follow(self._entries)
            row, origin = other.ask()
            inside.adopt(self.search, [(row, origin)])
        self._entries.append(Entry(row, origin))
        return row, origin

    def _update(self, number: int, entry: Entry, reported: tuple[tuple[int, float], ...]) -> None:
        """Record new reports and the end of a trial."""
        if entry.row is None:
            inside.finish(self.search, number, _FAILED)
            inside.exclude(self.search, number)
            return
        for step, value in entry.steps[len(reported) :]:
            inside.report(self.search, number, step, [value])
        if entry.outcome is not None:
            try:
                inside.finish(self.search, number, entry.outcome)
            except TanteoError:  # a constraint of minus infinity
                inside.finish(self.search, number, _FAILED)
