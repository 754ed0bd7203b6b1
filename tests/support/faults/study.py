"""A search on file that is spoilt at one change of its files after the other; run in a process with the shim.

Every run is a process that asks, reports and tells until six trials are told, says on a pipe what was acknowledged to
it, and closes the study. Its state is kept often and its log is short, so that everything that writes does so here.
Then this process looks at what is left, goes on, and compares every trial with those of a search that nothing happened
to.
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

from . import Fault, arm, disarm, seen

SPACE = {"x": tt.Float(0.0, 1.0), "kind": tt.Categorical(["a", "b"]), "n": tt.Int(1, 9, when={"kind": "b"})}
#: Told by a run that is spoilt, and by this process after it.
TOLD, MORE = 6, 2
#: Pages of SQLite's log after which it is copied into the file.
_SHORT_LOG = 12


def loss(params: dict[str, Any]) -> float:
    return (params["x"] - 0.3) ** 2 + params.get("n", 5) / 8


class Worker:
    """Works on a study, and repeats what the study says was not done."""

    def __init__(self, path: Path, say: Callable[..., None]) -> None:
        self._path, self._say = path, say

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except tt.StudyError as error:
            if str(self._path) not in str(error):
                self._say("wrong", f"no path in {error!r}")
            self._say("refused", str(error))
            disarm()
            return function(*arguments)

    def work(self, told: int) -> None:
        study = self.call(self.opened)
        study._session.execute(f"PRAGMA wal_autocheckpoint = {_SHORT_LOG}", ())
        while len(study.trials) - len(study.pending) < told:
            trial = (study.pending or [None])[0] or self.call(study.ask)
            self._say("asked", trial.id, trial.params)
            if not study.trials[trial.id].steps:
                self.call(study.report, trial, 1, 0.5)
            self.call(study.tell, trial, loss(trial.params))
            self._say("told", trial.id)
        self.call(study.close)

    def opened(self) -> tt.Study:
        return tt.Study(self._path, SPACE, seed=0, sampler=tt.samplers.TPE(n_startup=2))


def spoilt(path: Path, at: int, fault: Fault, error: int) -> list[list[Any]]:
    """Be spoilt in a process of its own; return what was said there."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)

        def say(*words: Any) -> None:
            os.write(write, (json.dumps(words) + "\n").encode())

        try:
            arm(path.parent, at, fault, error)
            Worker(path, say).work(TOLD)
            say("seen", seen())
        except BaseException as problem:  # whatever it is, the parent shows it
            say("wrong", repr(problem))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as said:
        lines = [json.loads(line) for line in said]
    os.waitpid(child, 0)
    return lines


def trials(path: Path) -> list[list[Any]]:
    with tt.Study(path, read_only=True) as study:
        return [[trial.id, trial.params, trial.value, trial.steps] for trial in study.trials]


def is_unborn(path: Path) -> bool:
    """Whether a file is one that was being made, which the next process that may write makes anew."""
    try:
        return check(path) == ["there is no study in the file"]
    except tt.StudyError as error:
        return "open it once without read_only=True" in str(error)


def judged(path: Path, said: list[list[Any]], expected: list[list[Any]]) -> list[str]:
    """Return what is wrong after a run."""
    wrong = [words[1] for words in said if words[0] == "wrong"]
    told = {words[1] for words in said if words[0] == "told"}
    asked = {words[1] for words in said if words[0] == "asked"}
    # A process that died before anything was acknowledged may have left a file without a study.
    if asked or (path.exists() and not is_unborn(path)):
        wrong += check(path)
        found = trials(path)
        wrong += [f"trial {number} was acknowledged and is lost" for number in asked if number >= len(found)]
        wrong += [f"trial {row[0]} is not what was told" for row in found if row[0] in told and row != expected[row[0]]]
    Worker(path, lambda *words: wrong.append(str(words)) if words[0] == "refused" else None).work(TOLD + MORE)
    if trials(path) != expected:
        wrong.append("the search does not go on as it would have")
    return wrong + check(path)


def run(fault: Fault, error: int, first: int, stride: int) -> dict[str, Any]:
    """Spoil every ``stride``-th change from the ``first`` on; return what was seen."""
    # As soon as there is anything to keep.
    cache._LEAST, session._WORTH_KEEPING = 6, 1
    around = environment()
    # Git is asked once.
    session.environment = lambda: {**around, "process": os.getpid(), "born": born(os.getpid())}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "reference", "study.db")
        path.parent.mkdir()
        changes = spoilt(path, 0, fault, error)[-1][1]
        Worker(path, lambda *words: None).work(TOLD + MORE)
        expected, wrong, refused, died = trials(path), {}, 0, 0
        for at in range(first, changes + 1, stride):
            path = Path(folder, str(at), "study.db")
            path.parent.mkdir()
            said = spoilt(path, at, fault, error)
            refused += any(words[0] == "refused" for words in said)
            died += said[-1:] == [] or said[-1][0] != "seen"
            if found := judged(path, said, expected):
                wrong[at] = found
            shutil.rmtree(path.parent)
    return {"changes": changes, "refused": refused, "died": died, "wrong": wrong}
