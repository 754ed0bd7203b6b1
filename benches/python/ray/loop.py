"""The number of trials that the event loop can handle with a searcher: ``python -m benches.python.ray.loop``.

``--concurrent`` dummy trials that take no time run at once, in a loop that makes only the calls of Tune on a searcher.
Each event is the next report of a random running trial. After ten reports (or, half of the time, after one, as if a
scheduler stopped it) the trial ends and another is suggested. Every ``max(10, 19 * s)`` seconds the searcher is saved,
where ``s`` is the duration of the last save. The output is the number of trials ended per second until the first
``--trials`` have ended or ``--seconds`` have passed. This is the upper limit for a cluster whose driver uses this
searcher. Seconds are processor seconds of all threads of the process, so that other programs do not count.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from pathlib import Path

from benches.python.threads import ONE_THREAD

os.environ.update(ONE_THREAD)

# The variables above are read when the libraries are loaded.
from benches.python.ray.events import Driver

_REPORTS = 10


class Loop:
    """One experiment with a fixed number of concurrent trials."""

    def __init__(self, name: str, concurrent: int) -> None:
        self._driver = Driver(name, 20)
        self._chance = random.Random(0)
        self._running = [self._begin() for _ in range(concurrent)]
        self.ended = 0

    def _begin(self) -> list[object]:
        """Return the id of a new trial, its number of reports so far, and its total number of reports."""
        return [self._driver.suggest(), 0, self._chance.choice((1, _REPORTS))]

    def event(self) -> None:
        """Send one report; the last report of a trial ends it and starts another."""
        index = self._chance.randrange(len(self._running))
        trial = self._running[index]
        trial_id, reported, reports = trial
        trial[1] = reported + 1
        if trial[1] < reports:
            self._driver.report(trial_id, trial[1])
            return
        self._driver.complete(trial_id, trial[1])
        self._running[index] = self._begin()
        self.ended += 1

    def save(self, path: Path) -> float:
        """Return the seconds of a save."""
        path.unlink(missing_ok=True)
        start = time.process_time()
        self._driver.searcher.save(str(path))
        return time.process_time() - start


def run(name: str, concurrent: int, trials: int, seconds: float) -> tuple[int, float]:
    """Return the number of trials ended and the seconds, without the start of the first trials."""
    loop = Loop(name, concurrent)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state"
        start = time.process_time()
        next_save = start
        while loop.ended < trials and (now := time.process_time()) - start < seconds:
            if now >= next_save:
                next_save = now + max(10.0, 19 * loop.save(path))
            loop.event()
        return loop.ended, time.process_time() - start


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searchers", nargs="+", default=["tanteo-tpe", "tanteo-auto", "optuna", "hyperopt"])
    parser.add_argument("--concurrent", nargs="+", type=int, default=[100, 1000])
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    for concurrent in options.concurrent:
        for name in options.searchers:
            ended, seconds = run(name, concurrent, options.trials, options.seconds)
            rate = ended / seconds
            print(
                f"{concurrent:5} at once, {name:12}: {ended:5} trials in {seconds:5.1f} s, {rate:7.1f} a second",
                flush=True,
            )


if __name__ == "__main__":
    main()
