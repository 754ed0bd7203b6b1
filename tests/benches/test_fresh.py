"""The fresh problems: what is known of them is not beaten, they answer alike every time, and both halves differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from benches.python.peers.random_peer import Random
from benches.quality import fresh
from benches.quality.fresh import idle, noisy, pairs, plateaus
from benches.quality.problem import Problem
from benches.quality.runs import known_problems

TUNING, REPORTED = fresh.tuning(), fresh.reported()
EVERY = {**TUNING, **REPORTED}


def drawn(problem: Problem, n: int) -> list[dict[str, Any]]:
    """Random points."""
    draws = Random(problem.space, 7)
    return [draws.ask()[1] for _ in range(n)]


def truth(problem: Problem, params: dict[str, Any]) -> float:
    return problem.evaluate(params, np.random.default_rng(0)).true


def test_every_family_stands_in_both_halves_with_as_many_problems() -> None:
    families = [[problem.family for problem in half.values()] for half in (TUNING, REPORTED)]
    assert families[0] == families[1]
    assert len(families[0]) >= 12
    assert not set(TUNING) & set(REPORTED)
    assert set(EVERY) <= set(known_problems())


@pytest.mark.parametrize("family", sorted({problem.family for problem in EVERY.values()}))
def test_no_problem_stands_twice(family: str) -> None:
    """Values at the same points of a space differ, unless the spaces do."""
    tune, report = ([p for p in half.values() if p.family == family] for half in (TUNING, REPORTED))
    for ours in tune:
        for theirs in report:
            if ours.space == theirs.space:
                points = drawn(ours, 3)
                assert [truth(ours, p) for p in points] != [truth(theirs, p) for p in points]


@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_problem_answers_alike_every_time_and_nothing_at_random_beats_what_is_known(name: str) -> None:
    problem = EVERY[name]
    for params in drawn(problem, 4):
        first, second = (problem.evaluate(dict(params), np.random.default_rng(3)) for _ in range(2))
        assert first == second
        assert (first.told is None) == (not np.isfinite(first.true))
        assert np.isinf(problem.optimum) or first.true > problem.optimum


@pytest.mark.parametrize("name", sorted(name for name, p in EVERY.items() if p.family == "plateaus"))
def test_most_of_a_plateau_is_level(name: str) -> None:
    """Within a hundredth of a few heights lies at least half of the space, and its jitter is fixed."""
    problem = EVERY[name]
    values = np.array([truth(problem, params) for params in drawn(problem, 300)])
    heights, counts = np.unique(np.round(values, 2), return_counts=True)
    assert np.sort(counts)[-8:].sum() > 150
    assert len(np.unique(values)) == 300
    assert plateaus.JITTER < 0.005 < heights[1] - heights[0]


@pytest.mark.parametrize(
    ("name", "sizes", "toll", "goal", "numbers", "seed"),
    [("pair-6x4", [4] * 6, 0.3, 0.1, 2, 0), ("pair-flags", [2] * 10 + [8], 0.1, 0.2, 4, 1)],
)
def test_two_choices_pay_together_and_cost_alone(
    name: str, sizes: list[int], toll: float, goal: float, numbers: int, seed: int
) -> None:
    """From the optimum: either level given up costs about two, and giving up both costs less than giving up one."""
    problem = EVERY[name]
    rng = np.random.default_rng(0)
    assert problem.space == pairs.pair(sizes, toll, goal, numbers, seed)[0]
    best = min(drawn(problem, 4000), key=lambda params: truth(problem, params))
    away = {p.name: lost(problem, best, p.name, rng) for p in problem.space if p.kind == "categorical"}
    first, second = sorted(away, key=lambda n: away[n])[-2:]
    assert min(away[first], away[second]) > 1.0
    assert sorted(away.values())[-3] < 0.3
    both = {**best, first: other(problem, best, first), second: other(problem, best, second)}
    assert truth(problem, both) < truth(problem, {**best, first: both[first]})
    assert truth(problem, {**best, "rate": 1.0}) > truth(problem, best) + 0.5


def other(problem: Problem, params: dict[str, Any], name: str) -> Any:
    """Another level of a choice."""
    (parameter,) = (p for p in problem.space if p.name == name)
    return next(c for c in parameter.choices if c != params[name])


def lost(problem: Problem, params: dict[str, Any], name: str, rng: np.random.Generator) -> float:
    """What another level costs."""
    return truth(problem, {**params, name: other(problem, params, name)}) - truth(problem, params)


@pytest.mark.parametrize(("name", "n"), [("idle-2", 2), ("idle-3", 3), ("idle-4", 4), ("idle-5", 5)])
def test_as_many_of_100_parameters_matter_as_are_said_to(name: str, n: int) -> None:
    problem = EVERY[name]
    assert len(problem.space) == idle.D
    here, *others = drawn(problem, 30)
    matter = {
        p.name
        for p in problem.space
        for there in others
        if abs(truth(problem, {**here, p.name: there[p.name]}) - truth(problem, here)) > 1e-12
    }
    assert len(matter) == n


def test_told_values_are_noisy_about_the_truth_with_the_strength_they_are_said_to_have() -> None:
    for half in (noisy.tuning(), noisy.reported()):
        by_strength = []
        for problem in half[:3]:
            (params,), rng = drawn(problem, 1), np.random.default_rng(0)
            seen = [problem.evaluate(params, rng) for _ in range(300)]
            told, true = np.array([s.told for s in seen], dtype=float), seen[0].true
            assert {s.true for s in seen} == {true}
            assert abs(told.mean() - true) < 4 * told.std() / 300**0.5
            by_strength.append(told.std())
        assert 1.5 * by_strength[0] < by_strength[1] < by_strength[2] / 1.5
        assert all(problem.is_noisy for problem in half)
