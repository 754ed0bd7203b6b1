"""Pairs of objectives with curves: files of runs, and the table that compares two of them."""

import json
from dataclasses import asdict

import numpy as np
from benches.fidelity import pairs


def write(path, runs):
    path.write_text("".join(json.dumps(asdict(run)) + "\n" for run in runs))


def test_two_files_are_compared_by_problem_peer_and_seed(tmp_path):
    before, after = tmp_path / "before.jsonl", tmp_path / "after.jsonl"
    name, peer = "tuning:noise-weak", "tpe+median"
    write(before, [pairs.Run(name, peer, seed, [0.5, 0.5], 40, 20) for seed in range(3)])
    write(after, [pairs.Run(name, peer, seed, [0.5 + seed / 4, 0.75], 60, 50) for seed in (2, 1, 0, 7)])
    lines = list(pairs.table(before, after))[2:]
    assert lines == [
        "| tpe+median | tuning | 15 | 3 | 0.5000 | 0.7500 | +0.2500 (0.1443) | 40 / 60 |",
        "| tpe+median | tuning | 30 | 3 | 0.5000 | 0.7500 | +0.2500 (0.0000) | 40 / 60 |",
    ]


def test_a_search_spends_its_budget_and_is_not_repeated(tmp_path, monkeypatch):
    monkeypatch.setattr(pairs, "BUDGETS", (2, 4))
    monkeypatch.setattr(pairs, "KINDS", ("noise-weak",))
    monkeypatch.setattr(pairs, "PEERS", ("tpe+median",))
    monkeypatch.setattr(pairs, "HALVES", {"tuning": pairs.HALVES["tuning"]})
    run = pairs.search(("tuning:noise-weak", "tpe+median", 0))
    assert run.trials - run.stopped >= 2
    assert np.all(np.diff([0.0, *run.volumes]) >= 0.0)
    write(tmp_path / "runs.jsonl", [run])
    pairs.run(tmp_path / "runs.jsonl", n_seeds=1, jobs=1)
    assert list(pairs.Run.read(tmp_path / "runs.jsonl")) == [run]
