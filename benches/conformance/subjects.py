"""Factories of the samplers under test, with their defaults."""

from __future__ import annotations

import functools
import importlib
from typing import Any

import tanteo as tt
from tanteo.testing import adapters


def _class(module: str, name: str, seed: int) -> Any:
    return getattr(importlib.import_module(module), name)(seed=seed)


def _optuna(name: str, *needs: str, **options: Any) -> Any:
    # Imported here, because the process of every check is forked from this one.
    for module in ("optuna.samplers", *needs):
        importlib.import_module(module)
    return adapters.from_optuna(functools.partial(_class, "optuna.samplers", name), **options)


def _hyperopt(seed: int) -> Any:
    return importlib.import_module("hyperopt").tpe.suggest


def _optuna_cmaes() -> Any:
    # CmaEsSampler rejects studies with several objectives with an error.
    return _optuna("CmaEsSampler", "cmaes", capabilities={"multi_objective": False})


def _hyperopts() -> Any:
    importlib.import_module("hyperopt")
    return adapters.from_hyperopt(_hyperopt)


def _rustuna() -> Any:
    return adapters.from_optuna(importlib.import_module("rustuna").samplers.TPESampler)


#: Functions that return a factory, by name; each imports its library when it is called.
SUBJECTS = {
    "optuna-tpe": functools.partial(_optuna, "TPESampler"),
    "optuna-tpe-kept": functools.partial(_optuna, "TPESampler", keep_sampler=True),
    "optuna-gp": functools.partial(_optuna, "GPSampler", "torch", "scipy.optimize", "scipy.stats"),
    "optuna-cmaes": _optuna_cmaes,
    "rustuna-tpe": _rustuna,
    "hyperopt-tpe": _hyperopts,
    **{
        f"tanteo-{name}": functools.partial(functools.partial, tt.Optimizer, sampler=name)
        for name in ("tpe", "gp", "auto")
    },
}
