"""``best`` is the same in every class; the parameters and the value of the best trial need no check for None."""

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
def test_without_a_best_trial_the_error_counts_the_other_trials(name: str) -> None:
    search = tt.Optimizer(SPACE, seed=0)
    first, _ = search.ask(2)
    search.tell(first, state="failed")
    with pytest.raises(tt.TrialStateError, match=f"{name} needs.*1 failed, 1 pending.*best is None"):
        getattr(search, name)
    assert search.best is None


@pytest.mark.parametrize("name", NAMES)
def test_with_several_objectives_the_error_is_the_same_everywhere(name: str) -> None:
    messages: list[str] = []

    def read_best(run: Any, trial: tt.FrozenTrial) -> None:
        with pytest.raises(tt.ArgumentError) as caught:
            _ = run.best
        messages.append(str(caught.value))

    objectives: Callable[..., object] = lambda params: (params["x"], -params["x"])  # noqa: E731 - short, and typed
    result = tt.minimize(objectives, SPACE, n_trials=2, seed=0, directions=["minimize"] * 2, callbacks=[read_best])
    for search in (result, result.optimizer):
        with pytest.raises(
            tt.ArgumentError, match=f"{name} needs one objective, .*has 2 .objective 0, objective 1.; pareto_front"
        ):
            getattr(search, name)
    (message,) = set(messages)
    assert message.startswith(
        "best needs one objective, and this search has 2 (objective 0, objective 1); pareto_front"
    )
    assert "Pareto front" in repr(result)
    assert result.gain is None
