"""Saving over an existing file: whatever fails, either the old or the new file remains, and no other file."""

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
from support.processes import open_files, python

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs files as on POSIX systems")


def make_search(n: int) -> tt.Optimizer:
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=n, sampler="random")
    for trial in optimizer.ask(n):
        optimizer.tell(trial, trial.params["x"])
    return optimizer


OLD, NEW = make_search(3), make_search(5)
OLD_BYTES, NEW_BYTES = OLD.to_bytes(), NEW.to_bytes()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "search"
    OLD.save(path)
    return path


class Faults:
    """Record the system calls of a save, and make call number ``position`` fail with the error ``number``."""

    CALLS = ("open", "write", "fsync", "replace", "close", "stat", "chmod", "scandir")

    def __init__(self, patched: pytest.MonkeyPatch, position: int, number: int) -> None:
        self.calls: list[str] = []
        for name in self.CALLS:
            patched.setattr(os, name, self._failing(name, getattr(os, name), position, number))

    def _failing(self, name: str, call: Callable[..., Any], position: int, number: int) -> Callable[..., Any]:
        def failing(*arguments: Any, **options: Any) -> Any:
            self.calls.append(name)
            if len(self.calls) == position + 1:
                if name == "close":  # a close that reports an error closes the file nevertheless
                    call(*arguments, **options)
                raise OSError(number, os.strerror(number))
            return call(*arguments, **options)

        return failing


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EINTR, errno.EACCES])
def test_after_a_failed_call_the_file_is_the_old_or_the_new_one_and_no_other_file_remains(
    saved: Path, number: int
) -> None:
    failed: set[str] = set()
    for position in range(100):
        saved.write_bytes(OLD_BYTES)
        with pytest.MonkeyPatch.context() as patched:
            faults = Faults(patched, position, number)
            try:
                NEW.save(saved)
                error = None
            except OSError as caught:
                error = caught
        if len(faults.calls) <= position:
            break
        failed.add(faults.calls[position])
        assert saved.read_bytes() in (OLD_BYTES, NEW_BYTES)
        assert error is not None or saved.read_bytes() == NEW_BYTES
        if "replace" not in faults.calls or faults.calls[position] == "replace":
            assert saved.read_bytes() == OLD_BYTES
        assert list(saved.parent.iterdir()) == [saved]
        assert not open_files(saved.parent)
    assert failed >= {"open", "write", "fsync", "replace", "close"}
    assert saved.read_bytes() == NEW_BYTES


def test_short_writes_are_continued(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, bytes(data[:7])))
    NEW.save(saved)
    assert saved.read_bytes() == NEW_BYTES


def test_a_disk_that_fills_up_leaves_the_old_file(saved: Path) -> None:
    """The limit on the size of files causes a real short write and then a real error."""
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
    assert saved.read_bytes() == OLD_BYTES
    assert list(saved.parent.iterdir()) == [saved]


KILLED = """
import os, signal, sys
import tanteo as tt
optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
optimizer.save(sys.argv[1])
"""


def test_the_next_save_removes_the_file_of_a_killed_save(saved: Path) -> None:
    finished = subprocess.run([sys.executable, "-c", KILLED, str(saved)], check=False)
    assert finished.returncode == -signal.SIGKILL
    assert len(list(saved.parent.iterdir())) == 2
    unrelated = [saved.parent / name for name in (".tanteo-0123456789abcdef.part.mine", ".tanteo-mine.part")]
    for path in unrelated:
        path.touch()
    os.mkfifo(saved.parent / ".tanteo-0123456789abcdef.part")
    NEW.save(saved)
    assert saved.read_bytes() == NEW_BYTES
    assert sorted(path.name for path in saved.parent.iterdir()) == sorted(
        [saved.name, *(other.name for other in unrelated)]
    )


def test_a_save_keeps_the_unfinished_file_of_another_save(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync, other = os.fsync, saved.parent / "other"

    def save_other_file(descriptor: int) -> None:
        monkeypatch.setattr(os, "fsync", fsync)
        OLD.save(other)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", save_other_file)
    NEW.save(saved)
    assert (saved.read_bytes(), other.read_bytes()) == (NEW_BYTES, OLD_BYTES)
    assert sorted(saved.parent.iterdir()) == [other, saved]


def test_concurrent_saves_all_succeed(saved: Path) -> None:
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
    assert saved.read_bytes() == NEW_BYTES
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


def test_a_special_file_is_refused_and_kept(special: Path) -> None:
    kind, names = stat.S_IFMT(special.stat().st_mode), sorted(special.parent.iterdir())
    with pytest.raises(tt.ArgumentError, match="only a regular file is replaced"):
        NEW.save(special)
    assert stat.S_IFMT(special.stat().st_mode) == kind
    assert sorted(special.parent.iterdir()) == names


def test_a_device_is_refused_and_kept(tmp_path: Path) -> None:
    # The test makes its own device: with /dev/null itself, a fault of the code would destroy the device of the machine.
    device = tmp_path / "null"
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root makes devices")
    with pytest.raises(tt.ArgumentError, match="which is a device"):
        NEW.save(device)
    assert stat.S_ISCHR(device.stat().st_mode)


def test_standard_output_is_refused_if_it_is_a_pipe() -> None:
    python(
        "import tanteo as tt\n"
        "try:\n"
        "    tt.Optimizer({'x': tt.Float(0, 1)}, seed=0).save('/dev/stdout')\n"
        "except tt.ArgumentError as error:\n"
        "    assert 'a pipe' in str(error)\n"
        "else:\n"
        "    raise AssertionError\n"
    )


def test_saving_works_on_a_file_system_without_locks(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr("fcntl.flock", no_locks)
    (saved.parent / ".tanteo-0123456789abcdef.part").touch()
    NEW.save(saved)
    assert saved.read_bytes() == NEW_BYTES
    assert len(list(saved.parent.iterdir())) == 2, "the file may belong to a save in progress"
