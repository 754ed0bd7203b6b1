"""Growth of TPE's cost with the history, and the overhead of Python: ``python -m benches.python.growth``.

Prints, in processor time on one thread (see ``speed``): an ask and a tell with 100 to 100,000 trials; batches; the
model-independent parts of an ask with warm and cold caches; the large spaces of the promises; and a dense matrix
product for comparison.
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
    """Return the processor time of one call."""
    start = time.process_time()
    action()
    return time.process_time() - start


def median_us(action: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Return the median in microseconds, without the first call, which builds what later calls reuse."""
    return 1e6 * statistics.median([seconds(action) for _ in range(repeats)][1:])


def sphere(params: dict[str, Any]) -> float:
    """A loss that orders the trials."""
    return sum((x - 0.3) ** 2 for x in params.values())


def loaded(n: int, d: int, sampler: str = "tpe") -> tt.Optimizer:
    """Return a search with ``n`` trials at uniform points of ``d`` floats."""
    space = {f"x{i}": tt.Float(0, 1) for i in range(d)}
    optimizer, points = tt.Optimizer(space, sampler=sampler, seed=0), random.Random(1)
    for _ in range(n):
        params = {name: points.random() for name in space}
        optimizer.observe(params, sphere(params))
    return optimizer


def batch(optimizer: tt.Optimizer, size: int) -> Callable[[], None]:
    """Ask for ``size`` trials at once and tell them."""

    def step() -> None:
        for trial in optimizer.ask(size):
            optimizer.tell(trial, sphere(trial.params))

    return step


def growth(d: int = 20) -> None:
    """Measure an ask and its tell with growing histories."""
    for n in (100, 1_000, 10_000, 100_000):
        print(f"{n} trials of {d} parameters: ask and tell {median_us(batch(loaded(n, d), 1)):.0f} us", flush=True)


def batches(n: int = 1_000, d: int = 20) -> None:
    """Measure the cost per trial in batches of several sizes."""
    for size in (1, 16, 256):
        per_trial = median_us(batch(loaded(n, d), size), 9) / size
        print(f"ask({size}) after {n} trials of {d} parameters: {per_trial:.0f} us a trial, told", flush=True)


def boundary() -> None:
    """Measure what does not depend on a model: an empty call into the core, and a random search."""
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
    """Measure an ask after 6 MB of other data were read, as after a training."""
    other_data = bytearray(6 << 20)
    for sampler in ("random", "tpe"):
        optimizer, times = loaded(n, d, sampler), []
        for _ in range(REPEATS):
            other_data.count(1)
            times.append(seconds(optimizer.ask))
        print(f"{sampler}, {n} trials of {d} parameters, caches cold: ask {1e6 * statistics.median(times[1:]):.0f} us")


def dense(m: int = 24) -> None:
    """Measure all ``m`` candidates against all kernels in single precision with BLAS, without the rest of an ask."""
    numbers = np.random.default_rng(0)
    for n, d in ((100, 10), (1000, 10), (1000, 100), (5000, 100), (10_000, 1000), (100_000, 20)):
        points, kernels = (numbers.random(shape, dtype=np.float32) for shape in ((m, 2 * d), (2 * d, n)))

        def score(points: Any = points, kernels: Any = kernels) -> Any:
            logs = points @ kernels
            largest = logs.max(axis=1, keepdims=True)
            return largest[:, 0] + np.log(np.exp(logs - largest).sum(axis=1))

        print(f"dense product and log-sum-exp, {n} kernels of {d} parameters: {median_us(score):.0f} us", flush=True)


def large() -> None:
    """Measure the spaces of promise 5."""

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
    ten_thousand_floats = {f"x{i}": tt.Float(0, 1) for i in range(10_000)}
    print(f"12 rounds of 10,000 parameters: {seconds(lambda: rounds(ten_thousand_floats, 12)):.2f} s", flush=True)
    levels = {name: tt.Categorical(list(range(1_000))) for name in ("a", "b")}
    print(f"400 rounds of 2 choices among 1,000: {seconds(lambda: rounds(levels, 400)):.2f} s", flush=True)


def main() -> None:
    """Print the report."""
    growth()
    batches()
    boundary()
    cold()
    large()
    dense()


if __name__ == "__main__":
    main()
