"""Searches in this process."""

import math
import sys
import threading

import numpy as np
import pytest

import tanteo as tt
from tanteo._internal.states import are_excluded

SPACE = {"x": tt.Float(-5.0, 5.0, default=4.0), "kind": tt.Categorical(["a", "b"], default="a")}


def square(params):
    return (params["x"] - 1.0) ** 2 + (params["kind"] == "b")


def history(result):
    return [(t.params, t.state, t.values, t.reason, dict(t.steps)) for t in result.trials]


def test_minimize_reports_the_best_trial_and_the_gain():
    result = tt.minimize(square, SPACE, n_trials=40, seed=1)
    assert len(result.trials) == 40
    assert result.stopped == "n_trials"
    assert result.best.value == min(t.value for t in result.trials)
    assert result.default.params == {"x": 4.0, "kind": "a"}
    assert result.gain.value == 9.0 - result.best.value > 0


def test_maximizing_is_minimizing_the_negative():
    low = tt.minimize(square, SPACE, n_trials=25, seed=3)
    high = tt.maximize(lambda params: -square(params), SPACE, n_trials=25, seed=3)
    assert [t.params for t in low.trials] == [t.params for t in high.trials]
    assert low.best.value == -high.best.value
    assert low.gain == high.gain


@pytest.mark.parametrize("function", [tt.minimize, tt.maximize])
def test_an_error_for_a_direction_names_the_function_to_call(function):
    with pytest.raises(tt.ArgumentError, match=r"takes no direction, got 'maximize' \(str\); call tt\.minimize or"):
        function(square, SPACE, n_trials=1, direction="maximize")


def test_equal_seeds_give_equal_searches_and_unseeded_searches_differ():
    runs = [tt.minimize(square, SPACE, n_trials=15, seed=seed) for seed in (5, 5, None, None)]
    assert history(runs[0]) == history(runs[1])
    assert runs[2].optimizer.seed != runs[3].optimizer.seed


def test_minimize_equals_a_loop_of_ask_and_tell():
    result = tt.minimize(square, SPACE, n_trials=15, seed=2)
    optimizer = tt.Optimizer(SPACE, seed=2)
    for _ in range(15):
        trial = optimizer.ask()
        optimizer.tell(trial, square(trial.params))
    assert [t.params for t in result.trials] == [t.params for t in optimizer.trials]


def test_several_objectives():
    result = tt.minimize(
        lambda p: (p["x"], p["x"] ** 2),
        {"x": tt.Float(-1, 1)},
        n_trials=10,
        seed=0,
        directions=["maximize", "minimize"],
    )
    with pytest.raises(tt.ArgumentError, match="pareto_front"):
        _ = result.best
    assert result.gain is None
    assert result.pareto_front == result.optimizer.pareto_front != []
    assert "Pareto front" in repr(result)


def test_points_are_suggested_first_and_none_is_queued_if_one_is_invalid():
    result = tt.minimize(square, SPACE, n_trials=3, seed=0, points=[{"x": 1.0, "kind": "a"}, {"kind": "b"}])
    assert result.trials[0].params == {"x": 1.0, "kind": "a"}
    assert result.trials[1].params["kind"] == "b"
    study = tt.Optimizer(SPACE, seed=0)
    with pytest.raises(tt.ParameterError) as in_queue:
        study.enqueue({"x": 9.0})
    with pytest.raises(tt.ParameterError, match="x") as checked:
        tt.minimize(square, study=study, n_trials=1, points=[{"x": 1.0}, {"x": 9.0}])
    assert str(checked.value) == f"points[1], {{'x': 9.0}}: {in_queue.value}"
    for point in (7, {"y": 1.0}):
        with pytest.raises(tt.SpaceError, match=rf"^points\[2\], {point}: "):
            tt.minimize(square, study=study, n_trials=1, points=[{}, {"x": 1.0}, point])
    assert study.ask().params == {"x": 4.0, "kind": "a"}


def test_points_are_checked_at_their_position_in_the_queue(monkeypatch):
    """The completion of a point depends on the id of its trial, so the check must use the same id."""
    check = tt.Optimizer._check_enqueue

    def raising_check(self, params, n_before):
        if (params["x"], n_before) == (3.0, 1):
            raise tt.SpaceError("no completion")
        check(self, params, n_before)

    monkeypatch.setattr(tt.Optimizer, "_check_enqueue", raising_check)
    study = tt.Optimizer(SPACE, seed=7)
    study.ask(2)
    snapshot = study.to_bytes()
    with pytest.raises(tt.SpaceError, match="no completion"):
        tt.minimize(square, study=study, n_trials=1, points=[{"x": 1.0}, {"x": 3.0}])
    assert study.to_bytes() == snapshot


@pytest.mark.parametrize("progress", ["line", "tqdm"])
@pytest.mark.parametrize(
    ("options", "message"),
    [({"points": [{"x": 9.0}]}, "9.0 is not a float from"), ({"n_workers": 2}, "cannot be sent to a worker process")],
)
def test_a_refused_call_shows_no_progress(options, message, progress, monkeypatch, capfd):
    lock = threading.Lock()  # cannot be sent to a worker process

    def objective(params):
        with lock:
            return params["x"]

    if progress == "line":
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(tt.TanteoError, match=message):
        tt.minimize(objective, SPACE, n_trials=3, seed=0, progress=True, **options)
    assert capfd.readouterr() == ("", "")


def test_arguments_may_be_numpy_numbers():
    options = {"n_trials": np.int64(3), "n_workers": np.int8(1), "timeout": np.float32(600), "progress": np.False_}
    assert len(tt.minimize(square, SPACE, seed=0, **options).trials) == 3


def test_a_finite_space_ends_the_search_normally():
    result = tt.minimize(lambda p: p["n"], {"n": tt.Int(0, 6)}, seed=0)
    assert result.stopped == "space exhausted"
    assert sorted(t.params["n"] for t in result.trials) == list(range(7))


def test_failures_are_counted_and_the_search_continues():
    def fragile(params):
        if params["x"] > 0:
            raise RuntimeError("diverged")
        return square(params)

    result = tt.minimize(fragile, SPACE, n_trials=20, seed=0)
    failed = [t for t in result.trials if t.state == "failed"]
    assert failed
    assert {t.reason for t in failed} == {"RuntimeError: diverged"}
    assert len(result.trials) == 20
    assert f"{len(failed)} x RuntimeError: diverged" in repr(result)


def test_an_uncaught_exception_propagates_and_completed_trials_are_kept():
    study = tt.Optimizer(SPACE, seed=0)

    def fragile(params, trial):
        if trial.id == 3:
            raise KeyError("gone")
        return square(params)

    with pytest.raises(KeyError, match="gone"):
        tt.minimize(fragile, study=study, n_trials=10, catch=(ValueError,))
    assert [t.state for t in study.trials] == ["complete"] * 3 + ["pending"]


@pytest.mark.filterwarnings("ignore:.* is no result of this search")
@pytest.mark.parametrize("value", [(1.0, 2.0), "text", -math.inf])
def test_a_value_that_tell_refuses_is_a_failure_if_its_error_is_caught(value):
    result = tt.minimize(lambda params: value, SPACE, n_trials=2, seed=0)
    assert [t.state for t in result.trials] == ["failed", "failed"]
    assert all(t.reason.startswith("ArgumentError: ") for t in result.trials)
    with pytest.raises(tt.ArgumentError):
        tt.minimize(lambda params: value, SPACE, n_trials=2, seed=0, catch=())


@pytest.mark.parametrize("n_workers", [1, 2])
@pytest.mark.parametrize("is_study", [False, True])
def test_no_model_learns_from_a_cancelled_trial(n_workers, is_study, tmp_path):
    """The others are suggested as if the trial had been cancelled by hand, and costs in another unit have no part."""

    def measure(params, trial):
        trial.report(1, 0.5)
        if trial.id in (2, 3):
            raise tt.Cancelled("connection lost")
        return {"value": params["x"], "cost": 2.0}

    study = tmp_path / "s.db" if is_study else None
    result = tt.minimize(measure, SPACE, n_trials=9, seed=0, n_workers=n_workers, study=study, budget=100.0)
    cancelled = [trial for trial in result.trials if trial.reason == "connection lost"]
    assert [(trial.id, trial.state, trial.cost) for trial in cancelled] == [(2, "failed", None), (3, "failed", None)]
    assert all("in measure" in trial.traceback and trial.duration is not None for trial in cancelled)
    assert len(result.trials) == 9
    assert result.spent == 14.0
    assert are_excluded(result.optimizer.view().state).nonzero()[0].tolist() == [2, 3]
    if n_workers == 1:
        by_hand = tt.Optimizer(SPACE, seed=0, budget=100.0)
        for number in range(9):
            trial = by_hand.ask()
            by_hand.report(trial, 1, 0.5)
            if number in (2, 3):
                by_hand.cancel(trial)
            else:
                by_hand.tell(trial, trial.params["x"], cost=2.0)
        assert [trial.params for trial in by_hand.trials] == [trial.params for trial in result.trials]


def test_reports_and_pruning():
    def train(params, trial):
        for step in range(5):
            trial.report(step, params["x"])
            if trial.should_prune():
                raise tt.Pruned
        return params["x"]

    result = tt.minimize(train, {"x": tt.Float(0, 1)}, n_trials=30, sampler="random", seed=0, pruner="median")
    states = [t.state for t in result.trials]
    assert states.count("pruned") > 0
    assert states.count("complete") > 0
    assert all(list(t.steps)[: len(t.steps)] == list(range(len(t.steps))) for t in result.trials)
    assert result.best.value == min(t.value for t in result.trials if t.state == "complete")


def test_a_resumed_trial_keeps_the_folds_it_reported_before():
    """Only the missing folds are taken from the second evaluation."""
    opt = tt.Optimizer({"x": tt.Float(0, 1)}, seed=0)
    opt.ask().report_fold(1, 0.25)

    def noisy(params, trial):
        for fold in range(3):
            trial.report_fold(fold, 0.5)

    (trial,) = tt.minimize(noisy, study=opt, n_trials=1).trials
    assert dict(trial.folds) == {1: 0.25, 0: 0.5, 2: 0.5}
    assert trial.value == pytest.approx(1.25 / 3)


@pytest.mark.filterwarnings("ignore:.* of this run failed")
def test_an_invalid_report_raises_in_the_objective():
    def train(params, trial):
        trial.report(1, 0.5)
        trial.report(1, 0.5)
        return 0.0

    (trial,) = tt.minimize(train, {"x": tt.Float(0, 1)}, n_trials=1, seed=0).trials
    assert trial.state == "failed"
    assert "step" in trial.reason


def test_callbacks_see_each_trial_after_its_result_and_can_stop():
    entries = []

    def watch(run, trial):
        entries.append((trial.id, trial.state, run.n_told, run.best.value))
        if run.n_told == 4:
            run.stop()

    result = tt.minimize(square, SPACE, n_trials=10, seed=0, callbacks=[watch])
    assert [entry[:3] for entry in entries] == [(i, "complete", i + 1) for i in range(4)]
    assert result.stopped == "callback"
    assert len(result.trials) == 4


def test_stop_search_from_a_callback_and_from_the_objective():
    def stop(run, trial):
        raise tt.StopSearch

    result = tt.minimize(square, SPACE, n_trials=10, seed=0, callbacks=[stop])
    assert (result.stopped, len(result.trials)) == ("callback", 1)

    def objective(params, trial):
        if trial.id == 2:
            raise tt.StopSearch("good enough")
        return 0.0

    result = tt.minimize(objective, SPACE, n_trials=10, seed=0)
    assert (result.stopped, len(result.trials)) == ("callback", 3)
    last = result.trials[2]
    assert (last.state, last.reason, last.excluded) == ("failed", "StopSearch: good enough", True)
    assert "1 cancelled, 2 complete" in repr(result)


def test_an_exception_of_a_callback_propagates_and_its_trial_is_kept():
    study = tt.Optimizer(SPACE, seed=0)

    def broken(run, trial):
        raise LookupError("callback")

    with pytest.raises(LookupError, match="callback"):
        tt.minimize(square, study=study, n_trials=10, callbacks=[broken])
    assert [t.state for t in study.trials] == ["complete"]


def test_after_the_timeout_no_trial_is_started():
    result = tt.minimize(square, SPACE, timeout=1e-9, seed=0)
    assert result.stopped == "timeout"
    assert len(result.trials) == 0
    assert result.best is None
    assert "no feasible complete trial" in repr(result)


def test_ctrl_c_returns_the_result_and_resuming_equals_no_interruption():
    """Promise 13 too: trials that an interruption leaves pending are evaluated first."""

    def interrupted(params, trial):
        trial.report(0, params["x"])
        if trial.id == 7 and not resumed:
            raise KeyboardInterrupt
        trial.report(1, params["x"])
        return square(params)

    resumed = False
    first = tt.minimize(interrupted, SPACE, n_trials=15, seed=4)
    assert first.interrupted
    assert first.stopped == "interrupted"
    assert [t.state for t in first.trials] == ["complete"] * 7 + ["pending"]
    saved = tt.Optimizer.from_bytes(first.optimizer.to_bytes())
    resumed = True
    second = tt.minimize(interrupted, study=saved, n_trials=8)
    assert history(second) == history(tt.minimize(interrupted, SPACE, n_trials=15, seed=4))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_trials": -1}, "n_trials"),
        ({"n_trials": 2.5}, "n_trials"),
        ({"n_trials": True}, "n_trials"),
        ({"n_workers": 0}, "n_workers"),
        ({"n_workers": None}, "n_workers"),
        ({"threads_per_worker": 0}, "threads_per_worker"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": "10"}, "timeout must be a number"),
        ({"progress": "yes"}, "progress must be True or False"),
        ({"progress": 1}, "progress"),
        ({"timeout": math.nan}, "timeout"),
        ({"timeout": math.inf}, "timeout"),
        ({"trial_timeout": -1.0}, "trial_timeout"),
        ({"callbacks": [1]}, "callbacks"),
        ({"study": 3}, "study must be an Optimizer, a Study or the path of one"),
        ({"study": 7}, "study must be an Optimizer"),
        ({"directions": []}, "directions"),
    ],
)
def test_invalid_arguments_are_refused_before_the_search(options, message):
    def never(params):
        raise AssertionError("nothing is evaluated")

    with pytest.raises(tt.ArgumentError, match=message):
        tt.minimize(never, SPACE, **{"n_trials": 1, **options})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": 1}, "; leave out seed= beside study="),
        ({"sampler": "random", "pausing": True}, "; leave out sampler=, pausing= beside study="),
        ({"sampler": "auto", "pruner": "auto"}, "; leave out sampler=, pruner= beside study="),
        ({"deduplicate": True}, "; leave out deduplicate= beside study="),
        ({"deduplicate": False}, "deduplicate"),
        ({"space": {"x": tt.Float(0, 1)}}, "exists in that of the study, but not in the given space"),
        ({"directions": ["maximize"]}, "directions"),
    ],
)
def test_arguments_that_contradict_the_study_are_refused(options, message):
    with pytest.raises(tt.ArgumentError, match=message):
        tt.minimize(square, n_trials=1, study=tt.Optimizer(SPACE, seed=0), **options)


def test_a_search_needs_a_space():
    with pytest.raises(tt.ArgumentError, match="need a space"):
        tt.minimize(square, n_trials=1)


def test_a_study_continues_with_its_own_space():
    study = tt.Optimizer(SPACE, seed=0)
    tt.minimize(square, SPACE, study=study, n_trials=3)
    assert len(tt.minimize(square, tt.SearchSpace(SPACE), study=study, n_trials=2).trials) == 5


def test_ctrl_c_in_a_callback_keeps_the_completed_trial():
    def impatient(run, trial):
        if trial.id == 2:
            raise KeyboardInterrupt

    result = tt.minimize(square, SPACE, n_trials=10, seed=0, callbacks=[impatient])
    assert result.interrupted
    assert [t.state for t in result.trials] == ["complete"] * 3


def test_callbacks_are_a_list():
    with pytest.raises(tt.ArgumentError, match="callbacks must be a list of callables, got 3"):
        tt.minimize(lambda params: 0.0, tt.SearchSpace({"x": tt.Float(0, 1)}), n_trials=1, callbacks=3)


@pytest.mark.parametrize("message", ["bad curve", "0.5", "", "lone \udcff"])
def test_text_in_pruned_is_the_reason(message):
    def poor(params):
        raise tt.Pruned(message)

    (trial,) = tt.minimize(poor, {"x": tt.Float(0.0, 1.0)}, n_trials=1, seed=0).trials
    expected = message.encode("utf-8", "backslashreplace").decode()
    assert (trial.state, trial.value, trial.reason, trial.attrs) == ("pruned", None, expected, {})


def test_maximize_has_one_objective():
    with pytest.raises(tt.ArgumentError, match="call minimize with directions"):
        tt.maximize(lambda params: 1.0, {"x": tt.Float(0.0, 1.0)}, n_trials=1, directions=["maximize", "maximize"])
