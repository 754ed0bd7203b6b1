"""The scores and tables of the quality suite, and what they compare."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from benches.lines import mend
from benches.python.peers.space import floats
from benches.quality import condense
from benches.quality.problem import Problem, exact
from benches.quality.report import coverages, tables
from benches.quality.runs import Run, distinct, search
from benches.quality.score import FLOOR, family_means, held, score, scores


def problem(name: str, family: str = "f", budget: int = 4) -> Problem:
    return Problem(name, family, floats(1, 0.0, 1.0), budget, exact(lambda params: 0.0), optimum=0.0)


def run(name: str, peer: str, values: list[float | None], seed: int = 0) -> Run:
    return Run(name, peer, seed, values, values, 0.0)


def test_the_score_is_0_at_the_median_of_random_search_and_100_at_the_optimum() -> None:
    assert score(2.0, median=2.0, best=1.0) == 0.0
    assert score(1.0, median=2.0, best=1.0) == 100.0
    assert score(9.0, median=2.0, best=1.0) == FLOOR
    assert score(np.inf, median=2.0, best=1.0) == FLOOR


def test_the_incumbent_is_chosen_by_observed_values_and_scored_by_its_true_value() -> None:
    noisy = Run("p", "peer", 0, told=[3.0, 1.0, 2.0], true=[1.0, 5.0, 4.0], peer_seconds=0.0)
    assert [held(noisy, n) for n in (1, 2, 3)] == [1.0, 5.0, 5.0]


def test_a_recommended_trial_is_the_incumbent() -> None:
    noisy = Run("p", "peer", 0, [3.0, 1.0, 2.0], [1.0, 5.0, 4.0], 0.0, recommended=[None, 0, 2])
    assert [held(noisy, n) for n in (1, 2, 3)] == [np.inf, 1.0, 4.0]


def test_peers_are_asked_for_recommendations_on_noisy_problems_only() -> None:
    for family, is_noisy in (("noisy", True), ("tuning", False)):
        result = search(problem("p", family, budget=20), "tanteo-tpe", 0)
        assert (result.recommended is not None) == is_noisy
        assert not is_noisy or len(result.recommended or ()) == 20
    assert search(problem("p", "noisy"), "random", 0).recommended is None


def test_a_run_of_failures_has_an_infinite_incumbent() -> None:
    assert held(run("p", "peer", [None, None]), 2) == np.inf


def test_a_run_has_no_score_beyond_its_end() -> None:
    runs = [run("p", "random", [4.0, 4.0, 4.0, 4.0]), run("p", "short", [2.0, 2.0])]
    problems = {"p": problem("p")}
    assert ("p", "short") in scores(runs, problems, 2)
    assert ("p", "short") not in scores(runs, problems, 3)


def test_peers_are_compared_on_common_problems_only() -> None:
    problems = {name: problem(name) for name in ("a", "b")}
    runs = [run(name, peer, [4.0] * 4) for name in problems for peer in ("random", "wide")]
    runs.append(run("a", "narrow", [2.0] * 4))
    by_cell = scores(runs, problems, 4)
    assert list(coverages(by_cell)) == [
        (frozenset({"a", "b"}), ["random", "wide"]),
        (frozenset({"a"}), ["random", "narrow", "wide"]),
    ]
    all_problems, narrow = tables(runs, problems, 4)
    assert "problems: 2" in all_problems
    assert "narrow" not in all_problems
    assert "problems: 1" in narrow


def test_families_have_equal_weight_whatever_their_size() -> None:
    problems = {"a": problem("a", "one"), "b": problem("b", "two"), "c": problem("c", "two")}
    by_cell = {("a", "peer"): np.array([90.0]), ("b", "peer"): np.array([0.0]), ("c", "peer"): np.array([30.0])}
    means = family_means(by_cell, problems, "peer", set(problems))
    assert means["two"][0] == pytest.approx(15.0)
    assert means["total"][0] == pytest.approx(52.5)


def test_a_truncated_last_line_is_ignored_and_removed_before_appending(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    complete_line = json.dumps(asdict(run("p", "peer", [1.0])))
    path.write_text(f"{complete_line}\n{complete_line[:20]}")
    assert [r.key for r in Run.read(path)] == [("p", "peer", 0)]
    mend(path)
    assert path.read_text() == f"{complete_line}\n"
    assert len(distinct([path, path])) == 1


def test_a_condensed_record_gives_the_scores_of_its_runs(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    problems = {"p": problem("p", budget=30)}
    runs = []
    for seed, peer in enumerate(("random", "random", "noisy", "failing")):
        true = rng.normal(size=30).tolist()
        noise = rng.normal(size=30)
        observed = [t + e if peer != "failing" or e < 0.5 else None for t, e in zip(true, noise, strict=True)]
        recommended = rng.integers(0, 5, 30).tolist() if peer == "noisy" else None
        runs.append(Run("p", peer, seed, observed, true, 0.0, recommended))
    runs.append(run("p", "hopeless", [None] * 30))
    condense.write(tmp_path / "runs.jsonl.gz", runs)
    condensed_runs = list(Run.read(tmp_path / "runs.jsonl.gz"))
    assert sum(t is not None for r in condensed_runs for t in r.told) < 40, "most trials are blank"
    for n in range(1, 31):
        expected, record = scores(runs, problems, n), scores(condensed_runs, problems, n)
        assert {key: s.tolist() for key, s in expected.items()} == {key: s.tolist() for key, s in record.items()}
