"""``budget=`` of ``minimize``: when the search ends, and what counts as cost."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

import tanteo as tt
from tanteo.run.loop import Limits, Run
from tanteo.run.progress import describe, fraction
from tanteo.study import session

SPACE = {"x": tt.Float(0.0, 1.0)}


def priced(params: dict[str, Any]) -> dict[str, float]:
    return {"value": float(params["x"]), "cost": 1.0 + float(params["x"])}


def short(params: dict[str, Any]) -> float:
    time.sleep(0.002)
    return float(params["x"])


def unpicklable() -> Any:
    lock = threading.Lock()
    return lambda params: lock


def raising_every_second_time() -> Any:
    """Return an objective of which every second call raises."""
    calls = iter(range(1000))

    def fn(params: dict[str, Any]) -> float:
        time.sleep(0.002)
        if next(calls) % 2:
            raise ValueError("no")
        return float(params["x"])

    return fn


def test_a_search_ends_once_the_reported_costs_reach_the_budget() -> None:
    result = tt.minimize(priced, SPACE, budget=12.0, seed=0)
    costs = [trial.cost for trial in result.trials]
    assert result.stopped == "budget"
    assert result.spent == sum(costs) == result.optimizer.spent
    assert sum(costs[:-1]) < 12.0 <= sum(costs)
    assert result.stop_reason == f"spent {result.spent:.6g} of 12"
    assert f"stopped by  budget: {result.stop_reason}\n" in repr(result)
    assert len(tt.minimize(priced, study=result.study).trials) == len(costs), "the budget stays spent"


def test_without_costs_the_budget_is_in_seconds_and_counts_failures() -> None:
    for fn in (short, raising_every_second_time()):
        result = tt.minimize(fn, SPACE, budget=0.02, seed=0, sampler="random")
        assert result.stopped == "budget"
        assert all(trial.cost == pytest.approx(trial.duration) and trial.cost > 0.001 for trial in result.trials)
        assert 1 <= len(result.trials) <= 10
    assert all(trial.cost is None for trial in tt.minimize(short, SPACE, n_trials=2, seed=0).trials)


def test_a_trial_with_a_refused_result_costs_its_duration() -> None:
    with pytest.warns(RuntimeWarning, match="cost must be a finite number"):
        result = tt.minimize(lambda params: {"value": short(params), "cost": -1.0}, SPACE, budget=0.01, seed=0)
    assert result.stopped == "budget"
    assert {trial.state for trial in result.trials} == {"failed"}


def test_running_trials_count_with_their_expected_cost() -> None:
    result = tt.maximize(priced, SPACE, budget=20.0, n_workers=2, seed=0)
    assert result.stopped == "budget"
    assert 20.0 - 2.0 <= result.spent < 22.0
    assert not result.optimizer.pending
    short_of = "" if result.spent >= 20.0 else ", which the last trials were expected to reach"
    assert result.stop_reason == f"spent {result.spent:.6g} of 20{short_of}"


def test_a_study_on_file_keeps_its_budget(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    uninterrupted = tt.minimize(priced, SPACE, budget=12.0, seed=0)
    tt.minimize(priced, SPACE, study=path, budget=12.0, seed=0, n_trials=3).study.close()
    resumed = tt.minimize(priced, study=path)
    assert resumed.stopped == "budget"
    assert resumed.study.budget == 12.0
    assert [trial.params for trial in resumed.trials] == [trial.params for trial in uninterrupted.trials]


def test_a_search_resumed_with_a_larger_budget_counts_earlier_costs(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    first = tt.minimize(priced, SPACE, budget=6.0, seed=0)
    tt.minimize(priced, SPACE, study=path, budget=6.0, seed=0).study.close()
    resumed = [tt.minimize(priced, study=study, budget=12.0) for study in (first.optimizer, path)]
    for result in resumed:
        assert (result.stopped, result.optimizer.budget) == ("budget", 12.0)
        assert 12.0 <= result.spent < 14.0
    assert [trial.params for trial in resumed[0].trials] == [trial.params for trial in resumed[1].trials]


def test_a_budget_below_the_amount_spent_ends_the_search() -> None:
    study = tt.minimize(priced, SPACE, budget=6.0, seed=0).optimizer
    n = len(study)
    result = tt.minimize(priced, study=study, budget=3.0)
    assert (result.stopped, len(study), study.budget) == ("budget", n, 3.0)
    assert result.stop_reason == f"spent {study.spent:.6g} of 3"


def test_another_process_may_raise_the_budget_of_a_study(tmp_path: Path) -> None:
    path = tmp_path / "study.db"

    def raise_budget(run: Any, trial: tt.FrozenTrial) -> None:
        if run.n_told == 1:
            tt.Study(path, budget=9.0).close()
            run.optimizer.refresh()

    result = tt.minimize(priced, SPACE, study=path, budget=3.0, seed=0, callbacks=[raise_budget])
    assert result.spent >= 9.0


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"directions": ["maximize"]}, tt.TanteoError),
        ({"points": [{"x": 0.5}, {"x": 2.0}]}, tt.ParameterError),
        ({"points": 3}, tt.ArgumentError),
        ({"fn": unpicklable(), "n_workers": 2}, tt.ArgumentError),
        ({"budget": -1.0, "points": [{"x": 0.5}]}, tt.ArgumentError),
    ],
    ids=["directions", "a point", "the points", "the objective", "the budget"],
)
@pytest.mark.parametrize("on_file", [False, True])
def test_a_refused_call_leaves_the_budget_and_the_queue_unchanged(
    tmp_path: Path, arguments: dict[str, Any], error: type[Exception], *, on_file: bool
) -> None:
    path = tmp_path / "study.db"
    study = tt.Study(path, SPACE, budget=9.0, seed=0) if on_file else tt.Optimizer(SPACE, budget=9.0, seed=0)
    snapshot = study.to_bytes()
    with pytest.raises(error):
        tt.minimize(**{"fn": priced, "study": path if on_file else study, "budget": 3.0, **arguments})
    if isinstance(study, tt.Study):
        study.refresh()
    assert study.budget == 9.0
    assert study.to_bytes() == snapshot


def test_a_point_outside_the_space_that_another_process_has_set_leaves_budget_and_queue_unchanged(
    tmp_path: Path,
) -> None:
    path = tmp_path / "study.db"
    study = tt.Study(path, SPACE, budget=9.0, seed=0)
    with tt.Study(path) as other:
        other.change_space({"x": tt.Float(0.0, 0.6)})
        snapshot = other.to_bytes()
        with pytest.raises(tt.ParameterError, match=r"0\.8 is not a float from 0\.0 to 0\.6"):
            tt.minimize(priced, study=study, budget=3.0, points=[{"x": 0.5}, {"x": 0.8}])
        other.refresh()
        assert other.to_bytes() == snapshot


def test_a_point_refused_after_all_checks_leaves_budget_and_queue_of_a_study_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue = tt.Study._enqueue

    def refuse_second(self: tt.Study, params: Any) -> None:
        if params["x"] == 0.8:
            raise tt.SpaceError("no completion")
        enqueue(self, params)

    monkeypatch.setattr(tt.Study, "_enqueue", refuse_second)
    with tt.Study(tmp_path / "study.db", SPACE, budget=9.0, seed=0) as study:
        snapshot = study.to_bytes()
        with pytest.raises(tt.SpaceError, match="no completion"):
            tt.minimize(priced, study=study, budget=3.0, points=[{"x": 0.5}, {"x": 0.8}])
        assert study.to_bytes() == snapshot
        study.refresh()
        assert study.to_bytes() == snapshot


def test_a_refused_call_does_not_change_the_budget_of_a_study_that_is_created_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "study.db"

    class Slow(session.StudySession):
        def _header_of_new(self, header: Any) -> Any:
            monkeypatch.undo()
            tt.Study(path, SPACE, direction="maximize", budget=9.0).close()
            return super()._header_of_new(header)

    monkeypatch.setattr("tanteo.study.study.StudySession", Slow)
    with pytest.raises(tt.StudyError, match=r"use tt\.maximize"):
        tt.minimize(priced, SPACE, study=path, budget=3.0)
    assert tt.Study(path).budget == 9.0


def test_a_call_in_the_wrong_direction_leaves_the_budget_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    tt.Study(path, SPACE, direction="maximize", budget=9.0).close()
    with pytest.raises(tt.StudyError, match=r"use tt\.maximize"):
        tt.minimize(priced, study=path, budget=3.0)
    assert tt.Study(path).budget == 9.0


def test_a_new_study_gets_the_budget_and_a_larger_budget_reaches_other_processes(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    study = tt.minimize(priced, SPACE, study=path, budget=3.0, n_trials=1).study
    with tt.Study(path, budget=6.0) as other:
        assert other.budget == 6.0
    tt.minimize(priced, study=study, budget=3.0, n_trials=1)
    assert tt.Study(path).budget == 3.0, "compared with the budget in the file, not with the budget read last"


@pytest.mark.parametrize("cost", [None, 0.5])
def test_another_process_may_set_the_first_budget_of_a_search_without_costs(tmp_path: Path, cost: float | None) -> None:
    """Durations count from then on, unless an earlier trial has reported a cost."""
    path = tmp_path / "study.db"
    with tt.Study(path, SPACE, seed=0, sampler="random") as study:
        study.tell(study.ask(), 0.5, cost=cost)

    def set_budget(run: Any, trial: tt.FrozenTrial) -> None:
        if run.n_told == 1:
            tt.Study(path, budget=0.6).close()

    def slow(params: dict[str, Any]) -> float:
        time.sleep(0.1)
        return float(params["x"])

    result = tt.minimize(slow, study=path, n_trials=10, callbacks=[set_budget])
    costs = [trial.cost for trial in result.trials]
    if cost is None:
        assert result.stopped == "budget"
        assert costs[:2] == [None, None]
        assert None not in costs[2:]
    else:
        assert result.stopped == "n_trials"
        assert costs == [0.5] + [None] * 10


def test_pending_trials_are_evaluated_before_the_budget_is_checked() -> None:
    """An interrupted run started them because their expected cost was within the budget."""
    study = tt.Optimizer(SPACE, budget=3.0, sampler="random", seed=0)
    uninterrupted = tt.minimize(priced, study=tt.Optimizer.from_bytes(study.to_bytes()))
    while len(study) < len(uninterrupted.trials) - 1:
        trial = study.ask()
        study.tell(trial, trial.params["x"], cost=1.0 + trial.params["x"])
    study.ask()
    result = tt.minimize(priced, study=study)
    assert [trial.params for trial in result.trials] == [trial.params for trial in uninterrupted.trials]
    assert not study.pending


def test_progress_counts_towards_the_budget() -> None:
    study = tt.Optimizer(SPACE, budget=4.0, seed=0)
    run = Run(study, Limits(None, None))
    assert fraction(run) == 0.0
    study.tell(study.ask(), 1.0, cost=1.0)
    assert (fraction(run), describe(run)["spent"]) == (0.25, "1")
    study.tell(study.ask(), 1.0, cost=9.0)
    assert fraction(run) == 1.0
