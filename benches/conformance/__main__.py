"""Run the checks and write the table: `python -m benches.conformance run out/`, then `report out/`."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections import Counter
from pathlib import Path
from typing import Any

from benches.conformance.subjects import SUBJECTS
from tanteo.testing import all_checks, examine

MARKS = {"passed": "·", "failed": "**fails**", "error": "**dies**", "timeout": "**hangs**", "skipped": ""}


def run(folder: Path, names: list[str], profile: str, timeout: float | None, tags: list[str] | None) -> None:
    """Run every check on every sampler, each in a process of its own, and keep how it ended as JSON.

    What is on record already is not run again, so a run goes on where it was stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        path, factory = folder / f"{name}.json", SUBJECTS[name]()
        found = json.loads(path.read_text()) if path.exists() else []
        for one in all_checks(tags):
            if one.name not in {known["name"] for known in found}:
                (outcome,) = examine(factory, profile=profile, isolate=True, timeout=timeout, tags=[one.name])
                found.append(dataclasses.asdict(outcome))
                path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
        print(name, dict(Counter(one["status"] for one in found)), flush=True)


def report(folder: Path) -> str:
    """Return the table, and a program for each failure, as Markdown."""
    found = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    names = [name for name in SUBJECTS if name in found]
    by_check = {name: {one["name"]: one for one in found[name]} for name in names}
    lines = ["| check | " + " | ".join(names) + " |", "| --- |" + " --- |" * len(names)]
    for check in all_checks():
        cells = [MARKS[by_check[name].get(check.name, {"status": "skipped"})["status"]] for name in names]
        lines.append(f"| `{check.name.removeprefix('check_')}` | " + " | ".join(cells) + " |")
    lines += ["", *[line for name in names for line in _failures(name, found[name])]]
    return "\n".join(lines)


def _failures(name: str, outcomes: list[dict[str, Any]]) -> list[str]:
    bad = [one for one in outcomes if one["status"] in ("failed", "error", "timeout")]
    lines = [f"## {name}", ""] if bad else []
    for one in bad:
        lines += [f"`{one['name']}`: {one['reason']}", ""]
        if one["program"]:
            lines += ["```py", *[step[:160] for step in one["program"][:12]], "```", ""]
    return lines


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benches.conformance", description=__doc__)
    parser.add_argument("what", choices=["run", "report"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--subjects", nargs="+", choices=list(SUBJECTS), default=list(SUBJECTS))
    parser.add_argument("--profile", default="fast")
    parser.add_argument("--timeout", type=float)
    parser.add_argument("--tags", nargs="+")
    given = parser.parse_args()
    if given.what == "run":
        run(given.folder, given.subjects, given.profile, given.timeout, given.tags)
    else:
        print(report(given.folder))


if __name__ == "__main__":
    main()
