"""The budget at which trials are compared.

A scheduler stops most trials early, and only their last step shows that. A value after one epoch must not be compared
with one after eighty. Therefore all trials are compared at one *leading budget*: the highest step that enough trials
have reached (BOHB models at such a budget, Falkner et al. 2018, section 3.2). A trial that has reached it counts with
its value at that step, even while it runs. The trials that survive a rung are the good ones; if the search waited for
their end, the model would see only the bad ones.

A trial that was stopped earlier is told as pruned. Its curve is reported to the optimizer, and so are the curves of the
trials that reached the leading budget. From these curves the core estimates its value at the leading budget, as for
every search with stopped trials.

A trial that ended by itself before the leading budget counts with its last value. If no trial is ever stopped, budgets
are ignored, and the last values are the results.
"""

from __future__ import annotations

from collections import Counter
from math import ceil

#: Smallest number of trials at a leading budget; a model needs at least as many.
_MIN_TRIALS = 10


class LeadingBudget:
    """The step at which trials are compared.

    Parameters
    ----------
    n_parameters
        The number of parameters of the space. A model of more parameters needs more trials.

    Attributes
    ----------
    step
        The leading budget; -1 before the first report.
    """

    def __init__(self, n_parameters: int) -> None:
        self._n_required = max(_MIN_TRIALS, n_parameters + 1)
        # The number of trials by their last step, without failed trials.
        self._n_trials_at: Counter[float] = Counter()
        self.step = -1.0

    def move(self, previous: float, current: float) -> None:
        """Record that the last step of a trial has changed; -1 means that it has none."""
        if previous >= 0:
            self._n_trials_at[previous] -= 1
            if not self._n_trials_at[previous]:
                del self._n_trials_at[previous]
        if current >= 0:
            self._n_trials_at[current] += 1

    def update(self) -> bool:
        """Recompute the leading budget and return whether it changed. The cost is linear in the number of steps."""
        n_needed, n_reached = self._n_needed(self._n_trials_at.total()), 0
        for step in sorted(self._n_trials_at, reverse=True):
            n_reached += self._n_trials_at[step]
            if n_reached >= n_needed:
                has_changed, self.step = step != self.step, step
                return has_changed
        return False

    def _n_needed(self, n_reporting: int) -> int:
        """Return the number of trials that must have reached a step: half of them, at most enough for a model."""
        return max(1, min(self._n_required, ceil(n_reporting / 2)))
