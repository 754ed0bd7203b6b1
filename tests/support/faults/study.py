"""Runs a study again and again, each time with a fault at another change of its files. It needs the preloaded shim.

Every run forks a process that asks, reports and tells until six trials are told, and closes the study. It sends every
acknowledged operation through a pipe. Its state is cached often and its log is short, so that all code that writes is
run. Then this process checks the files, continues the search, and compares every trial with an undisturbed search.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tanteo as tt
from tanteo.study import cache, check, session
from tanteo.study.environment import born, environment

from . import Fault, arm, changes_counted, disarm

SPACE = {"x": tt.Float(0.0, 1.0), "kind": tt.Categorical(["a", "b"]), "n": tt.Int(1, 9, when={"kind": "b"})}
#: Trials that the run with a fault tells, and that this process tells after it.
N_TOLD, N_MORE = 6, 2
#: Number of pages at which SQLite copies its log into the file.
_LOG_PAGES = 12


def loss(params: dict[str, Any]) -> float:
    return (params["x"] - 0.3) ** 2 + params.get("n", 5) / 8


class Worker:
    """Works on a study, and repeats the operations that the study reports as not done."""

    def __init__(self, path: Path, send: Callable[..., None]) -> None:
        self._path, self._send = path, send

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except tt.StudyError as error:
            if str(self._path) not in str(error):
                self._send("wrong", f"no path in {error!r}")
            self._send("refused", str(error))
            disarm()
            return function(*arguments)

    def work(self, n_told: int) -> None:
        study = self.call(self.open_study)
        study._session.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}", ())
        while len(study.trials) - len(study.pending) < n_told:
            trial = (study.pending or [None])[0] or self.call(study.ask)
            self._send("asked", trial.id, trial.params)
            if not study.trials[trial.id].steps:
                self.call(study.report, trial, 1, 0.5)
            self.call(study.tell, trial, loss(trial.params))
            self._send("told", trial.id)
        self.call(study.close)

    def open_study(self) -> tt.Study:
        return tt.Study(self._path, SPACE, seed=0, sampler=tt.samplers.TPE(n_startup=2))


def run_with_fault(path: Path, position: int, fault: Fault, error: int) -> list[list[Any]]:
    """Run a worker with a fault at one change in a forked process, and return the messages of the worker."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)

        def send(*message: Any) -> None:
            os.write(write, (json.dumps(message) + "\n").encode())

        try:
            arm(path.parent, position, fault, error)
            Worker(path, send).work(N_TOLD)
            send("changes", changes_counted())
        except BaseException as problem:  # the parent reports it
            send("wrong", repr(problem))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        messages = [json.loads(line) for line in pipe]
    os.waitpid(child, 0)
    return messages


def read_trials(path: Path) -> list[list[Any]]:
    with tt.Study(path, read_only=True) as study:
        return [[trial.id, trial.params, trial.value, trial.steps] for trial in study.trials]


def is_unfinished(path: Path) -> bool:
    """Whether a file was still being created; the next process that may write creates it anew."""
    try:
        return check(path) == ["there is no study in the file"]
    except tt.StudyError as error:
        return "open it once without read_only=True" in str(error)


def problems_after(path: Path, messages: list[list[Any]], expected: list[list[Any]]) -> list[str]:
    """Continue the search after a run; return what is wrong with the files and the trials."""
    problems = [message[1] for message in messages if message[0] == "wrong"]
    told_ids = {message[1] for message in messages if message[0] == "told"}
    asked_ids = {message[1] for message in messages if message[0] == "asked"}
    # A process that died before its first acknowledgement may have left a file without a study.
    if asked_ids or (path.exists() and not is_unfinished(path)):
        problems += check(path)
        rows = read_trials(path)
        problems += [f"trial {number} was acknowledged and is lost" for number in asked_ids if number >= len(rows)]
        changed = [row[0] for row in rows if row[0] in told_ids and row != expected[row[0]]]
        problems += [f"trial {number} is not as it was told" for number in changed]

    def note_refusal(*message: Any) -> None:
        if message[0] == "refused":
            problems.append(str(message))

    Worker(path, note_refusal).work(N_TOLD + N_MORE)
    if read_trials(path) != expected:
        problems.append("the search does not continue as an undisturbed one")
    return problems + check(path)


def run(fault: Fault, error: int, first: int, stride: int) -> dict[str, Any]:
    """Inject a fault at every ``stride``-th change from the ``first`` on; return counts, and the problems by change."""
    # Cache the state at every opportunity.
    cache._LEAST, session._WORTH_KEEPING = 6, 1
    current = environment()
    # The environment is determined only once, because this runs Git.
    session.environment = lambda: {**current, "process": os.getpid(), "born": born(os.getpid())}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "reference", "study.db")
        path.parent.mkdir()
        changes = run_with_fault(path, 0, fault, error)[-1][1]
        Worker(path, lambda *message: None).work(N_TOLD + N_MORE)
        expected, problems_by_change, refused, died = read_trials(path), {}, 0, 0
        for position in range(first, changes + 1, stride):
            path = Path(folder, str(position), "study.db")
            path.parent.mkdir()
            messages = run_with_fault(path, position, fault, error)
            refused += any(message[0] == "refused" for message in messages)
            died += messages[-1:] == [] or messages[-1][0] != "changes"
            if problems := problems_after(path, messages, expected):
                problems_by_change[position] = problems
            shutil.rmtree(path.parent)
    return {"changes": changes, "refused": refused, "died": died, "wrong": problems_by_change}
