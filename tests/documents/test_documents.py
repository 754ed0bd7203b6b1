"""The Python blocks of every document run in order, and links between documents lead to existing files."""

import re
from pathlib import Path

import pytest

from support.processes import python
from tanteo.pruners.settings import BUILT_IN

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")


def python_of(document: Path) -> str:
    return "\n".join(_BLOCK.findall(document.read_text()))


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if python_of(d)], ids=lambda document: document.name)
def test_the_python_blocks_run(document, tmp_path):
    python(f"import os; os.chdir({str(tmp_path)!r})\n{python_of(document)}", "-W", "error")


def test_the_readme_has_python_blocks():
    assert "opt.ask()" in python_of(ROOT / "README.md")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_to_existing_files(document):
    for link in _LINK.findall(document.read_text()):
        assert (document.parent / link).exists(), link


def test_files_named_in_the_tables_of_contributing_exist():
    section = (ROOT / "CONTRIBUTING.md").read_text().partition("## Adding something")[2].partition("\n## ")[0]
    kinds = re.findall(r"^### (.+)$", section, re.MULTILINE)
    assert kinds == ["A sampler", "A pruner", "A kind of parameter", "A plot", "A check of samplers"]
    paths = re.findall(r"`((?:[\w.]+/)+[\w.]*|\w+\.md)`", section)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_navigation_names_every_page():
    navigation = (ROOT / "mkdocs.yml").read_text()
    assert all(page.name in navigation for page in (ROOT / "docs").glob("*.md"))


def test_the_readme_names_every_pruner_and_the_dashboard():
    rows = {row.split(" | ")[0]: row for row in (ROOT / "README.md").read_text().splitlines() if row.startswith("| ")}
    cell = rows["| early stopping of trials"].lower().replace(" ", "_")
    assert [name for name in BUILT_IN if name not in cell and name not in ("auto", "nothing")] == []
    assert "tanteo dashboard" in rows["| plots"]
