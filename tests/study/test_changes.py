"""Changing one's mind: trials corrected, annotated, set aside; a space that changes under the search."""

from __future__ import annotations

import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0), "kind": tt.Categorical(["a", "b"]), "n": tt.Int(1, 9)}
OPTIONS = {"seed": 0, "durability": "off"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "study.db"


def lived(path, n=12, **options):
    """A study with some trials; the first is the best."""
    study = tt.Study(path, SPACE, **OPTIONS, **options)
    for number in range(n):
        study.tell(study.ask(), float(number))
    return study


def everywhere(path, study):
    """A study as it is known here, by repeating its log, and from the state that is kept."""
    repeated = tt.Study(path)
    with study._session.change():
        study._session.execute("DELETE FROM snapshot", ())
    study._session._cached_seq = 0
    study._session._write_cache()
    kept = tt.Study(path)
    assert study.to_bytes() == repeated.to_bytes() == kept.to_bytes()
    assert [trial._fields() for trial in study.trials] == [trial._fields() for trial in repeated.trials]
    return [study, repeated, kept]


def test_a_correction(path):
    study = lived(path)
    study.retract(0)
    study.tell(0, 99.0)
    for one in everywhere(path, study):
        assert (one.trials[0].value, one.best.id) == (99.0, 1)


def test_notes_and_artifacts(path):
    study = lived(path)
    study.annotate(3, "looks odd")
    study.annotate(study.trials[3], "is fine")
    study.add_artifact(3, "runs/3/model.pt")
    study.add_artifact(3, path.parent / "curve.png")
    for one in everywhere(path, study):
        assert one.trials[3].note == "is fine"
        assert one.trials[3].artifacts == ("runs/3/model.pt", str(path.parent / "curve.png"))
        assert (one.trials[2].note, one.trials[2].artifacts) == (None, ())
    with pytest.raises(tt.ArgumentError, match="a note is text"):
        study.annotate(3, 5)


def test_an_excluded_trial_is_told_and_does_not_count(path):
    study = lived(path)
    study.exclude(0)
    for one in everywhere(path, study):
        assert one.best.id == 1
        assert (one.trials[0].excluded, one.trials[0].state, one.trials[0].value) == (True, "complete", 0.0)
    study.include(0)
    for one in everywhere(path, study):
        assert one.best.id == 0
        assert not one.trials[0].excluded
    trial = study.ask()
    with pytest.raises(tt.ArgumentError, match="pending"):
        study.exclude(trial)


@pytest.mark.parametrize("sampler", ["random", "tpe", "gp", "auto"])
def test_a_wider_space_keeps_every_trial(path, sampler):
    study = lived(path, sampler=sampler)
    other = tt.Study(path)
    wider = {**SPACE, "x": tt.Float(-1.0, 2.0), "kind": tt.Categorical(["c", "a", "b"])}
    before = [(trial.params, trial.value) for trial in study.trials]
    assert study.change_space(wider) == []
    assert study.space == tt.SearchSpace(wider)
    assert [(trial.params, trial.value) for trial in study.trials] == before
    assert not any(trial.excluded for trial in study.trials)
    everywhere(path, study)
    # Another process learns of it with its next call.
    seen = [other.ask() for _ in range(20)]
    assert other.space == study.space
    assert any(not 0.0 <= trial.params["x"] <= 1.0 for trial in seen)
    other.tell(seen[0], -1.0)
    study.refresh()
    assert study.best.params == seen[0].params
    assert tt.Study(path, wider).best.id == seen[0].id
    with pytest.raises(tt.StudyError, match="parameter"):
        tt.Study(path, SPACE)


def test_a_narrower_space_sets_aside_what_does_not_fit(path):
    study = lived(path)
    pending = study.ask(6)
    narrower = {**SPACE, "x": tt.Float(0.25, 0.75), "kind": tt.Categorical(["b"])}
    inside = [t.id for t in study.trials if t.params["kind"] == "b" and 0.25 <= t.params["x"] <= 0.75]
    before = [trial.params for trial in study.trials]
    left_out = study.change_space(narrower)
    assert left_out == [number for number in range(18) if number not in inside]
    for one in everywhere(path, study):
        assert [trial.params for trial in one.trials] == before
        assert [trial.id for trial in one.trials if not trial.excluded] == inside
        assert one.best.id == min(number for number in inside if number < 12)
        failed = [one.trials[trial.id] for trial in pending if trial.id in left_out]
        assert {(trial.state, trial.reason) for trial in failed} == {
            ("failed", "it does not fit into the space, which was changed")
        }
        assert len(one.to_dict()["id"]) == 18
    for number in left_out[:1]:
        with pytest.raises(tt.ArgumentError, match="does not fit"):
            study.include(number)
    # And back: what was set aside by the space counts again, what the user set aside does not.
    study.exclude(inside[0])
    assert study.change_space(SPACE) == []
    for one in everywhere(path, study):
        assert [trial.params for trial in one.trials] == before
        assert [trial.id for trial in one.trials if trial.excluded] == inside[:1]
    study.tell(study.ask(), 0.5)


def test_what_the_user_set_aside_stays_so_through_every_space(path):
    study = lived(path)
    halves = [{**SPACE, "x": tt.Float(low, low + 0.5)} for low in (0.0, 0.5)]
    lower = [trial.id for trial in study.trials if trial.params["x"] < 0.5]
    upper = [trial.id for trial in study.trials if trial.params["x"] > 0.5]
    study.exclude(lower[0])
    study.exclude(upper[0])
    for half in halves:
        study.change_space(half)
    # One that does not fit already is set aside by the user as well.
    study.exclude(lower[1])
    chosen = sorted([lower[0], lower[1], upper[0]])
    assert study.change_space(SPACE) == []
    for one in everywhere(path, study):
        assert [trial.id for trial in one.trials if trial.excluded] == chosen
        assert one.best.id not in chosen
    study.include(lower[0])
    for one in everywhere(path, study):
        assert [trial.id for trial in one.trials if trial.excluded] == sorted([lower[1], upper[0]])


def test_trials_that_were_looked_up_before_a_change_are_those_after_it(path):
    study = lived(path)
    trials, other = study.trials, tt.Study(path).trials
    before = [trial.params for trial in trials]
    study.change_space({**SPACE, "kind": tt.Categorical(["b", "a"]), "x": tt.Float(0.25, 0.75)})
    assert [trial.params for trial in trials] == [trial.params for trial in other] == before
    assert [trial.excluded for trial in trials] == [trial.excluded for trial in study.trials]


def test_a_new_parameter_gets_what_it_was(path):
    study = lived(path)
    more = {**SPACE, "clip": tt.Float(0.0, 5.0), "decay": tt.Float(0.0, 1.0, when={"kind": "a"})}
    assert study.change_space(more, fill={"clip": 0.0, "decay": 0.5}) == []
    for one in everywhere(path, study):
        for trial in one.trials:
            assert trial.params["clip"] == 0.0
            assert trial.params.get("decay") == (0.5 if trial.params["kind"] == "a" else None)
    assert set(study.ask().params) >= {"x", "kind", "n", "clip"}


def test_without_a_value_trials_are_set_aside(path):
    study = lived(path)
    with pytest.warns(UserWarning, match="give fill= for 'clip'"):
        assert study.change_space({**SPACE, "clip": tt.Float(0.0, 5.0)}) == list(range(12))
    assert study.best is None
    assert study.trials[0].params.keys() == SPACE.keys()
    study.tell(study.ask(), 3.0)
    assert study.best.id == 12


def test_a_parameter_that_is_gone_is_fixed(path):
    study = lived(path)
    fewer = {"x": SPACE["x"], "n": SPACE["n"]}
    of_b = [trial.id for trial in study.trials if trial.params["kind"] == "b"]
    assert study.change_space(fewer, fill={"kind": "a"}) == of_b
    assert 0 < len(of_b) < 12
    for one in everywhere(path, study):
        assert [trial.id for trial in one.trials if trial.excluded] == of_b


def test_a_trial_set_aside_stays_so_while_its_parameter_is_gone(path):
    study = lived(path)
    with pytest.warns(UserWarning, match="no trial fits"):
        study.change_space({"x": SPACE["x"], "n": SPACE["n"]})
    trial = study.ask()
    study.tell(trial, 5.0)
    wider = {"x": tt.Float(0.0, 2.0), "n": SPACE["n"], "clip": tt.Float(0.0, 5.0)}
    assert study.change_space(wider, fill={"clip": 1.0}) == list(range(12))
    for one in everywhere(path, study):
        assert one.best.id == trial.id
    assert study.change_space({**SPACE, "clip": tt.Float(0.0, 5.0)}, fill={"kind": "a"}) == list(range(12))
    assert study.change_space(SPACE, fill={"clip": 1.0}) == []


def test_a_removed_parameter_may_have_trials_outside_its_last_range(path):
    study = lived(path)
    of_b = [trial.id for trial in study.trials if trial.params["kind"] == "b"]
    study.change_space({**SPACE, "kind": tt.Categorical(["a"])})
    assert study.change_space({"x": SPACE["x"], "n": SPACE["n"]}, fill={"kind": "a"}) == of_b
    assert 0 < len(of_b) < 12


@pytest.mark.parametrize(
    ("space", "fill", "words"),
    [
        ({"x": SPACE["x"], "n": SPACE["n"]}, {}, "give fill= for 'kind'"),
        ({**SPACE, "n": tt.Int(1, 9), "clip": tt.Int(1, 3)}, {"clip": 9}, "'clip': 9 is not"),
        ({**SPACE, "clip": tt.Int(1, 3), "decay": tt.Float(0, 1)}, {"clip": 1}, "give fill= for 'decay'"),
        ({**SPACE, "n": tt.Int(100, 200)}, {}, "'n': . is not"),
    ],
)
def test_a_change_after_which_no_trial_counts_warns(path, space, fill, words):
    study = lived(path)
    with pytest.warns(UserWarning, match=f"no trial fits the new space.*{words}"):
        assert study.change_space(space, fill=fill) == list(range(12))
    assert study.best is None


@pytest.mark.parametrize(
    ("space", "fill", "error", "words"),
    [
        (SPACE, {"x": 0.5}, tt.ArgumentError, "'x', which is in both spaces"),
        (SPACE, {"y": 0.5}, tt.ArgumentError, "'y', which is in neither space"),
        ({**SPACE, "x": tt.Float(0.75, 1.0)}, {}, tt.TanteoError, "'x'"),
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(path, space, fill, error, words):
    study = lived(path, sampler=tt.samplers.OneAtATime(base={"x": 0.5, "kind": "a", "n": 1}), n=3)
    before = study.to_bytes()
    with pytest.raises(error, match=words):
        study.change_space(space, fill=fill)
    assert study.to_bytes() == before == tt.Study(path).to_bytes()


def test_what_is_called_by_an_old_trial_still_works(path):
    study = lived(path)
    trial = study.ask()
    study.change_space({**SPACE, "x": tt.Float(-1.0, 2.0)})
    trial.report(1, 0.5)
    study.tell(trial, -5.0)
    assert study.best.id == trial.id
