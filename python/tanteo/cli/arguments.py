"""The grammar of the command line."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from tanteo import __version__
from tanteo.cli import best, commands, compare, doctor, figures, listing, live, moving, page

Command: TypeAlias = Callable[[argparse.Namespace], object]


def make_parser() -> argparse.ArgumentParser:
    """The parser; each command sets ``run`` to the function that does it."""
    parser = argparse.ArgumentParser(
        prog="tanteo",
        description="Sizing up by trial: tune, and read what a search found.",
        epilog="FILE is a study, or what Optimizer.save wrote. `tanteo COMMAND --help` has examples.",
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


# argparse gives the class of its subparsers no public name.
_Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add_demo(subparsers: _Subparsers) -> None:
    demo = _command(subparsers, "demo", "tune a classifier of handwritten digits, in about a minute", commands.demo)
    demo.add_argument("--seconds", type=_positive, default=60.0, help="how long it may take (default: 60)")
    demo.add_argument("--out", type=Path, default=Path("tanteo-demo"), help="where the record and the picture go")
    demo.add_argument("--seed", type=_seed, default=0, help="of the search, the folds and the models (default: 0)")


def _add_readers(subparsers: _Subparsers) -> None:
    help_text = "one page: settings, best, progress, failures, importance, environment"
    _with_json(_with_file(_command(subparsers, "show", help_text, page.show, "tanteo show sweep.db")))
    help_text = "the best trial of a search with one objective"
    _with_json(_with_file(_command(subparsers, "best", help_text, best.best, "tanteo best sweep.db --json")))
    help_text = "the trials that no other one dominates"
    _with_json(_with_file(_command(subparsers, "front", help_text, best.front, "tanteo front sweep.db")))


def _add_tables(subparsers: _Subparsers) -> None:
    examples = (
        "tanteo trials sweep.db --sort value --limit 10",
        "tanteo trials sweep.db --where 'lr<0.01' --where optimizer=adam --csv",
    )
    trials = _with_json(
        _with_file(_command(subparsers, "trials", "every trial, one on a line", listing.trials, *examples))
    )
    trials.add_argument("--csv", action="store_true", help="as a table, with every column")
    trials.add_argument("--state", choices=["pending", "complete", "pruned", "failed"], help="only those")
    help_text = "only those of which this holds; the signs are = != < <= > >=; several must all hold"
    trials.add_argument("--where", action="append", default=[], metavar="CONDITION", help=help_text)
    help_text = "a column of export, or a parameter; values are listed best first (default: id)"
    trials.add_argument("--sort", default="id", metavar="COLUMN", help=help_text)
    trials.add_argument("--reverse", action="store_true", help="the other way round")
    trials.add_argument("--limit", type=_count, metavar="N", help="the first N")
    examples = ("tanteo export sweep.db --out sweep.parquet", "tanteo export sweep.db --steps --format jsonl")
    export = _with_file(
        _command(subparsers, "export", "every trial, as a table for other programs", listing.export, *examples)
    )
    help_text = "by default from the ending of --out, or csv"
    export.add_argument("--format", choices=listing.FORMATS, help=help_text)
    export.add_argument("--steps", action="store_true", help="what trials reported, too")
    export.add_argument("--replicates", action="store_true", help="the single measurements behind the values, too")
    export.add_argument("--out", type=Path, help="a file; by default standard output")


def _add_plot(subparsers: _Subparsers) -> None:
    examples = (
        "tanteo plot sweep.db history --out history.png",
        "tanteo plot sweep.db slice --objective loss --out slice.html",
    )
    plot = _with_file(_command(subparsers, "plot", "a figure of the search", commands.plot, *examples))
    plot.add_argument("kind", choices=sorted(figures.KINDS), help="which figure")
    plot.add_argument("--out", type=Path, required=True, help=".png, .svg, .pdf (matplotlib) or .html (plotly)")
    plot.add_argument("--params", nargs="+", metavar="NAME", help="the parameters to draw, where a figure has some")
    plot.add_argument("--objective", metavar="OBJECTIVE", help="which one, by its name, or its place from 0")


def _add_importance(subparsers: _Subparsers) -> None:
    example = "tanteo importance sweep.db"
    importance = _command(subparsers, "importance", "which parameters mattered", commands.importance, example)
    _with_json(_with_file(importance))
    importance.add_argument(
        "--method", choices=["ped-anova", "fanova"], default="ped-anova", help="which analysis (default: ped-anova)"
    )
    help_text = "which one, by its name, or its place from 0 (default: the first)"
    importance.add_argument("--objective", metavar="OBJECTIVE", help=help_text)
    importance.add_argument(
        "--quantile", type=float, help="of ped-anova: among this share of the trials; all levels by default"
    )


def _add_compare(subparsers: _Subparsers) -> None:
    help_text = "two searches side by side: what they found after how many trials, and what differs between them"
    parser = _with_json(
        _with_file(_command(subparsers, "compare", help_text, compare.compare, "tanteo compare monday.db tuesday.db"))
    )
    parser.add_argument("other", type=Path, help="the other one")


def _add_live(subparsers: _Subparsers) -> None:
    tail = _command(
        subparsers, "tail", "a line for each trial that is told, as it is told", live.tail, "tanteo tail sweep.db"
    )
    _with_json(_with_file(tail))
    tail.add_argument("-n", type=_count, default=10, metavar="N", help="so many from before (default: 10)")
    tail.add_argument("--interval", type=_positive, default=1.0, help="seconds between two looks (default: 1)")
    tail.add_argument("--seconds", type=_positive, help="end after so many; by default at Ctrl-C")
    examples = ("tanteo enqueue sweep.db lr=0.01 optimizer=adam",)
    enqueue = _with_file(_command(subparsers, "enqueue", "a configuration to be tried next", live.enqueue, *examples))
    enqueue.add_argument("params", nargs="*", metavar="NAME=VALUE", help="what is not given is sampled")
    example = "tanteo dashboard sweep.db --port 8080"
    dashboard = _command(subparsers, "dashboard", "optuna-dashboard over it, read-only", live.dashboard, example)
    _with_file(dashboard)
    dashboard.add_argument("--host", default="127.0.0.1", help="where it listens (default: this machine alone)")
    dashboard.add_argument("--port", type=_count, default=8080, help="0 takes a free one (default: 8080)")


def _add_doctor(subparsers: _Subparsers) -> None:
    examples = ("tanteo doctor sweep.db", "tanteo doctor sweep.db --repair rescued.db")
    parser = _with_file(
        _command(subparsers, "doctor", "checks a file, and rescues what can be", doctor.doctor, *examples)
    )
    parser.add_argument(
        "--repair", type=Path, metavar="NEW", help="where what is left goes; FILE itself stays as it is"
    )


def _add_import(subparsers: _Subparsers) -> None:
    examples = (
        "tanteo import sqlite:///old.db --study-name mine --out sweep.db",
        "tanteo import optuna-journal.log --out sweep.db",
        "tanteo import runs.csv --space space.json --value accuracy --direction maximize --out sweep.db",
    )
    help_text = "a study of Optuna, or a CSV file, as a new study"
    parser = _command(subparsers, "import", help_text, moving.import_, *examples)
    parser.add_argument("source", help="the URL or the file of a storage of Optuna, or a CSV file")
    parser.add_argument("--out", type=Path, required=True, help="the new study")
    parser.add_argument("--study-name", help="which study of the storage, if there are several")
    parser.add_argument("--space", type=Path, help="the space, as SearchSpace.to_json writes it")
    parser.add_argument("--value", nargs="+", metavar="COLUMN", help="of a CSV file (default: value)")
    choices = ["minimize", "maximize"]
    parser.add_argument("--direction", nargs="+", choices=choices, help="of the values of a CSV file")


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
    parser.add_argument("file", type=Path, help="a study, or a snapshot as Optimizer.save writes it")
    return parser


def _with_json(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--json", action="store_true", help="for programs")
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
    """What scikit-learn and Tanteo both take."""
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
