"""Instructions of ten hot paths, counted by callgrind: ``make instructions``.

Counts do not depend on what else the machine does: two runs of one program differ by less than 1e-4. They are
compared with ``instructions.json``. More than 3 % above the record fails. ``--reason TEXT`` writes a new record with
the reason beside it: for more instructions, for fewer, or for another compiler.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TABLE = Path(__file__).with_name("instructions.json")
#: Arguments of ``rust/core/examples/hot_paths.rs``.
PATHS = (
    "ask-tell-tpe-100",
    "ask-tell-tpe-1000",
    "ask-tell-gp",
    "gp-fit",
    "ehvi",
    "sobol",
    "decode",
    "snapshot",
    "tell",
    "pareto",
)
#: The ratio of a count to the record above which a path fails.
HIGHEST = 1.03


def count(program: str, path: str) -> int:
    """Return the number of instructions of a path, without what prepares it."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--tool=callgrind", f"--callgrind-out-file={folder}/out", "--toggle-collect=hot_paths::measured*"]
        command = ["valgrind", *options, program, path]
        process = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"Collected\s*:\s*(\d+)", process.stderr)
    if process.returncode or found is None or not int(found[1]):
        raise SystemExit(f"{' '.join(command)} counted nothing:\n{process.stderr}")
    return int(found[1])


def compare(counts: dict[str, int], record: dict[str, int]) -> list[str]:
    """Return a line for each path, in the order of the counts; that of a path that fails says so."""
    lines = []
    for path, n in counts.items():
        ratio = n / record[path] if path in record else float("inf")
        verdict = "ABOVE THE RECORD" if ratio > HIGHEST else ""
        lines.append(f"{path:<20}{n:>14,}{ratio:>9.4f}  {verdict}".rstrip())
    return lines


def compiler() -> str:
    """Return the version of the compiler."""
    return subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the compiled example hot_paths")
    parser.add_argument("--reason", help="write the counts as the new record, with this reason")
    options = parser.parse_args()
    counts = {path: count(options.program, path) for path in PATHS}
    record = json.loads(TABLE.read_text()) if TABLE.exists() else {"counts": {}, "compiler": "none"}
    if record["compiler"] != compiler():
        print(f"the record is of Rust {record['compiler']}, this is {compiler()}")
    lines = compare(counts, record["counts"])
    print("\n".join(lines))
    if options.reason:
        TABLE.write_text(
            json.dumps({"compiler": compiler(), "reason": options.reason, "counts": counts}, indent=1) + "\n"
        )
    elif any(line.endswith("RECORD") for line in lines):
        sys.exit("make it cheaper, or state why it may cost more: make instructions REASON='...'")


if __name__ == "__main__":
    main()
