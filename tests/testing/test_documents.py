"""The documentation of the checks and strategies is complete and correct."""

import inspect

import pytest

from support import check_table
from tanteo.testing import all_checks, strategies


def test_the_table_of_checks_matches_the_docstrings():
    assert check_table.on_record() == check_table.table(), "PYTHONPATH=tests python -m support.check_table"


def test_false_alarms_are_rare():
    """Learning shows only over many runs, so the rates of those checks are bounds from counting."""
    for check in all_checks():
        assert 0 <= check.false_alarm <= (3e-2 if check.group == "learns" else 1e-4)
    assert all(check.false_alarm > 0 for check in all_checks("learns"))


STRATEGIES = [name for name in strategies.__all__ if inspect.isfunction(getattr(strategies, name))]


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_docstring_of_a_strategy_names_its_bounds_and_how_it_shrinks(name):
    text = inspect.getdoc(getattr(strategies, name))
    assert text.startswith("Draw ")
    assert "Bounds:" in text
    assert "Shrinks towards" in text
