"""A space that is inferred anew whenever a trial contradicts it."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from .... import inside
from ....exceptions import SpaceError, TanteoError
from ....space.labels import Choices
from ....space.parameters import Parameter
from .evidence import Evidence
from .spaces import InferredSpace, infer


class GrowingSpace:
    """The space of a study to which trials are added.

    It is a function of the trials in the order of their addition, so that a process that reads them all at once infers
    the same space as one that saw them come.

    Attributes
    ----------
    inferred
        The space; None before the first trial with a parameter.
    """

    def __init__(self) -> None:
        self.inferred: InferredSpace | None = None
        self._trials: list[tuple[Any, Evidence]] = []
        # The parameters that were found to lie within the space, by id; the trials keep them alive.
        self._checked: set[int] = set()

    def add(self, trial: Evidence, position: Any) -> bool:
        """Add a trial; return whether it contradicted the space, so that there is a new one.

        A trial that can belong to no space, because a parameter has another kind than before, is left out.

        Parameters
        ----------
        trial
            The trial.
        position
            By which trials are sorted.
        """
        if not trial.params:
            return False
        self._trials.append((position, trial))
        if self.contains(trial):
            return False
        self._trials.sort(key=itemgetter(0))
        trials = [each for _, each in self._trials]
        try:
            self.inferred = infer(trials)
        except SpaceError:
            self._trials.remove((position, trial))
            return False
        self._checked = {id(parameter) for each in trials for parameter in each.parameters.values()}
        return True

    def contains(self, trial: Evidence) -> bool:
        """Whether the space contains the configuration of a trial, and the ranges that it declared."""
        if self.inferred is None or not all(name in self.inferred.space for name in trial.params):
            return False
        return all(map(self._declares, trial.parameters, trial.parameters.values())) and self._allows(trial)

    def _declares(self, name: str, parameter: Parameter) -> bool:
        assert self.inferred is not None
        if id(parameter) not in self._checked and not _within(parameter, self.inferred.space[name]):
            return False
        self._checked.add(id(parameter))
        return True

    def _allows(self, trial: Evidence) -> bool:
        assert self.inferred is not None
        space, configuration = self.inferred.space, self.inferred.configuration(trial)
        try:
            inside.row(space, configuration) if trial.is_complete else inside.raw(space, configuration)
        except TanteoError:
            return False
        return True


def _within(declared: Parameter, merged: Parameter) -> bool:
    """Whether all values of a parameter are values of another one."""
    theirs, ours = declared._labels(), merged._labels()
    if theirs is not None:
        choices = Choices(ours or ())
        return all(choices.find(label) is not None for label in theirs)
    number, hull = declared._number(), merged._number()
    if number is None or hull is None or (number._type, number.log) != (hull._type, hull.log):
        return False
    is_on_grid = hull.step in (None, number.step) or hull.step == 1
    return is_on_grid and hull.low <= number.low and number.high <= hull.high
