"""Results at different budgets: which of them speak for a trial.

A scheduler stops most trials early, and nothing but the last step says so. A value after one epoch must not be held
against one after eighty. So every trial is judged at one *leading budget*: the highest step that enough trials have
reached (BOHB models at such a budget, Falkner et al. 2018, section 3.2). A trial that has come so far counts with its
value at that step, whether it still runs or not: the survivors of a rung are the good ones, and to wait for their end
would leave the model with the losers.

A trial that was stopped before is told as pruned, and its curve is reported to the optimizer, as are those of the
trials that came so far. The core estimates from these curves what it would have had at the leading budget, as it does
for every search with stopped trials.

A trial that ended of its own accord before that has given its result, however early. Where no trial is ever stopped,
budgets are no matter at all: the last values are the results.
"""

from __future__ import annotations

from collections import Counter
from math import ceil

#: Trials that make a budget lead, at least; a model says little with fewer.
_MIN_TRIALS = 10


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
        self._n_required = max(_MIN_TRIALS, n_parameters + 1)
        # How many trials have come to a step and no further yet; failed ones do not count.
        self._n_trials_at: Counter[float] = Counter()
        self.step = -1.0

    def move(self, previous: float, current: float) -> None:
        """Take note that a trial has come from one step to another; -1 is nowhere."""
        if previous >= 0:
            self._n_trials_at[previous] -= 1
            if not self._n_trials_at[previous]:
                del self._n_trials_at[previous]
        if current >= 0:
            self._n_trials_at[current] += 1

    def update(self) -> bool:
        """Look for the leading step anew; return whether it changed. Takes as long as there are different steps."""
        n_needed, n_reached = self._n_needed(self._n_trials_at.total()), 0
        for step in sorted(self._n_trials_at, reverse=True):
            n_reached += self._n_trials_at[step]
            if n_reached >= n_needed:
                has_changed, self.step = step != self.step, step
                return has_changed
        return False

    def _n_needed(self, n_reporting: int) -> int:
        """Return how many trials must have reached a step: half of the first few, then enough for a model."""
        return max(1, min(self._n_required, ceil(n_reporting / 2)))
