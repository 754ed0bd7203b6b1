"""Runs searches for fronts, prints scores, compares builds, and computes the reference fronts."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benches.objectives.peers import PEERS, SLOW
from benches.objectives.problems import half, problems
from benches.objectives.references import LENGTHS, bounds, write
from benches.objectives.runs import Run, read, run_all
from benches.objectives.score import Scores, combined, family_means, scores

#: Peers that take results of configurations that they have not suggested.
COSTED = ("tanteo-auto", "tanteo-gp", "tanteo-tpe", "optuna-tpe", "optuna-gp", "botorch")


def row(cells: list[str]) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cells)} |"


def chosen(options: argparse.Namespace) -> list[str]:
    """Return the names of the selected problems."""
    return [name for name in half(options.half) if options.only is None or options.only in name]


def run(options: argparse.Namespace) -> None:
    """Run the missing searches."""
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    run_all(options.file, chosen(options), options.peers, seeds, options.trials, options.jobs)


def selected(options: argparse.Namespace) -> list[Run]:
    """Return the runs in the files that the options select."""
    names = set(chosen(options))
    return [run for run in read(options.files) if run.problem in names and run.peer in {"random", *options.peers}]


def report(options: argparse.Namespace) -> None:
    """Print scores by family and by problem."""
    runs = selected(options)
    for n in options.lengths:
        scored = scores(runs, n)
        peers = [peer for peer in options.peers if any(key[1] == peer for key in scored)]
        names = {name for name, _ in scored if all((name, peer) in scored for peer in peers)}
        means = {peer: family_means(scored, peer, names) for peer in peers}
        families = list(next(iter(means.values())))
        print(f"{n} trials, {len(names)} problems\n\n{row(['peer', *families])}\n{row(['---'] * (len(families) + 1))}")
        for peer, by_family in means.items():
            print(row([peer, *(f"{by_family[f][0]:.1f} ± {by_family[f][1]:.1f}" for f in families)]))
        print(f"\n{row(['problem', *peers])}\n{row(['---'] * (len(peers) + 1))}")
        for name in [name for name in problems() if name in names]:
            print(row([name, *(f"{np.mean(list(scored[name, peer].values())):.1f}" for peer in peers)]))
        print()


def compare(options: argparse.Namespace) -> None:
    """Print paired differences of a peer between two files, which share the runs of random search."""
    peer, (before, after) = options.peers[0], options.files[:2]
    names = set(chosen(options))
    anchors = [run for run in read(options.files) if run.peer == "random" and run.problem in names]
    if not anchors:
        raise SystemExit("neither file has runs of random search, which scores refer to: run them with --peers random")
    for n in options.lengths:
        first, second = (_scored(path, peer, names, anchors, n) for path in (before, after))
        print(f"{n} trials\n")
        by_family: dict[str, list[tuple[float, float]]] = {}
        for name in [name for name in problems() if (name, peer) in first and (name, peer) in second]:
            seeds = sorted(first[name, peer].keys() & second[name, peer].keys())
            old, new = (np.array([scored[name, peer][seed] for seed in seeds]) for scored in (first, second))
            error = (new - old).std(ddof=1) / len(seeds) ** 0.5
            by_family.setdefault(problems()[name].family, []).append(((new - old).mean(), error))
            print(f"{name:20s} {old.mean():7.1f} {new.mean():7.1f}  {(new - old).mean():+6.1f} ± {error:.1f}")
        means = {family: combined(rows) for family, rows in by_family.items()}
        for family, (mean, error) in [*means.items(), ("total", combined(list(means.values())))]:
            print(f"{family:36s}  {mean:+6.1f} ± {error:.1f}")
        print()


def _scored(path: Path, peer: str, names: set[str], anchors: list[Run], n: int) -> Scores:
    runs = [run for run in read([path]) if run.peer == peer and run.problem in names]
    return scores([*anchors, *runs], n)


def spread(options: argparse.Namespace) -> None:
    """Print the percentages of trials with the first number, and with any number, on a bound of its range."""
    for name in chosen(options):
        low, high = bounds(problems()[name].space)
        for peer in options.peers:
            rows = [np.array(run.rows) for run in selected(options) if (run.problem, run.peer) == (name, peer)]
            if rows:
                on_bound = (np.concatenate(rows) <= low) | (np.concatenate(rows) >= high)
                first, some = 100 * on_bound[:, 0].mean(), 100 * on_bound.any(axis=1).mean()
                print(f"{name:20s} {peer:14s} {first:5.1f} {some:5.1f}")


def cost(options: argparse.Namespace) -> None:
    """Print the processor time of an ask, the first and the mean of the others, in milliseconds, on one thread."""
    from benches.objectives.cost import milliseconds

    for n_objectives in options.objectives:
        for peer in options.peers:
            first, *others = milliseconds(peer, n_objectives, options.trials, options.asks)
            print(f"{n_objectives} objectives, {peer}: first {first:.1f}, then {np.mean(others):.1f}", flush=True)


def reference(options: argparse.Namespace) -> None:
    """Compute the reference fronts."""
    write(chosen(options))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benches.objectives", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for action in (run, report, compare, spread, reference):
        command = commands.add_parser(action.__name__, help=action.__doc__)
        command.set_defaults(action=action)
        command.add_argument("--half", choices=("tuning", "report", "all"), default="tuning")
        command.add_argument("--only", help="substring of the problems' names")
        if action is reference:
            continue
        quick = [peer for peer in PEERS if peer not in SLOW]
        command.add_argument("--peers", nargs="+", choices=PEERS, default=quick if action is run else list(PEERS))
        if action is run:
            command.add_argument("file", type=Path)
            command.add_argument("--seeds", type=int, default=10)
            command.add_argument("--first-seed", type=int, default=0)
            command.add_argument("--trials", type=int, default=100)
            command.add_argument("--jobs", type=int, default=1)
        else:
            command.add_argument("files", type=Path, nargs="+")
            command.add_argument("-n", dest="lengths", type=int, nargs="+", choices=LENGTHS, default=[50, 100])
    timed = commands.add_parser("cost", help=cost.__doc__)
    timed.set_defaults(action=cost)
    timed.add_argument("--peers", nargs="+", choices=COSTED, default=["tanteo-auto"])
    timed.add_argument("--objectives", type=int, nargs="+", default=[2, 3, 4])
    timed.add_argument("--trials", type=int, default=100)
    timed.add_argument("--asks", type=int, default=5)
    options = parser.parse_args()
    options.action(options)


if __name__ == "__main__":
    main()
