"""The sweeper of Tanteo for Hydra: ``hydra/sweeper=tanteo``.

Hydra imports every module of this namespace package at each start and knows a sweeper by the module of its class. The
work is done by ``tanteo.integrations.hydra``, which is imported when a sweep begins.
"""

from __future__ import annotations

from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins
from hydra.errors import CompactHydraException
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf

#: The options. A dataclass would not do: Hydra runs this module before it registers it.
OPTIONS: dict[str, Any] = {
    "_target_": "hydra_plugins.tanteo_sweeper.TanteoSweeper",
    "n_trials": 20,
    "n_jobs": 1,
    "direction": "minimize",
    "sampler": "auto",
    "seed": None,
    "study": None,
    "max_failure_rate": 0.0,
    "params": {},
    "conditions": {},
}


class TanteoSweeper(Sweeper):
    """Searches for the overrides with which the task function returns the best value.

    Parameters
    ----------
    n_trials
        The number of jobs; with a ``study`` that exists, including those of earlier runs.
    n_jobs
        The number of jobs that are launched at once.
    direction
        ``"minimize"``, ``"maximize"``, a list of these, or a mapping from the names of several objectives.
    sampler
        The name of a sampler, or a mapping of its name and settings, such as ``{name: tpe, n_startup: 20}``.
    seed
        The seed of the search; by default one is drawn.
    study
        The path of a study file, relative to the working directory, to create or continue.
    max_failure_rate
        The share of failed jobs above which the sweep ends with the error of the last one.
    params
        The space: overrides by name, such as ``{lr: "tag(log, interval(1e-5, 1e-1))"}``. Those of the command line
        take precedence.
    conditions
        The values of others for which a parameter exists, by its name: ``{dropout: {model: large}}``, or a list of
        values. A job for which it does not exist gets no override of it.
    """

    def __init__(self, **options: Any) -> None:
        self.options = {
            name: OmegaConf.to_container(value) if OmegaConf.is_config(value) else value
            for name, value in options.items()
        }
        self.hydra_context: HydraContext | None = None
        self.config: DictConfig | None = None
        self.launcher: Launcher | None = None

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Prepare the sweep; Hydra calls this first."""
        self.hydra_context, self.config = hydra_context, config
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> Any:
        """Run all jobs; return the search. Hydra shows errors of Tanteo without a traceback."""
        from tanteo.exceptions import TanteoError
        from tanteo.integrations.hydra import sweep

        try:
            return sweep(self, arguments)
        except TanteoError as error:
            raise CompactHydraException(str(error)) from error


ConfigStore.instance().store(group="hydra/sweeper", name="tanteo", node=OPTIONS, provider="tanteo")
