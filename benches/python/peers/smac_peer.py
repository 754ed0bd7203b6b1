"""SMAC3's facade for hyperparameters (random forest, log EI) with its defaults."""

from __future__ import annotations

import math
import tempfile
from typing import Any

from benches.python.peers.space import Parameter, Space

TRIALS = 100  # SMAC needs the number of trials in advance; its initial design depends on it.


def _parameter(p: Parameter) -> Any:
    from ConfigSpace import Categorical, Float, Integer

    if p.kind == "categorical":
        return Categorical(p.name, [str(i) for i in range(len(p.choices))])
    if p.kind == "int":
        return Integer(p.name, (int(p.low), int(p.high)), log=p.log)
    return Float(p.name, (p.low, p.high), log=p.log)


def configuration_space(space: Space, seed: int) -> Any:
    """Return the space; choices are given by index, since ConfigSpace does not accept ``None`` among them."""
    from ConfigSpace import ConfigurationSpace, InCondition

    configspace = ConfigurationSpace(seed=seed)
    configspace.add([_parameter(p) for p in space])
    choices = {p.name: p.choices for p in space}
    for p in space:
        if p.parent:
            name, values = p.parent
            allowed = [str(choices[name].index(v)) for v in values]
            configspace.add(InCondition(configspace[p.name], configspace[name], allowed))
    return configspace


def configuration(space: Space, config: Any) -> dict[str, Any]:
    """Return a configuration of ConfigSpace by name, without inactive parameters."""
    parameters, values = {p.name: p for p in space}, dict(config)
    return {name: _value(parameters[name], values[name]) for name in parameters if name in values}


def _value(p: Parameter, value: Any) -> Any:
    if p.kind == "categorical":
        return p.choices[int(value)]
    return int(value) if p.kind == "int" else float(value)


class Smac:
    """One optimizer, whose files are in a temporary folder."""

    def __init__(self, space: Space, seed: int) -> None:
        from smac import HyperparameterOptimizationFacade, Scenario

        self._space = space
        self._worst = -math.inf
        self._crashed: list[Any] = []
        self._folder = tempfile.TemporaryDirectory()
        scenario = Scenario(
            configuration_space(space, seed), deterministic=True, n_trials=TRIALS, seed=seed,
            output_directory=self._folder.name,
        )  # fmt: skip
        self._smac = HyperparameterOptimizationFacade(
            scenario, lambda config, seed: 0.0, logging_level=False, overwrite=True
        )

    def ask(self) -> tuple[Any, dict[str, Any]]:
        """Ask for one trial."""
        info = self._smac.ask()
        return info, configuration(self._space, info.config)

    def tell(self, handle: Any, value: float | None) -> None:
        """Tell a value. A failure is told as crashed with the worst cost so far.

        SMAC's own cost of a crash, infinity, leads to an error in its forest. SMAC stores the cost, so failures wait
        until another cost is known.
        """
        from smac.runhistory import StatusType, TrialValue

        if value is None:
            self._crashed.append(handle)
        else:
            self._worst = max(self._worst, value)
            self._smac.tell(handle, TrialValue(cost=value, status=StatusType.SUCCESS), save=False)
        if math.isfinite(self._worst):
            for crashed in self._crashed:
                self._smac.tell(crashed, TrialValue(cost=self._worst, status=StatusType.CRASHED), save=False)
            self._crashed.clear()
