"""How the facts that only one of the two libraries has a place for are called in the other one."""

from __future__ import annotations

# Attributes of a trial of Optuna that say what Tanteo knows of it: cost, sems, reason, traceback, origin, ...
TANTEO_PREFIX = "tanteo/"
# Attributes of a trial of Tanteo that hold a system attribute of Optuna.
OPTUNA_PREFIX = "optuna/"
# Where Optuna 5 keeps a named constraint, and where older versions and the dashboard keep all of them as a list.
CONSTRAINT = "constraints:"
CONSTRAINTS = "constraints"
FIXED = "fixed_params"
# The exact value of an integer that Optuna's storages, which keep floats, would round.
EXACT = f"{TANTEO_PREFIX}exact/"
# Where Optuna keeps the names of the objectives of a study.
METRIC_NAMES = "study:metric_names"
# What to do where the trials do not say what the space is.
GIVE_ONE = "pass space=, a tt.SearchSpace"
