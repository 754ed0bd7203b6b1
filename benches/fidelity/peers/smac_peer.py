"""SMAC3's multi-fidelity facade (Hyperband, a random forest) through ask and tell."""

from __future__ import annotations

import tempfile
from typing import Any

from benches.fidelity.peers.checkpoints import Checkpoints
from benches.fidelity.peers.protocol import State
from benches.fidelity.problem import Task
from benches.python.peers.smac_peer import configuration, configuration_space
from benches.quality.problem import Params

# More trials than any search needs.
TRIALS = 5_000


class Smac:
    """The facade with its defaults (eta 3), from one step to all, and five random configurations like its example.

    Configurations that are requested again at a higher budget resume where they paused. The recommendation is the
    incumbent of the intensifier, the best at the highest budget seen.
    """

    reads_folds = False

    def __init__(self, task: Task, seed: int) -> None:
        from smac import MultiFidelityFacade, Scenario

        self._space, self._checkpoints = task.space, Checkpoints(task.steps)
        self._folder = tempfile.TemporaryDirectory()
        scenario = Scenario(
            configuration_space(task.space, seed), deterministic=True, n_trials=TRIALS, min_budget=1,
            max_budget=task.steps, seed=seed, output_directory=self._folder.name,
        )  # fmt: skip
        self._smac = MultiFidelityFacade(
            scenario, lambda config, seed, budget: 0.0, logging_level=False, overwrite=True,
            initial_design=MultiFidelityFacade.get_initial_design(scenario, n_configs=5),
        )  # fmt: skip
        self._params: dict[Any, Params] = {}

    def ask(self) -> tuple[Any, Params]:
        """Return one trial."""
        info = self._smac.ask()
        params = configuration(self._space, info.config)
        key = self._checkpoints.start(params, info, info.budget)
        self._params[key] = params
        return key, params

    def report(self, key: Any, step: int, value: float) -> bool:
        """Stop at the budget of the trial."""
        return self._checkpoints.stops(key, step)

    def finish(self, key: Any, value: float, state: State, cost: float) -> None:
        """Tell the result of the trial."""
        from smac.runhistory import TrialValue

        info = self._checkpoints.finish(key, self._params[key])
        self._smac.tell(info, TrialValue(cost=value, time=cost), save=False)

    def recommend(self) -> Params | None:
        """Return the recommendation; see the class."""
        incumbents = self._smac.intensifier.get_incumbents()
        return configuration(self._space, incumbents[0]) if incumbents else None
