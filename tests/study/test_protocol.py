"""A study answers every call as an optimizer in memory does."""

from __future__ import annotations

import copy
import os
import pickle

import pytest

import tanteo as tt

SPACE = {
    "lr": tt.Float(1e-5, 1e-1, log=True, default=1e-3),
    "depth": tt.Int(1, 2**60),
    "dropout": tt.Float(0.0, 0.5, step=0.05),
    "kind": tt.Categorical(["a", "b", None, True]),
    "momentum": tt.Float(0.0, 0.99, when={"kind": "b"}),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "study.db"


def exercise(search):
    """Make every kind of call, with every kind of result."""
    search.enqueue({"kind": "b"})
    first, second, third = search.ask(3)
    search.tell(first, 0.25, sem=0.125, constraints={"memory": -1.0}, cost=3.0)
    second.report(1, 0.5)
    second.report(3, float("nan"))
    second.set_attr("epochs", [1, 2.5, "x"])
    search.tell(second, state="pruned")
    third.tell_constraints({"memory": 2.0, "works": True})
    search.tell(third, float("inf"))
    search.observe({**first.params, "lr": 0.01}, tt.Replicates([0.25, 0.75]))
    search.tell(search.ask(), state="failed", reason="out of memory")
    search.retract(third)
    search.tell(third, 0.5)
    with_folds = search.ask()
    for fold in with_folds.fold_order(2):
        with_folds.report_fold(fold, 0.5 + fold)
    search.tell(with_folds)
    search.ask().tell_constraints({"memory": -0.5})


def rows_of(search):
    """Return all that is known of each trial except times."""
    trials = [trial._named_fields() for trial in search.trials]
    names = [name for name in tt.FrozenTrial._names if name not in ("started", "finished", "traceback")]
    return [[repr(fields[name]) for name in names] for fields in trials]


def facts_of(search):
    """Return all that is known of a search except times."""
    return rows_of(search), search.stats(), search.best, [trial.id for trial in search.pending]


def test_the_same_calls_have_the_same_answers(path):
    study, in_memory = tt.Study(path, SPACE, seed=3), tt.Optimizer(SPACE, seed=3)
    for search in (study, in_memory):
        exercise(search)
    assert facts_of(study) == facts_of(in_memory)
    assert study.ask(4) == in_memory.ask(4)
    assert study.recommend() == in_memory.recommend()
    assert study.explain(4) == in_memory.explain(4)


def test_an_unfinished_trial_is_recommended_with_its_estimate(path):
    study = tt.Study(path, SPACE, seed=3)
    for value in (2.0, 1.0):
        trial = study.ask()
        trial.report(1, value)
        if value == 2.0:
            study.tell(trial, value)
    found = study.recommend()
    assert (found.id, found.estimate, found.deviation, found.process) == (1, 1.0, 0.0, os.getpid())


@pytest.mark.parametrize("sampler", ["random", "sobol", "tpe", "gp", "auto", "grid"])
def test_another_process_continues_identically(path, sampler):
    """Catching up, replaying the log and loading the cached state give the same bits."""
    study = tt.Study(path, SPACE, seed=3, sampler=sampler)
    second_handle = tt.Study(path)
    exercise(study)
    for _ in range(12):
        for search in (study, second_handle):
            trial = search.ask()
            search.tell(trial, abs(trial.params["dropout"] - 0.2))
    study.refresh()
    replayed = tt.Study(path)
    assert not replayed._session.rows("SELECT 1 FROM snapshot")
    study.close()
    cached = tt.Study(path)
    assert cached._session.rows("SELECT 1 FROM snapshot")
    second_handle.refresh()
    states = [search.to_bytes() for search in (study, second_handle, replayed, cached)]
    assert states == states[:1] * 4
    data = [search._session.state.record.to_data() for search in (study, second_handle, replayed, cached)]
    assert data == data[:1] * 4
    assert cached.ask() == copy.deepcopy(second_handle).ask()


def test_objectives_told_apart_have_the_same_answers_everywhere(path):
    options = {"directions": {"accuracy": "maximize", "seconds": "minimize"}, "seed": 3}
    study, in_memory = tt.Study(path, SPACE, **options), tt.Optimizer(SPACE, **options)
    second_handle = tt.Study(path)
    for search in (study, in_memory):
        first, second, third, fourth = search.ask(4)
        first.tell_objectives({"accuracy": 0.5, "seconds": 3.0}, sem={"seconds": 0.125})
        first.tell_objectives({"accuracy": tt.Replicates([0.25, 0.75])})
        second.tell_objectives({"seconds": 2.0})
        third.tell_objectives({"seconds": 4.0}, sem={"seconds": 0.0})
        fourth.tell_objectives({"accuracy": 0.125})
        search.tell(first)
        search.tell(second, {"accuracy": 0.625})
        search.tell(third, state="failed")
    assert len(study._session.rows("SELECT seq FROM log WHERE kind = 'objectives'")) == 5
    second_handle.refresh()
    replayed = tt.Study(path)
    study.close()
    states = [search.to_bytes() for search in (study, second_handle, replayed, tt.Study(path))]
    assert states == states[:1] * 4
    assert rows_of(replayed) == rows_of(second_handle) == rows_of(in_memory)
    assert second_handle.ask(3) == in_memory.ask(3)


def test_a_study_does_not_depend_on_its_cached_state(path):
    with tt.Study(path, SPACE, seed=3) as study:
        for _ in range(40):
            study.tell(study.ask(), 1.0)
    expected = tt.Study(path).to_bytes()
    with tt.Study(path) as study, study._session.change():
        study._session.execute("UPDATE part SET content = zeroblob(length(content))", ())
    assert tt.Study(path).to_bytes() == expected
    with tt.Study(path) as study, study._session.change():
        study._session.execute("DELETE FROM snapshot", ())
    assert tt.Study(path).to_bytes() == expected


def test_a_study_reopens_by_its_path_alone(path):
    options = {"directions": ["minimize", "maximize"], "sampler": "tpe", "seed": 5, "deduplicate": False, "budget": 9.0}
    with tt.Study(path, SPACE, **options, name="sweep") as study:
        study.tell(study.ask(), [1.0, 2.0])
    reopened = tt.Study(path)
    assert reopened.space == study.space
    assert (
        reopened.settings
        == study.settings
        == {
            **options,
            "directions": ("minimize", "maximize"),
            "sampler": reopened.sampler,
            "pruner": tt.pruners.Auto(),
            "pausing": False,
            "budget": 9.0,
            "max_violation_probability": None,
            "thresholds": None,
        }
    )
    assert (reopened.name, reopened.path) == ("sweep", path)
    assert len(reopened.pareto_front) == 1
    assert tt.Study(path, SPACE, **options, name="sweep").seed == 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"space": {**SPACE, "lr": tt.Float(1e-5, 1.0, log=True)}}, "parameter 'lr'"),
        ({"seed": 1}, "seed=0, and 1 is given"),
        ({"sampler": "tpe"}, "sampler=Auto"),
        ({"direction": "maximize"}, "directions="),
        ({"deduplicate": False}, "deduplicate=True"),
        ({"budget": 3.0, "read_only": True}, "budget=None, and 3.0 is given"),
        ({"name": "other"}, "name='study'"),
    ],
)
def test_another_search_is_refused_with_the_difference(path, options, message):
    tt.Study(path, SPACE, seed=0).close()
    with pytest.raises(tt.StudyError, match=message):
        tt.Study(path, **options)


def test_a_new_budget_replaces_the_old_one(path):
    with tt.Study(path, SPACE, budget=9.0, seed=0) as study, tt.Study(path) as other:
        rows = study._session.rows("SELECT COUNT(*) FROM log")
        tt.Study(path, budget=9.0).close()
        assert study._session.rows("SELECT COUNT(*) FROM log") == rows
        with pytest.raises(tt.ArgumentError, match="budget must be"):
            tt.Study(path, budget=-1.0)
        tt.Study(path, budget=12.0).close()
        other.tell(other.ask(), 1.0, cost=2.0)
        study.refresh()
        assert (study.budget, other.budget, study.settings["budget"]) == (12.0, 12.0, 12.0)
        saved = study.to_bytes()
    reopened = tt.Study(path)
    assert (reopened.budget, reopened.to_bytes()) == (12.0, saved)
    assert tt.Study(path, budget=3.0).budget == 3.0


def test_without_a_space_there_must_be_a_study(path):
    with pytest.raises(tt.StudyError, match="there is no study at"):
        tt.Study(path)
    assert not path.exists()
    path.touch()
    with pytest.raises(tt.StudyError, match="is empty; give a space"):
        tt.Study(path)


@pytest.mark.parametrize(
    "arguments",
    [
        {"durability": "half"},
        {"lease": 0},
        {"max_retries": -1},
        {"read_only": 1},
        {"name": "a\n"},
        {"seed": -1},
        {"sampler": "bogus"},
    ],
)
def test_bad_arguments_are_refused_before_a_file_is_created(path, arguments):
    with pytest.raises(tt.ArgumentError):
        tt.Study(path, SPACE, **arguments)
    assert list(path.parent.iterdir()) == []


class Thing:
    def __repr__(self):
        return "a thing"


def test_choices_that_json_cannot_hold_must_be_given_again(path):
    space = {"x": tt.Float(0.0, 1.0), "model": tt.Categorical([Thing(), len, 3])}
    with tt.Study(path, space, seed=0) as study:
        study.tell(study.ask(), 1.0)
    with pytest.raises(tt.StudyError, match=r"choices of 'model' cannot be stored; give the space again"):
        tt.Study(path)
    assert tt.Study(path, space).trials[0].params == study.trials[0].params
    assert study._session.state.header["shown"] == {"model": ["a thing", repr(len), "3"]}
    other = {"x": tt.Float(0.0, 1.0), "model": tt.Categorical([len, Thing(), 3])}
    with pytest.raises(tt.StudyError, match="parameter 'model'"):
        tt.Study(path, other)


class Halves:
    """A sampler in Python."""

    def suggest(self, view, n, rng):
        return rng.random((n, len(view.axes))) / 2


def test_a_custom_sampler_must_be_given_again(path):
    space = {"x": tt.Float(0.0, 1.0)}
    study, in_memory = tt.Study(path, space, seed=0, sampler=Halves()), tt.Optimizer(space, seed=0, sampler=Halves())
    with pytest.raises(tt.StudyError, match="Halves"):
        tt.Study(path)
    second_handle = tt.Study(path, sampler=Halves())
    for search in (study, second_handle, study):
        trial = search.ask()
        assert trial == in_memory.ask()
        search.tell(trial, 1.0)
        in_memory.tell(trial.id, 1.0)


def test_a_trial_belongs_to_its_study_in_every_process(path, tmp_path):
    study = tt.Study(path, SPACE, seed=0)
    trial = study.ask()
    second_handle = tt.Study(path)
    second_handle.refresh()
    second_handle.tell(pickle.loads(pickle.dumps(trial)), 1.0)
    other = tt.Study(tmp_path / "other.db", SPACE, seed=0)
    other.ask()
    with pytest.raises(tt.UnknownTrialError, match="another search"):
        other.tell(trial, 1.0)


def test_a_trial_that_another_process_asked_for_is_known_by_its_id(path):
    study = tt.Study(path, SPACE, seed=0)
    calls = (study.should_prune, study.infeasible, study.cancel)
    for number, call in enumerate(calls):
        assert tt.Study(path).ask().id == number
        assert not call(number)
    with pytest.raises(tt.UnknownTrialError):
        study.infeasible(len(calls))


def test_a_pickled_study_shares_the_file_and_a_copy_does_not(path):
    study = tt.Study(path, SPACE, seed=0)
    shared, in_memory = pickle.loads(pickle.dumps(study)), copy.deepcopy(study)
    assert in_memory.ask() == shared.ask()
    assert type(in_memory) is tt.Optimizer
    study.refresh()
    assert len(study) == 1


def test_unpickling_a_study_without_its_file_is_an_error_and_creates_nothing(path):
    study = tt.Study(path, SPACE, seed=0)
    pickled = pickle.dumps(study)
    study.close()
    path.unlink()
    with pytest.raises(tt.StudyError, match="there is no file at"):
        pickle.loads(pickled)
    assert not path.exists()


def test_a_saved_study_loads_as_an_optimizer(path, tmp_path):
    study = tt.Study(path, SPACE, seed=0)
    study.tell(study.ask(), 1.0)
    study.save(tmp_path / "saved.tanteo")
    saved = tt.Optimizer.load(tmp_path / "saved.tanteo")
    assert saved.ask() == study.ask()


def test_a_refused_call_changes_nothing(path):
    study = tt.Study(path, SPACE, seed=0)
    trial = study.ask()
    rows = study._session.rows("SELECT count(*) FROM log")
    for message, call in (
        ("infinitely good", lambda: study.tell(trial, -float("inf"))),
        ("trial 99 is unknown", lambda: study.tell(99, 1.0)),
        ("value must be a number", lambda: study.tell(trial, "one")),
        ("n must be from 0", lambda: study.ask(-1)),
        ("step must be from 0", lambda: study.report(trial, -1, 0.0)),
        ("'lr': 5.0 is not a float from", lambda: study.enqueue({"lr": 5.0})),
        ("'depth': no value given", lambda: study.observe({"lr": 0.01}, 1.0)),
        ("trial 99 is unknown", lambda: study.set_attr(99, "a", 1)),
        ("trial 99 is unknown", lambda: study.annotate(99, "a")),
    ):
        with pytest.raises(tt.TanteoError, match=message):
            call()
    assert study._session.rows("SELECT count(*) FROM log") == rows
    study.tell(trial, 1.0)
    with pytest.raises(tt.TrialStateError, match="already complete"):
        study.tell(trial, 1.0)


def test_a_closed_study_can_be_read_but_not_changed(path):
    with tt.Study(path, SPACE, seed=0) as study:
        study.tell(study.ask(), 1.0)
    assert study.best.value == 1.0
    with pytest.raises(tt.StudyError, match="is closed"):
        study.ask()
    study.close()


def test_a_trial_asked_by_another_process_can_be_told_here(tmp_path):
    study = tt.Study(tmp_path / "study.db", {"x": tt.Float(0.0, 1.0)}, seed=0)
    other = tt.Study(tmp_path / "study.db")
    study.tell(pickle.loads(pickle.dumps(other.ask())), 0.5)
    study.set_attr(other.ask(), "a", 1)
    other.refresh()
    assert [(trial.value, trial.attrs) for trial in other.trials] == [(0.5, {}), (None, {"a": 1})]
