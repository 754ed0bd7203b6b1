"""Operations that do not depend on a model: ``python -m benches.python.basics``.

Prints the time of an ask with its ``params`` and of a tell with ``Random``, of the import compared with a bare
interpreter, and of saving and loading 100,000 trials, and the share of later suggestions that fail if one half of a
square always fails.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import tanteo as tt


def mixed_space() -> tt.SearchSpace:
    """Return ten parameters of all kinds."""
    floats = {f"x{i}": tt.Float(0, 1) for i in range(6)}
    others = {"n": tt.Int(1, 100), "c": tt.Categorical(["p", "q"]), "l": tt.Float(1e-5, 1, log=True)}
    return tt.SearchSpace({**floats, **others, "s": tt.Float(0, 1, step=0.1)})


def seconds(action: Callable[[], object], repeats: int) -> list[float]:
    """Return the wall time of every repetition."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return times


def ask_and_tell(n: int = 20_000) -> float:
    """Return the microseconds of one ask with its params, and of its tell."""
    optimizer = tt.Optimizer(mixed_space(), sampler="random", seed=0)

    def loop() -> None:
        for _ in range(n):
            trial = optimizer.ask()
            _ = trial.params
            optimizer.tell(trial, 1.0)

    return 1e6 * statistics.median(seconds(loop, 5)) / n


def importing() -> float:
    """Return the milliseconds of ``import tanteo`` over a bare interpreter, from the fastest of 21 runs each."""

    def run(code: str) -> float:
        return min(seconds(lambda: subprocess.run([sys.executable, "-I", "-c", code], check=True), 21))

    return 1e3 * (run("import tanteo") - run("pass"))


def saving(n: int = 100_000) -> tuple[float, float, float]:
    """Return the milliseconds of saving and of loading, and the megabytes."""
    optimizer = tt.Optimizer(mixed_space(), sampler="random", seed=0)
    for trial in optimizer.ask(n):
        optimizer.tell(trial, float(trial.id))
    data = optimizer.to_bytes()
    save = statistics.median(seconds(optimizer.to_bytes, 5))
    load = statistics.median(seconds(lambda: tt.Optimizer.from_bytes(data), 5))
    return 1e3 * save, 1e3 * load, len(data) / 1e6


def crashes(sampler: str, seeds: int = 8) -> float:
    """Return the share of failures among suggestions 50 to 150; the optimum is next to the edge of the failing half."""
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
    """Print the report."""
    print(f"ask, params and tell: {ask_and_tell():.1f} microseconds")
    print(f"import over a bare interpreter: {importing():.1f} ms")
    print("saving {:.0f} ms, loading {:.0f} ms, {:.1f} MB for 100,000 trials".format(*saving()))
    for sampler in ("random", "tpe", "gp"):
        print(f"failing suggestions, {sampler}: {100 * crashes(sampler):.0f} %")


if __name__ == "__main__":
    main()
