"""Proposes values for the trials of one study."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ... import inside
from ...exceptions import SpaceError, SpaceExhausted
from ...optimizer import Optimizer
from ...space.constraints import Constraint, Forbid, Linear
from ...space.elsewhere.optuna import read
from ...space.labels import Choices
from ...space.search_space import SearchSpace
from ..replica import Replica
from .mirror import Mirror

if TYPE_CHECKING:
    from ...options import AnySampler
    from ...trials.objectives import Direction


@dataclass(frozen=True)
class Proposal:
    """A configuration.

    Attributes
    ----------
    origin
        Where it comes from.
    raws
        The raw values of the parameters that exist, and of choices that were added to the space.
    values
        The values of the parameters that exist.
    """

    origin: str = "random"
    raws: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


class Proposer:
    """Proposes values for the trials of one study.

    Parameters
    ----------
    sampler, seed
        As for :class:`TanteoSampler`.
    directions
        Those of the study.

    Attributes
    ----------
    mirror : Mirror
        The trials of the study.
    read_for : int or None
        The trial for which they were just read.
    """

    def __init__(self, sampler: AnySampler, seed: int, directions: Sequence[Direction]) -> None:
        self._sampler, self._seed, self._directions = sampler, seed, directions
        self.mirror = Mirror(directions)
        self.read_for: int | None = None
        # The space restricted to the latest ranges, after what it depends on.
        self._space: tuple[Any, SearchSpace] | None = None
        # The search that the trials of this process ask one after another, and its space.
        self._replica: Replica | None = None
        self._of_replica: SearchSpace | None = None

    def propose(self, number: int, fixed: Mapping[str, Any]) -> Proposal:
        """Return a configuration for a trial, some of whose values may be fixed.

        The usual case, without fixed values and without later trials, uses the search of the trial before, whose models
        need not be fitted again. Its trials have the numbers of Optuna. Any other case has a search of its own.
        """
        if self.mirror.inferred is None:
            return Proposal()
        space = self._space_now()
        special = self._restricted(fixed, {}) if fixed else space
        if special is not space or not self.mirror.is_last(number):
            return self._once(special, number, "configuration")
        if self._replica is None or self._of_replica is not space:
            self._of_replica, self._replica = space, self._new_replica(space, self._seed)
        self._replica.follow(self.mirror.before(number))
        return _asked(space, self._replica)

    def propose_one(self, number: int, fixed: Mapping[str, Any], name: str, distribution: Any) -> Any:
        """Return a value for one parameter of a trial, given others."""
        if self.mirror.inferred is not None and name in self.mirror.inferred.space:
            proposal = self._once(self._restricted(fixed, {name: distribution}), number, f"parameter {name}")
            value = matched(proposal.values[name], distribution) if name in proposal.values else OUTSIDE
            if value is not OUTSIDE:
                return value
        return self._independent(number, name, distribution)

    def _independent(self, number: int, name: str, distribution: Any) -> Any:
        """Return a value for a parameter of which nothing is known.

        The first trial of a study has what a search in Tanteo tries first, the others random values.
        """
        space = {"value": read(distribution)}
        sampler = self._sampler if number == 0 else "random"
        chosen = Optimizer(space, sampler=sampler, seed=self._derived_seed(number, name)).ask()
        return matched(chosen.params["value"], distribution)

    def _space_now(self) -> SearchSpace:
        """Return the space, restricted to the latest ranges; the same object while nothing changes."""
        inferred = self.mirror.inferred
        assert inferred is not None
        key = (inferred, narrowed(inferred.space, self.mirror.distributions))
        if self._space is None or self._space[0] != key:
            self._space = key, self._restricted({}, {})
        return self._space[1]

    def _restricted(self, fixed: Mapping[str, Any], ranges: Mapping[str, Any]) -> SearchSpace:
        """Return the space restricted to fixed values, the given ranges, and the latest ranges of other parameters.

        If the restrictions contradict each other or what is known of the space, they are left out.
        """
        inferred = self.mirror.inferred
        assert inferred is not None
        latest = dict(narrowed(inferred.space, self.mirror.distributions))
        within = {name: known for name, known in {**latest, **ranges}.items() if name not in fixed}
        try:
            return restricted(inferred.space, fixed, within)
        except SpaceError:
            return inferred.space

    def _once(self, space: SearchSpace, number: int, purpose: str) -> Proposal:
        """Ask a new search with all other trials, also those that began later."""
        replica = self._new_replica(space, self._derived_seed(number, purpose))
        replica.follow(self.mirror.others(number))
        return _asked(space, replica)

    def _new_replica(self, space: SearchSpace, seed: int) -> Replica:
        return Replica.of(space, self._directions, self._sampler, seed)

    def _derived_seed(self, number: int, purpose: str) -> int:
        text = f"{self._seed} {number} {purpose}".encode("utf-8", "backslashreplace")
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())


def _asked(space: SearchSpace, replica: Replica) -> Proposal:
    """Return the answer of a search; nothing if it has none, as where restrictions leave no configuration."""
    try:
        row, origin = replica.ask()
    except (SpaceError, SpaceExhausted):
        return Proposal()
    named = zip(inside.names(space), row, strict=True)
    raws = {name: raw for name, raw in named if raw is not None}
    return Proposal(origin, raws, {name: inside.value(space[name], raw) for name, raw in raws.items()})


# What stands for a value that is not in the range; None may be a choice.
OUTSIDE: Any = object()


def matched(value: Any, distribution: Any) -> Any:
    """Return a value as a distribution has it, on its grid; :data:`OUTSIDE` if it is not in its range.

    Optuna finds a choice by ``==``, so that ``True`` and ``1`` are one. The choice of the same type is returned.
    """
    if hasattr(distribution, "choices"):
        position = Choices(distribution.choices).find(value)
        return OUTSIDE if position is None else distribution.choices[position]
    low, high, step = distribution.low, distribution.high, distribution.step
    if step is None:
        return type(low)(value) if low <= value <= high else OUTSIDE
    # The last level of one library may exceed that of the other by a rounding error.
    position = round((value - low) / step)
    if not 0 <= position <= round((high - low) / step):
        return OUTSIDE
    is_level = low <= value <= high and distribution._contains(distribution.to_internal_repr(value))
    return type(low)(value if is_level else min(low + step * position, high))


# How far from a fixed number suggestions may lie, as a share of the range on its scale. With an exact value, models
# could compare only few candidates. The others are then chosen for a value close to the fixed one.
_WINDOW = 0.05


def restricted(space: SearchSpace, fixed: Mapping[str, Any], ranges: Mapping[str, Any]) -> SearchSpace:
    """Return a space whose suggestions have, or nearly have, the fixed values, and lie in the ranges.

    Its trials need not. Names and values that the space does not have are ignored.

    Parameters
    ----------
    space
        The space.
    fixed
        Name to value.
    ranges
        Name to an object with ``low`` and ``high``; others are ignored.
    """
    constraints: list[Constraint] = []
    for name, value in fixed.items():
        if name in space and space[name]._varies:
            constraints.extend(_near(name, space[name], value))
    for name, within in ranges.items():
        if space[name]._varies and hasattr(within, "low"):
            constraints.append(Linear({name: 1.0}, lower=within.low, upper=within.high))
    return SearchSpace(space.parameters, [*space.constraints, *constraints]) if constraints else space


def _near(name: str, parameter: Any, value: Any) -> Iterator[Constraint]:
    labels = parameter._labels()
    if labels is not None:
        position = Choices(labels).find(value)
        if position is not None:
            yield Forbid({name: [label for k, label in enumerate(labels) if k != position]})
        return
    low, high = parameter.low, parameter.high
    if not low <= value <= high:
        return
    if parameter.log:
        factor = math.exp(_WINDOW * math.log(high / low))
        yield Linear({name: 1.0}, lower=value / factor, upper=value * factor)
    else:
        window = _WINDOW * high - _WINDOW * low
        yield Linear({name: 1.0}, lower=value - window, upper=value + window)


def narrowed(space: SearchSpace, distributions: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return the distributions whose range is narrower than that of the space, with their names."""
    merged: Mapping[str, Any] = space.parameters
    numeric = [(name, latest) for name, latest in distributions.items() if hasattr(latest, "low")]
    return tuple(
        (name, latest) for name, latest in numeric if latest.low > merged[name].low or latest.high < merged[name].high
    )
