"""The record of instructions names every path that is counted, and a path far above it fails."""

import json
import re
from pathlib import Path

from benches import instructions

ROOT = Path(__file__).parents[2]


def test_the_record_and_the_program_have_the_same_paths():
    program = (ROOT / "rust/core/examples/hot_paths.rs").read_text()
    assert set(re.findall(r'^        "([\w-]+)" =>', program, re.MULTILINE)) == set(instructions.PATHS)
    assert set(json.loads(instructions.TABLE.read_text())["counts"]) == set(instructions.PATHS)


def test_only_more_than_three_percent_above_the_record_fails():
    counts, record = {"a": 1030, "b": 1031, "c": 900, "d": 1}, {"a": 1000, "b": 1000, "c": 1000}
    failing = [line.split()[0] for line in instructions.compare(counts, record) if line.endswith("ABOVE THE RECORD")]
    assert failing == ["b", "d"], "d is not on record"
