"""TuRBO (Eriksson et al. 2019) with one trust region, in the setup of BoTorch's tutorial."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from benches.python.peers import cube
from benches.python.peers.flat import existing, imputed
from benches.python.peers.space import Space

FIRST, SHORTEST, LONGEST = 0.8, 0.5**7, 1.6  # Side lengths of the trust region.
SUCCESSES = 10  # Consecutive successes after which the region grows.
GAIN = 1e-3  # Relative improvement of the best value that counts as a success.


class Turbo:
    """Thompson sampling in a box around the best trial, which grows, shrinks and restarts."""

    def __init__(self, space: Space, seed: int, q: int) -> None:
        import torch

        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self._space = space
        self._d = cube.dimension(space)
        self._patience = math.ceil(max(4.0 / q, self._d / q))
        self._sobol = torch.quasirandom.SobolEngine(self._d, scramble=True, seed=seed)
        self._asked_for = 0
        self._start_anew()

    def _start_anew(self) -> None:
        self._points: list[np.ndarray] = []
        self._values: list[float | None] = []
        self._batch: list[float] = []
        self._length, self._good, self._bad, self._best = FIRST, 0, 0, math.inf

    def ask(self, n: int) -> list[tuple[np.ndarray, dict[str, Any]]]:
        """Return two Sobol points per dimension, then batches of Thompson samples."""
        self._judge()
        self._asked_for = n
        if self._length < SHORTEST:
            self._start_anew()
        rows = self._sobol.draw(n).numpy() if len(self._values) < 2 * self._d else self._thompson(n)
        return [self._suggestion(u) for u in rows]

    def _suggestion(self, u: np.ndarray) -> tuple[np.ndarray, dict[str, Any]]:
        params = existing(self._space, cube.decode(self._space, u))
        return cube.encode(self._space, params), params

    def tell(self, handle: np.ndarray, value: float | None) -> None:
        """Record a value; the region is updated once per batch."""
        self._points.append(handle)
        self._values.append(value)
        self._batch.append(math.inf if value is None else value)

    def _judge(self) -> None:
        """Grow the region after successes, and halve it after failures."""
        if not self._batch:
            return
        lowest, self._batch = min(self._batch), []
        if len(self._values) <= 2 * self._d or not math.isfinite(self._best):
            self._best = min(self._best, lowest)
            return
        is_success = lowest < self._best - GAIN * abs(self._best)
        self._good, self._bad = (self._good + 1, 0) if is_success else (0, self._bad + 1)
        if self._good == SUCCESSES:
            self._length, self._good = min(2 * self._length, LONGEST), 0
        elif self._bad == self._patience:
            self._length, self._bad = self._length / 2, 0
        self._best = min(self._best, lowest)

    def _thompson(self, n: int) -> np.ndarray:
        import torch
        from botorch.generation import MaxPosteriorSampling

        x = torch.tensor(np.array(self._points), dtype=torch.double)
        y = -torch.tensor(imputed(self._values), dtype=torch.double)[:, None]
        y = (y - y.mean()) / y.std().clamp_min(1e-9)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = self._fitted(x, y)
            candidates = self._candidates(model, x[y.argmax()])
            with torch.no_grad():
                samples = MaxPosteriorSampling(model=model, replacement=False)(candidates, num_samples=n)
        return samples.numpy()

    def _fitted(self, x: Any, y: Any) -> Any:
        from botorch.exceptions.errors import ModelFittingError
        from botorch.fit import fit_gpytorch_mll
        from botorch.models import SingleTaskGP
        from botorch.optim.fit import fit_gpytorch_mll_scipy
        from gpytorch.constraints import Interval
        from gpytorch.kernels import MaternKernel, ScaleKernel
        from gpytorch.likelihoods import GaussianLikelihood
        from gpytorch.mlls import ExactMarginalLogLikelihood

        likelihood = GaussianLikelihood(noise_constraint=Interval(1e-8, 1e-3))
        matern = MaternKernel(nu=2.5, ard_num_dims=self._d, lengthscale_constraint=Interval(0.005, 4.0))
        model = SingleTaskGP(x, y, covar_module=ScaleKernel(matern), likelihood=likelihood)
        likelihood_of_all = ExactMarginalLogLikelihood(model.likelihood, model)
        try:
            fit_gpytorch_mll(likelihood_of_all)
        except ModelFittingError:
            # The retries draw from priors, which this kernel lacks, so the result of a single run is used.
            fit_gpytorch_mll_scipy(likelihood_of_all)
        return model

    def _candidates(self, model: Any, centre: Any) -> Any:
        """Return Sobol points of the region, each different from the best trial in at most twenty coordinates."""
        import torch

        scales = model.covar_module.base_kernel.lengthscale.squeeze(0).detach()
        scales = scales / scales.mean()
        scales = scales / torch.prod(scales ** (1.0 / self._d))
        low = (centre - scales * self._length / 2).clamp(0.0, 1.0)
        high = (centre + scales * self._length / 2).clamp(0.0, 1.0)
        count = min(5000, max(2000, 200 * self._d))
        points = low + (high - low) * self._sobol.draw(count).to(centre)
        is_changed = torch.rand(count, self._d) <= min(20.0 / self._d, 1.0)
        unchanged_rows = torch.where(is_changed.sum(dim=1) == 0)[0]
        is_changed[unchanged_rows, torch.randint(0, self._d, (len(unchanged_rows),))] = True
        return torch.where(is_changed, points, centre)
