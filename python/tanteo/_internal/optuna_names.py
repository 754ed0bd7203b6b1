"""What names of Optuna are called here, for the errors about names and arguments that this package does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

#: The names of Optuna's package, studies and trials, with what to write here: a name of this package with ``tt.``, else
#: an attribute of the object. None of them is a name of ours.
OURS = {
    "create_study": "tt.Study(path, space), or tt.minimize(function, space) for a whole search",
    "load_study": "tt.Study(path)",
    "TrialPruned": "tt.Pruned",
    "create_trial": "tt.Study(path).observe(params, value), which adds the trial",
    "visualization": "tt.plotting",
    "FloatDistribution": "tt.Float(low, high)",
    "IntDistribution": "tt.Int(low, high)",
    "CategoricalDistribution": "tt.Categorical(choices)",
    "optimize": "tt.minimize(function, space), with study= to continue a search",
    "stop": "tt.StopSearch, raised in a callback of tt.minimize",
    "enqueue_trial": "enqueue(params)",
    "add_trial": "observe(params, value)",
    "add_trials": "observe(params, value) for each of them",
    "best_trial": "best",
    "best_trials": "pareto_front",
    "get_trials": "trials",
    "trials_dataframe": "to_pandas()",
    "direction": "directions",
    "metric_names": "objective_names",
    "set_metric_names": "tt.Study(path, space, directions={name: 'minimize'})",
    "study_name": "name",
    "number": "id",
    "user_attrs": "attrs",
    "set_user_attr": "set_attr(name, value)",
    "intermediate_values": "steps",
    "datetime_start": "started",
    "datetime_complete": "finished",
    **dict.fromkeys(
        (f"suggest_{kind}" for kind in ("float", "int", "categorical", "uniform", "loguniform", "discrete_uniform")),
        "params[name]; the space is declared before the search",
    ),
}
#: The tables by which a database of Optuna is recognized.
TABLES = frozenset({"studies", "trials", "trial_params"})
#: What to do with a file of Optuna.
IMPORT_FILE = "convert it by tanteo.integrations.optuna.from_optuna, or by tanteo import of the shell"
_NO_ATTRIBUTES = "trials have attributes, a search has none of its own"
#: Those that something else replaces, or nothing of ours, by a name of ours that the owner has.
_OF_OWNERS = {
    # The package.
    "minimize": {
        "logging": "logging.getLogger('tanteo') of Python's logging",
        "delete_study": "pathlib.Path(path).unlink(); a study is a file",
    },
    # The importances.
    "param_importances": {"get_param_importances": "tt.importance.param_importances(search)"},
    # A search.
    "ask": {
        "user_attrs": f"trials[id].attrs; {_NO_ATTRIBUTES}",
        "set_user_attr": f"set_attr(trial, name, value); {_NO_ATTRIBUTES}",
    },
}
#: Arguments of Optuna's functions and classes, which no function or class with such a hint takes.
ARGUMENTS = {
    "n_jobs": "n_workers=, the number of worker processes",
    "show_progress_bar": "progress=True",
    "study_name": "tt.Study(path, space, name=...)",
    "storage": "tt.Study(path, space), or tt.minimize(function, space, study=path)",
    "load_if_exists": "tt.Study(path, space), which opens a study that exists",
    "n_startup_trials": "a sampler or a pruner with n_startup=, such as tt.samplers.TPE(n_startup=10)",
    "n_warmup_steps": "a pruner with n_warmup_steps=, such as tt.pruners.Median(n_warmup_steps=5)",
    **{
        name: f"a pruner with {name}=, such as tt.pruners.Hyperband({name}={value})"
        for name, value in {"min_resource": 1, "max_resource": 81, "reduction_factor": 3}.items()
    },
}
#: The samplers and pruners of Optuna that differ from ours in more than their ending.
_RENAMED = {
    "BruteForce": "Grid",
    "CmaEs": "Auto",
    "NSGAII": "NSGA2",
    "NSGAIII": "NSGA3",
    "Nop": "Nothing",
    "QMC": "Sobol",
}


def hint(name: str, known: Collection[str], prefix: str = "") -> str:
    """Return the end of the message about an unknown name, empty unless ``known`` names do what it does in Optuna.

    The ``prefix`` leads to the object that has the known names.

    >>> hint("best_trial", ["best", "trials"])
    "; in place of Optuna's best_trial write best"
    >>> hint("best_trial", ["best", "trials"], prefix="run.optimizer.")
    "; in place of Optuna's best_trial write run.optimizer.best"
    >>> hint("best_trial", ["params", "value"])
    ''
    """
    for mark, names in _OF_OWNERS.items():
        if mark in known and name in names:
            return _in_place_of(name, f"{prefix}{names[name]}")
    ours = OURS.get(name, "")
    if ours.startswith("tt."):
        return _in_place_of(name, ours)
    is_known = re.split(r"\W", ours)[0] in known
    return _in_place_of(name, f"{prefix}{ours}") if ours and is_known else ""


def named_hint(name: str, module: str, known: Collection[str]) -> str:
    """Return the end of the message about an unknown sampler or pruner, empty if Optuna has none of this name.

    >>> named_hint("NopPruner", "pruners", ["Median", "Nothing"])
    "; in place of Optuna's NopPruner write tt.pruners.Nothing"
    """
    stem = re.sub(r"(Sampler|Pruner)$", "", name)
    ours = _RENAMED.get(stem, stem)
    return _in_place_of(name, f"tt.{module}.{ours}") if ours in known and ours != name else ""


def object_hint(given: object) -> str:
    """Return the end of the message about an object that is no search, empty unless it is one of Optuna."""
    is_theirs = type(given).__module__.partition(".")[0] == "optuna"
    return "; tanteo.integrations.optuna.from_optuna(study) makes a search of a study of Optuna" if is_theirs else ""


def argument_hint(name: str) -> str:
    """Return the end of the message about an unknown argument, empty unless it is one of Optuna."""
    return _in_place_of(name, ARGUMENTS[name]) if name in ARGUMENTS else ""


def _in_place_of(name: str, ours: str) -> str:
    return f"; in place of Optuna's {name} write {ours}"


_ATTRIBUTES = {*OURS, *(name for names in _OF_OWNERS.values() for name in names)}


class NamesOfOptuna:
    """The base of classes whose errors about unknown attributes say what a name of Optuna is here."""

    __slots__ = ()

    # Type checkers would otherwise accept every attribute.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name not in _ATTRIBUTES:
                # Raises again what was raised, which may be an error inside a property.
                return object.__getattribute__(self, name)
            kind = type(self).__name__
            raise AttributeError(
                f"{kind!r} object has no attribute {name!r}{hint(name, dir(self))}", name=name, obj=self
            )
