"""The error for a point that violates a known constraint names its values and the constraint by the user's labels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import tanteo as tt
from tanteo.integrations.tables import from_frame

FORBIDDEN = tt.Forbid({"penalty": "l1", "solver": ["lbfgs"]})
CLASSIFIER: dict[str, Any] = {
    "penalty": tt.Categorical(["l2", "l1"]),
    "solver": tt.Categorical(["saga", "lbfgs"]),
    "c": tt.Float(0.0, 1.0),
}
SHARES: dict[str, Any] = {"a": tt.Float(0.0, 1.0), "b": tt.Float(0.0, 1.0), "c": tt.Float(0.0, 1.0)}
SUM = tt.Linear({"a": 1, "b": 1}, upper=1)
VIOLATION = (
    r"^the point \{'penalty': 'l1', 'solver': 'lbfgs'\} breaks Forbid\(\{'penalty': \['l1'\], 'solver': \['lbfgs'\]\}\)"
)


def classifier() -> tt.SearchSpace:
    return tt.SearchSpace(CLASSIFIER, constraints=[FORBIDDEN])


def without_solvers() -> tt.SearchSpace:
    """Return a space without a point; were the solver unconditional, the space would be refused."""
    solver = tt.Categorical(["saga", "lbfgs"], when={"penalty": ["l2", "l1"]})
    return tt.SearchSpace({**CLASSIFIER, "solver": solver}, constraints=[tt.Forbid({"solver": ["saga", "lbfgs"]})])


def enqueue(space: tt.SearchSpace, point: dict[str, Any]) -> tt.Optimizer:
    search = tt.Optimizer(space, sampler="random", seed=0)
    search.enqueue(point)
    return search


def test_a_complete_point_that_violates_a_constraint_is_refused() -> None:
    point = {"penalty": "l1", "solver": "lbfgs", "c": 0.5}
    with pytest.raises(tt.SpaceError, match=VIOLATION):
        classifier().validate(point)
    with pytest.raises(tt.SpaceError, match=VIOLATION):
        enqueue(classifier(), point)


@pytest.mark.parametrize("is_study", [False, True])
def test_a_result_of_a_configuration_outside_the_space_is_refused(is_study: bool, tmp_path: Path) -> None:
    """So neither ``best`` nor ``recommend()`` is ever one that a search was told not to try."""
    space = tt.SearchSpace({"a": tt.Int(1, 8), "b": tt.Int(1, 8)}, constraints=[tt.Order("a", "<=", "b")])

    def small(batch: Mapping[str, Any]) -> Any:
        return batch["a"] <= 6

    search = (
        tt.Study(tmp_path / "s.db", space, seed=0, allowed=small)
        if is_study
        else tt.Optimizer(space, seed=0, allowed=small)
    )
    for state in ("complete", "failed"):
        with pytest.raises(tt.SpaceError, match=r"^the point \{'a': 5, 'b': 1\} breaks Order\('a', '<=', 'b'\); check"):
            search.observe({"a": 5, "b": 1}, 1.0 if state == "complete" else None, state=state)
    with pytest.raises(tt.SpaceError, match=r"^allowed= refuses the point \{'a': 7, 'b': 8\}; check its values"):
        search.observe({"a": 7, "b": 8}, 1.0)
    assert search.observe({"a": 6, "b": 8}, 1.0) == 0
    left_aside = r"row 1: left aside, the point \{'a': 7, 'b': 1\} breaks Order"
    with pytest.warns(UserWarning, match=left_aside):
        imported = from_frame({"a": [3, 7], "b": [4, 1], "value": [1.0, 0.0]}, space)
    assert imported.best.value == 1.0


def test_a_partial_point_that_violates_a_constraint_is_refused() -> None:
    with pytest.raises(tt.SpaceError, match=VIOLATION):
        enqueue(classifier(), {"penalty": "l1", "solver": "lbfgs"})
    space = tt.SearchSpace(SHARES, constraints=[SUM])
    with pytest.raises(tt.SpaceError, match=r"^the point \{'a': 0\.7, 'b': 0\.8\} breaks Linear.*upper=1"):
        enqueue(space, {"a": 0.7, "b": 0.8})


def test_a_partial_point_that_cannot_be_completed_is_refused() -> None:
    equation = tt.Linear({"b": 1, "c": 1}, lower=1, upper=1)
    beyond = tt.Linear({"a": 1, "c": 1}, upper=0.5)
    space = tt.SearchSpace(SHARES, constraints=[equation, beyond])
    message = r"^the point \{'a': 0\.75\} cannot be completed: no values of 'c' .* Linear.*'c': 1\.0\}, upper=0\.5\)"
    with pytest.raises(tt.SpaceError, match=message):
        enqueue(space, {"a": 0.75})
    search = enqueue(space, {"a": 0.25})
    assert search.ask().params["a"] == 0.25


def test_the_error_for_a_point_without_constrained_values_names_all_its_values() -> None:
    space = without_solvers()
    with pytest.raises(tt.SpaceError, match=r"^the point \{'c': 0\.5\} cannot be completed.*'solver'.*Forbid.*'lbfgs'"):
        enqueue(space, {"c": 0.5})


def test_the_error_of_an_infeasible_space_names_the_constraint_with_labels() -> None:
    space = without_solvers()
    message = r"^no configuration satisfies the constraints.*loosen Forbid\(\{'solver': \['saga', 'lbfgs'\]\}\)"
    with pytest.raises(tt.SpaceError, match=message):
        space.sample(1, seed=0)
    with pytest.raises(tt.SpaceError, match=message):
        tt.Optimizer(space, sampler="random", seed=0).ask()
    with pytest.raises(tt.SpaceError, match=message):
        tt.Optimizer(space, sampler="random", seed=0).ask(2)


def test_a_refused_point_is_not_queued() -> None:
    search = tt.Optimizer(classifier(), sampler="random", seed=0)
    with pytest.raises(tt.SpaceError, match="breaks"):
        search.enqueue({"penalty": "l1", "solver": "lbfgs"})
    assert search.ask().params == tt.Optimizer(classifier(), sampler="random", seed=0).ask().params


@pytest.mark.parametrize(
    ("defaults", "message"),
    [
        (
            {"a": 0.75, "b": 0.5},
            r"the point of the defaults \{'a': 0\.75, 'b': 0\.5\} breaks Linear\(\{'a': 1\.0, 'b': 1\.0\}",
        ),
        ({"a": 1.0}, r"the point of the defaults \{'a': 1\.0\} cannot be completed: no values of 'b'"),
    ],
)
def test_defaults_that_violate_a_constraint_are_refused_at_declaration(
    defaults: dict[str, float], message: str
) -> None:
    parameters = {name: tt.Float(0.25, 1.0, default=defaults.get(name)) for name in "ab"}
    with pytest.raises(tt.SpaceError, match=message):
        tt.SearchSpace(parameters, constraints=[SUM])


def test_the_default_of_a_conditional_child_may_violate_a_constraint() -> None:
    child = tt.Float(0.0, 1.0, default=1.0, when={"on": True})
    space = tt.SearchSpace(
        {"on": tt.Categorical([True, False]), "a": tt.Float(0.0, 1.0, default=0.5), "b": child}, constraints=[SUM]
    )
    assert tt.Optimizer(space, seed=0).ask().params["a"] == 0.5


def test_the_error_for_exclusive_parameters_names_their_conditions() -> None:
    kind = tt.Categorical(["svm", "mlp", "forest"])
    c, depth = tt.Float(0, 1, when={"kind": ["svm", "mlp"]}), tt.Int(1, 3, when={"kind": ["mlp", "forest"]})
    trees = tt.Int(1, 9, when={"kind": "forest"})
    space = tt.SearchSpace({"kind": kind, "c": c, "depth": depth, "trees": trees})
    message = (
        r"'trees' and 'c' never exist together: 'trees' needs 'kind' to be \['forest'\], 'c' needs \['svm', 'mlp'\]"
    )
    with pytest.raises(tt.ParameterError, match=message):
        enqueue(space, {"c": 0.5, "trees": 3})
    assert enqueue(space, {"c": 0.5, "depth": 2}).ask().params["kind"] == "mlp"
