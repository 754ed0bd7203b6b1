"""Runs as they are kept in the repository: nothing but what scores and curves are made of.

A score asks which trial is held after ``n`` and for the best true value of a run, so the trials that improve on what
was told before keep both their values, those that were recommended and the one with the best true value this one; all
else is blank, as failures are.
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
    """Indices of the values below all before them."""
    values = np.array([np.inf if t is None else t for t in values_])
    previous_best = np.minimum.accumulate(np.concatenate(([np.inf], values[:-1])))
    return set(np.flatnonzero(values < previous_best).tolist())


def condensed(run: Run) -> Run:
    """The run with the trials blank that no score looks at."""
    improving = improvements(run.told)
    best = min((t, i) for i, t in enumerate([*run.true, np.inf]) if t is not None)[1]
    judged = {*improving, best, *(run.recommended or ())}
    told = [t if i in improving else None for i, t in enumerate(run.told)]
    true = [t if i in judged else None for i, t in enumerate(run.true)]
    return replace(run, told=told, true=true)


def write(path: Path, runs: Iterable[Run]) -> None:
    """A gzipped file of condensed runs in the order of their keys; the same runs give the same bytes."""
    lines = [json.dumps(asdict(condensed(run))) for run in sorted(runs, key=lambda run: run.key)]
    with path.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
        packed.write("".join(line + "\n" for line in lines).encode())
