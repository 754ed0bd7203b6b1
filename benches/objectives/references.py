"""The fronts that scores refer to: by formula, otherwise by an evolutionary search, computed once.

The search is NSGA-II (Deb et al. 2002) with simulated binary crossover and polynomial mutation on rows of numbers;
choices are drawn anew. It only has to be run long enough.
"""

from __future__ import annotations

import functools
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benches.objectives import hypervolume
from benches.objectives.problem import Problem
from benches.objectives.problems import problems
from benches.python.peers.space import Space

FILE = Path(__file__).parent / "data" / "references.json"
#: Numbers of trials at which scores are defined.
LENGTHS = (50, 100, 200)
#: Distance of the reference point beyond the front's worst values, as a share of its range.
BEYOND = 0.1
POPULATION, GENERATIONS, RESTARTS = 200, 800, 2
#: With more than two objectives almost every point belongs to the front, so a shorter search finds it.
GENERATIONS_OF_MANY, RESTARTS_OF_MANY = 300, 1
#: Number of points that a search keeps.
ARCHIVE = 2000


@dataclass(frozen=True, slots=True)
class Reference:
    """What scores need of a front.

    Attributes
    ----------
    ideal, nadir : list of float
        The best and the worst value of every objective on the front.
    volume : float
        The hypervolume of the front in units of the box from the ideal to the reference point.
    best_of : dict
        The hypervolume of the best ``n`` points of the front, chosen greedily, by ``n``.
    """

    ideal: list[float]
    nadir: list[float]
    volume: float
    best_of: dict[str, float]

    def scaled(self, points: np.ndarray) -> np.ndarray:
        """Return objectives in units of the box; the reference point is 1."""
        ideal, nadir = np.array(self.ideal), np.array(self.nadir)
        return np.asarray((points - ideal) / ((nadir - ideal) * (1 + BEYOND)))


@functools.cache
def references() -> dict[str, Reference]:
    """Return the stored references by the name of the problem."""
    return {name: Reference(**fields) for name, fields in json.loads(FILE.read_text()).items()}


def reference(points: np.ndarray) -> Reference:
    """Return the reference of a densely sampled front."""
    points = hypervolume.front(points)
    bare = Reference(points.min(axis=0).tolist(), points.max(axis=0).tolist(), 0.0, {})
    scaled = bare.scaled(points)
    some = scaled[np.random.default_rng(1).permutation(len(scaled))[:3000]] if scaled.shape[1] > 2 else scaled
    best_of = {str(n): volume for n, volume in zip(LENGTHS, hypervolume.greedy(some, LENGTHS), strict=True)}
    return Reference(bare.ideal, bare.nadir, hypervolume.volume(scaled), best_of)


def write(names: list[str]) -> None:
    """Compute the references of some problems and store them."""
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    for name in names:
        problem = problems()[name]
        points = problem.front() if problem.front else searched(problem)
        known[name] = asdict(reference(points))
        print(name, {key: np.round(value, 5).tolist() for key, value in list(known[name].items())[:3]}, flush=True)
        FILE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


def searched(problem: Problem) -> np.ndarray:
    """Return the non-dominated feasible points of some evolutionary searches."""
    many = problem.n_objectives > 2
    generations, restarts = (GENERATIONS_OF_MANY, RESTARTS_OF_MANY) if many else (GENERATIONS, RESTARTS)
    found = [Evolution(problem, seed).run(generations) for seed in range(restarts)]
    return hypervolume.front(np.concatenate(found))


class Evolution:
    """One evolutionary search."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self._problem, self._rng = problem, np.random.default_rng([seed, 0xF207])
        self._low, self._high = bounds(problem.space)
        self._logs = np.array([p.log for p in problem.space])
        self._whole = np.array([p.kind != "float" for p in problem.space])
        self._choices = np.array([p.kind == "categorical" for p in problem.space])

    def values(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return objectives and violations at points of the unit cube."""
        low, high = self._low, self._high
        with np.errstate(divide="ignore", invalid="ignore"):
            x = np.where(self._logs, np.exp(np.log(low) + u * np.log(high / low)), low + u * (high - low))
        x = np.where(self._whole, np.round(np.where(self._choices, np.floor(u * (high + 1 - 1e-9)), x)), x)
        objectives, constraints = self._problem.values(x)
        return objectives, np.clip(constraints, 0, None).sum(axis=1)

    def run(self, generations: int) -> np.ndarray:
        """Return the objectives of the feasible points that no other one dominates."""
        u = self._rng.random((POPULATION, len(self._low)))
        f, v = self.values(u)
        archive = np.empty((0, f.shape[1]))
        for _ in range(generations):
            children = self.children(u)
            more, violations = self.values(children)
            u, f, v = np.concatenate([u, children]), np.concatenate([f, more]), np.concatenate([v, violations])
            kept = survivors(f, v, POPULATION)
            u, f, v = u[kept], f[kept], v[kept]
            archive = np.concatenate([archive, f[v <= 0]])
            if len(archive) > 5 * ARCHIVE:
                archive = self.thinned(archive)
        return self.thinned(archive)

    def thinned(self, points: np.ndarray) -> np.ndarray:
        """Return the front, or a random part of it if there are too many points."""
        points = hypervolume.front(points)
        return points[self._rng.permutation(len(points))[:ARCHIVE]]

    def children(self, u: np.ndarray) -> np.ndarray:
        """Return one child of every point of a population and another one."""
        rng, n, d = self._rng, *u.shape
        mates, spread = u[rng.permutation(n)], rng.random((n, d))
        beta = np.where(spread < 0.5, 2 * spread, 1 / (2 * (1 - spread))) ** (1 / 16)
        crossed = np.where(rng.random((n, d)) < 0.5, 0.5 * ((1 + beta) * u + (1 - beta) * mates), u)
        crossed = np.where(self._choices, np.where(rng.random((n, d)) < 0.5, u, mates), crossed)
        draw = rng.random((n, d))
        step = np.where(draw < 0.5, (2 * draw) ** (1 / 21) - 1, 1 - (2 * (1 - draw)) ** (1 / 21))
        mutated = np.where(self._choices, rng.random((n, d)), crossed + step)
        return np.clip(np.where(rng.random((n, d)) < 1 / d, mutated, crossed), 0, 1)


def bounds(space: Space) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of every parameter; a choice counts from 0."""
    ends = [(0.0, len(p.choices) - 1.0) if p.kind == "categorical" else (p.low, p.high) for p in space]
    return np.array([low for low, _ in ends]), np.array([high for _, high in ends])


def survivors(f: np.ndarray, v: np.ndarray, n: int) -> np.ndarray:
    """Return the ``n`` best: feasible ones before others, then by how many dominate them, then by crowding."""
    feasible = v <= 0
    dominators = (
        ((f[:, None] <= f[None]).all(axis=2) & (f[:, None] < f[None]).any(axis=2) & feasible[:, None]).sum(axis=0)
    ).astype(float)  # fmt: skip
    dominators[~feasible] = len(f) + v[~feasible]
    crowding = np.zeros(len(f))
    members = np.flatnonzero(dominators == 0)
    for k in range(f.shape[1]):
        order = members[np.argsort(f[members, k])]
        if len(order) > 2 and f[order[-1], k] > f[order[0], k]:
            crowding[order[[0, -1]]] = np.inf
            crowding[order[1:-1]] += (f[order[2:], k] - f[order[:-2], k]) / (f[order[-1], k] - f[order[0], k])
    return np.lexsort((-crowding, dominators))[:n]
