"""No circles: files of the package, or of the core, that use each other, directly or through others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from . import imports, rust_paths


def circles_of_imports(root: Path) -> list[str]:
    """One circle of imports in the Python package, if there is any; those inside functions and for types count too.

    An edge leads to the module that is named. That importing it runs the ``__init__`` of its package first makes no
    circle: a package that hands out what its modules define is in order.
    """
    package = root / "python"
    files = (file for kind in ("*.py", "*.pyi") for file in (package / "tanteo").rglob(kind))
    modules = {imports.module_name(file, package) for file in files}
    uses = {
        imports.module_name(file, package): {_nearest(name, modules) for name, _, _ in found} - {""}
        for file, found in imports.modules(root)
    }
    return one_circle(uses)


def circles_of_uses(root: Path) -> list[str]:
    """One circle of uses between files of the core, if there is any."""
    uses = rust_paths.uses(root / "rust/core/src")
    return one_circle({"::".join(module): {"::".join(other) for other in used} for module, used in uses.items()})


def one_circle(uses: Mapping[str, Iterable[str]]) -> list[str]:
    """A sentence about the first circle found among nodes and what they use."""
    try:
        TopologicalSorter({node: set(used) - {node} for node, used in uses.items()}).prepare()
    except CycleError as error:
        return ["a circle: " + " <- ".join(error.args[1])]
    return []


def _nearest(name: str, modules: set[str]) -> str:
    """The module that a dotted name leads to; "" for none of ours."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name
