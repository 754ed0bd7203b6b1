"""Time of an ask of TPE with stopped trials and without: ``python -m benches.python.stopped``.

A search has trials of 27 steps, and in the other one, every second trial was stopped after nine. Both take turns. The
output is the median over the asks that follow, in milliseconds of processor time, with one worker and with eight, whose
trials end in a random order.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Iterator
from itertools import islice

from benches.python.threads import ONE_THREAD

os.environ.update(ONE_THREAD)

STEPS, STOPPED_AFTER = 27, 9


def asks(workers: int, *, stops: bool) -> Iterator[float]:
    """Yield the time of every ask of a search, in milliseconds."""
    import tanteo as tt

    draw = random.Random(0)
    space = tt.SearchSpace({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)})
    opt = tt.Optimizer(space, sampler="tpe", pruner="nothing", seed=0)
    pending: list[tt.Trial] = []
    while True:
        start = time.process_time_ns()
        pending.append(opt.ask())
        yield (time.process_time_ns() - start) / 1e6
        if len(pending) < workers:
            continue
        trial = pending.pop(draw.randrange(workers))
        end = sum((value - 0.3) ** 2 for value in trial.params.values())
        is_stopped = stops and trial.id % 2 == 1
        for step in range(1, (STOPPED_AFTER if is_stopped else STEPS) + 1):
            trial.report(step, end + 1 / step + 0.05 * draw.random())
        if is_stopped:
            opt.tell(trial, state="pruned")
        else:
            opt.tell(trial, end)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 1000, 10_000])
    parser.add_argument("--asks", type=int, default=200)
    options = parser.parse_args()
    for n in options.sizes:
        for workers in (1, 8):
            turns = zip(asks(workers, stops=False), asks(workers, stops=True), strict=True)
            without, stopped = map(statistics.median, zip(*islice(turns, n, n + options.asks), strict=True))
            print(f"{n} trials, {workers} workers: {without:.3f} without, {stopped:.3f} with", flush=True)


if __name__ == "__main__":
    main()
