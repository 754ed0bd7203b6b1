"""What each rank of a training does in `test_torch.py`; torchrun starts it twice with the name of a scenario.

Each rank writes what it saw to a file of JSON in the working directory.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import optuna
import torch
import torch.distributed as distributed

import tanteo as tt
from tanteo.integrations.torch import SharedTrial, on_rank_zero

RANK = int(os.environ["RANK"])
PRUNER = tt.pruners.Threshold(upper=1.0, n_warmup_steps=2)


class UnpicklableError(Exception):
    """An exception that cannot be sent to another process."""

    def __init__(self, message, lock):
        super().__init__(message)
        self.lock = lock


def write(saw):
    Path(f"{RANK}.json").write_text(json.dumps(saw))


def search():
    """Return the search on rank 0; the other ranks have none."""
    return tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0, pruner=PRUNER) if RANK == 0 else None


def share():
    optimizer = search()
    trial = SharedTrial(lambda: optimizer.ask())
    trial.set_attr("rank", RANK)
    decisions = []
    for step in range(4):
        trial.report(step, 2.0 + 5 * RANK)
        decisions.append((bool(trial.should_prune()), trial.should_prune().reason))
    n_told = on_rank_zero(lambda: optimizer.tell(trial.id, 0.5) or len(optimizer.trials))
    told = on_rank_zero(
        lambda: (optimizer.trials[0].value, dict(optimizer.trials[0].steps), dict(optimizer.trials[0].attrs))
    )
    return {"params": trial.params, "decisions": decisions, "n_told": n_told, "told": told, "n_ranks": trial.n_ranks}


def ask_fails():
    exhausted = tt.Optimizer({"x": tt.Categorical(["a"])}, seed=0) if RANK == 0 else None
    on_rank_zero(lambda: exhausted.tell(exhausted.ask(), 0.0))
    seen = []
    for ask in (lambda: exhausted.ask(), raise_unpicklable, lambda: optuna.trial.FixedTrial({"x": 0.5})):
        try:
            SharedTrial(ask)
        except Exception as error:
            seen.append([type(error).__name__, str(error)])
    return {"seen": seen}


def unsendable():
    """Every rank hears of a result that cannot be sent, and goes on with the next call."""
    seen = []
    try:
        on_rank_zero(lambda: sys.stdout)
    except tt.ArgumentError as error:
        seen.append(str(error))
    return {"seen": seen, "next": on_rank_zero(lambda: Answer(7)).value}


class Answer:
    """A class of the script itself."""

    def __init__(self, value):
        self.value = value


def raise_unpicklable():
    raise UnpicklableError("no disk", lock=sys.stdout)


def prune():
    """Every rank leaves the training at the same step, so none waits for another in a reduction."""
    optimizer = search()
    trial = SharedTrial(lambda: optimizer.ask())
    try:
        for step in range(10):
            distributed.all_reduce(torch.ones(1))
            trial.report(step, 2.0)
            if trial.should_prune():
                raise tt.Pruned("behind")
    except tt.Pruned as pruned:
        reason = pruned.reason
        on_rank_zero(lambda: optimizer.tell(trial.id, state="pruned", reason=reason))
    return {"step": step, "state": on_rank_zero(lambda: optimizer.trials[0].state)}


def dies():
    """The other rank gets an error, and does not wait for ever."""
    optimizer = search()
    trial = SharedTrial(lambda: optimizer.ask())
    if RANK == 1:
        write({})
        os.kill(os.getpid(), signal.SIGKILL)
    try:
        while True:
            trial.report(0, 0.5)
            trial.report(1, 0.5)
            distributed.barrier()
    except Exception as error:
        return {"error": type(error).__name__}


def lightning():
    from test_lightning import trainer_of

    return prune_in(trainer_of("lightning.pytorch"), "val_loss", devices=2, strategy="ddp")


def transformers():
    from test_transformers import train_in

    return prune_in(train_in("unused", per_device_train_batch_size=16), "eval_loss")


def prune_in(train, metric, **options):
    """Train with the callback of a library in all processes; return how the trial ended."""
    optimizer = search()
    trial = SharedTrial(lambda: optimizer.ask())
    try:
        train(trial, metric, **options)
    except tt.Pruned as pruned:
        reason = pruned.reason
        on_rank_zero(lambda: optimizer.tell(trial.id, state="pruned", reason=reason))
    ended = on_rank_zero(lambda: (optimizer.trials[0].state, list(optimizer.trials[0].steps)))
    return {"state": ended[0], "last": ended[1][-1], "n_processes": distributed.get_world_size()}


SCENARIOS = (share, ask_fails, unsendable, prune, dies, lightning, transformers)

if __name__ == "__main__":
    saw = {scenario.__name__: scenario for scenario in SCENARIOS}[sys.argv[1]]()
    write(saw)
    if distributed.is_initialized():
        # Threads that the interpreter finds running at its exit sometimes abort the process.
        distributed.destroy_process_group()
