"""Whoever switches a check off says why, beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_RUST = re.compile(r"^\s*#!?\[(?:allow|expect)\(", re.MULTILINE)
_PYTHON = re.compile(r"#\s*(?:noqa\b(?::\s*[A-Z0-9, ]+)?|type:\s*ignore(?:\[[\w, -]*\])?)(?P<after>.*)$")
_WRITTEN_BY_HAND = ("rust", "python", "tests", "tools", "benches", "examples")


def reasons(root: Path) -> list[str]:
    """Allowances without a reason: an attribute without `reason =` or a comment, a `noqa` or `type: ignore` alone."""
    breaches = [breach for file in _files(root, "*.rs") for breach in _rust(file, root)]
    for pattern in ("*.py", "*.pyi"):
        breaches += [breach for file in _files(root, pattern) for breach in _python(file, root)]
    return breaches


def _files(root: Path, pattern: str) -> Iterator[Path]:
    for folder in _WRITTEN_BY_HAND:
        yield from sorted((root / folder).rglob(pattern))


def _rust(file: Path, root: Path) -> Iterator[str]:
    text = file.read_text()
    lines = text.splitlines()
    for match in _RUST.finditer(text):
        number = text.count("\n", 0, match.end())
        attribute = text[match.start() : text.find("]", match.end())]
        above = lines[number - 1].strip() if number else ""
        if "reason =" not in attribute and "//" not in lines[number] and not above.startswith("//"):
            yield f"{file.relative_to(root)}:{number + 1} allows without a reason"


def _python(file: Path, root: Path) -> Iterator[str]:
    lines = file.read_text().splitlines()
    for number, line in enumerate(lines):
        match = _PYTHON.search(line)
        above = lines[number - 1].strip() if number else ""
        if match and not re.search(r"\w{3}", match["after"]) and not above.startswith("#"):
            yield f"{file.relative_to(root)}:{number + 1} switches a check off without a reason"
