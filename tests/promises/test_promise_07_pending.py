"""Promise 7: pending trials stay apart, 200 of them never fail, and an exhausted space raises `SpaceExhausted`."""

import pytest

import tanteo as tt
from support.searches import ENDLESS, SAMPLERS, bowl, run, unit_square, with_many_levels


def ask_repeatedly(optimizer: tt.Optimizer, n: int) -> None:
    for _ in range(n):
        optimizer.ask()


def n_distinct(trials: list[tt.Trial]) -> int:
    """Return the number of different configurations."""
    return len({repr(trial.params) for trial in trials})


@pytest.mark.parametrize("n_told", [0, 30])
@pytest.mark.parametrize("sampler", ENDLESS)
@pytest.mark.parametrize("batch", [True, False])
def test_promise_7_twenty_pending_in_a_continuous_space_stay_apart(sampler, n_told, batch):
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=0)
    run(optimizer, n_told, bowl)
    assert n_distinct(optimizer.ask(20) if batch else [optimizer.ask() for _ in range(20)]) >= 15


@pytest.mark.parametrize("n_told", [0, 30])
@pytest.mark.parametrize("sampler", [*ENDLESS, "grid"])
def test_promise_7_twenty_pending_in_a_discrete_space_are_all_different(sampler, n_told):
    space = tt.SearchSpace({"a": tt.Int(0, 9), "b": tt.Categorical(list("abcdefgh"))})
    optimizer = tt.Optimizer(space, sampler=with_many_levels(sampler), seed=0)
    run(optimizer, n_told, lambda params: float(params["a"]))
    assert n_distinct([optimizer.ask() for _ in range(20)]) == 20
    assert n_distinct(list(optimizer.trials)) == n_told + 20


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_7_two_hundred_trials_may_be_pending(sampler):
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=0)
    run(optimizer, 20, bowl)
    trials = [optimizer.ask() for _ in range(200)]
    assert [trial.id for trial in optimizer.pending] == [trial.id for trial in trials]
    for trial in trials:
        optimizer.tell(trial, bowl(trial.params))
    assert not optimizer.pending


@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize("sampler", [*ENDLESS, "grid"])
def test_promise_7_every_configuration_is_suggested_before_the_space_is_exhausted(sampler, tells):
    space = tt.SearchSpace(
        {
            "a": tt.Int(0, 4),
            "b": tt.Categorical([True, 1, 1.0], when={"a": tt.at_most(1)}),
            "c": tt.Float(0, 0.3, step=0.1),
            "d": tt.Ordinal(["one"]),
        },
        constraints=[tt.Forbid({"a": 4, "c": 0.1})],
    )
    expected = {repr(params) for params in space.grid(10)}
    assert len(expected) == (2 * 3 + 3) * 4 - 1 == space.size
    optimizer = tt.Optimizer(space, sampler=sampler, seed=1)
    for _ in range(len(expected)):
        trial = optimizer.ask()
        if tells:
            optimizer.tell(trial, float(trial.params["a"]))
    assert {repr(trial.params) for trial in optimizer.trials} == expected
    snapshot = optimizer.to_bytes()
    for n in (None, 1, 5):
        with pytest.raises(tt.SpaceExhausted):
            optimizer.ask(n)
    assert optimizer.to_bytes() == snapshot


@pytest.mark.parametrize("sampler", ["grid", "one_at_a_time"])
def test_promise_7_designs_are_exhausted(sampler):
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=1)
    with pytest.raises(tt.SpaceExhausted):
        ask_repeatedly(optimizer, 10_000)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_promise_7_duplicates_are_allowed_without_deduplication(sampler):
    optimizer = tt.Optimizer(tt.SearchSpace({"a": tt.Int(1, 2)}), sampler=sampler, seed=1, deduplicate=False)
    n_points = 10 if sampler in ENDLESS else 2  # a design has each point once
    assert len(optimizer.ask(10)) == n_points
