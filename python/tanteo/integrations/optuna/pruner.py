"""A pruner for Optuna."""

from __future__ import annotations

import threading
import weakref
from functools import partial
from typing import TYPE_CHECKING, Any

from ...optimizer import Optimizer
from ...space.parameters import Constant
from ..replica import Replica
from .curves import Curves
from .library import BasePruner

if TYPE_CHECKING:
    from ...options import AnyPruner


class TanteoPruner(BasePruner):  # type: ignore[misc] # Optuna is optional, so its class is of type Any here
    """A pruner for any Optuna study: every rule of :mod:`tanteo.pruners`, with the decisions that it makes in Tanteo.

    Steps are compared in their order, also if they were reported in another one. What a trial reports once it has
    ended is not read again.

    Parameters
    ----------
    pruner
        As for :class:`tanteo.Optimizer`: ``"auto"``, ``"median"``, ``tt.pruners.Hyperband(max_resource=81)``, ...

    Raises
    ------
    ImportError
        If Optuna is not installed (``pip install 'tanteo[optuna]'``).

    Examples
    --------
    >>> import optuna                                                                         # doctest: +SKIP
    >>> from tanteo.integrations.optuna import TanteoPruner, TanteoSampler                    # doctest: +SKIP
    >>> study = optuna.create_study(sampler=TanteoSampler(seed=0), pruner=TanteoPruner())     # doctest: +SKIP
    """

    def __init__(self, pruner: AnyPruner = "auto") -> None:
        self._pruner = Optimizer(_NOTHING, pruner=pruner).pruner
        # What was read from storages; it saves time only.
        self._lock = threading.RLock()
        self._studies: weakref.WeakKeyDictionary[Any, dict[int, tuple[Curves, Replica]]] = weakref.WeakKeyDictionary()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._pruner,)

    def __repr__(self) -> str:
        return f"TanteoPruner({self._pruner!r})"

    def prune(self, study: Any, trial: Any) -> bool:
        """Return whether a trial should stop at its last report."""
        with self._lock:
            curves, replica = self._study(study)
            replica.follow(curves.read(study._storage, study._study_id))
            return bool(replica.search.should_prune(trial.number))

    def _study(self, study: Any) -> tuple[Curves, Replica]:
        of_storage = self._studies.setdefault(study._storage, {})
        if study._study_id not in of_storage:
            directions = [direction.name.lower() for direction in study.directions]
            new_search = partial(Optimizer, _NOTHING, directions=directions, pruner=self._pruner, seed=0)
            of_storage[study._study_id] = Curves(directions), Replica(new_search)
        return of_storage[study._study_id]


# Pruners do not look at configurations.
_NOTHING = {"nothing": Constant(None)}
