"""The reference has every public name and no private name."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

import tanteo

ROOT = Path(__file__).parents[2]
PUBLIC = [
    *("tanteo.samplers", "tanteo.pruners", "tanteo.models", "tanteo.importance", "tanteo.run", "tanteo.study"),
    "tanteo.stopping",
    *("tanteo.plotting", "tanteo.plotting.matplotlib"),
    *("tanteo.integrations.hyperopt", "tanteo.integrations.optuna", "tanteo.integrations.ray"),
    *(
        "tanteo.integrations.mlflow",
        "tanteo.integrations.sklearn",
        "tanteo.integrations.tables",
        "tanteo.integrations.wandb",
    ),
    *("tanteo.testing", "tanteo.testing.strategies", "tanteo.testing.adapters"),
]


def documented() -> list[str]:
    """Return the names that the page requests from mkdocstrings."""
    return re.findall(r"^::: (\S+)$", (ROOT / "docs/reference.md").read_text(), flags=re.MULTILINE)


def public(module: str) -> set[str]:
    """Return the public names of a module, except those of modules."""
    loaded = importlib.import_module(module)
    names = {name for name in loaded.__all__ if not name.startswith("_")}
    return {name for name in names if not isinstance(getattr(loaded, name), ModuleType)}


def expected() -> set[str]:
    """Return the full names that the page must have: those that ``tanteo`` exports appear there only."""
    exported = public("tanteo")
    return {f"tanteo.{name}" for name in exported} | {
        f"{module}.{name}" for module in PUBLIC for name in public(module) if name not in exported
    }


@pytest.mark.filterwarnings("ignore")
def test_the_reference_has_every_public_name_once_and_no_private_name() -> None:
    pytest.importorskip("ray")
    assert Counter(documented()) == Counter(expected())


@pytest.mark.filterwarnings("ignore")
def test_every_name_of_the_reference_exists_and_has_a_docstring() -> None:
    pytest.importorskip("ray")
    for full_name in documented():
        module, _, name = full_name.rpartition(".")
        assert getattr(importlib.import_module(module), name).__doc__, full_name


def test_modules_that_tanteo_exports_are_part_of_the_reference() -> None:
    modules = {f"tanteo.{name}" for name in tanteo.__all__ if isinstance(getattr(tanteo, name), ModuleType)}
    assert modules <= set(PUBLIC)


def test_inherited_members_are_shown_and_private_members_are_not() -> None:
    """``Optimizer.best`` is inherited; names with a leading underscore are private."""
    settings = (ROOT / "mkdocs.yml").read_text()
    assert "inherited_members: true" in settings
    assert 'filters: ["!^_"]' in settings
