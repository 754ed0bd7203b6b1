"""The search that a page is about, with what several sections need of it; each is computed once."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from tanteo.optimizer import Optimizer
from tanteo.run.history import FEW, History, history
from tanteo.run.report import shown_params
from tanteo.stopping import ExpectedGain
from tanteo.study import Study
from tanteo.trials.comparison import Comparison
from tanteo.trials.front import Compromise, ParetoFront
from tanteo.trials.objectives import labels
from tanteo.trials.trial import FrozenTrial

# The rule that says whether a search stands still: it does if the expected gain of the next trials is at most a given
# share of the gain so far.
_RULE = ExpectedGain()
#: The number of next trials whose gain is expected.
AHEAD = _RULE.n_ahead


class Subject:
    """A search.

    Parameters
    ----------
    search : Optimizer
        The search.
    name : str, optional
        Its name; by default that of a study, or "search".
    quick : bool
        Whether to leave out what needs a model. Sections then say that it is being computed.
    """

    def __init__(self, search: Optimizer, name: str | None = None, *, quick: bool = False) -> None:
        self.search, self.quick = search, quick
        self.name = name or (search.name if isinstance(search, Study) else "search")

    @cached_property
    def trials(self) -> History:
        """All trials as columns."""
        return history(self.search)

    @property
    def is_single(self) -> bool:
        """Whether there is one objective."""
        return len(self.search.directions) == 1

    @property
    def objectives(self) -> list[str]:
        """The names of the objectives."""
        names = self.search.objective_names
        return ["value"] if self.is_single and names is None else labels(self.n_objectives, names)

    @property
    def goals(self) -> str:
        """Directions and names of the objectives."""
        pairs = zip(self.search.directions, self.objectives, strict=True)
        return ", ".join(f"{goal} {name}" for goal, name in pairs)

    @property
    def n_objectives(self) -> int:
        """The number of objectives."""
        return len(self.search.directions)

    @cached_property
    def best(self) -> FrozenTrial | None:
        """The best trial of a search with one objective."""
        best: FrozenTrial | None = self.search.best
        return best

    @cached_property
    def front(self) -> ParetoFront:
        """The front of a search with several objectives, of estimates if results are noisy."""
        return self.search.front()

    @cached_property
    def compromise(self) -> Compromise | None:
        """The trial to take of a front: by the thresholds of the search, else at the knee, else what gives up least."""
        if self.search.thresholds is not None:
            return self.front.by_thresholds()
        return self.front.knee or self.front.by_weights([1.0] * self.n_objectives)

    @cached_property
    def recommended(self) -> FrozenTrial | None:
        """The trial to take."""
        if not self.is_single:
            return None if self.compromise is None else self.compromise.trial
        trial: FrozenTrial | None = self.best if self.quick else self.search.recommend()
        return trial

    @cached_property
    def comparison(self) -> Comparison | None:
        """The two best configurations."""
        return None if self.quick else self.search.comparison()

    @cached_property
    def expected_gain(self) -> float | None:
        """What the next trials are expected to gain."""
        return None if self.quick else self.search.expected_gain(AHEAD)

    @cached_property
    def gained(self) -> float:
        """What the search gained from the median of its first usable trials to the best one."""
        import numpy as np

        losses = self.trials.losses[self.trials.usable]
        return float(np.median(losses[:FEW]) - losses.min()) if len(losses) else 0.0

    @property
    def stands_still(self) -> bool:
        """Whether the expected gain is negligible."""
        return self.expected_gain is not None and self.expected_gain <= _RULE.below * self.gained

    @property
    def is_spent(self) -> bool:
        """Whether the budget is spent, so that no run starts another trial."""
        return self.search.budget is not None and bool(self.search.spent >= self.search.budget)

    def on_one_line(self, trial: FrozenTrial) -> str:
        """Return the configuration of a trial as text."""
        return ", ".join(f"{name} = {value}" for name, value in shown_params(self.search, trial))


def percent(share: float) -> str:
    """Return a share as a percentage with two digits.

    >>> percent(0.5), percent(0.0123), percent(0.00004)
    ('50 %', '1.2 %', 'under 0.1 %')
    """
    return "under 0.1 %" if 0 < share < 0.001 else f"{float(f'{100 * share:.2g}'):g} %"


def few(subject: Subject, least: int, what: str) -> str | None:
    """Return why something is not said yet, or None if enough trials are usable."""
    n: Any = subject.trials.n_usable
    there = f"there {'is' if n == 1 else 'are'} {n}"
    return None if n >= least else f"{what} needs {least} complete, feasible trials; {there} so far."
