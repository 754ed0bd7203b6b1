"""Runs searches, prints reports, condenses runs, and measures the fidelity of the tables."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from benches.doors import PROBLEMS
from benches.python.peers import DOORS, PEERS, SLOW
from benches.quality import basins, failing, fresh, levels
from benches.quality.problems import first_of_families, problems, tuning_half
from benches.quality.runs import known_problems
from benches.quality.siblings import siblings

if TYPE_CHECKING:
    from benches.quality.runs import Run

HALVES = (
    *("tune", "report", "all", "siblings", "levels-tune", "levels-report", "fresh-tuning", "fresh-report"),
    *("failing-tuning", "failing-report", "doors", *basins.halves()),
)


def chosen(options: argparse.Namespace) -> list[str]:
    """Return the names of the selected problems: a half of one of the suites, or the siblings."""
    suite, tune, first = set(problems()), tuning_half(), first_of_families()
    selected = {
        "tune": tune,
        "report": suite - tune,
        "all": suite,
        "siblings": set(siblings()),
        "levels-tune": set(levels.tuning()),
        "levels-report": set(levels.reported()),
        "fresh-tuning": set(fresh.tuning()),
        "fresh-report": set(fresh.reported()),
        "failing-tuning": set(failing.tuning()),
        "failing-report": set(failing.reported()),
        "doors": set(PROBLEMS),
        **{half: set(of_half) for half, of_half in basins.halves().items()},
    }[options.half]
    return [
        name
        for name in known_problems()
        if name in selected and (options.only is None or options.only in name) and (name in first or not options.sample)
    ]


def run(options: argparse.Namespace) -> None:
    """Run the missing searches."""
    from benches.quality.runs import run_all

    seeds = range(options.first_seed, options.first_seed + options.seeds)
    run_all(options.file, chosen(options), options.peers, seeds, options.jobs)


def selected_runs(options: argparse.Namespace) -> list[Run]:
    """Return the runs in the files that the options select."""
    from benches.quality.runs import distinct

    names = set(chosen(options))
    return [run for run in distinct(options.files) if run.problem in names and run.peer in options.peers]


def report(options: argparse.Namespace) -> None:
    """Print the tables and draw the curves next to the file."""
    from benches.quality import curves
    from benches.quality.report import per_problem, points, tables

    runs, problems_by_name = selected_runs(options), known_problems()
    if options.told:
        runs = [replace(run, recommended=None) for run in runs]
    for n in points(problems_by_name[name] for name in {run.problem for run in runs}):
        for text in tables(runs, problems_by_name, n):
            print(text, end="\n\n")
    print(per_problem(runs, problems_by_name, options.n), end="\n\n")
    curves.families(runs, problems_by_name, options.draw.with_suffix(".png"))
    curves.by_problem(runs, problems_by_name, options.draw.with_suffix(".problems.png"))


def compare(options: argparse.Namespace) -> None:
    """Print by how much scores differ from those of the first peer in the first file."""
    from benches.quality.compare import table

    problems_by_name = known_problems()
    print(table(options.files, options.peers, {name: problems_by_name[name] for name in chosen(options)}))


def failures(options: argparse.Namespace) -> None:
    """Print the percentage of trials that failed, up to trial 50 and after it, by problem and peer."""
    from collections import defaultdict

    shares: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for run in selected_runs(options):
        failed = [told is None for told in run.told]
        halves = failed[:50], failed[50:] or [False]
        shares[run.problem, run.peer].append((sum(halves[0]) / len(halves[0]), sum(halves[1]) / len(halves[1])))
    for (problem, peer), pairs in sorted(shares.items()):
        early, late = (100 * sum(column) / len(pairs) for column in zip(*pairs, strict=True))
        print(f"{problem:24} {peer:16} {early:5.0f} {late:5.0f}")


def condense(options: argparse.Namespace) -> None:
    """Write the parts of runs that scores need to ``--into``, as in the files in ``recorded``."""
    from benches.quality.condense import write

    write(options.into, selected_runs(options))


def fidelity(options: argparse.Namespace) -> None:
    """Print how well each surrogate predicts unseen trainings."""
    from benches.quality.problems import tables

    for name in tables.TABLES:
        print(name, {key: round(float(value), 3) for key, value in tables.fidelity(name).items()})


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benches.quality", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, action in (
        ("run", run),
        ("report", report),
        ("compare", compare),
        ("failures", failures),
        ("condense", condense),
        ("fidelity", fidelity),
    ):
        command = commands.add_parser(name, help=action.__doc__)
        command.set_defaults(action=action)
        command.add_argument("--half", choices=HALVES, default="all")
        command.add_argument("--only", help="substring of the problems' names")
        command.add_argument("--sample", action="store_true", help="only the first problem of each family in each half")
        if name == "run":
            command.add_argument("file", type=Path)
            usual = [peer for peer in PEERS if peer not in SLOW | DOORS]
            command.add_argument("--peers", nargs="+", choices=PEERS, default=usual)
            command.add_argument("--seeds", type=int, default=10)
            command.add_argument("--first-seed", type=int, default=0)
            command.add_argument("--jobs", type=int, default=2)
        if name in ("report", "compare", "failures", "condense"):
            command.add_argument("files", nargs="+", type=Path)
            command.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
        if name == "condense":
            command.add_argument("--into", type=Path, required=True)
        if name == "report":
            command.add_argument(
                "--told", action="store_true", help="hold the best told value on noisy problems as well"
            )
            command.add_argument("-n", type=int, default=None, help="number of trials for the table by problem")
            command.add_argument("--draw", type=Path, default=Path("quality"), help="PNG file for the curves")
    options = parser.parse_args()
    options.action(options)


if __name__ == "__main__":
    main()
