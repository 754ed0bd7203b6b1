"""BoTorch as in its tutorials: ``SingleTaskGP``, ``LogExpectedImprovement``, and rounding of integers and choices."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from benches.python.peers import cube
from benches.python.peers.flat import existing, imputed
from benches.python.peers.space import Space

INITIAL = 5  # Sobol points first, as in Ax.


def fitted(points: list[np.ndarray], values: list[float | None]) -> tuple[Any, Any, Any]:
    """Return the model fitted to the results, with its points and its values, to be maximized."""
    import torch
    from botorch.fit import fit_gpytorch_mll
    from botorch.models import SingleTaskGP
    from gpytorch.mlls import ExactMarginalLogLikelihood

    x = torch.tensor(np.array(points))
    y = -torch.tensor(imputed(values), dtype=x.dtype)[:, None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = SingleTaskGP(x, y)
        fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
    return model, x, y


class Botorch:
    """One search in double precision."""

    def __init__(self, space: Space, seed: int) -> None:
        import torch

        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self._space = space
        self._d = cube.dimension(space)
        self._sobol = torch.quasirandom.SobolEngine(self._d, scramble=True, seed=seed)
        self._points: list[np.ndarray] = []
        self._values: list[float | None] = []
        self._fit: tuple[Any, Any, Any] | None = None

    def ask(self) -> tuple[np.ndarray, dict[str, Any]]:
        """Return a Sobol point, later the maximum of the acquisition function."""
        u = self._sobol.draw(1)[0].numpy() if len(self._values) < INITIAL else self._maximize()
        params = existing(self._space, cube.decode(self._space, u))
        return cube.encode(self._space, params), params

    def tell(self, handle: np.ndarray, value: float | None) -> None:
        """Record a value. BoTorch maximizes, so the sign is changed when the model is built."""
        self._points.append(handle)
        self._values.append(value)
        self._fit = None

    def observe(self, rows: list[tuple[dict[str, Any], float]]) -> None:
        """Add completed trials."""
        for params, value in rows:
            self.tell(cube.encode(self._space, params), value)

    def recommended(self) -> int:
        """Return the trial with the best posterior mean, as in BoTorch's tutorials; without a model, the best trial."""
        if len(self._values) < INITIAL:
            return int(np.argmin(imputed(self._values)))
        model, x, _ = self._fitted()
        return int(model.posterior(x).mean.argmax())

    def _fitted(self) -> tuple[Any, Any, Any]:
        """Return model, points and values, fitted once for the recommendation and the next suggestion."""
        if self._fit is None:
            self._fit = fitted(self._points, self._values)
        return self._fit

    def _maximize(self) -> np.ndarray:
        import torch
        from botorch.acquisition import LogExpectedImprovement
        from botorch.optim import optimize_acqf

        model, x, y = self._fitted()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            acquisition = LogExpectedImprovement(model, best_f=y.max())
            box = torch.stack([torch.zeros(self._d), torch.ones(self._d)]).to(x)
            best, _ = optimize_acqf(acquisition, box, q=1, num_restarts=10, raw_samples=512)
        return best[0].numpy()
