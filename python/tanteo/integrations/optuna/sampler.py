"""A sampler for Optuna."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ... import inside
from ..._internal.coercion import shown
from ..._internal.keywords import explaining_arguments
from ..._internal.optional import require
from ...exceptions import ArgumentError
from ...space.search_space import checked_seed
from .names import CONSTRAINTS, PROPOSAL
from .proposing import OUTSIDE, Proposer, matched
from .studies import PerStudy

if TYPE_CHECKING:
    from ...options import AnySampler

BaseSampler: Any = require("optuna.samplers", extra="optuna", needed_by="tanteo.integrations.optuna").BaseSampler


class TanteoSampler(BaseSampler):  # type: ignore[misc] # Optuna is optional, so its class is of type Any here
    """A sampler for any Optuna study, with any storage and any number of processes.

    The search space, with its ranges and conditions, is inferred from the finished trials as they come. All active
    parameters are proposed together. A parameter that no finished trial has is drawn at random once. A parameter that
    was not expected to exist is proposed when the objective asks for it, given all values of the trial so far. So is
    one whose proposed value lies outside the range that the objective asks for.

    The search learns from failed trials, from pruned ones by their reports, from constraints (``Trial.set_constraint``)
    and from several objectives. Running trials of all processes are pending: their proposals are published in the
    storage as the system attribute ``tanteo:proposal``.

    Parameters
    ----------
    sampler
        As for :class:`tanteo.Optimizer`: ``"auto"``, ``"tpe"``, ``tt.samplers.GP(n_startup=20)``, ...
    seed
        As for :class:`tanteo.Optimizer`. Every process of a study may have the same one.
    constraints_func
        A function from a trial to a sequence of constraints, feasible when ``<= 0``, as other samplers of Optuna take
        it. NaN is an error. New code calls ``Trial.set_constraint`` in the objective.

    Notes
    -----
    A suggestion is a function of the trials in the storage, the settings, the seed and the number of the trial. Nothing
    else is kept, so a fresh process continues as this one would, and a pickle holds the settings only.

    Where all configurations of a finite space were tried, they are repeated.

    Raises
    ------
    ImportError
        If Optuna is not installed (``pip install 'tanteo[optuna]'``).

    Examples
    --------
    >>> import optuna                                                                         # doctest: +SKIP
    >>> from tanteo.integrations.optuna import TanteoSampler                                  # doctest: +SKIP
    >>> study = optuna.load_study(                                                            # doctest: +SKIP
    ...     study_name="digits", storage="sqlite:///optuna.db", sampler=TanteoSampler(seed=0)
    ... )
    >>> study.optimize(objective, n_trials=100)                                               # doctest: +SKIP
    """

    @explaining_arguments
    def __init__(
        self,
        sampler: AnySampler = "auto",
        *,
        seed: int | None = None,
        constraints_func: Callable[[Any], Sequence[float]] | None = None,
    ) -> None:
        if not callable(constraints_func or bool):
            raise ArgumentError(f"constraints_func must be a function of a trial, got {shown(constraints_func)}")
        self._sampler = inside.sampler(sampler)
        self._seed = checked_seed(seed)
        self._constraints_func = constraints_func
        self._lock = threading.RLock()
        self._proposers = PerStudy(partial(Proposer, self._sampler, self._seed))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self._sampler, self._seed, self._constraints_func)

    def _read(self, study: Any, trial: Any) -> Proposer:
        """Return the proposer of a study after reading what is new."""
        proposer = self._proposers.of(study)
        proposer.mirror.read(study._storage, study._study_id)
        proposer.read_for = trial.number
        return proposer

    def __repr__(self) -> str:
        return f"TanteoSampler({self._sampler!r}, seed={self._seed})"

    @property
    def seed(self) -> int:
        """The seed."""
        return self._seed

    def reseed_rng(self) -> None:
        """Do nothing: the random numbers of a trial depend on its number, so threads cannot share them."""

    def infer_relative_search_space(self, study: Any, trial: Any) -> dict[str, Any]:
        """Return the latest distribution of each parameter that finished trials have."""
        with self._lock:
            mirror = self._read(study, trial).mirror
            return {name: known for name, known in mirror.distributions.items() if not known.single()}

    def sample_relative(self, study: Any, trial: Any, search_space: Mapping[str, Any]) -> dict[str, Any]:
        """Return values for the parameters that are expected to exist, and publish them."""
        if not search_space:
            return {}
        with self._lock:
            proposer = self._proposers.of(study)
            if proposer.read_for != trial.number:
                self._read(study, trial)
            proposer.read_for = None
            fixed = {**proposer.mirror.queued(trial.number), **trial.params}
            proposal = proposer.propose(trial.number, fixed)
            if proposal.raws:
                # Before another thread reads the storage, for which the trial would be unknown.
                published = [proposal.origin, dict(proposal.raws)]
                study._storage.set_trial_system_attr(trial._trial_id, PROPOSAL, published)
        known = [name for name in proposal.values if name in search_space]
        values = {name: matched(proposal.values[name], search_space[name]) for name in known}
        return {name: value for name, value in values.items() if value is not OUTSIDE}

    def sample_independent(self, study: Any, trial: Any, param_name: str, param_distribution: Any) -> Any:
        """Return a value for a parameter that was not proposed, given the values of the trial so far."""
        with self._lock:
            proposer = self._read(study, trial)
            return proposer.propose_one(trial.number, trial.params, param_name, param_distribution)

    def after_trial(self, study: Any, trial: Any, state: Any, values: Sequence[float] | None) -> None:
        """Store the constraints of a trial, if there is a function that computes them."""
        if self._constraints_func is not None and state.name in ("COMPLETE", "PRUNED"):
            computed = None
            try:
                computed = _checked(tuple(map(float, self._constraints_func(trial))), trial)
            finally:
                study._storage.set_trial_system_attr(trial._trial_id, CONSTRAINTS, computed)


def _checked(constraints: tuple[float, ...], trial: Any) -> tuple[float, ...]:
    """Return the constraints of a trial.

    Raises
    ------
    ArgumentError
        If one is NaN, as :meth:`tanteo.Optimizer.tell` does: nothing says whether the trial is feasible.
    """
    for place, value in enumerate(constraints):
        if math.isnan(value):
            raise ArgumentError(
                f"constraints_func: constraint {place} of trial {trial.number} must be a number, feasible when <= 0, "
                "or inf, got nan"
            )
    return constraints


def _restored(kind: type[TanteoSampler], sampler: Any, seed: int, constraints_func: Any) -> TanteoSampler:
    return kind(sampler, seed=seed, constraints_func=constraints_func)
