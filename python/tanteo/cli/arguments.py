"""The argument parser of the command line."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from tanteo import __version__
from tanteo.cli import best, commands, compare, doctor, figures, listing, live, moving, page
from tanteo.cli.columns import COLUMN_STATES

Command: TypeAlias = Callable[[argparse.Namespace], object]


def make_parser() -> argparse.ArgumentParser:
    """Return the parser; each command sets ``run`` to the function that executes it."""
    parser = argparse.ArgumentParser(
        prog="tanteo",
        description="Sizing up by trial: run the demo, and inspect the results of a search.",
        epilog="FILE is a study or a snapshot written by Optimizer.save. `tanteo COMMAND --help` shows examples.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tanteo {__version__}")
    subparsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_demo(subparsers)
    _add_readers(subparsers)
    _add_tables(subparsers)
    _add_plot(subparsers)
    _add_importance(subparsers)
    _add_compare(subparsers)
    _add_live(subparsers)
    _add_doctor(subparsers)
    _add_import(subparsers)
    return parser


# argparse has no public name for this class.
_Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add_demo(subparsers: _Subparsers) -> None:
    demo = _command(subparsers, "demo", "tune a classifier of handwritten digits, in about a minute", commands.demo)
    demo.add_argument("--seconds", type=_positive, default=60.0, help="approximate duration (default: 60)")
    out_help = "folder for the record and the picture (default: tanteo-demo)"
    demo.add_argument("--out", type=Path, default=Path("tanteo-demo"), help=out_help)
    demo.add_argument("--seed", type=_seed, default=0, help="seed of the search, folds and models (default: 0)")


def _add_readers(subparsers: _Subparsers) -> None:
    help_text = "summary of a search: settings, best trial, progress, failures, importance, environment"
    _with_json(_with_file(_command(subparsers, "show", help_text, page.show, "tanteo show sweep.db")))
    help_text = "best trial of a search with one objective"
    _with_json(_with_file(_command(subparsers, "best", help_text, best.best, "tanteo best sweep.db --json")))
    help_text = "trials on the Pareto front"
    _with_json(_with_file(_command(subparsers, "front", help_text, best.front, "tanteo front sweep.db")))


def _add_tables(subparsers: _Subparsers) -> None:
    examples = (
        "tanteo trials sweep.db --sort value --limit 10",
        "tanteo trials sweep.db --where 'lr<0.01' --where optimizer=adam --csv",
    )
    trials = _with_json(
        _with_file(_command(subparsers, "trials", "list of the trials, one per line", listing.trials, *examples))
    )
    trials.add_argument("--csv", action="store_true", help="print a CSV table with all columns")
    trials.add_argument(
        "--state",
        choices=[*COLUMN_STATES, "paused"],
        help="only trials in this state; paused trials are not among the pruned ones",
    )
    help_text = "only trials that satisfy a condition with = != < <= > or >=; several conditions must all hold"
    trials.add_argument("--where", action="append", default=[], metavar="CONDITION", help=help_text)
    help_text = "sort by a column of export or a parameter; objective values are sorted best first (default: id)"
    trials.add_argument("--sort", default="id", metavar="COLUMN", help=help_text)
    trials.add_argument("--reverse", action="store_true", help="reverse the order")
    trials.add_argument("--limit", type=_count, metavar="N", help="only the first N trials")
    examples = ("tanteo export sweep.db --out sweep.parquet", "tanteo export sweep.db --steps --format jsonl")
    export = _with_file(
        _command(subparsers, "export", "table of all trials for other programs", listing.export, *examples)
    )
    help_text = "file format (default: from the ending of --out, else csv)"
    export.add_argument("--format", choices=listing.FORMATS, help=help_text)
    export.add_argument("--steps", action="store_true", help="include the reported intermediate values")
    export.add_argument("--replicates", action="store_true", help="include the single measurements of each value")
    export.add_argument("--out", type=Path, help="output file (default: standard output)")


def _add_plot(subparsers: _Subparsers) -> None:
    examples = (
        "tanteo plot sweep.db history --out history.png",
        "tanteo plot sweep.db slice --objective loss --out slice.html",
    )
    plot = _with_file(_command(subparsers, "plot", "plot of a search", commands.plot, *examples))
    plot.add_argument("kind", choices=sorted(figures.KINDS), help="kind of plot")
    out_help = "output file: .png, .svg, .pdf (matplotlib) or .html (plotly)"
    plot.add_argument("--out", type=Path, required=True, help=out_help)
    plot.add_argument("--params", nargs="+", metavar="NAME", help="parameters to draw, for plots that take some")
    plot.add_argument("--objective", metavar="OBJECTIVE", help="name or index (from 0) of the objective")


def _add_importance(subparsers: _Subparsers) -> None:
    example = "tanteo importance sweep.db"
    importance = _command(subparsers, "importance", "importance of each parameter", commands.importance, example)
    _with_json(_with_file(importance))
    importance.add_argument(
        "--method", choices=["ped-anova", "fanova"], default="ped-anova", help="method of analysis (default: ped-anova)"
    )
    help_text = "name or index (from 0) of the objective (default: the first)"
    importance.add_argument("--objective", metavar="OBJECTIVE", help=help_text)
    importance.add_argument(
        "--quantile", type=float, help="for ped-anova: the best share of the trials to explain (default: all levels)"
    )


def _add_compare(subparsers: _Subparsers) -> None:
    help_text = "comparison of two searches: progress by number of trials, best trials, and differences in their setup"
    parser = _with_json(
        _with_file(_command(subparsers, "compare", help_text, compare.compare, "tanteo compare monday.db tuesday.db"))
    )
    parser.add_argument("other", type=Path, help="the second study or snapshot")


def _add_live(subparsers: _Subparsers) -> None:
    tail = _command(subparsers, "tail", "line for each trial as it ends", live.tail, "tanteo tail sweep.db")
    _with_json(_with_file(tail))
    tail.add_argument("-n", type=_count, default=10, metavar="N", help="start with the last N trials (default: 10)")
    tail.add_argument("--interval", type=_positive, default=1.0, help="seconds between two checks (default: 1)")
    tail.add_argument("--seconds", type=_positive, help="stop after this many seconds (default: at Ctrl-C)")
    examples = ("tanteo enqueue sweep.db lr=0.01 optimizer=adam",)
    enqueue = _with_file(_command(subparsers, "enqueue", "add a configuration to try next", live.enqueue, *examples))
    enqueue.add_argument("params", nargs="*", metavar="NAME=VALUE", help="the others are sampled")
    example = "tanteo dashboard sweep.db --port 8080"
    dashboard = _command(
        subparsers, "dashboard", "open a search in optuna-dashboard, read-only", live.dashboard, example
    )
    _with_file(dashboard)
    host_help = "address to listen on; if others can reach it, they need the token that is printed (default: 127.0.0.1)"
    dashboard.add_argument("--host", default="127.0.0.1", help=host_help)
    dashboard.add_argument("--port", type=_count, default=8080, help="port; 0 takes a free port (default: 8080)")


def _add_doctor(subparsers: _Subparsers) -> None:
    examples = ("tanteo doctor sweep.db", "tanteo doctor sweep.db --repair rescued.db")
    help_text = "check a file and recover a damaged study"
    parser = _with_file(_command(subparsers, "doctor", help_text, doctor.doctor, *examples))
    repair_help = "new file for the recovered study; FILE is not changed"
    parser.add_argument("--repair", type=Path, metavar="NEW", help=repair_help)


def _add_import(subparsers: _Subparsers) -> None:
    examples = (
        "tanteo import sqlite:///old.db --study-name mine --out sweep.db",
        "tanteo import optuna-journal.log --out sweep.db",
        "tanteo import runs.csv --space space.json --value accuracy --direction maximize --out sweep.db",
    )
    help_text = "convert an Optuna study or a CSV file to a new study"
    parser = _command(subparsers, "import", help_text, moving.import_, *examples)
    parser.add_argument("source", help="URL or file of an Optuna storage, or a CSV file")
    parser.add_argument("--out", type=Path, required=True, help="file of the new study")
    parser.add_argument("--study-name", help="name of the study, if the storage has several")
    parser.add_argument("--space", type=Path, help="file with the space as written by SearchSpace.to_json")
    dropped_help = "leave out trials that cannot be imported; without it, they are an error and nothing is written"
    parser.add_argument("--allow-dropped", action="store_true", help=dropped_help)
    value_help = "columns of a CSV file with the objective values (default: value)"
    parser.add_argument("--value", nargs="+", metavar="COLUMN", help=value_help)
    choices = ["minimize", "maximize"]
    parser.add_argument("--direction", nargs="+", choices=choices, help="direction of each value of a CSV file")


def _command(
    subparsers: _Subparsers, name: str, help_text: str, run: Command, *examples: str
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(
        name,
        help=help_text,
        description=f"{help_text[0].upper()}{help_text[1:]}.",
        epilog="examples:\n  " + "\n  ".join(examples) if examples else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    return parser


def _with_file(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("file", type=Path, help="a study, or a snapshot written by Optimizer.save")
    return parser


def _with_json(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _count(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = -1
    if number < 0:
        raise argparse.ArgumentTypeError(f"expected an integer from 0 up, got {text}")
    return number


def _seed(text: str) -> int:
    """A seed that both scikit-learn and Tanteo accept."""
    number = _count(text)
    if number >= 2**32:
        raise argparse.ArgumentTypeError(f"expected an integer below 2**32, got {text}")
    return number


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a positive number, got {text}")
    return value
