"""What was acknowledged is in the file after looks, forks, renames and lost side files, or the next call is refused."""

import contextlib
import multiprocessing
import os
import shutil
import sqlite3
import threading

import pytest

import tanteo as tt
from support.processes import python
from tanteo.study import check, guard, stale

SPACE = {"x": tt.Float(0.0, 1.0)}
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
# From Python 3.12 on, a fork in a process with threads causes a warning. These tests check such forks.
forks = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "study.db"


def opened(path, **options):
    return tt.Study(path, SPACE, seed=0, sampler="random", durability="off", **options)


def told(path):
    """Return what a fresh process reads."""
    code = "import tanteo as tt; s = tt.Study({!r}, read_only=True); print([t.value for t in s.trials]); s.close()"
    return python(code.format(str(path))).stdout.strip()


_VISIT = "import tanteo as tt; s = tt.Study({!r}); s.tell(s.ask(), 7.0); s.close()"
_LOOKS = {
    "a second study": lambda path: tt.Study(path).close(),
    "a reader": lambda path: tt.Study(path, read_only=True).close(),
    "a check": check,
    "a run": lambda path: tt.minimize(lambda _: 0.5, SPACE, study=path, n_trials=1, progress=False),
    "bytes": lambda path: path.read_bytes(),
    "bytes of the log": lambda path: path.with_name("study.db-wal").read_bytes(),
    "bytes of the index": lambda path: path.with_name("study.db-shm").read_bytes(),
    "a copy": lambda path: shutil.copy(path, path.with_name("copy.db")),
}


@pytest.mark.parametrize("look", _LOOKS)
def test_a_look_at_an_open_study_loses_nothing(path, look):
    with opened(path) as study:
        study.tell(study.ask(), 1.0)
        _LOOKS[look](path)
        python(_VISIT.format(str(path)))
        study.tell(study.ask(), 2.0)
    values = ["1.0", "0.5", "7.0", "2.0"] if look == "a run" else ["1.0", "7.0", "2.0"]
    assert told(path) == f"[{', '.join(values)}]"


@pytest.mark.parametrize("look", ["bytes", "bytes of the log", "bytes of the index", "a check"])
def test_without_locks_of_descriptions_a_lost_log_is_noticed_before_anything_is_acknowledged(path, look, monkeypatch):
    monkeypatch.setattr(guard, "_HAS_OWN_LOCKS", False)
    acknowledged = ["1.0", "7.0"]
    with opened(path) as study:
        study.tell(study.ask(), 1.0)
        _LOOKS[look](path)
        python(_VISIT.format(str(path)))
        with contextlib.suppress(tt.StudyError):
            study.tell(study.ask(), 2.0)
            acknowledged.append("2.0")
    assert told(path) == f"[{', '.join(acknowledged)}]"


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
@pytest.mark.parametrize("is_replaced", [True, False])
def test_a_deleted_or_replaced_side_file_is_noticed(path, suffix, is_replaced):
    study = opened(path)
    trial = study.ask()
    side = path.with_name(path.name + suffix)
    if is_replaced:
        other = shutil.copy(side, path.with_name("other"))
        other.replace(side)
    else:
        side.unlink()
    problem = "was replaced by another file" if is_replaced else "is gone"
    for call in (study.ask, lambda: study.tell(trial, 1.0), study.refresh):
        with pytest.raises(tt.StudyError, match=f"its {suffix} file {problem}"):
            call()
    study.close()
    assert told(path) == "[None]"


def test_a_write_lock_that_was_dropped_is_noticed(path):
    """Another thread may read the index during a transaction, which drops the lock of the writer."""
    with opened(path) as study:
        lost = pytest.raises(tt.StudyError, match="drops the lock of the study; nothing was written")
        with lost, study._session.change():
            study._session.execute("DELETE FROM beat", ())
            path.with_name("study.db-shm").read_bytes()
        study.tell(study.ask(), 1.0)
    assert told(path) == "[1.0]"


def test_a_study_with_two_names_is_refused(path):
    with opened(path) as study:
        study.tell(study.ask(), 1.0)
        other = path.with_name("other.db")
        os.link(path, other)
        for call in (study.ask, study.refresh, lambda: tt.Study(other), lambda: tt.Study(path, read_only=True)):
            with pytest.raises(tt.StudyError, match=r"2 names \(hard links\)"):
                call()
        other.unlink()
        study.tell(study.ask(), 2.0)
    assert told(path) == "[1.0, 2.0]"


def test_a_study_that_is_renamed_while_it_is_open_keeps_everything(path, monkeypatch):
    monkeypatch.setattr("tanteo.study.acceptance._TO_OPEN", 0.0)
    study, renamed = opened(path), path.with_name("renamed.db")
    study.tell(study.ask(), 1.0)
    path.rename(renamed)
    with pytest.raises(tt.StudyError, match="it is gone since it was opened"):
        study.ask()
    with pytest.raises(tt.StudyError, match="renamed while it was open"):
        tt.Study(renamed)
    study.close()
    assert told(renamed) == "[1.0]"
    # What is left at the old place is in no one's way.
    opened(path).close()


def test_a_journal_of_a_process_that_is_creating_the_study_is_not_foreign(path, monkeypatch):
    """Its first row may be committed between the look at the journal and the one at the rows."""
    opened(path).close()
    journal = path.with_name("study.db-journal")
    journal.write_bytes(b"the beginning of a study")
    last = stale._last

    def commit_and_look(real):
        journal.unlink(missing_ok=True)
        return last(real)

    monkeypatch.setattr(stale, "_last", commit_and_look)
    opened(path).close()
    journal.write_bytes(b"left by another study")
    monkeypatch.undo()
    monkeypatch.setattr("tanteo.study.acceptance._TO_OPEN", 0.0)
    with pytest.raises(tt.StudyError, match="left by another study, or an older state"):
        opened(path)


def test_a_process_that_opens_or_closes_a_study_never_seems_to_have_it_open_without_its_log(path, monkeypatch):
    opened(path).close()
    log, looks, observers = path.with_name("study.db-wal"), [], []
    change = guard.StudyGuard._set

    def change_and_look(self, *lock):
        change(self, *lock)
        if self not in observers:
            observers.append(other := guard.StudyGuard.__new__(guard.StudyGuard))
            other.__init__(path, guard.identity_of(path))
            looks.append(other.is_open_elsewhere(log))

    monkeypatch.setattr(guard.StudyGuard, "_set", change_and_look)
    opened(path).close()
    assert len(looks) >= 8
    assert not any(looks)


def test_one_look_at_the_wrong_moment_refuses_no_study(path, monkeypatch):
    """Another process may close the study between the two questions whether it is open, and with which log."""
    opened(path).close()
    looks = iter([False, True, False])
    monkeypatch.setattr(guard.StudyGuard, "is_open_elsewhere", lambda _, log: next(looks, False))
    opened(path).close()
    looks = iter([True, False])
    opened(path).close()


_KILLED = """
import os, tanteo as tt
study = tt.Study({!r}, {{"x": tt.Float(0, 1)}}, seed=0, sampler="random")
for value in range(5):
    study.tell(study.ask(), float(value))
os._exit(0)
"""


@pytest.mark.parametrize("kind", ["another study", "an older copy", "a copy that went on"])
def test_the_log_of_a_killed_process_is_not_merged_into_what_is_moved_into_its_place(path, kind):
    other = path.with_name("other.db")
    with opened(path if kind != "another study" else other) as study:
        study.tell(study.ask(), 9.0)
    if kind != "another study":
        shutil.copy(path, other)
    if kind == "a copy that went on":
        with tt.Study(other) as study:
            study.tell(study.ask(), 8.0)
    expected = told(other)
    python(_KILLED.format(str(path)))
    shutil.copy(other, path)
    if kind == "an older copy":
        # With its log it is the whole history again.
        assert told(path) == "[9.0, 0.0, 1.0, 2.0, 3.0, 4.0]"
        return
    for options in ({}, {"read_only": True}):
        with pytest.raises(tt.StudyError, match=r"study\.db-wal' is not its side file, .* Move it to another folder"):
            tt.Study(path, **options)
    path.with_name("study.db-wal").rename(path.with_name("away"))
    assert told(path) == expected


def test_the_log_of_a_study_that_is_gone_is_not_deleted(path):
    python(_KILLED.format(str(path)))
    path.rename(path.with_name("moved.db"))
    with pytest.raises(tt.StudyError, match="was left by another study"):
        opened(path)
    assert not path.exists()
    path.with_name("study.db-wal").rename(path.with_name("moved.db-wal"))
    assert told(path.with_name("moved.db")) == "[0.0, 1.0, 2.0, 3.0, 4.0]"


# --- forks -----------------------------------------------------------------------------------------------------------


def in_child(work):
    """Run a function in a forked process, and return what it returns or the message of its error."""
    read, write = os.pipe()
    if os.fork() == 0:
        try:
            answer = str(work())
        except tt.StudyError as error:
            answer = str(error)
        os.write(write, answer.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        answer = pipe.read()
    os.wait()
    return answer


@needs_fork
@forks
def test_a_forked_process_is_refused_and_told_what_to_do(path):
    with opened(path) as study:
        trial = study.ask()
        for work in (
            study.ask,
            lambda: study.tell(trial, 2.0),
            study.refresh,
            lambda: tt.Study(path),
            lambda: check(path),
        ):
            assert "when this process was forked" in (answer := in_child(work))
            assert "'spawn' or 'forkserver', or close the study before the fork" in answer
        # What was loaded can still be read.
        assert in_child(lambda: len(study)) == "1"
        study.tell(trial, 1.0)
    assert told(path) == "[1.0]"
    assert in_child(lambda: len(tt.Study(path))) == "1"


@needs_fork
@forks
@pytest.mark.parametrize("way_out", ["os._exit(0)", "sys.exit(0)"])
def test_a_forked_process_that_ends_takes_nothing_with_it(path, way_out):
    """As the workers of a data loader do, which never use the study."""
    code = f"""
import os, sys, subprocess, warnings, tanteo as tt
warnings.simplefilter("ignore", DeprecationWarning)
study = tt.Study({str(path)!r}, {{"x": tt.Float(0, 1)}}, seed=0, sampler="random", durability="off")
for value in range(4):
    study.tell(study.ask(), float(value))
    if os.fork() == 0:
        {way_out}
    os.wait()
    subprocess.run([sys.executable, "-c", {_VISIT.format(str(path))!r}], check=True)
study.tell(study.ask(), 4.0)
"""
    python(code)
    assert told(path) == "[0.0, 7.0, 1.0, 7.0, 2.0, 7.0, 3.0, 7.0, 4.0]"


@needs_fork
@forks
def test_a_fork_during_a_transaction_of_another_thread_does_no_harm(path):
    with opened(path) as study:
        is_inside, may_end = threading.Event(), threading.Event()

        def hold():
            with study._session.change():
                is_inside.set()
                may_end.wait()

        holder = threading.Thread(target=hold)
        holder.start()
        is_inside.wait()
        assert "when this process was forked" in in_child(study.ask)
        assert "when this process was forked" in in_child(lambda: tt.Study(path))
        may_end.set()
        holder.join()
        study.tell(study.ask(), 1.0)
    assert told(path) == "[1.0]"


def _tell_in_pool(arguments):
    path, value = arguments
    try:
        with tt.Study(path) as study:
            study.tell(study.ask(), value)
    except tt.StudyError as error:
        return str(error)
    return "told"


@forks
@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_pool_of_processes_works_or_is_refused(path, method):
    with opened(path):
        with multiprocessing.get_context(method).Pool(2) as pool:
            answers = pool.map(_tell_in_pool, [(path, 1.0), (path, 2.0)])
        if method == "fork":
            assert all("when this process was forked" in answer for answer in answers)
        else:
            assert answers == ["told", "told"]
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(_tell_in_pool, [(path, 1.0), (path, 2.0)]) == ["told", "told"]


def test_workers_of_joblib_may_open_a_study_that_is_open(path):
    joblib = pytest.importorskip("joblib")
    with opened(path) as study:
        with joblib.parallel_config("loky", n_jobs=2):
            answers = joblib.Parallel()(joblib.delayed(_tell_in_pool)((path, value)) for value in (1.0, 2.0))
        assert answers == ["told", "told"]
        study.tell(study.ask(), 3.0)
        assert len(study) == 3


def test_a_connection_of_another_program_does_no_harm(path):
    with opened(path) as study:
        study.tell(study.ask(), 1.0)
        other = sqlite3.connect(path)
        assert other.execute("SELECT count(*) FROM log WHERE kind = 'tell'").fetchone() == (1,)
        other.close()
        python(
            f"import sqlite3; c = sqlite3.connect({str(path)!r}); c.execute('SELECT * FROM log').fetchall(); c.close()"
        )
        study.tell(study.ask(), 2.0)
    assert told(path) == "[1.0, 2.0]"
