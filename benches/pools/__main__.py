"""Searches among the rows of tables.

``record`` trains the tables. ``run FILE`` runs searches, or goes on with a file that was begun. ``report FILE`` prints
the mean normalized regret.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from .searches import SEARCHES
from .tables import RECORDED, REPORTED, TUNING, pool, record

FIRST, TRIALS = 5, 100
READ = (10, 20, 50, 100)


def regrets(name: str, rows: list[int]) -> list[float]:
    """Return the regret after each number of trials in ``READ``, as a share of the range of the table."""
    errors = pool(name).errors
    best = np.minimum.accumulate(errors[rows])
    return [float((best[n - 1] - errors.min()) / np.ptp(errors)) for n in READ]


def run(file: Path, half: str, names: list[str], seeds: range) -> None:
    """Run the searches that the file lacks."""
    lines = file.read_text().splitlines() if file.exists() else []
    done = {(r["search"], r["table"], r["seed"]) for r in map(json.loads, lines)}
    with file.open("a") as out:
        for seed in seeds:
            for table in TUNING if half == "tuning" else REPORTED:
                first = [
                    int(row) for row in np.random.default_rng(1000 + seed).permutation(len(pool(table).rows))[:FIRST]
                ]
                for search in names:
                    if (search, table, seed) in done:
                        continue
                    rows = SEARCHES[search](pool(table), first, TRIALS, seed)
                    assert len(set(rows)) == TRIALS, (search, table, seed)
                    found = {"search": search, "table": table, "seed": seed, "regrets": regrets(table, rows)}
                    out.write(json.dumps(found) + "\n")
                    out.flush()


def report(file: Path) -> None:
    """Print the mean regrets in thousandths, with the standard error over tables and seeds, and by table at the end."""
    found = list(map(json.loads, file.read_text().splitlines()))
    tables = sorted({r["table"] for r in found})
    print("| search | " + " | ".join(f"{n} trials" for n in READ) + " | " + " | ".join(tables) + " |")
    print("| --- |" + " ---: |" * (len(READ) + len(tables)))
    for search in dict.fromkeys(r["search"] for r in found):
        of = {t: np.array([r["regrets"] for r in found if (r["search"], r["table"]) == (search, t)]) for t in tables}
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
