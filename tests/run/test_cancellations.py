"""Trials that the objective cancels: what they cost, and when they end the run."""

from __future__ import annotations

import re
from typing import Any

import pytest

import tanteo as tt
from tanteo.cli import main
from tanteo.plotting.data import optimization_history
from tanteo.plotting.timeline import timeline
from tanteo.report.document import Table, Text
from tanteo.report.sections.failures import failures
from tanteo.report.sections.progress import progress
from tanteo.report.subject import Subject
from tanteo.run.progress import describe
from tanteo.run.watching import MOST_IN_A_ROW

SPACE = {"x": tt.Float(0.0, 1.0)}
EARLY = "ignore:The first 5 trials of this run failed"
END = (
    f"The run ends early: {MOST_IN_A_ROW} trials in a row were cancelled, the last of them trial {{}}: no connection. "
    "Fix the cause and continue with study=result.study"
)


def fail(params: dict[str, float]) -> float:
    raise tt.Cancelled("no connection")


@pytest.mark.filterwarnings(EARLY)
@pytest.mark.parametrize("limits", [{"budget": 1e9}, {"n_trials": 10**6}, {"budget": 1e9, "pausing": True}])
def test_cancelled_trials_in_a_row_end_the_run_and_keep_its_result(limits: dict[str, Any]) -> None:
    last = MOST_IN_A_ROW - 1
    with pytest.warns(RuntimeWarning, match=re.escape(END.format(last)) + "$"):
        result = tt.minimize(fail, SPACE, seed=0, sampler="random", progress=False, **limits)
    assert (result.stopped, len(result.trials)) == ("cancelled", MOST_IN_A_ROW)
    reason = f"{MOST_IN_A_ROW} trials in a row were cancelled, the last of them trial {last}: no connection"
    assert result.stop_reason == reason
    more = tt.minimize(lambda p: p["x"], study=result.study, n_trials=2, progress=False)
    assert (more.stopped, len(more.trials)) == ("n_trials", MOST_IN_A_ROW + 2)


@pytest.mark.filterwarnings(EARLY)
def test_workers_whose_trials_are_cancelled_end_the_run() -> None:
    with pytest.warns(RuntimeWarning, match="The run ends early"):
        result = tt.minimize(fail, SPACE, budget=1e9, seed=0, sampler="random", progress=False, n_workers=2)
    assert result.stopped == "cancelled"
    assert len(result.trials) <= MOST_IN_A_ROW + 1


@pytest.mark.parametrize("other", [lambda: 0.5, lambda: None])
def test_another_trial_ends_the_row(other: Any) -> None:
    def measure(params: dict[str, float], trial: Any) -> Any:
        if trial.id % MOST_IN_A_ROW == 0:
            return other()
        raise tt.Cancelled("no connection")

    n = 2 * MOST_IN_A_ROW + 1
    result = tt.minimize(measure, SPACE, n_trials=n, seed=0, sampler="random", progress=False)
    assert (result.stopped, len(result.trials)) == ("n_trials", n)


def test_with_a_budget_in_seconds_a_cancelled_trial_costs_its_duration() -> None:
    def measure(params: dict[str, float], trial: Any) -> float:
        if trial.id == 1:
            raise tt.Cancelled("no connection")
        return params["x"]

    result = tt.minimize(measure, SPACE, n_trials=3, budget=1e9, seed=0, progress=False)
    assert result.trials[1].cost == result.trials[1].duration
    assert result.spent == sum(trial.cost or 0.0 for trial in result.trials)


@pytest.mark.filterwarnings("ignore:The first trial of this run failed")
@pytest.mark.parametrize("is_study", [False, True])
def test_a_trial_that_is_cancelled_after_a_pause_keeps_its_cost(is_study: bool, tmp_path: Any) -> None:
    def measure(params: dict[str, float], trial: Any) -> Any:
        if trial.resume_from is not None:
            raise tt.Cancelled("no connection")
        trial.report(1, params["x"])
        return {"state": "paused", "cost": 5.0}

    options: dict[str, Any] = {"study": tmp_path / "s.db"} if is_study else {}
    result = tt.minimize(measure, SPACE, n_trials=1, budget=100.0, pausing=True, seed=0, progress=False, **options)
    (trial,) = result.trials
    assert (trial.state, trial.reason, trial.cost, result.spent) == ("failed", "no connection", 5.0, 5.0)


@pytest.mark.parametrize("is_study", [False, True])
def test_a_trial_is_cancelled_by_hand_with_its_cost(is_study: bool, tmp_path: Any) -> None:
    search = tt.Study(tmp_path / "s.db", SPACE, seed=0) if is_study else tt.Optimizer(SPACE, seed=0)
    trial = search.ask()
    with pytest.raises(tt.ArgumentError, match="cost"):
        search.cancel(trial, cost=-1.0)
    search.cancel(trial, reason="no connection", cost=2.5)
    assert (search.trials[0].cost, search.spent, search.pending) == (2.5, 2.5, [])


@pytest.mark.parametrize("n_workers", [1, 2])
def test_a_reason_that_is_no_text_is_a_mistake_at_its_line(n_workers: int) -> None:
    def measure(params: dict[str, float]) -> float:
        wrong: Any = 5
        raise tt.Cancelled(wrong)

    with pytest.warns(RuntimeWarning) as caught:
        result = tt.minimize(measure, SPACE, n_trials=1, seed=0, progress=False, n_workers=n_workers)
    line = measure.__code__.co_firstlineno + 2
    message = "ArgumentError: reason must be text, got 5 (int)"
    assert f"line {line}, in measure: {message}" in str(caught[0].message)
    assert result.trials[0].reason == message


def test_a_returned_state_cancelled_is_refused_and_nothing_is_learned_from_its_trial() -> None:
    with pytest.warns(RuntimeWarning, match=r"Trial 0 was cancelled.*raise tt\.Cancelled\(reason\)"):
        result = tt.minimize(lambda p: {"state": "cancelled"}, SPACE, n_trials=1, seed=0, progress=False)
    assert result.trials[0].excluded


def test_tell_says_how_to_cancel() -> None:
    opt = tt.Optimizer(SPACE, seed=0)
    trial = opt.ask()
    told: Any = "cancelled"
    with pytest.raises(tt.ArgumentError, match=r"got 'cancelled'.*; to cancel a trial call cancel\(trial, reason"):
        opt.tell(trial, state=told)
    assert opt.pending


@pytest.mark.parametrize("option", ["--state", "--where"])
def test_cancelled_trials_are_listed_by_that_name(option: str, tmp_path: Any, capsys: Any) -> None:
    with tt.Study(tmp_path / "s.db", SPACE, seed=0) as study:
        study.cancel(study.ask())
        study.tell(study.ask(), state="failed")
    for name, number in (("cancelled", "0"), ("failed", "1")):
        main(["trials", str(tmp_path / "s.db"), option, name if option == "--state" else f"state={name}"])
        _, line = capsys.readouterr().out.splitlines()
        assert line.split()[:2] == [number, name]


def american(trial: Any) -> None:
    raise tt.Canceled("no connection")


def not_imported(trial: Any) -> None:
    raise Canceled("no connection")  # noqa: F821 - the mistake


def of_another_library(trial: Any) -> None:
    from tanteo import TrialPruned  # noqa: F401 - the mistake


def of_a_module(trial: Any) -> None:
    from tanteo.stopping import Foo  # noqa: F401 - the mistake


def no_module(trial: Any) -> None:
    import tanteo.nothing  # noqa: F401 - the mistake


def of_the_trial(trial: Any) -> None:
    trial.should_stop()


def of_a_class(trial: Any) -> None:
    tt.Float.unifrom(0.0, 1.0)


def unknown_exception_of_optuna(trial: Any) -> None:
    raise TrialPruned  # noqa: F821 - the mistake


def small_letters(trial: Any) -> None:
    raise pruned  # noqa: F821 - the mistake


MISNAMED = [
    (american, "'tanteo' has no attribute 'Canceled'; the closest name is tanteo.Cancelled"),
    (not_imported, "name 'Canceled' is not defined"),
    (of_another_library, "cannot import name 'TrialPruned' from 'tanteo'"),
    (of_a_module, "cannot import name 'Foo' from 'tanteo.stopping'"),
    (no_module, "No module named 'tanteo.nothing'"),
    (of_the_trial, "'RunningTrial' object has no attribute 'should_stop'"),
    (of_a_class, "type object 'Float' has no attribute 'unifrom'"),
    (unknown_exception_of_optuna, "name 'TrialPruned' is not defined"),
    (small_letters, "name 'pruned' is not defined"),
]


@pytest.mark.parametrize(("slip", "message"), MISNAMED)
def test_a_name_that_tanteo_lacks_cancels_the_trial_with_a_warning(slip: Any, message: str) -> None:
    def run(slip: Any) -> Any:
        def measure(params: dict[str, float], trial: Any) -> float:
            if trial.id == 7:
                slip(trial)
            return (params["x"] - 0.3) ** 2

        return tt.minimize(measure, SPACE, n_trials=12, seed=0, sampler="gp", progress=False)

    line = slip.__code__.co_firstlineno + 1
    place = f"Trial 7 was cancelled in {re.escape(__file__)}, line {line}, in {slip.__name__}: .*"
    with pytest.warns(RuntimeWarning, match=f"{place}; 100 in a row end the run$") as caught:
        result = run(slip)
    assert [message in str(warning.message) for warning in caught] == [True]
    assert (result.trials[7].state, message in result.trials[7].reason) == ("failed", True)
    assert "test_cancellations.py" in result.trials[7].traceback
    params = [trial.params for trial in result.trials]
    assert params == [trial.params for trial in run(lambda trial: fail({})).trials]
    assert params != [trial.params for trial in run(lambda trial: 1 / 0).trials], "a failure that models learn from"


def test_other_names_are_failures_of_the_configuration() -> None:
    def measure(params: dict[str, float], trial: Any) -> float:
        if trial.id == 7:
            return float(params.x)
        return unknown if trial.id == 8 else params["x"]  # noqa: F821 - the mistake

    result = tt.minimize(measure, SPACE, n_trials=10, seed=0, sampler="random", progress=False)
    assert [trial.id for trial in result.trials if trial.state == "failed"] == [7, 8]


def test_errors_whose_module_or_name_is_no_text_are_failures() -> None:
    class Odd:
        __module__: Any = 5

    errors = [NameError("odd", name=5), ImportError("odd", name=5)]

    def measure(params: dict[str, float], trial: Any) -> float:
        if trial.id in (3, 4):
            raise errors[trial.id - 3]
        return float(Odd().value) if trial.id == 5 else params["x"]

    result = tt.minimize(measure, SPACE, n_trials=7, seed=0, sampler="random", progress=False)
    assert [trial.id for trial in result.trials if trial.state == "failed"] == [3, 4, 5]


@pytest.mark.parametrize("n_workers", [1, 2])
@pytest.mark.parametrize("first", [lambda params: params["y"], lambda params: (1.0, 2.0)])
def test_another_warning_does_not_silence_that_of_a_misnamed_exception(first: Any, n_workers: int) -> None:
    def measure(params: dict[str, float], trial: Any) -> Any:
        if trial.id == 3:
            american(trial)
        return first(params) if trial.id == 0 else params["x"]

    options: dict[str, Any] = {"seed": 0, "sampler": "random", "progress": False, "n_workers": n_workers}
    with pytest.warns(RuntimeWarning) as caught:
        tt.minimize(measure, SPACE, n_trials=6, **options)
    found = [str(warning.message).partition(" in ")[0] for warning in caught]
    # Two workers may end the trials in another order.
    assert "Trial 3 was cancelled" in (found if n_workers > 1 else found[-1:])


@pytest.mark.filterwarnings("ignore:Trial 0 was cancelled in .*; 100 in a row end the run")
def test_a_misnamed_exception_in_every_trial_ends_the_run() -> None:
    with pytest.warns(RuntimeWarning, match="The run ends early"):
        result = tt.minimize(
            lambda params, trial: american(trial), SPACE, n_trials=10**6, seed=0, sampler="random", progress=False
        )
    assert (result.stopped, len(result.trials)) == ("cancelled", MOST_IN_A_ROW)


def test_without_catch_a_misnamed_exception_is_raised() -> None:
    with pytest.raises(AttributeError, match=r"closest name is tanteo\.Cancelled"):
        tt.minimize(lambda params, trial: american(trial), SPACE, n_trials=2, catch=(), progress=False)


def _with_both(params: dict[str, float], trial: Any) -> float:
    if trial.id in (3, 4, 5, 7):
        raise tt.Cancelled("node lost")
    if trial.id in (10, 11):
        raise ValueError("diverged")
    return params["x"]


def test_cancelled_trials_are_counted_apart_from_failures(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    path, described = tmp_path / "s.tanteo", [dict[str, str]()]
    callbacks = [lambda run, trial: described.append(describe(run))]
    options = {"n_trials": 30, "seed": 0, "sampler": "random", "progress": False}
    result = tt.minimize(_with_both, SPACE, study=path, callbacks=callbacks, **options)
    counts = "4 cancelled, 24 complete, 2 failed"
    assert counts in repr(result)
    assert "node lost" not in repr(result)
    assert (described[-1]["failed"], described[-1]["cancelled"]) == ("2", "4")
    assert main(["show", str(path)]) == 0
    shown = capsys.readouterr().out
    assert counts in shown
    assert "node lost" not in shown
    page = Subject(result.study)
    said = " ".join(part.text for part in failures(page).parts if isinstance(part, Text))
    assert "2 of 26 trials failed (7.7 %)" in said
    assert "4 more trials were cancelled" in said
    tables = {part.title: part.rows for part in failures(page).parts if isinstance(part, Table)}
    assert tables["Reasons of failures"] == [["ValueError: diverged", 2]]
    assert tables["Reasons of cancelled trials"] == [["node lost", 4]]
    assert sum(row[2] for row in tables_of_progress(page)) == 2


def tables_of_progress(page: Subject) -> Any:
    return next(part.rows for part in progress(page).parts if isinstance(part, Table))


def test_cancelled_trials_are_not_drawn_as_failures() -> None:
    result = tt.minimize(_with_both, SPACE, n_trials=30, seed=0, sampler="random", progress=False)
    assert optimization_history(result).failed_ids.tolist() == [10, 11]
    kinds = {kind: int(mask.sum()) for kind, mask in timeline(result).groups}
    assert kinds == {"complete": 24, "failed": 2, "cancelled": 4}


def test_without_a_best_trial_the_error_counts_cancelled_ones_apart() -> None:
    opt = tt.Optimizer(SPACE, seed=0)
    opt.cancel(opt.ask())
    opt.tell(opt.ask(), state="failed")
    with pytest.raises(tt.exceptions.TrialStateError, match=r"\(trials: 1 cancelled, 1 failed\)"):
        _ = opt.best_value
