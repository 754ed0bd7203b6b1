"""Every constant that decides a suggestion or a decision says where its value comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

#: The rooms of the core whose constants decide something: all but `numerics`, of which only the minimizer does.
ROOMS = (
    "acquisition",
    "history",
    "importance",
    "learning_curve",
    "model",
    "optimizer",
    "pareto",
    "pruner",
    "sampler",
    "space",
    "transfer",
)
MINIMIZER = "numerics/minimize.rs"

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
    """Return the constants of these rooms whose own comment names no source.

    Constants of tests, and text, are left out.
    """
    source = root / "rust/core/src"
    for_tests = {file for above in source.rglob("*.rs") for file in _for_tests(above)}
    rooms = {file for room in ROOMS for file in (source / room).rglob("*.rs")}
    return [
        f"{file.relative_to(root)}: {name} does not say where its value comes from"
        for file in sorted({*rooms, *source.glob(MINIMIZER)} - for_tests)
        for name in _without_source(_TESTS.split(file.read_text())[0].splitlines())
    ]


def _for_tests(file: Path) -> Iterator[Path]:
    """Iterate over the files of the modules that a file declares for test builds only."""
    folder = file.parent if file.stem in ("mod", "lib") else file.with_suffix("")
    for name in _TEST_FILE.findall(file.read_text()):
        yield folder / f"{name}.rs"
        yield from (folder / name).rglob("*.rs")


def _without_source(lines: list[str]) -> Iterator[str]:
    comment = ""
    for line in lines:
        stripped = line.strip()
        if found := _CONSTANT.match(line):
            if not _SOURCE.search(comment) and "str" not in found["type"]:
                yield found["name"]
            comment = ""
        elif stripped.startswith("//"):
            comment += stripped.lstrip("/")
        elif not stripped.startswith("#["):
            comment = ""
