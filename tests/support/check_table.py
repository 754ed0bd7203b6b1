"""The table of checks in docs/reference/checks.md. `PYTHONPATH=tests python -m support.check_table` updates it."""

from __future__ import annotations

import re
from pathlib import Path

from tanteo.testing import all_checks

PAGE = Path(__file__).parents[2] / "docs/reference/checks.md"
_TABLE = re.compile(r"(?<=<!-- checks -->\n).*(?=<!-- end -->)", re.DOTALL)


def table() -> str:
    """Return one row for each check: group, name, promise, needed capabilities, rate of false alarms."""
    lines = ["| group | check | promise | needs | false alarms |", "| --- | --- | --- | --- | --- |"]
    for check in all_checks():
        rate = f"< {check.false_alarm:.0e}" if check.false_alarm else "0"
        promise = re.sub(r"`?`(.*?)``?", r"`\1`", re.sub(r":func:`tanteo\.(.*?)`", r"`\1`", check.promise))
        name = check.name.removeprefix("check_")
        lines.append(f"| {check.group} | `{name}` | {promise} | {', '.join(check.needs)} | {rate} |")
    return "\n".join(lines) + "\n"


def table_in_docs() -> str:
    """Return the table that the page contains."""
    match = _TABLE.search(PAGE.read_text())
    assert match is not None
    return match.group()


if __name__ == "__main__":
    PAGE.write_text(_TABLE.sub(lambda _: table(), PAGE.read_text()))
