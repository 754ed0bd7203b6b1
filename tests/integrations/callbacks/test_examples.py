"""The examples of training libraries run unchanged, without a warning where the libraries give none."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"
#: Each example, and the libraries that it needs.
NEEDED = {
    "catboost_pruning": ["catboost"],
    "keras_pruning": ["keras", "jax"],
    "lightning_pruning": ["lightning"],
    "torch_training": ["torch"],
    "transformers_pruning": ["transformers", "torch"],
}


@pytest.mark.parametrize("example", NEEDED)
def test_the_example_runs(example, tmp_path):
    missing = [name for name in NEEDED[example] if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    process = subprocess.run(
        [sys.executable, EXAMPLES / f"{example}.py"],
        cwd=tmp_path,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    assert "loss" in process.stdout
