"""A process that uses studies as it is told, and says what was acknowledged."""

from __future__ import annotations

import gc
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import warnings
from contextlib import closing
from pathlib import Path
from typing import Any

import tanteo as tt
from tanteo.study import acceptance, check
from tanteo.study.environment import environment

SPACE = {"x": tt.Float(0.0, 1.0)}
_COMMANDS, _ANSWERS = "commands", "answers"


class Worker:
    """A process that obeys commands, one after another; each worker but the first is forked from another one.

    Parameters
    ----------
    folder
        An empty folder for its two named pipes.
    parent
        The worker to fork; by default a new process is started, which has never opened a study.
    without
        The names of the cures to do without.
    """

    def __init__(self, folder: Path, parent: Worker | None = None, without: tuple[str, ...] = ()) -> None:
        for name in (_COMMANDS, _ANSWERS):
            os.mkfifo(folder / name)
        if parent is None:
            subprocess.Popen([sys.executable, "-m", "support.histories.worker", folder, *without])
        else:
            parent.call("fork", str(folder))
        self._commands = (folder / _COMMANDS).open("w")
        self._answers = (folder / _ANSWERS).open()
        self.process = int(self._answers.readline())
        #: The inodes of the files that were open when it was forked.
        self.refuses: set[int] = set()

    def send(self, name: str, *arguments: Any) -> None:
        """Send a command without waiting for its answer."""
        self._commands.write(json.dumps([name, *arguments]) + "\n")
        self._commands.flush()

    def call(self, name: str, *arguments: Any) -> Any:
        """Send a command and return the answer.

        Raises
        ------
        tt.StudyError
            If the command raised it.
        """
        self.send(name, *arguments)
        line = self._answers.readline()
        assert line, f"a process ended during {name} {arguments}"
        kind, value = json.loads(line)
        if kind == "refused":
            raise tt.StudyError(value)
        assert kind == "done", f"{name} {arguments}: {value}"
        return value

    def end(self, *, by_kill: bool) -> None:
        """End the process, by SIGKILL or as a program that returns, and wait for its end."""
        if by_kill:
            os.kill(self.process, signal.SIGKILL)
        self._commands.close()
        while _is_alive(self.process):
            time.sleep(0.0005)
        self._answers.close()


def _is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class _Server:
    """What a worker does; its methods are the commands."""

    def __init__(self) -> None:
        self._studies: dict[int, tt.Study] = {}

    def serve(self, folder: str) -> None:
        """Obey until the pipe is closed, in this process and in those that are forked from it."""
        commands, answers = _pipes(folder)
        while line := commands.readline():
            name, *arguments = json.loads(line)
            try:
                value = ["done", getattr(self, name)(*arguments)]
            except tt.StudyError as error:
                value = ["refused", str(error)]
            except BaseException as error:  # the driver reports it
                value = ["wrong", repr(error)]
            if name == "fork" and value == ["done", None]:
                commands, answers = _pipes(*arguments)
                continue
            answers.write(json.dumps(value) + "\n")
            answers.flush()

    def fork(self, folder: str) -> int | None:
        """Fork; return None in the child."""
        del folder
        return os.fork() or None

    def open(self, number: int, path: str, read_only: bool) -> None:
        space = None if read_only else SPACE
        options = {} if read_only else {"seed": 0, "sampler": "random"}
        self._studies[number] = tt.Study(path, space, read_only=read_only, durability="off", **options)

    def tell(self, number: int, value: float) -> int:
        study = self._studies[number]
        trial = study.ask()
        study.tell(trial, value)
        return trial.id

    def refresh(self, number: int) -> list[float]:
        self._studies[number].refresh()
        return _told(self._studies[number])

    def close(self, number: int) -> None:
        self._studies.pop(number).close()

    def drop(self, number: int) -> None:
        del self._studies[number]
        gc.collect()

    def read(self, path: str, read_only: bool) -> list[float]:
        """Read as a process does that has nothing to do with the study."""
        with tt.Study(path, read_only=read_only) as study:
            return _told(study)

    def check(self, path: str) -> list[str]:
        return check(path)

    def minimize(self, path: str, value: float) -> None:
        tt.minimize(lambda _: value, SPACE, study=path, n_trials=1, progress=False, seed=0, sampler="random")

    def bytes(self, path: str) -> None:
        Path(path).read_bytes()

    def sqlite(self, path: str) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("SELECT count(*) FROM log").fetchall()


def _told(study: tt.Study) -> list[float]:
    return [trial.value for trial in study.trials if trial.state == "complete"]


def _pipes(folder: str) -> tuple[Any, Any]:
    commands = (Path(folder) / _COMMANDS).open()
    answers = (Path(folder) / _ANSWERS).open("w")
    answers.write(f"{os.getpid()}\n")
    answers.flush()
    return commands, answers


def main() -> None:
    from . import cures

    warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 and later warn of any fork with threads
    acceptance._TO_OPEN = 0.05
    cures.remove(*sys.argv[2:])
    environment()
    # Forked workers leave no zombies.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _Server().serve(sys.argv[1])


if __name__ == "__main__":
    main()
