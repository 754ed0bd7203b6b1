"""Races: candidates that cannot win are dropped before all of their folds are evaluated."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from .library import np

#: The result of one fit of a candidate, as scikit-learn keeps it.
Fit: TypeAlias = dict[str, Any]

# The folds on which every candidate is evaluated.
_N_FIRST = 2


def stages(order: Sequence[int], *, is_race: bool) -> Iterator[Sequence[int]]:
    """Iterate over the folds to evaluate before the next decision: in a race two, and then one at a time."""
    first = _N_FIRST if is_race else len(order)
    yield order[:first]
    for fold in order[first:]:
        yield [fold]


def add_races(results: dict[str, Any], fits: Sequence[Mapping[int, Fit]], n_folds: int) -> None:
    """Correct the results of candidates that were dropped, whose missing folds were filled with others.

    Their scores are NaN on these folds. Means and standard deviations are those of the evaluated folds. Candidates
    that were evaluated on all folds rank first. ``n_folds`` has the number of evaluated folds.
    """
    known = np.array([[fold in of for fold in range(n_folds)] for of in fits])
    results["n_folds"] = known.sum(axis=1)
    for name in [match[1] for match in map(re.compile("split0_(.*)").fullmatch, list(results)) if match]:
        columns = [f"split{fold}_{name}" for fold in range(n_folds)]
        table = np.where(known, np.stack([results[column] for column in columns], axis=1), np.nan)
        results.update(zip(columns, table.T, strict=True))
        _summarize(results, name, table, known)
        if f"rank_{name}" in results:
            results[f"rank_{name}"] = _ranks(results[f"mean_{name}"], known.all(axis=1))
    for name in ("fit_time", "score_time"):
        times = [[of[fold].get(name, np.nan) if fold in of else np.nan for fold in range(n_folds)] for of in fits]
        _summarize(results, name, np.array(times), known)


def _summarize(results: dict[str, Any], name: str, table: Any, known: Any) -> None:
    rows = [row[is_known] for row, is_known in zip(table, known, strict=True)]
    results[f"mean_{name}"] = np.array([row.mean() for row in rows])
    results[f"std_{name}"] = np.array([row.std() for row in rows])


def _ranks(means: Any, is_finished: Any) -> Any:
    """Return ranks from 1: the finished candidates by their means, the dropped ones, and those without a mean."""
    groups = np.where(np.isnan(means), 2, np.where(is_finished, 0, 1))
    keys = list(zip(groups.tolist(), (-np.nan_to_num(means)).tolist(), strict=True))
    ordered = sorted(keys)
    return np.array([1 + bisect_left(ordered, key) for key in keys], dtype=np.int32)
