"""The reference has every public name and no private name."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

import tanteo

ROOT = Path(__file__).parents[2]
# Modules whose `__all__` names what the rest of the package uses. A new module with `__all__` is public unless it is
# listed here.
INTERNAL = {
    "tanteo.cli",
    "tanteo.cli.page",
    "tanteo.demo",
    "tanteo.integrations.imported_trials",
    "tanteo.integrations.optuna.inference",
    "tanteo.integrations.ray.space",
    "tanteo.space.elsewhere",
    "tanteo.testing.adapters.common",
}


def documented() -> list[str]:
    """Return the names that the reference requests from mkdocstrings."""
    text = "\n".join(page.read_text() for page in (ROOT / "docs/reference").rglob("*.md"))
    return re.findall(r"^::: (\S+)$", text, flags=re.MULTILINE)


def modules() -> list[str]:
    """Return the modules with ``__all__``, the outer ones first."""
    walked = pkgutil.walk_packages(tanteo.__path__, "tanteo.")
    found = [module.name for module in walked if not re.search(r"\._", module.name)]
    named = [name for name in ("tanteo", *found) if hasattr(importlib.import_module(name), "__all__")]
    return sorted(set(named) - INTERNAL, key=lambda name: (name.count("."), name))


def expected() -> list[str]:
    """Return the full names that the reference must have: each object once, from its outermost module."""
    name_by_object: dict[int, str] = {}
    for module in modules():
        loaded = importlib.import_module(module)
        for name in loaded.__all__:
            exported = getattr(loaded, name)
            if not name.startswith("_") and not isinstance(exported, ModuleType):
                name_by_object.setdefault(id(exported), f"{module}.{name}")
    return list(name_by_object.values())


@pytest.mark.filterwarnings("ignore")
def test_the_reference_has_every_public_name_once_and_no_private_name() -> None:
    pytest.importorskip("ray")
    pytest.importorskip("sklearn")
    assert Counter(documented()) == Counter(expected())


@pytest.mark.filterwarnings("ignore")
def test_every_name_of_the_reference_exists_and_has_a_docstring() -> None:
    pytest.importorskip("ray")
    pytest.importorskip("sklearn")
    for full_name in documented():
        module, _, name = full_name.rpartition(".")
        assert getattr(importlib.import_module(module), name).__doc__, full_name


def test_inherited_members_are_shown_and_private_members_are_not() -> None:
    """``Optimizer.best`` is inherited; names with a leading underscore are private."""
    settings = (ROOT / "mkdocs.yml").read_text()
    assert "inherited_members: true" in settings
    assert 'filters: ["!^_"]' in settings
