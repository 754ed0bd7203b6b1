"""The statistics of the tail, on constructed searches."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from benches.python.peers.space import floats
from benches.quality.compare import table as compared
from benches.quality.problem import Problem, exact
from benches.quality.report import points, tables
from benches.quality.runs import Run
from benches.quality.score import unimprovable
from benches.quality.tail import estimates, figures, stuck, weights, worst


def problem(name: str, family: str, budget: int = 4) -> Problem:
    return Problem(name, family, floats(1, 0.0, 1.0), budget, exact(lambda params: 0.0), optimum=0.0)


KNOWN = {name: problem(name, family) for name, family in (("a", "one"), ("b", "two"), ("c", "two"))}


def run(name: str, peer: str, value: float, seed: int, trials: int = 4) -> Run:
    return Run(name, peer, seed, [value] * trials, [value] * trials, 0.0)


def test_searches_have_the_weights_of_the_mean() -> None:
    by_problem = {"a": np.zeros(4), "b": np.zeros(2), "c": np.zeros(5)}
    assert weights(by_problem, KNOWN).tolist() == pytest.approx([1 / 8] * 4 + [1 / 8] * 2 + [1 / 20] * 5)


def test_a_search_at_or_below_the_median_of_random_search_is_stuck() -> None:
    scores = np.array([0.0, -3.0, 1e-9, 50.0])
    assert stuck(scores, np.full(4, 0.25)) == 50.0
    assert stuck(scores, np.array([0.1, 0.0, 0.9, 0.0])) == pytest.approx(10.0)


def test_the_worst_tenth_is_a_tenth_of_the_total_weight() -> None:
    assert worst(np.arange(20.0)[::-1], np.full(20, 0.05)) == pytest.approx(0.5)
    # Of five searches, the worst alone has more than a tenth of the weight; of fifteen, the worst and half of the next.
    assert worst(np.array([7.0, 3.0, 9.0, 8.0, 5.0]), np.full(5, 0.2)) == pytest.approx(3.0)
    assert worst(np.arange(15.0), np.full(15, 1 / 15)) == pytest.approx(1 / 3)


def test_the_worst_tenth_of_unequal_weights() -> None:
    scores, weight = np.array([10.0, -50.0, 20.0]), np.array([0.06, 0.04, 0.9])
    assert worst(scores, weight) == pytest.approx(0.4 * -50.0 + 0.6 * 10.0)


def test_standard_errors_come_from_resampled_seeds_and_are_repeatable() -> None:
    """If three of ten seeds of one problem are stuck, the share has the error of a binomial distribution."""
    by_problem = {"a": np.array([0.0] * 3 + [40.0] * 7)}
    (share, error), (worst_tenth, _) = estimates(figures(by_problem, KNOWN))
    assert (share, worst_tenth) == (pytest.approx(30.0), pytest.approx(0.0))
    assert error == pytest.approx(100 * np.sqrt(0.3 * 0.7 / 10), rel=0.1)
    assert estimates(figures(by_problem, KNOWN))[0][1] == error


def test_equal_scores_of_all_seeds_have_no_standard_error() -> None:
    by_problem = {"a": np.full(5, 20.0), "b": np.full(5, -10.0), "c": np.full(5, 60.0)}
    assert estimates(figures(by_problem, KNOWN)) == [(pytest.approx(25.0), 0.0), (pytest.approx(-10.0), 0.0)]


def test_problems_that_random_search_solves_are_left_out() -> None:
    runs = [run("a", peer, value, seed) for peer, value in (("random", 1.0), ("peer", 0.5)) for seed in range(3)]
    runs += [run("b", peer, 0.0, seed) for peer in ("random", "peer") for seed in range(3)]
    assert unimprovable(runs, KNOWN, 4) == {"b"}
    (text,) = tables(runs, KNOWN, 4)
    assert "| at or below random, % | 100.0 ± 0.0 | 0.0 ± 0.0 |" in text
    assert "| worst tenth | 0.0 ± 0.0 | 50.0 ± 0.0 |" in text


def test_differences_compare_common_searches_only(tmp_path: Path) -> None:
    """Seeds 0 and 1 are stuck in both builds, so the difference is 0 and its standard error is 0."""
    problems = {"a": problem("a", "one", 25)}

    def write(name: str, values: list[float]) -> Path:
        runs = [run("a", "ours", v, seed, 25) for seed, v in enumerate(values)]
        runs += [run("a", "random", 1.0, seed, 25) for seed in range(3)]
        path = tmp_path / name
        path.write_text("".join(json.dumps(asdict(r)) + "\n" for r in runs))
        return path

    first_build = write("before.jsonl", [1.0, 1.0, 0.5, 0.5])
    second_build = write("after.jsonl", [1.0, 1.0, 0.5, 0.25, 1.0])
    lines = compared([first_build, second_build], ["ours"], problems).splitlines()
    (row,) = [line for line in lines if line.startswith("| before ours | at or below")]
    assert row.split("|")[4].strip().startswith("50.0 ± ")
    assert "| after ours | at or below random, % | +0.0 ± 0.0 | +0.0 ± 0.0 | - | - | - |" in lines


def test_reports_cover_the_numbers_of_trials_up_to_the_budgets() -> None:
    assert points([problem("a", "one", 200)]) == [25, 50, 100, 200]
    assert points([problem("a", "one", 100), problem("b", "two", 200)]) == [25, 50, 100, 200, None]
    assert points([problem("a", "one", 2000)]) == [25, 50, 100, 200, None]
