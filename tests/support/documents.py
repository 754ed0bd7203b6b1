"""The Python blocks of documents, and the examples. Foreign ones need a large library of others."""

import re
import subprocess
import sys
from pathlib import Path

from .links import ROOT
from .processes import python

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: Examples of Ray start their own processes, and run in tests/integrations/ray; those of the other libraries run in
#: tests/integrations/callbacks.
_ELSEWHERE = ("ray_", "catboost_", "keras_", "lightning_", "torch_", "transformers_")
EXAMPLES = [path for path in sorted((ROOT / "examples").glob("*.py")) if not path.stem.startswith(_ELSEWHERE)]
_FOREIGN = re.compile(r"^\s*(?:import|from) (?:hyperopt|lightgbm|optuna|ray|sklearn|xgboost)\b", re.MULTILINE)
#: A block of Python, and what it prints if a block of text follows.
_BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?", re.DOTALL | re.MULTILINE)
#: What is printed between the outputs of two blocks.
_SEPARATOR = "\x1e\n"


def name_of(document: Path) -> str:
    return str(document.relative_to(ROOT))


def is_foreign(code: str) -> bool:
    """Return whether a program imports a large library of others."""
    return bool(_FOREIGN.search(code))


def python_of(document: Path) -> str:
    """Return the blocks of a document as one program."""
    return f"\nprint({_SEPARATOR[:-1]!r})\n".join(code for code, _ in _BLOCK.findall(document.read_text()))


def check_blocks(document: Path, folder: Path) -> None:
    """Run the blocks of a document in an empty folder, and compare what they print with what is shown."""
    ran = python(f"import os; os.chdir({str(folder)!r})\n{python_of(document)}", "-W", "error")
    shown = [output for _, output in _BLOCK.findall(document.read_text())]
    printed = ran.stdout.split(_SEPARATOR)
    assert [output and line for output, line in zip(shown, printed, strict=True)] == shown


def check_example(example: Path, folder: Path) -> None:
    """Run an example unchanged in an empty folder, without a warning."""
    process = subprocess.run(
        [sys.executable, "-W", "error", example], cwd=folder, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    assert process.stdout, "an example prints something"
