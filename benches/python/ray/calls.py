"""Times and sizes of each call, compared between searchers: ``python -m benches.python.ray.calls``.

A searcher runs ``n`` trials with random configurations (its own initial phase, with that length), then a few more that
its model suggests, which are timed. Then it is saved and restored a few times. The searchers alternate. In each round a
searcher runs two trials: the first one after a pause (``suggest, prepared``: background work is complete, as while real
trials run), the second one directly after the end of the first (``suggest, at once``: no background work is complete).
``tanteo-auto`` would suggest the ``n`` trials with its model, so it gets as many random results through
``add_evaluated_point``.

``--clock cpu`` measures the processor time of all threads of the process instead of the wall time, for a machine that
is shared with others.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

from benches.python.threads import ONE_THREAD

os.environ.update(ONE_THREAD)

# The variables above are read when the libraries are loaded.
from benches.python.ray.events import Driver
from benches.python.ray.searchers import SEARCHERS, loss, space

Clock: TypeAlias = Callable[[], float]
#: Searchers whose initial random phase has no setting; they get random results instead.
_SHOWN = ("tanteo-auto",)
#: Largest number of trials for a searcher that takes many minutes to load more.
_LIMITS = {"hyperopt": 3000}
#: Seconds between rounds.
_PAUSE = 0.2
_CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


def loaded(name: str, n: int, clock: Clock) -> Driver:
    """Return a driver whose searcher has ``n`` trials."""
    driver = Driver(name, n, clock)
    if name in _SHOWN:
        chooser = random.Random(0)
        domains = space()
        for _ in range(n):
            config = {key: domain.sample(random_state=chooser.randrange(2**31)) for key, domain in domains.items()}
            driver.searcher.add_evaluated_point(config, loss(config))
    else:
        for _ in range(n):
            driver.one_trial()
    return driver


def timed(action: Callable[[], object], clock: Clock) -> float:
    """Return the seconds of a call."""
    start = clock()
    action()
    return clock() - start


def measure(names: list[str], n: int, repeats: int, clock: Clock) -> dict[str, dict[str, float]]:
    """Return the measurements by searcher."""
    drivers = {}
    for name in names:
        if n <= _LIMITS.get(name, n):
            start = time.perf_counter()
            drivers[name] = loaded(name, n, clock)
            print(f"  {name}: {n} trials loaded in {time.perf_counter() - start:.1f} s", flush=True)
    for driver in drivers.values():
        driver.one_trial()  # builds what later ones reuse
        driver.seconds.clear()
    gc.collect()
    gc.disable()
    for _ in range(repeats):
        for driver in drivers.values():
            time.sleep(_PAUSE)
            driver.one_trial()
            driver.one_trial()
    time.sleep(_PAUSE)
    gc.enable()
    return {name: {**calls(driver), **files(driver, name, clock)} for name, driver in drivers.items()}


def calls(driver: Driver) -> dict[str, float]:
    """Return medians in milliseconds."""
    suggest = driver.seconds["suggest"]
    return {
        "prepared": 1e3 * statistics.median(suggest[::2]),
        "at once": 1e3 * statistics.median(suggest[1::2]),
        "longest": 1e3 * max(suggest),
        "result": 1e3 * statistics.median(driver.seconds["result"]),
        "complete": 1e3 * statistics.median(driver.seconds["complete"]),
    }


def files(driver: Driver, name: str, clock: Clock) -> dict[str, float]:
    """Return the milliseconds of saving and restoring, and the kilobytes."""
    saves, restores = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state"
        for _ in range(5):
            path.unlink(missing_ok=True)
            saves.append(timed(lambda: driver.searcher.save(str(path)), clock))
        size = path.stat().st_size
        for _ in range(3):
            new_searcher = Driver(name, 10).searcher
            restores.append(timed(partial(new_searcher.restore, str(path)), clock))
    return {"save": 1e3 * statistics.median(saves), "restore": 1e3 * statistics.median(restores), "KB": size / 1e3}


def show(n: int, figures: dict[str, dict[str, float]]) -> None:
    """Print a table."""
    columns = ["prepared", "at once", "longest", "result", "complete", "save", "restore", "KB"]
    print(f"{n} trials of 20 parameters, milliseconds (prepared, at once, longest: of suggest)")
    print(f"{'':14}" + "".join(f"{column:>10}" for column in columns))
    for name, row in figures.items():
        print(f"{name:14}" + "".join(f"{row[column]:10.3f}" for column in columns), flush=True)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searchers", nargs="+", default=list(SEARCHERS))
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 1000, 10_000])
    parser.add_argument("--repeats", type=int, default=21)
    parser.add_argument("--clock", choices=_CLOCKS, default="wall")
    parser.add_argument("--json", help="file to which all measurements are also written")
    options = parser.parse_args()
    figures = {}
    for n in options.sizes:
        figures[str(n)] = measure(options.searchers, n, options.repeats, _CLOCKS[options.clock])
        show(n, figures[str(n)])
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
