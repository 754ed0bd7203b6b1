"""Runs searches in batches, and prints their scores."""

from __future__ import annotations

import argparse
from pathlib import Path

from benches.python.batches.peers import PEERS
from benches.python.batches.problems import REPORTED, TRIALS, TUNING


def run(options: argparse.Namespace) -> None:
    """Run the missing searches."""
    from benches.python.batches.runs import run_all

    seeds = range(options.first_seed, options.first_seed + options.seeds)
    run_all(options.file, options.problems, options.peers, options.q, seeds, options.trials)


def report(options: argparse.Namespace) -> None:
    """Print the tables."""
    from benches.python.batches.report import tables

    print(tables(options.files, options.problems, options.n))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benches.python.batches")
    commands = parser.add_subparsers(required=True)
    running, reporting = commands.add_parser("run"), commands.add_parser("report")
    running.add_argument("file", type=Path)
    running.add_argument("--peers", nargs="+", default=["random", "tanteo-auto"], choices=PEERS)
    running.add_argument("-q", nargs="+", type=int, default=[1, 4, 16, 64])
    running.add_argument("--seeds", type=int, default=5)
    running.add_argument("--first-seed", type=int, default=0)
    running.add_argument("--trials", type=int, default=TRIALS)
    running.set_defaults(command=run)
    reporting.add_argument("files", nargs="+", type=Path)
    reporting.add_argument("-n", nargs="+", type=int, default=[64, 128, TRIALS])
    reporting.set_defaults(command=report)
    for command in (running, reporting):
        names = [*REPORTED, *TUNING]
        command.add_argument("--problems", nargs="+", default=list(REPORTED), choices=names)
    options = parser.parse_args()
    options.command(options)


if __name__ == "__main__":
    main()
