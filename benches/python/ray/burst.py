"""Processor time of 100 suggestions in one step of the event loop: ``python -m benches.python.ray.burst``.

A hundred trials run and end at the same time, and a hundred new ones are requested before the next result arrives.
"""

from __future__ import annotations

import argparse
import time

from benches.python.ray.calls import loaded

_AT_ONCE = 100


def seconds(name: str, n: int) -> float:
    """Return the processor time of the suggestions after ``n`` results, over all threads."""
    driver = loaded(name, n, time.process_time)
    running = [driver.suggest() for _ in range(_AT_ONCE)]
    driver.searcher.to_optimizer()  # waits for the prepared suggestion
    for trial in running:
        driver.complete(trial, 1)
    start = time.process_time()
    for _ in range(_AT_ONCE):
        driver.suggest()
    return time.process_time() - start


def main() -> None:
    """Print one line for each searcher and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searchers", nargs="+", default=["tanteo-tpe", "tanteo-auto"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 10_000])
    options = parser.parse_args()
    for name in options.searchers:
        for n in options.sizes:
            print(f"{name} after {n} results: {seconds(name, n):.2f} s for {_AT_ONCE} suggestions", flush=True)


if __name__ == "__main__":
    main()
