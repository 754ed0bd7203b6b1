"""Random histories of what processes and people do to study files."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import tanteo as tt

from .worker import Worker
from .world import Content, Handle

_N_WORKERS = 3
#: How often each kind of step is taken.
_WEIGHTS = {
    "tell": 30,
    "open": 20,
    "look": 16,
    "close": 8,
    "refresh": 5,
    "fork": 6,
    "kill": 7,
    "kill_within_a_tell": 4,
    "leave": 4,
    "copy": 5,
    "supplant": 5,
    "move": 5,
    "delete_side_file": 2,
    "link": 2,
}
_LOOKS = ("read", "read_only", "check", "minimize", "sqlite", "bytes", "bytes-wal", "bytes-shm")


class History:
    """One random history; every step is followed by a look at all files.

    Parameters
    ----------
    folder
        An empty folder.
    clean
        A worker that has nothing open: it reads, and the other workers are forked from it.
    seed
        Of the random choices.
    is_strict
        Whether a call that must be refused is a fault even if nothing is lost.

    Attributes
    ----------
    steps
        The steps that were taken, for the report of a fault.
    """

    def __init__(self, folder: Path, clean: Worker, seed: int, *, is_strict: bool = True) -> None:
        self._folder, self._clean, self._random = folder, clean, random.Random(seed)
        self._is_strict = is_strict
        self._paths = [folder / name for name in ("a.db", "b.db")]
        (folder / "link.db").symlink_to("a.db")
        self._workers: list[Worker] = []
        self._handles: list[Handle] = []
        self._contents: dict[Path, Content] = {}
        #: Files beside which the log of another file may stand.
        self._suspects: set[Path] = set()
        self._counter = 0
        self.steps: list[str] = []

    def run(self, n_steps: int) -> None:
        """Take random steps.

        Raises
        ------
        AssertionError
            If a reader does not see what was acknowledged, or a call fails that should work.
        """
        self._workers = [self._started(self._clean) for _ in range(_N_WORKERS)]
        for _ in range(n_steps):
            (name,) = self._random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
            self.steps.append(name)
            getattr(self, f"_{name}")()
            self._look_at_all()
        while self._workers:
            self.steps.append("end")
            self._end(self._random.choice(self._workers), by_kill=False)
            self._look_at_all()

    def stop(self) -> None:
        """End all processes, after a fault too."""
        for worker in self._workers:
            worker.end(by_kill=True)

    def _note(self, *details: object) -> None:
        self.steps[-1] += "".join(f" {detail.name if isinstance(detail, Path) else detail}" for detail in details)

    def _new_number(self) -> int:
        self._counter += 1
        return self._counter

    # --- what is allowed ---------------------------------------------------------------------------------------------

    def _must_refuse(self, worker: Worker, path: Path) -> bool:
        return path.exists() and (path.stat().st_ino in worker.refuses or path.stat().st_nlink > 1)

    def _may_refuse(self, path: Path) -> bool:
        has_displaced = any(one.path == path and one.is_disturbed and not one.is_inherited for one in self._handles)
        is_disturbed = has_displaced or self._is_disturbed(self._contents.get(path))
        return is_disturbed or path in self._suspects or self._has_leftovers(path)

    def _has_leftovers(self, path: Path) -> bool:
        return not path.exists() and _has_frames(path)

    def _is_disturbed(self, content: Content | None) -> bool:
        return any(one.content is content and one.is_disturbed and not one.is_inherited for one in self._handles)

    def _tried(self, worker: Worker, path: Path, *call: Any, may_refuse: bool = False) -> Any:
        """Call a worker; return None if it refuses, where it may or must."""
        must_refuse, refusal, value = self._must_refuse(worker, path), None, None
        try:
            value = worker.call(*call)
        except tt.StudyError as error:
            refusal = str(error)
        if refusal is not None:
            assert must_refuse or may_refuse or self._may_refuse(path), f"{call} was refused: {refusal}"
            self._note("refused")
            return None
        assert not (must_refuse and self._is_strict), f"{call} was not refused"
        return [value]

    # --- processes ---------------------------------------------------------------------------------------------------

    def _started(self, parent: Worker) -> Worker:
        return Worker(Path(tempfile.mkdtemp(dir=self._folder)), parent)

    def _fork(self) -> None:
        parent = self._random.choice(self._workers)
        if len(self._workers) > _N_WORKERS:
            return
        child = self._started(parent)
        self._note(parent.process, "to", child.process)
        self._workers.append(child)
        opened = [one for one in self._handles if one.worker is parent]
        child.refuses = parent.refuses | {one.inode for one in opened}
        for one in opened:
            inherited = Handle(child, one.number, one.path, one.content, one.inode, one.read_only, is_inherited=True)
            self._handles.append(inherited)

    def _end(self, worker: Worker, *, by_kill: bool) -> None:
        self._note(worker.process)
        self._workers.remove(worker)
        self._handles = [one for one in self._handles if one.worker is not worker]
        worker.end(by_kill=by_kill)

    def _kill(self) -> None:
        users = [one.worker for one in self._handles if not one.is_inherited]
        self._replace(self._random.choice(users or self._workers), by_kill=True)

    def _leave(self) -> None:
        self._replace(self._random.choice(self._workers), by_kill=False)

    def _replace(self, worker: Worker, *, by_kill: bool) -> None:
        self._end(worker, by_kill=by_kill)
        while len(self._workers) < _N_WORKERS:
            self._workers.append(self._started(self._clean))

    def _kill_within_a_tell(self) -> None:
        writers = [one for one in self._handles if not (one.read_only or one.is_disturbed or one.is_inherited)]
        if not writers:
            return
        handle, value = self._random.choice(writers), float(self._new_number())
        self._note(value)
        handle.worker.send("tell", handle.number, value)
        time.sleep(self._random.uniform(0.0, 0.003))
        handle.content.perhaps = value
        self._replace(handle.worker, by_kill=True)

    # --- calls -------------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        worker, path = self._random.choice(self._workers), self._random.choice(self._paths)
        read_only = self._random.random() < 0.2
        if read_only and path not in self._contents:
            return
        number = self._new_number()
        name = self._folder / "link.db" if path.name == "a.db" and self._random.random() < 0.2 else path
        self._note(worker.process, name, number, "read-only" if read_only else "")
        if self._tried(worker, path, "open", number, str(name), read_only) is not None:
            content = self._contents.setdefault(path, Content())
            self._handles.append(Handle(worker, number, path, content, path.stat().st_ino, read_only))

    def _called(self, handle: Handle, *call: Any) -> Any:
        path = next((path for path, content in self._contents.items() if content is handle.content), Path())
        value = self._tried(handle.worker, path, *call, may_refuse=handle.is_disturbed or handle.is_inherited)
        is_allowed = value is None or not (handle.is_inherited and self._is_strict)
        assert is_allowed, f"{call} in a forked process was not refused"
        return value

    def _tell(self) -> None:
        handle = self._any_handle(read_only=False)
        if handle is None:
            return
        value = float(self._new_number())
        self._note(handle.worker.process, handle.number, value)
        if self._called(handle, "tell", handle.number, value) is not None:
            handle.content.values.append(value)

    def _refresh(self) -> None:
        handle = self._any_handle()
        if handle is None:
            return
        self._note(handle.worker.process, handle.number)
        seen = self._called(handle, "refresh", handle.number)
        if seen is not None:
            self._compare(handle.content, *seen)

    def _close(self) -> None:
        handle = self._any_handle()
        if handle is None:
            return
        how = self._random.choice(["close", "drop"])
        self._note(how, handle.worker.process, handle.number)
        handle.worker.call(how, handle.number)
        self._handles.remove(handle)

    def _any_handle(self, *, read_only: bool | None = None) -> Handle | None:
        handles = [one for one in self._handles if read_only is None or one.read_only == read_only]
        return self._random.choice(handles) if handles else None

    def _look(self) -> None:
        worker, path = self._random.choice(self._workers), self._random.choice(self._paths)
        how = self._random.choice(_LOOKS)
        self._note(how, worker.process, path)
        if path not in self._contents:
            return
        if how.startswith("bytes"):
            file = path.with_name(path.name + how.removeprefix("bytes"))
            if file.exists():
                worker.call("bytes", str(file))
        elif how == "sqlite":
            if not self._may_refuse(path):
                worker.call("sqlite", str(path))
        elif how == "check":
            problems = self._tried(worker, path, "check", str(path))
            assert problems is None or problems == [[]], problems
        elif how == "minimize":
            value = float(self._new_number())
            if self._tried(worker, path, "minimize", str(path), value) is not None:
                self._contents[path].values.append(value)
        else:
            self._read(worker, path, read_only=how == "read_only")

    # --- what people do to files -------------------------------------------------------------------------------------

    def _copy(self) -> None:
        source, target = self._random.sample(self._paths, 2)
        if source in self._contents and not self._may_refuse(source) and not self._is_open(target):
            with_log, keeps_rest = self._random.random() < 0.5, self._random.random() < 0.5
            self._copied(source, target, with_log=with_log, keeps_rest=keeps_rest)

    def _supplant(self) -> None:
        """Kill all users of a file, and copy another one into its place, beside the log that is left."""
        source, target = self._random.sample(self._paths, 2)
        if source not in self._contents or self._may_refuse(source):
            return
        for worker in {one.worker for one in self._handles if one.content is self._contents.get(target)}:
            self._replace(worker, by_kill=True)
        self._copied(source, target, with_log=False, keeps_rest=True)

    def _copied(self, source: Path, target: Path, *, with_log: bool, keeps_rest: bool) -> None:
        self._note(source, "to", target, "with its log" * with_log, "beside the old log" * keeps_rest)
        target.unlink(missing_ok=True)
        if not keeps_rest:
            _remove_side_files(target)
        shutil.copy(source, target)
        known = self._contents[source]
        has_own_log = with_log and _has_frames(source)
        if has_own_log:
            _remove_side_files(target)
            shutil.copy(_log(source), _log(target))
        is_separated = known.is_separated or (_has_frames(source) and not with_log)
        self._contents[target] = Content(list(known.values), known.perhaps, is_separated)
        self._mark(target, is_suspect=_has_frames(target) and not has_own_log)

    def _move(self) -> None:
        source, target = self._random.sample(self._paths, 2)
        if source not in self._contents or self._may_refuse(source):
            return
        self._note(source, "to", target)
        moved = self._contents.pop(source)
        replaced = self._contents.pop(target, None)
        for one in self._handles:
            one.is_disturbed |= one.content in (moved, replaced)
        moved.is_separated |= _has_frames(source)
        source.replace(target)
        self._contents[target] = moved
        self._mark(target, is_suspect=_has_frames(target))
        self._suspects.discard(source)

    def _delete_side_file(self) -> None:
        path = self._random.choice(self._paths)
        if path not in self._contents or self._may_refuse(path):
            return
        side = path.with_name(path.name + self._random.choice(["-wal", "-shm"]))
        if not side.exists():
            return
        self._note(side)
        content = self._contents[path]
        for one in self._handles:
            one.is_disturbed |= one.content is content
        content.is_separated |= side == _log(path) and _has_frames(path)
        side.unlink()

    def _link(self) -> None:
        path = self._random.choice(self._paths)
        if path not in self._contents:
            return
        self._note(path)
        hard = self._folder / "hard.db"
        os.link(path, hard)
        for file in (path, hard):
            self._tried(self._clean, file, "read", str(file), False)
        for handle in [one for one in self._handles if one.content is self._contents[path] and not one.read_only]:
            value = float(self._new_number())
            if self._called(handle, "tell", handle.number, value) is not None:
                handle.content.values.append(value)
        hard.unlink()

    def _is_open(self, path: Path) -> bool:
        return any(one.content is self._contents.get(path) for one in self._handles)

    def _mark(self, path: Path, *, is_suspect: bool) -> None:
        (self._suspects.add if is_suspect else self._suspects.discard)(path)

    # --- the fresh reader --------------------------------------------------------------------------------------------

    def _look_at_all(self) -> None:
        for path in list(self._contents):
            # A writer would merge a log that is not the file's own.
            read_only = path not in self._suspects and self._random.random() < 0.6
            if self._read(self._clean, path, read_only=read_only) or path not in self._suspects:
                continue
            # Its message says to move the side file away.
            _remove_side_files(path)
            self._suspects.discard(path)
            if not self._may_refuse(path):
                assert self._read(self._clean, path, read_only=True), "what was moved into a place cannot be read there"

    def _read(self, worker: Worker, path: Path, *, read_only: bool) -> bool:
        """Read a study and compare; return whether it was read."""
        seen = self._tried(worker, path, "read", str(path), read_only)
        if seen is None:
            return False
        self._compare(self._contents[path], *seen, may_extend=path in self._suspects)
        self._suspects.discard(path)
        return True

    def _compare(self, content: Content, seen: list[float], *, may_extend: bool = False) -> None:
        content.compare(seen, is_final=not self._is_disturbed(content), may_extend=may_extend)


def _log(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _has_frames(path: Path) -> bool:
    return _log(path).exists() and _log(path).stat().st_size > 32


def _remove_side_files(path: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
