"""What does not depend on a model: ``python -m benches.python.basics``.

Prints an ask with its ``params`` and a tell with ``Random``, importing over a bare interpreter, saving and
loading 100,000 trials, and the share of later suggestions that fail where half of a square always fails.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import tanteo as tt


def mixed_space() -> tt.SearchSpace:
    """Ten parameters of every kind."""
    floats = {f"x{i}": tt.Float(0, 1) for i in range(6)}
    others = {"n": tt.Int(1, 100), "c": tt.Categorical(["p", "q"]), "l": tt.Float(1e-5, 1, log=True)}
    return tt.SearchSpace({**floats, **others, "s": tt.Float(0, 1, step=0.1)})


def seconds(action: Callable[[], object], repeats: int) -> list[float]:
    """Wall time of every repetition."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return times


def ask_and_tell(n: int = 20_000) -> float:
    """Microseconds of one ask, its params and its tell."""
    optimizer = tt.Optimizer(mixed_space(), sampler="random", seed=0)

    def loop() -> None:
        for _ in range(n):
            trial = optimizer.ask()
            _ = trial.params
            optimizer.tell(trial, 1.0)

    return 1e6 * statistics.median(seconds(loop, 5)) / n


def importing() -> float:
    """Milliseconds of ``import tanteo`` over a bare interpreter: the difference of the smallest of 21 runs each."""

    def run(code: str) -> float:
        return min(seconds(lambda: subprocess.run([sys.executable, "-I", "-c", code], check=True), 21))

    return 1e3 * (run("import tanteo") - run("pass"))


def saving(n: int = 100_000) -> tuple[float, float, float]:
    """Milliseconds of saving and of loading, and megabytes."""
    optimizer = tt.Optimizer(mixed_space(), sampler="random", seed=0)
    for trial in optimizer.ask(n):
        optimizer.tell(trial, float(trial.id))
    data = optimizer.to_bytes()
    save = statistics.median(seconds(optimizer.to_bytes, 5))
    load = statistics.median(seconds(lambda: tt.Optimizer.from_bytes(data), 5))
    return 1e3 * save, 1e3 * load, len(data) / 1e6


def crashes(sampler: str, seeds: int = 8) -> float:
    """Share of the suggestions 50 to 150 that fail; the optimum lies behind the edge of the half that fails."""
    failed = 0
    for seed in range(seeds):
        space = tt.SearchSpace({"x": tt.Float(0, 1), "y": tt.Float(0, 1)})
        optimizer = tt.Optimizer(space, sampler=sampler, seed=seed)
        for k in range(150):
            trial = optimizer.ask()
            x, y = trial.params["x"], trial.params["y"]
            if x < 0.5:
                optimizer.tell(trial, state="failed")
                failed += k >= 50
            else:
                optimizer.tell(trial, (x - 0.3) ** 2 + (y - 0.6) ** 2)
    return failed / (100 * seeds)


def main() -> None:
    """The report."""
    print(f"ask, params and tell: {ask_and_tell():.1f} microseconds")
    print(f"import over a bare interpreter: {importing():.1f} ms")
    print("saving {:.0f} ms, loading {:.0f} ms, {:.1f} MB for 100,000 trials".format(*saving()))
    for sampler in ("random", "tpe", "gp"):
        print(f"failing suggestions, {sampler}: {100 * crashes(sampler):.0f} %")


if __name__ == "__main__":
    main()
