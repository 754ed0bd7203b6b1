"""Condenses runs to the form in the repository: only the data that scores and curves need.

A score needs the trial that is held after ``n`` trials and the best true value of a run. Therefore trials that improve
on the told values before them keep both their values. Recommended trials and the one with the best true value keep the
true value. All other values are blank, like failures.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from benches.quality.runs import Run


def improvements(values_: list[float | None]) -> set[int]:
    """Return the indices of the values that are below all values before them."""
    values = np.array([np.inf if t is None else t for t in values_])
    previous_best = np.minimum.accumulate(np.concatenate(([np.inf], values[:-1])))
    return set(np.flatnonzero(values < previous_best).tolist())


def condensed(run: Run) -> Run:
    """Return the run without the trials that no score needs."""
    improving = improvements(run.told)
    best = min((t, i) for i, t in enumerate([*run.true, np.inf]) if t is not None)[1]
    judged = {*improving, best, *(run.recommended or ())}
    told_values = [value if i in improving else None for i, value in enumerate(run.told)]
    true = [value if i in judged else None for i, value in enumerate(run.true)]
    return replace(run, told=told_values, true=true)


def write(path: Path, runs: Iterable[Run]) -> None:
    """Write a gzipped file of condensed runs, sorted by key; the same runs give the same bytes."""
    lines = [json.dumps(asdict(condensed(run))) for run in sorted(runs, key=lambda run: run.key)]
    with path.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
        packed.write("".join(line + "\n" for line in lines).encode())
