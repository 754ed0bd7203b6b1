"""What a result and a handle of Ray read of their search, and what they leave to it on purpose."""

from __future__ import annotations

import inspect
from typing import Any
from unittest.mock import create_autospec, sentinel

import pytest

import tanteo as tt
from tanteo.trials.ask_tell import SearchCalls
from tanteo.trials.delegating import Delegating
from tanteo.trials.results import Tables


def public(*kinds: type) -> set[str]:
    return {name for kind in kinds for name in dir(kind) if not name.startswith("_")}


#: What both leave to ``result.optimizer``, and to the copy or the study of a handle.
SETTINGS = {
    *("budget", "deduplicate", "directions", "max_violation_probability", "pausing", "pruner", "sampler", "seed"),
    "space",
}
FILES = {"from_bytes", "load", "save", "to_bytes"}
OF_STUDIES = {
    *("add_artifact", "annotate", "change_space", "close", "environment", "environment_changes", "environments"),
    *("exclude", "heartbeat", "include", "name", "path", "refresh", "settings"),
}
TAKEN_BACK = {"cancel", "retract"}
FOR_DEVELOPERS = {"stats", "view"}
LEFT_OUT = SETTINGS | FILES | OF_STUDIES | FOR_DEVELOPERS
#: A result does not go on, and what its search learned from is a setting of it. Its ``report`` is a page.
LEFT_OUT_OF_RESULTS = LEFT_OUT | TAKEN_BACK | public(SearchCalls) - {"report"} | {"pending", "earlier"}

SHARED = sorted(public(Delegating) - public(Tables))


def handles() -> type:
    """Return the class of handles of Ray; skip the test if Ray is not installed."""
    pytest.importorskip("ray")
    from tanteo.integrations.ray import RemoteOptimizer

    return RemoteOptimizer


def test_a_result_leaves_out_nothing_else() -> None:
    assert public(tt.Optimizer, tt.Study) - public(tt.Result) == LEFT_OUT_OF_RESULTS


def test_a_handle_leaves_out_nothing_else() -> None:
    assert public(tt.Optimizer, tt.Study) - public(handles()) == LEFT_OUT


@pytest.mark.parametrize("name", SHARED)
def test_what_is_delegated_takes_and_returns_what_the_search_does(name: str) -> None:
    search = create_autospec(tt.Optimizer, instance=True)
    result = tt.Result(search, stopped=None, wall_time=0.0)
    if isinstance(inspect.getattr_static(tt.Optimizer, name), property):
        assert getattr(result, name) is getattr(search, name)
        return
    arguments = _arguments(getattr(tt.Optimizer, name))
    assert arguments.keys() == _arguments(getattr(Delegating, name)).keys()
    assert getattr(result, name)(**arguments) is getattr(search, name).return_value
    getattr(search, name).assert_called_once_with(**arguments)


def _arguments(method: Any) -> dict[str, Any]:
    """Return a value for each argument of a method."""
    names = list(inspect.signature(method).parameters)[1:]
    return {name: getattr(sentinel, name) for name in names}


@pytest.mark.parametrize("name", [name for name in SHARED if callable(getattr(Delegating, name))])
def test_defaults_are_those_of_the_search(name: str) -> None:
    ours, theirs = (inspect.signature(getattr(kind, name)).parameters.values() for kind in (Delegating, tt.Optimizer))
    assert [(each.name, each.kind, each.default) for each in ours] == [
        (each.name, each.kind, each.default) for each in theirs
    ]


def test_a_handle_asks_a_copy_of_its_search(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = handles()
    search = tt.Optimizer({"x": tt.Int(0, 9)}, directions=["minimize", "maximize"], seed=0)
    for x in range(4):
        search.observe({"x": x}, [x, x**2])
    monkeypatch.setattr(kind, "optimizer", lambda _: search)
    handle = kind.__new__(kind)
    for reader in (handle, tt.Result(search, stopped=None, wall_time=0.0)):
        assert reader.objective_correlation().tolist() == [[1.0, -1.0], [-1.0, 1.0]]
        assert reader.predict([{"x": 5}], objective=1) == search.predict([{"x": 5}], objective=1) is not None
        assert reader.explain(search.front()[0]).trial == 0
        assert reader.to_dict(steps=True).keys() == search.to_dict(steps=True).keys()
