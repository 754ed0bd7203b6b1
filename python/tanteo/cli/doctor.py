"""``tanteo doctor``: checks a file and writes what is left of a damaged study, or describes the installation."""

from __future__ import annotations

import argparse
import re
import sys
from importlib.metadata import requires
from pathlib import Path

from tanteo import __version__, _core
from tanteo._internal.text import counted, printable
from tanteo.cli import rescue
from tanteo.cli.files import choices_to_give, is_study, refuse_unknown, require_file, view_of_snapshot, view_of_study
from tanteo.cli.output import say
from tanteo.exceptions import ArgumentError, SnapshotError, StudyError
from tanteo.optimizer import Optimizer
from tanteo.study.environment import environment
from tanteo.study.faults import quoted


def doctor(options: argparse.Namespace) -> None:
    """``tanteo doctor FILE [--repair NEW]``: raises an error, which gives exit code 1, if the file is damaged."""
    file: Path | None = options.file
    if options.about:
        _refuse_both(options)
        about()
        return
    if file is None:
        raise ArgumentError("name a study or a snapshot to check, or describe this installation with --about")
    require_file(file)
    if options.repair is not None and options.repair.exists():
        raise ArgumentError(f"{options.repair} exists; name a new file (--repair)")
    if not is_study(file):
        say(f"{file} is whole: a snapshot with {_trials(_checked_snapshot(file))}")
    else:
        inspection = rescue.examine(file)
        if not inspection.is_whole:
            _report(inspection, file, options.repair)
            return
        with view_of_study(file) as study:
            n = len(inspection.operations)
            say(f"{file} is whole: {n} operations, each with the right checksum, make {_trials(study)}")
    if options.repair is not None:
        say(f"there is nothing to repair; {options.repair} is not written")


def _refuse_both(options: argparse.Namespace) -> None:
    if options.file is not None or options.repair is not None:
        raise ArgumentError("--about describes this installation; leave out the file and --repair")


def _report(inspection: rescue.Inspection, file: Path, new: Path | None) -> None:
    """Print what is damaged and what that costs and, with ``--repair``, write what is left."""
    if inspection.damaged and (advice := _advice(file)) is not None:
        say(printable(f"{file} still opens from its cached state: in Python, {advice}"))
    for line in inspection.described():
        say(printable(f"{file}: {line}"))
    salvage = inspection.salvage(file)
    for line in salvage.losses:
        say(printable(line))
    if new is None:
        command = f"tanteo doctor {quoted(file)} --repair NEW"
        raise StudyError(f"{file} is damaged; `{command}` writes what is left to a new file")
    rescue.write_to(new, salvage)
    with view_of_study(new) as study:
        say(f"{new} is whole and holds {_trials(study)}")


def _advice(file: Path) -> str | None:
    """Return what saves a study whose log is damaged; None if it does not open from its cached state."""
    try:
        with view_of_study(file) as study:
            n_trials, needs_space = counted(len(study), "trial"), bool(choices_to_give(study))
    except StudyError:
        return None
    space, note = (" space=space,", ", with the space of its program,") if needs_space else ("", "")
    return f"`tt.Study({str(file)!r},{space} read_only=True).save('NEW.tanteo')`{note} keeps {n_trials}"


def _trials(search: Optimizer) -> str:
    return f"{counted(len(search), 'trial')}, {len(search.pending)} of them pending"


def _checked_snapshot(file: Path) -> Optimizer:
    """Open a snapshot, which has a single checksum: a damaged one cannot be recovered in part."""
    refuse_unknown(file)
    try:
        return view_of_snapshot(file)
    except SnapshotError as error:
        raise SnapshotError(f"{error}; a snapshot has one checksum, so no part of it can be trusted") from error


def about() -> None:
    """Write one line for each fact that a report of a problem must say of this installation.

    It names no host, folder, user or search, so it can be pasted into a public issue as it is.
    """
    for name, value in facts().items():
        say(f"{name:<10}{value}")


def facts() -> dict[str, str]:
    """Return the versions, the system and the settings that decide what the core runs, by name."""
    here = environment()
    return {
        "tanteo": __version__,
        "python": f"{sys.implementation.name} {here['python']}, interpreter lock {'on' if _has_lock() else 'off'}",
        "system": here["os"],
        "processor": ", ".join([here["cpu"], *here["gpus"]]),
        "core": f"kernel {_core.kernel()}, {_core.n_threads()} threads",
        "packages": ", ".join(_installed(here["packages"])),
    }


def _has_lock() -> bool:
    """Whether the interpreter lock is on; before Python 3.13 it always was."""
    return getattr(sys, "_is_gil_enabled", lambda: True)()


def _installed(packages: dict[str, str | None]) -> list[str]:
    """Return those packages that Tanteo or one of its extras names, with their versions."""
    wanted = {_normalized(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in requires("tanteo") or []}
    return [f"{name} {version}" for name, version in packages.items() if _normalized(name) in wanted]


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
