"""A pruner for Optuna."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ..._internal.keywords import explaining_arguments
from ..._internal.optional import require
from ...optimizer import Optimizer
from ...space.parameters import Constant
from ..replica import Entry, Replica
from .reading import imported_trial, outcome, steps
from .studies import PerStudy

if TYPE_CHECKING:
    from ...options import AnyPruner
    from ...trials.objectives import Direction

BasePruner: Any = require("optuna.pruners", extra="optuna", needed_by="tanteo.integrations.optuna").BasePruner


class Curves:
    """The trials of a study without their configurations.

    Parameters
    ----------
    directions
        Those of the study.
    """

    def __init__(self, directions: Sequence[str]) -> None:
        self._directions = directions
        self._finished: dict[int, Entry] = {}

    def read(self, storage: Any, study_id: int) -> list[Entry]:
        """Return all trials; entry ``k`` is trial ``k``."""
        trials = storage.get_all_trials(study_id, deepcopy=False)
        if len(trials) < len(self._finished):  # another study has taken the place of this one
            self._finished = {}
        return [self._finished.get(trial.number) or self._entry(trial) for trial in trials]

    def _entry(self, trial: Any) -> Entry:
        imported = imported_trial(trial, {})
        ended = None if imported.state in ("running", "waiting") else outcome(imported, self._directions)
        reports = steps(imported.steps, self._directions[0]) if len(self._directions) == 1 else ()
        entry = Entry((), "observed", reports, ended)
        if ended is not None:
            self._finished[trial.number] = entry
        return entry


class TanteoPruner(BasePruner):  # type: ignore[misc] # Optuna is optional, so its class is of type Any here
    """A pruner for any Optuna study: every rule of :mod:`tanteo.pruners`, with the decisions that it makes in Tanteo.

    Steps are compared in increasing order, whatever the order of the reports. Reports of a trial after its end are
    ignored.

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

    @explaining_arguments
    def __init__(self, pruner: AnyPruner = "auto") -> None:
        self._pruner = Optimizer(_NOTHING, pruner=pruner).pruner
        self._lock = threading.RLock()
        self._replicas = PerStudy(self._new_replica)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._pruner,)

    def __repr__(self) -> str:
        return f"TanteoPruner({self._pruner!r})"

    def prune(self, study: Any, trial: Any) -> bool:
        """Return whether a trial should stop at its last report."""
        with self._lock:
            curves, replica = self._replicas.of(study)
            replica.follow(curves.read(study._storage, study._study_id))
            return bool(replica.search.should_prune(trial.number))

    def _new_replica(self, directions: list[Direction]) -> tuple[Curves, Replica]:
        new_search = partial(Optimizer, _NOTHING, directions=directions, pruner=self._pruner, seed=0)
        return Curves(directions), Replica(new_search)


# Pruners do not look at configurations.
_NOTHING = {"nothing": Constant(None)}
