"""Draws the pictures of docs/gallery.md: ``PYTHONPATH=tests python -m support.gallery``."""

import os
import re
import shutil
import tempfile
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/gallery.md"
FOLDER = PAGE.parent / "images/gallery"


def drawn() -> set[str]:
    """Return the names of the pictures that the code of the page draws."""
    return set(re.findall(r'savefig\("(\w+\.png)"\)', PAGE.read_text()))


def shown() -> set[str]:
    """Return the names of the pictures that the page shows."""
    return set(re.findall(r"\]\(images/gallery/(\w+\.png)\)", PAGE.read_text()))


def main() -> None:
    """Run the code of the page in an empty folder and keep what it draws."""
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE))
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        exec(code, {"__name__": "__main__"})
        for name in drawn():
            shutil.copy(name, FOLDER / name)


if __name__ == "__main__":
    main()
