"""The fresh problems are repeatable, no point is better than their known optimum, and the two halves differ."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from benches.python.peers.random_peer import Random
from benches.quality import fresh
from benches.quality.fresh import counts, idle, noisy, pairs, plateaus
from benches.quality.problem import Problem
from benches.quality.runs import known_problems

TUNING, REPORTED = fresh.tuning(), fresh.reported()
EVERY = {**TUNING, **REPORTED}


def sample(problem: Problem, n: int) -> list[dict[str, Any]]:
    """Return random points."""
    peer = Random(problem.space, 7)
    return [peer.ask()[1] for _ in range(n)]


def truth(problem: Problem, params: dict[str, Any]) -> float:
    return problem.evaluate(params, np.random.default_rng(0)).true


def test_both_halves_have_the_same_families_with_equal_numbers_of_problems() -> None:
    families = [[problem.family for problem in half.values()] for half in (TUNING, REPORTED)]
    assert families[0] == families[1]
    assert len(families[0]) >= 12
    assert not set(TUNING) & set(REPORTED)
    assert set(EVERY) <= set(known_problems())


@pytest.mark.parametrize("family", sorted({problem.family for problem in EVERY.values()}))
def test_no_problem_is_in_both_halves(family: str) -> None:
    """Problems differ in their space or in their values at the same points."""
    tune, report = ([p for p in half.values() if p.family == family] for half in (TUNING, REPORTED))
    for ours in tune:
        for theirs in report:
            if ours.space == theirs.space:
                points = sample(ours, 3)
                assert [truth(ours, p) for p in points] != [truth(theirs, p) for p in points]


@pytest.mark.parametrize("name", sorted(EVERY))
def test_evaluations_are_repeatable_and_no_random_point_is_better_than_the_optimum(name: str) -> None:
    problem = EVERY[name]
    for params in sample(problem, 4):
        first, second = (problem.evaluate(dict(params), np.random.default_rng(3)) for _ in range(2))
        assert first == second
        assert (first.told is None) == (not np.isfinite(first.true))
        assert first.true > problem.optimum


@pytest.mark.parametrize("module", fresh.FAMILIES, ids=lambda module: module.__name__.split(".")[-1])
def test_the_documented_optima_are_those_of_the_problems(module: ModuleType) -> None:
    rows = {row[0]: row[1:] for row in documented(module)}
    for problem in (*module.tuning(), *module.reported()):
        optimum, median = map(float, rows.pop(problem.name))
        assert optimum == pytest.approx(problem.optimum, abs=1e-6)
        assert median > optimum
    assert not rows


def documented(module: ModuleType) -> list[list[str]]:
    """Return the rows of the table at the end of the docstring of a module."""
    table = str(module.__doc__).split("::\n\n")[-1].rstrip().splitlines()
    return [line.split() for line in table[1:]]


@pytest.mark.parametrize("module", [pairs, plateaus, counts], ids=lambda module: module.__name__.split(".")[-1])
def test_the_documented_median_is_that_of_random_search(module: ModuleType) -> None:
    for name, _, median in documented(module):
        values = [truth(EVERY[name], params) for params in sample(EVERY[name], 1000)]
        best = np.sort(np.min(np.reshape(values, (10, 100)), axis=1))
        assert best[0] - 1e-4 <= float(median) <= best[-1] + 1e-4


@pytest.mark.parametrize("name", sorted(name for name, p in EVERY.items() if p.family == "plateaus"))
def test_most_of_a_plateau_is_flat(name: str) -> None:
    """In at least half of the space the value is within 0.01 of one of a few heights; the jitter is smaller."""
    problem = EVERY[name]
    values = np.array([truth(problem, params) for params in sample(problem, 300)])
    heights, counts = np.unique(np.round(values, 2), return_counts=True)
    assert np.sort(counts)[-8:].sum() > 150
    assert len(np.unique(values)) == 300
    assert plateaus.JITTER < 0.005 < heights[1] - heights[0]


@pytest.mark.parametrize("name", ["pair-6x4", "pair-flags"])
def test_two_choices_improve_the_value_only_together(name: str) -> None:
    """At the best of many points two choices matter most; a change of one costs more than a change of both."""
    problem = EVERY[name]
    best = min(sample(problem, 4000), key=lambda params: truth(problem, params))
    costs = {
        p.name: truth(problem, {**best, p.name: another_level(problem, best, p.name)}) - truth(problem, best)
        for p in problem.space
        if p.kind == "categorical"
    }
    *other_choices, first, second = sorted(costs, key=lambda n: costs[n])
    assert costs[first] > 1.0 > 0.3 > costs[other_choices[-1]]
    both_changed = {**best, first: another_level(problem, best, first), second: another_level(problem, best, second)}
    for choice in (first, second):
        assert truth(problem, both_changed) < truth(problem, {**best, choice: both_changed[choice]})
    assert truth(problem, {**best, "rate": 1.0}) > truth(problem, best) + 0.5


def another_level(problem: Problem, params: dict[str, Any], name: str) -> Any:
    """Return the first level of a choice that differs from the level in ``params``."""
    (parameter,) = (p for p in problem.space if p.name == name)
    return next(c for c in parameter.choices if c != params[name])


@pytest.mark.parametrize(("name", "n"), [("idle-2", 2), ("idle-3", 3), ("idle-4", 4), ("idle-5", 5)])
def test_as_many_of_100_parameters_matter_as_stated(name: str, n: int) -> None:
    problem = EVERY[name]
    assert len(problem.space) == idle.D
    base, *alternatives = sample(problem, 30)
    influential_names = {
        p.name
        for p in problem.space
        for params in alternatives
        if abs(truth(problem, {**base, p.name: params[p.name]}) - truth(problem, base)) > 1e-12
    }
    assert len(influential_names) == n


def test_observations_are_unbiased_and_their_noise_rises_with_the_strength() -> None:
    for half in (noisy.tuning(), noisy.reported()):
        by_strength = []
        for problem in half[:3]:
            (params,), rng = sample(problem, 1), np.random.default_rng(0)
            evaluations = [problem.evaluate(params, rng) for _ in range(300)]
            observed, true = np.array([e.told for e in evaluations], dtype=float), evaluations[0].true
            assert {e.true for e in evaluations} == {true}
            assert abs(observed.mean() - true) < 4 * observed.std() / 300**0.5
            by_strength.append(observed.std())
        assert 1.5 * by_strength[0] < by_strength[1] < by_strength[2] / 1.5
        assert all(problem.is_noisy for problem in half)
