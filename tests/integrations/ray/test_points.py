"""Points to evaluate first, and results from elsewhere."""

import pytest
from ray import tune

import tanteo as tt
from tanteo.integrations.ray import TanteoSearch

SPACE = {
    "lr": tune.loguniform(1e-4, 1e-1),
    "net": {"width": tune.qrandint(8, 64, 8), "drop": tune.quniform(0, 0.5, 0.1), "act": tune.choice(["relu", "tanh"])},
    "constant": "kept",
}


def test_points_come_first_in_their_order_and_exactly_as_written(loop):
    points = [
        {"lr": 0.1, "net": {"width": 16, "drop": 0.3, "act": "tanh"}},
        {"lr": 0.003, "net/width": 64, "net/act": "relu"},
        {"net": {"act": "relu"}},
    ]
    tuning = loop(TanteoSearch(points_to_evaluate=points, seed=0), SPACE)
    first, second, third = (tuning.configs[tuning.suggest()] for _ in range(3))
    assert first == {**points[0], "constant": "kept"}, "0.3 is no float multiple of 0.1, and lr excludes its bound 0.1"
    assert (second["lr"], second["net"]["width"], second["net"]["act"]) == (0.003, 64, "relu")
    assert 0 <= second["net"]["drop"] <= 0.5
    assert third["net"]["act"] == "relu"


def test_points_may_contain_lists_and_constants(loop):
    space = {"nested": [tune.randint(0, 10), tune.randint(0, 10)], "fixed": [4, 8]}
    tuning = loop(TanteoSearch(points_to_evaluate=[{"nested": [2, 4], "fixed": [4, 8]}], seed=0), space)
    assert tuning.configs[tuning.suggest()] == {"nested": [2, 4], "fixed": [4, 8]}


def test_waiting_points_survive_a_save(loop, tmp_path):
    points = [{"lr": lr, "net": {"drop": 0.3}} for lr in (0.1, 0.01, 0.001)]
    search = TanteoSearch(points_to_evaluate=points, seed=0)
    tuning = loop(search, SPACE)
    tuning.end(tuning.suggest(), 1.0)
    search.save(tmp_path / "state")
    restored = TanteoSearch()
    restored.restore(tmp_path / "state")
    config = restored.suggest("a")
    assert (config["lr"], config["net"]["drop"]) == (0.01, 0.3)
    assert restored.suggest("b")["lr"] == 0.001


@pytest.mark.parametrize(
    ("point", "message"),
    [
        ({"lr": 5.0}, "lr"),
        ({"lr": "fast"}, r"config\['lr'\] must be a number, got 'fast'"),
        ({"lr": True}, "must be a number"),
        ({"net": {"width": 12}}, r"config\['net'\]\['width'\] must be a multiple of 8, got 12"),
        ({"net": {"width": 8.5}}, "must be an integer"),
        ({"net": {"act": "gelu"}}, r"config\['net'\]\['act'\] must be one of its 2 choices, got 'gelu'"),
        ({"net": 3}, r"config\['net'\] must be a dict"),
        ({"learning_rate": 0.1}, r"config\['learning_rate'\] is unknown"),
    ],
)
def test_an_invalid_point_is_an_error_that_names_its_key_before_trials_run(loop, point, message):
    with pytest.raises(tt.ParameterError, match=rf"^points_to_evaluate\[1\], .*: .*{message}"):
        loop(TanteoSearch(points_to_evaluate=[{}, point]), SPACE)


def test_points_with_rewards_are_observed_and_not_run_again(loop):
    point = {"lr": 0.01, "net": {"width": 16, "drop": 0.3, "act": "tanh"}}
    search = TanteoSearch(points_to_evaluate=[point], evaluated_rewards=[7.5], seed=0)
    tuning = loop(search, SPACE, mode="max")
    assert tuning.configs[tuning.suggest()]["lr"] != 0.01
    assert search.to_optimizer().best.value == 7.5, "a reward is the value of the metric in either mode"


def test_rewards_need_one_whole_point_each(loop):
    with pytest.raises(tt.ArgumentError, match=r"one entry per point \(1\), got 2"):
        TanteoSearch(SPACE, metric="m", mode="max", points_to_evaluate=[{"lr": 0.01}], evaluated_rewards=[1, 2])
    with pytest.raises(tt.ParameterError, match="width"):
        loop(TanteoSearch(points_to_evaluate=[{"lr": 0.01}], evaluated_rewards=[1]), SPACE)


def test_points_in_conditional_spaces_choose_their_branch(loop):
    space = {"m": tune.choice([{"kind": "a", "x": tune.uniform(0, 1)}, {"kind": "b", "y": tune.uniform(0, 1)}])}
    points = [{"m": {"kind": "b", "y": 0.25}}, {"m": {"y": 0.5}}, {"m": {"kind": "a"}}]
    tuning = loop(TanteoSearch(points_to_evaluate=points, seed=0), space)
    configs = [tuning.configs[tuning.suggest()]["m"] for _ in range(3)]
    assert configs[:2] == [{"kind": "b", "y": 0.25}, {"kind": "b", "y": 0.5}]
    assert configs[2].keys() == {"kind", "x"}


def test_evaluated_points_may_have_any_outcome(loop):
    """The outcomes in Tune's own tests: a value, intermediate values, crashed, pruned."""
    search = TanteoSearch(SPACE, metric="loss", mode="min", seed=0)
    config = {"lr": 0.01, "net": {"width": 16, "drop": 0.3, "act": "tanh"}, "constant": "another", "unknown": 1}
    search.add_evaluated_point(config, 1.0)
    search.add_evaluated_point(config, 0.5, intermediate_values=[0.8, 0.6])
    search.add_evaluated_point(config, 0.5, error=True)
    search.add_evaluated_point(config, 0.75, pruned=True, intermediate_values=[0.8])
    search.add_evaluated_point(config, None)
    search.suggest("1")
    trials = search.to_optimizer().trials
    assert [trial.state for trial in trials] == ["complete", "complete", "failed", "pruned", "pending"]
    assert dict(trials[1].steps) == {1: 0.8, 2: 0.5}


def test_an_evaluated_point_outside_the_space_is_an_error():
    search = TanteoSearch({"x": tune.uniform(0, 1)}, metric="loss", mode="min")
    with pytest.raises(tt.ParameterError, match="x"):
        search.add_evaluated_point({"x": 2.0}, 1.0)
    with pytest.raises(tt.ParameterError, match="x"):
        search.add_evaluated_point({}, 1.0)
