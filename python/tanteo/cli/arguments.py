"""The argument parser of the command line."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias, TypeVar

from tanteo import __version__
from tanteo._internal.files import as_path
from tanteo._internal.optional import outer
from tanteo._internal.states import CANCELLED, PENDING, STATES, TOLD
from tanteo.cli.figures import KINDS
from tanteo.cli.output import FORMATS
from tanteo.exceptions import ArgumentError

# The method ``add_argument`` of a parser.
Add: TypeAlias = Callable[..., object]
_Number = TypeVar("_Number")


def make_parser() -> argparse.ArgumentParser:
    """Return the parser; each command sets ``run`` to the function that executes it. ``commands`` are their names."""
    parser = argparse.ArgumentParser(
        prog="tanteo",
        description="Create, run, inspect and convert searches. `tanteo demo` runs one.",
        epilog="FILE is a study or a snapshot written by Optimizer.save. `tanteo COMMAND --help` shows examples.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tanteo {__version__}")
    subparsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    commands = _Commands(subparsers)
    _add_demo(commands)
    _add_readers(commands)
    _add_trials(commands)
    _add_export(commands)
    _add_plot(commands)
    _add_importance(commands)
    _add_pages(commands)
    _add_asking(commands)
    _add_live(commands)
    _add_import(commands)
    parser.set_defaults(commands=tuple(subparsers.choices))
    return parser


_FILE_HELP = "a study, or a snapshot written by Optimizer.save"
# A negative number, as a value.
_NEGATIVE = re.compile(r"-(\d|\.\d|inf)")


class _Commands:
    """Adds commands to a parser."""

    # argparse has no public name for this class.
    def __init__(self, subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
        self._subparsers = subparsers

    def add(
        self, run: str, help_text: str, *examples: str, reads: bool = True, json: bool = False, hint: str = ""
    ) -> Add:
        """Add the command that the examples show, and return the function that adds an argument to it.

        Parameters
        ----------
        run
            The module and the function that execute it.
        reads, json
            Whether it reads the file of a search, and has the option ``--json``.
        hint
            The end of the error about values that it does not take.
        """
        command = self._subparsers.add_parser(
            examples[0].split()[1],
            help=help_text,
            description=f"{help_text[0].upper()}{help_text[1:]}.",
            epilog="examples:\n  " + "\n  ".join(examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        # Until Python 3.14, argparse takes -1e-05 and -inf for options.
        command._negative_number_matcher = _NEGATIVE
        command.set_defaults(run=_imported_late(run), hint=hint)
        if reads:
            command.add_argument("file", type=_path, help=_FILE_HELP)
        if json:
            command.add_argument("--json", action="store_true", help="print JSON")
        return command.add_argument


def _imported_late(name: str) -> Callable[[argparse.Namespace], object]:
    """Return the function that executes a command; its module is loaded when it is called."""

    def run(options: argparse.Namespace) -> object:
        module, function = name.split(".")
        return getattr(outer(f"cli.{module}"), function)(options)

    return run


def _add_demo(commands: _Commands) -> None:
    help_text = "tune a classifier of handwritten digits, in about a minute"
    add = commands.add("commands.demo", help_text, "tanteo demo --seconds 120 --out tuned", reads=False)
    add("--seconds", type=_positive, default=60.0, help="approximate duration (default: 60)")
    out_help = "folder for the record and the picture (default: tanteo-demo)"
    add("--out", type=_path, default=Path("tanteo-demo"), help=out_help)
    add("--seed", type=_seed, default=0, help="seed of the search, folds and models (default: 0)")


def _add_readers(commands: _Commands) -> None:
    help_text = "summary of a search: settings, best trial, progress, failures, importance, environment"
    commands.add("page.show", help_text, "tanteo show sweep.db", json=True)
    commands.add("best.best", "best trial of a search with one objective", "tanteo best sweep.db --json", json=True)
    _add_front(commands)
    help_text = "comparison of two searches: progress by number of trials, best trials, and differences in their setup"
    add = commands.add("compare.compare", help_text, "tanteo compare monday.db tuesday.db", json=True)
    add("other", type=_path, help="the second study or snapshot")
    examples = ("tanteo doctor sweep.db", "tanteo doctor sweep.db --repair rescued.db", "tanteo doctor --about")
    help_text = "check a file, write what is left of a damaged study, or describe this installation"
    add = commands.add("doctor.doctor", help_text, *examples, reads=False)
    add("file", type=_path, nargs="?", help=_FILE_HELP)
    add("--repair", type=_path, metavar="NEW", help="new file for what is left of the study; FILE is not changed")
    add("--about", action="store_true", help="print the details of this installation that a bug report needs")


def _add_front(commands: _Commands) -> None:
    examples = (
        "tanteo front sweep.db",
        "tanteo front sweep.db --knee",
        "tanteo front sweep.db --weight loss=2 --weight size=1",
        "tanteo front sweep.db --threshold loss=0.5",
    )
    help_text = "trials on the Pareto front, or the one to take"
    add = commands.add("best.front", help_text, *examples, json=True)
    add("--knee", action="store_true", help="only the trial at which the front bends most")
    weight_help = "only the trial for these weights; one for each objective, by its name or index (from 0)"
    add("--weight", action="append", default=[], metavar="NAME=WEIGHT", help=weight_help)
    threshold_help = (
        "only the trial that meets these worst acceptable values, or misses them by least; by the name or index (from "
        "0) of the objective; may be repeated"
    )
    add("--threshold", action="append", default=[], metavar="NAME=VALUE", help=threshold_help)


def _add_trials(commands: _Commands) -> None:
    examples = (
        "tanteo trials sweep.db --sort value --limit 10",
        "tanteo trials sweep.db --where 'lr<0.01' --where optimizer=adam --csv",
    )
    add = commands.add("listing.trials", "list of the trials, one per line", *examples, json=True)
    add("--csv", action="store_true", help="print a CSV table with all columns")
    add("--state", choices=[*STATES, CANCELLED], help="only trials in this state, as show counts them")
    help_text = (
        "only trials that satisfy a condition with = != < <= > or >=; several conditions must all hold; ordinals are "
        "compared by position"
    )
    add("--where", action="append", default=[], metavar="CONDITION", help=help_text)
    help_text = (
        "sort by a column of export or a parameter; objective values are sorted best first, those of complete and "
        "feasible trials before all others (default: id)"
    )
    add("--sort", default="id", metavar="COLUMN", help=help_text)
    add("--reverse", action="store_true", help="reverse the order")
    add("--limit", type=_count, metavar="N", help="only the first N trials")


def _add_export(commands: _Commands) -> None:
    examples = ("tanteo export sweep.db --out sweep.parquet", "tanteo export sweep.db --steps --format jsonl")
    add = commands.add("listing.export", "table of all trials for other programs", *examples)
    add("--format", choices=FORMATS, help="file format (default: from the ending of --out, else csv)")
    add("--steps", action="store_true", help="include the reported intermediate values")
    add("--replicates", action="store_true", help="include the single measurements of each value")
    add("--out", type=_path, help="output file (default: standard output)")


def _add_plot(commands: _Commands) -> None:
    examples = (
        "tanteo plot sweep.db history --out history.png",
        "tanteo plot sweep.db slice --objective loss --out slice.html",
        "tanteo plot seed0.db attainment --beside seed1.db --beside seed2.db --out attainment.png",
    )
    add = commands.add("commands.plot", "plot of a search", *examples)
    add("kind", choices=sorted(KINDS), help="kind of plot")
    out_help = "output file: .html (plotly), or .png, .svg, .pdf, .jpg or another format of matplotlib"
    add("--out", type=_path, required=True, help=out_help)
    add(
        "--standalone",
        action="store_true",
        help="write plotly into the .html file itself (5 MB), not into a file beside it",
    )
    params_help = "a parameter to draw, for plots that take some; may be repeated"
    add("--params", action="append", metavar="NAME", help=params_help)
    add("--objective", metavar="OBJECTIVE", help="name or index (from 0) of the objective")
    _add_ends(add)
    help_text = "another search to draw, for attainment and edf; may be repeated"
    add("--beside", action="append", type=_path, default=[], metavar="FILE", help=help_text)


def _add_ends(add: Add) -> None:
    """Add the arguments that say where an ablation starts and ends."""
    start_help = "id of the trial at which an ablation starts (default: the one with the defaults of the space)"
    add("--start", type=_count, metavar="ID", help=start_help)
    end_help = (
        "id of the trial at which an ablation ends (default: the recommended one; with several objectives, the best of "
        "the objective)"
    )
    add("--end", type=_count, metavar="ID", help=end_help)


def _add_importance(commands: _Commands) -> None:
    add = commands.add("commands.importance", "importance of each parameter", "tanteo importance sweep.db", json=True)
    methods = ["ped-anova", "fanova"]
    add("--method", choices=methods, default=methods[0], help=f"method of analysis (default: {methods[0]})")
    add("--objective", metavar="OBJECTIVE", help=_EACH_HELP)
    help_text = "for ped-anova: the share of the trials that counts as the best (default: an average over all levels)"
    add("--quantile", type=float, help=help_text)
    help_text = "what each change from the defaults to the recommended configuration gains, as a model predicts"
    examples = ("tanteo ablation sweep.db", "tanteo ablation sweep.db --start 3 --end 41")
    add = commands.add("commands.ablation", help_text, *examples, json=True)
    add("--objective", metavar="OBJECTIVE", help=_EACH_HELP)
    _add_ends(add)


_EACH_HELP = "name or index (from 0) of the objective (default: each)"
_PARAMS_HELP = "parameters and their values, or one JSON object"


def _add_live(commands: _Commands) -> None:
    add = commands.add("live.tail", "line for each trial as it ends", "tanteo tail sweep.db", json=True)
    add("-n", type=_count, default=10, metavar="N", help="start with the last N trials (default: 10)")
    add("--interval", type=_positive, default=1.0, help="seconds between two checks (default: 1)")
    add("--seconds", type=_positive, help="stop after this many seconds (default: at Ctrl-C)")
    examples = ("tanteo enqueue sweep.db lr=0.01 optimizer=adam", """tanteo enqueue sweep.db '{"lr": 0.01}'""")
    add = commands.add("live.enqueue", "add a configuration to try next", *examples)
    add("params", nargs="*", metavar="NAME=VALUE", help=f"{_PARAMS_HELP}; the others are sampled")
    example = "tanteo dashboard sweep.db --port 8080"
    add = commands.add("live.dashboard", "open a search in optuna-dashboard, read-only", example)
    _add_address(add)


def _add_address(add: Add) -> None:
    host_help = "address to listen on; if others can reach it, they need the token that is printed (default: 127.0.0.1)"
    add("--host", default="127.0.0.1", help=host_help)
    add("--port", type=_port, default=8080, help="port; 0 takes a free port (default: 8080)")


def _add_pages(commands: _Commands) -> None:
    help_text = "page of a search: what to take, how sure, what mattered, whether to go on, every trial"
    add = commands.add("pages.report", help_text, "tanteo report sweep.db --out page.html")
    add(
        "--out",
        type=_path,
        required=True,
        help="output file (.html), which needs nothing else: no network, no other file",
    )
    help_text = "page of a running search, kept up to date in a browser (needs tanteo[watch])"
    examples = ("tanteo watch sweep.db --port 8080", "tanteo watch sweeps/")
    add = commands.add("pages.watch", help_text, *examples, reads=False)
    add("file", type=_path, help="a study, a snapshot, or a folder of studies")
    _add_address(add)


def _add_asking(commands: _Commands) -> None:
    examples = (
        "tanteo new sweep.db --space space.json",
        "tanteo new sweep.db --space space.json --direction yield=maximize --direction hours=minimize",
    )
    add = commands.add("asking.new", "create a study", *examples, reads=False)
    add("file", type=_path, help="file of the new study")
    add("--space", type=_path, required=True, help="file with the space as written by SearchSpace.to_json")
    goal_help = "minimize or maximize, or NAME=GOAL; several objectives repeat it (default: minimize)"
    add("--direction", action="append", metavar="GOAL", help=goal_help)
    threshold_help = (
        "worst acceptable value of one of several objectives, by its name or index (from 0); may be repeated"
    )
    add("--threshold", action="append", default=[], metavar="NAME=VALUE", help=threshold_help)
    _add_settings(add)
    add("--name", help="name of the study (default: that of the file)")
    examples = ("tanteo ask sweep.db --json", "tanteo ask sweep.db -n 8")
    add = commands.add("asking.ask", "configurations to try next, one per line", *examples, json=True)
    add("-n", type=_number, default=1, metavar="N", help="number of trials, chosen jointly (default: 1)")
    _add_telling(commands)


def _add_settings(add: Add) -> None:
    """Add the arguments that :func:`tanteo.cli.asking.settings_of` reads."""
    add("--sampler", help="name of the sampler (default: auto)")
    add("--pruner", help="name of the pruner (default: auto)")
    add("--seed", type=_count, help="seed of the search (default: drawn and recorded)")
    limit_help = "largest modelled probability, between 0 and 1, that a suggestion breaks a constraint or fails"
    add("--max-violation-probability", type=_value, metavar="P", help=f"{limit_help} (default: no limit)")


def _add_telling(commands: _Commands) -> None:
    examples = (
        "tanteo tell sweep.db 3 0.25",
        "tanteo tell sweep.db 4 --state failed --reason 'cell broke'",
        "tanteo tell sweep.db 5 --state cancelled --reason 'not for sale'",
        "tanteo tell sweep.db 6 yield=0.25 hours=12 --sem yield=0.01",
        "tanteo tell sweep.db 7 yield=0.25 --state pending",
    )
    hint = "; values come before the options: tanteo tell FILE ID VALUE --cost 3"
    add = commands.add("telling.tell", "record the result of a trial, or cancel it", *examples, hint=hint)
    add("id", type=_count, metavar="ID", help="id of the trial, as ask printed it")
    _add_result(add, [*TOLD, CANCELLED, PENDING])
    help_text = "add the result of a configuration that was not asked for"
    observed = (
        "tanteo observe sweep.db 0.25 --params lr=0.01 --params optimizer=adam",
        """tanteo observe sweep.db --params '{"lr": 10.0, "optimizer": "sgd"}' --state failed --reason diverged""",
    )
    hint = "; values come before the options: tanteo observe FILE VALUE --params NAME=VALUE"
    add = commands.add("telling.observe", help_text, *observed, hint=hint)
    params_help = "a parameter and its value, repeated for the whole configuration, or one JSON object of all"
    add("--params", required=True, action="append", metavar="NAME=VALUE", help=f"{params_help}; leave out constants")
    _add_result(add, [state for state in TOLD if state != "paused"])
    help_text = "withdraw the result of a trial, which is then pending again"
    add = commands.add("telling.retract", help_text, "tanteo retract sweep.db 3")
    add("id", type=_count, metavar="ID", help="id of the trial")


def _add_result(add: Add, states: Sequence[str]) -> None:
    """Add the arguments that say how a trial ended."""
    value_help = "its value; nan is a failure; several objectives have one each, as NAME=NUMBER or in their order"
    add("value", nargs="*", type=_of_objective(_value), metavar="VALUE", help=value_help)
    state_help, reason_help = "how it ended", "why it failed or was stopped"
    if CANCELLED in states:
        state_help += "; nothing is learned from a cancelled trial; pending if the rest of its result is told later"
        reason_help = "why it failed, was stopped or was cancelled"
    add("--state", choices=states, default="complete", help=f"{state_help} (default: complete)")
    add("--reason", help=reason_help)
    sem_help = "standard error of the value, nan if it is not known; repeated for several objectives like VALUE"
    add("--sem", action="append", default=[], type=_of_objective(_error), help=sem_help)
    add("--cost", type=_positive, help="what the trial cost")
    constraint_help = "a constraint, feasible when the number is at most 0, or true or false; may be repeated"
    add("--constraint", action="append", default=[], metavar="NAME=NUMBER", help=constraint_help)


def _add_import(commands: _Commands) -> None:
    examples = (
        "tanteo import sqlite:///old.db --study-name mine --out sweep.db",
        "tanteo import optuna-journal.log --out sweep.db",
        "tanteo import runs.csv --space space.json --value accuracy --direction maximize --out sweep.db",
    )
    help_text = "convert an Optuna study or a CSV file to a new study"
    add = commands.add("moving.import_", help_text, *examples, reads=False)
    add("source", help="URL or file of an Optuna storage, or a CSV file")
    add("--out", type=_path, required=True, help="file of the new study")
    add("--study-name", help="name of the study, if the storage has several")
    add("--space", type=_path, help="file with the space as written by SearchSpace.to_json")
    dropped_help = "leave out trials that cannot be imported; without it, they are an error and nothing is written"
    add("--allow-dropped", action="store_true", help=dropped_help)
    value_help = "a column of a CSV file with objective values; several objectives repeat it (default: value)"
    add("--value", action="append", metavar="COLUMN", help=value_help)
    fill_help = "a parameter that a CSV file lacks and its value in all rows; several parameters repeat it"
    add("--fill", action="append", default=[], metavar="NAME=VALUE", help=fill_help)
    direction_help = (
        "direction of the value of a CSV file: minimize or maximize, or NAME=GOAL; several objectives repeat it in the "
        "order of --value"
    )
    add("--direction", action="append", metavar="GOAL", help=direction_help)
    _add_settings(add)


def _path(text: str) -> Path:
    try:
        return as_path(text)
    except ArgumentError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _at_least(least: int, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"expected an integer from {least} up, got {text}")
    return number


def _below(limit: int, written: str, text: str) -> int:
    number = _at_least(0, text)
    if number >= limit:
        raise argparse.ArgumentTypeError(f"expected an integer below {written}, got {text}")
    return number


_count, _number = partial(_at_least, 0), partial(_at_least, 1)
# scikit-learn takes seeds of 32 bits.
_port, _seed = partial(_below, 2**16, "65536"), partial(_below, 2**32, "2**32")


def _value(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number, got {text}") from None


def _of_objective(number: Callable[[str], _Number]) -> Callable[[str], tuple[str, _Number]]:
    """Return the type of an argument that is a number, or NAME=NUMBER; without a name, the name is empty."""

    def read(text: str) -> tuple[str, _Number]:
        name, equals, rest = text.rpartition("=")
        if equals and not name:
            raise argparse.ArgumentTypeError(f"expected a number, or NAME=NUMBER, got {text}")
        return name, number(rest)

    return read


def _error(text: str) -> float | None:
    value = _value(text)
    if value < 0.0 or math.isinf(value):
        raise argparse.ArgumentTypeError(f"expected a number from 0 up, or nan, got {text}")
    return None if math.isnan(value) else value


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a positive number, got {text}")
    return value
