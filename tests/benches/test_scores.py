"""The scores and tables of the quality suite: what they promise to compare."""

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
from benches.quality.runs import Run, distinct, read, search
from benches.quality.score import FLOOR, family_means, held, score, scores


def problem(name: str, family: str = "f", budget: int = 4) -> Problem:
    return Problem(name, family, floats(1, 0.0, 1.0), budget, exact(lambda params: 0.0), optimum=0.0)


def run(name: str, peer: str, values: list[float | None], seed: int = 0) -> Run:
    return Run(name, peer, seed, values, values, 0.0)


def test_score_is_zero_at_the_median_of_random_and_hundred_at_the_best() -> None:
    assert score(2.0, median=2.0, best=1.0) == 0.0
    assert score(1.0, median=2.0, best=1.0) == 100.0
    assert score(9.0, median=2.0, best=1.0) == FLOOR
    assert score(np.inf, median=2.0, best=1.0) == FLOOR


def test_what_is_held_is_chosen_by_what_was_told_and_judged_by_the_truth() -> None:
    noisy = Run("p", "peer", 0, told=[3.0, 1.0, 2.0], true=[1.0, 5.0, 4.0], peer_seconds=0.0)
    assert [held(noisy, n) for n in (1, 2, 3)] == [1.0, 5.0, 5.0]


def test_what_a_model_recommends_is_held() -> None:
    noisy = Run("p", "peer", 0, [3.0, 1.0, 2.0], [1.0, 5.0, 4.0], 0.0, recommended=[None, 0, 2])
    assert [held(noisy, n) for n in (1, 2, 3)] == [np.inf, 1.0, 4.0]


def test_peers_that_can_recommend_are_asked_on_noisy_problems_alone() -> None:
    for family, asked in (("noisy", True), ("tuning", False)):
        told = search(problem("p", family, budget=20), "tanteo-tpe", 0)
        assert (told.recommended is not None) == asked
        assert not asked or len(told.recommended or ()) == 20
    assert search(problem("p", "noisy"), "random", 0).recommended is None


def test_only_failures_hold_nothing() -> None:
    assert held(run("p", "peer", [None, None]), 2) == np.inf


def test_a_run_has_no_score_beyond_its_end() -> None:
    runs = [run("p", "random", [4.0, 4.0, 4.0, 4.0]), run("p", "short", [2.0, 2.0])]
    known = {"p": problem("p")}
    assert ("p", "short") in scores(runs, known, 2)
    assert ("p", "short") not in scores(runs, known, 3)


def test_peers_are_compared_on_common_problems_only() -> None:
    known = {name: problem(name) for name in ("a", "b")}
    runs = [run(name, peer, [4.0] * 4) for name in known for peer in ("random", "wide")]
    runs.append(run("a", "narrow", [2.0] * 4))
    found = scores(runs, known, 4)
    assert list(coverages(found)) == [
        (frozenset({"a", "b"}), ["random", "wide"]),
        (frozenset({"a"}), ["random", "narrow", "wide"]),
    ]
    all_problems, narrow = tables(runs, known, 4)
    assert "problems: 2" in all_problems
    assert "narrow" not in all_problems
    assert "problems: 1" in narrow


def test_families_weigh_the_same_whatever_their_size() -> None:
    known = {"a": problem("a", "one"), "b": problem("b", "two"), "c": problem("c", "two")}
    found = {("a", "peer"): np.array([90.0]), ("b", "peer"): np.array([0.0]), ("c", "peer"): np.array([30.0])}
    means = family_means(found, known, "peer", set(known))
    assert means["two"][0] == pytest.approx(15.0)
    assert means["total"][0] == pytest.approx(52.5)


def test_a_torn_last_line_is_left_out_and_cut_off_before_more_is_written(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    whole = json.dumps(asdict(run("p", "peer", [1.0])))
    path.write_text(f"{whole}\n{whole[:20]}")
    assert [r.key for r in read(path)] == [("p", "peer", 0)]
    mend(path)
    assert path.read_text() == f"{whole}\n"
    assert len(distinct([path, path])) == 1


def test_a_record_gives_the_scores_of_the_runs_it_was_made_of(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    known = {"p": problem("p", budget=30)}
    runs = []
    for seed, peer in enumerate(("random", "random", "noisy", "failing")):
        true = rng.normal(size=30).tolist()
        told = [t + e if peer != "failing" or e < 0.5 else None for t, e in zip(true, rng.normal(size=30), strict=True)]
        recommended = rng.integers(0, 5, 30).tolist() if peer == "noisy" else None
        runs.append(Run("p", peer, seed, told, true, 0.0, recommended))
    runs.append(run("p", "hopeless", [None] * 30))
    condense.write(tmp_path / "runs.jsonl.gz", runs)
    kept = list(read(tmp_path / "runs.jsonl.gz"))
    assert sum(t is not None for r in kept for t in r.told) < 40, "most trials are blank"
    for n in range(1, 31):
        whole, record = scores(runs, known, n), scores(kept, known, n)
        assert {key: s.tolist() for key, s in whole.items()} == {key: s.tolist() for key, s in record.items()}
