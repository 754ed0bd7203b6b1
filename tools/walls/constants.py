"""Every constant that decides a suggestion or a decision says where its value comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

#: Rooms of the core whose constants decide something.
ROOMS = ("sampler", "model", "acquisition", "pruner", "learning_curve", "pareto", "transfer")

_CONSTANT = re.compile(r"\s*(?:pub(?:\([^)]*\))? )?const (?P<name>[A-Z][A-Z0-9_]*)\s*:\s*(?P<type>[^=]*)=")
_TEST_FILE = re.compile(r"#\[cfg\((?:all\()?test\b[^\n]*\n\s*(?:pub(?:\([^)]*\))? )?mod (\w+);")
_TESTS = re.compile(r"#\[cfg\((?:all\()?test\b[^\n]*\n\s*mod \w+ \{")
#: A measurement or the lack of one, a results page, the year of a paper, a promise, a test named in code quotes, a
#: derivation, or the statement that only time or rounding depends on the value.
_SOURCE = re.compile(
    r"measured|benches/results/|\b(?:19|20)\d\d\b|\bpromise \d|`[a-z]+(?:_[a-z0-9]+){3,}`|Follows from"
    r"|Changes (?:no suggestion|rounding only)",
    re.IGNORECASE,
)


def sources_of_constants(root: Path) -> list[str]:
    """Constants of these rooms without a comment that names the source; one comment may stand above several.

    Constants of tests, and text, are left out.
    """
    source = root / "rust/core/src"
    for_tests = {file for above in source.rglob("*.rs") for file in _for_tests(above)}
    return [
        f"{file.relative_to(root)}: {name} does not say where its value comes from"
        for room in ROOMS
        for file in sorted({*(source / room).rglob("*.rs")} - for_tests)
        for name in _without_source(_TESTS.split(file.read_text())[0].splitlines())
    ]


def _for_tests(file: Path) -> Iterator[Path]:
    """Iterate over the files of the modules that a file declares for test builds only."""
    for name in _TEST_FILE.findall(file.read_text()):
        yield file.parent / f"{name}.rs"
        yield from (file.parent / name).rglob("*.rs")


def _without_source(lines: list[str]) -> Iterator[str]:
    has_source, comment = False, ""
    for line in lines:
        stripped = line.strip()
        if found := _CONSTANT.match(line):
            has_source = bool(_SOURCE.search(comment)) if comment else has_source
            if not has_source and "str" not in found["type"]:
                yield found["name"]
            comment = ""
        elif stripped.startswith("///"):
            comment += stripped.removeprefix("///")
        elif not stripped.startswith("#["):
            has_source, comment = False, ""
