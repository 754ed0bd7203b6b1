"""Every example in a docstring runs and prints the output shown."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import tanteo

MODULES = sorted(module.name for module in pkgutil.walk_packages(tanteo.__path__, "tanteo."))


@pytest.mark.parametrize("name", ["tanteo", *MODULES])
def test_docstrings(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


def test_the_examples_are_found() -> None:
    tests = [test for name in MODULES for test in doctest.DocTestFinder().find(importlib.import_module(name))]
    assert sum(len(test.examples) for test in tests) > 50
