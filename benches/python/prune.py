"""Time of ``report`` plus ``should_prune`` compared with Optuna's median pruner: ``python -m benches.python.prune``.

``tanteo`` is the default pruner; ``--libraries`` names others.

A search has some completed trials of 100 steps. Another trial reports its steps one by one and checks for pruning after
each. The output is the mean and the median over the steps of several such trials, in microseconds of processor time;
both are given because a pruner may do most of its work at a few steps. Optuna's storage is in memory.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benches.python.threads import ONE_THREAD

os.environ.update(ONE_THREAD)

STEPS = 100
Curve = list[float]


def curve(seed: int) -> Curve:
    """Return a power law whose end depends on the seed."""
    end = math.modf(0.618 * seed)[0]
    return [end + (1 + end) / step for step in range(1, STEPS + 1)]


def tanteo(n: int, pruner: str = "auto") -> Callable[[Curve], Iterator[Any]]:
    """Return a function that reports a curve to a search with ``n`` completed trials."""
    import tanteo as tt

    opt = tt.Optimizer(tt.SearchSpace({"x": tt.Float(0.0, 1.0)}), sampler="random", seed=0, pruner=pruner)
    for seed in range(n):
        values, trial = curve(seed), opt.ask()
        for step, value in enumerate(values, 1):
            opt.report(trial, step, value)
            # As in a search: a pruner may keep what it has read.
            opt.should_prune(trial)
        opt.tell(trial, values[-1])

    def reports(values: Curve) -> Iterator[Any]:
        trial = opt.ask()
        for step, value in enumerate(values, 1):
            opt.report(trial, step, value)
            yield opt.should_prune(trial)
        opt.tell(trial, values[-1])

    return reports


def optuna(n: int) -> Callable[[Curve], Iterator[Any]]:
    """Return the same function for Optuna."""
    import optuna
    from optuna.distributions import FloatDistribution
    from optuna.trial import create_trial

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0), pruner=optuna.pruners.MedianPruner())
    distributions = {"x": FloatDistribution(0.0, 1.0)}
    for values in map(curve, range(n)):
        steps = dict(enumerate(values, 1))
        study.add_trial(
            create_trial(params={"x": 0.5}, distributions=distributions, value=values[-1], intermediate_values=steps)
        )

    def reports(values: Curve) -> Iterator[Any]:
        trial = study.ask(distributions)
        for step, value in enumerate(values, 1):
            trial.report(value, step)
            yield trial.should_prune()
        study.tell(trial, values[-1])

    return reports


PRUNERS = ("median", "successive_halving", "hyperband")
LIBRARIES: dict[str, Callable[[int], Callable[[Curve], Iterator[Any]]]] = {
    "tanteo": tanteo,
    "optuna": optuna,
    **{f"tanteo-{name}": partial(tanteo, pruner=name) for name in PRUNERS},
}


def microseconds(library: str, n: int, trials: int) -> tuple[float, float]:
    """Return mean and median over the steps of several trials, alternately good and bad ones."""
    reports, times = LIBRARIES[library](n), []
    for seed in range(n, n + trials):
        steps = reports(curve(seed))
        while True:
            start = time.process_time_ns()
            if next(steps, None) is None:
                break
            times.append(time.process_time_ns() - start)
    return statistics.mean(times) / 1e3, statistics.median(times) / 1e3


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--libraries", nargs="+", choices=LIBRARIES, default=["tanteo", "optuna"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 1000])
    parser.add_argument("--trials", type=int, default=5)
    options = parser.parse_args()
    for n in options.sizes:
        times = {library: microseconds(library, n, options.trials) for library in options.libraries}
        cells = [f"{library} {mean:.1f} ({median:.1f})" for library, (mean, median) in times.items()]
        print(f"{n} trials of {STEPS} steps, mean (median) microseconds a step: " + ", ".join(cells), flush=True)


if __name__ == "__main__":
    main()
