"""Names under which one library stores data that only the other one has a field for."""

from __future__ import annotations

# Prefix of attributes of an Optuna trial that hold data of Tanteo: cost, sems, reason, traceback, origin, ...
TANTEO_PREFIX = "tanteo/"
# Prefix of attributes of a Tanteo trial that hold a system attribute of Optuna.
OPTUNA_PREFIX = "optuna/"
# Prefix under which Optuna 5 stores a named constraint; older versions and the dashboard store one list.
CONSTRAINT = "constraints:"
CONSTRAINTS = "constraints"
FIXED = "fixed_params"
# Prefix of the exact value of an integer that Optuna's storages would round to a float.
EXACT = f"{TANTEO_PREFIX}exact/"
# The study attribute in which Optuna stores the names of the objectives.
METRIC_NAMES = "study:metric_names"
# The advice of messages about a space that is not clear, and about a storage of several studies.
GIVE_ONE = "pass space=, a tt.SearchSpace"
WITH_NAME = "(study_name=)"
# The states of trials in Optuna, which has no pauses.
STATES = {"complete": "COMPLETE", "pruned": "PRUNED", "paused": "PRUNED", "failed": "FAIL", "pending": "RUNNING"}
# The fields of a trial that Optuna has, or that follow from others.
OF_OPTUNA = (
    *("id", "state", "values", "feasible", "constraints", "resume_from", "params", "steps", "attrs"),
    *("started", "finished"),
)
# The system attribute in which a sampler publishes the whole proposal for a trial before any of it is suggested.
PROPOSAL = "tanteo:proposal"
