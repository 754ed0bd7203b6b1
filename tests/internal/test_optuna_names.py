"""Names of Optuna that somebody uses by habit."""

from __future__ import annotations

import copy
import pickle
import re
from typing import Any

import pytest

import tanteo as tt
from tanteo._internal.optuna_names import OURS, hint
from tanteo.run.objective import RunningTrial


def owners() -> dict[str, Any]:
    result = tt.minimize(lambda p: p["x"], {"x": tt.Float(0.0, 1.0)}, n_trials=2, seed=0, progress=False)
    running = RunningTrial(0, {"x": 0.5}, lambda *arguments: None)
    search = result.optimizer
    return {"result": result, "search": search, "trial": search.ask(), "frozen": result.trials[0], "running": running}


@pytest.mark.parametrize(
    ("owner", "name", "ours"),
    [
        ("search", "enqueue_trial", r"enqueue\(params\)"),
        ("search", "optimize", r"tt\.minimize"),
        ("result", "best_trial", "best$"),
        ("result", "trials_dataframe", r"to_pandas\(\)"),
        ("trial", "suggest_float", r"params\[name\]"),
        ("running", "suggest_int", r"params\[name\]"),
        ("frozen", "user_attrs", "attrs"),
        ("frozen", "number", "id"),
    ],
)
def test_a_name_of_optuna_is_answered_with_ours(owner: str, name: str, ours: str) -> None:
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'; in place of Optuna's {name} write {ours}"):
        getattr(owners()[owner], name)


def test_a_hint_names_only_what_its_owner_has() -> None:
    found = {
        name: {theirs: hint(theirs, dir(owner)) for theirs in OURS} for name, owner in {**owners(), "tt": tt}.items()
    }
    for name, owner in {**owners(), "tt": tt}.items():
        for ours in (OURS[theirs] for theirs, text in found[name].items() if text):
            first, *rest = re.split(r"\W", ours)
            assert hasattr(tt, rest[0]) if first == "tt" else hasattr(owner, first), (name, ours)
    assert all(any(hints[theirs] for hints in found.values()) for theirs in OURS)
    with pytest.raises(AttributeError, match=r"has no attribute 'best_trial'$"):
        _ = owners()["frozen"].best_trial


def test_the_package_knows_names_of_optuna_too() -> None:
    package: Any = tt
    with pytest.raises(AttributeError, match=r"in place of Optuna's create_study write tt\.Study\(path, space\)"):
        _ = package.create_study
    with pytest.raises(AttributeError, match=r"in place of Optuna's TrialPruned write tt\.Pruned"):
        _ = package.TrialPruned


def test_no_name_of_optuna_is_one_of_ours_and_other_names_are_unknown_as_ever() -> None:
    for owner in (*owners().values(), tt):
        assert not any(hasattr(owner, name) for name in OURS)
    for owner in owners().values():
        with pytest.raises(AttributeError, match=r"has no attribute 'nothing'$"):
            _ = owner.nothing


def test_an_error_inside_a_property_is_kept() -> None:
    class Broken(RunningTrial):
        @property
        def loss(self) -> float:
            return self.params.lower  # type: ignore[attr-defined, no-any-return]  # the mistake

    with pytest.raises(AttributeError, match="'dict' object has no attribute 'lower'"):
        _ = Broken(0, {}, lambda *arguments: None).loss


def test_copies_and_pickles_are_made_as_before() -> None:
    for name in ("search", "trial", "frozen", "running"):
        owner = owners()[name]
        assert type(copy.deepcopy(owner)) is type(pickle.loads(pickle.dumps(owner))) is type(owner)


def test_a_result_has_the_table_of_its_search() -> None:
    pytest.importorskip("pandas")
    result = owners()["result"]
    assert result.to_pandas().equals(result.optimizer.to_pandas())
