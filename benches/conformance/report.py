"""Writes the tables of `benches/results/conformance.md`, and the smallest programs of each sampler in `programs/`."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benches.conformance.faults import FAULTS
from benches.conformance.subjects import SUBJECTS
from tanteo.testing import all_checks

PAGE = Path(__file__).parents[1] / "results/conformance.md"
PROGRAMS = Path(__file__).parent / "programs"
_PLACE = re.compile(r"(?<=<!-- found -->\n).*(?=<!-- end -->)", re.DOTALL)
_MARKS = {"passed": "·", "failed": "**fails**", "error": "**dies**", "timeout": "no verdict", "skipped": ""}

#: The outcomes of one sampler by the name of the check.
Outcomes = Mapping[str, Mapping[str, Any]]


def loaded(folder: Path) -> dict[str, Outcomes]:
    """Return the outcomes of all samplers that were run, in the order of the samplers and of the checks."""
    order = [check.name for check in all_checks()]
    outcomes_by_sampler = {}
    for name in SUBJECTS:
        path = folder / f"{name}.json"
        if path.exists():
            outcomes = sorted(json.loads(path.read_text()), key=lambda outcome: order.index(outcome["name"]))
            outcomes_by_sampler[name] = {outcome["name"]: outcome for outcome in outcomes}
    return outcomes_by_sampler


def write(folder: Path, page: Path = PAGE, programs: Path = PROGRAMS) -> None:
    """Write the tables to the page, and the programs of each sampler to a file."""
    outcomes_by_sampler = loaded(folder)
    tables = "\n\n".join(
        [counts(outcomes_by_sampler), known_faults(outcomes_by_sampler), every_check(outcomes_by_sampler)]
    )
    page.write_text(_PLACE.sub(lambda _: f"\n{tables}\n\n", page.read_text()))
    programs.mkdir(exist_ok=True)
    for name, outcomes in outcomes_by_sampler.items():
        (programs / f"{name}.md").write_text(failures(name, outcomes))


def counts(outcomes_by_sampler: Mapping[str, Outcomes]) -> str:
    """Return the number of checks by status for each sampler."""
    kinds = list(_MARKS)
    rows = []
    for name, outcomes in outcomes_by_sampler.items():
        counted = Counter(outcome["status"] for outcome in outcomes.values())
        not_run = len(all_checks()) - len(outcomes)
        programs = f"[{name}](../conformance/programs/{name}.md)"
        rows.append([programs, *[str(counted[kind]) for kind in kinds], str(not_run)])
    return _table(["sampler", *kinds, "not run"], rows)


def known_faults(outcomes_by_sampler: Mapping[str, Outcomes]) -> str:
    """Return for each known fault which checks detected it, and in which samplers."""
    rows = []
    for fault in FAULTS:
        checks_by_sampler = {name: fault.matching_checks(outcomes) for name, outcomes in outcomes_by_sampler.items()}
        for check in fault.checks:
            names = [name for name, checks in checks_by_sampler.items() if check in checks]
            if names:
                rows.append([fault.name, f"`{check}`", ", ".join(names)])
        if not any(checks_by_sampler.values()):
            rows.append([fault.name, "not found", ""])
    return _table(["known fault", "check that finds it", "in"], rows)


def every_check(outcomes_by_sampler: Mapping[str, Outcomes]) -> str:
    """Return the outcome of every check on every sampler; a cell is empty if the check does not apply."""
    rows = []
    for check in all_checks():
        results = [outcomes.get(check.name) for outcomes in outcomes_by_sampler.values()]
        marks = ["not run" if result is None else _MARKS[result["status"]] for result in results]
        rows.append([f"`{check.name.removeprefix('check_')}`", *marks])
    return _table(["check", *outcomes_by_sampler], rows)


def failures(name: str, outcomes: Outcomes) -> str:
    """Return the reason and the smallest program of every check that did not pass, as Markdown."""
    failed = [outcome for outcome in outcomes.values() if outcome["status"] in ("failed", "error", "timeout")]
    blocks = [f"# {name}: the smallest programs", _BEFORE if failed else "Every check that applies passed."]
    for outcome in failed:
        blocks.append(f"## {outcome['name']}\n\n{_MARKS[outcome['status']].strip('*')}: {outcome['reason']}")
        if outcome["program"]:
            blocks.append("\n".join(["```py", *outcome["program"], "```"]))
    return "\n\n".join(blocks) + "\n"


_BEFORE = """Written by `python -m benches.conformance report`. To run a program, first type
`import copy, math, pickle, random, threading`, `import tanteo as tt`, `import numpy as np`,
`from tanteo.testing import strategies`, `from tanteo.testing.checks.common import *` and `factory`, one of
`benches/conformance/subjects.py`. Write out losses that are described in words, such as `the same loss` or `but inf at
every fifth`; versions after 28 November 2026 no longer write them."""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
