"""Saving over what there is: the old file or the new one, and nothing beside it, whatever fails on the way."""

from __future__ import annotations

import errno
import os
import resource
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import tanteo as tt
from support.processes import python

pytestmark = pytest.mark.skipif(os.name != "posix", reason="files as POSIX has them")


def a_search(n: int) -> tt.Optimizer:
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=n, sampler="random")
    for trial in optimizer.ask(n):
        optimizer.tell(trial, trial.params["x"])
    return optimizer


OLD, NEW = a_search(3), a_search(5)
BEFORE, AFTER = OLD.to_bytes(), NEW.to_bytes()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "search"
    OLD.save(path)
    return path


class Faults:
    """The calls of the operating system that saving makes, of which number ``at`` fails."""

    CALLS = ("open", "write", "fsync", "replace", "close", "stat", "chmod", "scandir")

    def __init__(self, patched: pytest.MonkeyPatch, at: int, number: int) -> None:
        self.calls: list[str] = []
        for name in self.CALLS:
            patched.setattr(os, name, self._failing(name, getattr(os, name), at, number))

    def _failing(self, name: str, call: Callable[..., Any], at: int, number: int) -> Callable[..., Any]:
        def failing(*arguments: Any, **options: Any) -> Any:
            self.calls.append(name)
            if len(self.calls) == at + 1:
                if name == "close":  # it reports what went wrong with the file, and closes it all the same
                    call(*arguments, **options)
                raise OSError(number, os.strerror(number))
            return call(*arguments, **options)

        return failing


def descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names of descriptors


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EINTR, errno.EACCES])
def test_whichever_call_fails_the_file_is_the_old_or_the_new_one_and_nothing_stays_beside_it(
    saved: Path, number: int
) -> None:
    failed: set[str] = set()
    for at in range(100):
        saved.write_bytes(BEFORE)
        before = len(descriptors())
        with pytest.MonkeyPatch.context() as patched:
            faults = Faults(patched, at, number)
            try:
                NEW.save(saved)
                error = None
            except OSError as caught:
                error = caught
        if len(faults.calls) <= at:
            break
        failed.add(faults.calls[at])
        assert saved.read_bytes() in (BEFORE, AFTER)
        assert error is not None or saved.read_bytes() == AFTER
        if "replace" not in faults.calls or faults.calls[at] == "replace":
            assert saved.read_bytes() == BEFORE
        assert list(saved.parent.iterdir()) == [saved]
        assert len(descriptors()) == before
    assert failed >= {"open", "write", "fsync", "replace", "close"}
    assert saved.read_bytes() == AFTER


def test_short_writes_are_continued(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, bytes(data[:7])))
    NEW.save(saved)
    assert saved.read_bytes() == AFTER


def test_a_disk_that_fills_up_leaves_the_old_file(saved: Path) -> None:
    """The limit on the size of files makes a real short write, and then a real error."""
    code = f"""
import resource
import tanteo as tt
optimizer = tt.Optimizer({{"x": tt.Float(0.0, 1.0)}}, seed=0)
optimizer.ask(1000)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, {resource.RLIM_INFINITY}))
try:
    optimizer.save({str(saved)!r})
except OSError as error:
    assert error.errno == {errno.EFBIG}
else:
    raise AssertionError
"""
    python(code)
    assert saved.read_bytes() == BEFORE
    assert list(saved.parent.iterdir()) == [saved]


KILLED = """
import os, signal, sys
import tanteo as tt
optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
optimizer.save(sys.argv[1])
"""


def test_what_a_killed_save_left_is_removed_by_the_next_one(saved: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(saved)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(saved.parent.iterdir())) == 2
    strangers = [saved.parent / name for name in (".tanteo-0123456789abcdef.part.mine", ".tanteo-mine.part")]
    for stranger in strangers:
        stranger.touch()
    os.mkfifo(saved.parent / ".tanteo-0123456789abcdef.part")
    NEW.save(saved)
    assert saved.read_bytes() == AFTER
    assert sorted(path.name for path in saved.parent.iterdir()) == sorted([saved.name, *(s.name for s in strangers)])


def test_a_save_beside_another_does_not_take_its_file(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync, other = os.fsync, saved.parent / "other"

    def meanwhile(descriptor: int) -> None:
        monkeypatch.setattr(os, "fsync", fsync)
        OLD.save(other)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", meanwhile)
    NEW.save(saved)
    assert (saved.read_bytes(), other.read_bytes()) == (AFTER, BEFORE)
    assert sorted(saved.parent.iterdir()) == [other, saved]


def test_many_saves_at_once_all_succeed(saved: Path) -> None:
    errors: list[BaseException] = []

    def save() -> None:
        try:
            for _ in range(20):
                NEW.save(saved)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=save) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert saved.read_bytes() == AFTER
    assert list(saved.parent.iterdir()) == [saved]


@pytest.fixture(params=["pipe", "folder", "socket", "link to a pipe"])
def special(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "special"
    if request.param == "folder":
        path.mkdir()
        yield path
    elif request.param == "socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
            yield path
    else:
        os.mkfifo(path)
        link = tmp_path / "link"
        link.symlink_to(path)
        yield path if request.param == "pipe" else link


def test_what_is_no_regular_file_is_refused_and_stays(special: Path) -> None:
    kind, names = stat.S_IFMT(special.stat().st_mode), sorted(special.parent.iterdir())
    with pytest.raises(tt.ArgumentError, match="only a regular file is replaced"):
        NEW.save(special)
    assert stat.S_IFMT(special.stat().st_mode) == kind
    assert sorted(special.parent.iterdir()) == names


def test_a_device_is_refused_and_stays(tmp_path: Path) -> None:
    # A node of its own: were the code wrong, the machine would lose its /dev/null.
    device = tmp_path / "null"
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root makes devices")
    with pytest.raises(tt.ArgumentError, match="which is a device"):
        NEW.save(device)
    assert stat.S_ISCHR(device.stat().st_mode)


def test_standard_output_is_refused_where_it_is_a_pipe() -> None:
    python(
        "import tanteo as tt\n"
        "try:\n"
        "    tt.Optimizer({'x': tt.Float(0, 1)}, seed=0).save('/dev/stdout')\n"
        "except tt.ArgumentError as error:\n"
        "    assert 'a pipe' in str(error)\n"
        "else:\n"
        "    raise AssertionError\n"
    )


def test_a_file_system_without_locks_saves_all_the_same(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr("fcntl.flock", no_locks)
    (saved.parent / ".tanteo-0123456789abcdef.part").touch()
    NEW.save(saved)
    assert saved.read_bytes() == AFTER
    assert len(list(saved.parent.iterdir())) == 2, "it may belong to a process that saves now"
