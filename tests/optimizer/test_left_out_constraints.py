"""Constraints that some trials leave out: nobody knows whether those trials satisfy them.

The problem: minimize ``x^2 + y`` and ``(y - 1/2)^2 + x`` where ``x + y >= 1``, told in every second trial only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import tanteo as tt
from tanteo.cli import main
from tanteo.report.sections.take import take
from tanteo.report.subject import Subject
from tanteo.run.history import history, outcomes

SPACE = {"x": tt.Float(0.0, 2.0), "y": tt.Float(0.0, 2.0)}


def searched(every: int, **options: Any) -> tt.Optimizer:
    """Return a search of 40 trials, of which every so many tells the constraint."""
    search = tt.Optimizer(SPACE, seed=0, **options)
    for k in range(40):
        trial = search.ask()
        x, y = trial.params["x"], trial.params["y"]
        values = [x**2 + y, (y - 0.5) ** 2 + x] if len(search.directions) == 2 else x + y
        search.tell(trial, values, constraints={"sum": 1.0 - x - y} if k % every == 0 else None)
    return search


def breaks(trial: tt.FrozenTrial) -> bool:
    return trial.params["x"] + trial.params["y"] < 1.0


@pytest.mark.parametrize("sampler", ["auto", "gp", "tpe", "nsga2", "random"])
def test_no_answer_breaks_a_constraint_that_half_of_the_trials_leave_out(sampler: str) -> None:
    search = searched(2, sampler=sampler, directions=["minimize", "minimize"])
    front = search.front()
    assert len(front) > 0
    assert not any(breaks(member.trial) for member in front)
    assert not any(breaks(trial) for trial in search.pareto_front)
    compromise = search.recommend(weights=[1, 1])
    assert compromise is not None
    assert not breaks(compromise.trial)


@pytest.mark.parametrize("sampler", ["auto", "tpe"])
def test_the_best_told_the_constraint(sampler: str) -> None:
    search = searched(3, sampler=sampler)
    best, recommended = search.best, search.recommend()
    assert best is not None
    assert best.constraints["sum"] <= 0
    assert recommended is not None
    assert not breaks(recommended)


def test_suggestions_keep_it_nearly_as_often_as_if_all_trials_told_it() -> None:
    """With the seeds 0 to 5, 1 to 5 of the last 20 break it, and 7 to 12 if those without it count as feasible."""
    late = searched(2, directions=["minimize", "minimize"]).trials[20:]
    assert sum(map(breaks, late)) <= 5


def tell(search: tt.Optimizer, value: float, **constraints: float) -> tt.FrozenTrial:
    number = search.ask()
    search.tell(number, value, constraints=constraints or None)
    return search.trials[-1]


def test_a_trial_is_no_result_once_another_one_satisfies_the_constraint() -> None:
    search = tt.Optimizer(SPACE, seed=0)
    assert tell(search, 1.0).feasible
    assert not tell(search, 0.0, memory=1.0).feasible
    assert search.best_value == 1.0
    tell(search, 2.0, memory=-1.0)
    assert [trial.feasible for trial in search.trials] == [False, False, True]
    assert not search.infeasible(0)
    assert search.best_value == 2.0
    copy = tt.Optimizer.from_bytes(search.to_bytes())
    assert [trial.feasible for trial in copy.trials] == [False, False, True]
    search.retract(2)
    assert search.best_value == 1.0


def test_a_constraint_that_is_only_told_when_it_is_broken_may_be_left_out() -> None:
    search = tt.Optimizer(SPACE, seed=0)
    tell(search, 0.0, crash=1.0)
    tell(search, 1.0)
    assert search.best_value == 1.0


@pytest.mark.filterwarnings("ignore:Trial 1 tells the constraint")
def test_a_renamed_constraint_does_not_lose_the_results() -> None:
    search = tt.Optimizer(SPACE, seed=0)
    tell(search, 2.0, memory=-1.0)
    tell(search, 1.0, memry=-1.0)
    tell(search, 3.0)
    assert search.best_value == 1.0


@pytest.mark.filterwarnings("ignore:The observed trial tells the constraint")
def test_branches_have_constraints_of_their_own() -> None:
    space = {
        "kind": tt.Categorical(["a", "b"]),
        "u": tt.Float(0.0, 1.0, when={"kind": "a"}),
        "v": tt.Float(0.0, 1.0, when={"kind": "b"}),
    }
    search = tt.Optimizer(space, seed=0)
    for kind, name, constraints in (("a", "u", {"heat": -1.0}), ("b", "v", {"noise": -1.0})):
        search.observe({"kind": kind, name: 0.5}, 1.0, constraints=constraints)
    assert all(trial.feasible for trial in search.trials)
    search.observe({"kind": "a", "u": 0.1}, 0.0)
    assert [trial.feasible for trial in search.trials] == [True, True, False]


@pytest.fixture
def misleading() -> tt.Optimizer:
    """A search whose lowest value, that of the defaults, lacks the constraint that all other trials tell."""
    search = tt.Optimizer({"x": tt.Float(0.0, 2.0, default=1.0)}, seed=0)
    tell(search, 0.0)
    for value in (2.0, 1.5, *[2.5] * 5):
        tell(search, value, memory=-1.0)
    return search


def test_a_trial_without_a_constraint_is_shown_as_best_nowhere(
    misleading: tt.Optimizer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for found in (outcomes(misleading), history(misleading)):
        assert found.feasible.tolist() == [trial.feasible for trial in misleading.trials] == [False] + [True] * 7
        assert [step.value for step in found.improvements] == [2.0, 1.5]
    path = str(tmp_path / "search.tanteo")
    misleading.save(path)
    assert main(["show", path]) == main(["compare", path, path]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "best after 8: 1.5 no better for 5 trials best: trial 2 value 1.5" in shown
    assert "found the best value 1.5 the best value 1.5 best after 8 1.5 1.5" in shown


def test_a_trial_without_a_constraint_stops_no_search(misleading: tt.Optimizer) -> None:
    assert tt.stopping.NoImprovement(6)(misleading) is None
    assert isinstance(tt.stopping.NoImprovement(5)(misleading), str)


def test_the_view_of_samplers_says_which_trials_may_be_the_best(misleading: tt.Optimizer) -> None:
    tell(misleading, float("inf"), memory=-1.0)
    misleading.ask()
    view = misleading.view()
    assert view.feasible.tolist() == [False] + [True] * 9
    assert view.eligible.tolist() == [False, *[True] * 7, False, False]


def test_defaults_without_a_constraint_give_no_gain_and_are_said_to_lack_it() -> None:
    def measured(params: dict[str, Any]) -> Any:
        return {"value": params["x"], "constraints": {"memory": -1.0} if params["x"] != 1.0 else {}}

    result = tt.minimize(measured, {"x": tt.Float(0.0, 2.0, default=1.0)}, n_trials=6, seed=0)
    assert result.gain is None
    expected = "none, as the defaults lack 'memory' (trial 0)"
    assert expected in repr(result)
    assert expected in repr(take(Subject(result.optimizer)))
