"""Files of JSON lines, one a run: a run already in the file is not done again."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


def read(path: Path, of: type[T]) -> Iterator[T]:
    """The runs of a file, plain or gzipped; a torn last line (a run that was killed while it wrote) is left out."""
    if not path.exists():
        return
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        for line in file:
            if line.endswith("\n"):
                yield of(**json.loads(line))


def mend(path: Path) -> None:
    """Cuts a torn last line off, so that what is appended begins a line of its own."""
    if path.exists():
        data = path.read_bytes()
        os.truncate(path, data.rfind(b"\n") + 1)


def append(path: Path, job: Callable[[Any], Any], missing: list[Any], jobs: int) -> None:
    """Does jobs in worker processes, of one thread each, and appends what they return."""
    from multiprocessing import get_context

    # One thread per process: two searches side by side must not fight for the cores.
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    path.parent.mkdir(parents=True, exist_ok=True)
    mend(path)
    with path.open("a") as file, get_context("spawn").Pool(jobs) as pool:
        for count, run in enumerate(pool.imap_unordered(job, missing), 1):
            file.write(json.dumps(asdict(run)) + "\n")
            file.flush()
            print(f"\r{count}/{len(missing)} {run.problem} {run.peer}".ljust(79), end="", flush=True)
    print()
