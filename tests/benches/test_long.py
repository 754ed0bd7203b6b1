"""The report of the long searches."""

import pytest
from benches.long.report import AT, reached, table
from benches.long.runs import Run


@pytest.mark.parametrize(("regret", "share"), [(1e3, 0.0), (100.0, 0.0), (1e-3, 0.5), (1e-8, 1.0), (0.0, 1.0)])
def test_targets_are_evenly_spaced_in_the_logarithm(regret, share):
    assert reached(regret) == pytest.approx(share)


def test_a_search_that_reached_the_last_target_does_not_stand_still():
    solved = Run("f1-5d", "a", 0, [0.0] * AT[-1], 1.0)
    stuck = Run("f2-5d", "a", 0, [1e-3] * AT[-1], 1.0)
    rows = table("5d", [solved, stuck]).splitlines()
    assert rows[2] == "| a | " + "75.0 ± nan | " * len(AT) + "50 % | 50 % |"
