"""Every example runs, from start to end, without a warning."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples"
NAMES = sorted(file.name for file in FOLDER.glob("*.py"))


def test_the_examples_are_there():
    assert len(NAMES) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_and_says_what_it_found(name, tmp_path):
    command = [sys.executable, "-W", "error", str(FOLDER / name)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.strip()
    assert list(tmp_path.iterdir()) == []
