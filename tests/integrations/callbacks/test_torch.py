"""One trial for all ranks of a training with PyTorch, with two processes over gloo."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tanteo as tt
from tanteo.integrations.torch import SharedTrial, on_rank_zero

pytest.importorskip("torch", reason="PyTorch is not installed")

SCRIPT = Path(__file__).with_name("ranks.py")


def torchrun(folder, scenario):
    """Run a scenario in two processes; return the process of torchrun, and what each rank saw."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    path = os.pathsep.join([str(SCRIPT.parent), str(SCRIPT.parents[2]), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    ran = subprocess.run(
        [*command, str(SCRIPT), scenario],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return ran, {int(file.stem): json.loads(file.read_text()) for file in folder.glob("*.json")}


def test_every_rank_gets_the_trial_and_the_decisions_of_rank_zero(tmp_path):
    ran, seen = torchrun(tmp_path, "share")
    assert ran.returncode == 0, ran.stderr
    assert seen[0] == seen[1]
    assert seen[0]["n_ranks"] == 2
    assert [stop for stop, _ in seen[0]["decisions"]] == [False, False, True, True]
    assert "at step 2 is outside the bounds" in seen[0]["decisions"][2][1]
    value, steps, attributes = seen[0]["told"]
    assert (value, steps, attributes) == (0.5, {str(step): 2.0 for step in range(4)}, {"rank": 0})


def test_an_error_of_rank_zero_is_raised_on_every_rank(tmp_path):
    ran, seen = torchrun(tmp_path, "ask_fails")
    assert ran.returncode == 0, ran.stderr
    message = "a trial of Optuna trains in one process; train with one,"
    assert [[kind, text[: len(message)]] for rank in seen.values() for kind, text in rank["seen"][2:]] == [
        ["ArgumentError", message]
    ] * 2
    assert [rank["seen"][0][0] for rank in seen.values()] == ["SpaceExhausted"] * 2
    assert seen[0]["seen"][1] == ["UnpicklableError", "no disk"]
    assert seen[1]["seen"][1][0] == "WorkerError"
    assert seen[1]["seen"][1][1].startswith("UnpicklableError: no disk\n(raised in the process of rank 0; ")


def test_a_result_that_cannot_be_sent_is_an_error_on_every_rank(tmp_path):
    ran, seen = torchrun(tmp_path, "unsendable")
    assert ran.returncode == 0, ran.stderr
    assert seen[0] == seen[1]
    assert seen[0]["next"] == 7
    assert "the result of the function on rank 0 cannot be sent to the other ranks, got <" in seen[0]["seen"][0]


def test_every_rank_leaves_a_pruned_training_at_the_same_step(tmp_path):
    ran, seen = torchrun(tmp_path, "prune")
    assert ran.returncode == 0, ran.stderr
    assert seen == {rank: {"step": 2, "state": "pruned"} for rank in (0, 1)}


def test_rank_zero_does_not_wait_for_a_rank_that_died(tmp_path):
    ran, seen = torchrun(tmp_path, "dies")
    assert ran.returncode != 0
    assert 1 in seen
    # torchrun may end rank 0 before it prints its error.
    assert seen.get(0, {"error": "RuntimeError"})["error"].endswith("Error")


@pytest.mark.parametrize("library", ["lightning", "transformers"])
def test_a_training_of_a_library_is_stopped_in_every_process(library, tmp_path):
    pytest.importorskip(library, reason=f"{library} is not installed")
    ran, seen = torchrun(tmp_path, library)
    assert ran.returncode == 0, ran.stderr
    assert seen == {rank: {"state": "pruned", "last": 2, "n_processes": 2} for rank in (0, 1)}


def test_a_single_process_shares_with_nobody():
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0, pruner=tt.pruners.Threshold(upper=1.0))
    trial = SharedTrial(search.ask)
    trial.report(0, 2.0)
    assert trial.should_prune()
    assert (trial.id, trial.n_ranks) == (0, 1)
    assert on_rank_zero(lambda: 3) == 3
    with pytest.raises(KeyError):
        on_rank_zero(lambda: {}["missing"])
