"""Proposes values for the trials of one study."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ... import inside
from ...exceptions import SpaceError, SpaceExhausted
from ...optimizer import Optimizer
from ...space.elsewhere.optuna import read
from ..replica import Replica
from .mirror import Mirror
from .restricting import narrowed, restricted
from .values import OUTSIDE, matched

if TYPE_CHECKING:
    from ...options import AnySampler
    from ...space.search_space import SearchSpace
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
