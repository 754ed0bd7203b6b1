"""The grammar of the command line."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from tanteo import __version__
from tanteo.cli import commands, figures

Command: TypeAlias = Callable[[argparse.Namespace], None]


def make_parser() -> argparse.ArgumentParser:
    """The parser; each command sets ``run`` to the function that does it."""
    parser = argparse.ArgumentParser(
        prog="tanteo", description="Sizing up by trial: tune, and read what a search found.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"tanteo {__version__}")
    add = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_demo(add)
    _add_readers(add)
    _add_plot(add)
    _add_importance(add)
    return parser


# argparse gives the class of its subparsers no public name.
_Adder: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add_demo(add: _Adder) -> None:
    demo = _command(add, "demo", "tune a classifier of handwritten digits, in about a minute", commands.demo)
    demo.add_argument("--seconds", type=_positive, default=60.0, help="how long it may take (default: 60)")
    demo.add_argument("--out", type=Path, default=Path("tanteo-demo"), help="where the record and the picture go")
    demo.add_argument("--seed", type=_seed, default=0, help="of the search, the folds and the models (default: 0)")


def _add_readers(add: _Adder) -> None:
    _with_json(_on_file(_command(add, "show", "what the search is, and how it went", commands.show)))
    _with_json(_on_file(_command(add, "best", "the best trial of a search with one objective", commands.best)))
    _with_json(_on_file(_command(add, "front", "the trials that no other one dominates", commands.front)))
    trials = _with_json(_on_file(_command(add, "trials", "every trial, one on a line", commands.trials)))
    trials.add_argument("--state", choices=["pending", "complete", "pruned", "failed"], help="only those")
    what = "a column of export, or a parameter; values are listed best first (default: id)"
    trials.add_argument("--sort", default="id", metavar="COLUMN", help=what)
    trials.add_argument("--limit", type=_count, metavar="N", help="the first N")
    export = _on_file(_command(add, "export", "every trial, as a table for other programs", commands.export))
    export.add_argument("--format", choices=["csv", "json"], help="by default from the ending of --out, or csv")
    export.add_argument("--steps", action="store_true", help="what trials reported, too")
    export.add_argument("--replicates", action="store_true", help="the single measurements behind the values, too")
    export.add_argument("--out", type=Path, help="a file; by default standard output")


def _add_plot(add: _Adder) -> None:
    plot = _on_file(_command(add, "plot", "a figure of the search", commands.plot))
    plot.add_argument("kind", choices=sorted(figures.KINDS), help="which figure")
    plot.add_argument("--out", type=Path, required=True, help=".png, .svg, .pdf (matplotlib) or .html (plotly)")
    plot.add_argument("--params", nargs="+", metavar="NAME", help="the parameters to draw, where a figure has some")


def _add_importance(add: _Adder) -> None:
    importance = _with_json(_on_file(_command(add, "importance", "which parameters mattered", commands.importance)))
    importance.add_argument(
        "--method", choices=["ped-anova", "fanova"], default="ped-anova", help="which analysis (default: ped-anova)"
    )
    importance.add_argument("--objective", type=int, default=0, help="which objective, from 0 (default: 0)")
    importance.add_argument(
        "--quantile", type=float, help="of ped-anova: among this share of the trials; all levels by default"
    )


def _command(add: _Adder, name: str, what: str, run: Command) -> argparse.ArgumentParser:
    parser = add.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.", allow_abbrev=False)
    parser.set_defaults(run=run)
    return parser


def _on_file(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("file", type=Path, help="a snapshot, as Optimizer.save writes it")
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
