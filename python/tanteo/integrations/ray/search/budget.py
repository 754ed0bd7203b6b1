"""Results at different budgets: which of them speak for a trial.

A scheduler stops most trials early, and nothing but the last step says so. A value after one epoch must not be held
against one after eighty. So every trial is judged at one *leading budget*: the highest step that enough trials have
reached (BOHB models at such a budget, Falkner et al. 2018, section 3.2). A trial that has come so far counts with its
value at that step, whether it still runs or not: the survivors of a rung are the good ones, and to wait for their end
would leave the model with the losers.

A trial that was stopped before counts with an estimate: the value that has the same rank at the leading budget as its
own has at its last step, among the trials known at both. It needs no unit, cannot make a stopped trial better than the
best that went on, and puts those stopped as the worst with the worst.

A trial that ended of its own accord before that has given its result, however early. Where no trial is ever stopped,
budgets are no matter at all: the last values are the results.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from math import ceil

from .record import End, Record, is_known

#: Trials that make a budget lead, at least; a model says little with fewer.
_ENOUGH = 10
#: Trials among which a rank is looked up, at most: the latest.
_PEERS = 256


class LeadingBudget:
    """The step at which trials are compared.

    Parameters
    ----------
    n_parameters
        Of the space: a model of more parameters needs more trials.

    Attributes
    ----------
    step
        -1 before the first report.
    """

    def __init__(self, n_parameters: int) -> None:
        self._enough = max(_ENOUGH, n_parameters + 1)
        # How many trials have come to a step and no further yet; failed ones do not count.
        self._at: Counter[float] = Counter()
        self.step = -1.0

    def move(self, before: float, after: float) -> None:
        """Take note that a trial has come from one step to another; -1 is nowhere."""
        if before >= 0:
            self._at[before] -= 1
            if not self._at[before]:
                del self._at[before]
        if after >= 0:
            self._at[after] += 1

    def update(self) -> bool:
        """Look for the leading step anew; return whether it changed. Takes as long as there are different steps."""
        needed, reached = self._needed(self._at.total()), 0
        for step in sorted(self._at, reverse=True):
            reached += self._at[step]
            if reached >= needed:
                changed, self.step = step != self.step, step
                return changed
        return False

    def _needed(self, n_reporting: int) -> int:
        """Return how many trials must have reached a step: half of the first few, then enough for a model."""
        return max(1, min(self._enough, ceil(n_reporting / 2)))


class Ranks:
    """Estimates at the leading budget for trials that were stopped before it; one objective.

    Made anew whenever estimates are wanted: what is kept would depend on when it was made.
    """

    def __init__(self, records: Sequence[Record], step: float, *, maximize: bool) -> None:
        self._step = step
        self._sign = -1.0 if maximize else 1.0
        self._known = list(islice(self._judged(reversed(records)), _PEERS))
        self._at: dict[float, tuple[list[float], list[float]]] = {}

    def _judged(self, records: Iterable[Record]) -> Iterable[tuple[Record, float]]:
        """Find the trials that came so far, and their losses at the leading budget."""
        for record in records:
            if record.end is End.FAILED or (record.reach < self._step and record.end is not End.FINAL):
                continue
            values = record.at(self._step)
            if values is not None and is_known(values):
                yield record, self._sign * values[0]

    def estimate(self, record: Record) -> float | None:
        """Return the estimate, None if no trial is known at both steps."""
        here, there = self._pairs(record.reach)
        last = record.last()
        if not here or last is None or not is_known(last):
            return None
        place = bisect_left(here, self._sign * last[0])
        return self._sign * there[min(place, len(there) - 1)]

    def _pairs(self, step: float) -> tuple[list[float], list[float]]:
        """Return the losses at a step and at the leading budget of the trials known at both, each sorted."""
        if step not in self._at:
            here, there = [], []
            for record, loss in self._known:
                values = record.at(step)
                if values is not None and is_known(values):
                    here.append(self._sign * values[0])
                    there.append(loss)
            self._at[step] = sorted(here), sorted(there)
        return self._at[step]
