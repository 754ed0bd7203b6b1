"""Processor time of a trial in studies of Optuna, told apart into its storage, the sampler and the rest.

The objective takes no time and has ten numbers. Threads are limited to one, so that processor time is comparable.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benches.doors.clock import Clock

for variable in ("TANTEO_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[variable] = "1"

N_PARAMETERS = 10
SAMPLERS = ("RandomSampler", "TPESampler", "CmaEsSampler", "GPSampler", "TanteoSampler", "TanteoSampler('tpe')")
OF_SAMPLER = ("infer_relative_search_space", "sample_relative", "sample_independent", "before_trial", "after_trial")


def sampler(name: str) -> Any:
    """Return a sampler by its name."""
    import optuna

    from tanteo.integrations.optuna import TanteoSampler

    if name.startswith("Tanteo"):
        return TanteoSampler("tpe" if "tpe" in name else "auto", seed=0)
    return getattr(optuna.samplers, name)(seed=0)


def objective(trial: Any) -> float:
    """Return the sum of squares."""
    return sum((trial.suggest_float(f"x{k}", 0.0, 1.0) - 0.3) ** 2 for k in range(N_PARAMETERS))


def storages(folder: Path) -> dict[str, Callable[[], Any]]:
    """Return what makes a new storage of each kind."""
    import optuna

    return {
        "memory": optuna.storages.InMemoryStorage,
        "SQLite": lambda: optuna.storages.get_storage(f"sqlite:///{Path(tempfile.mkdtemp(dir=folder)) / 'study.db'}"),
    }


def milliseconds(make_storage: Callable[[], Any], name: str, n_trials: int) -> tuple[dict[str, float], float]:
    """Return the milliseconds of a trial by kind, and the best value."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage, chosen = make_storage(), sampler(name)
    study = optuna.create_study(storage=storage, sampler=chosen)
    study.optimize(objective, n_trials=1)  # imports
    clock = Clock()
    methods = [method for method in dir(storage) if not method.startswith("_") and callable(getattr(storage, method))]
    clock.watch(study._storage, methods, "storage")
    clock.watch(chosen, OF_SAMPLER, "sampler")
    study.optimize(objective, n_trials=n_trials)
    return {kind: 1000 * seconds / n_trials for kind, seconds in clock.stop().items()}, study.best_value


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(prog="python -m benches.doors", description=__doc__)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--samplers", nargs="+", default=SAMPLERS)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"{'storage':8} {'sampler':22} {'storage':>9} {'sampler':>9} {'rest':>9}   best")
    with tempfile.TemporaryDirectory() as folder:
        for kind, make_storage in storages(Path(folder)).items():
            for name in options.samplers:
                spent, best = milliseconds(make_storage, name, options.trials)
                columns = " ".join(f"{spent.get(part, 0.0):9.2f}" for part in ("storage", "sampler", "rest"))
                print(f"{kind:8} {name:22} {columns}   {best:.2e}", flush=True)


if __name__ == "__main__":
    main()
