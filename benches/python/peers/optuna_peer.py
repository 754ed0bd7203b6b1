"""Optuna with in-memory studies and the settings that its documentation recommends."""

from __future__ import annotations

import warnings
from typing import Any

from benches.python.peers.space import Parameter, Space


def suggest(trial: Any, p: Parameter) -> Any:
    """Suggest one parameter with the define-by-run interface, which is the same in Rustuna."""
    if p.kind == "categorical":
        return trial.suggest_categorical(p.name, list(p.choices))
    if p.kind == "int":
        return trial.suggest_int(p.name, int(p.low), int(p.high), log=p.log)
    return trial.suggest_float(p.name, p.low, p.high, log=p.log)


def configuration(trial: Any, space: Space) -> dict[str, Any]:
    """Suggest a complete configuration, parents first, so that only active parameters are suggested."""
    params: dict[str, Any] = {}
    for p in space.active(params):
        params[p.name] = suggest(trial, p)
    return params


def distribution(p: Parameter) -> Any:
    """Return the distribution of a parameter in :func:`suggest`."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if p.kind == "categorical":
        return CategoricalDistribution(list(p.choices))
    if p.kind == "int":
        return IntDistribution(int(p.low), int(p.high), log=p.log)
    return FloatDistribution(p.low, p.high, log=p.log)


class Optuna:
    """One study."""

    def __init__(self, space: Space, sampler: Any) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._space = space
        self._failed = optuna.trial.TrialState.FAIL
        self._study = optuna.create_study(sampler=sampler)

    def ask(self) -> tuple[Any, dict[str, Any]]:
        """Ask for one trial, define-by-run."""
        trial = self._study.ask()
        return trial, configuration(trial, self._space)

    def tell(self, handle: Any, value: float | None) -> None:
        """Tell a value; a failure is told as the state FAIL."""
        if value is None:
            self._study.tell(handle, state=self._failed)
        else:
            self._study.tell(handle, value)

    def observe(self, rows: list[tuple[dict[str, Any], float]]) -> None:
        """Add completed trials with ``add_trials``."""
        from optuna.trial import create_trial

        distributions = {p.name: distribution(p) for p in self._space}
        self._study.add_trials(
            [create_trial(params=r, distributions={k: distributions[k] for k in r}, value=v) for r, v in rows]
        )


def tpe_sampler(space: Space, seed: int) -> Any:
    """Return TPESampler with its defaults (multivariate, constant liar), grouped if the space is conditional."""
    import optuna

    conditional = any(p.parent for p in space)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        options: dict[str, Any] = {"group": True, "multivariate": True} if conditional else {}
        return optuna.samplers.TPESampler(seed=seed, **options)


def tpe(space: Space, seed: int) -> Optuna:
    """Return one study with :func:`tpe_sampler`."""
    return Optuna(space, tpe_sampler(space, seed))


def cmaes(space: Space, seed: int) -> Optuna:
    """Return a study with CmaEsSampler and its defaults; it draws parameters that it cannot model at random."""
    import optuna

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Optuna(space, optuna.samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False))


def gp(space: Space, seed: int) -> Optuna:
    """Return a study with GPSampler and its defaults; on conditional spaces it models only the common parameters."""
    import optuna

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Optuna(space, optuna.samplers.GPSampler(seed=seed, warn_independent_sampling=False))
