"""Every page of results that code or a document names exists, and so do tests that comments of the core name.

A test is recognized by code quotes and a name of four words or more; shorter names are not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_PAGE = re.compile(r"benches/results/[a-z_/]+\.md")
#: Names of fewer words in code quotes are mostly not those of tests.
_TEST = re.compile(r"`([a-z]+(?:_[a-z0-9]+){3,})`")
_FUNCTION = re.compile(r"\b(?:fn|def) (\w+)")
#: Where tests are, and other functions with names as long.
_CODE = ("rust/**/*.rs", "tests/**/*.py", "python/**/*.py")
_NAMING = ("rust/core/src/**/*.rs", "python/**/*.py", "docs/**/*.md")


def missing_sources(root: Path) -> list[str]:
    """Return the pages and tests that are named and do not exist."""
    functions = {name for file in _files(root, _CODE) for name in _FUNCTION.findall(file.read_text())}
    return [
        f"{file.relative_to(root)}: {name} does not exist"
        for file in _files(root, _NAMING)
        for name in _missing(file, functions, root)
    ]


def _files(root: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    return (file for pattern in patterns for file in sorted(root.glob(pattern)))


def _missing(file: Path, functions: set[str], root: Path) -> Iterator[str]:
    text = file.read_text()
    yield from (page for page in _PAGE.findall(text) if not (root / page).exists())
    if file.suffix == ".rs":
        comments = "\n".join(line for line in text.splitlines() if line.lstrip().startswith("//"))
        yield from (name for name in _TEST.findall(comments) if name not in functions)
