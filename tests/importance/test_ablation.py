"""Ablation: the path from one configuration to another. Tests of the core cover the greedy search for the path."""

import itertools
import math

import numpy as np
import pytest

import tanteo as tt
from tanteo.importance import AblationStep, ablation

SPACE = {
    "x": tt.Float(0, 1, default=1.0),
    "y": tt.Float(0, 1, default=1.0),
    "kind": tt.Categorical(["a", "b"], default="b"),
    "rate": tt.Float(0, 1, when={"kind": "a"}),
}


def loss(params):
    return 4 * params["x"] + params["y"] + (2.0 if params["kind"] == "b" else 0.1 * params["rate"])


def random_search(**options):
    optimizer = tt.Optimizer(SPACE, sampler="random", seed=0, **options)
    for trial in optimizer.ask(200):
        optimizer.tell(trial, loss(trial.params))
    return optimizer


START = {"x": 1.0, "y": 1.0, "kind": "b"}
END = {"x": 0.0, "y": 0.0, "kind": "a", "rate": 0.5}


def test_the_largest_improvement_comes_first_and_a_child_changes_with_its_parent():
    steps = ablation(random_search(), START, END)
    assert [step.changed for step in steps] == [(), ("x",), ("kind", "rate"), ("y",)]
    assert (dict(steps[0].params), dict(steps[-1].params)) == (START, END)
    for step in steps:
        assert step.value == pytest.approx(loss(step.params), abs=0.7)


def test_the_default_path_leads_from_the_defaults_to_the_best_trial():
    search = random_search()
    steps = ablation(search)
    assert dict(steps[0].params) == dict(search.trials[0].params)
    assert dict(steps[-1].params) == dict(search.best.params)
    assert [step.trial for step in steps] == [0, *[None] * (len(steps) - 2), search.best.id]
    assert [step.value for step in ablation(search, search.trials[0], search.best)] == [step.value for step in steps]


def test_the_default_path_starts_at_defaults_that_no_trial_has():
    search = tt.Optimizer(SPACE, sampler="random", seed=0)
    for params in search.space.sample(50, seed=0):
        search.observe(params, loss(params))
    first = ablation(search)[0]
    assert (dict(first.params), first.trial) == (START, None)


def test_the_default_path_starts_where_a_search_with_incomplete_defaults_began():
    search = tt.Optimizer({"x": tt.Float(0, 1, default=1.0), "y": tt.Float(0, 1)}, sampler="random", seed=0)
    for trial in search.ask(20):
        search.tell(trial, trial.params["x"])
    assert dict(ablation(search)[0].params) == search.trials[0].params


def test_maximizing_equals_minimizing_the_negative():
    search = tt.Optimizer(SPACE, sampler="random", seed=0, direction="maximize")
    for trial in search.ask(200):
        search.tell(trial, -loss(trial.params))
    maximized, minimized = ablation(search, START, END), ablation(random_search(), START, END)
    assert [(step.changed, -step.value) for step in maximized] == [(step.changed, step.value) for step in minimized]


def test_with_several_objectives_the_path_ends_at_the_best_trial_of_the_one_that_is_predicted():
    search = tt.Optimizer(SPACE, sampler="random", seed=0, directions=["minimize", "maximize"])
    for trial in search.ask(50):
        search.tell(trial, [loss(trial.params), trial.params["y"]])
    for objective, best in ((0, min), (1, max)):
        end = best(search.trials, key=lambda trial: trial.values[objective])
        assert ablation(search, START, objective=objective) == ablation(search, START, end, objective=objective)
    assert ablation(search, START, END, objective=1)[0].value > ablation(search, START, END, objective=1)[-1].value
    with pytest.raises(tt.ArgumentError, match="objective must be from 0 to 1, got 2"):
        ablation(search, START, END, objective=2)
    with pytest.raises(tt.ArgumentError, match="with several objectives, objective= selects one of them: 0, 1"):
        ablation(search, START, END)


def test_the_path_from_a_configuration_to_itself_has_one_step():
    (step,) = ablation(random_search(), START, START)
    assert step.changed == ()
    assert repr(step).startswith("AblationStep(changed=(), params={'x': 1.0")
    assert isinstance(step, AblationStep)
    with pytest.raises(AttributeError):
        step.value = 3.0


def test_ablation_without_results_is_refused():
    empty = tt.Optimizer(SPACE, sampler="random", seed=0)
    with pytest.raises(tt.ArgumentError, match="no trial is complete with a finite value"):
        ablation(empty, START, END)
    empty.tell(empty.ask(), math.inf)
    with pytest.raises(tt.ArgumentError, match="no trial is complete with a finite value"):
        ablation(empty, START, END)


def test_missing_and_invalid_ends_of_the_path_are_refused():
    empty = tt.Optimizer({"x": tt.Float(0, 1)}, sampler="random", seed=0)
    with pytest.raises(tt.ArgumentError, match="give start="):
        ablation(empty, None, {"x": 0.0})
    with pytest.raises(tt.ArgumentError, match="feasible with a finite value, so there is no best trial; give end="):
        ablation(empty, {"x": 0.0})
    with pytest.raises(tt.ArgumentError, match="start must be a configuration or a trial, got 3"):
        ablation(empty, 3, {"x": 0.0})
    with pytest.raises(tt.exceptions.ParameterError, match="'x'"):
        ablation(empty, {"x": 2.0}, {"x": 0.0})


def test_steps_have_the_standard_error_of_the_model_and_say_what_is_clear():
    """Only ``x`` and ``kind`` matter more than the noise."""
    rng = np.random.default_rng(0)
    search = tt.Optimizer(SPACE, sampler="random", seed=0)
    for trial in search.ask(60):
        params = trial.params
        value = 4 * params["x"] + (2.0 if params["kind"] == "b" else 0.0)
        search.tell(trial, value + 0.2 * rng.standard_normal())
    steps = ablation(search, START, END)
    assert steps[0].sem is None
    assert steps[0].change == 0.0
    assert all(step.sem > 0.0 for step in steps[1:])
    assert [step.changed[0] for step in steps if step.is_clear] == ["x", "kind"]
    assert [step.change for step in steps[1:]] == [after.value - at.value for at, after in itertools.pairwise(steps)]


def test_few_trials_give_a_path_without_errors():
    search = tt.Optimizer(SPACE, sampler="random", seed=0)
    for trial in search.ask(15):
        search.tell(trial, loss(trial.params))
    assert not any(step.is_clear or step.sem is not None for step in ablation(search, START, END))


def test_the_default_path_ends_at_the_recommended_trial():
    rng = np.random.default_rng(1)
    search = tt.Optimizer({"x": tt.Float(0, 1, default=1.0)}, sampler="random", seed=0)
    for trial in search.ask(40):
        search.tell(trial, (trial.params["x"] - 0.3) ** 2 + 0.2 * rng.standard_normal())
    assert search.recommend().params != search.best.params
    assert dict(ablation(search)[-1].params) == search.recommend().params
