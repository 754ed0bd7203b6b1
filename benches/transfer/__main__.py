"""Compare searches with and without the results of an earlier search.

`python -m benches.transfer` runs the held-out pairs, `--tuning` the pairs on which the recipe was tuned.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from . import analytic, trainings
from .report import table
from .runs import run


def main() -> None:
    """Run all searches and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tuning", action="store_true")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--raw", type=Path, help="file for the regrets")
    options = parser.parse_args()
    pairs = analytic.TUNING | trainings.tuning() if options.tuning else analytic.REPORTED | trainings.reported()
    first = 0 if options.tuning else 100
    regrets_by_pair: dict[str, dict[str, list[list[float]]]] = {}
    for name, pair in pairs.items():
        runs = [run(pair, seed) for seed in range(first, first + options.seeds)]
        regrets_by_pair[name] = {start: [regrets[start] for regrets in runs] for start in runs[0]}
    if options.raw is not None:
        options.raw.write_text(json.dumps(regrets_by_pair))
    print(table(regrets_by_pair))


if __name__ == "__main__":
    main()
