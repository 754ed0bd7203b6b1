"""Golden searches that take every branch of the samplers. Each knows how to check that its branch was taken.

Losses are polynomials and absolute values, and noise is a sum of uniforms, so they have the same bits on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import tanteo as tt

from .searches import in_order, mixed_loss, mixed_space, squares

Params = Mapping[str, Any]
#: Maps a configuration and a generator for noise to the arguments of ``tell``.
Evaluation = Callable[[Params, random.Random], dict[str, Any]]


def floats(n: int) -> tt.SearchSpace:
    """Return a space of ``n`` numbers between 0 and 1."""
    return tt.SearchSpace({f"x{j}": tt.Float(0, 1) for j in range(n)})


def bowl(params: Params) -> float:
    """Return the squared distance from the point with 0.3 in every coordinate."""
    return squares(params.values(), 0.3)


def normal(rng: random.Random) -> float:
    """Draw from approximately a standard normal: the sum of twelve uniforms minus its mean (Irwin-Hall)."""
    return in_order(rng.random() for _ in range(12)) - 6


def _value(loss: Callable[..., float]) -> Evaluation:
    return lambda params, rng: {"value": loss(params)}


def _noisy(loss: Callable[..., float], deviation: float, **fields: Any) -> Evaluation:
    return lambda params, rng: {"value": loss(params) + deviation * normal(rng), **fields}


def _objectives(n: int) -> Evaluation:
    minima = [(k + 0.5) / n for k in range(n)]
    return lambda params, rng: {"value": [squares(params.values(), minimum) for minimum in minima]}


def _floors(n: int) -> Evaluation:
    """Return objectives of which the first ``n - 1`` are zero wherever a number is zero."""

    def evaluate(params: Params, rng: random.Random) -> dict[str, Any]:
        *floors, last = params.values()
        return {"value": [*floors, squares([last], 0.4) + in_order((1 - x) * (1 - x) for x in floors)]}

    return evaluate


def _has_floor(optimizer: tt.Optimizer) -> bool:
    return sum(trial.params["x0"] == 0 for trial in optimizer.trials[:-1]) >= 3


def _valley(params: Params) -> float:
    offset = 6 * (params["x0"] + params["x1"] - 1)
    return float(offset * offset / (1 + offset * offset) + 0.3 * params["x2"])


def _paying_pair(params: Params) -> float:
    """Return a loss with two levels that are bad alone and good together."""
    if (params["a"], params["b"]) == (2, 3):
        return squares([params["x"]], 0.3) - 1.0
    costs = (params["a"] == 2) + (params["b"] == 3)
    return float(squares([params["x"]], 0.3) + 0.05 * (params["a"] + params["b"]) + 0.3 * costs)


def _constrained(params: Params, rng: random.Random) -> dict[str, Any]:
    return {"value": bowl(params), "constraints": {"memory": params["x0"] + params["x1"] - 0.5}}


def _replicated(params: Params, rng: random.Random) -> dict[str, Any]:
    return {"value": tt.Replicates([bowl(params) + 0.1 * normal(rng) for _ in range(3)])}


@dataclass(frozen=True)
class Search:
    """A golden search: ``n_observed`` results at drawn points, then ``n`` suggestions.

    Attributes
    ----------
    n_steps
        The number of steps that a suggested trial reports before its result, unless the pruner stops it.
    options
        Returns further arguments of ``Optimizer``.
    takes_branch
        Whether the final optimizer shows that the branch was taken. Always true if every ask takes the branch.
    """

    space: tt.SearchSpace
    evaluate: Evaluation
    n: int
    n_observed: int = 0
    sampler: str = "gp"
    n_objectives: int = 1
    n_steps: int = 0
    options: Callable[[], dict[str, Any]] = dict
    takes_branch: Callable[[tt.Optimizer], bool] = field(default=lambda optimizer: True)

    def run(self) -> tt.Optimizer:
        """Run the search and return its optimizer."""
        rng = random.Random(3)
        directions = ["minimize"] * self.n_objectives
        optimizer = tt.Optimizer(self.space, directions=directions, sampler=self.sampler, seed=20, **self.options())
        for seed in range(self.n_observed):
            (params,) = self.space.sample(1, seed=seed)
            optimizer.observe(params, **self.evaluate(params, rng))
        for _ in range(self.n):
            trial = optimizer.ask()
            fields = self.evaluate(trial.params, rng)
            optimizer.tell(trial, **({"state": "pruned"} if self._is_stopped(trial, fields) else fields))
        return optimizer

    def _is_stopped(self, trial: tt.Trial, fields: Mapping[str, Any]) -> bool:
        """Report a curve that falls to the result, until the pruner stops the trial."""
        for step in range(1, self.n_steps + 1):
            trial.report(step, fields["value"] + (self.n_steps - step) / (4 * step))
            if step < self.n_steps and trial.should_prune():
                return True
        return False


def _pairs(optimizer: tt.Optimizer) -> int:
    """Return the number of pairs of levels that were tried."""
    return len({(trial.params["a"], trial.params["b"]) for trial in optimizer.trials})


def _fitted(optimizer: tt.Optimizer) -> Any:
    """Return the hyperparameters of a Gaussian process on the trials; it is fitted as in the sampler."""
    points = [list(trial.params.values()) for trial in optimizer.trials]
    return tt.models.GaussianProcess().fit(points, [trial.value for trial in optimizer.trials]).hyperparameters


def _ignores_errors(optimizer: tt.Optimizer, deviation: float) -> bool:
    """Whether a search of a noisy bowl made the suggestions that it would have made without standard errors."""
    without_errors = Search(floats(2), _noisy(bowl, deviation), len(optimizer.trials)).run()
    return [trial.params for trial in without_errors.trials] == [trial.params for trial in optimizer.trials]


def _costly(params: Params, rng: random.Random) -> dict[str, Any]:
    """Return a loss, and a cost that is largest far from the minimum in one parameter."""
    return {"value": bowl(params), "cost": 1 + 20 * squares([params["x0"]], 0.0)}


def _has_stopped_trials(optimizer: tt.Optimizer) -> bool:
    """Whether at least an eighth and at most half of the trials were stopped."""
    n_stopped = sum(trial.state == "pruned" for trial in optimizer.trials)
    return len(optimizer.trials) / 8 <= n_stopped <= len(optimizer.trials) / 2


def _weighs_cost(sampler: str) -> Callable[[tt.Optimizer], bool]:
    """Return whether a search would have made other suggestions without a budget."""

    def takes_branch(optimizer: tt.Optimizer) -> bool:
        without_budget = Search(floats(2), _costly, len(optimizer.trials), sampler=sampler).run()
        return [trial.params for trial in without_budget.trials] != [trial.params for trial in optimizer.trials]

    return takes_branch


def _earlier() -> dict[str, Any]:
    """Return an earlier search of a bowl that has its minimum elsewhere."""
    return {"earlier": [Search(floats(2), _value(lambda params: bowl(params) + params["x1"]), 20).run()]}


def _suggested_by(origin: str) -> Callable[[tt.Optimizer], bool]:
    return lambda optimizer: any(trial.origin == origin for trial in optimizer.trials)


_CHOICES = tt.SearchSpace({"a": tt.Categorical(range(4)), "b": tt.Categorical(range(4)), "x": tt.Float(0, 1)})

#: The searches by name. A name starts with the sampler.
BRANCHES = {
    "gp-anchor64": Search(floats(2), _value(bowl), 12, 60),
    "gp-anchor128": Search(floats(2), _value(bowl), 12, 124),
    "gp-two_objectives": Search(floats(2), _objectives(2), 25, n_objectives=2),
    "gp-three_objectives": Search(floats(3), _objectives(3), 25, n_objectives=3),
    "gp-five_objectives": Search(floats(3), _objectives(5), 20, n_objectives=5),
    "gp-floors": Search(floats(3), _floors(3), 35, n_objectives=3, takes_branch=_has_floor),
    "gp-five_floors": Search(floats(5), _floors(5), 30, n_objectives=5, takes_branch=_has_floor),
    "gp-constraints": Search(floats(2), _constrained, 30),
    "gp-believed_errors": Search(
        floats(2), _noisy(bowl, 0.1, sem=0.1), 25, takes_branch=lambda o: not _ignores_errors(o, 0.1)
    ),
    "gp-doubted_errors": Search(
        floats(2), _noisy(bowl, 0.01, sem=0.3), 25, takes_branch=lambda o: _ignores_errors(o, 0.01)
    ),
    "gp-replicates": Search(floats(2), _replicated, 25),
    "gp-shear": Search(floats(3), _value(_valley), 12, 40, takes_branch=lambda o: bool(_fitted(o).shears.any())),
    "gp-smooth": Search(floats(10), _noisy(bowl, 0.5), 6, 120, takes_branch=lambda o: _fitted(o).noise_variance > 0.05),
    "gp-noise_alone": Search(
        floats(2),
        _noisy(lambda params: 0.0, 1.0),
        12,
        60,
        # Without a signal, the signal variance is a quarter of the noise variance.
        takes_branch=lambda o: abs(_fitted(o).signal_variance / _fitted(o).noise_variance - 0.25) < 1e-9,
    ),
    "gp-pairs": Search(_CHOICES, _value(_paying_pair), 80, takes_branch=lambda o: _pairs(o) == 16),
    "tpe-two_objectives": Search(floats(2), _objectives(2), 25, sampler="tpe", n_objectives=2),
    "tpe-constraints": Search(floats(2), _constrained, 30, sampler="tpe"),
    "nsga2-two_objectives": Search(
        floats(3), _objectives(2), 60, sampler="nsga2", n_objectives=2, takes_branch=_suggested_by("nsga")
    ),
    "nsga3-five_objectives": Search(
        floats(3), _objectives(5), 60, sampler="nsga3", n_objectives=5, takes_branch=_suggested_by("nsga")
    ),
    "nsga2-constraints": Search(floats(2), _constrained, 60, sampler="nsga2", takes_branch=_suggested_by("nsga")),
    "gp-stopped": Search(floats(2), _value(bowl), 30, n_steps=9, takes_branch=_has_stopped_trials),
    "tpe-stopped": Search(floats(2), _value(bowl), 40, sampler="tpe", n_steps=9, takes_branch=_has_stopped_trials),
    "auto-stopped": Search(
        mixed_space(), _value(mixed_loss), 40, sampler="auto", n_steps=9, takes_branch=_has_stopped_trials
    ),
    "gp-budget": Search(floats(2), _costly, 25, options=lambda: {"budget": 200.0}, takes_branch=_weighs_cost("gp")),
    "tpe-budget": Search(
        floats(2), _costly, 25, sampler="tpe", options=lambda: {"budget": 200.0}, takes_branch=_weighs_cost("tpe")
    ),
    "gp-earlier": Search(floats(2), _value(bowl), 20, options=_earlier, takes_branch=_suggested_by("earlier")),
    "tpe-earlier": Search(
        floats(2), _value(bowl), 20, sampler="tpe", options=_earlier, takes_branch=_suggested_by("earlier")
    ),
    "auto-cma": Search(floats(2), _value(bowl), 20, 200, sampler="auto", takes_branch=_suggested_by("cma_es")),
    "auto-both": Search(floats(3), _value(_valley), 40, sampler="auto", takes_branch=_suggested_by("tpe")),
}
