"""Imports all names of Ray that the adapter uses. Ray has no usable types, so all of them are ``Any``."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..._internal.optional import require as _require

require = partial(_require, extra="ray", needed_by="tanteo.integrations.ray")

#: The package itself, for functions that need a running cluster.
ray: Any = require("ray")
#: The domains ``Float``, ``Integer``, ``Categorical`` and ``Function``, and their samplers.
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
exceptions: Any = require("ray.exceptions")
#: Those of Ray Train, in any of its versions (``ray.train`` exports them only in the second).
train_exceptions: Any = require("ray.train.v2.api.exceptions")

#: The default ``time_attr`` of Tune's schedulers.
TRAINING_ITERATION = "training_iteration"
#: The metric of a trainable that returns a bare number.
DEFAULT_METRIC: str = require("ray.tune.result").DEFAULT_METRIC
#: In the result of a function, says that a checkpoint belongs to it.
SHOULD_CHECKPOINT: str = require("ray.tune.result").SHOULD_CHECKPOINT
#: First entry of the tuples by which Tune replaces objects and ``sample_from``.
PLACEHOLDERS = ("__fn_ph", "__ref_ph")
