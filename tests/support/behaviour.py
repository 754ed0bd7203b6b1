"""Hashes of what searches suggest and of what studies record, to compare two builds.

``python -m support.behaviour > FILE`` prints a line for each; ``diff`` of the files of two builds shows what changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import random
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tanteo as tt

from .branches import Evaluation, floats
from .searches import SAMPLERS, bowl, mixed_loss, mixed_space, sphere, squares, unit_square, with_many_levels

N_STUDIES = 20
#: The number of operations on a study.
N_STEPS = 120
#: What no two runs have in common.
_OF_ONE_RUN = ("host", "process", "started", "finished", "duration")


def n_asks(sampler: str) -> int:
    """Return the number of asks that are compared: fewer of samplers that use a Gaussian process."""
    return 200 if sampler in ("gp", "auto") else 1000


def _value(loss: Callable[[Any], float]) -> Evaluation:
    return lambda params, rng: {"value": loss(params)}


def _constrained(params: Any, rng: random.Random) -> dict[str, Any]:
    return {"value": bowl(params), "constraints": {"memory": params["x"] + params["y"] - 0.7}}


def _two_objectives(params: Any, rng: random.Random) -> dict[str, Any]:
    return {"value": [squares(params.values(), 0.25), squares(params.values(), 0.75)]}


#: A space for each kind of search, and its results.
PROBLEMS: dict[str, tuple[tt.SearchSpace, Evaluation]] = {
    "numbers": (floats(4), _value(sphere)),
    "mixed": (
        tt.SearchSpace(
            {"x": tt.Float(0, 1), "n": tt.Int(1, 99, log=True), "c": tt.Categorical(list("abc"), weights=[1, 2, 4])}
        ),
        _value(lambda params: squares([params["x"]], 0.3) + 1 / params["n"] + (params["c"] == "a")),
    ),
    "conditional": (mixed_space(), _value(mixed_loss)),
    "constrained": (unit_square(constraints=[tt.Linear({"x": 1, "y": 2}, upper=2)]), _constrained),
    "objectives": (floats(3), _two_objectives),
}


def hashed(data: Any) -> str:
    """Return a hash of data in the form of JSON, whose floats have all their bits."""
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()[:16]


def suggestions(sampler: str, problem: str, n_workers: int, n: int, seed: int = 20) -> list[Any]:
    """Return what a search suggests while a trial is pending for each worker; every eighth trial fails."""
    space, evaluate = PROBLEMS[problem]
    directions = ["minimize"] * (2 if problem == "objectives" else 1)
    optimizer = tt.Optimizer(space, directions=directions, sampler=with_many_levels(sampler), seed=seed)
    rng, running = random.Random(seed), deque[tt.Trial]()
    with contextlib.suppress(tt.SpaceExhausted):
        while len(optimizer) < n:
            running.append(optimizer.ask())
            if len(running) == n_workers:
                trial = running.popleft()
                optimizer.tell(trial, **({"state": "failed"} if trial.id % 8 == 3 else evaluate(trial.params, rng)))
    return [[trial.origin, trial.params] for trial in optimizer.trials]


class Program:
    """A random program of the operations of a study; some of them are refused."""

    def __init__(self, number: int, path: Path) -> None:
        self._rng = random.Random(number)
        self._n_objectives = 1 + number % 4 // 3
        self._space = {"x": tt.Float(0, 1), "n": tt.Int(1, 9), "c": tt.Categorical(["a", None, 1.5])}
        pausing = number % 3 == 0
        self._study = tt.Study(
            path,
            self._space,
            directions=["minimize", "maximize"][: self._n_objectives],
            sampler=SAMPLERS[number % len(SAMPLERS)],
            pruner="successive_halving" if pausing else "median",
            pausing=pausing,
            seed=number,
            durability="off",
        )
        often = (self._ask, self._tell, self._report)
        self._operations = (*often, *often, *often, self._fail, self._fold, self._observe, self._enqueue, self._exclude)
        self._operations += (self._include, self._retract, self._cancel, self._note, self._widen)

    def run(self, n: int) -> None:
        """Take steps, and close the study."""
        for _ in range(n):
            with contextlib.suppress(tt.TanteoError):
                self._rng.choice(self._operations)()
        self._study.close()

    def _any(self) -> int:
        """Return one of the last trials."""
        return len(self._study) - 1 - self._rng.randrange(8)

    def _values(self) -> list[float]:
        return [self._rng.random() for _ in range(self._n_objectives)]

    def _ask(self) -> None:
        self._study.ask(self._rng.randint(1, 3))

    def _tell(self) -> None:
        values = [tt.Replicates([v, v + 0.1]) if self._rng.random() < 0.2 else v for v in self._values()]
        constraints = {"memory": self._rng.uniform(-1, 0.5)}
        self._study.tell(self._any(), values, constraints=constraints, cost=self._rng.random())

    def _fail(self) -> None:
        self._study.tell(self._any(), state="failed", reason="out of memory")

    def _report(self) -> None:
        trial = self._any()
        for step in range(1, self._rng.randint(2, 6)):
            self._study.report(trial, step, self._values())
        if decision := self._study.should_prune(trial):
            self._study.tell(trial, state="paused" if decision.pause else "pruned")

    def _fold(self) -> None:
        self._study.report_fold(self._any(), self._rng.randrange(3), self._rng.random())

    def _observe(self) -> None:
        params = {"x": self._rng.random(), "n": self._rng.randint(1, 9), "c": self._rng.choice(["a", None, 1.5])}
        self._study.observe(params, self._values(), sem=0.1 if self._n_objectives == 1 else None)

    def _enqueue(self) -> None:
        self._study.enqueue({"x": self._rng.random()})

    def _exclude(self) -> None:
        self._study.exclude(self._any())

    def _include(self) -> None:
        self._study.include(self._any())

    def _retract(self) -> None:
        self._study.retract(self._any())

    def _cancel(self) -> None:
        self._study.cancel(self._any(), cost=0.5)

    def _note(self) -> None:
        trial = self._any()
        self._study.set_attr(trial, "size", self._rng.randrange(9))
        self._study.annotate(trial, "a note")
        self._study.add_artifact(trial, "runs/2")

    def _widen(self) -> None:
        """Change the space: trials with the choice that is lost are set aside."""
        if self._rng.random() < 0.2:
            self._study.change_space({**self._space, "c": tt.Categorical(["a", None])})


def exported(number: int, n_steps: int = N_STEPS) -> dict[str, list[Any]]:
    """Return the table of a study that was written by a program and opened again, without what differs between runs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.db"
        Program(number, path).run(n_steps)
        with tt.Study(path, read_only=True) as study:
            table = json.loads(study.to_json(steps=True, replicates=True, folds=True))
    return {name: column for name, column in table.items() if name not in _OF_ONE_RUN}


def lines() -> Iterator[str]:
    """Iterate over lines that name a search or a study, the number of its trials, and its hash."""
    for sampler, problem, n_workers in itertools.product(SAMPLERS, PROBLEMS, (1, 4)):
        found = suggestions(sampler, problem, n_workers, n_asks(sampler))
        yield f"{sampler} {problem} workers={n_workers} {len(found)} {hashed(found)}"
    for number in range(N_STUDIES):
        table = exported(number)
        yield f"study {number} {len(table['id'])} {hashed(table)}"


if __name__ == "__main__":
    for line in lines():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
