"""Trains the tables: ``python -m benches.quality.problems.make_tables [N]`` (continues where it stopped)."""

from __future__ import annotations

import csv
import gzip
import io
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from benches.python.peers.random_peer import Random
from benches.python.peers.space import Space
from benches.quality.problem import Params
from benches.quality.problems.tables import TABLES, path, train


def main(n: int) -> None:
    """Train ``n`` uniform configurations of every table."""
    for name, (space, *_) in TABLES.items():
        tabulate(path(name), space, partial(train, name), n)


def tabulate(path: Path, space: Space, train: Callable[[Params], float], n: int) -> None:
    """Train ``n`` uniform configurations, without those that are in the file."""
    rng, fields = Random(space, 2026), [*(p.name for p in space), "error"]
    rows_on_file = (
        list(csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode()))) if path.exists() else []
    )
    points = [rng.ask()[1] for _ in range(n)]
    for params in points[len(rows_on_file) :]:
        rows_on_file.append({**params, "error": repr(train(params))})
        if len(rows_on_file) % 100 == 0 or len(rows_on_file) == n:
            write(path, fields, rows_on_file)
            print(path.name, len(rows_on_file), flush=True)


def write(path: Path, fields: list[str], rows: list[dict[str, object]]) -> None:
    """Write one row per training, blank for inactive parameters; the same rows give the same bytes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fields, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with path.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as packed:
        packed.write(text.getvalue().encode())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1200)
