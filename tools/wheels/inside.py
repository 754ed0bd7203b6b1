"""What runs in a clean environment: ``python inside.py ROOT``, with the interpreter that has the wheel.

ROOT is the tree, of which only the README, the tests' support and the golden files are read. The example of the README
runs, and every golden search must give the suggestions on record: the same bits on every processor and system.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import re
import sys
from pathlib import Path


def check_installation() -> None:
    """The package comes from this environment, beside which there is only what it depends on."""
    import tanteo

    assert Path(tanteo.__file__).is_relative_to(sys.prefix), tanteo.__file__
    names = {distribution.metadata["Name"] for distribution in importlib.metadata.distributions()}
    assert names == {"tanteo", "numpy"}, names


def run_example(root: Path) -> None:
    """Run the first program in Python of the README."""
    text = (root / "README.md").read_text(encoding="utf-8")
    example = re.search(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert example is not None, "the README has no example"
    exec(compile(example[1], "README.md", "exec"), {"__name__": "example"})


def check_golden(root: Path) -> int:
    """Compare every golden search with its file, and return their number."""
    sys.path.append(str(root / "tests"))
    golden = importlib.import_module("support.golden")
    different = [name for name in golden.SEARCHES if golden.search(name) != _recorded(root, name)]
    assert not different, f"other suggestions than on record: {', '.join(different)}"
    return len(golden.SEARCHES)


def _recorded(root: Path, name: str) -> object:
    return json.loads((root / "tests" / "golden" / f"{name}.json").read_text(encoding="utf-8"))


def main() -> None:
    """Run all checks."""
    root = Path(sys.argv[1])
    check_installation()
    run_example(root)
    print(f"the example of the README, and {check_golden(root)} golden searches")


if __name__ == "__main__":
    main()
