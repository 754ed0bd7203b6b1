"""How importances are printed."""

import pytest

from tanteo.importance.shares import bar


@pytest.mark.parametrize(("share", "text"), [(0.048, "0.05  ##"), (0.5, f"0.50  {'#' * 20}"), (0.0, "0.00")])
def test_a_small_share_does_not_look_like_none(share, text):
    assert bar(share) == text
