"""Searches in worker processes."""

import os
import pickle
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

import tanteo as tt
from tanteo.run import payload

SPACE = {"x": tt.Float(0.0, 1.0, default=0.5), "label": tt.Categorical([("a", 1), ("b", 2)], default=("a", 1))}


def state_and_reason(result, number):
    trial = result.trials[number]
    return trial.state, trial.reason


def test_trials_are_evaluated_in_worker_processes():
    def process_id_as_cost(params):
        return {"value": params["x"], "cost": os.getpid()}

    result = tt.minimize(process_id_as_cost, SPACE, n_trials=12, n_workers=2, seed=0)
    processes = {int(t.cost) for t in result.trials}
    assert 1 <= len(processes) <= 2
    assert os.getpid() not in processes
    assert [t.state for t in result.trials] == ["complete"] * 12


def test_one_worker_process_gives_the_trials_of_a_serial_search():
    def objective(params, trial):
        trial.report(0, params["x"])
        if trial.should_prune():
            raise tt.Pruned
        if params["x"] > 0.9:
            raise ValueError("too large")
        return tt.Replicates([params["x"], params["x"] + 1.0])

    serial = tt.minimize(objective, SPACE, n_trials=25, sampler="random", seed=3, pruner="median")
    worker = tt.minimize(objective, SPACE, n_trials=25, sampler="random", seed=3, pruner="median", trial_timeout=600.0)
    assert list(serial.trials) == list(worker.trials)
    assert {t.state for t in serial.trials} >= {"complete", "pruned"}


def test_folds_are_reported_from_workers():
    def objective(params, trial):
        for fold in trial.fold_order(5):
            trial.report_fold(fold, params["x"] + fold)
            if trial.should_prune():
                raise tt.Pruned

    serial = tt.minimize(objective, SPACE, n_trials=15, sampler="random", seed=3)
    worker = tt.minimize(objective, SPACE, n_trials=15, sampler="random", seed=3, trial_timeout=600.0)
    assert list(serial.trials) == list(worker.trials)
    assert serial.best.value == pytest.approx(serial.best.params["x"] + 2.0)
    assert {t.state for t in serial.trials} == {"complete", "pruned"}


def test_the_search_is_determined_by_the_order_of_tells():
    """Promise 11 with workers: replaying the order in which trials ended gives the same asks."""
    order = []

    def uneven(params, trial):
        time.sleep(0.02 * (trial.id % 4))
        return params["x"]

    result = tt.minimize(
        uneven, SPACE, n_trials=18, n_workers=3, seed=5, callbacks=[lambda run, trial: order.append(trial.id)]
    )
    assert sorted(order) == list(range(18))
    replay = tt.Optimizer(SPACE, seed=5)
    for _ in range(3):
        replay.ask()
    for number in order:
        replay.tell(number, replay.trials[number].params["x"])
        if len(replay.trials) < 18:
            replay.ask()
    assert list(replay.trials) == list(result.trials)


def test_a_worker_that_dies_fails_its_trial_and_is_replaced():
    def deadly(params, trial):
        if trial.id == 1:
            os._exit(7)
        if trial.id == 2:
            os.kill(os.getpid(), signal.SIGSEGV)
        if trial.id == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return params["x"]

    result = tt.minimize(deadly, SPACE, n_trials=8, n_workers=2, seed=0)
    assert state_and_reason(result, 1) == ("failed", "worker died (exit code 7)")
    assert state_and_reason(result, 2) == ("failed", "worker died (signal 11)")
    assert state_and_reason(result, 3) == ("failed", "worker died (signal 9)")
    assert [t.state for t in result.trials].count("complete") == 5


def test_a_worker_that_dies_while_a_child_holds_its_pipe_is_detected():
    def leaves_a_child(params, trial):
        if trial.id == 0 and os.fork() == 0:
            time.sleep(600)
        if trial.id == 0:
            os._exit(1)
        return params["x"]

    result = tt.minimize(leaves_a_child, SPACE, n_trials=2, n_workers=2, seed=0)
    assert state_and_reason(result, 0) == ("failed", "worker died (exit code 1)")


@pytest.mark.parametrize("n_workers", [1, 2])
def test_a_trial_that_takes_too_long_is_killed(n_workers):
    def slow(params, trial):
        if trial.id == 1:
            time.sleep(600)
        return params["x"]

    result = tt.minimize(slow, SPACE, n_trials=4, n_workers=n_workers, trial_timeout=0.5, seed=0)
    assert state_and_reason(result, 1) == ("failed", "timed out after 0.5 s")
    assert [t.state for t in result.trials].count("complete") == 3


@pytest.mark.filterwarnings("ignore:.* of this run failed")
def test_killing_a_worker_kills_its_children(tmp_path):
    def with_a_child(params):
        child = os.fork()
        if child:
            (tmp_path / "child").write_text(str(child))
        time.sleep(600)

    result = tt.minimize(with_a_child, SPACE, n_trials=1, trial_timeout=0.5, seed=0)
    assert result.trials[0].state == "failed"
    child = int((tmp_path / "child").read_text())
    assert ended(child)


def ended(process):
    """Whether a process ends within ten seconds."""
    for _ in range(200):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        if is_zombie(process):
            return True
        time.sleep(0.05)
    return False


def is_zombie(process):
    """Whether the process was killed but not reaped, since init in some containers reaps no orphans."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return False


def test_an_uncaught_exception_of_a_worker_keeps_its_traceback():
    def broken(params):
        raise LookupError("over there")

    with pytest.raises(LookupError, match="over there") as caught:
        tt.minimize(broken, SPACE, n_trials=4, n_workers=2, seed=0, catch=(ValueError,))
    assert "in broken" in caught.value.__notes__[0]


def test_an_exception_that_cannot_be_pickled_becomes_a_worker_error_with_its_text():
    class StubbornError(Exception):
        def __reduce__(self):
            raise TypeError("not me")

    def broken(params):
        raise StubbornError("stays")

    with pytest.raises(tt.WorkerError, match=r"\AStubbornError: stays\n") as caught:
        tt.minimize(broken, SPACE, n_trials=4, n_workers=2, seed=0, catch=(ValueError,))
    frames = [line.split(",")[0].strip() for line in str(caught.value).splitlines() if line.startswith("  File ")]
    assert frames == [f'File "{__file__}"'], "no frames of this package"


@pytest.mark.filterwarnings("ignore:.* of this run failed")
def test_an_exception_class_of_the_script_is_recognized_in_the_worker():
    class DivergedError(Exception):
        pass

    def broken(params):
        raise DivergedError("nan loss")

    result = tt.minimize(broken, SPACE, n_trials=2, n_workers=2, seed=0, catch=(DivergedError,))
    assert {t.reason for t in result.trials} == {"DivergedError: nan loss"}


def test_sys_exit_in_an_objective_propagates():
    def leave(params):
        sys.exit(3)

    with pytest.raises(SystemExit) as caught:
        tt.minimize(leave, SPACE, n_trials=2, n_workers=2, seed=0)
    assert caught.value.code == 3


def test_an_invalid_report_raises_in_the_objective():
    def train(params, trial):
        trial.report(1, 0.5)
        try:
            trial.report(1, 0.5)
        except tt.ArgumentError as error:
            return 0.25 if "already reported step 1" in str(error) else 0.0
        return 0.0

    assert tt.minimize(train, SPACE, n_trials=1, n_workers=2, seed=0).best.value == 0.25


@pytest.mark.filterwarnings("ignore:.* is no result of this search")
def test_a_return_value_that_cannot_be_pickled_is_a_failure():
    result = tt.minimize(lambda params: lambda: 0.0, SPACE, n_trials=2, n_workers=2, seed=0)
    assert [t.state for t in result.trials] == ["failed", "failed"]


def test_choices_of_the_script_reach_the_worker():
    class Model:
        cost = 2.0

    space = {"model": tt.Categorical([Model, max]), "x": tt.Float(0, 1)}
    result = tt.minimize(lambda p: getattr(p["model"], "cost", 1.0) + p["x"], space, n_trials=6, n_workers=2, seed=0)
    assert [t.state for t in result.trials] == ["complete"] * 6
    assert all((t.value > 2.0) == (t.params["model"] is Model) for t in result.trials)


def test_threads_per_worker_sets_the_environment_of_workers_only(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "5")

    def threads(params):
        return int(os.environ["OMP_NUM_THREADS"])

    assert tt.minimize(threads, SPACE, n_trials=1, n_workers=2, threads_per_worker=3).best.value == 3.0
    assert tt.minimize(threads, SPACE, n_trials=1, n_workers=2).best.value == 5.0
    assert os.environ["OMP_NUM_THREADS"] == "5"


def test_the_timeout_waits_for_running_trials():
    def slow(params):
        time.sleep(0.3)
        return params["x"]

    result = tt.minimize(slow, SPACE, timeout=0.1, n_workers=2, seed=0)
    assert result.stopped == "timeout"
    assert [t.state for t in result.trials] == ["complete", "complete"]


def test_a_stop_waits_for_running_trials():
    def slow(params, trial):
        time.sleep(0.3 * trial.id)
        return params["x"]

    result = tt.minimize(slow, SPACE, n_trials=10, n_workers=2, seed=0, callbacks=[lambda run, trial: run.stop()])
    assert result.stopped == "callback"
    assert [t.state for t in result.trials] == ["complete", "complete"]


def test_a_finite_space_ends_the_search_with_workers_too():
    result = tt.minimize(lambda p: p["n"], {"n": tt.Int(0, 4)}, n_workers=3, seed=0)
    assert result.stopped == "space exhausted"
    assert sorted(t.params["n"] for t in result.trials) == list(range(5))
    assert not result.optimizer.pending


def test_workers_can_have_workers():
    def outer(params):
        return tt.minimize(lambda p: p["y"], {"y": tt.Float(0, 1)}, n_trials=2, n_workers=2, seed=0).best.value

    result = tt.minimize(outer, SPACE, n_trials=1, n_workers=2, seed=0)
    assert result.trials[0].state == "complete"


def test_without_cloudpickle_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    with pytest.raises(tt.ArgumentError, match=r"tanteo\[parallel\]"):
        tt.minimize(lambda params: 0.0, SPACE, n_trials=1, n_workers=2)


def test_without_cloudpickle_functions_of_modules_are_sent_and_those_of_main_are_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    assert pickle.loads(payload.dumps(os.getpid, "the objective")) is os.getpid

    def of_a_script():
        """A stand-in for a function of a script."""

    of_a_script.__module__, of_a_script.__qualname__ = "__main__", "of_a_script"
    monkeypatch.setattr(sys.modules["__main__"], "of_a_script", of_a_script, raising=False)
    with pytest.raises(tt.ArgumentError, match="defined in __main__"):
        payload.dumps(of_a_script, "the objective")


def test_an_objective_that_cloudpickle_cannot_pickle_is_refused_before_the_search():
    lock = threading.Lock()
    with pytest.raises(tt.ArgumentError, match="the objective cannot be sent to a worker"):
        tt.minimize(lambda params: lock.locked(), SPACE, n_trials=1, n_workers=2)


def test_an_objective_that_workers_cannot_load_ends_the_search():
    class Unloadable:
        def __call__(self, params):
            return 0.0

        def __reduce__(self):
            return __import__, ("there_is_no_such_module",)

    with pytest.raises(ModuleNotFoundError, match="there_is_no_such_module"):
        tt.minimize(Unloadable(), SPACE, n_trials=1, n_workers=2)
