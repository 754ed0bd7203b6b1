"""BoTorch's ``qLogNoisyExpectedHypervolumeImprovement`` as in its tutorials on objectives and constraints."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from benches.objectives.problem import Problem
from benches.python.peers import cube
from benches.python.peers.flat import existing


class Botorch:
    """One search in double precision; choices are rounded as in the peer for a single objective."""

    def __init__(self, problem: Problem, seed: int) -> None:
        import torch

        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self._space, self._d = problem.space, cube.dimension(problem.space)
        self._n_objectives, self._initial = problem.n_objectives, 2 * (self._d + 1)
        self._sobol = torch.quasirandom.SobolEngine(self._d, scramble=True, seed=seed)
        self._points: list[np.ndarray] = []
        self._values: list[list[float]] = []

    def ask(self) -> tuple[np.ndarray, dict[str, Any]]:
        """Return a Sobol point, after ``2 (d + 1)`` of them the maximum of the acquisition function."""
        is_initial = len(self._values) < self._initial
        u = self._sobol.draw(1)[0].numpy() if is_initial else self._maximize()
        params = existing(self._space, cube.decode(self._space, u))
        return cube.encode(self._space, params), params

    def tell(self, handle: np.ndarray, objectives: Sequence[float], constraints: Sequence[float]) -> None:
        """Record a result. BoTorch maximizes, so the sign of the objectives is changed."""
        self._points.append(handle)
        self._values.append([*(-value for value in objectives), *constraints])

    def observe(self, params: dict[str, Any], objectives: Sequence[float]) -> None:
        """Record a result of another configuration."""
        self.tell(cube.encode(self._space, params), objectives, ())

    def _maximize(self) -> np.ndarray:
        import torch
        from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
        from botorch.acquisition.multi_objective.objective import IdentityMCMultiOutputObjective
        from botorch.optim import optimize_acqf
        from botorch.sampling.normal import SobolQMCNormalSampler
        from botorch.utils.multi_objective.hypervolume import infer_reference_point
        from botorch.utils.multi_objective.pareto import is_non_dominated

        x, y = torch.tensor(np.array(self._points)), torch.tensor(np.array(self._values))
        m = self._n_objectives
        feasible = y[(y[:, m:] <= 0).all(dim=-1), :m]
        among = feasible if len(feasible) else y[:, :m]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            acquisition = qLogNoisyExpectedHypervolumeImprovement(
                model=fitted(x, y),
                ref_point=infer_reference_point(among[is_non_dominated(among)]).tolist(),
                X_baseline=x,
                sampler=SobolQMCNormalSampler(sample_shape=torch.Size([128])),
                objective=IdentityMCMultiOutputObjective(outcomes=list(range(m))),
                constraints=[lambda z, k=k: z[..., k] for k in range(m, y.shape[-1])] or None,
                prune_baseline=True,
            )
            box = torch.stack([torch.zeros(self._d), torch.ones(self._d)]).to(x)
            options = {"batch_limit": 5, "maxiter": 200}
            best, _ = optimize_acqf(acquisition, box, q=1, num_restarts=10, raw_samples=512, options=options)
        return best[0].numpy()


def fitted(x: Any, y: Any) -> Any:
    """Return one model per outcome, fitted to standardized values."""
    from botorch.fit import fit_gpytorch_mll
    from botorch.models import ModelListGP, SingleTaskGP
    from botorch.models.transforms.outcome import Standardize
    from gpytorch.mlls import SumMarginalLogLikelihood

    models = [SingleTaskGP(x, y[:, [k]], outcome_transform=Standardize(m=1)) for k in range(y.shape[-1])]
    model = ModelListGP(*models)
    fit_gpytorch_mll(SumMarginalLogLikelihood(model.likelihood, model))
    return model
