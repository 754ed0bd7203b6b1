"""The best trial is the same thing everywhere, and what it consists of can be had without a check for None."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import tanteo as tt

SPACE = {"x": tt.Int(0, 9)}
NAMES = ("best", "best_params", "best_value")


def test_params_and_value_of_the_best_trial() -> None:
    result = tt.maximize(lambda params: float(params["x"]), SPACE, n_trials=10, seed=0)
    for search in (result, result.optimizer):
        assert search.best_params == search.best.params == {"x": 9}
        assert search.best_value == search.best.value == 9.0


@pytest.mark.parametrize("name", ["best_params", "best_value"])
def test_without_a_best_trial_the_error_says_what_there_is(name: str) -> None:
    search = tt.Optimizer(SPACE, seed=0)
    first, _ = search.ask(2)
    search.tell(first, state="failed")
    with pytest.raises(tt.TrialStateError, match=f"{name} needs.*1 failed, 1 pending.*best is None"):
        getattr(search, name)
    assert search.best is None


@pytest.mark.parametrize("name", NAMES)
def test_with_several_objectives_it_is_the_same_error_everywhere(name: str) -> None:
    seen: list[str] = []

    def look(run: Any, trial: tt.FrozenTrial) -> None:
        with pytest.raises(tt.ArgumentError) as caught:
            _ = run.best
        seen.append(str(caught.value))

    both: Callable[..., object] = lambda params: (params["x"], -params["x"])  # noqa: E731 - short, and typed
    result = tt.minimize(both, SPACE, n_trials=2, seed=0, directions=["minimize"] * 2, callbacks=[look])
    for search in (result, result.optimizer):
        with pytest.raises(tt.ArgumentError, match=f"{name} needs a single direction.*has 2; use pareto_front"):
            getattr(search, name)
    assert set(seen) == {"best needs a single direction, and this search has 2; use pareto_front"}
    assert "Pareto front" in repr(result)
    assert result.gain is None
