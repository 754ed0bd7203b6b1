"""``tanteo report`` and ``tanteo watch``: the page of a search, as a file and live."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from tanteo.cli.files import is_study, may_be_replaced, name_of, open_search, refreshed
from tanteo.cli.output import say, serve
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.report.watch.living import Refresh
from tanteo.run.page import checked_file


def report(options: argparse.Namespace) -> None:
    """``tanteo report FILE --out FILE``."""
    from tanteo.report import report as page_of

    out = checked_file(may_be_replaced(options.out))
    search = open_search(options.file)
    page_of(search, name=name_of(search, options.file)).save(out)
    say(f"{out} shows {options.file}; open it in a browser")


def watch(options: argparse.Namespace) -> None:
    """``tanteo watch FILE|FOLDER``: serve the page until Ctrl-C."""
    from tanteo.report.watch import watch as server_of

    title, searches = options.file.resolve().name, _searches(options.file)
    with server_of(searches, title=title, host=options.host, port=options.port) as server:
        serve(server, options.file)


def _current(path: Path, search: Optimizer | None, opened: Optimizer | None = None) -> Optimizer:
    earlier = search or opened
    return open_search(path) if earlier is None else refreshed(earlier, path)


def _searches(path: Path) -> dict[str, Refresh]:
    """Return how to read the searches in a folder by the names of their files, or the one in a file.

    Raises
    ------
    ArgumentError
        If a folder has no study.
    """
    if not path.is_dir():
        # Opened here, where an error ends the command.
        return {path.name: partial(_current, path, opened=open_search(path))}
    found = {file.name: partial(_current, file) for file in sorted(path.iterdir()) if file.is_file() and is_study(file)}
    if not found:
        raise ArgumentError(f"there is no study in the folder {path}")
    return dict(found)
