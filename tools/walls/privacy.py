"""Private names (``_name``) of objects of another room, read from the syntax trees of the package."""

from __future__ import annotations

import ast
import functools
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from .imports import room_of

#: The rooms that may use private names of each other, and why.
INNER = {
    "_internal": "its classes define what subclasses elsewhere fill in",
    **dict.fromkeys(("space", "samplers", "pruners", "trials", "earlier"), "they make the rows that the core takes"),
    **dict.fromkeys(("snapshots", "optimizer", "models", "study"), "they own a core, which no user is given"),
    **dict.fromkeys(("importance", "stopping"), "they are answers of a search, asked of its core"),
    "inside": "it is the door through which all others go",
}
#: What a parameter answers for itself: the private names of this file may be used everywhere in the package.
ANSWERS = "python/tanteo/space/parameters/base.py"
#: The core and the file of a search, which stay closed to the other rooms even if they have something of this name.
CLOSED = {"_core", "_session"}
#: Uses of a private name of another library that a room of the package has, too.
OF_LIBRARIES = {"python/tanteo/testing/adapters/optuna.py": "_storage"}


def foreign_names(root: Path) -> list[str]:
    """Uses of a private name by a file outside of the room that defines it.

    A name that several rooms define is known only in the files that define it, unless it is :data:`CLOSED`. Names that
    no room defines belong to other libraries, and those in :data:`ANSWERS` to everybody.
    """
    package = root / "python/tanteo"
    names = {file: _names_in(file.read_text()) for file in sorted(package.rglob("*.py"))}
    rooms: dict[str, set[str]] = defaultdict(set)
    for file, (own, _) in names.items():
        for name in own:
            rooms[name].add(room_of(root, file))
    answers = names[root / ANSWERS][0] if root / ANSWERS in names else frozenset()
    return [
        f"{file.relative_to(root)}:{line}: {name}"
        for file, (own, used) in names.items()
        if room_of(root, file) not in INNER
        for name, line in used
        if name not in (own - CLOSED) | answers and rooms[name] - {room_of(root, file)}
        if OF_LIBRARIES.get(str(file.relative_to(root))) != name
    ]


@functools.cache
def _names_in(text: str) -> tuple[frozenset[str], tuple[tuple[str, int], ...]]:
    """Return the private names that a file defines, and those that it uses with their lines."""
    tree = ast.parse(text)
    return frozenset(_defined(tree)), tuple(_used(tree))


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _defined(tree: ast.AST) -> Iterator[str]:
    """Iterate over the private names that a file defines: functions, classes, attributes of self, variables."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names = [node.attr]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names = [node.id]
        else:
            continue
        yield from filter(_is_private, names)


def _used(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Iterate over the private attributes of anything but self, the class and super(); ``getattr`` uses some too."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=holder, attr=name) if _is_private(name):
                pass
            case ast.Call(func=ast.Name("getattr"), args=[holder, ast.Constant(str(name)), *_]) if _is_private(name):
                pass
            case _:
                continue
        if isinstance(holder, ast.Call) and isinstance(holder.func, ast.Name):
            holder = holder.func
        if not (isinstance(holder, ast.Name) and holder.id in ("self", "cls", "super")):
            yield name, node.lineno
