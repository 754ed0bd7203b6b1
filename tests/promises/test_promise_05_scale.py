"""Promise 5 without a clock: samplers handle large histories and spaces. benches/ measures how long they take."""

import pytest

import tanteo as tt
from support.profile import count
from support.searches import bowl, random_trials_of_a_sphere, sphere, unit_square


@pytest.mark.parametrize("sampler", ["random", "tpe", "auto"])
def test_promise_5_many_observations(sampler):
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=0)
    for params in unit_square().sample(count(20_000, 100_000), seed=1):
        optimizer.observe(params, bowl(params))
    assert len({repr(optimizer.ask().params) for _ in range(3)}) == 3


@pytest.mark.parametrize("sampler", ["random", "sobol", "tpe", "auto"])
def test_promise_5_ten_thousand_parameters(sampler):
    space = tt.SearchSpace({f"p{i}": tt.Float(0, 1) for i in range(10_000)})
    optimizer = tt.Optimizer(space, sampler=sampler, seed=0)
    for k in range(12):
        trial = optimizer.ask()
        assert len(trial.params) == 10_000
        optimizer.tell(trial, float(k))


@pytest.mark.parametrize("sampler", ["random", "sobol", "tpe", "auto"])
def test_promise_5_a_thousand_categories(sampler):
    space = tt.SearchSpace({"c": tt.Categorical(range(1000)), "x": tt.Float(0, 1)})
    optimizer = tt.Optimizer(space, sampler=sampler, seed=0)
    for _ in range(100):
        trial = optimizer.ask()
        optimizer.tell(trial, abs(trial.params["c"] - 500) + trial.params["x"])
    assert len({trial.params["c"] for trial in optimizer.trials}) > 10


def test_promise_5_the_gaussian_process_answers_after_ten_thousand_trials():
    """The suggestions must come from the model, not from a random fallback. benches/ measures the times."""
    optimizer = random_trials_of_a_sphere(10_000, 5, seed=0)
    initial_best = optimizer.best.value
    for _ in range(6):
        trial = optimizer.ask()
        optimizer.tell(trial, sphere(trial.params))
    assert optimizer.stats()["fallbacks"] == 0
    assert optimizer.best.value < initial_best / 2
