"""Studies in files compared with the storages of Optuna and Rustuna: ``python -m benches.python.storage``.

Three figures, each for a search of ten floats by random sampling, so that the storage dominates:

* ``tells``: asks and tells per second of 1, 4 and 8 processes on one file that already holds ``n`` trials. Every
  process opens the file, waits for the others, and then asks and tells. Wall time is measured from the first ask to
  the last tell.
* ``open``: seconds until a fresh process has the best of ``n`` trials, and ``open, ask, tell``: until it has also asked
  for one trial and told its result.
* ``size``: bytes per trial of the file and of the files that belong to it.

Durability differs. Rustuna's and Optuna's SQLite storages sync as SQLite does by default in the journal mode they
choose. Optuna's journal calls ``fsync`` for every line. A study of Tanteo is measured at each of its three levels. All
compared figures come from one call on one machine, in alternation.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from benches.python import repeated_rows

N_PARAMETERS = 10
# An open storage: a function that asks and tells once, and a function that reads the best value.
Opened: TypeAlias = tuple[Callable[[], None], Callable[[], float]]


def loss(params: dict[str, float]) -> float:
    """A sphere."""
    return sum((x - 0.3) ** 2 for x in params.values())


def tanteo(path: str, durability: str) -> Opened:
    """Open a study of Tanteo."""
    import tanteo as tt

    space = {f"x{i}": tt.Float(0.0, 1.0) for i in range(N_PARAMETERS)}
    study = tt.Study(path, space, sampler="random", durability=durability)  # type: ignore[arg-type] # one of the three

    def step() -> None:
        trial = study.ask()
        study.tell(trial, loss(trial.params))

    return step, lambda: float(study.best_value)


def optuna(path: str, kind: str) -> Opened:
    """Open a study of Optuna in SQLite or a journal."""
    import optuna
    from optuna.storages import JournalStorage, RDBStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage: Any = (
        RDBStorage(f"sqlite:///{path}", engine_kwargs={"connect_args": {"timeout": 300}})
        if kind == "sqlite"
        else JournalStorage(JournalFileBackend(path))
    )
    sampler = optuna.samplers.RandomSampler()
    study = optuna.create_study(storage=storage, sampler=sampler, study_name="study", load_if_exists=True)

    def step() -> None:
        trial = study.ask()
        params = {f"x{i}": trial.suggest_float(f"x{i}", 0.0, 1.0) for i in range(N_PARAMETERS)}
        study.tell(trial, loss(params))

    return step, lambda: study.best_value


def rustuna(path: str, _: str) -> Opened:
    """Open a study of Rustuna in SQLite."""
    import rustuna

    storage = rustuna.storages.SQLite3Storage(path)
    sampler = rustuna.samplers.RandomSampler()
    study = rustuna.create_study(storage=storage, sampler=sampler, study_name="study", load_if_exists=True)

    def step() -> None:
        trial = study.ask()
        params = {f"x{i}": trial.suggest_float(f"x{i}", 0.0, 1.0) for i in range(N_PARAMETERS)}
        study.tell(trial.number, loss(params))

    return step, lambda: float(study.best_trial.value)


# Larger files of slow peers are made by repeating the trials of a file with this many trials.
FILLED = 1000
REPEATED: dict[str, repeated_rows.Repeat] = {
    "optuna, sqlite": repeated_rows.sqlite,
    "optuna, journal": repeated_rows.journal,
    "rustuna, sqlite": repeated_rows.sqlite,
}

PEERS: dict[str, tuple[Callable[[str, str], Opened], str]] = {
    "tanteo, full": (tanteo, "full"),
    "tanteo, normal": (tanteo, "normal"),
    "tanteo, off": (tanteo, "off"),
    "optuna, sqlite": (optuna, "sqlite"),
    "optuna, journal": (optuna, "journal"),
    "rustuna, sqlite": (rustuna, "sqlite"),
}


def opened(peer: str, path: Path) -> Opened:
    """Open the storage of a peer."""
    maker, kind = PEERS[peer]
    return maker(str(path), kind)


def work(peer: str, path: Path, n: int) -> None:
    """Run one worker process: report when the file is open, wait for the start signal, and report when it is done."""
    step, _ = opened(peer, path)
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(n):
        step()
    print("done", flush=True)


def tells_a_second(peer: str, path: Path, processes: int, n: int) -> float:
    """Return the asks and tells per second of several processes with ``n`` each; NaN if one of them fails."""
    command = [sys.executable, "-m", "benches.python.storage", "work", peer, str(path), str(n)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(command, **pipes) for _ in range(processes)]  # type: ignore[call-overload] # the values of `pipes` are of two types
    for process in running:
        process.stdout.readline()
    is_whole, start = True, time.perf_counter()
    for process in running:
        # A process that could not open the file has ended.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write("\n")
            process.stdin.flush()
    for process in running:
        if process.stdout.readline() != "done\n":
            # For example a locked database; its message is on standard error.
            is_whole = False
    seconds = time.perf_counter() - start
    for process in running:
        process.communicate()
    return processes * n / seconds if is_whole else math.nan


def fill(peer: str, path: Path, n: int) -> None:
    """Ask and tell until there are ``n`` more trials."""
    step, _ = opened(peer, path)
    for _ in range(n):
        step()


def filled(peer: str, path: Path, n: int) -> None:
    """Create a file with ``n`` trials, in a memory-backed folder if there is one, because filling on a disk is slow."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        working_file = Path(folder) / path.name
        times = n // FILLED if peer in REPEATED and n > FILLED else 1
        program = [sys.executable, "-m", "benches.python.storage"]
        subprocess.run([*program, "fill", peer, str(working_file), str(n // times)], check=True)
        if times > 1:
            REPEATED[peer](working_file, n // times, times)
        for file in Path(folder).iterdir():
            shutil.copy(file, path.parent)


def seconds_to_open(peer: str, path: Path) -> tuple[float, float]:
    """Return the seconds from opening the file to its best value and to the first tell, in a fresh process."""
    command = [sys.executable, "-m", "benches.python.storage", "open", peer, str(path)]
    best, first_tell = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(best), float(first_tell)


def open_here(peer: str, path: Path) -> None:
    """Print both durations of the second of two opens, since the first one also imports."""
    opened(peer, path.with_name("empty"))
    start = time.perf_counter()
    step, best = opened(peer, path)
    best()
    to_best = time.perf_counter() - start
    step()
    print(to_best, time.perf_counter() - start)


def size_of(path: Path) -> int:
    """Return the bytes of the file and of the files that belong to it."""
    return sum(file.stat().st_size for file in path.parent.glob(path.name + "*"))


def measure(peers: list[str], n_existing: int, counts: list[int], n: int) -> dict[str, Any]:
    """Measure all selected peers on files that hold ``n_existing`` trials."""
    figures: dict[str, Any] = {peer: {} for peer in peers}
    with tempfile.TemporaryDirectory() as folder:
        paths = {peer: Path(folder, peer.replace(", ", "-")) / "study.db" for peer in peers}
        for peer, path in paths.items():
            path.parent.mkdir()
            filled(peer, path, n_existing)
            figures[peer]["bytes a trial"] = size_of(path) / n_existing
            figures[peer]["open"], figures[peer]["open, ask, tell"] = seconds_to_open(peer, path)
        # Without processes only opening is measured.
        for processes in counts:
            for peer, path in paths.items():
                figures[peer][f"{processes} processes"] = tells_a_second(peer, path, processes, n)
    return figures


def show(figures: dict[str, Any]) -> None:
    """Print a table."""
    columns = list(next(iter(figures.values())))
    print("| | " + " | ".join(columns) + " |")
    print("| --- |" + " --- |" * len(columns))
    for peer, row in figures.items():
        print(f"| {peer} | " + " | ".join(f"{row[column]:.3g}" for column in columns) + " |", flush=True)


def main() -> None:
    """Run the command line."""
    if sys.argv[1:2] == ["work"]:
        work(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
        return
    if sys.argv[1:2] == ["fill"]:
        fill(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
        return
    if sys.argv[1:2] == ["open"]:
        open_here(sys.argv[2], Path(sys.argv[3]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", nargs="+", default=list(PEERS), choices=list(PEERS))
    parser.add_argument("--before", type=int, default=1000, help="number of trials in the file")
    parser.add_argument("--processes", nargs="*", type=int, default=[1, 4, 8])
    parser.add_argument("--tells", type=int, default=100, help="number of asks and tells of each process")
    parser.add_argument("--json", help="file to which the figures are also written")
    options = parser.parse_args()
    figures = measure(options.peers, options.before, options.processes, options.tells)
    show(figures)
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
