"""Tanteo through its public interface."""

from __future__ import annotations

from typing import Any

from benches.python.peers.space import Parameter, Space


def search_space(space: Space) -> Any:
    """Return the space as a Tanteo search space."""
    import tanteo as tt

    return tt.SearchSpace({p.name: _parameter(p) for p in space})


def _parameter(p: Parameter) -> Any:
    import tanteo as tt

    when = None if p.parent is None else {p.parent[0]: list(p.parent[1])}
    if p.kind == "categorical":
        return tt.Categorical(list(p.choices), when=when)
    if p.kind == "int":
        return tt.Int(int(p.low), int(p.high), log=p.log, when=when)
    return tt.Float(p.low, p.high, log=p.log, when=when)


class Tanteo:
    """One optimizer."""

    def __init__(self, space: Space, seed: int, sampler: Any) -> None:
        import tanteo as tt

        self._optimizer = tt.Optimizer(search_space(space), sampler=sampler, seed=seed)

    def ask(self) -> tuple[Any, dict[str, Any]]:
        """Ask for one trial."""
        trial = self._optimizer.ask()
        return trial, trial.params

    def tell(self, handle: Any, value: float | None) -> None:
        """Tell a value; a failure is told as ``state="failed"``."""
        if value is None:
            self._optimizer.tell(handle, state="failed")
        else:
            self._optimizer.tell(handle, value)

    def recommended(self) -> int | None:
        """Return ``Optimizer.recommend`` for any sampler."""
        trial = self._optimizer.recommend()
        return None if trial is None else int(trial.id)

    def observe(self, rows: list[tuple[dict[str, Any], float]]) -> None:
        """Add completed trials."""
        for params, value in rows:
            self._optimizer.observe(params, value)


def tpe(space: Space, seed: int) -> Tanteo:
    """Return TPE with its defaults."""
    return Tanteo(space, seed, "tpe")


def auto(space: Space, seed: int) -> Tanteo:
    """Return the default sampler."""
    return Tanteo(space, seed, "auto")


def gp(space: Space, seed: int) -> Tanteo:
    """Return the Gaussian process with its defaults."""
    return Tanteo(space, seed, "gp")
