"""``python -m tanteo.testing module:factory`` runs each check in its own process and writes a report, also as JSON."""

from __future__ import annotations

import argparse
import importlib
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .._internal.text import printable_lines
from ..exceptions import ArgumentError
from .profiles import PROFILES
from .registry import GROUPS
from .report import Outcome, Report
from .runner import examine
from .selection import all_checks


def build_parser() -> argparse.ArgumentParser:
    """Return the command-line parser."""
    parser = argparse.ArgumentParser(
        prog="python -m tanteo.testing",
        description="Check the samplers of a factory. The exit status is 1 if a check fails unexpectedly.",
    )
    parser.add_argument("factory", nargs="?", help="module:factory, where factory(space, seed) returns a sampler")
    tags_help = f"a group ({', '.join(GROUPS)}) or the name of a check to run; may be repeated"
    parser.add_argument("--tags", action="append", metavar="TAG", help=tags_help)
    parser.add_argument("--profile", choices=list(PROFILES), default="fast", help="how thorough the checks are")
    parser.add_argument("--json", type=Path, help="file to write the report to, as JSON")
    expect_help = "a check expected to fail; may be repeated"
    parser.add_argument("--expect", action="append", default=[], metavar="CHECK=REASON", help=expect_help)
    parser.add_argument("--timeout", type=float, help="time limit of one check in seconds; not with --no-isolation")
    parser.add_argument("--no-isolation", action="store_true", help="run the checks in this process")
    parser.add_argument("--list", action="store_true", help="list the checks, with those of the factory's module")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    parser = build_parser()
    arguments = parser.parse_args(argv)
    try:
        if arguments.list:
            _list_checks(arguments)
            return 0
        _require_consistent(arguments)
        report = _run(arguments)
        _write(report.summary())
        if arguments.json is not None:
            _write_json(report, arguments.json)
    except ArgumentError as error:
        parser.error(str(error))
    return 1 if report.unexpected else 0


def _list_checks(arguments: argparse.Namespace) -> None:
    if arguments.factory is not None:
        load_factory(arguments.factory)  # its module may define checks
    _write(*(f"{check.group:13} {check.name}: {check.promise}" for check in all_checks(arguments.tags)))


def _require_consistent(arguments: argparse.Namespace) -> None:
    if arguments.factory is None:
        raise ArgumentError("the factory is missing: give it as module:factory")
    if arguments.json is not None and not arguments.json.absolute().parent.is_dir():
        raise ArgumentError(f"--json: there is no folder {arguments.json.parent}")
    if arguments.timeout is not None and arguments.no_isolation:
        raise ArgumentError("--timeout stops only a check in a process of its own: leave out --no-isolation")


def _run(arguments: argparse.Namespace) -> Report:
    return examine(
        load_factory(arguments.factory),
        expected_failed=dict(_parse_expectation(text) for text in arguments.expect),
        tags=arguments.tags,
        profile=arguments.profile,
        isolate=not arguments.no_isolation,
        timeout=arguments.timeout,
        progress=_line_writer(),
    )


def _write_json(report: Report, path: Path) -> None:
    try:
        path.write_text(report.to_json() + "\n", encoding="utf-8")
    except OSError as error:
        raise ArgumentError(f"--json: the report cannot be written: {error}") from error


def _write(*lines: object) -> None:
    sys.stdout.write(printable_lines("\n".join(map(str, lines))) + "\n")
    sys.stdout.flush()  # a log shows each check when it ends


def _line_writer() -> Callable[[Outcome], None]:
    """Return a function that prints each outcome, and the name of each group before its first outcome."""
    groups = set[str]()

    def write_outcome(outcome: Outcome) -> None:
        heading = [] if outcome.group in groups else [outcome.group]
        groups.add(outcome.group)
        _write(*heading, outcome)

    return write_outcome


def _parse_expectation(text: str) -> tuple[str, str]:
    name, _, reason = text.partition("=")
    return name, reason or "expected on the command line"


def load_factory(name: str) -> Any:
    """Import the factory that ``module:factory`` names; the module may be in the working directory.

    Raises
    ------
    ArgumentError
        If the module or the factory does not exist, or importing the module fails.
    """
    module, _, path = name.partition(":")
    if not module or not path:
        raise ArgumentError(f"a factory is given as module:factory, got {name!r}")
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        value: Any = importlib.import_module(module)
    except Exception as error:  # user code can raise anything
        frame = traceback.extract_tb(error.__traceback__)[-1]
        location = f" ({frame.filename}, line {frame.lineno})" if Path(frame.filename).exists() else ""
        raise ArgumentError(f"{name!r} cannot be imported: {type(error).__name__}: {error}{location}") from None
    for attribute in path.split("."):
        if not hasattr(value, attribute):
            raise ArgumentError(f"{name!r}: module {module} has no {path}")
        value = getattr(value, attribute)
    return value


if __name__ == "__main__":
    sys.exit(main())
