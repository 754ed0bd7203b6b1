"""The optimizers that search for a front: they are told objectives and constraints, all of which are minimized."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from benches.objectives.botorch_peer import Botorch
from benches.objectives.problem import Problem
from benches.objectives.pymoo_peer import Pymoo
from benches.python.peers.optuna_peer import configuration, distribution
from benches.python.peers.random_peer import Random
from benches.python.peers.tanteo_peer import search_space


class Peer(Protocol):
    """An optimizer of a problem."""

    def ask(self) -> tuple[Any, dict[str, Any]]:
        """Return the next configuration with a handle for its result."""

    def tell(self, handle: Any, objectives: Sequence[float], constraints: Sequence[float]) -> None:
        """Tell a result."""


class Observing(Peer, Protocol):
    """A peer that takes results of configurations that it has not suggested."""

    def observe(self, params: dict[str, Any], objectives: Sequence[float]) -> None:
        """Record a result without constraints."""


class Uninformed:
    """Uniform random search."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self._random = Random(problem.space, seed)

    def ask(self) -> tuple[None, dict[str, Any]]:
        """Draw one configuration."""
        return self._random.ask()

    def tell(self, handle: None, objectives: Sequence[float], constraints: Sequence[float]) -> None:
        """Ignore the result."""


class Tanteo:
    """Tanteo through its public interface."""

    def __init__(self, problem: Problem, seed: int, sampler: str) -> None:
        import tanteo as tt

        space, directions = search_space(problem.space), ["minimize"] * problem.n_objectives
        self._optimizer = tt.Optimizer(space, directions=directions, sampler=sampler, seed=seed)

    def ask(self) -> tuple[Any, dict[str, Any]]:
        """Ask for one trial."""
        trial = self._optimizer.ask()
        return trial, trial.params

    def tell(self, handle: Any, objectives: Sequence[float], constraints: Sequence[float]) -> None:
        """Tell a result; constraints are named by their positions."""
        named = {f"c{k}": value for k, value in enumerate(constraints)} or None
        self._optimizer.tell(handle, list(objectives), constraints=named)

    def observe(self, params: dict[str, Any], objectives: Sequence[float]) -> None:
        """Observe a result."""
        self._optimizer.observe(params, list(objectives))


class Optuna:
    """Optuna with in-memory studies; constraints are told by user attributes, as its documentation shows."""

    def __init__(self, problem: Problem, seed: int, sampler: str) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._space = problem.space
        options: dict[str, Any] = {"seed": seed}
        if problem.n_constraints:
            options["constraints_func"] = lambda trial: trial.user_attrs["constraints"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._study = optuna.create_study(
                sampler=getattr(optuna.samplers, sampler)(**options), directions=["minimize"] * problem.n_objectives
            )

    def ask(self) -> tuple[Any, dict[str, Any]]:
        """Ask for one trial, define-by-run."""
        trial = self._study.ask()
        return trial, configuration(trial, self._space)

    def tell(self, handle: Any, objectives: Sequence[float], constraints: Sequence[float]) -> None:
        """Tell a result."""
        handle.set_user_attr("constraints", list(constraints))
        self._study.tell(handle, list(objectives))

    def observe(self, params: dict[str, Any], objectives: Sequence[float]) -> None:
        """Add a finished trial."""
        from optuna.trial import create_trial

        distributions = {p.name: distribution(p) for p in self._space}
        self._study.add_trial(create_trial(params=params, distributions=distributions, values=list(objectives)))


class Rustuna:
    """Rustuna's TPE with in-memory studies."""

    def __init__(self, problem: Problem, seed: int) -> None:
        import rustuna

        self._space = problem.space
        self._study = rustuna.create_study(
            directions=["minimize"] * problem.n_objectives,
            sampler=rustuna.samplers.TPESampler(seed=seed),
            storage=rustuna.storages.InMemoryStorage(),
        )

    def ask(self) -> tuple[Any, dict[str, Any]]:
        """Ask for one trial, define-by-run as in Optuna."""
        trial = self._study.ask()
        return trial, configuration(trial, self._space)

    def tell(self, handle: Any, objectives: Sequence[float], constraints: Sequence[float]) -> None:
        """Tell a result; constraints first."""
        if constraints:
            handle.set_constraints({f"c{k}": value for k, value in enumerate(constraints)})
        self._study.tell(handle.number, list(objectives))


def _tanteo(sampler: str) -> Callable[[Problem, int], Peer]:
    return lambda problem, seed: Tanteo(problem, seed, sampler)


def _optuna(sampler: str) -> Callable[[Problem, int], Peer]:
    return lambda problem, seed: Optuna(problem, seed, sampler)


def _pymoo(name: str) -> Callable[[Problem, int], Peer]:
    return lambda problem, seed: Pymoo(problem, seed, name)


PEERS: dict[str, Callable[[Problem, int], Peer]] = {
    "random": Uninformed,
    "tanteo-auto": _tanteo("auto"),
    "tanteo-gp": _tanteo("gp"),
    "tanteo-tpe": _tanteo("tpe"),
    "optuna-tpe": _optuna("TPESampler"),
    "optuna-nsga2": _optuna("NSGAIISampler"),
    "optuna-nsga3": _optuna("NSGAIIISampler"),
    "optuna-gp": _optuna("GPSampler"),
    "rustuna-tpe": Rustuna,
    "pymoo-nsga2": _pymoo("nsga2"),
    "pymoo-nsga3": _pymoo("nsga3"),
    "pymoo-sms": _pymoo("sms"),
    "botorch": Botorch,
}
#: Peers that take at least a tenth of a second per suggestion; they run on request only.
SLOW = frozenset({"optuna-gp", "botorch"})
