"""Cells of tables: which of them have no value."""

import math

import numpy as np
import pytest

from tanteo._internal.tabular import is_missing


@pytest.mark.parametrize("cell", [None, math.nan, np.float64("nan"), np.float32("nan")])
def test_nothing_and_nan_of_any_precision_are_missing(cell):
    assert is_missing(cell) is True


def test_the_na_of_pandas_is_missing():
    assert is_missing(pytest.importorskip("pandas").NA)


@pytest.mark.parametrize("cell", ["", "<NA>", "nan", 0, False, math.inf, [], (), np.zeros(2)])
def test_everything_else_is_a_value(cell):
    assert not is_missing(cell)
