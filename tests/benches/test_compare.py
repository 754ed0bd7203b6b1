"""Paired differences between searches, and the forests that replace trainings."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from benches.python.peers.space import floats
from benches.quality.compare import means, table
from benches.quality.problem import Problem, exact
from benches.quality.runs import Run
from benches.quality.siblings.standins import Forest

PROBLEMS = {
    name: Problem(name, family, floats(1, 0.0, 1.0), 100, exact(lambda p: p["x0"]), optimum=0.0)
    for name, family in (("a", "easy"), ("b", "easy"), ("c", "hard"))
}


def write(path: Path, peer: str, values: dict[tuple[str, int], float]) -> Path:
    """Write a search for each value, which it has at every trial, and a random search with the value 1."""
    runs = [Run(name, searcher, seed, [v] * 100, [v] * 100, 0.0) for (name, seed), value in values.items()
            for searcher, v in ((peer, value), ("random", 1.0))]  # fmt: skip
    path.write_text("".join(json.dumps(asdict(run)) + "\n" for run in runs))
    return path


def test_differences_are_paired_by_problem_and_seed(tmp_path: Path) -> None:
    noise = {("a", 0): 0.1, ("a", 1): 0.6, ("b", 0): 0.3, ("b", 1): 0.2, ("c", 0): 0.9, ("c", 1): 0.0}
    first = write(tmp_path / "first.jsonl", "ours", {key: 0.5 * v + 0.2 for key, v in noise.items()})
    second = write(tmp_path / "second.jsonl", "ours", {key: 0.5 * v + 0.1 for key, v in noise.items()})
    lines = table([first, second], ["ours"], PROBLEMS).splitlines()
    assert [line for line in lines if line.startswith("| second ours")] == [
        f"| second ours | {family} | {' | '.join(['+10.0 ± 0.0'] * 4)} | - |" for family in ("easy", "hard", "total")
    ] + [
        f"| second ours | at or below random, % | {' | '.join(['+0.0 ± 0.0'] * 4)} | - |",
        f"| second ours | worst tenth | {' | '.join(['+10.0 ± 0.0'] * 4)} | - |",
    ]


def test_standard_errors_are_those_between_seeds() -> None:
    """The mean of a family of two problems, whose means have the variances 1 and 4, has the variance 5 / 4."""
    cells = {("a", 0, 100): -1.0, ("a", 1, 100): 1.0, ("b", 0, 100): 8.0, ("b", 1, 100): 12.0, ("c", 0, 100): 7.0}
    by_family = means(cells | {("c", 1, 100): 7.0}, PROBLEMS, 100)
    assert by_family["easy"] == (5.0, pytest.approx(1.25**0.5))
    assert by_family["total"] == (6.0, pytest.approx((1.25 / 4) ** 0.5))


def test_a_forest_predicts_like_the_library_that_trained_it() -> None:
    from sklearn.ensemble import ExtraTreesRegressor

    rng = np.random.default_rng(0)
    x, y = rng.random((60, 3)), rng.random(60)
    theirs = ExtraTreesRegressor(40, max_features=0.7, random_state=0).fit(x, y)
    points = rng.random((20, 3))
    np.testing.assert_allclose([Forest(x, y).predict(row) for row in points], theirs.predict(points), rtol=1e-12)
