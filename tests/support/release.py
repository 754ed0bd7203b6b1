"""Writes a snapshot of each release to tests/snapshots; tests check that later versions can read it.

`python -m support.release` (part of `make golden`) writes the file of this version.
"""

from __future__ import annotations

from pathlib import Path

import tanteo as tt

from .searches import mixed_loss, mixed_space


def search() -> tt.Optimizer:
    """Return a search of twelve trials: every state and kind of result, a pending trial, a queued point, attributes."""
    optimizer = tt.Optimizer(mixed_space(), sampler=tt.samplers.TPE(n_startup=4), seed=3, pausing=True)
    optimizer.observe(mixed_space().sample(1, seed=3)[0], 9.5, sem=0.25, constraints={"c": -1.0, "d": 0.0}, cost=2.0)
    for trial in optimizer.ask(7):
        optimizer.tell(trial, mixed_loss(trial.params))
    for step, trial in enumerate(optimizer.ask(4)):
        optimizer.report(trial, step, 1.0 / (1 + step))
    optimizer.tell(8, tt.Replicates([8.0, 8.5]))
    optimizer.tell(9, state="paused")
    optimizer.tell(10, state="failed", reason="out of memory")
    optimizer.report(11, 5, 0.2, constraints={"c": -0.5})
    optimizer.enqueue({"depth": 2, "optimizer": "sgd"})
    optimizer.set_attr(9, "checkpoint", {"epoch": 3, "path": "a/b"})
    optimizer._core.set_evaluation(10, 1.7e9, 1.7e9 + 2.5, "Traceback (most recent call last):\nMemoryError\n")
    return optimizer


def write(folder: Path) -> None:
    """Write the snapshot of this version."""
    folder.mkdir(exist_ok=True)
    search().save(folder / f"{tt.__version__}.tanteo")


if __name__ == "__main__":
    write(Path(__file__).parents[1] / "snapshots")
