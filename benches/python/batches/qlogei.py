"""BoTorch's qLogEI: ``SingleTaskGP``, initial Sobol points, then batches optimized by ``optimize_acqf``."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from benches.python.peers import cube
from benches.python.peers.botorch_peer import INITIAL, fitted
from benches.python.peers.flat import existing
from benches.python.peers.space import Space

# Larger batches are optimized point by point, as BoTorch's documentation recommends.
JOINT = 4


class QLogEi:
    """One search in double precision."""

    def __init__(self, space: Space, seed: int, q: int) -> None:
        import torch

        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self._space = space
        self._d = cube.dimension(space)
        self._sobol = torch.quasirandom.SobolEngine(self._d, scramble=True, seed=seed)
        self._points: list[np.ndarray] = []
        self._values: list[float | None] = []

    def ask(self, n: int) -> list[tuple[np.ndarray, dict[str, Any]]]:
        """Return ``n`` configurations."""
        rows = self._sobol.draw(n).numpy() if len(self._values) < INITIAL else self._best_batch(n)
        every = [existing(self._space, cube.decode(self._space, u)) for u in rows]
        return [(cube.encode(self._space, params), params) for params in every]

    def tell(self, handle: np.ndarray, value: float | None) -> None:
        """Record a value; the model is fitted at the next ask."""
        self._points.append(handle)
        self._values.append(value)

    def _best_batch(self, n: int) -> np.ndarray:
        import torch
        from botorch.acquisition import qLogExpectedImprovement
        from botorch.optim import optimize_acqf

        model, x, y = fitted(self._points, self._values)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            acquisition = qLogExpectedImprovement(model, best_f=y.max())
            box = torch.stack([torch.zeros(self._d), torch.ones(self._d)]).to(x)
            options = {"batch_limit": 5, "maxiter": 200}
            best, _ = optimize_acqf(
                acquisition, box, q=n, num_restarts=10, raw_samples=512, options=options, sequential=n > JOINT
            )
        return best.numpy()
