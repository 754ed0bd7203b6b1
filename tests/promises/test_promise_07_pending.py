"""Promise 7: asks without tells stay apart; 200 pending never fail; an exhausted space raises `SpaceExhausted`."""

import pytest

import tanteo as tt
from support.searches import ENDLESS, SAMPLERS, bowl, run, unit_square, with_many_levels


def ask_often(optimizer: tt.Optimizer, n: int) -> None:
    for _ in range(n):
        optimizer.ask()


def apart(trials: list[tt.Trial]) -> int:
    """How many different configurations there are."""
    return len({repr(trial.params) for trial in trials})


@pytest.mark.parametrize("told", [0, 30])
@pytest.mark.parametrize("sampler", ENDLESS)
@pytest.mark.parametrize("batch", [True, False])
def test_promise_7_twenty_pending_in_a_continuous_space(sampler, told, batch):
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=0)
    run(optimizer, told, bowl)
    assert apart(optimizer.ask(20) if batch else [optimizer.ask() for _ in range(20)]) >= 15


@pytest.mark.parametrize("told", [0, 30])
@pytest.mark.parametrize("sampler", [*ENDLESS, "grid"])
def test_promise_7_twenty_pending_in_a_discrete_space_are_all_different(sampler, told):
    space = tt.SearchSpace({"a": tt.Int(0, 9), "b": tt.Categorical(list("abcdefgh"))})
    optimizer = tt.Optimizer(space, sampler=with_many_levels(sampler), seed=0)
    run(optimizer, told, lambda params: float(params["a"]))
    assert apart([optimizer.ask() for _ in range(20)]) == 20
    assert apart(list(optimizer.trials)) == told + 20


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_7_two_hundred_pending(sampler):
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=0)
    run(optimizer, 20, bowl)
    trials = [optimizer.ask() for _ in range(200)]
    assert [trial.id for trial in optimizer.pending] == [trial.id for trial in trials]
    for trial in trials:
        optimizer.tell(trial, bowl(trial.params))
    assert not optimizer.pending


@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize("sampler", [*ENDLESS, "grid"])
def test_promise_7_every_configuration_then_exhausted(sampler, tells):
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
    before = optimizer.to_bytes()
    for n in (None, 1, 5):
        with pytest.raises(tt.SpaceExhausted):
            optimizer.ask(n)
    assert optimizer.to_bytes() == before


@pytest.mark.parametrize("sampler", ["grid", "one_at_a_time"])
def test_promise_7_designs_end(sampler):
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=1)
    with pytest.raises(tt.SpaceExhausted):
        ask_often(optimizer, 10_000)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_promise_7_duplicates_are_allowed_if_asked_for(sampler):
    optimizer = tt.Optimizer(tt.SearchSpace({"a": tt.Int(1, 2)}), sampler=sampler, seed=1, deduplicate=False)
    if sampler in ENDLESS:
        assert len(optimizer.ask(10)) == 10
