"""The commands in docs/reference/commands.md. `PYTHONPATH=tests python -m support.command_pages` updates them."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from tanteo.cli.arguments import make_parser

PAGE = Path(__file__).parents[2] / "docs/reference/commands.md"
_PART = re.compile(r"(?<=<!-- commands -->\n).*(?=<!-- end -->)", re.DOTALL)


def commands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command."""
    (found,) = [action for action in make_parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(found.choices)


def text() -> str:
    """Return one section for each command: what it does, examples, arguments."""
    return "\n".join(_section(name, command) for name, command in commands().items())


def text_in_docs() -> str:
    """Return the sections that the page contains."""
    match = _PART.search(PAGE.read_text())
    assert match is not None
    return match.group()


def _section(name: str, command: argparse.ArgumentParser) -> str:
    examples = "\n".join(line.strip() for line in (command.epilog or "").splitlines()[1:])
    rows = [f"| {_name(action)} | {action.help} |" for action in command._actions if action.dest != "help"]
    table = "\n".join(["| argument | meaning |", "| --- | --- |", *rows])
    return f"## tanteo {name}\n\n{command.description}\n\n```sh\n{examples}\n```\n\n{table}\n"


def _name(action: argparse.Action) -> str:
    value = action.metavar or (action.dest if not action.option_strings else action.dest.upper())
    shown = " \\| ".join(map(str, action.choices)) if action.choices else str(value)
    parts = [*action.option_strings[:1], *([shown] if action.nargs != 0 else [])]
    return f"`{' '.join(parts)}`"


if __name__ == "__main__":
    PAGE.write_text(_PART.sub(lambda _: text(), PAGE.read_text()))
