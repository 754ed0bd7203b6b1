"""The space of a define-by-run study, with conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from .... import inside
from ...._internal.text import counted
from ....exceptions import SpaceError, TanteoError
from ....space.constraints import Forbid
from ....space.labels import Choices
from ....space.parameters import Categorical, Parameter
from ....space.search_space import SearchSpace
from ..names import GIVE_ONE
from .evidence import Evidence, Presence
from .explanations import Explanation, as_when, explanations
from .ranges import parameters
from .rules import rule


@dataclass(frozen=True, eq=False)
class InferredSpace:
    """A space that contains the configurations of all trials.

    Attributes
    ----------
    space
        The space.
    switches
        The names of parameters whose absence nothing explains, each with the choice (True or False) that was added to
        the space and decides whether it exists. Parameters that are only seen together share one.
    notes
        What the trials do not determine, one line each.
    """

    space: SearchSpace
    switches: Mapping[str, str]
    notes: Sequence[str]
    _presence: Presence

    def configuration(self, trial: Evidence) -> dict[str, Any]:
        """Return the configuration of a trial in the space; it lacks what the trial ended too early to suggest."""
        given = {**trial.queued, **trial.params}
        added = {}
        for name, switch in self.switches.items():
            if name in given:
                added[switch] = True
            elif self._presence.lacks(trial, name):
                added.setdefault(switch, False)
        return {**given, **added}


def infer(trials: Sequence[Evidence]) -> InferredSpace:
    """Return the smallest space that contains the configurations of all trials.

    If the range of a parameter differs between trials, or a value lies outside of it, it gets the smallest range that
    contains all. If its choices differ, it gets all choices in the order in which they first appear. A parameter that
    some trials lack gets the condition that explains its absence. If no condition does, a choice between True and False
    is added, on which the parameter is conditional. If a short rule explains it, such as "A or B", known constraints
    make that choice follow the rule.

    Raises
    ------
    SpaceError
        If no trial has a parameter, or one is of different kinds in different trials.
    """
    notes: list[str] = []
    plain, presence = parameters(trials, notes), Presence(trials)
    whens: dict[str, Mapping[str, Any]] = {}
    switches: dict[str, str] = {}
    rules: list[Forbid] = []
    for name in plain:
        lacking = presence.lacking(name)
        if not lacking:
            continue
        parents = {parent: plain[parent] for parent in presence.earlier(name)}
        found = explanations(parents, presence.having(name), lacking)
        if found:
            chosen = _simplest(found, list(parents))
            whens[name] = as_when(chosen)
            notes.extend([*_ambiguity(name, found, chosen), *_gaps(name, chosen)])
            continue
        switch, is_new = _switch(name, switches, presence, plain)
        switches[name], whens[name] = switch, {switch: True}
        tested = {parent: plain[parent] for parent in presence.never_later(name)}
        leaves = rule(tested, presence.having(name), lacking) if is_new else ()
        rules += [Forbid({**leaf.combination, switch: not leaf.is_present}) for leaf in leaves]
        notes.append(_unexplained(name, whens[name], len(lacking), has_rule=bool(leaves) or not is_new))
    added = {switch: Categorical([True, False]) for switch in switches.values()}
    conditional = {name: parameter._with_when(whens.get(name)) for name, parameter in plain.items()}
    return InferredSpace(SearchSpace({**added, **conditional}, rules), switches, notes, presence)


def _simplest(found: Sequence[Explanation], parents: Sequence[str]) -> Explanation:
    """Return the explanation that leaves the least open; of several, the one with the latest parents.

    A program usually decides about a parameter by what it suggested just before.
    """

    def rank(explanation: Explanation) -> tuple[int, list[int]]:
        n_gaps = sum(requirement.gap is not None for requirement in explanation)
        return n_gaps, sorted(-parents.index(requirement.parent) for requirement in explanation)

    return min(found, key=rank)


def _switch(name: str, switches: Mapping[str, str], presence: Presence, taken: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the choice that decides whether a parameter exists, and whether it is a new one.

    Parameters with the same presence share one.
    """
    for other, switch in switches.items():
        if presence.agree(name, other) and all(
            presence.agree(name, member) for member, shared in switches.items() if shared == switch
        ):
            return switch, False
    switch = f"{name} used"
    while switch in taken:
        switch += "_"
    return switch, True


def _unexplained(name: str, when: Mapping[str, Any], n: int, *, has_rule: bool) -> str:
    reason = "which no single condition explains" if has_rule else "which nothing explains"
    return (
        f"parameter {name!r} is missing in {counted(n, 'trial')}, {reason}; it is taken to exist when={when!r}, "
        "a choice that was added"
    )


def _ambiguity(name: str, found: Sequence[Explanation], chosen: Explanation) -> list[str]:
    if len(found) == 1:
        return []
    conditions = " or ".join(f"when={as_when(explanation)!r}" for explanation in found[:5])
    return [
        f"the absence of parameter {name!r} is explained by {conditions}; it is taken to exist "
        f"when={as_when(chosen)!r} ({GIVE_ONE}, if another one is meant)"
    ]


def _gaps(name: str, explanation: Explanation) -> list[str]:
    return [
        f"of {requirement.parent!r} no trial tried {requirement.gap}; parameter {name!r} is taken to exist "
        f"when={as_when(explanation)!r}"
        for requirement in explanation
        if requirement.gap is not None
    ]


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
