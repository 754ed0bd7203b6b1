"""The space of a define-by-run study, with conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....exceptions import SpaceError
from ....space.parameters import Categorical, Parameter
from ....space.search_space import SearchSpace
from ..names import GIVE_ONE
from .evidence import Evidence, Presence
from .explanations import Configurations, Explanation, as_when, explanations
from .ranges import parameters


@dataclass(frozen=True)
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
    some trials lack gets the condition that explains its absence. If nothing explains it, a choice between True and
    False is added, on which the parameter is conditional.

    Raises
    ------
    SpaceError
        If no trial has a parameter, ranges cannot be merged, or several conditions explain an absence equally well.
    """
    notes: list[str] = []
    plain, presence = parameters(trials, notes), Presence(trials)
    whens: dict[str, Mapping[str, Any]] = {}
    switches: dict[str, str] = {}
    for name in plain:
        lacking = presence.lacking(name)
        explanation = _explanation(name, plain, presence, lacking) if lacking else ()
        if explanation is None:
            switches[name] = _switch(name, switches, presence, plain)
            whens[name] = {switches[name]: True}
            notes.append(
                f"parameter {name!r} is missing in {_trials(len(lacking))}, which nothing explains; it is taken to "
                f"exist when={whens[name]!r}, a choice that was added"
            )
        elif explanation:
            whens[name] = as_when(explanation)
            notes.extend(_gaps(name, explanation))
    added = {switch: Categorical([True, False]) for switch in switches.values()}
    conditional = {name: parameter._with_when(whens.get(name)) for name, parameter in plain.items()}
    return InferredSpace(SearchSpace({**added, **conditional}), switches, notes, presence)


def _explanation(
    name: str, plain: Mapping[str, Parameter], presence: Presence, lacking: Configurations
) -> Explanation | None:
    """Return the only explanation of an absence, or None if there is none."""
    earlier = presence.earlier(name)
    parents = {parent: parameter for parent, parameter in plain.items() if parent in earlier}
    found = explanations(parents, presence.having(name), lacking)
    if len(found) > 1:
        raise SpaceError(_ambiguous(name, found, len(lacking)))
    return found[0] if found else None


def _switch(name: str, switches: Mapping[str, str], presence: Presence, taken: Mapping[str, Any]) -> str:
    """Return the choice that decides whether a parameter exists: one with the same presence, or a new one."""
    for other, switch in switches.items():
        if presence.agree(name, other) and all(
            presence.agree(name, member) for member, shared in switches.items() if shared == switch
        ):
            return switch
    switch = f"{name} used"
    while switch in taken:
        switch += "_"
    return switch


def _trials(n: int) -> str:
    return f"{n} trial" if n == 1 else f"{n} trials"


def _ambiguous(name: str, found: Sequence[Explanation], n: int) -> str:
    conditions = " or ".join(f"when={as_when(explanation)!r}" for explanation in found[:5])
    return (
        f"parameter {name!r} is missing in {_trials(n)}, and several conditions explain that: {conditions}; "
        f"{GIVE_ONE} that gives {name!r} its condition"
    )


def _gaps(name: str, explanation: Explanation) -> list[str]:
    return [
        f"of {requirement.parent!r} no trial tried {requirement.gap}; parameter {name!r} is taken to exist "
        f"when={as_when(explanation)!r}"
        for requirement in explanation
        if requirement.gap is not None
    ]
