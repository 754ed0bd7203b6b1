"""A search as a storage of Optuna, read through Optuna's own classes."""

import datetime
import math

import pytest

import tanteo as tt

optuna = pytest.importorskip("optuna", reason="optuna is not installed")

from optuna.trial import TrialState  # noqa: E402 - after the check that Optuna is installed

from tanteo.integrations.optuna import read_only_storage, to_optuna  # noqa: E402 - as above

STATES = {"complete": "COMPLETE", "pruned": "PRUNED", "paused": "PRUNED", "failed": "FAIL", "pending": "RUNNING"}
SPACE = {
    "kind": tt.Categorical(["svm", "forest"]),
    "svm": {"c": tt.Float(1e-3, 1e3, log=True, when={"kind": "svm"})},
    "trees": tt.Int(10, 500, step=10, when={"kind": "forest"}),
    "seed": tt.Int(2**53, 2**62),
    "loss": tt.Categorical([abs, (1, 2), True, 1]),
    "size": tt.Ordinal(["s", "m", "l"]),
    "fixed": tt.Constant("v1"),
}


def make_search(n=24):
    """A search with trials in every state."""
    search = tt.Optimizer(SPACE, pausing=True, seed=0)
    for k, trial in enumerate(search.ask(n)):
        trial.report(0, 1.0 / (k + 1))
        trial.report(5, math.nan if k == 3 else k / 10)
        trial.set_attr("nested", {"a": [k, None]})
        if k % 6 == 1:
            search.tell(trial, state="failed", reason="out of memory")
        elif k % 6 == 2:
            search.tell(trial, state="pruned" if k < 12 else "paused")
        elif k % 6 != 5:
            search.tell(trial, math.inf if k == 4 else k, constraints={"time": k - 8.0, "memory": -1.0}, cost=0.5)
    search._core.set_evaluation(0, 1_700_000_000.25, 1_700_000_003.5, None)
    return search


def view(search, name="tanteo"):
    return optuna.load_study(study_name=name, storage=read_only_storage(search))


def test_optuna_reads_every_trial_with_values_steps_and_attributes():
    search = make_search()
    trials = view(search).trials
    assert [trial.number for trial in trials] == [trial.id for trial in search.trials]
    for ours, theirs in zip(search.trials, trials, strict=True):
        flat = search.space._codec.flat(ours.params)
        del flat["fixed"]
        assert theirs.state == TrialState[STATES[ours.state]]
        assert theirs.params.keys() == flat.keys(), "inactive parameters are absent"
        assert theirs.values == (None if ours.values is None else list(ours.values))
        assert theirs.intermediate_values == pytest.approx(dict(ours.steps), nan_ok=True, rel=0)
        assert theirs.user_attrs["nested"] == ours.attrs["nested"]
        assert theirs.user_attrs.get("tanteo/reason") == ours.reason
        assert theirs.user_attrs.get("tanteo/cost") == ours.cost
        assert theirs.user_attrs.get("tanteo/state") == ("paused" if ours.state == "paused" else None)
        assert list(theirs.constraints.values()) == list(ours.constraints.values())
        for name in ("kind", "svm/c", "trees", "seed", "size"):
            assert theirs.params.get(name) == flat.get(name), name
        assert theirs.params["loss"] in ("<built-in function abs>", "(1, 2)", True, "1")
        for name, value in theirs.params.items():
            assert theirs.distributions[name]._contains(theirs.distributions[name].to_internal_repr(value))
    assert {trial.state.name for trial in trials} == set(STATES.values())
    assert trials[0].datetime_complete - trials[0].datetime_start == datetime.timedelta(seconds=3.25)
    assert (trials[1].datetime_start, trials[1].datetime_complete) == (None, None), "unknown times are left out"
    assert (trials[5].state, trials[5].datetime_complete) == (TrialState.RUNNING, None)


def test_the_best_trial_is_the_same():
    search = make_search()
    assert view(search).best_trial.number == search.best.id
    assert search.best.id == 0


def test_constraints_are_where_the_dashboard_reads_them():
    trials = view(make_search()).trials
    assert trials[0].system_attrs == {"constraints": [-1.0, -8.0]}, "sorted by name"
    assert trials[1].system_attrs == {}
    assert trials[0].user_attrs["tanteo/constraints"] == {"memory": -1.0, "time": -8.0}
    assert "tanteo/constraints" not in trials[1].user_attrs


def test_constants_are_attributes_of_the_study():
    assert view(make_search()).user_attrs["constants"] == {"fixed": "v1"}
    assert to_optuna(make_search()).user_attrs == {"tanteo/constants": {"fixed": "v1"}}


def test_optuna_computes_importances_from_the_storage():
    importances = optuna.importance.get_param_importances(
        view(make_search(60)),
        evaluator=optuna.importance.PedAnovaImportanceEvaluator(),
        params=["kind", "seed", "size"],
    )
    assert set(importances) == {"kind", "seed", "size"}


def test_the_storage_follows_the_search_and_reuses_unchanged_trials():
    search = make_search()
    storage = read_only_storage(search)
    previous = storage.get_all_trials(0, deepcopy=False)
    search.tell(search.pending[0].id, 0.25)
    search._core.ask()  # and not `ask`, which would resume a paused trial
    current = storage.get_all_trials(0, deepcopy=False)
    assert (previous[5].state, current[5].state) == (TrialState.RUNNING, TrialState.COMPLETE)
    assert len(current) == len(previous) + 1
    assert all(current[k] is previous[k] for k in range(24) if k != 5)
    assert storage.get_n_trials(0, TrialState.RUNNING) == 4


def test_the_storage_follows_a_study_that_another_handle_writes(tmp_path):
    path = tmp_path / "living.db"
    with tt.Study(path, {"x": tt.Float(0, 1)}, seed=0) as writer, tt.Study(path, read_only=True) as reader:
        storage = read_only_storage(reader)
        study = optuna.load_study(study_name="living", storage=storage)
        trial = writer.ask()
        [stored] = study.trials
        assert stored.state == TrialState.RUNNING
        assert stored.datetime_start.timestamp() == pytest.approx(writer.trials[0].started, abs=1e-3)
        writer.tell(trial, 0.5)
        [stored] = study.trials
        assert (stored.state, stored.value) == (TrialState.COMPLETE, 0.5)
        assert stored.user_attrs["tanteo/host"] == writer.trials[0].host
        assert stored.user_attrs["tanteo/process"] == writer.trials[0].process
        assert "PED-ANOVA of the best tenth" in study.user_attrs["importances"]
        assert study.user_attrs["environment/python"] == writer.environment["python"]
        assert f"numpy {writer.environment['packages']['numpy']}" in study.user_attrs["environment/packages"]
        writer.annotate(trial, "look at *this*")
        dashboard = pytest.importorskip("optuna_dashboard._note")
        note = dashboard.get_note_from_system_attrs(storage.get_study_system_attrs(0), 0)
        assert note == {"version": 1, "body": "look at *this*"}


def test_several_objectives_keep_their_directions():
    search = tt.Optimizer({"x": tt.Int(0, 9)}, directions=["minimize", "maximize"], seed=0)
    for trial in search.ask(6):
        search.tell(trial, [trial.params["x"], trial.params["x"]])
    study = view(search)
    assert [direction.name for direction in study.directions] == ["MINIMIZE", "MAXIMIZE"]
    assert {trial.number for trial in study.best_trials} == {trial.id for trial in search.pareto_front}


def test_an_exported_study_equals_the_storage(tmp_path):
    search = make_search()
    shown = view(search).trials
    for ours, theirs in zip(to_optuna(search).trials, shown, strict=True):
        assert (ours.params, ours.distributions) == (theirs.params, theirs.distributions)
        assert ours.user_attrs == {k: v for k, v in theirs.user_attrs.items() if k != "tanteo/constraints"}
        assert (ours.state, ours.values) == (theirs.state, theirs.values)


def test_the_storage_is_read_only():
    search = make_search()
    study = view(search)
    for write in (
        lambda: study.ask(),
        lambda: study.set_user_attr("a", 1),
        lambda: study.tell(5, 1.0),
        lambda: study.enqueue_trial({"size": "s"}),
        lambda: optuna.delete_study(study_name="tanteo", storage=study._storage),
    ):
        with pytest.raises(tt.StudyError, match="read-only; use the search itself"):
            write()


def test_other_studies_and_trials_are_unknown():
    storage = read_only_storage(make_search(), name="mine")
    assert storage.get_study_id_from_name("mine") == 0
    for read in (
        lambda: storage.get_study_id_from_name("other"),
        lambda: storage.get_all_trials(7),
        lambda: storage.get_trial(99),
    ):
        with pytest.raises(KeyError):
            read()
