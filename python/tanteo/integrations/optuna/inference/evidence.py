"""What trials prove about the presence of parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ....space.parameters import Parameter


@dataclass(frozen=True)
class Evidence:
    """What one trial, in any state, shows of the space.

    Attributes
    ----------
    params
        The suggested values, in the order of the suggestions.
    parameters
        The parameter of each of them, as this trial declared it.
    is_complete
        Whether the trial suggested all of its parameters. A failed, pruned or running one may have ended before.
    queued
        Values that were queued for the trial. They need not be suggested, so they say nothing about presence.
    """

    params: Mapping[str, Any]
    parameters: Mapping[str, Parameter]
    is_complete: bool
    queued: Mapping[str, Any] = field(default_factory=dict)


class Presence:
    """Which trials have a parameter, which lack it, and which ended before they could have suggested it.

    A complete trial lacks what it does not have. Any other trial lacks a parameter only if it reached a later one: a
    parameter that follows it in every trial that has both.

    Parameters
    ----------
    trials
        The evidence.
    """

    def __init__(self, trials: Sequence[Evidence]) -> None:
        self._trials = trials
        self._orders = {tuple(trial.params) for trial in trials}
        self._later = _later_names(self._orders)

    def having(self, name: str) -> list[Mapping[str, Any]]:
        """Return the configurations that have a parameter."""
        return [trial.params for trial in self._trials if name in trial.params]

    def lacking(self, name: str) -> list[Mapping[str, Any]]:
        """Return the configurations that lack a parameter."""
        return [trial.params for trial in self._trials if self.lacks(trial, name)]

    def lacks(self, trial: Evidence, name: str) -> bool:
        """Whether a trial lacks a parameter."""
        if name in trial.params:
            return False
        followers = self._later.get(name, ())
        return trial.is_complete or any(other in followers and name not in self._later[other] for other in trial.params)

    def earlier(self, name: str) -> list[str]:
        """Return the parameters that every trial with ``name`` suggested before it, in the order of such a trial."""
        orders = sorted(order[: order.index(name)] for order in self._orders if name in order)
        return [other for other in orders[0] if all(other in order for order in orders[1:])] if orders else []

    def never_later(self, name: str) -> list[str]:
        """Return the parameters that no trial suggested after ``name``, in the order of their first appearance."""
        names = dict.fromkeys(other for order in sorted(self._orders) for other in order)
        return [other for other in names if other != name and other not in self._later.get(name, ())]

    def agree(self, left: str, right: str) -> bool:
        """Whether no trial has one of two parameters and lacks the other."""
        return not any(
            (left in trial.params and self.lacks(trial, right)) or (right in trial.params and self.lacks(trial, left))
            for trial in self._trials
        )


def _later_names(orders: Iterable[Sequence[str]]) -> dict[str, set[str]]:
    """Return for each name those that came after it in some trial."""
    later: dict[str, set[str]] = {}
    for order in orders:
        for position, name in enumerate(order):
            later.setdefault(name, set()).update(order[position + 1 :])
    return later
