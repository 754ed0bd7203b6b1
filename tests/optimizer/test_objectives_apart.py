"""Objectives that are told at different times."""

import json
import math
import pickle
import threading

import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0), "width": tt.Int(1, 512)}
DIRECTIONS = {"accuracy": "maximize", "seconds": "minimize"}


def in_memory(**options):
    return tt.Optimizer(SPACE, directions=DIRECTIONS, seed=0, **options)


@pytest.fixture(params=["memory", "study"])
def search(request, tmp_path):
    if request.param == "memory":
        return in_memory()
    return tt.Study(tmp_path / "study.db", SPACE, directions=DIRECTIONS, seed=0)


def test_the_last_objective_completes_the_trial(search):
    trial = search.ask()
    trial.tell_objectives({"accuracy": 0.75}, sem={"accuracy": 0.125})
    pending = search.trials[0]
    assert (pending.state, pending.values, pending.partial_values) == ("pending", None, (0.75, None))
    assert pending.sems == (0.125, None)
    search.tell(trial, {"seconds": 2.5})
    told = search.trials[0]
    assert (told.state, told.values, told.partial_values) == ("complete", (0.75, 2.5), None)
    assert told.sems == (0.125, None)


def test_all_objectives_may_be_told_before_the_end(search):
    first, second, third = search.ask(3)
    for trial in (first, second, third):
        search.tell_objectives(trial.id, {"seconds": 2.5})
        search.tell_objectives(trial.id, {0: 0.5})
    search.tell(first, cost=3.0)
    search.tell(second, state="complete")
    search.tell(third, [0.25, 9.0])
    assert [trial.values for trial in search.trials] == [(0.5, 2.5), (0.5, 2.5), (0.25, 9.0)]
    assert search.trials[0].cost == 3.0


def test_an_objective_that_is_told_again_is_replaced(search):
    trial = search.ask()
    trial.tell_objectives({"accuracy": tt.Replicates([0.5, 0.75])})
    assert search.trials[0].replicates == ((0.5, 0.75), ())
    trial.tell_objectives({"accuracy": 0.625})
    assert (search.trials[0].replicates, search.trials[0].sems) == (None, (None, None))
    trial.tell_objectives({"seconds": tt.Replicates([1.0, 2.0])})
    search.tell(trial, {"accuracy": 0.875})
    told = search.trials[0]
    assert (told.values, told.replicates) == ((0.875, 1.5), ((), (1.0, 2.0)))
    assert told.sems == (None, pytest.approx(0.5))


def test_the_end_may_bring_replicates_and_standard_errors(search):
    first, second = search.ask(2)
    first.tell_objectives({"accuracy": tt.Replicates([0.5, 0.75])})
    search.tell(first, {"seconds": 2.0}, sem={"seconds": 0.25})
    second.tell_objectives({"accuracy": 0.5}, sem={"accuracy": 0.1})
    search.tell(second, {"seconds": tt.Replicates([1.0, 3.0])})
    assert search.trials[0].sems == (pytest.approx(0.125), 0.25)
    assert search.trials[1].sems == (0.1, pytest.approx(1.0))


@pytest.mark.parametrize("ending", [{"state": "failed"}, {"state": "pruned"}, {"value": {"seconds": math.nan}}, {}])
def test_a_trial_without_a_result_keeps_them(search, ending):
    trial = search.ask()
    trial.tell_objectives({"accuracy": 0.75})
    search.tell(trial, **ending)
    ended = search.trials[0]
    assert (ended.state, ended.values, ended.partial_values) == (
        ending.get("state", "failed"),
        None,
        (0.75, None),
    )
    assert search.pareto_front == []
    if not ending:
        assert ended.reason == "no value was told for 'seconds'"


def test_a_pruned_trial_takes_reports_for_the_missing_ones(search):
    first, second = search.ask(2)
    for trial in (first, second):
        trial.tell_objectives({"accuracy": 0.75})
        trial.report(1, {"accuracy": 0.25, "seconds": 4.0})
    search.tell(first, state="pruned")
    search.tell(second, {"seconds": 5.0}, state="pruned")
    assert [trial.values for trial in search.trials] == [(0.75, 4.0), (0.75, 5.0)]


@pytest.mark.parametrize(
    ("values", "sem", "message"),
    [
        ({}, None, "at least one objective"),
        (0.5, None, "must be a mapping"),
        ({"error": 0.5}, None, "no objective 'error'"),
        ({2: 0.5}, None, "from 0 to 1"),
        ({"accuracy": None}, None, "got None"),
        ({"accuracy": math.nan}, None, "value nan of accuracy .* must be finite"),
        ({"accuracy": math.inf}, None, "value inf of accuracy .* must be finite"),
        ({"seconds": tt.Replicates([1.0, math.inf])}, None, "must be finite"),
        ({"accuracy": 0.5}, {"seconds": 0.5}, "sem is given for seconds, but no value"),
        ({"accuracy": 0.5}, {"accuracy": -1.0}, "sem of accuracy must be"),
        ({"accuracy": tt.Replicates([0.5])}, {"accuracy": 1.0}, "computed from Replicates"),
    ],
)
def test_a_refused_objective_changes_nothing(search, values, sem, message):
    trial = search.ask()
    before = search.to_bytes()
    with pytest.raises(tt.ArgumentError, match=message):
        trial.tell_objectives(values, sem=sem)
    assert search.to_bytes() == before


@pytest.mark.parametrize(
    ("value", "sem", "message"),
    [
        ({"accuracy": 0.5}, None, "must have the objectives .*it lacks 'seconds'"),
        ({}, None, "must have the objectives"),
        ({"seconds": 1.0}, {"accuracy": 0.5}, "sem is given for accuracy, but no value"),
        ({"error": 1.0}, None, "must have the objectives"),
    ],
)
def test_a_result_that_still_lacks_an_objective_is_refused(search, value, sem, message):
    trial, other = search.ask(2)
    trial.tell_objectives({"accuracy": 0.75})
    other.tell_objectives({"seconds": 1.0})
    before = search.to_bytes()
    with pytest.raises(tt.ArgumentError, match=message):
        search.tell(trial, value, sem=sem)
    assert search.to_bytes() == before
    with pytest.raises(tt.ArgumentError, match="needs a value"):
        search.tell(trial, state="complete")
    with pytest.raises(tt.ArgumentError, match="must have the objectives"):
        search.observe({"x": 0.5, "width": 3}, {"accuracy": 0.5})


def test_a_finished_or_unknown_trial_is_refused(search):
    search.tell(search.ask(), [0.5, 1.0])
    before = search.to_bytes()
    for trial, error in ((0, tt.TrialStateError), (7, tt.UnknownTrialError)):
        with pytest.raises(error):
            search.tell_objectives(trial, {"accuracy": 1.0})
        with pytest.raises(error):
            search.tell(trial, {"accuracy": 1.0})
    assert search.to_bytes() == before


def test_one_objective_is_told_with_tell():
    search = tt.Optimizer(SPACE, seed=0)
    with pytest.raises(tt.ArgumentError, match="for several objectives"):
        search.ask().tell_objectives({0: 1.0})


def test_objectives_without_names_are_told_by_position():
    search = tt.Optimizer(SPACE, directions=["maximize", "minimize"], seed=0)
    trial = search.ask()
    trial.tell_objectives({1: 2.5})
    search.tell(trial, {0: 0.5})
    assert search.trials[0].values == (0.5, 2.5)


def test_a_retracted_trial_and_a_paused_one_tell_them_anew():
    search = in_memory(pausing=True, pruner="nothing")
    trial = search.ask()
    asked = search.to_bytes()
    trial.tell_objectives({"accuracy": 0.5}, sem={"accuracy": 0.5})
    assert search.to_bytes() != asked
    search.tell(trial, {"seconds": 0.5})
    search.retract(trial)
    assert search.to_bytes() == asked
    trial.report(1, [0.5, 0.5])
    trial.tell_objectives({"accuracy": 0.5})
    search.tell(trial, state="paused")
    resumed = search.ask()
    assert (resumed.id, search.trials[0].partial_values) == (0, None)


def test_a_snapshot_and_a_copy_have_them():
    search = in_memory()
    for trial, sem in zip(search.ask(3), (0.5, None, 0.0), strict=True):
        trial.tell_objectives({"accuracy": 0.25}, sem=None if sem is None else {"accuracy": sem})
    search.tell_objectives(0, {"accuracy": 0.25})
    search.tell(1, state="failed")
    for copied in (tt.Optimizer.from_bytes(search.to_bytes()), pickle.loads(pickle.dumps(search))):
        assert list(copied.trials) == list(search.trials)
        assert copied.to_bytes() == search.to_bytes()
        for one in (copied, search):
            one.tell(2, {"seconds": 1.0})
        assert copied.to_bytes() == search.to_bytes()
        search.retract(2)
        search.tell_objectives(2, {"accuracy": 0.25}, sem={"accuracy": 0.0})


def test_another_process_sees_one_row_and_tells_the_rest(tmp_path):
    path = tmp_path / "study.db"
    study, other = tt.Study(path, SPACE, directions=DIRECTIONS, seed=0), tt.Study(path)
    trial = study.ask()
    count = "SELECT count(*) FROM log"
    before = study._session.rows(count)[0][0]
    trial.tell_objectives({"accuracy": 0.75})
    assert study._session.rows(count)[0][0] == before + 1
    other.tell(0, {"seconds": 2.5})
    assert tt.Study(path).trials[0].values == (0.75, 2.5)


def told_meanwhile(study, method, change):
    """Replace a method of the core: before it returns, another thread makes a change, and is awaited if it can."""
    read, errors = getattr(study._core, method), []

    def carry_out():
        try:
            change()
        except tt.TanteoError as error:
            errors.append(type(error))

    thread = threading.Thread(target=carry_out)

    def reading(number):
        found = read(number)
        thread.start()
        thread.join(0.2)
        return found

    setattr(study._core, method, reading)
    return thread, errors


def test_what_another_process_tells_during_a_tell_is_not_overwritten(tmp_path):
    """It comes before the tell or is refused as too late."""
    path = tmp_path / "study.db"
    study, other = tt.Study(path, SPACE, directions=DIRECTIONS, seed=0), tt.Study(path)
    trial = study.ask()
    trial.tell_objectives({"accuracy": 0.75})
    thread, errors = told_meanwhile(study, "told_objectives", lambda: other.tell_objectives(0, {"accuracy": 0.5}))
    study.tell(trial, {"seconds": 2.5})
    thread.join()
    assert errors == [tt.TrialStateError]
    assert other.trials[0].values == (0.75, 2.5)


def test_a_fold_that_another_process_reports_during_a_tell_is_not_lost(tmp_path):
    path = tmp_path / "study.db"
    study, other = tt.Study(path, SPACE, seed=0), tt.Study(path)
    trial = study.ask()
    trial.report_fold(0, 0.5)
    thread, errors = told_meanwhile(study, "folds", lambda: other.report_fold(0, 1, 1.5))
    study.tell(trial)
    thread.join()
    assert errors == [tt.TrialStateError]
    assert (other.trials[0].value, dict(other.trials[0].folds)) == (0.5, {0: 0.5})


def test_a_result_that_cannot_be_written_keeps_the_reason_to_stop(tmp_path, monkeypatch):
    study = tt.Study(tmp_path / "study.db", SPACE, seed=0, pruner=tt.pruners.Threshold(upper=1.0))
    trial = study.ask()
    trial.report(1, 2.0)
    reason = trial.should_prune().reason

    def refuse():
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(study._session, "_write_part", refuse)
        with pytest.raises(OSError, match="full"):
            study.tell(trial, state="pruned")
    study.tell(trial, state="pruned")
    assert study.trials[0].reason == reason


def test_tables_and_json_have_them():
    search = in_memory()
    first, second = search.ask(2)
    first.tell_objectives({"accuracy": 0.75})
    search.tell(second, {"accuracy": 0.5, "seconds": 1.0})
    columns = json.loads(search.to_json())
    assert columns["state"] == ["pending", "complete"]
    assert (columns["value/accuracy"], columns["value/seconds"]) == ([0.75, 0.5], [None, 1.0])


def told_apart(sampler, n, *, is_partly):
    """Run a search in which the second objective of the latest trials is not yet known; return the last suggestion."""
    search = tt.Optimizer(
        {"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}, directions=DIRECTIONS, seed=3, sampler=sampler
    )
    for number in range(n):
        trial = search.ask()
        x, y = trial.params["x"], trial.params["y"]
        values = {"accuracy": -((x - 0.25) ** 2) - y, "seconds": (x - 0.75) ** 2 + y}
        if number < n - 6:
            search.tell(trial, values)
        elif is_partly:
            trial.tell_objectives({"accuracy": values["accuracy"]})
    return search


@pytest.mark.parametrize(("sampler", "learns"), [("auto", True), ("gp", True), ("tpe", False), ("nsga2", False)])
def test_models_of_the_gaussian_process_learn_at_once(sampler, learns):
    partly, pending = (told_apart(sampler, 24, is_partly=is_partly) for is_partly in (True, False))
    assert (partly.ask().params == pending.ask().params) is not learns


@pytest.mark.parametrize("sampler", ["auto", "gp"])
def test_a_suggestion_does_not_depend_on_what_was_asked_before(sampler):
    """Caches of models must follow every change of a trial that is partly told."""
    search = told_apart(sampler, 20, is_partly=True)
    changes = (
        lambda: search.tell(14, {"seconds": 0.1}),
        lambda: search.tell_objectives(16, {"accuracy": -0.001}),
        lambda: search.tell_constraints(17, {"memory": 2.0}),
        lambda: search.tell(18, state="failed", constraints={"memory": 2.0}),
        lambda: search.tell(15, state="pruned"),
        lambda: search.tell(17, {"seconds": 0.3}, constraints={"memory": -1.0}),
    )
    for change in changes:
        assert_follows(search, change)


def assert_follows(search, change):
    """Check that a search suggests what a fresh copy suggests, after an ask and a change."""
    search.ask()
    change()
    fresh = tt.Optimizer.from_bytes(search.to_bytes())
    assert fresh.ask().params == search.ask().params


@pytest.mark.parametrize("sampler", ["auto", "gp"])
def test_a_suggestion_does_not_depend_on_what_was_asked_before_a_stop(sampler):
    search = reporting(sampler)
    pending = search.pending
    for trial in pending[:5]:
        search.tell_objectives(trial.id, {"accuracy": -0.01 * trial.id})
        search.report(trial.id, 1, [-0.5, 0.25])
    stops = (
        {},
        {"value": [-0.9, 0.5]},
        {"value": {"seconds": 0.5}},
        {"value": [-0.02, 0.5], "sem": [0.25, 0.5]},
        {"constraints": {"memory": 1.0}},
    )
    for trial, stop in zip(pending, stops, strict=False):
        assert_follows(search, lambda trial=trial, stop=stop: search.tell(trial.id, state="pruned", **stop))


def reporting(sampler):
    """Return a search after twelve complete trials of two steps, with eight pending ones."""
    space = {"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}
    search = tt.Optimizer(space, directions=DIRECTIONS, seed=3, sampler=sampler)
    for trial in search.ask(12):
        x, y = trial.params["x"], trial.params["y"]
        values = [-((x - 0.25) ** 2) - y, (x - 0.75) ** 2 + y]
        trial.report(1, [2.0 * value for value in values])
        trial.report(2, values)
        search.tell(trial, values)
    search.ask(8)
    return search


@pytest.mark.parametrize("n_told", [1, 2])
@pytest.mark.parametrize("step", [0, 1])
def test_a_stopped_trial_goes_on_teaching_what_it_told(n_told, step):
    """No complete trial knows step 0, so nothing is estimated from there."""
    suggestions = []
    for told in (0.0, -0.75):
        search = reporting("gp")
        for trial in search.pending:
            search.tell_objectives(trial.id, {"accuracy": told, "seconds": 0.5} if n_told == 2 else {"accuracy": told})
            search.report(trial.id, step, [-0.5, 0.25])
            search.tell(trial.id, state="pruned")
        assert search.trials[12].values == (told, 0.5 if n_told == 2 else 0.25)
        assert 12 not in {trial.id for trial in search.pareto_front}
        suggestions.append(search.ask().params)
    assert suggestions[0] != suggestions[1]


def test_the_order_of_tells_does_not_matter():
    """Promise 12, for objectives told apart."""
    searches = [told_apart("gp", 20, is_partly=False) for _ in range(2)]
    told = [(number, {name: number / 20}) for number in (14, 16, 17) for name in DIRECTIONS]
    for search, order in zip(searches, (told, told[::-1]), strict=True):
        for number, values in order:
            search.tell_objectives(number, values)
    assert searches[0].to_bytes() == searches[1].to_bytes()
    assert searches[0].ask().params == searches[1].ask().params


@pytest.mark.parametrize("n_workers", [1, 2])
def test_an_objective_function_tells_apart(n_workers):
    def objective(params, trial):
        trial.tell_objectives({"accuracy": params["x"]}, sem={"accuracy": 0.5})
        if params["width"] > 400:
            raise ValueError("out of memory")
        return {"seconds": float(params["width"])}

    result = tt.minimize(
        objective,
        SPACE,
        directions=DIRECTIONS,
        n_trials=10,
        n_workers=n_workers,
        seed=0,
        sampler="random",
        progress=False,
    )
    assert {trial.state for trial in result.trials} == {"failed", "complete"}
    for trial in result.trials:
        if trial.state == "complete":
            assert trial.values == (trial.params["x"], trial.params["width"])
        else:
            assert trial.partial_values == (trial.params["x"], None)
        assert trial.sems == (0.5, None)


def test_an_objective_function_without_names_returns_the_rest_by_position():
    def objective(params, trial):
        trial.tell_objectives({0: params["x"]})
        return {"value": {1: 3.5}}

    result = tt.minimize(objective, SPACE, directions=["minimize"] * 2, n_trials=2, seed=0, progress=False)
    assert [trial.values for trial in result.trials] == [(trial.params["x"], 3.5) for trial in result.trials]
