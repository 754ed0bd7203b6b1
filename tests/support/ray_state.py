"""Writes the state of a Ray searcher of each release to tests/snapshots; tests check that later versions can read it.

``python -m support.ray_state`` (part of ``make golden``) writes the file of this version.
"""

from __future__ import annotations

from pathlib import Path

import tanteo as tt

FOLDER = Path(__file__).parents[1] / "snapshots"
RELEASES = sorted(FOLDER.glob("*.ray"))


def write(folder: Path) -> None:
    """Write the state of this version.

    It has trials of every state, trials that were never suggested, a choice of dicts, and points that wait.
    """
    from ray import tune

    from tanteo.integrations.ray import TanteoSearch

    from .tune_loop import Loop

    space = {"x": tune.uniform(0, 1), "m": tune.choice([{"kind": "a"}, {"kind": "b", "n": tune.randint(0, 9)}])}
    points = [{"x": 0.125 * k} for k in range(1, 7)]
    search = TanteoSearch(sampler="tpe", seed=3, points_to_evaluate=points)
    tuning = Loop(search, space, n=100)
    trials = [tuning.suggest() for _ in range(5)]
    tuning.report(trials[0], 2.0, 1)
    tuning.stop(trials[0], 1.0, 2)
    tuning.stop(trials[1], 3.0, 1)
    tuning.fail(trials[2])
    tuning.report(trials[3], 1.5, 1)
    # Two trials that were never suggested: one has no value yet, the other waits to be recorded.
    search.on_trial_result("feed", {"training_iteration": 1, "config/x": 0.25, "config/m/kind": "a"})
    tuning.suggest()
    search.on_trial_result("beef", {"loss": 2.5, "training_iteration": 2, "config/x": 0.75, "config/m/kind": "a"})
    paused = tuning.suggest()
    tuning.report(paused, 2.25, 1)
    search.on_pause(paused)
    search.save(str(folder / f"{tt.__version__}.ray"))


if __name__ == "__main__":
    write(FOLDER)
