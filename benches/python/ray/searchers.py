"""The compared searchers, configured as in their documentation, and the space of the timings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ray import tune

#: Called with a seed and the number of random trials at the start.
Maker = Callable[[int, int], Any]


def _tanteo_tpe(seed: int, n_startup: int) -> Any:
    import tanteo as tt
    from tanteo.integrations.ray import TanteoSearch

    return TanteoSearch(sampler=tt.samplers.TPE(n_startup=n_startup), seed=seed)


def _tanteo_auto(seed: int, n_startup: int) -> Any:
    from tanteo.integrations.ray import TanteoSearch

    return TanteoSearch(seed=seed)


def _optuna(seed: int, n_startup: int) -> Any:
    import optuna
    from ray.tune.search.optuna import OptunaSearch

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return OptunaSearch(sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=n_startup))


def _hyperopt(seed: int, n_startup: int) -> Any:
    from ray.tune.search.hyperopt import HyperOptSearch

    return HyperOptSearch(n_initial_points=n_startup, random_state_seed=seed)


SEARCHERS: dict[str, Maker] = {
    "tanteo-tpe": _tanteo_tpe,
    "tanteo-auto": _tanteo_auto,
    "optuna": _optuna,
    "hyperopt": _hyperopt,
}


def space() -> dict[str, Any]:
    """Return 20 parameters: ten uniform, four on a log scale, three integers, three choices of four."""
    floats = {f"u{i}": tune.uniform(0, 1) for i in range(10)}
    logs = {f"l{i}": tune.loguniform(1e-5, 1) for i in range(4)}
    counts = {f"i{i}": tune.randint(0, 100) for i in range(3)}
    choices = {f"c{i}": tune.choice(["a", "b", "c", "d"]) for i in range(3)}
    return {**floats, **logs, **counts, **choices}


def loss(config: dict[str, Any]) -> float:
    """Return a loss that orders the trials."""
    return sum((config[f"u{i}"] - 0.3) ** 2 for i in range(10)) + config["i0"] / 100 + (config["c0"] == "a")
