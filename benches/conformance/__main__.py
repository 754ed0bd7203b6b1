"""Run the checks and write the tables: `python -m benches.conformance run out/`, then `report out/`."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections import Counter
from pathlib import Path

from benches.conformance.report import write
from benches.conformance.subjects import SUBJECTS
from tanteo.testing import all_checks, examine


def run(folder: Path, names: list[str], profile: str, timeout: float | None, tags: list[str] | None) -> None:
    """Run every check on every sampler in its own process, and write the outcomes as JSON.

    Checks whose outcome is already in the file are not run again, so an interrupted run continues where it stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        path, factory = folder / f"{name}.json", SUBJECTS[name]()
        outcomes = json.loads(path.read_text()) if path.exists() else []
        for check in all_checks(tags):
            if check.name not in {outcome["name"] for outcome in outcomes}:
                (outcome,) = examine(factory, profile=profile, isolate=True, timeout=timeout, tags=[check.name])
                outcomes.append(dataclasses.asdict(outcome))
                path.write_text(json.dumps(outcomes, indent=2, ensure_ascii=False) + "\n")
        print(name, dict(Counter(outcome["status"] for outcome in outcomes)), flush=True)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benches.conformance", description=__doc__)
    parser.add_argument("action", choices=["run", "report"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--subjects", nargs="+", choices=list(SUBJECTS), default=list(SUBJECTS))
    parser.add_argument("--profile", default="fast")
    parser.add_argument("--timeout", type=float)
    parser.add_argument("--tags", nargs="+")
    options = parser.parse_args()
    if options.action == "run":
        run(options.folder, options.subjects, options.profile, options.timeout, options.tags)
    else:
        write(options.folder)


if __name__ == "__main__":
    main()
