"""A rule on configurations, given to a searcher of Tune as a function of a batch."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest

import tanteo as tt

pytest.importorskip("ray")

from ray import cloudpickle, tune

from tanteo.integrations.ray import TanteoSearch

SPACE = {
    "net": {"width": tune.qrandint(16, 256, 16), "rate": tune.quniform(0.0, 1.0, 0.1)},
    "kind": tune.choice(["a", {"name": "b", "n": tune.qrandint(10, 100, 10)}, math.sqrt]),
}


def small(batch):
    """At most 80 wide, and if there is an ``n``, at most 50."""
    return (batch["net/width"] <= 80) & ~(batch["kind/n"] > 50)


def is_small(config):
    return config["net"]["width"] <= 80 and not (isinstance(config["kind"], dict) and config["kind"]["n"] > 50)


def search(space=SPACE, allowed=small, **options):
    return TanteoSearch(space, metric="loss", mode="min", seed=0, allowed=allowed, **options)


def run(searcher, names):
    configs = []
    for name in names:
        configs.append(searcher.suggest(name))
        loss = configs[-1]["net"]["rate"]
        searcher.on_trial_complete(name, {"loss": loss, "training_iteration": 1})
    return configs


@pytest.mark.parametrize("sampler", ["auto", "tpe", "random"])
def test_no_suggestion_breaks_the_rule(sampler):
    configs = run(search(sampler=sampler), range(25))
    assert all(map(is_small, configs))
    assert any(isinstance(config["kind"], dict) for config in configs)


def test_the_rule_sees_the_values_of_trials_by_the_names_of_the_optimizer():
    seen = []

    def everything(batch):
        seen.append(dict(batch))
        return np.ones(len(batch["kind"]), dtype=bool)

    searcher = search(allowed=everything)
    configs = run(searcher, range(10))
    assert list(seen[0]) == list(searcher.to_optimizer().space.parameters)
    rows = [row for batch in seen for row in zip(*batch.values(), strict=True)]
    for config, trial in zip(configs, searcher.to_optimizer().trials, strict=True):
        n = config["kind"]["n"] if isinstance(config["kind"], dict) else math.nan
        row = (config["net"]["width"], config["net"]["rate"], trial.params["kind"], n)
        assert any(all(a == b or (a != a and b != b) for a, b in zip(row, other, strict=True)) for other in rows)
    dtypes = {name: column.dtype for name, column in seen[0].items()}
    assert dtypes == {"net/width": np.int64, "net/rate": np.float64, "kind": np.object_, "kind/n": np.float64}
    assert {label for batch in seen for label in batch["kind"]} == {"a", "#1 name=b", "#2 sqrt"}


def test_a_space_of_tanteo_keeps_its_names():
    space = tt.SearchSpace({"net": {"width": tt.Int(1, 9)}, "net2": tt.Int(1, 9)})
    searcher = search(space, lambda batch: batch["net/width"] * batch["net2"] <= 9)
    configs = [searcher.suggest(str(k)) for k in range(15)]
    assert all(config["net"]["width"] * config["net2"] <= 9 for config in configs)


def test_the_rule_holds_for_the_space_of_a_tuner_and_for_points_to_try():
    searcher = TanteoSearch(allowed=small, seed=0, points_to_evaluate=[{"net": {"width": 160}}])
    with pytest.raises(tt.SpaceError, match="allowed"):
        searcher.set_search_properties("loss", "min", SPACE)
    known = search(points_to_evaluate=[{"net": {"width": 160, "rate": 0.5}, "kind": "a"}], evaluated_rewards=[1.0])
    assert len(known.to_optimizer()) == 1, "it was evaluated, whatever the rule says"


@pytest.mark.parametrize("way", ["file", "pickle", "cloudpickle", "deepcopy", "before the space"])
def test_a_restored_search_goes_on_by_the_rule_that_it_is_given(way, tmp_path):
    searcher = search(sampler="tpe")
    run(searcher, range(8))
    searcher.save(str(tmp_path / "state"))
    if way == "file":
        restored = search(sampler="tpe")
        restored.restore(str(tmp_path / "state"))
    elif way == "before the space":
        restored = TanteoSearch(sampler="tpe", seed=0, allowed=small)
        restored.restore(str(tmp_path / "state"))
    else:
        ways = {"pickle": pickle, "cloudpickle": cloudpickle}
        restored = copy.deepcopy(searcher) if way == "deepcopy" else ways[way].loads(ways[way].dumps(searcher))
    names = range(8, 30)
    assert run(restored, names) == (configs := run(searcher, names))
    assert all(map(is_small, configs))


def test_a_search_restored_without_its_rule_has_none(tmp_path):
    searcher = search(sampler="random")
    run(searcher, range(3))
    searcher.save(str(tmp_path / "state"))
    restored = search(sampler="random", allowed=None)
    restored.restore(str(tmp_path / "state"))
    assert not all(map(is_small, run(restored, range(3, 23))))


def test_points_after_one_that_the_rule_drops_have_their_numbers_as_written():
    """The rule changes its mind, which it must not; partial points are dropped alike."""
    limit = [256]
    points = [{"net": {"width": width, "rate": rate}} for width, rate in ((160, 0.3), (32, 0.7), (48, 0.6))]
    searcher = search(allowed=lambda batch: batch["net/width"] <= limit[0], points_to_evaluate=points)
    limit[0] = 80
    with pytest.warns(UserWarning, match="it was taken from the queue"):
        configs = run(searcher, range(2))
    assert [config["net"] for config in configs] == [point["net"] for point in points[1:]]


@pytest.mark.parametrize("wrong", [3, "small", [small]])
def test_a_rule_that_is_no_function_is_refused_at_once(wrong):
    with pytest.raises(tt.ArgumentError, match="allowed must be a function of a batch of configurations"):
        TanteoSearch(allowed=wrong)


def test_a_rule_that_refuses_a_whole_finite_space_is_named_as_the_cause(caplog):
    refusing = TanteoSearch({"w": tune.randint(0, 9)}, metric="loss", mode="min", allowed=lambda batch: batch["w"] < 0)
    assert refusing.suggest("first") == TanteoSearch.FINISHED
    assert "the experiment ends: allowed= refused 9 untried configurations; loosen it" in caplog.text


def test_what_a_rule_raises_or_returns_wrongly_is_an_error_of_the_suggestion():
    with pytest.raises(KeyError, match="width"):
        search(allowed=lambda batch: batch["width"] > 3).suggest("first")
    with pytest.raises(tt.ArgumentError, match="allowed must return one truth value for each configuration"):
        search(allowed=lambda batch: batch["net/width"]).suggest("first")
