"""Runs searches with a budget of cost, and compares those that know the budget with those that do not."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benches.cost.problems import HALVES, problems
from benches.cost.runs import Run, by_seed, run_all
from benches.quality.score import score

PEERS = ("random", "auto", "auto+budget", "tpe", "tpe+budget", "gp", "gp+budget")


def row(cells: list[str]) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cells)} |"


def report(options: argparse.Namespace) -> None:
    """Print one table per budget: scores as in ``benches.quality``, and paired differences."""
    regrets = by_seed(run for file in options.files for run in Run.read(file))
    for budget in options.budgets:
        samplers = [peer for peer in PEERS[1:] if "+" not in peer and any(key[1] == peer for key in regrets)]
        heads = [cell for sampler in samplers for cell in (sampler, "with budget", "difference")]
        print(f"budget {budget:g}\n\n{row(['problem', *heads])}\n{row(['---'] * (len(heads) + 1))}")
        totals: list[list[np.ndarray]] = [[] for _ in samplers]
        for name in chosen(options.half):
            median = float(np.median(regrets[name, "random", budget]))
            cells = [name.rsplit("-", 1)[0]]
            for sampler, total in zip(samplers, totals, strict=True):
                uninformed, informed = (
                    np.array([score(value, median, 0.0) for value in regrets[name, peer, budget]])
                    for peer in (sampler, f"{sampler}+budget")
                )
                total.append(informed - uninformed)
                cells += [f"{uninformed.mean():.1f}", f"{informed.mean():.1f}", difference(informed - uninformed)]
            print(row(cells))
        cells = ["all"]
        for total in totals:
            cells += ["", "", difference(np.mean(total, axis=0))]
        print(row(cells), end="\n\n")


def difference(by_seed: np.ndarray) -> str:
    """Return mean and standard error over seeds."""
    return f"{by_seed.mean():+.1f} ± {by_seed.std(ddof=1) / len(by_seed) ** 0.5:.1f}"


def chosen(half: str) -> list[str]:
    """Return the problems of a half."""
    return [name for name, problem in problems().items() if problem.half == half]


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benches.cost", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("run", "report"):
        command = commands.add_parser(name)
        command.add_argument("--half", choices=tuple(HALVES), default="tuning")
        command.add_argument("--budgets", type=float, nargs="+", default=[20.0])
        if name == "run":
            command.add_argument("file", type=Path)
            command.add_argument("--peers", nargs="+", choices=PEERS, default=PEERS)
            command.add_argument("--seeds", type=int, default=10)
        else:
            command.add_argument("files", type=Path, nargs="+")
    options = parser.parse_args()
    if options.command == "report":
        report(options)
    else:
        run_all(options.file, chosen(options.half), options.peers, options.budgets, range(options.seeds))


if __name__ == "__main__":
    main()
