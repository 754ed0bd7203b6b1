"""Directions of imports in the Python package, read from its syntax trees."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Iterator
from pathlib import Path

#: The rooms of the package from the ground up: each uses only those before it. The outbuildings stand on all of them.
ORDER = (
    *("exceptions", "_core", "_internal", "space", "samplers", "pruners", "trials", "earlier", "snapshots"),
    *("options", "optimizer", "models", "stopping", "study", "inside", "run", "importance"),
)
#: May use all that is public; nothing imports them.
OUTBUILDINGS = ("integrations", "plotting", "testing", "demo", "report", "cli")
#: `python -m tanteo` starts the command; the command starts the demo, draws, shows pages, and moves studies in and out;
#: the demo and the page draw. The package itself hands out `tanteo.plotting` and `tanteo.report` when they are first
#: asked for; that it does no sooner is a test of its own.
DOORS = {
    "__main__": ("cli",),
    "__init__": ("plotting", "report"),
    "cli": ("demo", "plotting", "integrations", "report"),
    "demo": ("plotting",),
    "report": ("plotting",),
}
#: Everything else comes from outside and is imported inside functions only.
AT_THE_TOP = frozenset(sys.stdlib_module_names) | {"tanteo", "__future__"}
#: Except these: a strategy or a state machine of Hypothesis is made where its module is read, and the first line of
#: `tanteo.testing` says which extra is missing.
OF_OUTBUILDINGS = {"testing": frozenset({"hypothesis"})}


def order_of_rooms(root: Path) -> list[str]:
    """Imports of a room by one that stands beneath it, and rooms that are not in the plan."""
    breaches = []
    for file, imports in modules(root):
        own = room_of(root, file)
        if own in ("__init__", "__main__", *OUTBUILDINGS):
            continue
        where = file.relative_to(root)
        if own not in ORDER:
            breaches.append(f"{where}: {own} is not one of the rooms {', '.join(ORDER)}")
            continue
        for name, line, _ in imports:
            used = name.split(".")[1] if name.startswith("tanteo.") else ""
            if used in ORDER[ORDER.index(own) + 1 :]:
                breaches.append(f"{where}:{line}: {own} imports {used}, which stands above it")
    return breaches


def outbuildings(root: Path) -> list[str]:
    """Imports of an outbuilding from outside of it."""
    breaches = []
    for file, imports in modules(root):
        own = room_of(root, file)
        for name, line, _ in imports:
            parts = name.split(".")
            used = parts[1] if parts[0] == "tanteo" and len(parts) > 1 else ""
            if used in OUTBUILDINGS and used != own and used not in DOORS.get(own, ()):
                breaches.append(f"{file.relative_to(root)}:{line} imports tanteo.{used}, which nothing may import")
    return breaches


def optional_packages(root: Path) -> list[str]:
    """Imports of a package from outside the standard library that are not inside a function."""
    return [
        f"{file.relative_to(root)}:{line} imports {name} at the top: do it inside the function that needs it"
        for file, imports in modules(root)
        for name, line, at_the_top in imports
        if at_the_top and name.split(".")[0] not in AT_THE_TOP | OF_OUTBUILDINGS.get(room_of(root, file), frozenset())
    ]


def room_of(root: Path, file: Path) -> str:
    """Return the first part of the path of a module in the package."""
    return file.relative_to(root / "python/tanteo").with_suffix("").parts[0]


def module_name(file: Path, above: Path) -> str:
    """Return the dotted name of a module; of the ``__init__`` of a package, that of the package."""
    return ".".join(file.relative_to(above).with_suffix("").parts).removesuffix(".__init__")


def modules(root: Path) -> Iterator[tuple[Path, list[tuple[str, int, bool]]]]:
    """Every file of the package with its imports: absolute name, line, whether it runs on import."""
    package = root / "python/tanteo"
    for file in sorted(package.rglob("*.py")):
        base = file.relative_to(package.parent).parent.parts
        yield file, _imports_in(file.read_text(), base)


@functools.cache
def _imports_in(text: str, base: tuple[str, ...]) -> list[tuple[str, int, bool]]:
    return list(_imports(ast.parse(text), base, at_the_top=True))


def _imports(node: ast.AST, base: tuple[str, ...], *, at_the_top: bool) -> Iterator[tuple[str, int, bool]]:
    """(absolute name, line, whether it runs on import) of every import beneath `node`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield alias.name, child.lineno, at_the_top
        elif isinstance(child, ast.ImportFrom):
            prefix = base[: len(base) - child.level + 1] if child.level else ()
            module = ".".join((*prefix, *([child.module] if child.module else [])))
            for alias in child.names:
                yield f"{module}.{alias.name}", child.lineno, at_the_top
        elif isinstance(child, ast.If) and _is_type_checking(child.test):
            yield from _imports(ast.Module(child.body, []), base, at_the_top=False)
            yield from _imports(ast.Module(child.orelse, []), base, at_the_top=at_the_top)
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, base, at_the_top=at_the_top and not inside)


def _is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
