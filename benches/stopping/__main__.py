"""Records searches, and prints where stopping rules would have stopped them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from itertools import product
from pathlib import Path

import numpy as np

from benches.quality.problems import problems, tuning_half
from benches.stopping.runs import N_AHEAD, TRIALS, Run, Stopped, run_all, stopped, without_improvement

#: Share of the improvement that a search may miss.
LAST = 0.01
HEAD = ("rule", "stopped", "before the last 1 %", "missed %, mean", "most", f"saved of {TRIALS}")


def names(half: str) -> list[str]:
    """Return the first problem of each family in a half with at most 100 trials, without the slow tunings of models."""
    name_by_family: dict[str, str] = {}
    for name, problem in problems().items():
        if (name in tuning_half()) == (half == "tuning") and problem.budget <= TRIALS and problem.family != "tuning":
            name_by_family.setdefault(problem.family, name)
    return list(name_by_family.values())


def line(title: str, stops: list[Stopped]) -> str:
    """Return a row for a rule: searches stopped, searches stopped too early, improvement missed, and savings."""
    stopped_early = [stop for stop in stops if stop.trials < TRIALS]
    too_soon = np.mean([stop.lost > LAST for stop in stops])
    missed = [100.0 * stop.lost for stop in stopped_early] or [0.0]
    saved = np.mean([TRIALS - stop.trials for stop in stops])
    cells = [
        f"{len(stopped_early) / len(stops):.0%}",
        f"{too_soon:.0%}",
        f"{np.mean(missed):.1f}",
        f"{max(missed):.1f}",
        f"{saved:.0f}",
    ]
    return row([title, *cells])


def row(cells: Iterable[str]) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cells)} |"


def relative_improvement(run: Run) -> float | None:
    """Return the actual improvement relative to the expected one; None without any."""
    values = [np.inf if value is None else value for value in run.values]
    expectations = [(trial, value) for trial, value in enumerate(run.gains[:-N_AHEAD], 1) if value is not None]
    improvement = sum(min(values[:trial]) - min(values[: trial + N_AHEAD]) for trial, _ in expectations)
    return improvement / sum(value for _, value in expectations) if expectations else None


def report(options: argparse.Namespace) -> None:
    """Print the figures of the rules, and the expected improvement compared with the actual one."""
    selected = names(options.half)
    runs = [run for file in options.files for run in Run.read(file) if run.problem in selected]
    print(f"{len(runs)} searches\n\n{row(HEAD)}\n{row(['---'] * len(HEAD))}")
    for below, patience in product(options.below, options.patience):
        stops = [stopped(run, below, patience) for run in runs]
        print(line(f"ExpectedGain(below={below:g}, patience={patience})", stops))
    for n in options.no_improvement:
        print(line(f"NoImprovement({n})", [without_improvement(run, n) for run in runs]))
    known_share = np.mean([expected is not None for run in runs for expected in run.gains])
    ratios = [ratio for run in runs if (ratio := relative_improvement(run)) is not None]
    ratio = "actual / expected improvement by search, quartiles"
    print(f"\nexpected improvement known for {known_share:.0%} of all trials; {ratio}:", end=" ")
    print(np.round(np.quantile(ratios, [0.25, 0.5, 0.75]), 2))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benches.stopping", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("run", "report"):
        command = commands.add_parser(name)
        command.add_argument("--half", choices=("tuning", "report"), default="tuning")
        if name == "run":
            command.add_argument("file", type=Path)
            command.add_argument("--seeds", type=int, default=10)
        else:
            command.add_argument("files", type=Path, nargs="+")
            command.add_argument("--below", type=float, nargs="+", default=[0.003, 0.01, 0.03, 0.1])
            command.add_argument("--patience", type=int, nargs="+", default=[1, 3, 5])
            command.add_argument("--no-improvement", type=int, nargs="+", default=[20, 30, 50])
    options = parser.parse_args()
    if options.command == "run":
        run_all(options.file, names(options.half), range(options.seeds))
    else:
        report(options)


if __name__ == "__main__":
    main()
