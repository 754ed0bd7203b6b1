"""Later changes of a study: corrected, annotated and excluded trials, and another space."""

from __future__ import annotations

import json
import re
import warnings

import pytest

import tanteo as tt
from tanteo.study.trials import OF_STUDIES

SPACE = {"x": tt.Float(0.0, 1.0), "kind": tt.Categorical(["a", "b"]), "n": tt.Int(1, 9)}
OPTIONS = {"seed": 0, "durability": "off"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "study.db"


def create_study(path, n=12, **options):
    """Create a study with completed trials; the first is the best."""
    study = tt.Study(path, SPACE, **OPTIONS, **options)
    for number in range(n):
        study.tell(study.ask(), float(number))
    return study


def all_views(path, study):
    """Return the study, one opened by replaying its log, and one opened from its cached state."""
    replayed = tt.Study(path)
    with study._session.change():
        study._session.execute("DELETE FROM snapshot", ())
    study._session._cached_seq = 0
    study._session._write_cache()
    cached = tt.Study(path)
    assert study.to_bytes() == replayed.to_bytes() == cached.to_bytes()
    assert [trial._named_fields() for trial in study.trials] == [trial._named_fields() for trial in replayed.trials]
    return [study, replayed, cached]


def test_an_excluded_trial_is_not_retracted_without_a_word(path):
    study = create_study(path, n=0)
    study.tell(study.ask(), 1.0)
    study.exclude(0)
    with pytest.raises(tt.TrialStateError, match=r"trial 0 is excluded, and .* would count; call include\(0\)"):
        study.retract(0)
    assert (study.trials[0].excluded, study.trials[0].value) == (True, 1.0)
    study.include(0)
    study.retract(0)
    study.tell(0, 2.0)
    assert study.best.value == 2.0
    study.cancel(study.ask())
    study.retract(1)
    assert study.trials[1].state == "pending", "a cancelled trial may be run after all"


def test_a_retracted_trial_takes_a_new_value(path):
    study = create_study(path)
    study.retract(0)
    study.tell(0, 99.0)
    for view in all_views(path, study):
        assert (view.trials[0].value, view.best.id) == (99.0, 1)


def test_notes_and_artifacts(path):
    study = create_study(path)
    study.annotate(3, "looks odd")
    study.annotate(study.trials[3], "is fine")
    study.add_artifact(3, "runs/3/model.pt")
    study.add_artifact(3, path.parent / "curve.png")
    for view in all_views(path, study):
        assert view.trials[3].note == "is fine"
        assert view.trials[3].artifacts == ("runs/3/model.pt", str(path.parent / "curve.png"))
        assert (view.trials[2].note, view.trials[2].artifacts) == (None, ())
    with pytest.raises(tt.ArgumentError, match="a note is text"):
        study.annotate(3, 5)


def test_tables_have_the_fields_of_trials_of_studies(path):
    study = create_study(path)
    study.annotate(1, "is fine")
    study.add_artifact(2, "model.pt")
    for view in all_views(path, study):
        table, trials = view.to_dict(), view.trials
        for name in OF_STUDIES:
            expected = [list(trial.artifacts) if name == "artifacts" else getattr(trial, name) for trial in trials]
            assert table[name].tolist() == expected, name
        assert json.loads(view.to_json())["note"][1] == "is fine"
        assert view.to_polars()["artifacts"].to_list()[1:3] == [[], ["model.pt"]]
        assert view.to_pandas()["host"].tolist() == [trial.host for trial in trials]


def test_tables_have_the_parameters_of_trials_that_are_set_aside(path):
    study = create_study(path)
    before = [trial.params for trial in study.trials]
    study.change_space({"x": SPACE["x"], "kind": tt.Categorical(["b", "c"]), "n": tt.Float(1.0, 9.0)})
    for view in all_views(path, study):
        table = view.to_dict()
        assert table["excluded"].any()
        for name in ("x", "kind", "n"):
            assert table[f"params/{name}"].tolist() == [params[name] for params in before]


def test_an_excluded_trial_keeps_its_result_and_is_not_best(path):
    study = create_study(path)
    study.exclude(0)
    for view in all_views(path, study):
        assert view.best.id == 1
        assert (view.trials[0].excluded, view.trials[0].state, view.trials[0].value) == (True, "complete", 0.0)
    study.include(0)
    for view in all_views(path, study):
        assert view.best.id == 0
        assert not view.trials[0].excluded
    trial = study.ask()
    with pytest.raises(tt.ArgumentError, match="pending"):
        study.exclude(trial)


@pytest.mark.parametrize("sampler", ["random", "tpe", "gp", "auto"])
def test_a_wider_space_keeps_every_trial(path, sampler):
    study = create_study(path, sampler=sampler)
    other = tt.Study(path)
    wider = {**SPACE, "x": tt.Float(-1.0, 2.0), "kind": tt.Categorical(["c", "a", "b"])}
    original = [(trial.params, trial.value) for trial in study.trials]
    assert study.change_space(wider) == []
    assert study.space == tt.SearchSpace(wider)
    assert [(trial.params, trial.value) for trial in study.trials] == original
    assert not any(trial.excluded for trial in study.trials)
    all_views(path, study)
    # Another process sees the change at its next call.
    suggested = [other.ask() for _ in range(20)]
    assert other.space == study.space
    assert any(not 0.0 <= trial.params["x"] <= 1.0 for trial in suggested)
    other.tell(suggested[0], -1.0)
    study.refresh()
    assert study.best.params == suggested[0].params
    assert tt.Study(path, wider).best.id == suggested[0].id
    with pytest.raises(tt.StudyError, match="parameter"):
        tt.Study(path, SPACE)


def test_a_narrower_space_excludes_trials_that_do_not_fit(path):
    study = create_study(path)
    pending = study.ask(6)
    narrower = {**SPACE, "x": tt.Float(0.25, 0.75), "kind": tt.Categorical(["b"])}
    fitting_ids = [t.id for t in study.trials if t.params["kind"] == "b" and 0.25 <= t.params["x"] <= 0.75]
    original = [trial.params for trial in study.trials]
    left_out = study.change_space(narrower)
    assert left_out == [number for number in range(18) if number not in fitting_ids]
    for view in all_views(path, study):
        assert [trial.params for trial in view.trials] == original
        assert [trial.id for trial in view.trials if not trial.excluded] == fitting_ids
        assert view.best.id == min(number for number in fitting_ids if number < 12)
        failed = [view.trials[trial.id] for trial in pending if trial.id in left_out]
        assert {(trial.state, trial.reason) for trial in failed} == {
            ("failed", "it does not fit into the space, which was changed")
        }
        assert len(view.to_dict()["id"]) == 18
    for number in left_out[:1]:
        with pytest.raises(tt.ArgumentError, match="does not fit"):
            study.include(number)
    # Back in the first space, trials excluded by the change count again. Those that nobody ran do not, nor does the
    # trial excluded by the user.
    cancelled = [trial.id for trial in pending if trial.id in left_out]
    assert cancelled
    study.exclude(fitting_ids[0])
    assert study.change_space(SPACE) == []
    for view in all_views(path, study):
        assert [trial.params for trial in view.trials] == original
        assert [trial.id for trial in view.trials if trial.excluded] == sorted([fitting_ids[0], *cancelled])
    study.tell(study.ask(), 0.5)


def test_a_trial_that_ran_during_a_change_is_told_in_a_space_that_it_fits(path):
    study = create_study(path, n=3)
    running = study.ask()
    narrower = {**SPACE, "x": tt.Float(running.params["x"] + 0.01, 1.0)}
    assert running.id in study.change_space(narrower)
    advice = r"change to one that it fits \(change_space\), then call retract\(trial\) and tell it"
    with pytest.raises(tt.TrialStateError, match=rf"trial 3 does not fit into the space, .* {advice}$"):
        study.tell(running, -1.0)
    with pytest.raises(tt.ArgumentError, match="does not fit into the space and stays excluded; change to one that it"):
        study.retract(running)
    study.change_space(SPACE)
    study.retract(running)
    study.tell(running, -1.0)
    for view in all_views(path, study):
        assert view.best.id == running.id
        assert not view.trials[running.id].excluded


def test_trials_excluded_by_the_user_stay_excluded_in_every_space(path):
    study = create_study(path)
    halves = [{**SPACE, "x": tt.Float(low, low + 0.5)} for low in (0.0, 0.5)]
    lower = [trial.id for trial in study.trials if trial.params["x"] < 0.5]
    upper = [trial.id for trial in study.trials if trial.params["x"] > 0.5]
    study.exclude(lower[0])
    study.exclude(upper[0])
    for half in halves:
        study.change_space(half)
    # The user also excludes a trial that does not fit anyway.
    study.exclude(lower[1])
    excluded_by_user = sorted([lower[0], lower[1], upper[0]])
    assert study.change_space(SPACE) == []
    for view in all_views(path, study):
        assert [trial.id for trial in view.trials if trial.excluded] == excluded_by_user
        assert view.best.id not in excluded_by_user
    study.include(lower[0])
    for view in all_views(path, study):
        assert [trial.id for trial in view.trials if trial.excluded] == sorted([lower[1], upper[0]])


def test_a_failure_that_is_set_aside_is_no_cancelled_trial(path):
    study = tt.Study(path, {"x": tt.Float(0.0, 1.0)}, **OPTIONS)
    for x in (0.25, 0.75):
        study.observe({"x": x}, state="failed")
    study.exclude(0)
    study.change_space({"x": tt.Float(0.0, 0.5)})
    for search in (*all_views(path, study), tt.Optimizer.from_bytes(study.to_bytes())):
        with pytest.raises(tt.TrialStateError, match=r"trials: 1 cancelled, 1 failed \(1 excluded\)"):
            assert search.best_value
    with pytest.raises(tt.ArgumentError, match="does not fit into the space and stays excluded; change to one that it"):
        study.retract(1)


def test_trials_read_before_a_change_reflect_it(path):
    study = create_study(path)
    trials, other = study.trials, tt.Study(path).trials
    original = [trial.params for trial in trials]
    study.change_space({**SPACE, "kind": tt.Categorical(["b", "a"]), "x": tt.Float(0.25, 0.75)})
    assert [trial.params for trial in trials] == [trial.params for trial in other] == original
    assert [trial.excluded for trial in trials] == [trial.excluded for trial in study.trials]


def test_a_new_parameter_takes_the_value_of_fill(path):
    study = create_study(path)
    larger_space = {**SPACE, "clip": tt.Float(0.0, 5.0), "decay": tt.Float(0.0, 1.0, when={"kind": "a"})}
    assert study.change_space(larger_space, fill={"clip": 0.0, "decay": 0.5}) == []
    for view in all_views(path, study):
        for trial in view.trials:
            assert trial.params["clip"] == 0.0
            assert trial.params.get("decay") == (0.5 if trial.params["kind"] == "a" else None)
    assert set(study.ask().params) >= {"x", "kind", "n", "clip"}


def test_a_plain_dict_that_drops_known_constraints_warns(path, recwarn):
    order = tt.Order("a", "<=", "b")
    parameters = {"a": tt.Int(1, 8), "b": tt.Int(1, 8)}
    study = tt.Study(path, tt.SearchSpace(parameters, constraints=[order]), **OPTIONS)
    study.tell(study.ask(), 1.0)
    with pytest.warns(UserWarning, match=r"dict.*\[Order\('a', '<=', 'b'\)\]; to keep them, call change_space"):
        study.change_space(parameters)
    assert study.space.constraints == ()
    # What the warning says, and what a user means who gives a space.
    for constraints in ([order], [], [order]):
        study.change_space(tt.SearchSpace(parameters, constraints=constraints))
    assert study.space.constraints == (order,)
    assert not recwarn.list


MIX, MORE = tt.Simplex(["p", "q", "r"]), tt.Simplex(["p", "q", "r", "s"])
NUMBERS = {"a": tt.Int(1, 8), "b": tt.Int(1, 8), "mix": MIX}


@pytest.mark.parametrize(
    ("space", "fill"),
    [
        ({**NUMBERS, "a": tt.Int(1, 9)}, {}),
        ({**NUMBERS, "mix": MORE}, {"mix/s": 0.0}),
        ({**NUMBERS, "mix": tt.Simplex(["p", "q", "r"], total=100.0)}, {}),
        ({"a": tt.Int(1, 8), "mix": MIX}, {"b": 3}),
        ({**NUMBERS, "b": tt.Constant(8)}, {}),
        ({"a": tt.Int(1, 8), "b": tt.Int(1, 8)}, {}),
    ],
    ids=["same", "share", "total", "removed", "constant", "no_mixture"],
)
def test_a_plain_dict_drops_no_constraint_that_it_has_or_replaces_or_cannot_have(path, space, fill):
    order = tt.Order("a", "<=", "b")
    study = tt.Study(path, tt.SearchSpace(NUMBERS, constraints=[order]), **OPTIONS)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        study.change_space(space, fill=fill)
    dropped = [str(warning.message) for warning in caught]
    if isinstance(space.get("b"), tt.Int):
        assert len(dropped) == 1
        assert dropped[0].endswith(f"constraints={[order]})"), "the sum is not named"
        study.change_space(tt.SearchSpace(space, constraints=[order]))
    else:
        assert dropped == []


@pytest.mark.parametrize(("mix", "fill"), [(MIX, {}), (MORE, {"mix/s": 0.0})], ids=["same", "share"])
def test_a_plain_dict_that_drops_a_sum_within_a_mixture_warns(path, mix, fill):
    half = tt.Linear({"mix/p": 1, "mix/q": 1}, lower=0.5, upper=0.5)
    tt.Study(path, tt.SearchSpace({"mix": MIX}, constraints=[half]), **OPTIONS).close()
    # A space that is read from the file does not know which sum is that of the mixture.
    with pytest.warns(UserWarning, match=r"constraints \[Linear\([^)]*, lower=0.5, upper=0.5\)\]; to keep them"):
        tt.Study(path).change_space({"mix": mix, "a": tt.Int(1, 8)}, fill=fill)


def test_observed_mixtures_that_are_rounded_still_count(path):
    space = {"mix": MIX, "x": tt.Float(0.0, 1.0)}
    study = tt.Study(path, space, **OPTIONS)
    for value, shares in enumerate([(0.33, 0.33, 0.33), (0.5, 0.25, 0.25), (0.2, 0.2, 0.58)]):
        study.observe({"mix": dict(zip("pqr", shares, strict=True)), "x": 0.5}, float(value))
    trial = study.ask()
    study.tell(trial, 3.0)
    before = [each.params for each in study.trials]
    for other in ({**space, "x": tt.Float(0.0, 2.0)}, study.space):
        assert study.change_space(other) == []
        for view in all_views(path, study):
            assert [each.params for each in view.trials] == before
            assert view.best.id == 0
    # Only results from elsewhere are rounded.
    assert study.change_space({**space, "mix": tt.Simplex(["p", "q", "r"], total=0.97)}) == [trial.id]


def test_trials_without_a_value_of_a_new_parameter_are_excluded(path):
    study = create_study(path)
    with pytest.warns(UserWarning, match="give fill= for 'clip'"):
        assert study.change_space({**SPACE, "clip": tt.Float(0.0, 5.0)}) == list(range(12))
    assert study.best is None
    assert study.trials[0].params.keys() == SPACE.keys()
    study.tell(study.ask(), 3.0)
    assert study.best.id == 12
    # What the warning says.
    assert study.change_space(SPACE) == [12]
    assert study.change_space({**SPACE, "clip": tt.Float(0.0, 5.0)}, fill={"clip": 0.0}) == []


def test_trials_without_a_value_of_a_new_constant_are_excluded(path):
    study = create_study(path)
    of_a = [trial.id for trial in study.trials if trial.params["kind"] == "a"]
    longer = {**SPACE, "epochs": tt.Constant(50, when={"kind": "a"})}
    assert study.change_space(longer) == of_a
    assert 0 < len(of_a) < 12
    for view in all_views(path, study):
        assert not any("epochs" in trial.params for trial in view.trials)
    assert study.change_space(SPACE, fill={"epochs": 50}) == []
    with pytest.warns(UserWarning, match="no trial fits the new space.*give fill= for 'epochs'"):
        assert study.change_space({**SPACE, "epochs": 50}) == list(range(12))
    assert study.change_space(SPACE, fill={"epochs": 50}) == []
    assert study.change_space(longer, fill={"epochs": 50}) == []


def test_a_space_of_constants_sets_no_trial_aside(path):
    study = create_study(path, n=3)
    original = study.to_bytes()
    with pytest.raises(tt.SpaceError, match="trial 0 does not fit, and a space of constants cannot set it aside"):
        study.change_space({"x": 5})
    assert study.to_bytes() == original == tt.Study(path).to_bytes()


def test_a_removed_parameter_is_fixed_at_the_value_of_fill(path):
    study = create_study(path)
    fewer = {"x": SPACE["x"], "n": SPACE["n"]}
    of_b = [trial.id for trial in study.trials if trial.params["kind"] == "b"]
    assert study.change_space(fewer, fill={"kind": "a"}) == of_b
    assert 0 < len(of_b) < 12
    for view in all_views(path, study):
        assert [trial.id for trial in view.trials if trial.excluded] == of_b


def test_a_trial_stays_excluded_while_its_parameter_is_removed(path):
    study = create_study(path)
    original = [trial.params["kind"] for trial in study.trials]
    assert set(original) == {"a", "b"}
    with pytest.warns(UserWarning, match="no trial fits"):
        study.change_space({"x": SPACE["x"], "n": SPACE["n"]})
    trial = study.ask()
    study.tell(trial, 5.0)
    wider = {"x": tt.Float(0.0, 2.0), "n": SPACE["n"], "clip": tt.Float(0.0, 5.0)}
    assert study.change_space(wider, fill={"clip": 1.0}) == list(range(12))
    for view in all_views(path, study):
        assert view.best.id == trial.id
    # The trials have the value of `clip` that was given while they were set aside, and their own values of `kind`.
    assert study.change_space({**SPACE, "clip": tt.Float(0.0, 5.0)}, fill={"kind": "a"}) == []
    kinds = [trial.params["kind"] for trial in study.trials]
    assert kinds == [*original, "a"]
    assert study.change_space(SPACE, fill={"clip": 1.0}) == []


NARROW = {**SPACE, "x": tt.Float(0.5, 1.0)}
CLIP = {"clip": tt.Float(0.0, 5.0), "decay": tt.Float(0.0, 1.0, when={"kind": "a"}), "epochs": tt.Constant(50)}


@pytest.mark.parametrize("changes", [[{**NARROW, **CLIP}], [NARROW, {**NARROW, **CLIP}]], ids=["at_once", "before"])
def test_trials_that_are_set_aside_take_the_values_of_fill(path, changes):
    study, other = create_study(path), tt.Study(path)
    before = [trial.params for trial in study.trials]
    fill = {"clip": 0.0, "decay": 0.5, "epochs": 50}
    aside = [number for number, params in enumerate(before) if params["x"] < 0.5]
    assert {before[number]["kind"] for number in aside} == {"a", "b"}
    for space in changes:
        assert study.change_space(space, fill=fill if "clip" in space else None) == aside
    expected = [
        {**params, **fill} if params["kind"] == "a" else {**params, "clip": 0.0, "epochs": 50} for params in before
    ]
    other.refresh()
    for view in [*all_views(path, study), other]:
        assert [trial.params for trial in view.trials] == expected
    # The last view is the state that was read from the cache.
    assert all_views(path, study)[2].change_space({**SPACE, **CLIP}) == []
    for view in all_views(path, study):
        assert [trial.params for trial in view.trials] == expected
        assert not any(trial.excluded for trial in view.trials)


def test_trials_that_are_set_aside_lose_a_parameter_that_is_removed(path):
    study = create_study(path)
    kinds = [trial.params["kind"] for trial in study.trials]
    outside = [trial.id for trial in study.trials if trial.params["x"] < 0.5]
    of_b = [number for number, kind in enumerate(kinds) if kind == "b"]
    fewer = {"x": SPACE["x"], "n": SPACE["n"]}
    left_out = study.change_space({**fewer, "x": NARROW["x"]}, fill={"kind": "a"})
    assert left_out == sorted({*outside, *of_b})
    assert study.change_space(fewer) == of_b, "those with the value of fill fit, the others do not"
    assert study.change_space(SPACE, fill={"kind": "a"}) == []
    assert [trial.params["kind"] for trial in study.trials] == kinds


def test_a_parameter_that_comes_back_has_the_values_that_it_had(path):
    study = create_study(path)
    kinds = [trial.params["kind"] for trial in study.trials]
    fewer = {"x": SPACE["x"], "n": SPACE["n"]}
    of_a, of_b = ([number for number, kind in enumerate(kinds) if kind == choice] for choice in "ab")
    assert study.change_space(fewer, fill={"kind": "a"}) == of_b
    study.tell(study.ask(), 12.0)
    # The last view is the state that was read from the cache.
    study = all_views(path, study)[2]
    assert study.change_space(SPACE) == []
    for view in all_views(path, study):
        assert [trial.params["kind"] for trial in view.trials] == [*kinds, "a"]
    assert study.change_space(fewer, fill={"kind": "b"}) == [*of_a, 12]
    study.tell(study.ask(), 13.0)
    assert study.change_space(SPACE, fill={"kind": "a"}) == []
    assert [trial.params["kind"] for trial in study.trials] == [*kinds, "a", "a"], "fill corrects later trials"
    assert study.change_space(fewer, fill={"kind": "b"}) == [*of_a, 12, 13]
    assert study.change_space({**SPACE, "kind": tt.Categorical(["a", "c"])}) == of_b, "they had a value that is gone"


def test_parameters_that_come_back_are_in_the_order_of_the_space(path):
    others = {**{name: tt.Int(1, 3) for name in "hgfedcba"}, "epochs": tt.Constant(5)}
    study = tt.Study(path, {"x": tt.Float(0.0, 2.0), **others}, **OPTIONS)
    fill = {name: 5 if name == "epochs" else 1 for name in others}
    for x in (0.5, 1.5):
        study.observe({"x": x, **fill}, x)
    study.change_space({"x": tt.Float(0.0, 2.0)}, fill=fill)
    study.observe({"x": 0.5}, 0.0)
    # In a set, they would be in an order that depends on the process.
    assert study.change_space({"x": tt.Float(1.0, 2.0), **others}) == [0, 2]
    assert [list(trial.params) for trial in study.trials] == [["x", *others]] * 3


@pytest.mark.parametrize("way", ["at once", "removed again", "fixed again"])
def test_a_choice_that_is_missing_when_its_parameter_comes_back_is_not_lost(path, way):
    study = create_study(path)
    kinds = [trial.params["kind"] for trial in study.trials]
    of_a, of_b = ([number for number, kind in enumerate(kinds) if kind == choice] for choice in "ab")
    fewer, other = {"x": SPACE["x"], "n": SPACE["n"]}, {**SPACE, "kind": tt.Categorical(["b", "c"])}
    assert study.change_space(fewer, fill={"kind": "a"}) == of_b
    study.tell(study.ask(), 12.0)
    assert study.change_space(other) == [*of_a, 12]
    study.tell(study.ask(), 13.0)
    # The last view is the state that was read from the cache.
    study = all_views(path, study)[2]
    if way == "removed again":
        assert study.change_space(fewer) == [*of_b, 13]
    elif way == "fixed again":
        later = study.trials[13].params["kind"]
        assert study.change_space(fewer, fill={"kind": later}) == sorted([*of_a, 12, *(of_b if later == "c" else [])])
    assert study.change_space({**SPACE, "kind": tt.Categorical(["a", "b", "c"])}) == []
    for view in all_views(path, study):
        assert [trial.params["kind"] for trial in view.trials][:13] == [*kinds, "a"]
        assert not any(trial.excluded for trial in view.trials)
    assert study._session.state.record.removed == {}


class Model:
    def __init__(self, depth):
        self.depth = depth

    def __repr__(self):
        return f"Model({self.depth})"


@pytest.mark.parametrize("way", ["narrowed", "removed"])
@pytest.mark.parametrize(
    "models",
    [[Model(1), Model(2)], [create_study, all_views], [(Model(1), 1), "(Model(1), 1)"]],
    ids=["reprs", "functions", "text"],
)
def test_choices_that_json_cannot_represent_come_back_by_their_descriptions(path, way, models):
    space = {"x": tt.Float(0.0, 1.0), "model": tt.Categorical(models)}
    with tt.Study(path, space, **OPTIONS) as study:
        for model in models:
            study.observe({"x": 0.5, "model": model}, 1.0)
        if way == "narrowed":
            assert study.change_space({**space, "model": tt.Categorical(models[1:])}) == [0]
            assert study.trials[0].params["model"] == re.sub(" at 0x[^>]*", "", repr(models[0]))
        else:
            assert study.change_space({"x": space["x"]}, fill={"model": models[1]}) == [0]
        current = study.space
    study = tt.Study(path, current)
    assert study.change_space(space) == []
    assert [trial.params["model"] for trial in study.trials] == models


def test_choices_that_json_cannot_represent_are_not_guessed(path):
    space = {"model": tt.Categorical([Model(1), Model(2), Model(1)])}
    study = tt.Study(path, space, **OPTIONS)
    for model in space["model"].choices:
        study.observe({"model": model}, 1.0)
    fewer = {"model": tt.Categorical(space["model"].choices[1:])}
    for other in (fewer, fewer, space):
        assert study.change_space(other) == [0]
    assert study.trials[0].params == {"model": "Model(1) (one of several)"}


def functions(n):
    """Return functions that differ and have the same repr but for its address."""
    return [lambda x, k=k: k * x for k in range(n)]


class Unnamed:
    pass


def of_module(name):
    """Return a function called relu of a module of this name."""

    def relu():
        return name

    relu.__qualname__, relu.__module__ = "relu", name
    return relu


LOOKS_ALIKE = r"parameter 'label': the choice .*<.* looks like an earlier one, .* def at .* __repr__"


@pytest.mark.parametrize("way", ["replaced", "narrowed", "removed"])
@pytest.mark.parametrize(
    "lookalikes",
    [functions(2), [Unnamed(), Unnamed()], [(Unnamed(), 1), (Unnamed(), 1)]],
    ids=["functions", "objects", "tuples"],
)
def test_a_choice_that_looks_like_an_earlier_one_is_refused(path, way, lookalikes):
    first, second = ({"x": tt.Float(0.0, 1.0), "label": tt.Categorical(["none", label])} for label in lookalikes)
    study = tt.Study(path, first, **OPTIONS)
    study.observe({"x": 0.25, "label": lookalikes[0]}, 1.0)
    study.observe({"x": 0.75, "label": "none"}, 1.0)
    if way == "narrowed":
        assert study.change_space({**first, "label": tt.Categorical(["none", "other"])}) == [0]
    elif way == "removed":
        assert study.change_space({"x": first["x"]}, fill={"label": lookalikes[0]}) == [1]
    with pytest.raises(tt.ParameterError, match=LOOKS_ALIKE):
        study.change_space(second)
    assert [trial.excluded for trial in study.trials] == [way == "narrowed", way == "removed"]


@pytest.mark.parametrize("lookalikes", [functions(2), [of_module("a"), of_module("b")]], ids=["functions", "modules"])
def test_a_constant_that_looks_like_the_earlier_one_is_refused(path, lookalikes):
    first, second = ({"x": tt.Float(0.0, 1.0), "label": tt.Constant(label)} for label in lookalikes)
    study = tt.Study(path, first, **OPTIONS)
    study.tell(study.ask(), 1.0)
    with pytest.raises(tt.ParameterError, match=LOOKS_ALIKE):
        study.change_space(second)


def test_the_same_choice_comes_back_although_its_repr_does_not_identify_it(path):
    label, other = functions(2)
    space = {"x": tt.Float(0.0, 1.0), "label": tt.Categorical([label, "none"])}
    study = tt.Study(path, space, **OPTIONS)
    study.observe({"x": 0.25, "label": label}, 1.0)
    study.observe({"x": 0.75, "label": "none"}, 1.0)
    assert study.change_space({**space, "x": tt.Float(0.5, 1.0)}) == [0]
    assert study.change_space({**space, "other": tt.Constant(other)}, fill={"other": other}) == []
    assert study.trials[0].params["label"] is label


def test_a_parameter_that_comes_back_with_other_choices_takes_fill(path):
    study = create_study(path)
    kinds = [trial.params["kind"] for trial in study.trials]
    of_b = [number for number, kind in enumerate(kinds) if kind == "b"]
    assert study.change_space({"x": SPACE["x"], "n": SPACE["n"]}, fill={"kind": "a"}) == of_b
    number = {**SPACE, "kind": tt.Float(0.0, 1.0)}
    assert study.change_space(number, fill={"kind": 0.5}) == of_b
    assert [trial.params["kind"] for trial in study.trials] == ["b" if kind == "b" else 0.5 for kind in kinds]


def test_a_trial_that_lacks_a_parent_takes_no_value_before_the_parent_is_back(path):
    parents = {"x": tt.Float(0.0, 1.0), "kind": tt.Categorical(["a", "b"])}
    study = tt.Study(path, {**parents, "decay": tt.Float(0.0, 1.0, when={"kind": "a"})}, **OPTIONS)
    study.change_space(parents, fill={"decay": 0.5})
    for number in range(12):
        study.tell(study.ask(), float(number))
    before = [trial.params for trial in study.trials]
    of_b = [number for number, params in enumerate(before) if params["kind"] == "b"]
    assert study.change_space({"x": parents["x"]}, fill={"kind": "a"}) == of_b
    assert study.change_space({"x": parents["x"], "decay": tt.Float(0.0, 1.0)}) == of_b
    assert study.change_space({**parents, "decay": tt.Float(0.0, 1.0, when={"kind": "a"})}) == []
    expected = [{**params, "decay": 0.5} if params["kind"] == "a" else params for params in before]
    for view in all_views(path, study):
        assert [trial.params for trial in view.trials] == expected


def test_trials_without_a_value_of_a_constant_stay_excluded(path):
    study = create_study(path)
    of_a = [trial.id for trial in study.trials if trial.params["kind"] == "a"]
    longer = {**SPACE, "epochs": tt.Constant(50, when={"kind": "a"})}
    assert study.change_space(longer) == of_a
    assert study.change_space({**longer, "x": tt.Float(-1.0, 2.0)}) == of_a


@pytest.mark.parametrize("x", [tt.Float(0.0, 1.0), tt.Float(0.5, 1.0)], ids=["same", "narrower"])
def test_a_constant_that_exists_in_more_trials_has_its_only_value_there(path, x):
    conditional = {**SPACE, "epochs": tt.Constant(50, when={"kind": "a"})}
    study = tt.Study(path, conditional, **OPTIONS)
    for number in range(12):
        study.tell(study.ask(), float(number))
    before = [trial.params for trial in study.trials]
    outside = [number for number, params in enumerate(before) if not x.low <= params["x"]]
    always = {**conditional, "epochs": tt.Constant(50)}
    assert study.change_space({**always, "x": x}) == outside
    assert study.change_space(always) == []
    for view in all_views(path, study):
        assert [trial.params for trial in view.trials] == [{**params, "epochs": 50} for params in before]


def test_a_constant_that_was_added_without_fill_is_named_with_what_helps(path):
    study = create_study(path)
    longer = {**SPACE, "epochs": tt.Constant(50)}
    with pytest.warns(UserWarning, match="no trial fits .*: change back first, then give fill= for 'epochs'"):
        study.change_space(longer)
    wider = {**longer, "x": tt.Float(-1.0, 2.0)}
    advice = "an earlier change added 'epochs' without fill=; remove it, then add it with fill="
    with pytest.warns(UserWarning, match=f"no trial fits .*: {advice}$"):
        study.change_space(wider)
    assert study.change_space({name: wider[name] for name in SPACE}) == []
    assert study.change_space(wider, fill={"epochs": 50}) == []


def test_a_change_that_excludes_every_trial_names_what_an_earlier_one_removed(path):
    study = create_study(path)
    fewer = {"x": SPACE["x"], "n": SPACE["n"]}
    with pytest.warns(UserWarning, match="give fill= for 'kind'"):
        study.change_space(fewer)
    with pytest.warns(UserWarning, match="removed 'kind'; change back first, then give fill= for 'kind'$"):
        assert study.change_space({**fewer, "x": tt.Float(0.0, 2.0)}) == list(range(12))
    study.change_space(SPACE)
    assert len(study.change_space(fewer, fill={"kind": "a"})) < 12


def test_a_removed_parameter_may_have_trials_outside_its_last_range(path):
    study = create_study(path)
    of_b = [trial.id for trial in study.trials if trial.params["kind"] == "b"]
    study.change_space({**SPACE, "kind": tt.Categorical(["a"])})
    assert study.change_space({"x": SPACE["x"], "n": SPACE["n"]}, fill={"kind": "a"}) == of_b
    assert 0 < len(of_b) < 12


@pytest.mark.parametrize(
    ("space", "fill", "message"),
    [
        ({"x": SPACE["x"], "n": SPACE["n"]}, {}, "give fill= for 'kind'"),
        ({**SPACE, "clip": tt.Int(1, 3), "decay": tt.Float(0, 1)}, {"clip": 1}, "give fill= for 'decay'"),
        ({**SPACE, "n": tt.Int(100, 200)}, {}, "'n': . is not"),
    ],
)
def test_a_change_that_excludes_every_trial_warns(path, space, fill, message):
    study = create_study(path)
    with pytest.warns(UserWarning, match=f"no trial fits the new space.*{message}"):
        assert study.change_space(space, fill=fill) == list(range(12))
    assert study.best is None


@pytest.mark.parametrize(
    ("space", "fill", "error", "message"),
    [
        (SPACE, {"x": 0.5}, tt.ArgumentError, "'x', which is in both spaces; .* remove the parameter first"),
        (SPACE, 3, tt.ArgumentError, "fill must be a mapping from parameters to values, got 3"),
        (SPACE, [], tt.ArgumentError, "fill must be a mapping from parameters to values, got "),
        (SPACE, {"y": 0.5}, tt.ArgumentError, "'y', which is in neither space"),
        ({**SPACE, "x": tt.Float(0.75, 1.0)}, {}, tt.TanteoError, "'x'"),
        ({**SPACE, "clip": tt.Float(0.0, 5.0)}, {"clip": 9.0}, tt.ParameterError, "fill: parameter 'clip': 9.0 "),
        ({**SPACE, "m": {"d": tt.Int(1, 9)}}, {"m/d": 300}, tt.ParameterError, "fill: parameter 'm/d': 300 "),
        ({"x": SPACE["x"], "kind": SPACE["kind"]}, {"n": 10**6}, tt.ParameterError, "fill: parameter 'n': 1000000 "),
    ],
)
def test_a_refused_change_of_the_space_changes_nothing(path, space, fill, error, message):
    study = create_study(path, sampler=tt.samplers.OneAtATime(base={"x": 0.5, "kind": "a", "n": 1}), n=3)
    original = study.to_bytes()
    with pytest.raises(error, match=message):
        study.change_space(space, fill=fill)
    assert study.to_bytes() == original == tt.Study(path).to_bytes()


def test_a_warning_that_is_an_error_refuses_the_change(path):
    space = {"model": tt.Categorical([Model(1), Model(2)]), "n": tt.Int(1, 9), "m": tt.Int(1, 9)}
    study = tt.Study(path, tt.SearchSpace(space, constraints=[tt.Order("n", "<=", "m")]), **OPTIONS)
    study.tell(study.ask(), 1.0)
    trial, original, constraints = study.ask(), study.to_bytes(), study.space.constraints
    for other, message in (({**space, "n": tt.Int(1, 8)}, "plain dict"), ({"m": tt.Int(1, 9)}, "no trial fits")):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(UserWarning, match=message):
                study.change_space(other)
        assert study.to_bytes() == original == tt.Study(path, study.space).to_bytes()
        assert study.space.constraints == constraints
    study.tell(trial, 0.0)
    assert study.best.id == trial.id


def test_a_trial_asked_before_a_change_can_still_report_and_be_told(path):
    study = create_study(path)
    trial = study.ask()
    study.change_space({**SPACE, "x": tt.Float(-1.0, 2.0)})
    trial.report(1, 0.5)
    study.tell(trial, -5.0)
    assert study.best.id == trial.id
