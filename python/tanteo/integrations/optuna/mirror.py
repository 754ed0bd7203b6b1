"""The trials of an Optuna study, as the rows of a search in a space that is inferred from them.

What was read is kept only to save time: a mirror of the same trials that begins anew is equal. Finished trials do not
change, so a storage is asked for what is new and for the trials that still run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ... import inside
from ...exceptions import TanteoError
from ...space.search_space import SearchSpace
from ..replica import UNKNOWN, Entry
from .inference import GrowingSpace, InferredSpace
from .reading import Known, completed

if TYPE_CHECKING:
    from ...space.codec import Row

# When a trial ended, and its number.
_Moment = tuple[float, int]


class Mirror:
    """The trials of one study.

    Attributes
    ----------
    inferred
        The space; None while no finished trial has a parameter.
    distributions
        The latest distribution of each parameter.
    """

    def __init__(self, directions: Sequence[str]) -> None:
        self._directions = directions
        self._begin()

    def _begin(self) -> None:
        """Begin without trials."""
        self._finished: dict[int, Known] = {}
        self._running: dict[int, Known] = {}
        self._n = 0
        self._begin_space()

    def _begin_space(self) -> None:
        """Begin without a space, and so without rows in it."""
        self._space = GrowingSpace()
        self._rows: dict[int, Entry] = {}
        self._latest: dict[str, tuple[int, Any]] = {}
        # When the latest trial ended, and the one that changed the space last.
        self._end: _Moment = (0.0, -1)
        self._change: _Moment = (0.0, -1)

    @property
    def inferred(self) -> InferredSpace | None:
        """The space that the finished trials imply."""
        return self._space.inferred

    @property
    def distributions(self) -> Mapping[str, Any]:
        """The latest distribution of each parameter of the space."""
        space = () if self.inferred is None else self.inferred.space
        return {name: self._latest[name][1] for name in space if name in self._latest}

    def read(self, storage: Any, study_id: int) -> None:
        """Read what is new. After an interruption it begins anew."""
        trials = storage.get_all_trials(study_id, deepcopy=False)
        try:
            self._take(trials)
        except BaseException:
            self._begin()
            raise

    def _take(self, trials: Sequence[Any]) -> None:
        if len(trials) < self._n:  # another study has taken the place of this one
            self._begin()
        unread = [trials[k] for k in range(len(trials)) if k >= self._n or k not in self._finished]
        ended = [trial for trial in unread if trial.state.is_finished()]
        self._finished |= {trial.number: Known(trial, self._directions) for trial in ended}
        self._running = {t.number: Known(t, self._directions) for t in unread if t.state.name == "RUNNING"}
        for number in (*self._running, *(trial.number for trial in ended)):
            self._rows.pop(number, None)
        self._n = len(trials)
        self._learn(self._finished[trial.number] for trial in ended)

    def _learn(self, trials: Iterable[Known]) -> None:
        """Let the space grow by finished trials, in the order in which they ended.

        A trial that is seen late changes nothing if it lies in the space and all changes of the space came before it.
        """
        for trial in sorted(trials, key=lambda known: known.ended):
            is_late = trial.ended < self._end
            if is_late and (trial.ended < self._change or not self._space.contains(trial.evidence)):
                self._begin_space()
                self._learn(self._finished.values())
                return
            if self._space.add(trial.evidence, trial.ended):
                self._change = trial.ended
                self._rows = {}
            self._end = max(self._end, trial.ended)
            for name, distribution in trial.distributions.items():
                self._latest[name] = max(self._latest.get(name, (-1, None)), (trial.number, distribution), key=_number)

    def queued(self, number: int) -> Mapping[str, Any]:
        """Return the values that were queued for a running trial."""
        return self._running[number].evidence.queued if number in self._running else {}

    def before(self, number: int) -> list[Entry]:
        """Return the trials with smaller numbers; entry ``k`` is trial ``k``."""
        known = self._rows
        return [known.get(k) or self._entry(k) for k in range(number)]

    def others(self, number: int) -> list[Entry]:
        """Return all trials with known configurations except one, in the order of their numbers."""
        return [entry for k in range(self._n) if k != number and (entry := self._entry(k)).row is not None]

    def is_last(self, number: int) -> bool:
        """Whether no trial with a larger number has a known configuration."""
        return all(self._entry(k).row is None for k in range(number + 1, self._n))

    def _entry(self, number: int) -> Entry:
        """Return a trial in the present space."""
        entry = self._rows.get(number)
        if entry is not None:
            return entry
        known = self._finished.get(number) or self._running.get(number)
        if known is None:
            return UNKNOWN
        self._rows[number] = known.entry(self._row(known))
        return self._rows[number]

    def _row(self, known: Known) -> Any:
        """Return the row of a trial, or None if it says nothing of where it is in the space.

        A trial that has not suggested everything has the values that were proposed for it, or random ones.
        """
        if self.inferred is None or known.is_excluded or not known.says_something:
            return None
        space, given = self.inferred.space, self.inferred.configuration(known.evidence)
        given = {name: value for name, value in given.items() if name in space}
        try:
            if known.evidence.is_complete:
                return tuple(inside.row(space, given))
            return _completed_row(space, known.with_proposal(given, space), known.number)
        except TanteoError:
            return None


def _completed_row(space: SearchSpace, params: Mapping[str, Any], number: int) -> Row:
    try:
        return tuple(inside.row(space, params))
    except TanteoError:
        return tuple(inside.row(space, completed(space, params, seed=number)))


def _number(latest: tuple[int, Any]) -> int:
    return latest[0]
