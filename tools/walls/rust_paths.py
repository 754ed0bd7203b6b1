"""Which file of the core uses which, read from its `use` trees and from paths such as `crate::a` and `super::b`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

#: (space, domain) for `space/domain.rs`, (space,) for `space/mod.rs`, () for `lib.rs`.
Module = tuple[str, ...]

_LEFT_OUT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\]|\\.)*"|\bpub\s*\(in [^)]*\)', re.DOTALL)
_TESTS = re.compile(r"#\[cfg\((?:all\()?test\b[^\n]*\n\s*mod \w+ \{")
_RE_EXPORT = re.compile(r"\bpub(?:\([^)]*\))?\s+use\s+([^;]+);")
_USE = re.compile(r"\buse\s+([^;]+);")
_PATH = re.compile(r"\b\w+(?:\s*::\s*\w+)+")


def uses(source: Path) -> dict[Module, set[Module]]:
    """The modules that each file uses.

    Whoever takes a name that a module re-exports with `pub use` uses the file that defines it; the re-export is no use.
    Tests within a file may use anything and are left out, as are folders of tests.
    """
    texts = {module_path(file.relative_to(source)): _code(file.read_text()) for file in sorted(source.rglob("*.rs"))}
    handed_out = {module: dict(_handed_out(module, text, texts)) for module, text in texts.items()}
    return {
        module: {_defining(path, texts, handed_out) for path in _paths(module, text, texts)} - {module}
        for module, text in texts.items()
        if "tests" not in module
    }


def module_path(relative: Path) -> Module:
    """`space/domain.rs` is the module (space, domain), `space/mod.rs` is (space,), `lib.rs` is ()."""
    parts = relative.with_suffix("").parts
    return parts[:-1] if parts[-1] in ("mod", "lib") else parts


def _code(text: str) -> str:
    text = _LEFT_OUT.sub("", text)
    tests = _TESTS.search(text)
    return text[: tests.start()] if tests else text


def _handed_out(module: Module, text: str, texts: Mapping[Module, str]) -> Iterator[tuple[str, Module]]:
    """(name, absolute path) of what a module re-exports."""
    for match in _RE_EXPORT.finditer(text):
        for path in _branches(match[1]):
            absolute = _absolute(module, path, texts)
            if absolute:
                yield absolute[-1], absolute


def _paths(module: Module, text: str, texts: Mapping[Module, str]) -> Iterator[Module]:
    text = _RE_EXPORT.sub("", text)
    found = [path for match in _USE.finditer(text) for path in _branches(match[1])]
    found += [tuple(re.split(r"\s*::\s*", match[0])) for match in _PATH.finditer(_USE.sub("", text))]
    for path in found:
        absolute = _absolute(module, path, texts)
        if absolute is not None:
            yield absolute


def _branches(tree: str) -> Iterator[Module]:
    """Every path of a `use` tree: `a::{b, c::d}` holds (a, b) and (a, c, d)."""
    head, brace, rest = tree.strip().partition("{")
    path = tuple(name for name in re.split(r"\s*::\s*", re.sub(r"\s+as\s+\w+", "", head.strip())) if name)
    if not brace:
        yield path
        return
    level, start, body = 0, 0, rest[: rest.rindex("}")] + ","
    for place, character in enumerate(body):
        level += {"{": 1, "}": -1}.get(character, 0)
        if character == "," and level == 0:
            if body[start:place].strip():
                yield from (path + branch for branch in _branches(body[start:place]))
            start = place + 1


def _absolute(module: Module, path: Module, texts: Mapping[Module, str]) -> Module | None:
    """A path from the root of the crate; None for one that leads out of it."""
    if path[0] == "crate":
        return path[1:]
    if path[0] in ("self", "super"):
        supers = sum(1 for name in path if name == "super")
        rest = tuple(name for name in path if name not in ("self", "super"))
        return module[: len(module) - supers] + rest
    return module + path if (*module, path[0]) in texts else None


def _defining(path: Module, texts: Mapping[Module, str], handed_out: Mapping[Module, Mapping[str, Module]]) -> Module:
    """The module in which what a path names is defined."""
    while True:
        known = next(n for n in range(len(path), -1, -1) if path[:n] in texts)
        module, rest = path[:known], path[known:]
        if not rest or rest[0] not in handed_out[module]:
            return module
        path = handed_out[module][rest[0]] + rest[1:]
