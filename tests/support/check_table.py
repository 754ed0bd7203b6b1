"""The table of checks in docs/testing.md: `PYTHONPATH=tests python -m support.check_table` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path

from tanteo.testing import all_checks

PAGE = Path(__file__).parents[2] / "docs/testing.md"
_PLACE = re.compile(r"(?<=<!-- checks -->\n).*(?=<!-- end -->)", re.DOTALL)


def table() -> str:
    """One line for each check: group, name, promise, what it needs, how often it is wrong."""
    lines = ["| group | check | promise | needs | false alarms |", "| --- | --- | --- | --- | --- |"]
    for check in all_checks():
        rate = f"< {check.false_alarm:.0e}" if check.false_alarm else "0"
        promise = re.sub(r"`?`(.*?)``?", r"`\1`", re.sub(r":func:`tanteo\.(.*?)`", r"`\1`", check.promise))
        name = check.name.removeprefix("check_")
        lines.append(f"| {check.group} | `{name}` | {promise} | {', '.join(check.needs)} | {rate} |")
    return "\n".join(lines) + "\n"


def table_in_docs() -> str:
    """The table as the page has it."""
    found = _PLACE.search(PAGE.read_text())
    assert found is not None
    return found.group()


if __name__ == "__main__":
    PAGE.write_text(_PLACE.sub(lambda _: table(), PAGE.read_text()))
