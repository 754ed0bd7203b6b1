"""The Python blocks of every document run in order and print what is shown, and links lead to existing files.

Documents with a large library of others are in test_foreign.py.
"""

import re
from pathlib import Path

import pytest

from support.documents import DOCUMENTS, check_blocks, is_foreign, name_of, python_of
from support.links import file_of, links
from tanteo import pruners, samplers

ROOT = Path(__file__).parents[2]
LINKING = sorted({*DOCUMENTS, *ROOT.glob("*.md"), *(ROOT / "benches").rglob("*.md")})
_WORD = re.compile(r"\w+")


def is_ours(document: Path) -> bool:
    code = python_of(document)
    return bool(code) and not is_foreign(code)


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if is_ours(d)], ids=name_of)
def test_the_python_blocks_run_and_print_what_is_shown(document, tmp_path):
    check_blocks(document, tmp_path)


def test_the_readme_has_python_blocks():
    assert "opt.ask()" in python_of(ROOT / "README.md")


@pytest.mark.parametrize("document", LINKING, ids=name_of)
def test_links_lead_to_existing_files(document):
    files = {link: file_of(link, document) for link in links(document.read_text())}
    assert [link for link, file in files.items() if file is not None and not file.exists()] == []


def anchors(document: Path) -> set[str]:
    """Return the anchors of the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", LINKING, ids=name_of)
def test_links_lead_to_existing_headings(document):
    found = [(link, file_of(link, document) or document) for link in links(document.read_text()) if "#" in link]
    ours = [(link, file) for link, file in found if file.suffix == ".md" and not link.startswith("http")]
    assert [link for link, file in ours if link.partition("#")[2] not in anchors(file)] == []


#: At most how many files the usual tables of each kind in "Adding something" may name.
MOST = {
    "A sampler": 12,
    "A pruner": 8,
    "A setting": 6,
    "An option of a search": 13,
    "A kind of parameter": 12,
    "A tracker": 7,
    "A command": 5,
    "A plot": 14,
    "A check of samplers": 4,
}
#: Examples of these kinds, and how they are called. A kind that has examples of two shapes stands twice.
EXAMPLES = [
    ("A sampler", r"one_at_a_time|OneAtATime"),
    ("A sampler", r"\b(nsga|Nsga|NSGA)([23]|II)?\b(?!-)"),
    ("A pruner", r"wilcoxon|Wilcoxon"),
    ("A setting", r"\bn_candidates\b"),
    ("An option of a search", r"\bmax_violation_probability\b"),
    ("A kind of parameter", r"\bOrdinal\b"),
    # An example on some page that uses it knows nothing about it.
    ("A kind of parameter", r"(?<!tt\.)\bSimplex\b"),
    ("A tracker", r"WandbCallback|\bwandb ="),
    ("A command", r"tanteo compare|compare\.compare"),
    ("A plot", r"\bplot_hypervolume_history\b|\bhypervolume_history\b"),
    ("A check of samplers", r"\b(check_)?ask_after_nan\b"),
]
_PATH = re.compile(r"`((?:[\w.]+/)+[\w.]*|\w+\.(?:md|toml))`")
#: Where the files of an addition are; what tests say about an example is up to them.
_SOURCES = ("python/tanteo", "rust/core/src", "rust/py/src", "tools", "docs", "README.md", "pyproject.toml")


def additions() -> dict[str, str]:
    """Return the parts of "Adding something" by their headings."""
    section = (ROOT / "CONTRIBUTING.md").read_text().partition("## Adding something")[2].partition("\n## ")[0]
    return dict(re.findall(r"^### ([^\n]+)\n(.*?)(?=^### |\Z)", section, re.MULTILINE | re.DOTALL))


def sources() -> list[Path]:
    kinds = (".py", ".pyi", ".rs", ".md", ".toml")
    files = (file for place in _SOURCES for file in [ROOT / place, *(ROOT / place).rglob("*")])
    return [file for file in files if file.suffix in kinds and file.is_file()]


def test_files_named_in_the_tables_of_contributing_exist():
    parts = additions()
    assert list(parts) == list(MOST) == list(dict(EXAMPLES))
    paths = [path for part in parts.values() for path in _PATH.findall(part)]
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("kind", MOST)
def test_the_usual_tables_of_contributing_name_few_files(kind):
    usual = _PATH.findall(additions()[kind].partition("Only in some cases")[0])
    assert len(usual) < MOST[kind], f"{len(usual)} files and CHANGELOG.md, at most {MOST[kind]}"


@pytest.mark.parametrize(("kind", "pattern"), EXAMPLES)
def test_the_tables_of_contributing_name_every_file_that_knows_an_example(kind, pattern):
    named = _PATH.findall(additions()[kind])
    found = [str(file.relative_to(ROOT)) for file in sources() if re.search(pattern, file.read_text())]
    assert len(found) > 1
    assert [file for file in found if not any(file == name or file.startswith(_folder(name)) for name in named)] == []


def _folder(name: str) -> str:
    """Return the folder that a table names; no file starts with the name of a file and a slash."""
    return name if name.endswith("/") else f"{name}/"


def test_the_navigation_names_every_page():
    navigation = (ROOT / "mkdocs.yml").read_text()
    pages = [str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")]
    assert [page for page in pages if f" {page}\n" not in navigation] == []


@pytest.mark.parametrize("room", [samplers, pruners])
def test_a_page_names_every_built_in_sampler_or_pruner(room):
    page = (ROOT / f"docs/reference/{room.__name__.rpartition('.')[2]}.md").read_text()
    words = set(_WORD.findall(page))
    assert [name for name, kind in room.settings.BUILT_IN.items() if not {name, kind.__name__} & words] == []


def test_the_readme_is_short_and_has_one_picture_one_example_and_one_table():
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) < 150
    assert (text.count("!["), text.count("```python\n"), text.count("\n| --- ")) == (1, 1, 1)


def test_the_readme_names_the_dashboard():
    assert "tanteo dashboard" in (ROOT / "README.md").read_text()
