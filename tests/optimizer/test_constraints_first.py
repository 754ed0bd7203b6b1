"""Constraints that are told before the expensive part of a trial."""

import math
import pickle

import pytest

import tanteo as tt

SPACE = {"width": tt.Int(1, 512), "x": tt.Float(0.0, 1.0)}


@pytest.fixture(params=["memory", "study"])
def search(request, tmp_path):
    return tt.Optimizer(SPACE, seed=0) if request.param == "memory" else tt.Study(tmp_path / "study.db", SPACE, seed=0)


def test_a_trial_knows_whether_it_is_infeasible(search):
    trial = search.ask()
    assert not trial.infeasible
    trial.tell_constraints({"memory": -1.0, "geometry": True})
    assert not trial.infeasible
    search.tell_constraints(trial.id, {"memory": 0.5})
    assert trial.infeasible
    assert search.infeasible(trial)
    pending = search.trials[0]
    assert (pending.state, pending.feasible, dict(pending.constraints)) == (
        "pending",
        False,
        {"geometry": -1.0, "memory": 0.5},
    )


@pytest.mark.parametrize(
    "ending", [{"value": 0.25}, {"state": "pruned"}, {"state": "failed"}, {"value": math.nan}, {"value": math.inf}]
)
def test_constraints_stay_whatever_the_end_is(search, ending):
    trial = search.ask()
    trial.tell_constraints({"memory": 2.0, "time": -1.0})
    search.tell(trial, constraints={"time": -3.0, "error": 0.0}, **ending)
    assert dict(search.trials[0].constraints) == {"error": 0.0, "memory": 2.0, "time": -3.0}
    assert search.infeasible(0)
    assert search.best is None


def test_reported_constraints_do_not_replace_told_ones(search):
    """Without told ones, a pruned trial takes those that it reported last."""
    first, second = search.ask(2)
    first.tell_constraints({"memory": -2.0})
    for trial in (first, second):
        trial.report(1, 0.5, constraints={"memory": 5.0})
        assert not trial.infeasible, "it may hold in the end"
        search.tell(trial, state="pruned")
    assert [dict(trial.constraints) for trial in search.trials] == [{"memory": -2.0}, {"memory": 5.0}]


def test_a_pruned_trial_takes_reported_constraints_of_other_names(search):
    first, second = search.ask(2)
    first.tell_constraints({"memory": -1.0})
    for trial in (first, second):
        trial.report(1, 0.5, constraints={"latency": 5.0, "memory": 2.0, "size": 3.0})
    search.tell(first, state="pruned")
    search.tell(second, state="pruned", constraints={"memory": -2.0, "size": -3.0})
    assert [dict(trial.constraints) for trial in search.trials] == [
        {"latency": 5.0, "memory": -1.0, "size": 3.0},
        {"latency": 5.0, "memory": -2.0, "size": -3.0},
    ]
    assert not any(trial.feasible for trial in search.trials)


def test_a_retracted_trial_and_a_paused_one_tell_them_anew():
    search = tt.Optimizer(SPACE, seed=0, pausing=True, pruner="nothing")
    untouched = search.to_bytes()
    trial = search.ask()
    asked = search.to_bytes()
    trial.tell_constraints({"memory": 2.0})
    assert asked != search.to_bytes() != untouched
    search.tell(trial, 0.5)
    search.retract(trial)
    assert search.to_bytes() == asked
    trial.report(1, 0.5)
    trial.tell_constraints({"memory": 2.0})
    search.tell(trial, state="paused")
    resumed = search.ask()
    assert (resumed.id, resumed.infeasible) == (0, False)


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        (None, "constraints must be a mapping"),
        ({"memory": math.nan}, "constraint 'memory' must be a number"),
        ({"memory": -math.inf}, "constraint 'memory' must be a number"),
        ({"memory": "much"}, "constraint 'memory' must be a number, got 'much'"),
        ({1: 1.0}, "name of a constraint must be printable text"),
    ],
)
def test_a_refused_constraint_changes_nothing(search, constraints, message):
    trial = search.ask()
    before = search.to_bytes()
    with pytest.raises(tt.ArgumentError, match=message):
        trial.tell_constraints({"fine": 0.0, **constraints} if constraints else constraints)
    assert search.to_bytes() == before


def test_a_finished_or_unknown_trial_is_refused(search):
    search.tell(search.ask(), 0.5)
    before = search.to_bytes()
    for trial, error in ((0, tt.TrialStateError), (7, tt.UnknownTrialError)):
        with pytest.raises(error):
            search.tell_constraints(trial, {"memory": 1.0})
    with pytest.raises(tt.UnknownTrialError):
        search.infeasible(7)
    assert search.to_bytes() == before


def test_a_snapshot_and_a_copy_have_them():
    search = tt.Optimizer(SPACE, seed=0)
    trial = search.ask()
    trial.tell_constraints({"mass": tt.Equal(1.25, 1.0, tolerance=0.1)})
    for copied in (tt.Optimizer.from_bytes(search.to_bytes()), pickle.loads(pickle.dumps(search))):
        assert copied.infeasible(trial)
        assert copied.to_bytes() == search.to_bytes()


def test_another_process_sees_one_row(tmp_path):
    path = tmp_path / "study.db"
    study, other = tt.Study(path, SPACE, seed=0), tt.Study(path)
    trial = study.ask()
    count = "SELECT count(*) FROM log"
    before = study._session.rows(count)[0][0]
    trial.tell_constraints({"memory": 2.0, "size": math.inf})
    assert study._session.rows(count)[0][0] == before + 1
    other.refresh()
    assert dict(other.trials[0].constraints) == {"memory": 2.0, "size": math.inf}
    assert other.infeasible(0)
    other.tell(0, state="pruned")
    assert not tt.Study(path).trials[0].feasible


def told(search, n, *, is_first):
    """Run trials that end when they are too wide, and return their configurations and the number of full runs."""
    configurations, n_runs = [], 0
    for _ in range(n):
        trial = search.ask()
        configurations.append(trial.params)
        excess = {"memory": trial.params["width"] / 16 - 2.0}
        value = (trial.params["x"] - 0.3) ** 2 + 1.0 / trial.params["width"]
        if is_first:
            trial.tell_constraints(excess)
            if trial.infeasible:
                search.tell(trial, state="pruned")
                continue
        n_runs += 1
        search.tell(trial, value, constraints=None if is_first else excess)
    return configurations, n_runs


@pytest.mark.parametrize("sampler", ["auto", "gp", "tpe"])
def test_the_search_learns_from_a_check_as_from_a_result(sampler):
    """Constraints told first give the suggestions of those told at the end, and save the infeasible runs."""
    checked = tt.Optimizer(SPACE, seed=1, sampler=sampler)
    configurations, n_runs = told(checked, 30, is_first=True)
    at_end = tt.Optimizer(SPACE, seed=1, sampler=sampler)
    for params in configurations:
        trial = at_end.ask()
        assert trial.params == params
        excess = {"memory": params["width"] / 16 - 2.0}
        if excess["memory"] > 0:
            at_end.tell(trial, state="pruned", constraints=excess)
        else:
            at_end.tell(trial, (params["x"] - 0.3) ** 2 + 1.0 / params["width"], constraints=excess)
    assert checked.to_bytes() == at_end.to_bytes()
    infeasible = [not trial.feasible for trial in checked.trials]
    assert n_runs == 30 - sum(infeasible)
    assert sum(infeasible[15:]) < sum(infeasible[:15])


def checked(sampler, told):
    """Return a search after ten trials that get better with x and hold a constraint, and two larger ones that wait.

    These have told the constraint if it is given.
    """
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=2, sampler=sampler)
    for number in range(10):
        search.observe({"x": number / 20}, -number, constraints={"size": -1.0 + number / 1000})
    for x in (0.6, 1.0):
        search.enqueue({"x": x})
        trial = search.ask()
        if told is not None:
            trial.tell_constraints({"size": told})
    return search


@pytest.mark.parametrize("sampler", ["auto", "gp"])
def test_the_gaussian_process_learns_from_a_pending_trial(sampler):
    """The search goes on beyond the first waiting trial unless the two told that the constraint is broken."""
    suggested = [[trial.params["x"] for trial in checked(sampler, told).ask(6)] for told in (2.0, None, -2.0)]
    n_larger = [sum(x > 0.6 for x in xs) for xs in suggested]
    assert n_larger == [1, 6, 6]


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_other_samplers_learn_at_the_end(sampler):
    pending, told = (checked(sampler, told) for told in (None, 2.0))
    assert [trial.params for trial in pending.ask(4)] == [trial.params for trial in told.ask(4)]


@pytest.mark.parametrize("sampler", ["auto", "gp"])
def test_a_suggestion_does_not_depend_on_what_was_asked_before(sampler):
    """Caches of models must follow every change of a constraint that is told early."""
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}, seed=2, sampler=sampler)
    for number in range(12):
        x, y = number * 0.618 % 1, number * 0.755 % 1
        search.observe({"x": x, "y": y}, -x - y, constraints={"size": x + y * y - 1.0})
    for trial in search.ask(5):
        trial.tell_constraints({"size": 0.25})
    changes = (
        lambda: search.tell_constraints(12, {"size": -0.75}),
        lambda: search.tell(12, -2.0, constraints={"size": 0.5}),
        lambda: search.tell_constraints(13, {"size": 0.75}),
        lambda: search.tell(13, -1.5),
        lambda: search.tell_constraints(14, {"size": -0.5, "time": 1.0}),
        lambda: search.report(14, 1, -1.0, constraints={"size": -1.0}),
        lambda: search.tell(14, state="pruned"),
        lambda: search.tell(15, state="failed", constraints={"size": -0.125}),
        lambda: search.cancel(16),
    )
    for change in changes:
        search.ask()
        change()
        fresh = tt.Optimizer.from_bytes(search.to_bytes())
        assert fresh.ask().params == search.ask().params


@pytest.mark.parametrize("n_workers", [1, 2])
def test_an_objective_checks_first(n_workers):
    def objective(params, trial):
        trial.tell_constraints({"memory": params["width"] / 16 - 16.0})
        if trial.infeasible:
            raise tt.Pruned("too wide")
        return params["x"]

    result = tt.minimize(objective, SPACE, n_trials=10, n_workers=n_workers, seed=0, sampler="random", progress=False)
    assert {trial.state for trial in result.trials} == {"pruned", "complete"}
    for trial in result.trials:
        assert trial.constraints["memory"] == trial.params["width"] / 16 - 16.0
        assert trial.feasible == (trial.state == "complete")
        assert trial.reason == (None if trial.feasible else "too wide")
