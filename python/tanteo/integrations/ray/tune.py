"""What the adapter uses of Ray, fetched in this one place. Ray has no types to speak of: all of it is ``Any``."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..._internal.optional import require as _require

require = partial(_require, extra="ray", needed_by="tanteo.integrations.ray")

#: The whole of Ray, for what needs a running cluster.
ray: Any = require("ray")
#: The domains: ``Float``, ``Integer``, ``Categorical``, ``Function``, and the samplers that belong to them.
domains: Any = require("ray.tune.search.sample")
Searcher: Any = require("ray.tune.search").Searcher
Stopper: Any = require("ray.tune").Stopper
TrialScheduler: Any = require("ray.tune.schedulers").TrialScheduler
Trainable: Any = require("ray.tune").Trainable
FunctionTrainable: Any = require("ray.tune.trainable.function_trainable").FunctionTrainable
ExperimentAnalysis: Any = require("ray.tune").ExperimentAnalysis
ResultGrid: Any = require("ray.tune").ResultGrid
assign_value: Any = require("ray.tune.search.variant_generator").assign_value
cloudpickle: Any = require("ray.cloudpickle")

#: What ``time_attr`` of Tune's schedulers is unless said otherwise.
TRAINING_ITERATION = "training_iteration"
#: The metric of a trainable that returns a bare number.
DEFAULT_METRIC: str = require("ray.tune.result").DEFAULT_METRIC
#: In a result of a function that gives a checkpoint with it.
SHOULD_CHECKPOINT: str = require("ray.tune.result").SHOULD_CHECKPOINT
#: First entry of the tuples that Tune puts in the place of objects and of ``sample_from``.
PLACEHOLDERS = ("__fn_ph", "__ref_ph")
