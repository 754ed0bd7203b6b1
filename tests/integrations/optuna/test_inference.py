"""The space that is inferred from the trials of a define-by-run study."""

import zlib

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import tanteo as tt

pytest.importorskip("optuna")

from support import define_by_run
from tanteo.integrations.optuna import from_optuna
from tanteo.integrations.optuna.inference import Evidence, infer

PARAMETERS = {"k": tt.Categorical(["a", "b", "c"]), "f": tt.Categorical([True, False]), "x": tt.Float(0.0, 1.0)}


def evidence(*configurations, complete=True, queued=()):
    """One trial for each configuration. Other parameters than the three are integers from 0 to 9."""
    return [
        Evidence(
            params,
            {name: PARAMETERS.get(name, tt.Int(0, 9)) for name in params},
            is_complete=complete,
            queued=dict(queued),
        )
        for params in configurations
    ]


def when(trials, name):
    return repr(infer(trials).space[name].when)


def test_the_conditions_of_a_conditional_study_are_found():
    study = define_by_run.study(200)
    with pytest.warns(UserWarning, match="'lr' no trial tried a value between 0.0009.* and 0.001"):
        space = from_optuna(study).space
    assert not [name for name in space if name.endswith("used")]
    border = space["warmup"].when["lr"].high
    assert 9e-4 < border < 1.1e-3
    conditions = {
        "momentum": "{'kind': ['sgd']}",
        "nesterov": "{'kind': ['sgd']}",
        "look": "{'nesterov': [True]}",
        "memory": "{'kind': ['lbfgs']}",
        "width0": "None",
        "width1": "{'layers': at_least(2)}",
        "width2": "{'layers': at_least(3)}",
        "width3": "{'layers': at_least(4)}",
        "dropout": "{'kind': ['sgd'], 'layers': at_least(3)}",
        "lr": "None",
    }
    assert {name: repr(space[name].when) for name in conditions} == conditions


def test_a_failed_trial_proves_the_presence_of_a_parameter():
    """Complete trials alone would make ``m`` depend on ``k``; the failed one shows that it does not."""
    trials = evidence({"k": "a", "n": 1, "m": 1}, {"k": "b", "n": 2})
    assert infer(trials).notes == [
        "the absence of parameter 'm' is explained by when={'k': ['a']} or when={'n': at_most(1)}; it is taken to "
        "exist when={'n': at_most(1)} (pass space=, a tt.SearchSpace, if another one is meant)",
    ]
    assert when([*trials, *evidence({"k": "b", "n": 1, "m": 3}, complete=False)], "m") == "{'n': at_most(1)}"
    assert when([*trials, *evidence({"k": "a", "n": 2, "m": 3}, complete=False)], "m") == "{'k': ['a']}"


def test_a_failed_trial_that_went_on_proves_an_absence():
    trials = evidence({"k": "a", "n": 1, "m": 1, "z": 0}, {"k": "b", "n": 5, "z": 0})
    assert when([*trials, *evidence({"k": "b", "n": 1, "z": 1}, complete=False)], "m") == "{'k': ['a']}"
    assert when([*trials, *evidence({"k": "a", "n": 5, "z": 1}, complete=False)], "m") == "{'n': at_most(1)}"
    ended = infer([*trials, *evidence({"k": "b", "n": 1}, complete=False)])
    assert "when={'k': ['a']} or when={'n': at_most(1)}" in ended.notes[0]


def test_a_failed_trial_that_ended_early_proves_no_absence():
    trials = evidence({"k": "a", "m": 1}, {"k": "b", "m": 1})
    assert when([*trials, *evidence({"k": "a"}, complete=False)], "m") == "None"


@pytest.mark.parametrize(
    ("having", "lacking", "condition"),
    [
        ([{"x": 0.5}, {"x": 0.75}], [{"x": 0.25}, {"x": 0.125}], "{'x': at_least(0.375)}"),
        ([{"x": 0.25}], [{"x": 0.75}], "{'x': at_most(0.5)}"),
        ([{"n": 2}, {"n": 2}], [{"n": 1}, {"n": 3}, {"n": 1}, {"n": 3}], "{'n': [2]}"),
        ([{"n": 2}, {"n": 3}, {"n": 2}], [{"n": 1}, {"n": 4}, {"n": 1}, {"n": 4}, {"n": 4}], "{'n': between(2, 3)}"),
        ([{"n": 1}, {"n": 3}, {"n": 3}], [{"n": 2}, {"n": 4}, {"n": 2}, {"n": 4}, {"n": 4}], "{'n': [1, 3]}"),
        (
            [{"k": "a", "f": True}, {"k": "a", "f": True}],
            [{"k": "a", "f": False}, {"k": "b", "f": True}, {"k": "c", "f": False}],
            "{'k': ['a'], 'f': [True]}",
        ),
        (
            [{"k": "a", "n": 2}, {"k": "a", "n": 4}] * 2,
            [{"k": "a", "n": 1}, {"k": "a", "n": 5}, {"k": "b", "n": 3}, {"k": "b", "n": 2}] * 2,
            "{'k': ['a'], 'n': between(2, 4)}",
        ),
    ],
)
def test_less_simple_conditions(having, lacking, condition):
    trials = evidence(*({**params, "m": 1} for params in having), *lacking)
    assert when(trials, "m") == condition


def test_a_size_whose_values_hardly_recur_explains_nothing_by_chance():
    trials = evidence({"n": 1, "m": 0}, {"n": 5, "m": 0}, {"n": 3}, {"n": 7}, {"n": 0})
    assert when(trials, "m") == "{'m used': [True]}"


@pytest.mark.parametrize("reveals", [True, False])
def test_either_of_two_parents_becomes_a_choice_that_the_trials_carry(reveals):
    """If the two were suggested before, known constraints make the choice as the program does."""
    parents = [{"k": kind, "f": flag} for kind in "abc" for flag in (True, False)]
    shown = [each if reveals else {} for each in parents]
    trials = evidence(
        *(
            {**s, "m": 1, "l": 2, **p} if p["k"] == "a" or p["f"] else {**s, **p}
            for s, p in zip(shown, parents, strict=True)
        )
    )
    inferred = infer(trials)
    suggested = inferred.space.sample(64, seed=0)
    agreeing = [params["m used"] == (params["k"] == "a" or params["f"]) for params in suggested]
    assert all(agreeing) == reveals
    assert inferred.switches == {"m": "m used", "l": "m used"}, "parameters that are seen together share a choice"
    for trial in trials:
        params = inferred.configuration(trial)
        assert inferred.space.validate(params) == params
        assert params["m used"] == ("m" in trial.params)


def test_values_that_were_queued_widen_ranges():
    stepped = {"x": tt.Float(0.0, 1.0, step=0.25), "n": tt.Int(0, 8, step=4)}
    trials = [Evidence({"x": 0.25, "n": 4}, stepped, is_complete=True)]
    on_grid = infer([*trials, Evidence({}, {}, is_complete=False, queued={"x": 1.5, "n": 12})])
    assert dict(on_grid.space.parameters) == dict(
        tt.SearchSpace({"x": tt.Float(0.0, 1.5, step=0.25), "n": tt.Int(0, 12, step=4)}).parameters
    )
    off_grid = infer([*trials, Evidence({}, {}, is_complete=False, queued={"x": 0.3, "n": 7})])
    assert dict(off_grid.space.parameters) == dict(tt.SearchSpace({"x": tt.Float(0, 1), "n": tt.Int(0, 8)}).parameters)
    assert len(on_grid.notes) == len(off_grid.notes) == 2
    odd = infer([*trials, Evidence({}, {}, is_complete=False, queued={"x": "much", "n": True})])
    assert odd.notes == []


def test_a_rule_with_borders_is_learnt():
    """``m`` exists if ``n`` is 2 or 3, or if there is an ``l`` of at most 4. Without ``l``, the choice remains free."""
    grid = [(n, number) for n in range(6) for number in (None, 1, 4, 6, 8)]
    trials = []
    for n, number in grid:
        params = {"n": n, "f": number is not None, **({} if number is None else {"l": number})}
        trials.append({**params, "m": 1} if n in (2, 3) or (number or 9) <= 4 else params)
    space = infer(evidence(*trials)).space
    for params in space.sample(100, seed=1):
        assert "l" not in params or ("m" in params) == (params["n"] in (2, 3) or params["l"] <= 5)


def test_a_presence_without_a_rule_adds_no_constraint():
    trials = [{"x": k / 40, **({"m": 1} if zlib.crc32(b"%d" % k) % 2 else {})} for k in range(40)]
    inferred = infer(evidence(*trials))
    assert (inferred.switches, inferred.space.constraints) == ({"m": "m used"}, ())
    assert "which nothing explains" in inferred.notes[0]


PROGRAMS = st.dictionaries(
    st.sampled_from("mlp"),
    st.tuples(st.sampled_from(["", "m", "l", "k", "f", "n", "x"]), st.integers(0, 3), st.booleans()),
)


@given(
    PROGRAMS,
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.booleans(),
            st.integers(0, 3),
            st.integers(0, 4),
            st.sampled_from(["complete", "failed"]),
        ),
        min_size=1,
        max_size=12,
    ),
)
def test_the_space_contains_all_trials_of_any_program(program, draws):
    """Whatever decides about the presence of parameters, and wherever failed trials ended."""
    trials = []
    for kind, flag, number, end, state in draws:
        params = {"k": kind, "f": flag, "n": number, "x": number / 4}
        for name, (parent, level, negate) in program.items():
            if (zlib.crc32(f"{params.get(parent)} {level}".encode()) % 2 == 0) != negate:
                params[name] = level
        complete = state == "complete"
        trials += evidence(params if complete else dict(list(params.items())[:end]), complete=complete)
    try:
        inferred = infer(trials)
    except tt.SpaceError:  # no trial has a parameter, or several conditions explain an absence
        reject()
    for trial in trials:
        params = inferred.configuration(trial)
        inferred.space._raw(params, partial=not trial.is_complete)
        if trial.is_complete:
            assert inferred.space.validate(params) == params
