"""Promise 13: a search copied through bytes, a file, pickle or deepcopy continues identically, with pending trials."""

import copy
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import tanteo as tt
from support.processes import python_json
from support.profile import count
from support.searches import SAMPLERS, mixed_loss, mixed_space, run, with_many_levels
from support.spaces import search_spaces


def through_a_file(optimizer: tt.Optimizer, folder: Path) -> tt.Optimizer:
    optimizer.save(folder / "search.tanteo")
    return tt.Optimizer.load(folder / "search.tanteo")


WAYS: dict[str, Callable[[tt.Optimizer, Path], tt.Optimizer]] = {
    "bytes": lambda optimizer, folder: tt.Optimizer.from_bytes(optimizer.to_bytes()),
    "bytes and space": lambda optimizer, folder: tt.Optimizer.from_bytes(optimizer.to_bytes(), space=mixed_space()),
    "file": through_a_file,
    "pickle": lambda optimizer, folder: pickle.loads(pickle.dumps(optimizer)),
    "deepcopy": lambda optimizer, folder: copy.deepcopy(optimizer),
    "copy": lambda optimizer, folder: copy.copy(optimizer),
}


def eventful_search(sampler: str) -> tt.Optimizer:
    """Return a search with every kind of result, pending trials and queued points."""
    optimizer = tt.Optimizer(mixed_space(), sampler=with_many_levels(sampler), seed=8)
    run(optimizer, 6)
    for k, trial in enumerate(optimizer.ask(4)):
        optimizer.report(trial, 1, float(k))
        optimizer.report(trial, 5, float(k) / 3)
    optimizer.tell(7, state="pruned")
    optimizer.tell(8, None)
    optimizer.observe(mixed_space().sample(1, seed=3)[0], tt.Replicates([1.0, 2.0]), constraints={"c": -1.0}, cost=3.5)
    optimizer.enqueue({"depth": 2})
    run(optimizer, 9)
    optimizer.enqueue({"depth": 3, "optimizer": "sgd"})
    return optimizer


def future(optimizer: tt.Optimizer) -> list:
    """Continue the search: suggest the queued point, finish the pending trials, and suggest more."""
    suggested = [trial.params for trial in optimizer.ask(2)]
    for trial in optimizer.pending:
        optimizer.tell(trial, mixed_loss(trial.params))
    return suggested + run(optimizer, 5)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_promise_13_a_copy_continues_identically(sampler, way, tmp_path):
    optimizer = eventful_search(sampler)
    copied = WAYS[way](optimizer, tmp_path)
    assert list(copied.trials) == list(optimizer.trials)
    assert [trial.id for trial in copied.pending] == [trial.id for trial in optimizer.pending] != []
    assert (copied.seed, copied.stats(), copied.space) == (optimizer.seed, optimizer.stats(), optimizer.space)
    assert copied.to_bytes() == optimizer.to_bytes()
    assert future(copied) == future(optimizer)
    assert copied.to_bytes() == optimizer.to_bytes()


@pytest.mark.parametrize("way", ["bytes", "pickle", "deepcopy", "copy"])
def test_promise_13_a_copy_is_independent(way, tmp_path):
    optimizer = eventful_search("tpe")
    snapshot = optimizer.to_bytes()
    future(WAYS[way](optimizer, tmp_path))
    assert optimizer.to_bytes() == snapshot


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_promise_13_saving_is_deterministic_and_does_not_change_the_search(sampler):
    saved_often, never_saved = eventful_search(sampler), eventful_search(sampler)
    first = saved_often.to_bytes()
    assert saved_often.to_bytes() == first == never_saved.to_bytes()
    for _ in range(3):
        saved_often.to_bytes()
        assert run(saved_often, 1) == run(never_saved, 1)


@pytest.mark.parametrize("way", ["file", "pickle"])
def test_promise_13_a_fresh_process_continues_identically(way, tmp_path):
    optimizer = eventful_search("tpe")
    path = tmp_path / "search"
    if way == "file":
        optimizer.save(path)
        expression = f"tt.Optimizer.load({str(path)!r})"
    else:
        path.write_bytes(pickle.dumps(optimizer))
        expression = f"pickle.loads(open({str(path)!r}, 'rb').read())"
    code = f"""
import json, pickle, tanteo as tt
from support.searches import run
print(json.dumps(run({expression}, 6)))
"""
    assert python_json(code) == run(optimizer, 6)


@settings(max_examples=count(60, 1000), suppress_health_check=list(HealthCheck))
@given(search_spaces(extreme=True, hostile_names=False))
def test_promise_13_every_space_survives(space):
    optimizer = tt.Optimizer(space.build(), sampler="random", seed=1, deduplicate=False)
    optimizer.ask(3)
    twin = tt.Optimizer.from_bytes(optimizer.to_bytes())
    assert twin.space == optimizer.space
    assert repr(twin.ask(5)) == repr(optimizer.ask(5))


def decimals(least: int, most: int) -> st.SearchStrategy[float]:
    return st.integers(least, most).map(lambda tenths: tenths / 10)


@settings(max_examples=count(60, 1000), suppress_health_check=list(HealthCheck))
@given(decimals(1, 100), decimals(1, 100), st.sampled_from([1, 2]))
@example(3, 0.7, 1)
def test_promise_13_an_equation_written_as_two_inequalities_survives(factor, total, weight):
    """The bounds of a multiple are rounded, so what the two leave depends on how they were declared."""
    at_least = tt.Linear({"x": factor, "y": weight * factor}, lower=round(factor * total, 6))
    at_most = tt.Linear({"x": 1, "y": weight}, upper=total)
    space = tt.SearchSpace({"x": tt.Float(0, 10), "y": tt.Float(0, 10)}, constraints=[at_least, at_most])
    optimizer = tt.Optimizer(space, sampler="random", seed=1)
    optimizer.ask()
    twin = tt.Optimizer.from_bytes(optimizer.to_bytes(), space=space)
    assert twin.space == space
    assert twin.to_bytes() == optimizer.to_bytes()
    assert twin.ask(3) == optimizer.ask(3)


class Label:
    """A choice that JSON cannot hold."""

    def __init__(self, name: str) -> None:
        self.name = name


def test_promise_13_choices_that_json_cannot_hold_require_the_space():
    labels = [Label("a"), Label("b"), Label("c")]
    space = tt.SearchSpace({"label": tt.Categorical(labels), "x": tt.Float(0, 1)})
    optimizer = tt.Optimizer(space, sampler="random", seed=1)
    run(optimizer, 5, lambda params: params["x"])
    data = optimizer.to_bytes()
    with pytest.raises(tt.TanteoError, match="label"):
        tt.Optimizer.from_bytes(data)
    copied = tt.Optimizer.from_bytes(data, space=space)
    assert [trial.params for trial in copied.ask(5)] == [trial.params for trial in optimizer.ask(5)]
    assert copied.trials[5].params["label"] in labels
    assert copy.deepcopy(optimizer).ask().params["label"] in labels


def test_promise_13_a_different_space_is_refused_by_the_name_of_a_difference():
    optimizer = eventful_search("random")
    parameters = {**mixed_space().parameters, "depth": tt.Int(1, 9)}
    del parameters["sgd/momentum"], parameters["sgd/nesterov"]
    with pytest.raises(tt.TanteoError, match=r"depth|sgd"):
        tt.Optimizer.from_bytes(optimizer.to_bytes(), space=tt.SearchSpace(parameters))
