"""Every example runs unchanged in an empty folder without a warning."""

import subprocess
import sys
from pathlib import Path

import pytest

#: Examples of Ray start their own processes, and run in tests/integrations/ray; those of the other libraries run in
#: tests/integrations/callbacks.
_ELSEWHERE = ("ray_", "catboost_", "keras_", "lightning_", "torch_", "transformers_")
EXAMPLES = [
    path
    for path in sorted((Path(__file__).parents[2] / "examples").glob("*.py"))
    if not path.stem.startswith(_ELSEWHERE)
]
#: The libraries of examples that may not be installed.
_NEEDED = {"lightgbm_pruning": "lightgbm", "xgboost_pruning": "xgboost"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_the_example_runs(example, tmp_path):
    if example.stem in _NEEDED:
        pytest.importorskip(_NEEDED[example.stem], reason=f"{_NEEDED[example.stem]} is not installed")
    process = subprocess.run(
        [sys.executable, "-W", "error", example], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    assert process.stdout, "an example prints something"


def test_there_are_examples():
    assert len(EXAMPLES) >= 5
