"""Adapter for Hyperopt algorithms."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from typing import Any

from ...exceptions import ParameterError
from ...space.elsewhere.hyperopt import value, write
from ...space.parameters import Parameter
from ...space.search_space import SearchSpace
from ..domain import nested
from ..failure import Unsupported
from ..protocol import Capabilities
from .common import Adapted, Trial, imported, unsupported_condition


def from_hyperopt(algo: Any, *, capabilities: Capabilities | Mapping[str, bool] | None = None) -> Adapted:
    """Return a factory for a Hyperopt algorithm.

    Floats become ``hp.uniform`` and ``hp.loguniform``, integers ``hp.uniformint`` and rounded ``hp.qloguniform``. Steps
    and choices become an index into the levels. Conditions and known constraints are unsupported. Saving pickles the
    trials and the generator of seeds.

    Parameters
    ----------
    algo
        A function such as ``hyperopt.tpe.suggest``, or a callable ``seed -> function``.
    capabilities
        A mapping of the fields of :class:`Capabilities` that differ from the default, or a complete one.
        ``hyperopt.rand.suggest`` is known not to learn.

    Examples
    --------
    >>> from tanteo.testing import adapters
    >>> factory = adapters.from_hyperopt(lambda seed: functools.partial(hyperopt.tpe.suggest, n_startup_jobs=5))
    """
    return Adapted(
        _Search,
        algo,
        Capabilities(
            learns=getattr(algo, "__module__", "") != "hyperopt.rand",
            save=True,
            conditional=False,
            best=True,
            history=True,
            lifecycle=True,
        ).updated(capabilities),
    )


def _is_algorithm(algo: Any) -> bool:
    """Whether this is an algorithm ``(new_ids, domain, trials, seed)`` rather than a callable that returns one."""
    if inspect.isclass(algo):
        return False
    return len([p for p in inspect.signature(algo).parameters.values() if p.default is p.empty]) >= 3


def unused_objective(_: Any) -> float:
    """A placeholder for the objective, which Hyperopt never calls here."""
    return 0.0


class _Search:
    """A Hyperopt search with ``ask`` and ``tell``."""

    def __init__(self, maker: Any, space: SearchSpace, seed: int) -> None:
        import numpy as np

        unsupported_condition(space)
        hyperopt = imported("hyperopt", "adapters.from_hyperopt")
        imported("hyperopt.base", "adapters.from_hyperopt")
        self.space, self._algo = space, maker if _is_algorithm(maker) else maker(seed)
        self._labels = {name: f"p{k}" for k, name in enumerate(space) if space[name]._varies}
        tree = {label: _supported_node(label, space[name]) for name, label in self._labels.items()}
        self._domain = hyperopt.base.Domain(unused_objective, tree)
        self._trials = hyperopt.Trials()
        self._rng = np.random.default_rng(seed)
        self._params: dict[int, dict[str, Any]] = {}

    def ask(self) -> Trial:
        ids = self._trials.new_trial_ids(1)
        self._trials.refresh()
        docs = self._algo(ids, self._domain, self._trials, int(self._rng.integers(2**31 - 1)))
        self._trials.insert_trial_docs(docs)
        self._trials.refresh()
        drawn = docs[0]["misc"]["vals"]
        flat = {
            name: value(parameter, drawn[self._labels[name]][0]) if parameter._varies else parameter._only()
            for name, parameter in self.space.parameters.items()
        }
        self._params[ids[0]] = nested(flat, self.space)
        return Trial(ids[0], nested(flat, self.space))

    def tell(self, trial: Trial, value: Any = None) -> None:
        hyperopt = imported("hyperopt", "adapters.from_hyperopt")
        document = next((document for document in self._trials._dynamic_trials if document["tid"] == trial.id), None)
        if document is None or document["state"] == hyperopt.JOB_STATE_DONE:
            raise ValueError(f"trial {trial.id} is unknown or was told before")
        loss = None if value is None else float(value)
        failed = loss is None or math.isnan(loss)
        document["result"] = (
            {"status": hyperopt.STATUS_FAIL} if failed else {"status": hyperopt.STATUS_OK, "loss": loss}
        )
        document["state"] = hyperopt.JOB_STATE_DONE
        self._trials.refresh()

    @property
    def trials(self) -> list[Trial]:
        return [
            Trial(document["tid"], self._params[document["tid"]], document["result"].get("loss"))
            for document in self._trials._dynamic_trials
        ]

    @property
    def best(self) -> Trial | None:
        try:
            document = self._trials.best_trial
        except Exception:  # Hyperopt raises an exception of its own while there is no result
            return None
        return Trial(document["tid"], self._params[document["tid"]], document["result"]["loss"])


def _supported_node(label: str, parameter: Parameter) -> Any:
    """Return the node of a parameter; Hyperopt rejects ranges whose ends, or their logarithms, are equal."""
    try:
        return write(parameter, label)
    except ParameterError as error:
        raise Unsupported(str(error)) from None
    except ValueError as error:
        raise Unsupported(f"{label}: {error}") from None
