"""Runs long searches, and prints the targets that they reach."""

from __future__ import annotations

import argparse
from pathlib import Path

from benches.long.problems import problems
from benches.long.report import tables
from benches.long.runs import LQ, NAMES, Run, run_all


def run(options: argparse.Namespace) -> None:
    """Run the missing searches."""
    names = [name for name in problems() if options.only is None or options.only in name]
    run_all(options.file, names, options.peers, range(options.seeds), options.jobs)


def report(options: argparse.Namespace) -> None:
    """Print the tables."""
    print(tables(run for path in options.files for run in Run.read(path)))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benches.long", description=__doc__)
    commands = parser.add_subparsers(required=True)
    running = commands.add_parser("run", help=run.__doc__)
    running.set_defaults(action=run)
    running.add_argument("file", type=Path)
    running.add_argument("--peers", nargs="+", choices=NAMES, default=["tanteo-auto", "optuna-cmaes", LQ])
    running.add_argument("--only", help="substring of the problems' names")
    running.add_argument("--seeds", type=int, default=5)
    running.add_argument("--jobs", type=int, default=2)
    reporting = commands.add_parser("report", help=report.__doc__)
    reporting.set_defaults(action=report)
    reporting.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    options.action(options)


if __name__ == "__main__":
    main()
