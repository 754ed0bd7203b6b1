"""Promise 22: 64 threads share an optimizer; a fork after use works or raises immediately; exit in an ask is clean."""

import os
import threading

import pytest

import tanteo as tt
from support.processes import python
from support.profile import count
from support.searches import ENDLESS, SAMPLERS, mixed_loss, mixed_space

THREADS = 64


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_22_sixty_four_threads_share_an_optimizer(sampler):
    optimizer = tt.Optimizer(mixed_space(), sampler=sampler, seed=1)
    n_asks = 2 if sampler == "gp" else count(10, 100)  # an ask of the GP costs milliseconds
    start = threading.Barrier(THREADS)
    results: list[tuple[int, float]] = []
    errors: list[BaseException] = []

    def work():
        start.wait()
        try:
            for _ in range(n_asks):
                trial = optimizer.ask()
                loss = mixed_loss(trial.params)
                optimizer.tell(trial, loss)
                results.append((trial.id, loss))
                assert optimizer.best is not None
                assert len(optimizer.trials) > 0
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert sorted(number for number, _ in results) == list(range(THREADS * n_asks))
    assert [trial.value for trial in optimizer.trials] == [loss for _, loss in sorted(results)]
    assert optimizer.best.value == min(loss for _, loss in results)


def test_promise_22_a_trial_told_by_many_threads_counts_once():
    optimizer = tt.Optimizer(mixed_space(), sampler="random", seed=1)
    outcomes: list[str] = []
    for _ in range(20):
        trial = optimizer.ask()
        start = threading.Barrier(8)

        def tell(value, trial=trial, start=start):
            start.wait()
            try:
                optimizer.tell(trial, float(value))
                outcomes.append("told")
            except tt.TrialStateError:
                outcomes.append("refused")

        threads = [threading.Thread(target=tell, args=(value,)) for value in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes.count("told") == 20
    assert outcomes.count("refused") == 140


_FORKED = """
import os, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 and later warn of any fork with threads
import tanteo as tt
from support.searches import mixed_space, run
optimizer = tt.Optimizer(mixed_space(), sampler={sampler!r}, seed=1)
run(optimizer, 60)
optimizer.ask({batch})
child = os.fork()
if child == 0:
    code = 3
    try:
        run(optimizer, 5)
        optimizer.ask({batch})
        code = 0
    except tt.TanteoError as error:
        code = 0 if "forked" in str(error) else 4
    finally:
        os._exit(code)
_, status = os.waitpid(child, 0)
run(optimizer, 5)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("sampler", SAMPLERS[:4])
def test_promise_22_a_fork_after_use_works_or_raises(sampler):
    python(_FORKED.format(sampler=sampler, batch=20), timeout=120, TANTEO_NUM_THREADS="4")


_FORKED_IN_A_CALL = """
import os, sys, threading, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 and later warn of any fork with threads
import tanteo as tt
study = tt.Study({path!r}, {{"x": tt.Float(0, 1), "y": tt.Float(0, 1)}}, sampler="random", seed=1)
for i in range(20):
    study.tell(study.ask(), i)
def hold():
    started.set()
    study.ask(200_000)
started = threading.Event()
threading.Thread(target=hold, daemon=True).start()
started.wait()
time.sleep(0.05)
child = os.fork()
if child == 0:
    code = 0
    for read in (lambda: study.predict([{{"x": 0.5, "y": 0.5}}]), lambda: len(study), lambda: study.best):
        try:
            read()
            code = 3
        except tt.StudyError as error:
            code = code if "'spawn' or 'forkserver'" in str(error) else 4
        except BaseException:
            code = 5
    os._exit(code)
_, status = os.waitpid(child, 0)
os._exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_promise_22_a_study_forked_while_a_thread_asks_raises_a_study_error(tmp_path):
    python(_FORKED_IN_A_CALL.format(path=str(tmp_path / "study.db")))


def test_promise_22_exit_with_a_daemon_thread_in_an_ask_is_clean():
    code = """
import threading, time
import tanteo as tt
from support.searches import mixed_space, run
optimizer = tt.Optimizer(mixed_space(), sampler="tpe", seed=1)
run(optimizer, 100)
threading.Thread(target=optimizer.ask, args=(10**7,), daemon=True).start()
time.sleep(0.2)
"""
    for threads in ("1", "4"):
        process = python(code, timeout=120, TANTEO_NUM_THREADS=threads)
        assert process.stderr == ""
