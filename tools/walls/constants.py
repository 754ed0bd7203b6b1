"""Every constant, and every number in a function, that decides a suggestion or a decision names its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

#: The rooms of the core whose constants decide something: all but `numerics`, of which only some files do.
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
NUMERICS = ("linear_program.rs", "minimize.rs", "sample.rs")

_CONSTANT = re.compile(r"\s*(?:pub(?:\([^)]*\))? )?const (?P<name>[A-Z][A-Z0-9_]*)\s*:\s*(?P<type>[^=]*)=")
_TEST_FILE = re.compile(r"#\[cfg\((?:all\()?test\b[^\n]*\n\s*(?:pub(?:\([^)]*\))? )?mod (\w+);")
_TESTS = re.compile(r"#\[cfg\((?:all\()?test\b[^\n]*\n\s*mod \w+ \{")
_FUNCTION = re.compile(r"\s*(?:pub(?:\([^)]*\))? )?(?:const )?fn\b")
_NUMBER = r"-?(?P<number>\d[\d_]*(?:\.\d+)?(?:e-?\d+)?)"
#: Places where a number decides something: a limit, the end of a comparison, a field of a struct, a part of a count, an
#: alternative. Also numbers with an exponent, which are tolerances.
_DECIDING = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\.(?:min|max|div_ceil)\({_NUMBER}\)",
        rf"\.clamp\({_NUMBER}, ",
        rf" [<>]=? {_NUMBER}(?![\w.])",
        rf"\b[a-z_]+: {_NUMBER}[, ]",
        r" / (?P<number>\d+)(?![\w.])",
        r"\{ (?P<number>\d+) \}",
        r"(?<![\w.])(?P<number>\d[\d_.]*e-?\d+)",
    )
)
#: Numbers of formulas.
_PLAIN = frozenset({0.0, 0.5, 1.0, 2.0})
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
    return [
        f"{file.relative_to(root)}: {name} does not say where its value comes from"
        for file in _files(root)
        for name in _without_source(_lines(file))
    ]


def sources_of_numbers(root: Path) -> list[str]:
    """Return the numbers in functions of these rooms that decide something without a source.

    The comment of the function, of its `impl`, or a comment within the function may name the source.
    """
    return [
        f"{file.relative_to(root)}: {number} in `{line.strip()}` does not say where its value comes from"
        for file in _files(root)
        for number, line in _numbers_without_source(_lines(file))
    ]


def _files(root: Path) -> list[Path]:
    source = root / "rust/core/src"
    for_tests = {file for above in source.rglob("*.rs") for file in _for_tests(above)}
    rooms = {file for room in ROOMS for file in (source / room).rglob("*.rs")}
    return sorted({*rooms, *(source / "numerics" / name for name in NUMERICS)} - for_tests)


def _lines(file: Path) -> list[str]:
    return _TESTS.split(file.read_text())[0].splitlines()


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


def _numbers_without_source(lines: list[str]) -> Iterator[tuple[str, str]]:
    comment, above, within, is_constant = "", "", "", False
    for line in lines:
        stripped = line.strip()
        if stripped.startswith("//"):
            comment += stripped.lstrip("/")
            continue
        if line.startswith("impl"):
            above, within = comment, ""
        elif _FUNCTION.match(line):
            above, within = above if line.startswith(" ") else "", comment
        elif not stripped.startswith("#["):
            within += comment
        if stripped.startswith("#["):
            continue
        comment, is_constant = "", is_constant or _CONSTANT.match(line) is not None
        if not is_constant and not _SOURCE.search(above + within):
            yield from ((number, line) for number in _deciding(line))
        is_constant = is_constant and not stripped.endswith(";")


def _deciding(line: str) -> set[str]:
    code = re.sub(r'"[^"]*"', "", line).split("//")[0]
    found = {match["number"] for pattern in _DECIDING for match in pattern.finditer(code)}
    return {number for number in found if float(number) not in _PLAIN}
