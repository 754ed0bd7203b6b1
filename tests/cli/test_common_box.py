"""The hypervolumes of several searches in one box."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tanteo as tt
from tanteo.cli.compare import CommonBox, common_box, measured
from tanteo.plotting import hypervolume
from tanteo.plotting.hypervolume import hypervolume_history
from tanteo.run.history import Outcomes, outcomes

SPACE = {"x": tt.Float(0.0, 1.0)}
TWO: Any = {"loss": "minimize", "speed": "maximize"}


def search(rows: list[tuple[float, ...]], directions: Any = TWO, **told: Any) -> tt.Optimizer:
    optimizer = tt.Optimizer(SPACE, directions=directions, seed=0)
    for row in rows:
        optimizer.tell(optimizer.ask(), list(row), **told)
    return optimizer


class Compared:
    def __init__(self, box: CommonBox, trials: list[Outcomes]) -> None:
        self.reference = box.reference
        self._box, self._trials = box, trials

    def after(self, place: int, n: int) -> float | None:
        return self._box.share_after(self._trials[place], n)


def compared(*searches: tt.Optimizer) -> Compared | None:
    fronts = [None if len(each.directions) == 1 else each.front() for each in searches]
    trials = [measured(each, front) for each, front in zip(searches, fronts, strict=True)]
    box = common_box(searches, trials, fronts)
    return None if box is None else Compared(box, trials)


def test_one_search_has_the_same_share_beside_itself() -> None:
    rows = [(0.5, 0.5), (0.75, 0.25), (0.0, 0.0), (1.0, 1.0)]
    found = compared(search(rows), search(rows))
    assert found is not None
    assert [found.after(0, n) for n in range(6)] == [found.after(1, n) for n in range(6)]
    assert found.after(0, 0) == 0.0
    assert found.after(0, 1) == found.after(0, 2) < found.after(0, 3) < found.after(0, 4) == found.after(0, 9) < 1.0


def test_a_better_front_dominates_more_and_is_measured_from_the_same_point() -> None:
    better, worse = search([(0.0, 1.0)]), search([(1.0, 0.0)])
    found = compared(worse, better)
    assert found is not None
    assert found.reference == {"loss": pytest.approx(1.1), "speed": pytest.approx(-0.1)}
    assert (found.after(0, 1), found.after(1, 1)) == (pytest.approx(0.01 / 1.21), 1.0)


def test_three_objectives_have_a_volume_and_failures_count_as_trials() -> None:
    three = ["minimize"] * 3
    first, second = search([(0.0, 0.0, 0.0)], three), search([], three)
    second.tell(second.ask(), state="failed")
    second.tell(second.ask(), [1.0, 1.0, 1.0])
    found = compared(first, second)
    assert found is not None
    assert (found.after(0, 1), found.after(1, 1), found.after(1, 2)) == (1.0, 0.0, pytest.approx(0.001 / 1.331))


def test_a_front_of_too_many_boxes_has_no_share(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(0).uniform(size=(20, 4)).tolist()
    first, second = (search(told, ["minimize"] * 4, sem=[0.0] * 4) for told in (rows, rows[:1]))
    found = compared(first, second)
    assert found is not None
    assert found.after(0, 20) is not None
    monkeypatch.setattr(hypervolume, "MAX_BOXES", 20)
    assert (found.after(0, 20), found.after(1, 1)) == (None, pytest.approx(found.after(0, 1)))


def test_searches_that_cannot_be_compared_have_none() -> None:
    rows = [(0.0, 1.0)]
    assert compared(search(rows), search(rows, {"speed": "minimize", "loss": "maximize"})) is None
    assert compared(search(rows), search(rows, ["minimize", "maximize"])) is None
    assert compared(search(rows), search([(0.0,)], ["minimize"])) is None
    assert compared(search([]), search(rows, constraints={"size": 1.0})) is None


def test_a_search_without_results_dominates_nothing() -> None:
    found = compared(search([]), search([(0.0, 1.0)]))
    assert found is not None
    assert (found.after(0, 5), found.after(1, 1)) == (0.0, 1.0)


@pytest.mark.parametrize("n_objectives", [2, 3, 4])
def test_the_volume_after_numbers_of_trials_is_that_of_the_history(n_objectives: int) -> None:
    rng = np.random.default_rng(0)
    filled = search(rng.uniform(size=(60, n_objectives)).tolist(), ["minimize"] * n_objectives)
    found = compared(filled, filled)
    assert found is not None
    shown = hypervolume_history(filled, list(found.reference.values()))
    for number, share in zip(shown.ids, shown.shares, strict=True):
        assert found.after(0, int(number) + 1) == pytest.approx(share, abs=1e-12)


def test_an_excluded_trial_is_not_one_of_those_that_are_counted() -> None:
    rows = [(0.5, 0.5), (0.75, 0.25), (0.0, 0.0), (1.0, 1.0)]
    whole, without = search(rows), search(rows[1:])
    whole._exclude(0)
    found = compared(whole, without)
    assert found is not None
    assert [found.after(0, n) for n in range(5)] == [found.after(1, n) for n in range(5)]
    assert outcomes(whole).n_counting == 3
