"""Production lines by room at two commits: ``python -m benches.size EARLIER [LATER]``.

Blank lines, comments, docstrings and tests are left out: of Python ``python/tanteo``; of Rust ``rust/core/src`` and
``rust/py/src`` without what stands behind ``#[cfg(test)]``. A file is new if git finds no earlier file that is at least
half the same.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import subprocess
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

ROOTS = ("rust/core/src", "rust/py/src", "python/tanteo")
#: Files of the core with fewer lines are counted, except those that only declare modules.
SMALL = 35
_TEST = re.compile(r"\s*#\[cfg\((all\()?test\b")
_TEST_FILE = re.compile(r"#\[cfg\(test\)\]\s*(?:pub(?:\([^)]*\))?\s+)?mod (\w+);")
_DECLARES = re.compile(r"(#!?\[|(pub(\([^)]*\))? )?(mod|use) |[\w, ]+,?$|\};$)")
_NO_CODE = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


@dataclass
class Room:
    """Production lines of a folder: before, now, and now in new files."""

    before: int = 0
    now: int = 0
    new: int = 0


def lines_of_python(text: str) -> int:
    """Return the number of lines of code, without docstrings."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    documented = ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            lines -= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return sum(bool(line.strip()) for number, line in enumerate(text.splitlines(), 1) if number in lines)


def lines_of_rust(text: str) -> list[str]:
    """Return the lines of code, without items for tests."""
    kept, lines = [], iter(text.splitlines())
    for line in lines:
        if _TEST.match(line):
            _skip_item(lines)
        elif line.strip() and not line.strip().startswith("//"):
            kept.append(line)
    return kept


def _skip_item(lines: Iterator[str]) -> None:
    depth = 0
    for line in lines:
        depth += line.count("{") - line.count("}")
        if depth <= 0 and line.rstrip().endswith(("}", ";")):
            return


def only_declares(lines: list[str]) -> bool:
    """Return whether lines of Rust only declare and export modules."""
    return all(_DECLARES.match(line.strip()) for line in lines)


def files(commit: str, root: str) -> dict[str, str]:
    """Return the text of each file of a folder at a commit, without files of tests."""
    suffix = ".py" if root.startswith("python") else ".rs"
    paths = [path for path in _git("ls-tree", "-r", "--name-only", commit, root).splitlines() if path.endswith(suffix)]
    texts = {path: _git("show", f"{commit}:{path}") for path in paths}
    tests = {test for path, text in texts.items() for test in _test_modules(path, text)}
    return {path: text for path, text in texts.items() if not tests & {path, *map(str, PurePosixPath(path).parents)}}


def _test_modules(path: str, text: str) -> Iterator[str]:
    """Yield the files and folders of modules that are declared for tests only."""
    place = PurePosixPath(path)
    folder = place.parent if place.name in ("mod.rs", "lib.rs") else place.with_suffix("")
    for name in _TEST_FILE.findall(text):
        yield from (f"{folder / name}.rs", str(folder / name))


def size(path: str, text: str) -> int:
    """Return the number of production lines of a file."""
    return len(lines_of_rust(text)) if path.endswith(".rs") else lines_of_python(text)


def rooms(root: str, before: Mapping[str, str], now: Mapping[str, str], old: set[str]) -> dict[str, Room]:
    """Return the rooms of a folder; ``old`` are the later files that existed before, perhaps by another name."""
    found: dict[str, Room] = defaultdict(Room)
    for path, text in before.items():
        found[_room(root, path)].before += size(path, text)
    for path, text in now.items():
        n = size(path, text)
        room = found[_room(root, path)]
        room.now, room.new = room.now + n, room.new + n * (path not in old)
    return found


def _room(root: str, path: str) -> str:
    first, *rest = PurePosixPath(path).relative_to(root).parts
    return first if rest else "(files)"


def existed(earlier: str, later: str, root: str) -> set[str]:
    """Return the files of a commit that existed at an earlier one, perhaps by another name."""
    status = _git("diff", "--find-renames=50%", "--name-status", earlier, later, "--", root).splitlines()
    changed = [line.split("\t") for line in status]
    added = {paths[-1] for kind, *paths in changed if kind == "A"}
    return set(_git("ls-tree", "-r", "--name-only", later, root).splitlines()) - added


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Print a table of each folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("earlier", help="the earlier commit")
    parser.add_argument("later", nargs="?", default="HEAD", help="the later one; by default the current commit")
    options = parser.parse_args()
    earlier, later = options.earlier, options.later
    for root in ROOTS:
        before, now = files(earlier, root), files(later, root)
        found = rooms(root, before, now, existed(earlier, later, root))
        print(f"\n| {root} | {earlier} | {later} | in new files |\n| --- | --- | --- | --- |")
        for name, room in sorted(found.items(), key=lambda item: -item[1].now):
            print(f"| {name} | {room.before:,} | {room.now:,} | {room.new:,} |")
        total = [sum(getattr(room, field) for room in found.values()) for field in ("before", "now", "new")]
        print(f"| all | {total[0]:,} | {total[1]:,} | {total[2]:,} |")
        if root == ROOTS[0]:
            small = [sum(_is_small(text) for text in texts.values()) for texts in (before, now)]
            print(f"\nFiles under {SMALL} lines: {small[0]} of {len(before)}, then {small[1]} of {len(now)}")


def _is_small(text: str) -> bool:
    lines = lines_of_rust(text)
    return len(lines) < SMALL and not only_declares(lines)


if __name__ == "__main__":
    main()
