"""Studies of Optuna imported and exported; every trial is compared through Optuna's own classes."""

import math
import sqlite3

import pytest

import tanteo as tt

optuna = pytest.importorskip("optuna", reason="optuna is not installed")

from optuna.trial import TrialState, create_trial  # noqa: E402 - after the check that Optuna is installed

from support import optuna_studies as studies  # noqa: E402 - as above
from tanteo.integrations.optuna import from_optuna, read_only_storage, to_optuna  # noqa: E402 - as above

pytestmark = pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")


def assert_same(theirs, ours):
    """Compare every attribute of a trial of Optuna with its copy after a round trip."""
    assert ours.number == theirs.number
    assert ours.state == theirs.state
    assert list(ours.params) == [name for name in ours.distributions if name in theirs.params]
    for name, value in theirs.params.items():  # Multiples of a step are decimal, so the last bits may differ.
        is_stepped = isinstance(value, float) and theirs.distributions[name].step is not None
        assert ours.params[name] == (pytest.approx(value, rel=1e-12) if is_stepped else value)
    assert {name: type(value) for name, value in ours.params.items()} == {
        name: type(value) for name, value in theirs.params.items()
    }
    for name, distribution in theirs.distributions.items():
        assert type(ours.distributions[name]) is type(distribution)
        assert ours.distributions[name]._contains(distribution.to_internal_repr(theirs.params[name]))
    assert ours.values == theirs.values
    assert ours.intermediate_values == pytest.approx(theirs.intermediate_values, nan_ok=True, rel=0)
    assert ours.constraints == theirs.constraints
    assert ours.user_attrs == theirs.user_attrs
    assert ours.system_attrs == theirs.system_attrs
    assert ours.datetime_start == theirs.datetime_start
    assert ours.datetime_complete == theirs.datetime_complete


@pytest.mark.parametrize("kind", studies.STORAGES)
def test_a_study_survives_a_round_trip(kind, tmp_path):
    storage, source = studies.storage(kind, tmp_path)
    study = studies.single(storage)
    with pytest.warns(UserWarning, match=r"trial 8: the value inf is infinitely good; it is kept as a failure"):
        search = from_optuna(source)
    assert search.directions == ("maximize",)
    exported = to_optuna(search)
    assert len(exported.trials) == len(study.trials) == 29
    states = {trial.state for trial in exported.trials}
    assert states == {TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL, TrialState.RUNNING}
    for theirs, ours in zip(study.trials, exported.trials, strict=True):
        if theirs.number != 8:
            assert_same(theirs, ours)
    assert exported.trials[8].state == TrialState.FAIL
    assert exported.trials[8].user_attrs["tanteo/reason"] == "the value inf is infinitely good"


@pytest.mark.parametrize("kind", studies.STORAGES)
def test_a_search_survives_a_round_trip_through_every_storage(kind, tmp_path):
    search = tt.Optimizer(
        {"x": tt.Float(0, 1), "kind": tt.Categorical(["a", "b"]), "depth": tt.Int(1, 9, when={"kind": "b"})}, seed=0
    )
    for n, trial in enumerate(search.ask(12)):
        if n % 2:
            trial.report(3, 0.5)
        if n == 5:
            search.tell(trial, state="failed", reason="out of memory")
        elif n < 11:
            search.tell(trial, trial.params["x"], constraints={"size": -1.0}, cost=2.5, sem=0.1)
    storage, source = studies.storage(kind, tmp_path)
    study = to_optuna(search, storage, "out")
    assert study.best_trial.number == search.best.id
    assert study.trials[5].user_attrs["tanteo/reason"] == "out of memory"
    assert study.trials[11].state == TrialState.RUNNING
    imported = from_optuna(source, "out")
    for trial, copy in zip(search.trials, imported.trials, strict=True):
        for name in ("params", "state", "values", "sems", "constraints", "cost", "reason", "steps"):
            assert getattr(copy, name) == getattr(trial, name), name
    with pytest.raises(tt.StudyError, match="has a study 'out'; give another study_name="):
        to_optuna(search, storage, "out")


def test_measurements_survive_a_round_trip():
    search = tt.Optimizer({"x": tt.Float(0, 1)}, pausing=True, seed=0)
    folded, replicated, stepped, paused = search.ask(4)
    for fold, value in ((1, 0.5), (0, 1.0)):
        folded.report_fold(fold, value)
    stepped.report(2, 0.5, constraints={"size": -1.0})
    search.tell(folded)
    search.tell(replicated, tt.Replicates([1.0, 2.0]))
    search.tell(stepped, 0.25)
    search.tell(paused, 3.0, state="paused")
    imported = from_optuna(to_optuna(search))
    for trial, copy in zip(search.trials, imported.trials, strict=True):
        for name in ("values", "sems", "replicates", "folds", "steps", "step_constraints"):
            assert getattr(copy, name) == getattr(trial, name), name
    assert imported.trials[3].state == "pruned", "the new search has no pauses"


def test_several_objectives_survive_a_round_trip(tmp_path):
    study = studies.several(None)
    search = from_optuna(study)
    assert search.directions == ("minimize", "maximize")
    assert [trial.values for trial in search.trials] == [(1.0, 1.0), (10.0, 0.1), (300.0, 1 / 300), None]
    for theirs, ours in zip(study.trials, to_optuna(search).trials, strict=True):
        assert_same(theirs, ours)


def test_the_names_of_objectives_survive_a_round_trip(tmp_path):
    for directions in ({"loss": "minimize", "f1": "maximize"}, {"loss": "minimize"}):
        search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, directions=directions, seed=0)
        search.tell(search.ask(), dict.fromkeys(directions, 0.5))
        study = to_optuna(search)
        assert study.metric_names == list(directions)
        assert from_optuna(study).objective_names == tuple(directions)
        assert view(search).metric_names == list(directions)
    unnamed = studies.made(({"x": 0.5}, {"x": studies.floats(0.0, 1.0)}, 0.5))
    assert from_optuna(unnamed).objective_names is None
    unnamed.set_metric_names(["cost"])
    assert from_optuna(unnamed).objective_names == ("cost_",)


def view(search):
    return optuna.load_study(study_name="tanteo", storage=read_only_storage(search))


def test_an_imported_search_continues():
    search = from_optuna(studies.several(None), seed=3)
    ids = [trial.id for trial in search.ask(3)]
    assert ids == [4, 5, 6]


def test_an_import_into_a_file_equals_an_import_into_memory(tmp_path):
    study = studies.single(optuna.storages.InMemoryStorage())
    path = tmp_path / "moved.db"
    with pytest.warns(UserWarning, match="infinitely good"):
        in_memory = from_optuna(study, seed=0)
    with pytest.warns(UserWarning, match="infinitely good"), from_optuna(study, path=path, seed=0) as imported:
        assert (imported.name, imported.path) == ("single", path)
    with tt.Study(path, read_only=True) as stored:
        assert len(stored) == 29
        for ours, theirs in zip(in_memory.trials, stored.trials, strict=True):
            for name in ("params", "state", "values", "steps", "attrs", "constraints", "started", "finished"):
                assert repr(getattr(theirs, name)) == repr(getattr(ours, name)), name
    with pytest.raises(tt.StudyError, match="exists; give the path of a new file"):
        from_optuna(study, path=path)


def test_waiting_trials_are_queued_and_changed_numbers_are_recorded():
    study = studies.made(({"x": 0.5}, {"x": studies.floats(0, 1)}, 1.0))
    study.enqueue_trial({"x": 0.25})
    study.add_trial(create_trial(params={"x": 0.75}, distributions={"x": studies.floats(0, 1)}, value=2.0))
    search = from_optuna(study)
    assert [trial.params["x"] for trial in search.trials] == [0.5, 0.75]
    assert search.trials[1].attrs == {"optuna/number": 2}
    assert search.ask().params == {"x": 0.25}


def test_a_trial_that_failed_before_it_had_all_parameters_is_completed():
    distributions = {"x": studies.floats(0, 1), "y": studies.floats(0, 1)}
    study = studies.made(({"x": 0.5, "y": 0.5}, distributions, 1.0), ({"x": 0.25}, {"x": distributions["x"]}, None))
    with pytest.warns(UserWarning, match=r"trial 1: ended before all parameters were suggested"):
        search = from_optuna(study)
    failed = search.trials[1]
    assert (failed.state, failed.params["x"], failed.attrs) == ("failed", 0.25, {"optuna/not_suggested": ["y"]})
    assert 0 <= failed.params["y"] <= 1


@pytest.mark.parametrize("is_study", [False, True])
def test_a_trial_that_failed_without_a_parameter_is_excluded(is_study, tmp_path):
    study = studies.made(({"x": 0.5}, {"x": studies.floats(0, 1)}, 1.0), ({}, {}, None))
    with pytest.warns(UserWarning, match="trial 1: ended before all parameters"):
        search = from_optuna(study, path=tmp_path / "a.db" if is_study else None)
    assert [trial.excluded for trial in search.trials] == [False, True]


def test_different_ranges_and_choices_are_merged():
    kinds, counts = studies.CategoricalDistribution(["a", "b"]), studies.IntDistribution(1, 4)
    study = studies.made(
        ({"k": "a", "n": 1, "z": 2.0}, {"k": kinds, "n": counts, "z": studies.floats(0, 3)}, 1.0),
        (
            {"k": "b", "n": 9, "z": 5.0},
            {"k": kinds, "n": studies.IntDistribution(3, 9), "z": studies.floats(2, 7)},
            2.0,
        ),
    )
    assert from_optuna(study).space == tt.SearchSpace(
        {"k": tt.Categorical(["a", "b"]), "n": tt.Int(1, 9), "z": tt.Float(0, 7)}
    )


@pytest.mark.parametrize(
    ("first", "second", "message", "merged"),
    [
        (studies.floats(0, 1, step=0.1), studies.floats(0, 1, step=0.25), "the steps 0.1, 0.25", tt.Float(0, 1)),
        (studies.floats(0, 1, step=0.5), studies.floats(0, 1), "the steps 0.5, None", tt.Float(0, 1)),
        (
            studies.IntDistribution(0, 8, step=4),
            studies.IntDistribution(2, 10, step=4),
            "grids of step 4 from 0 and 2 in different trials, which do not coincide",
            tt.Int(0, 10),
        ),
    ],
)
def test_grids_that_do_not_coincide_are_given_up(first, second, message, merged):
    study = studies.made(({"x": first.high}, {"x": first}, 1.0), ({"x": second.high}, {"x": second}, 2.0))
    with pytest.warns(UserWarning, match=f"parameter 'x' has {message}.*; the grid is given up .pass space="):
        search = from_optuna(study)
    assert search.space == tt.SearchSpace({"x": merged})
    assert [trial.values for trial in search.trials] == [(1.0,), (2.0,)]


def conditional(*configurations):
    """A study of trials with these configurations. "k" is a choice; any other parameter is an integer from 0 to 9."""
    distributions = {"k": studies.CategoricalDistribution(["a", "b", "c"])}
    trials = [
        (params, {name: distributions.get(name, studies.IntDistribution(0, 9)) for name in params}, float(n))
        for n, params in enumerate(configurations)
    ]
    return studies.made(*trials)


def test_a_choice_that_explains_an_absence_becomes_a_condition():
    study = conditional({"k": "a", "m": 1}, {"k": "b"}, {"k": "c", "m": 2}, {"k": "b"})
    assert (
        from_optuna(study).space["m"]
        == tt.SearchSpace({"k": tt.Categorical(["a", "b", "c"]), "m": tt.Int(0, 9, when={"k": ["a", "c"]})})["m"]
    )


def test_a_number_of_layers_becomes_a_condition_with_a_range():
    study = conditional({"n": 1}, {"n": 2, "w": 3}, {"n": 3, "w": 4})
    assert repr(from_optuna(study).space["w"].when) == "{'n': at_least(2)}"
    fewer = conditional({"n": 4}, {"n": 3, "w": 3}, {"n": 1, "w": 4})
    assert repr(from_optuna(fewer).space["w"].when) == "{'n': at_most(3)}"


@pytest.mark.parametrize(
    ("configurations", "untried"),
    [
        (({"k": "a", "m": 1}, {"k": "b"}), "of 'k' no trial tried 'c'; parameter 'm'"),
        (({"n": 1}, {"n": 5, "w": 3}), "of 'n' no trial tried a value between 1 and 5; parameter 'w'"),
    ],
)
def test_an_ambiguous_condition_causes_a_warning(configurations, untried):
    with pytest.warns(UserWarning, match=f"{untried} is taken to exist when="):
        from_optuna(conditional(*configurations))


def test_an_unexplained_absence_becomes_a_choice():
    study = conditional({"k": "a", "m": 1}, {"k": "a"}, {"k": "b", "m": 3})
    with pytest.warns(UserWarning, match=r"'m' is missing in 1 trial, .* exist when=\{'m used': True\}"):
        search = from_optuna(study)
    assert [trial.params for trial in search.trials] == [
        {"m used": True, "k": "a", "m": 1},
        {"m used": False, "k": "a"},
        {"m used": True, "k": "b", "m": 3},
    ]


def test_of_several_explanations_of_an_absence_the_latest_is_taken():
    study = conditional({"k": "a", "n": 1, "m": 1}, {"k": "b", "n": 2})
    explained = (
        r"explained by when={'k': \['a'\]} or when={'n': at_most\(1\)}; .* when={'n': at_most\(1\)} \(pass space="
    )
    with pytest.warns(UserWarning, match=explained):
        assert repr(from_optuna(study).space["m"].when) == "{'n': at_most(1)}"


def test_the_sizes_of_layers_depend_on_the_number_of_layers():
    """The number of layers has few values. Sizes would explain some absences too, but hardly any size occurs twice."""
    sizes = iter([3, 8, 1, 9, 5, 2, 7, 0, 4, 6, 3, 8, 1, 9, 5, 2, 7])
    configurations = [{"n": n, **{f"w{k}": next(sizes) for k in range(n)}} for n in (1, 2, 3, 1, 2, 3, 1, 2)]
    space = from_optuna(conditional(*configurations)).space
    assert [repr(space[f"w{k}"].when) for k in range(3)] == ["None", "{'n': at_least(2)}", "{'n': at_least(3)}"]


def test_a_parameter_suggested_later_is_not_a_parent():
    study = conditional({"n": 1, "m": 1, "k": "a"}, {"n": 2, "k": "b"})
    assert list(from_optuna(study).space["m"].when) == ["n"]


def test_a_given_space_takes_precedence():
    study = conditional({"k": "a", "m": 1}, {"k": "a"})
    space = {"k": tt.Categorical(["a", "b", "c"]), "m": tt.Int(0, 9)}
    with pytest.warns(UserWarning, match="trial 1: left aside, .*'m'"):
        assert len(from_optuna(study, space=space)) == 1


def test_a_space_that_fits_no_trial_is_an_error(tmp_path):
    study = conditional({"k": "a"}, {"k": "b"})
    with pytest.raises(tt.SpaceError, match=r"no trial of the study fits into the given space: "):
        from_optuna(study, space={"z": tt.Float(0.0, 1.0)}, path=tmp_path / "new.db")
    assert not (tmp_path / "new.db").exists()


def test_a_queued_point_does_not_hide_that_no_trial_fits():
    study = studies.made(({"x": 0.5, "y": 0.5}, XY, 1.0))
    study.enqueue_trial({"y": 0.25})
    with pytest.raises(tt.SpaceError, match=r"no trial of the study fits into the given space: parameter 'y'"):
        from_optuna(study, space={"x": tt.Float(0.0, 1.0)})


@pytest.mark.parametrize("suggested", [("x", "y"), ("y",)])
def test_a_running_trial_outside_the_given_space_is_left_aside(suggested):
    study = studies.made(({"x": 0.5}, {"x": studies.floats(0.0, 1.0)}, 1.0))
    trial = study.ask()
    for name in suggested:
        trial.suggest_float(name, 0.0, 1.0)
    with pytest.warns(UserWarning, match="trial 1: left aside, parameter 'y' is unknown to the space"):
        search = from_optuna(study, space={"x": tt.Float(0.0, 1.0)})
    assert (len(search), search.pending) == (1, [])


def test_a_queued_value_without_a_place_is_named():
    study = studies.made(({"x": 0.5}, {"x": studies.floats(0.0, 1.0)}, 1.0))
    study.enqueue_trial({"x": 0.25, "y": 0.5})
    with pytest.warns(UserWarning, match="trial 1: queued without 'y', which its configuration has no place for"):
        assert from_optuna(study, space={"x": tt.Float(0.0, 1.0)}).ask().params == {"x": 0.25}


def test_an_import_takes_the_options_of_a_search(tmp_path):
    study = studies.made(({"x": 0.5}, {"x": studies.floats(0.0, 1.0)}, 1.0))
    chosen = {"pruner": tt.pruners.Median(), "pausing": True, "deduplicate": False, "budget": 9.0, "seed": 3}
    with from_optuna(study, path=tmp_path / "new.db", sampler="tpe", **chosen) as search:
        assert {name: search.settings[name] for name in chosen} == chosen
    assert from_optuna(study, pruner="nothing").pruner == tt.pruners.Nothing()
    with pytest.raises(TypeError, match="unexpected keyword argument 'direction'"):
        from_optuna(study, direction="maximize")


def test_attributes_that_a_search_has_no_place_for_are_named():
    study = studies.made(({"x": 0.5}, {"x": studies.floats(0.0, 1.0)}, 1.0))
    study.set_user_attr("owner", "me")
    trial = create_trial(params={"x": 0.7}, distributions={"x": studies.floats(0.0, 1.0)}, value=2.0)
    trial.set_user_attr("tanteo/mine", 1)
    trial.set_user_attr("tanteo/cost", 2.5)
    trial.set_user_attr("tanteo/params", {"x": 1.0})
    study.add_trial(trial)
    with pytest.warns(UserWarning, match=r"2 notes .*") as caught:
        search = from_optuna(study)
    assert "without its attributes owner" in str(caught[0].message)
    assert "without the attributes tanteo/mine, tanteo/params;" in str(caught[0].message)
    assert search.trials[1].cost == 2.5


def test_what_a_study_adds_to_a_trial_is_named_when_an_import_loses_it(tmp_path):
    with tt.Study(tmp_path / "ours.db", {"x": tt.Float(0.0, 1.0)}, seed=0) as study:
        study.observe({"x": 0.5}, 1.0, cost=2.0)
        study.annotate(0, "look")
        exported = to_optuna(study)
    with pytest.warns(UserWarning, match="without the attributes .*tanteo/note.*; of those that begin") as caught:
        search = from_optuna(exported)
    assert "cost" not in str(caught[0].message)
    assert search.trials[0].cost == 2.0


def test_a_trial_whose_constraint_is_nan_is_a_failure():
    study = optuna.create_study()
    for x, constraint in ((0.25, math.nan), (0.5, -1.0), (0.75, -1.0)):
        given = {"params": {"x": x}, "distributions": {"x": studies.floats(0.0, 1.0)}, "value": x}
        study.add_trial(create_trial(**given, system_attrs={"constraints": [constraint]}))
    with pytest.warns(UserWarning, match="trial 0: the constraint '0' is NaN; it is kept as a failure"):
        search = from_optuna(study)
    assert [trial.state for trial in search.trials] == ["failed", "complete", "complete"]
    assert (search.trials[0].reason, search.best.id) == ("the constraint '0' is NaN", 1)


def test_queued_points_and_results_are_exported():
    space = {"x": tt.Float(0.0, 1.0), "kind": tt.Categorical(["a", ("b", 1)]), "c": tt.Constant(3)}
    result = tt.minimize(lambda params: params["x"], space, n_trials=2, seed=0, progress=False)
    result.optimizer.enqueue({"x": 0.25, "kind": ("b", 1)})
    result.optimizer.enqueue({"x": 0.75})
    study = to_optuna(result)
    assert [trial.state.name for trial in study.trials] == ["COMPLETE", "COMPLETE", "WAITING", "WAITING"]
    assert study.trials[2].system_attrs["fixed_params"] == {"x": 0.25, "kind": "('b', 1)"}
    imported, own = from_optuna(study, space=space | {"kind": tt.Categorical(["a", "('b', 1)"])}), result.optimizer
    for _ in range(2):
        assert imported.ask().params["x"] == own.ask().params["x"]


def test_a_queued_trial_that_is_running_keeps_its_configuration():
    study = optuna.create_study()
    study.enqueue_trial({"x": 0.25, "y": 0.5})
    study.enqueue_trial({"x": 0.75})
    study.add_trial(create_trial(params={"x": 0.0, "y": 0.0}, distributions=XY, value=0.0))
    for _ in range(2):
        study.ask().suggest_float("x", 0.0, 1.0)
    with pytest.warns(UserWarning, match="trial 1: ran before all parameters were suggested; queued"):
        search = from_optuna(study)
    assert [trial.params for trial in search.pending] == [{"x": 0.25, "y": 0.5}]
    assert search.ask().params["x"] == 0.75


XY = {"x": studies.floats(0.0, 1.0), "y": studies.floats(0.0, 1.0)}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3,), tt.ArgumentError, "the search must be an Optimizer or a Result, got 3"),
        ((None, None, 5), tt.ArgumentError, "study_name must be text, got 5"),
        ((None, 3), tt.StudyError, "Optuna cannot use the storage 3"),
        ((None, "sqlite:///no/such/folder/a.db"), tt.StudyError, "Optuna cannot use the storage 'sqlite"),
    ],
)
def test_invalid_arguments_of_an_export_are_rejected(arguments, error, message):
    source = tt.Optimizer({"x": tt.Float(0.0, 1.0)}) if arguments[0] is None else arguments[0]
    with pytest.raises(error, match=message):
        to_optuna(source, *arguments[1:])


def test_a_study_without_parameters_needs_a_space():
    with pytest.raises(tt.SpaceError, match=r"no trial of the study has a parameter.*pass space="):
        from_optuna(optuna.create_study())
    assert len(from_optuna(optuna.create_study(), space={"x": tt.Float(0, 1)})) == 0


def test_integers_beyond_the_precision_of_floats_survive_a_round_trip(tmp_path):
    search = tt.Optimizer({"n": tt.Int(2**60 + 1, 2**62)}, seed=0)
    for n in (2**60 + 1, 2**61 + 3):
        search.observe({"n": n}, 1.0)
    url = f"sqlite:///{tmp_path}/big.db"
    study = to_optuna(search, url, "big")
    assert [trial.params["n"] for trial in study.trials] == [2**60, 2**61], "Optuna's tables hold floats"
    assert [trial.params["n"] for trial in from_optuna(url).trials] == [2**60 + 1, 2**61 + 3]


def test_choices_that_optuna_cannot_store_become_text(tmp_path):
    choices = [1, True, 1.0, (2, 3), [4], math.inf, "1", "True", object]
    search = tt.Optimizer({"c": tt.Categorical(choices), "k": tt.Constant({"a": 1})}, seed=0)
    for choice in choices:
        search.observe({"c": choice}, 1.0)
    study = to_optuna(search, f"sqlite:///{tmp_path}/choices.db", "choices")
    exported = [trial.params["c"] for trial in study.trials]
    assert exported == [1, "True", "1.0", "(2, 3)", "[4]", "inf", "1", "True (2)", "<class 'object'>"]
    assert study.user_attrs["tanteo/constants"] == {"k": "{'a': 1}"}


def test_attributes_that_json_cannot_hold_become_text():
    study = studies.made(({"x": 0.5}, {"x": studies.floats(0, 1)}, 1.0))
    study._storage._studies[0].trials[0].user_attrs["odd\n"] = {1, 2}
    assert dict(from_optuna(study).trials[0].attrs) == {"odd\\n": "{1, 2}"}


def test_a_source_that_is_not_a_study_is_rejected(tmp_path):
    with pytest.raises(tt.ArgumentError, match=r"expected a study of Optuna.*got 3 \(int\)"):
        from_optuna(3)
    with pytest.raises(tt.StudyError, match=r"there is no file .*none\.db"):
        from_optuna(f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(FileNotFoundError):
        from_optuna(tmp_path / "none.log")
    (tmp_path / "text.log").write_text("no journal")
    with pytest.raises(tt.StudyError, match="neither an SQLite file nor a journal"):
        from_optuna(tmp_path / "text.log")
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (a)")
    content = other.read_bytes()
    with pytest.raises(tt.StudyError, match="holds no studies of Optuna"):
        from_optuna(other)
    assert other.read_bytes() == content
    own = tt.Study(tmp_path / "own.db", {"x": tt.Float(0, 1)}, seed=0)
    own.save(tmp_path / "own.tanteo")
    for source in (own.path, f"sqlite:///{own.path}"):
        with pytest.raises(tt.StudyError, match=r"own.db is a study of Tanteo: .* change_space.* earlier="):
            from_optuna(source)
    with pytest.raises(tt.StudyError, match=r"own.tanteo is a search of Tanteo: open it with .* earlier="):
        from_optuna(tmp_path / "own.tanteo")
    storage, _ = studies.storage("memory", tmp_path)
    for name in ("one", "two"):
        optuna.create_study(storage=storage, study_name=name)
    with pytest.raises(tt.StudyError, match=r"'one', 'two'; name one of them"):
        from_optuna(storage)
    with pytest.raises(tt.StudyError, match="there is no 'three'"):
        from_optuna(storage, "three")


def test_without_optuna_the_error_names_the_extra(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ImportError, match=r"from_optuna needs optuna.*tanteo\[optuna\]"):
        from_optuna("sqlite:///a.db")


def study_with_excluded_trial(path):
    """A study whose excluded trial 1 would otherwise be by far the best."""
    study = tt.Study(path, {"x": tt.Float(0, 1), "c": tt.Categorical(["a", "b"])}, seed=0, durability="off")
    for value in (1.0, -100.0, 2.0):
        study.tell(study.ask(), value, cost=3.0)
    study.exclude(1)
    return study


def test_an_excluded_trial_stays_excluded_in_a_round_trip(tmp_path):
    study = study_with_excluded_trial(tmp_path / "ours.db")
    exported = to_optuna(study)
    assert exported.best_trial.number == 0
    assert exported.trials[1].state == TrialState.FAIL
    for path in (tmp_path / "back.db", None):
        with pytest.warns(
            UserWarning, match=r"1 note on .*\n.*attributes tanteo/host, tanteo/process, tanteo/sampler;"
        ):
            imported = from_optuna(exported, path=path, space=study.space)
        assert imported.best.id == 0
        assert [trial.excluded for trial in imported.trials] == [False, True, False]
        assert [trial.value for trial in imported.trials] == [1.0, -100.0, 2.0]
        assert [trial.params for trial in imported.trials] == [trial.params for trial in study.trials]


def test_a_trial_outside_a_changed_space_has_no_parameters(tmp_path):
    study = study_with_excluded_trial(tmp_path / "ours.db")
    study.include(1)
    ids_outside = [trial.id for trial in study.trials if trial.params["c"] == "b"]
    with pytest.warns(UserWarning, match="no trial fits the new space"):
        assert study.change_space({"x": tt.Float(0, 1), "c": tt.Categorical(["a", "z"])}) == ids_outside != []
    in_storage = read_only_storage(study).get_all_trials(0)
    for trials in (to_optuna(study).trials, in_storage):
        assert [trial.number for trial in trials if trial.state == TrialState.FAIL] == ids_outside
        assert [trial.number for trial in trials if not trial.params] == ids_outside
        assert trials[ids_outside[0]].user_attrs["tanteo/values"] == list(study.trials[ids_outside[0]].values)
