"""How TPE grows, and what the way from Python to the core costs: ``python -m benches.python.growth``.

Prints, in the processor's time and on one thread (see ``speed``): an ask and a tell from 100 to 100,000 trials;
batches; the parts of an ask that depend on no model, warm and cold; the large spaces that the promises speak of; and a
dense matrix product to compare with.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from benches.python.threads import ONE_THREAD

os.environ.update(ONE_THREAD)

# The variables above are read when the libraries are loaded.
import numpy as np

import tanteo as tt

REPEATS = 31


def seconds(action: Callable[[], Any]) -> float:
    """The processor's time of one call."""
    start = time.process_time()
    action()
    return time.process_time() - start


def median_us(action: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Median in microseconds; the first call builds what later ones reuse and is left out."""
    return 1e6 * statistics.median([seconds(action) for _ in range(repeats)][1:])


def sphere(params: dict[str, Any]) -> float:
    """Something to order the trials by."""
    return sum((x - 0.3) ** 2 for x in params.values())


def loaded(n: int, d: int, sampler: str = "tpe") -> tt.Optimizer:
    """A search with ``n`` trials at uniform points of ``d`` floats."""
    space = {f"x{i}": tt.Float(0, 1) for i in range(d)}
    optimizer, points = tt.Optimizer(space, sampler=sampler, seed=0), random.Random(1)
    for _ in range(n):
        params = {name: points.random() for name in space}
        optimizer.observe(params, sphere(params))
    return optimizer


def batch(optimizer: tt.Optimizer, size: int) -> Callable[[], None]:
    """Asks for ``size`` trials at once and tells them."""

    def step() -> None:
        for trial in optimizer.ask(size):
            optimizer.tell(trial, sphere(trial.params))

    return step


def growth(d: int = 20) -> None:
    """An ask and its tell at growing histories."""
    for n in (100, 1_000, 10_000, 100_000):
        print(f"{n} trials of {d} parameters: ask and tell {median_us(batch(loaded(n, d), 1)):.0f} us", flush=True)


def batches(n: int = 1_000, d: int = 20) -> None:
    """What a trial costs in batches of several sizes, asked together and then told."""
    for size in (1, 16, 256):
        per_trial = median_us(batch(loaded(n, d), size), 9) / size
        print(f"ask({size}) after {n} trials of {d} parameters: {per_trial:.0f} us a trial, told", flush=True)


def boundary() -> None:
    """What depends on no model: a crossing that does nothing, and a random search."""
    for d in (10, 100):
        optimizer = loaded(10, d, "random")
        trials = [optimizer.ask() for _ in range(2 * REPEATS)]
        remaining = iter(trials)
        unread = iter(optimizer.ask(REPEATS))
        parts = {
            "reading the clock": median_us(lambda: None),
            "len(optimizer)": median_us(lambda o=optimizer: len(o)),
            "ask": median_us(lambda o=optimizer: o.ask()),
            "params": median_us(lambda u=unread: next(u).params),
            "tell": median_us(lambda o=optimizer, t=remaining: o.tell(next(t), 1.0)),
        }
        print(f"Random, {d} parameters: " + ", ".join(f"{name} {us:.1f} us" for name, us in parts.items()), flush=True)


def cold(n: int = 100, d: int = 10) -> None:
    """An ask after 6 MB of something else were read, as after a training."""
    elsewhere = bytearray(6 << 20)
    for sampler in ("random", "tpe"):
        optimizer, times = loaded(n, d, sampler), []
        for _ in range(REPEATS):
            elsewhere.count(1)
            times.append(seconds(optimizer.ask))
        print(f"{sampler}, {n} trials of {d} parameters, caches cold: ask {1e6 * statistics.median(times[1:]):.0f} us")


def dense(m: int = 24) -> None:
    """Every one of ``m`` candidates against all kernels, in single precision by BLAS, and nothing else of an ask."""
    numbers = np.random.default_rng(0)
    for n, d in ((100, 10), (1000, 10), (1000, 100), (5000, 100), (10_000, 1000), (100_000, 20)):
        points, kernels = (numbers.random(shape, dtype=np.float32) for shape in ((m, 2 * d), (2 * d, n)))

        def score(points: Any = points, kernels: Any = kernels) -> Any:
            logs = points @ kernels
            largest = logs.max(axis=1, keepdims=True)
            return largest[:, 0] + np.log(np.exp(logs - largest).sum(axis=1))

        print(f"dense product and log-sum-exp, {n} kernels of {d} parameters: {median_us(score):.0f} us", flush=True)


def large() -> None:
    """The spaces of promise 5."""

    def observations(n: int = 100_000) -> None:
        optimizer = tt.Optimizer({f"x{i}": tt.Float(0, 1) for i in range(10)}, sampler="tpe", seed=0)
        points = random.Random(1)
        for _ in range(n):
            optimizer.observe({f"x{i}": points.random() for i in range(10)}, points.random())
        for _ in range(3):
            optimizer.ask()

    def rounds(space: dict[str, Any], n: int) -> None:
        optimizer = tt.Optimizer(space, sampler="tpe", seed=0)
        for _ in range(n):
            trial = optimizer.ask()
            optimizer.tell(trial, float(len(trial.params)))

    print(f"100,000 observations and 3 asks, 10 parameters: {seconds(observations):.2f} s", flush=True)
    many = {f"x{i}": tt.Float(0, 1) for i in range(10_000)}
    print(f"12 rounds of 10,000 parameters: {seconds(lambda: rounds(many, 12)):.2f} s", flush=True)
    levels = {name: tt.Categorical(list(range(1_000))) for name in ("a", "b")}
    print(f"400 rounds of 2 choices among 1,000: {seconds(lambda: rounds(levels, 400)):.2f} s", flush=True)


def main() -> None:
    """The report."""
    growth()
    batches()
    boundary()
    cold()
    large()
    dense()


if __name__ == "__main__":
    main()
