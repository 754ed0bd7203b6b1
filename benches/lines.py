"""Files of JSON lines, one line per run; a run that is already in the file is not repeated."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Run:
    """A search of a problem by a peer; the classes of the benchmarks add its results."""

    problem: str
    peer: str
    seed: int

    @property
    def key(self) -> tuple[Any, ...]:
        """The key by which a run is found in a file."""
        return self.problem, self.peer, self.seed

    @classmethod
    def read(cls, path: Path) -> Iterator[Self]:
        """Return the runs of a file, plain or gzipped; an incomplete last line of a killed run is ignored."""
        if not path.exists():
            return
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
            for line in file:
                if line.endswith("\n"):
                    yield cls(**json.loads(line))

    @classmethod
    def append_missing(cls, path: Path, job: Callable[[Any], Self], keys: Iterable[Any], jobs: int) -> None:
        """Run the jobs of those keys that a file does not have."""
        done = {run.key for run in cls.read(path)}
        append(path, job, [key for key in keys if key not in done], jobs)


def mend(path: Path) -> None:
    """Remove an incomplete last line, so that appended lines start on a new line."""
    if path.exists():
        data = path.read_bytes()
        os.truncate(path, data.rfind(b"\n") + 1)


def append(path: Path, job: Callable[[Any], Run], keys: list[Any], jobs: int) -> None:
    """Run the jobs of some keys in worker processes, each with one thread, and append their results."""
    from multiprocessing import get_context

    # One thread per process, so that concurrent searches do not compete for cores.
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    path.parent.mkdir(parents=True, exist_ok=True)
    mend(path)
    with path.open("a") as file, get_context("spawn").Pool(jobs) as pool:
        for count, run in enumerate(pool.imap_unordered(job, keys), 1):
            file.write(json.dumps(asdict(run)) + "\n")
            file.flush()
            print(f"\r{count}/{len(keys)} {run.problem} {run.peer}".ljust(79), end="", flush=True)
    print()
