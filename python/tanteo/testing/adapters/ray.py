"""Adapter for Ray Tune searchers, which are called as Tune calls them, without starting Ray."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...exceptions import ParameterError, SpaceExhausted
from ...space.elsewhere.tune import write
from ...space.search_space import SearchSpace
from ..domain import nested
from ..failure import Unsupported
from ..protocol import Capabilities
from .common import Adapted, ByValue, Trial, create, imported, unsupported_condition


def from_ray(searcher: Any, *, capabilities: Capabilities | Mapping[str, bool] | None = None) -> Adapted:
    """Return a factory for a Ray Tune searcher.

    Floats become ``tune.uniform``, ``loguniform`` and ``quniform``, integers ``randint``, ``lograndint`` and
    ``qrandint``, choices ``tune.choice``. Conditions and known constraints are unsupported. Saving uses ``save`` and
    ``restore``.

    Parameters
    ----------
    searcher
        A searcher class, or a callable ``seed -> searcher``.
    capabilities
        A mapping of the fields of :class:`Capabilities` that differ from the default, or a complete one.

    Examples
    --------
    >>> from tanteo.testing import adapters
    >>> factory = adapters.from_ray(lambda seed: TanteoSearch(seed=seed))
    """
    assumed = Capabilities(save=True, conditional=False, maximize=True)
    return Adapted(_Searcher, searcher, assumed.updated(capabilities))


class _Searcher:
    """A searcher with the interface of a sampler under test."""

    def __init__(self, maker: Any, space: SearchSpace, seed: int, *, direction: str = "minimize") -> None:
        unsupported_condition(space)
        self.space, self._maker, self._seed, self._direction, self._n_asks = space, maker, seed, direction, 0
        self._searcher = self._create()

    def _create(self) -> Any:
        imported("ray.tune", "adapters.from_ray")
        searcher = create(self._maker, self._seed, "seed", "random_state_seed")
        try:
            config = nested({name: write(self.space[name], name) for name in self.space}, self.space)
        except ParameterError as error:
            raise Unsupported(str(error)) from None
        mode = "min" if self._direction == "minimize" else "max"
        if not searcher.set_search_properties("loss", mode, config):
            raise Unsupported("the searcher has a space of its own")
        return searcher

    def ask(self) -> Trial:
        number = f"{self._n_asks:08x}"
        config = self._searcher.suggest(number)
        if config is None or config == imported("ray.tune.search", "adapters.from_ray").Searcher.FINISHED:
            raise SpaceExhausted("the searcher has nothing more to suggest")
        self._n_asks += 1
        return Trial(number, config)

    def tell(self, trial: Trial, value: Any = None) -> None:
        if value is None:
            self._searcher.on_trial_complete(trial.id, result=None, error=True)
            return
        result = {"loss": value, "training_iteration": 1, "trial_id": trial.id}
        self._searcher.on_trial_result(trial.id, dict(result))
        self._searcher.on_trial_complete(trial.id, result={**result, "done": True}, error=False)

    def __getstate__(self) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "state"
            self._searcher.save(str(path))
            saved = path.read_bytes()
        attributes = {name: value for name, value in vars(self).items() if name != "_searcher"}
        return {**attributes, "_maker": ByValue(self._maker), "saved": saved}

    def __setstate__(self, state: dict[str, Any]) -> None:
        saved = state.pop("saved")
        vars(self).update(state)
        self._searcher = self._create()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "state"
            path.write_bytes(saved)
            self._searcher.restore(str(path))
