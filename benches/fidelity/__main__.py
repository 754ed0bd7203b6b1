"""Records tables, runs searches on them, prints reports and comparisons."""

from __future__ import annotations

import argparse
from pathlib import Path

from benches.fidelity.peers import OURS, PEERS, SLOW, maker
from benches.fidelity.problem import Problem
from benches.fidelity.problems import HALVES, problems
from benches.fidelity.tables import path, record
from benches.fidelity.trainings import TRAININGS


def chosen(options: argparse.Namespace) -> dict[str, Problem]:
    """Return the problems that the options select."""
    return {
        name: problem
        for name, problem in problems().items()
        if options.half in ("all", problem.half) and (options.only is None or options.only in name)
    }


def record_all(options: argparse.Namespace) -> None:
    """Train the selected tables again."""
    for name in options.tables:
        record(name, options.jobs)
        print(name, path(name).stat().st_size, "bytes", flush=True)


def run(options: argparse.Namespace) -> None:
    """Run the missing searches."""
    from benches.fidelity.runs import run_all

    for peer in options.peers:
        maker(peer)
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    run_all(options.file, chosen(options), options.peers, options.workers, seeds, options.jobs)


def report(options: argparse.Namespace) -> None:
    """Print the tables."""
    from benches.fidelity.report import tables
    from benches.fidelity.runs import Run

    problems_by_name, runs = chosen(options), dict[tuple[str, str, int, int], Run]()
    for run in (run for file in options.files for run in Run.read(file)):
        is_selected = options.peers is None or run.peer in options.peers
        if run.problem in problems_by_name and is_selected and run.workers in options.workers:
            runs[run.key] = run
    for text in tables(list(runs.values()), problems_by_name, families=not options.overview):
        print(text, end="\n\n")


def compare(options: argparse.Namespace) -> None:
    """Print by how much scores differ from those of the first peer in the first file."""
    from benches.fidelity.compare import table

    for workers in options.workers:
        print(table(options.files, options.peers, chosen(options), workers), end="\n\n")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benches.fidelity", description=__doc__)
    commands = parser.add_subparsers(required=True)
    usual = [*(peer for peer in PEERS if peer not in SLOW), *OURS]
    recorder = commands.add_parser("record", help=record_all.__doc__)
    recorder.set_defaults(action=record_all)
    recorder.add_argument("tables", nargs="*", choices=TRAININGS, default=list(TRAININGS))
    recorder.add_argument("--jobs", type=int, default=1)
    for name, action in (("run", run), ("report", report), ("compare", compare)):
        command = commands.add_parser(name, help=action.__doc__)
        command.set_defaults(action=action)
        command.add_argument("--half", choices=(*HALVES, "all"), default="tuning")
        command.add_argument("--only", help="substring of the problems' names")
        command.add_argument("--workers", type=int, nargs="+", default=[1, 8])
        if name == "run":
            command.add_argument("file", type=Path)
            command.add_argument(
                "--peers", nargs="+", default=usual, help="also names of the form tanteo-<sampler>+<pruner>"
            )
            command.add_argument("--seeds", type=int, default=10)
            command.add_argument("--first-seed", type=int, default=0)
            command.add_argument("--jobs", type=int, default=2)
        else:
            command.add_argument("files", nargs="+", type=Path)
            command.add_argument("--peers", nargs="+", required=name == "compare")
        if name == "report":
            command.add_argument("--overview", action="store_true", help="print only the totals")
    options = parser.parse_args()
    options.action(options)


if __name__ == "__main__":
    main()
