"""Searches among the rows of tables.

``record`` trains the tables. ``run FILE`` runs searches, or goes on with a file that was begun. ``report FILE`` prints
the mean normalized regret.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benches import lines

from .searches import SEARCHES
from .tables import RECORDED, REPORTED, TUNING, pool, record

FIRST, TRIALS = 5, 100
READ = (10, 20, 50, 100)


def regrets(name: str, rows: list[int]) -> list[float]:
    """Return the regret after each number of trials in ``READ``, as a share of the range of the table."""
    errors = pool(name).errors
    best = np.minimum.accumulate(errors[rows])
    return [float((best[n - 1] - errors.min()) / np.ptp(errors)) for n in READ]


@dataclass(frozen=True, slots=True)
class Run(lines.Run):
    """The regrets of a search of a table."""

    regrets: list[float]


def job(key: tuple[str, str, int]) -> Run:
    """Run one search; called by name in a worker process."""
    table, search, seed = key
    first = np.random.default_rng(1000 + seed).permutation(len(pool(table).rows))[:FIRST].tolist()
    rows = SEARCHES[search](pool(table), first, TRIALS, seed)
    assert len(set(rows)) == TRIALS, key
    return Run(*key, regrets(table, rows))


def run(file: Path, half: str, names: list[str], seeds: range) -> None:
    """Run the searches that the file lacks."""
    tables = TUNING if half == "tuning" else REPORTED
    Run.append_missing(file, job, ((table, name, seed) for seed in seeds for table in tables for name in names), 1)


def report(file: Path) -> None:
    """Print the mean regrets in thousandths, with the standard error over tables and seeds, and by table at the end."""
    found = list(Run.read(file))
    tables = sorted({run.problem for run in found})
    print("| search | " + " | ".join(f"{n} trials" for n in READ) + " | " + " | ".join(tables) + " |")
    print("| --- |" + " ---: |" * (len(READ) + len(tables)))
    for search in dict.fromkeys(run.peer for run in found):
        of = {t: np.array([run.regrets for run in found if (run.peer, run.problem) == (search, t)]) for t in tables}
        mean = np.mean([v.mean(axis=0) for v in of.values()], axis=0)
        error = np.sqrt(np.sum([v.var(axis=0, ddof=1) / len(v) for v in of.values()], axis=0)) / len(of)
        shown = [f"{1000 * m:.1f} ± {1000 * e:.1f}" for m, e in zip(mean, error, strict=True)]
        print(f"| {search} | " + " | ".join([*shown, *(f"{1000 * v[:, -1].mean():.1f}" for v in of.values())]) + " |")


def main() -> None:
    """Record, run or report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("record", "run", "report"))
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--half", choices=("tuning", "report"), default="tuning")
    parser.add_argument("--searches", default=",".join(SEARCHES))
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    if options.command == "record":
        for name in RECORDED:
            record(name)
    elif options.command == "run":
        run(options.file, options.half, options.searches.split(","), range(options.seeds))
    else:
        report(options.file)


if __name__ == "__main__":
    main()
