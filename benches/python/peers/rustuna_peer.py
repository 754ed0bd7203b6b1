"""Rustuna with in-memory studies."""

from __future__ import annotations

from typing import Any

from benches.python.peers.optuna_peer import configuration
from benches.python.peers.space import Parameter, Space


def distribution(p: Parameter) -> Any:
    """Return the distribution of a parameter in ``suggest``."""
    from rustuna.distributions import Distribution

    if p.kind == "categorical":
        return Distribution.categorical(list(p.choices))
    if p.kind == "int":
        return Distribution.int(int(p.low), int(p.high), log=p.log)
    return Distribution.float(p.low, p.high, log=p.log)


class Rustuna:
    """One study."""

    def __init__(self, space: Space, sampler: Any) -> None:
        import rustuna

        self._space = space
        self._study = rustuna.create_study(sampler=sampler, storage=rustuna.storages.InMemoryStorage())
        self._failed = rustuna.trial.TrialState.FAIL

    def ask(self) -> tuple[Any, dict[str, Any]]:
        """Ask for one trial, define-by-run as in Optuna."""
        trial = self._study.ask()
        return trial, configuration(trial, self._space)

    def tell(self, handle: Any, value: float | None) -> None:
        """Tell a value; a failure is told as the state FAIL."""
        if value is None:
            self._study.tell(handle.number, state=self._failed)
        else:
            self._study.tell(handle.number, value)

    def observe(self, rows: list[tuple[dict[str, Any], float]]) -> None:
        """Add completed trials with ``add_trial``."""
        import rustuna

        distributions = {p.name: distribution(p) for p in self._space}
        for params, value in rows:
            self._study.add_trial(
                rustuna.create_trial(
                    state=rustuna.trial.TrialState.COMPLETE,
                    value=value,
                    params=params,
                    distributions={k: distributions[k] for k in params},
                )
            )


def tpe(space: Space, seed: int) -> Rustuna:
    """Return a study with TPESampler and its defaults."""
    import rustuna

    return Rustuna(space, rustuna.samplers.TPESampler(seed=seed))
