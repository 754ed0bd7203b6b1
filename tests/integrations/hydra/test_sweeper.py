"""The sweeper of Hydra, in applications of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tanteo as tt

pytest.importorskip("hydra", reason="Hydra is not installed")

from omegaconf import OmegaConf

APP = Path(__file__).with_name("app.py")


def run(folder, *overrides):
    """Run the application; return its process and the configurations that its jobs got."""
    seen = folder / "seen.jsonl"
    seen.unlink(missing_ok=True)
    command = [sys.executable, str(APP), "--multirun", "hydra/sweeper=tanteo", "hydra.sweep.dir=out", *overrides]
    process = subprocess.run(
        command, cwd=folder, env={**os.environ, "SEEN": str(seen)}, capture_output=True, text=True, check=False
    )
    return process, [json.loads(line) for line in seen.read_text().splitlines()] if seen.exists() else []


def test_a_sweep_searches_its_overrides_and_is_continued(tmp_path):
    options = ["hydra.sweeper.study=sweep.db", "hydra.sweeper.seed=0", "hydra.sweeper.n_jobs=2"]
    space = ["lr=tag(log, interval(1e-5, 1))", "kind=null,'a b'", "+extra=7"]
    process, seen = run(tmp_path, *options, "hydra.sweeper.n_trials=5", *space)
    assert process.returncode == 0, process.stderr
    study = tt.Study(tmp_path / "sweep.db", read_only=True)
    assert [trial.state for trial in study.trials] == ["complete"] * 5
    assert [(c["lr"], c["kind"], c["extra"]) for c in seen] == [
        (trial.params["lr"], {"null": None, "'a b'": "a b"}[trial.params["kind"]], 7) for trial in study.trials
    ]
    assert study.trials[3].value == abs(seen[3]["lr"] - 0.01)
    results = OmegaConf.load(tmp_path / "out/optimization_results.yaml")
    assert (results.best_params, results.best_value) == (study.best.params, study.best.value)
    study.close()
    process, seen = run(tmp_path, *options, "hydra.sweeper.n_trials=7", *space)
    assert process.returncode == 0, process.stderr
    assert len(seen) == 2
    assert len(tt.Study(tmp_path / "sweep.db", read_only=True).trials) == 7


def test_a_failing_job_ends_the_sweep_unless_failures_are_allowed(tmp_path):
    options = ["hydra.sweeper.sampler=grid", "kind=good,bad,fine", "hydra.sweeper.study=s.db"]
    process, seen = run(tmp_path, *options)
    assert process.returncode != 0
    assert "a bad kind" in process.stderr
    assert len(seen) < 3
    process, _ = run(tmp_path, "hydra.sweeper.max_failure_rate=0.5", *options)
    assert process.returncode == 0, process.stderr
    trials = tt.Study(tmp_path / "s.db", read_only=True).trials
    assert {trial.params["kind"]: trial.state for trial in trials} == {
        "good": "complete",
        "bad": "failed",
        "fine": "complete",
    }
    assert {trial.reason for trial in trials} == {None, "ValueError: a bad kind"}


def test_a_cancelled_job_is_no_failure(tmp_path):
    process, _ = run(tmp_path, "hydra.sweeper.sampler=grid", "kind=good,lost,fine", "hydra.sweeper.study=s.db")
    assert process.returncode == 0, process.stderr
    trials = tt.Study(tmp_path / "s.db", read_only=True).trials
    assert [trial.reason for trial in trials if trial.state == "failed"] == ["connection lost"]


def test_the_space_may_stand_in_the_configuration_and_objectives_have_names(tmp_path):
    process, seen = run(
        tmp_path,
        "+hydra.sweeper.params.lr='tag(log, interval(1e-3, 1))'",
        "+hydra.sweeper.params.n='range(1, 4)'",
        "hydra.sweeper.direction={a: minimize, b: maximize}",
        "hydra.sweeper.sampler={name: tpe, n_startup: 2}",
        "hydra.sweeper.n_trials=4",
        "lr=0.5,0.25",
    )
    assert process.returncode == 0, process.stderr
    assert {c["lr"] for c in seen} == {0.25, 0.5}
    assert {c["n"] for c in seen} <= {1, 2, 3}
    assert "solutions" in OmegaConf.load(tmp_path / "out/optimization_results.yaml")


def test_a_sweep_without_a_space_is_refused(tmp_path):
    process, _ = run(tmp_path, "lr=0.5")
    assert process.returncode != 0
    assert "nothing to search" in process.stderr


def test_an_override_may_exist_for_some_values_of_another(tmp_path):
    conditions = "+hydra.sweeper.conditions.lr={kind: [good, fine]}"
    options = ["hydra.sweeper.seed=0", "hydra.sweeper.n_trials=6", "kind=good,none,fine", "lr=interval(0.5, 1)"]
    process, seen = run(tmp_path, conditions, *options)
    assert process.returncode == 0, process.stderr
    assert {c["lr"] == 0.1 for c in seen if c["kind"] == "none"} == {True}
    assert {c["lr"] >= 0.5 for c in seen if c["kind"] != "none"} == {True}
    best = OmegaConf.load(tmp_path / "out/optimization_results.yaml").best_value
    assert f"best: {best!r} with kind=" in process.stdout + process.stderr
    process, _ = run(tmp_path, "+hydra.sweeper.conditions.rate={kind: good}", *options)
    assert process.stderr.startswith(
        "conditions name 'rate', and the sweep searches kind, lr; sweep over rate, or remove"
    )
    assert "Traceback" not in process.stderr
