"""All trials of a search as columns.

Reading 10^5 trials one by one takes seconds, and reading their columns a fraction of one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from tanteo import inside
from tanteo._internal.states import VIEW_STATES, all_called, are_excluded, state_of
from tanteo._internal.text import counted
from tanteo.optimizer import Optimizer

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vector: TypeAlias = npt.NDArray[np.float64]
    Numbers: TypeAlias = npt.NDArray[np.int64]
    Mask: TypeAlias = npt.NDArray[np.bool_]

#: The least number of usable trials for what a model says, such as importances.
FEW = 10
# A number in a text, which may differ from trial to trial. Digits that end a name, as in layer1, are no number.
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
# Numbers of trials at which the best value so far is shown.
_MARKS = (1, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000)

#: What is said without a trial that may be the best; with several objectives.
NO_RESULT = "no trial is complete and feasible with a finite value"
NO_RESULTS = "no trial is complete and feasible with finite values"
#: What is said of a reason that other trials have with other numbers.
OF_ONE_TRIAL = "(with the numbers of one trial)"


class Reason(NamedTuple):
    """A reason of some trials: its text in one of them, their number, and whether others have other numbers in it."""

    text: str
    n_trials: int
    differs: bool

    def __str__(self) -> str:
        return f"{self.text} {OF_ONE_TRIAL}" if self.differs else self.text


class Reasons(NamedTuple):
    """The most common reasons, and the others."""

    shown: list[Reason]
    others: list[Reason]

    @property
    def rest(self) -> str:
        """How many more reasons there are; empty if there are none."""
        return f"and {counted(len(self.others), 'other reason')}" if self.others else ""


class Improvement(NamedTuple):
    """A new best value: the number of trials that had ended and count, the value and the id of the trial."""

    n_trials: int
    value: float
    id: int


@dataclass(frozen=True)
class Outcomes:
    """How the trials of a search ended, in the order of ids.

    Attributes
    ----------
    states : list of str
    values : array, shape (n, n_objectives)
        NaN if missing.
    feasible, broken, excluded, cancelled : arrays of bool, shape (n,)
        A trial may be infeasible although it broke no constraint: it then lacks one that others told. Cancelled trials
        are excluded failures, which say nothing about their configurations. Failures that a change of the space set
        aside are not among them.
    usable : array of bool, shape (n,)
        The trials that may be the best: complete, feasible, with finite values, not excluded.
    constraints : dict of str to array
        NaN if missing; empty if no trial broke one.
    maximize : tuple of bool
        Whether larger is better, for each objective.
    """

    states: list[str]
    values: Vector
    feasible: Mask
    broken: Mask
    excluded: Mask
    cancelled: Mask
    usable: Mask
    constraints: dict[str, Vector]
    maximize: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.states)

    def are(self, *states: str) -> Mask:
        """Return which trials are in one of these states."""
        import numpy as np

        return np.isin(np.array(self.states, dtype=object), states) if self.states else np.zeros(0, dtype=np.bool_)

    def counted_as(self, *states: str) -> Mask:
        """Return which trials are in one of these states and are not excluded."""
        return self.are(*states) & ~self.excluded

    @property
    def n_usable(self) -> int:
        """The number of trials that may be the best."""
        return int(self.usable.sum())

    @property
    def losses(self) -> Vector:
        """Those of the first objective."""
        return self.all_losses[:, 0]

    @cached_property
    def all_losses(self) -> Vector:
        """The values with their sign changed if larger is better; infinite for trials that are not usable."""
        import numpy as np

        return np.where(self.usable[:, None], self.values * np.where(self.maximize, -1.0, 1.0), np.inf)

    def best_in(self, objective: int) -> int | None:
        """Return the best trial in one objective, which no other one dominates; see :func:`place_of_best`."""
        return place_of_best(self.all_losses[:, objective], self.all_losses)

    @property
    def counting(self) -> Mask:
        """The trials that have ended and are not excluded."""
        return ~self.are("pending") & ~self.excluded

    @property
    def failed(self) -> Mask:
        """The failed trials, without those that were cancelled."""
        return self.counted_as("failed")

    @property
    def counts(self) -> dict[str, int]:
        """How many trials there are of each name, in alphabetical order; see :attr:`called`."""
        return dict(sorted(Counter(self.called).items()))

    @property
    def called(self) -> list[str]:
        """The states of the trials in lists and counts; see :func:`tanteo._internal.states.called`."""
        return all_called(self.states, self.cancelled.tolist())

    @property
    def n_counting(self) -> int:
        """The number of trials in :attr:`counting`."""
        return int(self.counting.sum())

    @property
    def infeasible(self) -> Mask:
        """The trials that have ended, broke or lack a constraint and are not excluded, whatever their state is."""
        return self.counting & ~self.feasible

    @property
    def n_infeasible(self) -> int:
        """The number of trials in :attr:`infeasible`."""
        return int(self.infeasible.sum())

    @property
    def broke(self) -> dict[str, Mask]:
        """Which trials in :attr:`infeasible` broke each constraint."""
        return {name: (values > 0.0) & self.infeasible for name, values in self.constraints.items()}

    @property
    def n_lacking(self) -> int:
        """The number of trials in :attr:`infeasible` that broke no constraint."""
        return int((self.infeasible & ~self.broken).sum())

    @property
    def n_infinite(self) -> int:
        """The number of complete trials with an infinite value, which cannot be the best."""
        import numpy as np

        return int((self.counted_as("complete") & np.isinf(self.values).any(axis=1)).sum())

    @cached_property
    def improvements(self) -> list[Improvement]:
        """The new best values of a search with one objective, in the order of ids."""
        import numpy as np

        if not len(self):
            return []
        so_far = np.minimum.accumulate(self.losses)
        found = np.flatnonzero(so_far < np.concatenate([[np.inf], so_far[:-1]]))
        n_counting = np.cumsum(self.counting)
        return [Improvement(int(n_counting[k]), float(self.values[k, 0]), int(k)) for k in found]

    def best_after(self, n: int) -> float | None:
        """Return the best value after ``n`` trials."""
        return next((step.value for step in reversed(self.improvements) if step.n_trials <= n), None)

    @property
    def n_since_best(self) -> int:
        """The number of trials that ended after the best one was found, without those that are excluded."""
        return self.n_counting - (self.improvements[-1].n_trials if self.improvements else 0)


@dataclass(frozen=True)
class History(Outcomes):
    """The trials of a search in the order of ids, with everything that figures and sections need.

    Attributes
    ----------
    origins : list of str
    reasons : list of (str or None)
    sems : array, shape (n, n_objectives)
        NaN if missing.
    costs, started, finished : arrays, shape (n,)
        NaN if missing.
    """

    origins: list[str]
    reasons: list[str | None]
    sems: Vector
    costs: Vector
    started: Vector
    finished: Vector

    def common_reasons(self, n: int, trials: Mask) -> Reasons:
        """Return the most common reasons of some trials."""
        return common((self.reasons[number] for number in trials.nonzero()[0].tolist()), n)


def place_of_best(badness: Vector, losses: Vector) -> int | None:
    """Return the place of the least badness among the usable trials; None if there are none.

    Of equal ones, it is the best in the first objective in which they differ, and then the first. ``losses`` has the
    objectives as columns, and infinity for trials that are not usable.
    """
    import numpy as np

    usable = np.isfinite(losses).all(axis=1)
    if not usable.any():
        return None
    tied = np.flatnonzero(usable & (badness == badness[usable].min()))
    return int(tied[np.lexsort(losses[tied].T[::-1])[0]])


def first_lines(reasons: Iterable[str | None]) -> Counter[str]:
    """Count the first lines of reasons."""
    return Counter((reason or "no reason given").partition("\n")[0] for reason in reasons)


def common(reasons: Iterable[str | None], n: int) -> Reasons:
    """Return the first lines of the most common reasons; those that differ in their numbers only are one."""
    kinds: dict[str, Counter[str]] = {}
    for line, n_trials in first_lines(reasons).items():
        kinds.setdefault(_NUMBER.sub("", line), Counter())[line] = n_trials
    found = [Reason(next(iter(lines)), lines.total(), len(lines) > 1) for lines in kinds.values()]
    found.sort(key=lambda reason: -reason.n_trials)
    return Reasons(found[:n], found[n:])


def outcomes(search: Optimizer) -> Outcomes:
    """Return how the trials ended, without a Python object for each: 10^5 trials take a hundredth of a second."""
    import numpy as np

    view, maximize = search.view(), _maximize(search)
    states = np.array(VIEW_STATES, dtype=object)[view.state]
    states[inside.paused(search)] = state_of("pending", paused=True)
    excluded = are_excluded(view.state)
    for number in excluded.nonzero()[0].tolist():
        states[number] = search.trials[number].state
    broken = view.violation > 0.0
    return Outcomes(
        states=states.tolist(),
        values=view.values * np.where(maximize, -1.0, 1.0),
        feasible=view.feasible,
        broken=broken,
        excluded=excluded,
        cancelled=_cancelled(search, excluded),
        usable=view.eligible,
        constraints=inside.columns(search)["constraints"] if broken.any() else {},
        maximize=maximize,
    )


def history(search: Optimizer) -> History:
    """Return the history of a search."""
    import numpy as np

    found, view = inside.columns(search), search.view()
    excluded = are_excluded(view.state)
    n, paused = len(found["state"]), set(inside.paused(search))
    started, finished = np.full(n, np.nan), np.full(n, np.nan)
    for number, (start, end, _) in found["notes"]:
        started[number], finished[number] = start, end
    return History(
        states=[state_of(state, paused=number in paused) for number, state in enumerate(found["state"])],
        origins=found["origin"],
        reasons=found["reason"],
        values=found["values"],
        sems=found["sems"],
        costs=found["cost"],
        started=started,
        finished=finished,
        feasible=view.feasible,
        broken=view.violation > 0.0,
        excluded=excluded,
        cancelled=_cancelled(search, excluded),
        usable=view.eligible,
        constraints=found["constraints"],
        maximize=_maximize(search),
    )


def _cancelled(search: Optimizer, excluded: Mask) -> Mask:
    mask: Mask = excluded.copy()
    for number in excluded.nonzero()[0].tolist():
        mask[number] = inside.is_cancelled(search, number)
    return mask


def _maximize(search: Optimizer) -> tuple[bool, ...]:
    return tuple(direction == "maximize" for direction in search.directions)


def marks(n: int) -> list[int]:
    """Return the numbers of trials at which progress is shown, with ``n`` as the last one."""
    return [*(mark for mark in _MARKS if mark < n), n] if n else []
