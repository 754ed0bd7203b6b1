"""Factories of the samplers under test, with their defaults."""

from __future__ import annotations

import functools
import importlib
from typing import Any

import tanteo as tt
from tanteo.testing import adapters


def _class(module: str, name: str, seed: int) -> Any:
    return getattr(importlib.import_module(module), name)(seed=seed % 2**32)


def _optuna(name: str, **options: bool) -> Any:
    return adapters.from_optuna(functools.partial(_class, "optuna.samplers", name), **options)


def _hyperopt(seed: int) -> Any:
    return importlib.import_module("hyperopt").tpe.suggest


def _rustuna() -> Any:
    return adapters.from_optuna(importlib.import_module("rustuna").samplers.TPESampler)


#: Factory makers by name; a library is imported when its sampler is asked for.
SUBJECTS = {
    "optuna-tpe": functools.partial(_optuna, "TPESampler"),
    "optuna-tpe-kept": functools.partial(_optuna, "TPESampler", keep_sampler=True),
    "optuna-gp": functools.partial(_optuna, "GPSampler"),
    "optuna-cmaes": functools.partial(_optuna, "CmaEsSampler"),
    "rustuna-tpe": _rustuna,
    "hyperopt-tpe": functools.partial(adapters.from_hyperopt, _hyperopt),
    **{
        f"tanteo-{name}": functools.partial(functools.partial, tt.Optimizer, sampler=name)
        for name in ("tpe", "gp", "auto")
    },
}
