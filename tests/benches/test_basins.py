"""The basins have the stated optima and floors, the sets differ, and the later ones are mild."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from benches.python.peers import cube
from benches.quality import basins
from benches.quality.basins import Basins
from benches.quality.basins.__main__ import summary, warp
from benches.quality.runs import known_problems, search

HALVES = basins.halves()
TUNING, REPORTED, NEW = HALVES["basins-tuning"], HALVES["basins-report"], HALVES["basins-new"]
WIDE = HALVES["basins-wide-tuning"] | HALVES["basins-wide-report"]
LANDSCAPES = {name: landscape for half in basins.landscapes().values() for name, landscape in half.items()}


def descended(landscape: Basins, rng: np.random.Generator) -> float:
    """Return the value after small steps downhill from a random point."""
    at, width = rng.random(cube.dimension(landscape.space)), 0.1
    value = landscape.value(cube.decode(landscape.space, at))
    for _ in range(500):
        step = np.clip(at + width * rng.standard_normal(len(at)), 0.0, 1.0)
        lower = landscape.value(cube.decode(landscape.space, step))
        width *= 1.5 if lower < value else 0.93
        if lower < value:
            at, value = step, lower
    return value


def test_both_halves_have_the_same_kinds_and_no_problem_in_common() -> None:
    families: list[Any] = [sorted(problem.family for problem in half.values()) for half in (TUNING, REPORTED)]
    assert families[0] == families[1]
    assert len(families[0]) == 8
    assert not set(TUNING) & set(REPORTED)
    assert LANDSCAPES.keys() <= known_problems().keys()


def test_the_new_set_has_ten_problems_of_other_kinds() -> None:
    assert len(NEW) == 10
    others = {problem.family for problem in [*TUNING.values(), *REPORTED.values()]}
    assert not others & {problem.family for problem in NEW.values()}


@pytest.mark.parametrize("name", sorted(NEW))
def test_random_search_finds_the_right_basin_of_a_new_problem_in_some_cases(name: str) -> None:
    runs = [search(NEW[name], "random", seed) for seed in range(40)]
    found = [any(LANDSCAPES[name].is_right(value) for value in run.true if value is not None) for run in runs]
    assert 8 <= sum(found) <= 32, sum(found)


@pytest.mark.parametrize("name", sorted(WIDE))
def test_about_one_configuration_in_25_of_a_wide_problem_is_in_the_right_basin(name: str) -> None:
    landscape, rng = LANDSCAPES[name], np.random.default_rng(0)
    points = rng.random((4000, cube.dimension(landscape.space)))
    share = np.mean([landscape.is_right(landscape.value(cube.decode(landscape.space, at))) for at in points])
    assert 0.025 < share < 0.055, share


@pytest.mark.parametrize("name", sorted(LANDSCAPES))
def test_the_right_basin_has_the_lowest_value_and_no_descent_ends_between_it_and_the_false_ones(name: str) -> None:
    landscape, rng = LANDSCAPES[name], np.random.default_rng(0)
    best = landscape.value(landscape.right)
    assert abs(best) < 1e-4
    assert landscape.is_right(best)
    ends = np.array([descended(landscape, rng) for _ in range(4)])
    assert np.all(ends >= best - 1e-6)
    assert all(landscape.is_right(end) or end >= landscape.false_floor - 1e-3 for end in ends)


def test_the_warp_keeps_the_better_half_and_the_order_of_the_rest() -> None:
    known, warped = warp([3.0, 0.0, 1.0, 2.0, 9.0, 3.0])
    assert known.tolist() == [0.0, 1.0, 2.0, 3.0, 9.0]
    assert warped[:3].tolist() == [0.0, 1.0, 2.0]
    assert np.all(np.diff(warped) > 0.0)


def test_searches_without_a_unit_are_left_out_of_the_summary() -> None:
    assert summary(np.array([np.nan, 3.0, 1.0])) == "2.0, 2.8"
    assert summary(np.array([np.nan, np.nan])) == "-"
