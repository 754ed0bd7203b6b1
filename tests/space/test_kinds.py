"""A kind of parameter is one class: tables, figures and other libraries ask it, and nothing asks which kind it is."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import tanteo as tt
from tanteo._internal.immutable import immutable
from tanteo.earlier.mapping import EarlierRow, Source, mapped
from tanteo.plotting.parameter_axes import axes_of
from tanteo.space.parameters import KINDS
from tanteo.space.parameters.choice import _Choice
from tanteo.testing.domain import domain_fault, levels

ROOT = Path(__file__).parents[2]
NAMES = {kind.__name__ for kind in KINDS}


@immutable
class Switch(_Choice):
    """A kind that the package does not know: off or on."""

    choices: tuple = (False, True)
    when: dict | None = None
    default: object = None

    def _checked(self, subject):
        return Switch(self._checked_labels(subject), self.when, self._checked_default(subject))

    def _domain(self):
        return ("ordered", 2)


def test_a_new_kind_needs_only_its_class():
    search = tt.Optimizer({"x": tt.Float(0, 1), "on": Switch(), "depth": tt.Int(1, 9, when={"on": True})}, seed=0)
    for trial in search.ask(12):
        search.tell(trial, trial.params["x"] + trial.params["on"])
    assert {type(value) for value in search.to_dict()["params/on"]} <= {bool, np.bool_}
    assert axes_of(search, ["on"], np.arange(12))[0].labels == ["False", "True"]
    assert set(tt.importance.param_importances(search)) == {"x", "on", "depth"}
    assert levels(search.space["on"]) == [False, True]
    assert domain_fault(search.space["on"], 1) == "is not one of the choices"
    rows = Source((EarlierRow({"x": 0.5, "on": False}, 1.0, True),))
    assert mapped(rows, search.space)[0][0][:2] == [0.5, 0]


def test_other_libraries_have_a_counterpart_of_a_new_kind():
    optuna = pytest.importorskip("optuna", reason="optuna is not installed")
    from tanteo.integrations.optuna import to_optuna

    search = tt.Optimizer({"on": Switch()}, seed=0)
    search.tell(search.ask(), 1.0)
    (trial,) = to_optuna(search).trials
    assert trial.distributions == {"on": optuna.distributions.CategoricalDistribution((False, True))}


def trees(folder):
    return [(path.relative_to(ROOT), ast.parse(path.read_text())) for path in sorted((ROOT / folder).rglob("*.py"))]


def kind_tests(tree):
    """The calls of `isinstance` that ask for a kind of parameter."""
    calls = (
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance"
    )
    return [call for call in calls if any(getattr(name, "id", "") in NAMES for name in ast.walk(call.args[1]))]


def test_nothing_asks_which_kind_a_parameter_is():
    assert [path for path, tree in trees("python/tanteo") if kind_tests(tree)] == []
    assert len(kind_tests(ast.parse("isinstance(p, Int) or isinstance(p, a.Parameter | Float)"))) == 2


def test_contributing_names_every_file_that_knows_a_kind():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    section = text.partition("### A kind of parameter")[2].partition("\nThe core knows")[0]
    named = re.findall(r"`((?:[\w.]+/)+[\w.]*|\w+\.md)`", section)
    usual = re.findall(r"`((?:[\w.]+/)+[\w.]*|\w+\.md)`", section.partition("Only in some cases")[0])
    assert len(usual) + 1 <= 12, "CHANGELOG.md is another file"
    # Examples and checks may use any kinds.
    users = ("python/tanteo/demo/", "python/tanteo/testing/checks/", "tests/support/searches.py")
    found = [
        str(path)
        for path, tree in (*trees("python/tanteo"), *trees("tests/support"))
        if any(
            getattr(node, "id", None) == "Ordinal" or getattr(node, "name", None) == "Ordinal"
            for node in ast.walk(tree)
        )
        or any(isinstance(node, ast.Constant) and node.value == "Ordinal" for node in ast.walk(tree))
    ]
    assert "python/tanteo/space/parameters/choice.py" in found
    assert [path for path in found if not path.startswith((*named, *users))] == []
