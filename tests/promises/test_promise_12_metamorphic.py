"""Promise 12: irrelevant differences do not change the suggestions.

Every test runs a search and a transformed one, and requires that all suggestions are exactly equal.
"""

import math
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tanteo as tt
from support.profile import count
from support.searches import ENDLESS, bowl, mixed_loss, mixed_space, run, unit_square

seeds = st.integers(0, 2**64 - 1)
_few = settings(max_examples=count(5, 50))


@pytest.mark.parametrize("sampler", ENDLESS)
@_few
@given(seed=seeds)
def test_promise_12_maximizing_is_minimizing_the_negative(sampler, seed):
    down = tt.Optimizer(mixed_space(), sampler=sampler, seed=seed, direction="minimize")
    up = tt.Optimizer(mixed_space(), sampler=sampler, seed=seed, direction="maximize")
    assert run(down, 40, mixed_loss) == run(up, 40, lambda params: -mixed_loss(params))
    assert down.best.value == -up.best.value


@pytest.mark.parametrize("exponent", [20, -20])
@pytest.mark.parametrize("sampler", ENDLESS)
@_few
@given(seed=seeds)
def test_promise_12_scaling_by_a_power_of_two_changes_nothing(sampler, exponent, seed):
    plain = tt.Optimizer(mixed_space(), sampler=sampler, seed=seed)
    scaled = tt.Optimizer(mixed_space(), sampler=sampler, seed=seed)
    assert run(plain, 40) == run(scaled, 40, lambda params: math.ldexp(mixed_loss(params), exponent))


def suggestions_after(sampler: str, seed: int, losses: Callable[[list[float]], list[float]]) -> list[dict[str, Any]]:
    """Return the suggestions after 40 observed results with transformed losses."""
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=seed)
    points = unit_square().sample(40, seed=seed % 1000)
    for params, value in zip(points, losses([bowl(p) for p in points]), strict=True):
        optimizer.observe(params, value)
    return [trial.params for trial in optimizer.ask(5)]


def stretch_the_worse_half(values: list[float]) -> list[float]:
    median_value = median(values)
    return [value if value <= median_value else median_value + 1000 * (value - median_value) ** 3 for value in values]


@pytest.mark.parametrize("sampler", ENDLESS)
@_few
@given(seed=seeds)
def test_promise_12_stretching_the_worse_half_changes_nothing(sampler, seed):
    assert suggestions_after(sampler, seed, list) == suggestions_after(sampler, seed, stretch_the_worse_half)


@pytest.mark.parametrize("sampler", ENDLESS)
@settings(max_examples=count(10, 100))
@given(seed=seeds, order=st.permutations(range(30)))
def test_promise_12_the_order_of_tells_changes_nothing(sampler, seed, order):
    suggested = []
    for sequence in (range(30), order):
        optimizer = tt.Optimizer(mixed_space(), sampler=sampler, seed=seed)
        trials = optimizer.ask(30)
        for k in sequence:
            failed = k % 7 == 3
            optimizer.tell(trials[k], None if failed else mixed_loss(trials[k].params))
        suggested.append(run(optimizer, 10))
        assert (
            optimizer.best.id
            == min(
                (trial for trial in optimizer.trials if trial.value is not None),
                key=lambda trial: (trial.value, trial.id),
            ).id
        )
    assert suggested[0] == suggested[1]


def suggestions_under(sampler: str, n_objectives: int, factor: float, n_copies: int = 0) -> list[dict[str, Any]]:
    """Return suggestions under two constraints, of which one has another unit, and copies of the other one.

    Few random points satisfy both.
    """
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=0, directions=["minimize"] * n_objectives)
    suggested = []
    for _ in range(30):
        trial = optimizer.ask()
        suggested.append(trial.params)
        x, y = trial.params["x"], trial.params["y"]
        told = {"near": abs(x - 0.7) - 0.1, "far": factor * (y - 0.2 - 0.1 * x)}
        told |= {f"near{k}": math.ldexp(told["near"], 20 * k) for k in range(n_copies)}
        optimizer.tell(trial, [bowl(trial.params), x][:n_objectives], constraints=told)
    return suggested


@pytest.mark.parametrize("n_objectives", [1, 2])
@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_12_the_unit_of_a_constraint_changes_nothing(sampler, n_objectives):
    plain, large, small = (suggestions_under(sampler, n_objectives, f) for f in (1.0, 2.0**20, 2.0**-20))
    assert plain == large == small


@pytest.mark.parametrize("n_objectives", [1, 2])
@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_12_copies_of_a_constraint_change_nothing(sampler, n_objectives):
    once, thrice = (suggestions_under(sampler, n_objectives, 1.0, n_copies) for n_copies in (0, 2))
    assert once == thrice


def turned(given: dict[str, Any]) -> dict[str, Any]:
    """Return the dict with its keys in reverse order."""
    return dict(reversed(given.items()))


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_12_the_order_of_keys_that_are_given_changes_nothing(sampler):
    def suggested(order: Callable[[dict[str, Any]], dict[str, Any]]) -> list[dict[str, Any]]:
        directions = {"loss": "minimize", "gain": "maximize"}
        optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=0, directions=directions)
        optimizer.observe(order({"x": 0.2, "y": 0.9}), order({"loss": 1.0, "gain": 0.5}))
        optimizer.enqueue(order({"x": 0.6, "y": 0.3}))
        for _ in range(20):
            trial = optimizer.ask()
            x, y = trial.params["x"], trial.params["y"]
            results = order({"loss": bowl(trial.params), "gain": x})
            optimizer.tell(trial, results, constraints=order({"near": abs(x - 0.7) - 0.1, "far": y - 0.2 - 0.1 * x}))
        return [trial.params for trial in optimizer.trials]

    assert suggested(dict) == suggested(turned)


def renamed(params: Any) -> Any:
    """Spell the names backwards, in every group."""
    return {key[::-1]: renamed(value) if isinstance(value, dict) else value for key, value in params.items()}


@pytest.mark.parametrize("sampler", ENDLESS)
@_few
@given(seed=seeds)
def test_promise_12_names_change_nothing(sampler, seed):
    def space(rename: Callable[[str], str]) -> tt.SearchSpace:
        return tt.SearchSpace(
            {
                rename("kind"): tt.Categorical(["a", "b", "c"]),
                rename("group"): {rename("x"): tt.Float(0, 1), rename("n"): tt.Int(1, 100, log=True)},
                rename("zoom"): tt.Float(0, 1, when={rename("kind"): ["a", "b"]}),
            }
        )

    def loss(params: dict[str, Any]) -> float:
        return float(params["group"]["x"] + params["group"]["n"] + params.get("zoom", 0))

    plain = tt.Optimizer(space(str), sampler=sampler, seed=seed)
    backwards = tt.Optimizer(space(lambda name: name[::-1]), sampler=sampler, seed=seed)
    assert [renamed(params) for params in run(plain, 40, loss)] == run(
        backwards, 40, lambda params: loss(renamed(params))
    )


@pytest.mark.parametrize("sampler", ["tpe", "auto"])
def test_promise_12_other_losses_change_the_suggestions(sampler):
    """The comparisons above can fail: the suggestions depend on the losses."""
    negated = suggestions_after(sampler, 1, lambda values: [-value for value in values])
    assert suggestions_after(sampler, 1, list) != negated


def distances(params: dict[str, Any], n: int) -> list[float]:
    """Return squared distances to ``n`` points."""
    return [(params["x"] - 0.2 * k) ** 2 + (params["y"] - 1.0 + 0.3 * k) ** 2 for k in range(n)]


def suggestions_for(
    sampler: str,
    directions: list[str],
    tell: Callable[[list[float]], list[float]] = list,
    thresholds: list[float] | None = None,
) -> list[dict[str, Any]]:
    """Return the suggestions of a search that is told transformed objectives."""
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=0, directions=directions, thresholds=thresholds)
    return run(optimizer, 30, lambda params: tell(distances(params, len(directions))))


@pytest.mark.parametrize("n_objectives", [2, 3, 5])
@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_12_unit_direction_and_order_of_objectives_change_nothing(sampler, n_objectives):
    down = ["minimize"] * n_objectives
    plain = suggestions_for(sampler, down)
    assert suggestions_for(sampler, down, lambda y: [math.ldexp(y[0], 20), *y[1:]]) == plain
    assert suggestions_for(sampler, ["maximize", *down[1:]], lambda y: [-y[0], *y[1:]]) == plain
    assert suggestions_for(sampler, down, lambda y: y[::-1]) == plain


@pytest.mark.parametrize("decimals", [1, 2, 12])
@pytest.mark.parametrize("n_objectives", [2, 3, 5])
@pytest.mark.parametrize(
    "sampler", [tt.samplers.NSGA2(population_size=4), tt.samplers.NSGA3(population_size=4), "tpe"], ids=repr
)
def test_promise_12_the_order_of_objectives_breaks_no_tie(sampler, n_objectives, decimals):
    """Over many generations. With rounded values, many trials are equally good."""

    def suggestions(seed: int, order: int) -> list[dict[str, Any]]:
        space = {"x": tt.Float(0, 1, step=0.05), "y": tt.Float(0, 1)}
        optimizer = tt.Optimizer(space, sampler=sampler, seed=seed, directions=["minimize"] * n_objectives)
        return run(optimizer, 60, lambda params: [round(y, decimals) for y in distances(params, n_objectives)][::order])

    for seed in range(count(6, 30)):
        assert suggestions(seed, 1) == suggestions(seed, -1)


@pytest.mark.parametrize("sampler", ["gp", "auto"])
def test_promise_12_the_order_of_objectives_with_equal_ranks_and_different_thresholds_changes_nothing(sampler):
    proportional, thresholds = (lambda y: [y[0], 2.0 * y[0]]), [0.3, 0.2]
    plain = suggestions_for(sampler, ["minimize"] * 2, proportional, thresholds)
    reversed_ = suggestions_for(sampler, ["minimize"] * 2, lambda y: proportional(y)[::-1], thresholds[::-1])
    assert reversed_ == plain


@pytest.mark.parametrize("n_objectives", [2, 3, 5])
@pytest.mark.parametrize("sampler", ENDLESS)
@pytest.mark.parametrize(
    "tell",
    [lambda y: y[:1] * len(y), lambda y: [1.0] * len(y), lambda y: [y[0], *[1.0] * (len(y) - 1)]],
    ids=["copies", "equal", "one varies"],
)
def test_objectives_that_tell_nothing_do_not_fail(sampler, n_objectives, tell):
    suggested = suggestions_for(sampler, ["minimize"] * n_objectives, tell)
    assert len({tuple(params.values()) for params in suggested}) == len(suggested)


@pytest.mark.parametrize("n_objectives", [2, 3, 5])
@pytest.mark.parametrize("sampler", ENDLESS)
def test_a_search_without_a_feasible_trial_or_with_nan_in_one_objective_goes_on(sampler, n_objectives):
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=0, directions=["minimize"] * n_objectives)
    for k in range(30):
        trial = optimizer.ask()
        y = distances(trial.params, n_objectives)
        optimizer.tell(trial, [math.nan, *y[1:]] if k % 3 == 1 else y, constraints={"c": 1.0 + trial.params["x"]})
    assert optimizer.pareto_front == []
    assert {trial.state for trial in optimizer.trials} == {"complete", "failed"}
    assert len({tuple(trial.params.values()) for trial in optimizer.trials}) == 30
