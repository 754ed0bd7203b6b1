"""Searches: each returns the rows that it tried, in order. The first rows are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benches.python.peers import tanteo_peer
from benches.python.peers.optuna_peer import Optuna, distribution
from benches.python.peers.space import Space

from .tables import Pool

Search = Callable[[Pool, Sequence[int], int, int], list[int]]


def random(pool: Pool, first: Sequence[int], n: int, seed: int) -> list[int]:
    """Random rows."""
    others = [row for row in np.random.default_rng(seed).permutation(len(pool.rows)) if row not in set(first)]
    return [*first, *others[: n - len(first)]]


def among(sampler: str, sign: float = 0.0) -> Search:
    """``ask(among=...)`` with a sampler of Tanteo.

    With a ``sign`` it learns from a hundred random rows of the other table of the family, whose errors are multiplied
    by it.
    """

    def search(pool: Pool, first: Sequence[int], n: int, seed: int) -> list[int]:
        import tanteo as tt

        space = tanteo_peer.search_space(pool.space)
        candidates = tt.Candidates(pool.rows, space)
        earlier = [known(pool.sibling(), seed, sign)] if sign else None
        optimizer, tried = tt.Optimizer(space, sampler=sampler, seed=seed, earlier=earlier), list(first)
        for row in first:
            optimizer.observe(pool.rows[row], pool.errors[row])
        while len(tried) < n:
            trial = optimizer.ask(among=candidates)
            optimizer.tell(trial, pool.errors[trial.index])
            tried.append(trial.index)
        return tried

    return search


def known(pool: Pool, seed: int, sign: float) -> list[tuple[dict[str, Any], float]]:
    """Return a hundred random rows with their errors, times ``sign``."""
    rows = np.random.default_rng(2000 + seed).permutation(len(pool.rows))[:100]
    return [(pool.rows[row], sign * float(pool.errors[row])) for row in rows]


def nearest(peer: Callable[[Space, int], Any]) -> Search:
    """A search of the whole space: each proposal stands for the nearest untried row, whose error it is told."""

    def search(pool: Pool, first: Sequence[int], n: int, seed: int) -> list[int]:
        optimizer, tried, units = peer(pool.space, seed), list(first), encoded(pool, pool.rows)
        optimizer.observe([(pool.rows[row], float(pool.errors[row])) for row in first])
        while len(tried) < n:
            handle, params = optimizer.ask()
            tried.append(nearest_row(pool, units, params, tried))
            optimizer.tell(handle, float(pool.errors[tried[-1]]))
        return tried

    return search


def optuna(space: Space, seed: int) -> Any:
    """Return Optuna's multivariate TPE, which also learns from given rows."""
    import optuna

    class Started(Optuna):
        def observe(self, rows: Sequence[tuple[dict[str, Any], float]]) -> None:
            for params, value in rows:
                kinds = {p.name: distribution(p) for p in space if p.name in params}
                self._study.add_trial(optuna.trial.create_trial(params=params, distributions=kinds, value=value))

    return Started(space, optuna.samplers.TPESampler(multivariate=True, seed=seed))


def encoded(pool: Pool, rows: Sequence[dict[str, Any]]) -> np.ndarray:
    """Return rows as points: numbers from 0 to 1, one column per choice, 0.5 where a parameter is inactive."""
    columns = []
    for p in pool.space:
        if p.kind == "categorical":
            columns += [[float(row.get(p.name) == choice) for row in rows] for choice in p.choices]
            continue
        low, high = (np.log(p.low), np.log(p.high)) if p.log else (p.low, p.high)
        values = [row.get(p.name) for row in rows]
        scaled = [0.5 if v is None else ((np.log(v) if p.log else v) - low) / (high - low) for v in values]
        columns.append(scaled)
    return np.array(columns).T


def nearest_row(pool: Pool, units: np.ndarray, params: dict[str, Any], tried: Sequence[int]) -> int:
    """Return the untried row that is nearest to a configuration."""
    distances = ((units - encoded(pool, [params])) ** 2).sum(axis=1)
    distances[list(tried)] = np.inf
    return int(distances.argmin())


def process(pool: Pool, first: Sequence[int], n: int, seed: int) -> list[int]:
    """A plain Gaussian process of scikit-learn (Matern 5/2, one lengthscale per column) with expected improvement."""
    import warnings

    from scipy.stats import norm
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    units, tried = encoded(pool, pool.rows), list(first)
    kernel = ConstantKernel() * Matern(np.ones(units.shape[1]), (0.01, 100.0), nu=2.5) + WhiteKernel(1e-3, (1e-6, 1e-1))
    while len(tried) < n:
        model = GaussianProcessRegressor(kernel, normalize_y=True, random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(units[tried], pool.errors[tried])
            mean, std = model.predict(units, return_std=True)
        best = pool.errors[tried].min()
        z = (best - mean) / np.maximum(std, 1e-12)
        gain = (best - mean) * norm.cdf(z) + std * norm.pdf(z)
        gain[tried] = -np.inf
        tried.append(int(gain.argmax()))
    return tried


SEARCHES: dict[str, Search] = {
    "random": random,
    "process": process,
    "nearest-optuna": nearest(optuna),
    "nearest-auto": nearest(tanteo_peer.auto),
    "auto": among("auto"),
    "gp": among("gp"),
    "tpe": among("tpe"),
    "earlier": among("auto", 1.0),
    "earlier-negated": among("auto", -1.0),
}
