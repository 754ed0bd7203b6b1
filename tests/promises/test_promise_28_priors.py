"""Promise 28: a suggestion never lies where a prior has a probability below one in ten thousand."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tanteo as tt
from support.profile import count
from support.searches import ENDLESS, SAMPLERS, with_many_levels


class Ends:
    """An external sampler that suggests points at both ends and between."""

    def __str__(self):
        return "external"

    def suggest(self, view, n, rng):
        return rng.choice([0.0, 0.01, 0.5, 0.99, 1.0], (n, len(view.axes)))


ALL_SAMPLERS = (*SAMPLERS, Ends())
#: Number of standard deviations outside which a normal distribution has a probability of 1e-4, both sides together.
MAX_DEVIATION = 3.8906
LOSSES = {
    "flat": lambda params: 0.0,
    "falling": lambda params: -params["x"],
    "rising": lambda params: params["x"],
    "rugged": lambda params: math.fmod(abs(7.3 * params["x"]), 1.0),
}


def search(parameter, sampler, loss, n=20, seed=0):
    """Return the values of a parameter in up to n trials."""
    # Designs get no second parameter, because they would keep `x` at its first value for long.
    other = {} if sampler in ("grid", "one_at_a_time") else {"y": tt.Float(0, 1)}
    space = tt.SearchSpace({"x": parameter, **other})
    optimizer = tt.Optimizer(
        space, sampler=with_many_levels(sampler) if isinstance(sampler, str) else sampler, seed=seed
    )
    try:
        for _ in range(n):
            trial = optimizer.ask()
            optimizer.tell(trial, loss(trial.params))
    except tt.SpaceExhausted:
        assert sampler in ("grid", "one_at_a_time")
    return [trial.params["x"] for trial in optimizer.trials]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("sampler", ALL_SAMPLERS, ids=str)
def test_promise_28_normal_priors_are_kept(sampler, loss):
    values = search(tt.Float(-2, 22, prior=tt.Normal(10, 2)), sampler, LOSSES[loss])
    assert max(abs(x - 10) / 2 for x in values) <= MAX_DEVIATION
    assert len(set(values)) >= (10 if sampler in ENDLESS else 5)


@pytest.mark.parametrize("sampler", ALL_SAMPLERS, ids=str)
def test_promise_28_a_narrow_prior_on_a_logarithmic_scale_is_kept(sampler):
    values = search(tt.Float(1e-9, 1e3, log=True, prior=tt.Normal(math.log(1e-3), 0.5)), sampler, LOSSES["falling"])
    assert max(abs(math.log(x / 1e-3)) / 0.5 for x in values) <= MAX_DEVIATION + 1e-9


@pytest.mark.parametrize("sampler", ALL_SAMPLERS, ids=str)
def test_promise_28_a_prior_with_a_mean_outside_the_bounds_is_kept(sampler):
    """Beyond 10 deviations, a normal density decreases by a factor of 10,000 within one deviation."""
    values = search(tt.Float(0, 1, prior=tt.Normal(-0.5, 0.05)), sampler, LOSSES["falling"])
    assert max(values) < 0.05


@pytest.mark.parametrize("sampler", ALL_SAMPLERS, ids=str)
def test_promise_28_bins_without_weight_are_avoided(sampler):
    edges, weights = [0.0, 0.2, 0.5, 0.7, 1.0], [0, 1, 0, 2]
    values = search(tt.Float(0, 1, prior=tt.Histogram(edges, weights)), sampler, LOSSES["flat"], 45)
    assert all(0.2 <= x < 0.5 or x >= 0.7 for x in values)
    assert {x < 0.5 for x in values} == {True, False}


@pytest.mark.parametrize("sampler", ALL_SAMPLERS, ids=str)
def test_promise_28_only_likely_levels_are_suggested(sampler):
    number = tt.Int(0, 9, prior=tt.Histogram([0, 2.5, 4.5, 9], [1, 0, 1]))
    values = set(search(number, sampler, LOSSES["flat"], 40))
    assert values <= {0, 1, 2, 5, 6, 7, 8, 9}
    assert len(values) > 5
    coarse = search(tt.Int(0, 9, prior=tt.Normal(4.5, 0.01)), sampler, LOSSES["flat"])
    assert set(coarse) == {4, 5}
    choices = search(tt.Categorical([0, 1, 2, 3], weights=[1, 0, 1, 0]), sampler, LOSSES["falling"])
    assert set(choices) == {0, 2}


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_28_a_finite_space_is_exhausted_after_its_likely_points(sampler):
    space = tt.SearchSpace({"x": tt.Int(0, 9, prior=tt.Histogram([0, 4.5, 9], [0, 1])), "y": tt.Ordinal([0, 1])})
    optimizer = tt.Optimizer(space, sampler=sampler, seed=0)
    assert {tuple(trial.params.values()) for trial in optimizer.ask(20)} == {
        (x, y) for x in range(5, 10) for y in (0, 1)
    }
    with pytest.raises(tt.SpaceExhausted, match="priors"):
        optimizer.ask()


@pytest.mark.parametrize("sampler", [sampler for sampler in ALL_SAMPLERS if sampler != "one_at_a_time"], ids=str)
def test_promise_28_the_users_own_points_may_be_unlikely(sampler):
    space = tt.SearchSpace(
        {"x": tt.Float(-100, 100, default=99.0, prior=tt.Normal(0, 1)), "y": tt.Float(0, 1, default=0.5)}
    )
    optimizer = tt.Optimizer(space, sampler=sampler, seed=0)
    optimizer.observe({"x": -80.0, "y": 0.5}, -80.0)
    optimizer.enqueue({"x": 50.0})
    first = [optimizer.ask().params["x"] for _ in range(2)]
    assert first == [50.0, 99.0]
    for trial in optimizer.pending:
        optimizer.tell(trial, trial.params["x"])
    for _ in range(10):
        trial = optimizer.ask()
        assert abs(trial.params["x"]) <= MAX_DEVIATION
        optimizer.tell(trial, trial.params["x"])


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_28_constraints_and_priors_are_both_kept(sampler):
    space = tt.SearchSpace(
        {name: tt.Float(0, 1, prior=tt.Normal(0.2, 0.05)) for name in "abc"},
        constraints=[tt.Order("a", "<=", "b"), tt.Linear({"a": 1, "b": 1, "c": 1}, lower=0.8)],
    )
    optimizer = tt.Optimizer(space, sampler=sampler, seed=0)
    for _ in range(15):
        trial = optimizer.ask()
        assert max(abs(x - 0.2) / 0.05 for x in trial.params.values()) <= MAX_DEVIATION
        optimizer.tell(trial, -sum(trial.params.values()))


def test_promise_28_unlikely_points_are_suggested_if_no_others_are_feasible():
    space = tt.SearchSpace(
        {"x": tt.Float(0, 1, prior=tt.Normal(0.2, 0.05)), "y": tt.Float(0, 1)},
        constraints=[tt.Linear({"x": 1}, lower=0.9)],
    )
    for sampler in ENDLESS:
        optimizer = tt.Optimizer(space, sampler=sampler, seed=0)
        for _ in range(7):
            optimizer.tell(optimizer.ask(), 0.0)
        assert all(trial.params["x"] >= 0.9 for trial in optimizer.trials)


@settings(max_examples=count(25, 300))
@given(
    low=st.floats(-1e3, 1e3),
    width=st.floats(1e-3, 1e3),
    mean=st.floats(0, 1),
    deviation=st.floats(1e-3, 2),
    sampler=st.sampled_from(ALL_SAMPLERS),
    seed=st.integers(0, 2**32),
)
def test_promise_28_any_normal_prior_is_kept(low, width, mean, deviation, sampler, seed):
    centre, std = low + mean * width, deviation * width
    values = search(tt.Float(low, low + width, prior=tt.Normal(centre, std)), sampler, LOSSES["rising"], 9, seed)
    assert max(abs(x - centre) / std for x in values) <= MAX_DEVIATION * (1 + 1e-6)
