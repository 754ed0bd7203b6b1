"""Modules of `tanteo` are imported on first access."""

from __future__ import annotations

import pytest

import tanteo as tt
from support.processes import python


@pytest.mark.parametrize("name", ["importance", "models", "plotting"])
def test_a_module_is_imported_on_first_access(name):
    code = f"""
import sys, tanteo as tt
print({name!r} in dir(tt), "tanteo.{name}" in sys.modules, tt.{name}.__name__, "numpy" in sys.modules)
"""
    assert python(code).stdout.split() == ["True", "False", f"tanteo.{name}", "False"]


def test_dir_lists_exactly_the_public_names():
    assert dir(tt) == sorted(tt.__all__)
    for name in dir(tt):
        assert getattr(tt, name) is not None
    with pytest.raises(AttributeError, match="module 'tanteo' has no attribute 'nothing'"):
        _ = tt.nothing


def test_the_plots_of_both_backends_load_no_plotting_library():
    code = """
import sys, tanteo as tt
print(tt.plotting.plot_slice.__module__, tt.plotting.matplotlib.plot_slice.__module__)
print({"matplotlib", "plotly"} & set(sys.modules) or "neither")
"""
    assert python(code).stdout.split() == ["tanteo.plotting._plotly", "tanteo.plotting.matplotlib", "neither"]
