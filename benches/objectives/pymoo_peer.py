"""The evolutionary algorithms of pymoo, which search the unit cube in populations of 20."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benches.objectives.problem import Problem
from benches.python.peers import cube
from benches.python.peers.flat import existing

#: The default of 100 would leave one generation to a search of 100 trials.
POPULATION = 20


def algorithm(name: str, n_objectives: int) -> Any:
    """Return an algorithm by its name; NSGA-III has well-spread directions (Blank et al. 2021)."""
    if name == "nsga3":
        from pymoo.algorithms.moo.nsga3 import NSGA3
        from pymoo.util.ref_dirs import get_reference_directions

        return NSGA3(get_reference_directions("energy", n_objectives, POPULATION, seed=1), pop_size=POPULATION)
    if name == "sms":
        from pymoo.algorithms.moo.sms import SMSEMOA

        return SMSEMOA(pop_size=POPULATION)
    from pymoo.algorithms.moo.nsga2 import NSGA2

    return NSGA2(pop_size=POPULATION)


class Pymoo:
    """One search. A generation ends when all its configurations are told."""

    def __init__(self, problem: Problem, seed: int, name: str) -> None:
        from pymoo.core.problem import Problem as Cube
        from pymoo.core.termination import NoTermination

        d, self._space = cube.dimension(problem.space), problem.space
        box = Cube(n_var=d, n_obj=problem.n_objectives, n_ieq_constr=problem.n_constraints, xl=0.0, xu=1.0)
        self._algorithm = algorithm(name, problem.n_objectives)
        self._algorithm.setup(box, termination=NoTermination(), seed=seed, verbose=False)
        self._generation: Any = []
        self._n_told = 0

    def ask(self) -> tuple[Any, dict[str, Any]]:
        """Return the next configuration of the generation."""
        if self._n_told == len(self._generation):
            self._generation, self._n_told = self._algorithm.ask(), 0
        individual = self._generation[self._n_told]
        return individual, existing(self._space, cube.decode(self._space, individual.X))

    def tell(self, handle: Any, objectives: Sequence[float], constraints: Sequence[float]) -> None:
        """Tell a result, and the generation after its last one."""
        handle.set("F", np.array(objectives))
        handle.set("G", np.array(constraints))
        self._n_told += 1
        if self._n_told == len(self._generation):
            self._algorithm.tell(infills=self._generation)
