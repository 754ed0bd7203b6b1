"""What the adapter uses of Ray, fetched in this one place. Ray has no types to speak of: all of it is ``Any``."""

from __future__ import annotations

from typing import Any

from ...optional import require


def _ray(module: str) -> Any:
    return require(module, extra="ray", needed_by="tanteo.integrations.ray")


#: The whole of Ray, for what needs a running cluster.
ray: Any = _ray("ray")
#: The domains: ``Float``, ``Integer``, ``Categorical``, ``Function``, and the samplers that belong to them.
domains: Any = _ray("ray.tune.search.sample")
Searcher: Any = _ray("ray.tune.search").Searcher
Stopper: Any = _ray("ray.tune").Stopper
ExperimentAnalysis: Any = _ray("ray.tune").ExperimentAnalysis
ResultGrid: Any = _ray("ray.tune").ResultGrid
assign_value: Any = _ray("ray.tune.search.variant_generator").assign_value
cloudpickle: Any = _ray("ray.cloudpickle")

#: What ``time_attr`` of Tune's schedulers is unless said otherwise.
TRAINING_ITERATION = "training_iteration"
#: The metric of a trainable that returns a bare number.
DEFAULT_METRIC: str = _ray("ray.tune.result").DEFAULT_METRIC
#: First entry of the tuples that Tune puts in the place of objects and of ``sample_from``.
PLACEHOLDERS = ("__fn_ph", "__ref_ph")
