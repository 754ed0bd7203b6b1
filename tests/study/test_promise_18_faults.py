"""Full disks, read-only and vanished files, unusual names: calls work or raise a clear error, and lose no result."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import tanteo as tt
from support.processes import open_files, python
from support.profile import count

SPACE = {"x": tt.Float(0.0, 1.0), "n": tt.Int(1, 9)}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "study.db"


def create_study(path, n=5, **options):
    """Create a study with some trials, close it and return its path."""
    with tt.Study(path, SPACE, seed=0, sampler="random", durability="off", **options) as study:
        for _ in range(n):
            study.tell(study.ask(), 0.5)
    return path


@pytest.mark.parametrize(
    "name", ["100%.db", "a#b?c=d&mode=memory.db", "with space ", "ünï 試行.db", ":memory:", 'it\'s "quoted".db', "-rf"]
)
def test_unusual_file_names_work(tmp_path, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    create_study(name)
    assert (tmp_path / name).is_file()
    assert len(tt.Study(name)) == 5
    assert len(tt.Study(name, read_only=True)) == 5
    assert tt.study.check(name) == []


def test_file_names_that_are_not_utf_8_work(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.db"
    try:
        create_study(path)
    except (OSError, tt.StudyError):
        pytest.skip("this file system does not allow such names")
    assert len(tt.Study(path, read_only=True)) == 5


def test_a_change_of_the_current_folder_changes_nothing(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    study = tt.Study("study.db", SPACE, seed=0)
    monkeypatch.chdir(tmp_path / "b")
    study.tell(study.ask(), 1.0)
    study.close()
    assert len(tt.Study(tmp_path / "a/study.db")) == 1
    assert list((tmp_path / "b").iterdir()) == []


@pytest.mark.parametrize("replaced", [False, True])
def test_a_removed_or_replaced_file_is_detected(path, tmp_path, replaced):
    study = tt.Study(path, SPACE, seed=0)
    trial = study.ask()
    if replaced:
        create_study(tmp_path / "other.db").replace(path)
    else:
        path.unlink()
    problem = (
        "was replaced by another file" if replaced else r"is gone.* if it was deleted, only save\('rescued.tanteo'\)"
    )
    for call in (study.ask, lambda: study.tell(trial, 1.0), study.refresh):
        with pytest.raises(tt.StudyError, match=problem):
            call()
    study.save(tmp_path / "rescued.tanteo")
    assert len(study) == len(tt.Optimizer.load(tmp_path / "rescued.tanteo")) == 1


def test_a_log_that_lost_its_last_rows_is_detected(path, tmp_path):
    create_study(path)
    study = tt.Study(path)
    study.tell(study.ask(), 1.0)
    other = sqlite3.connect(path)
    other.execute("DELETE FROM log WHERE seq > 11")
    other.commit()
    other.close()
    with pytest.raises(tt.StudyError, match="is not the one that was read before"):
        study.ask()


def test_a_read_only_study_can_be_read_but_not_changed(path):
    create_study(path)
    study = tt.Study(path, read_only=True)
    assert study.best.value == 0.5
    for call in (study.ask, lambda: study.tell(0, 1.0), lambda: study.annotate(0, "a")):
        with pytest.raises(tt.StudyError, match="opened with read_only=True"):
            call()
    with tt.Study(path) as other:
        other.tell(other.ask(), 0.25)
    study.refresh()
    assert study.best.value == 0.25


_AS_NOBODY = """
import os, tanteo as tt, tanteo.study.environment
tanteo.study.environment.environment()  # its imports may be unreadable later
os.setgid(65534), os.setuid(65534)
assert len(tt.Study({path!r}, read_only=True)) == 5
try:
    tt.Study({path!r}).ask()
except tt.StudyError as error:
    assert "read_only=True" in str(error) or "may not be read or written" in str(error), error
else:
    raise AssertionError("the study was written")
"""


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can switch to another user")
def test_a_write_protected_file_can_be_read():
    with tempfile.TemporaryDirectory() as folder:
        path = create_study(Path(folder) / "study.db")
        path.chmod(0o444)
        path.parent.chmod(0o755)
        python(_AS_NOBODY.format(path=str(path)))
        assert [file.name for file in path.parent.iterdir()] == ["study.db"]


@pytest.mark.parametrize("durability", ["full", "normal", "off"])
def test_a_file_that_cannot_grow_loses_nothing(path, durability):
    """RLIMIT_FSIZE simulates a full disk: writes beyond it fail until it is lifted."""
    with tt.Study(path, SPACE, seed=0, sampler="random", durability=durability) as study:
        n_completed = 0
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, limits[1]))
        try:
            with pytest.raises(tt.StudyError, match=r"study\.db.*ulimit -f"):  # noqa: PT012 - any of these calls may fail
                while n_completed < 5000:
                    study.tell(study.ask(), float(n_completed))
                    n_completed += 1
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, handler)
        assert 5 < n_completed < 5000
        states = [trial.state for trial in study.trials]
        assert states[:n_completed] == ["complete"] * n_completed
        study.tell(study.pending[0] if study.pending else study.ask(), 0.5)
    reopened = tt.Study(path)
    assert [trial.value for trial in reopened.trials[:n_completed]] == [float(number) for number in range(n_completed)]
    assert tt.study.check(path) == []


def test_a_full_disk_loses_nothing(tmp_path):
    """The same test on a file system that is really full, if a file system can be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        path, n_completed = disk / "study.db", 0
        with tt.Study(path, SPACE, seed=0, sampler="random") as study:
            with pytest.raises(tt.StudyError, match=r"disk is full|disk I/O"):  # noqa: PT012 - any of these calls may fail
                while n_completed < 5000:
                    study.tell(study.ask(), float(n_completed))
                    n_completed += 1
            assert [trial.value for trial in study.trials[:n_completed]] == [
                float(number) for number in range(n_completed)
            ]
        copy = tmp_path / "copy.db"
        for file in disk.iterdir():
            (tmp_path / file.name.replace("study.db", "copy.db")).write_bytes(file.read_bytes())
        reopened = tt.Study(copy)
        assert [trial.value for trial in reopened.trials[:n_completed]] == [
            float(number) for number in range(n_completed)
        ]
        reopened.tell(reopened.ask(), 0.5)
        reopened.close()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc to see descriptors")
def test_forty_opens_leave_no_descriptor_behind(path):
    create_study(path)
    for number in range(40):
        study = tt.Study(path, read_only=number % 2 == 1)
        if number % 3 == 0:
            study.close()
        del study
    assert not open_files(path.parent)
    studies = [tt.Study(path) for _ in range(count(10, 40))]
    for study in studies:
        study.tell(study.ask(), 0.5)
    assert len(study.environments) == 1 + len(studies)
    del studies, study
    assert not open_files(path.parent)


def test_an_unclosed_study_is_one_file_when_its_process_has_ended(path):
    python(f"import tanteo as tt; s = tt.Study({str(path)!r}, {{'x': tt.Float(0, 1)}}); s.ask()", "-W", "error")
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_that_is_not_a_study_is_left_alone(path):
    path.write_bytes(b"something else, and longer than a header of SQLite would be" * 20)
    original = path.read_bytes()
    with pytest.raises(tt.StudyError, match="not a study of Tanteo, and not even an SQLite file"):
        tt.Study(path, SPACE)
    assert path.read_bytes() == original
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE trials (id)")
    other.close()
    original = path.read_bytes()
    with pytest.raises(tt.StudyError, match="an SQLite file, but not a study of Tanteo"):
        tt.Study(path, SPACE)
    assert path.read_bytes() == original
    with pytest.raises(tt.StudyError, match="folder is missing"):
        tt.Study(path.parent / "nowhere" / "study.db", SPACE)
    with pytest.raises(tt.StudyError):
        tt.Study(path.parent, SPACE)


def test_the_error_for_a_snapshot_or_a_study_names_the_call_that_loads_it(path, tmp_path):
    snapshot = tmp_path / "search.tanteo"
    tt.Optimizer(SPACE).save(snapshot)
    with pytest.raises(tt.StudyError, match=r"is a snapshot written by .* load it with tt\.Optimizer\.load\(path\)"):
        tt.Study(snapshot, SPACE)
    create_study(path)
    with pytest.raises(tt.SnapshotError, match=r"is an SQLite file, .* open a study with tt\.Study\(path\)"):
        tt.Optimizer.load(path)


def test_the_error_for_a_path_that_cannot_be_opened_names_the_cause(path):
    with pytest.raises(tt.StudyError, match="is a folder; give the path of a regular file"):
        tt.Study(path.parent, SPACE)
    with pytest.raises(tt.StudyError, match=r"there is no study at .*; read_only=True opens studies that exist"):
        tt.Study(path, SPACE, read_only=True)
    with pytest.raises(tt.StudyError, match=r"there is no study at .*; give a space to start a study there"):
        tt.Study(path)
    assert not path.exists()


@pytest.mark.parametrize("relative", ["n" * 256, "n" * 252, "d/" * 2300 + "x", ("d" * 100 + "/") * 5 + "x"])
def test_a_path_that_is_too_long_is_named_as_the_cause(tmp_path, relative):
    path = tmp_path / relative
    if len(relative) < 1000:
        path.parent.mkdir(parents=True, exist_ok=True)
    with pytest.raises(tt.StudyError, match=r"its path or its name, .*, is too long; choose a shorter one"):
        tt.Study(path, SPACE)


def test_a_process_without_descriptors_is_told_so(path):
    create_study(path)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        with pytest.raises(tt.StudyError, match="no file descriptors left"):
            tt.Study(path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert len(tt.Study(path)) == 5


_REFUSED = """
import os, tanteo as tt, tanteo.study.environment
tanteo.study.environment.environment()  # its imports may be unreadable later
os.setgid(65534)
os.setuid(65534)
for path in {paths!r}:
    try:
        tt.Study(path)
    except tt.StudyError as error:
        assert "this user may not read or write it, or may not enter its folder" in str(error), error
    else:
        raise AssertionError(path)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user")
def test_a_file_of_another_user_is_named_as_the_cause():
    with tempfile.TemporaryDirectory() as folder:
        private, secret = Path(folder) / "private.db", Path(folder) / "secret"
        secret.mkdir(0o700)
        for path in (private, secret / "study.db"):
            create_study(path)
        private.chmod(0o600)
        Path(folder).chmod(0o755)
        python(_REFUSED.format(paths=[str(private), str(secret / "study.db")]))


def test_reading_a_study_leaves_no_other_file(path):
    create_study(path)
    original = path.read_bytes()
    tt.Study(path, read_only=True).close()
    assert tt.study.check(path) == []
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert path.read_bytes() == original
    with tt.Study(path) as writer:
        tt.Study(path, read_only=True).close()
        writer.tell(writer.ask(), 0.25)
        reader = tt.Study(path, read_only=True)
    reader.close()
    assert len(tt.Study(path, read_only=True)) == 6


_REFRESHES = """
import os, sys, tanteo as tt, tanteo.study.environment
os.setgid(65534), os.setuid(65534)
study = tt.Study({path!r}, read_only=True)
print(len(study), flush=True)
sys.stdin.readline()
study.refresh()
print(len(study), flush=True)
"""


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can switch to another user")
def test_a_refresh_sees_new_trials_in_a_write_protected_folder():
    with tempfile.TemporaryDirectory() as folder:
        path = create_study(Path(folder) / "study.db")
        path.chmod(0o444)
        path.parent.chmod(0o755)
        code = _REFRESHES.format(path=str(path))
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen([sys.executable, "-c", code], **pipes) as reader:
            assert reader.stdout.readline() == "5\n"
            writer = tt.Study(path)
            writer.tell(writer.ask(), 0.5)
            writer.close()
            assert reader.communicate("\n", timeout=60)[0] == "6\n"


def test_the_error_for_a_later_version_names_its_number(path):
    create_study(path)
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(tt.StudyError, match="version 99"):
        tt.Study(path)


@pytest.mark.parametrize(("durability", "level"), [("full", 2), ("normal", 1), ("off", 0)])
def test_durability_sets_the_sync_level(path, durability, level):
    study = tt.Study(path, SPACE, durability=durability)
    assert study._session.rows("PRAGMA synchronous") == [(level,)]
    assert study._session.rows("PRAGMA journal_mode") == [(b"wal",)]
