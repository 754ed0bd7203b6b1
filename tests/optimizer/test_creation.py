"""The arguments of `Optimizer`, and its representations."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tanteo as tt

SPACE = tt.SearchSpace({"x": tt.Float(0, 1)})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"direction": "min"}, "a direction is 'minimize' or 'maximize', got 'min'"),
        ({"direction": 0}, "a direction is 'minimize' or 'maximize', got 0"),
        (
            {"directions": []},
            r"directions must be a list with one entry per objective, or a mapping from their names, got \[\]",
        ),
        ({"directions": "minimize"}, "directions must be a list"),
        ({"directions": ["minimize", 1]}, "the direction of objective 1 is 'minimize' or 'maximize', got 1"),
        ({"directions": {"loss": "min"}}, "the direction of loss is 'minimize' or 'maximize', got 'min'"),
        ({"direction": "maximize", "directions": ["minimize"]}, "direction or directions, not both"),
        ({"direction": "minimize", "directions": ["maximize"]}, "direction or directions, not both"),
        ({"sampler": "magic"}, "sampler 'magic' is unknown; the built-in ones are 'random', 'sobol'"),
        ({"sampler": "TPE"}, "sampler 'TPE' is unknown, but 'tpe' is similar; the built-in ones are 'random'"),
        ({"pruner": "medain"}, "pruner 'medain' is unknown, but 'median' is similar; the built-in ones are"),
        ({"sampler": 3}, r"sampler must be a name.*got 3 \(int\)$"),
        ({"sampler": tt.samplers.TPE}, r"sampler must be a name.*TPE.*; write TPE\(\)$"),
        ({"sampler": None}, "sampler must be a name.*None"),
        ({"seed": -1}, "seed must be from 0 to .*got -1"),
        ({"seed": 2**64}, "seed must be from 0 to"),
        ({"seed": 0.5}, "seed must be an integer, got 0.5"),
        ({"seed": "0"}, "seed must be an integer, got '0'"),
        ({"seed": True}, "seed must be an integer, got True"),
        ({"deduplicate": 1}, "deduplicate must be True or False, got 1"),
    ],
)
def test_a_wrong_argument_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(tt.ArgumentError, match=message):
        tt.Optimizer(SPACE, **options)


def test_a_mapping_is_made_into_a_space() -> None:
    assert tt.Optimizer({"x": tt.Float(0, 1)}).space == SPACE
    with pytest.raises(tt.SpaceError, match=r"mapping.*got 3"):
        tt.Optimizer(3)


def test_the_arguments_can_be_read_back() -> None:
    optimizer = tt.Optimizer(SPACE, direction="maximize", sampler="tpe", seed=np.uint64(2**64 - 1), deduplicate=False)
    assert optimizer.space is SPACE
    assert optimizer.directions == ("maximize",)
    assert optimizer.sampler == tt.samplers.TPE()
    assert (optimizer.seed, type(optimizer.seed)) == (2**64 - 1, int)
    assert optimizer.deduplicate is False


def test_unseeded_searches_differ_and_expose_their_seed() -> None:
    first, second = (tt.Optimizer(SPACE, sampler="random") for _ in range(2))
    assert first.seed != second.seed
    assert first.ask().params != second.ask().params
    repeated = tt.Optimizer(SPACE, sampler="random", seed=first.seed)
    assert repeated.ask() == first.pending[0]


def test_the_repr_and_the_html_show_the_state() -> None:
    optimizer = tt.Optimizer({"<b>": tt.Categorical(["<i>"])}, seed=3, sampler="random", deduplicate=False)
    optimizer.tell(optimizer.ask(), 0.5)
    optimizer.ask()
    expected = "<Optimizer direction='minimize', sampler=Random(), seed=3: 2 trials, 1 pending, best 0.5>"
    assert repr(optimizer) == expected
    html = optimizer._repr_html_()
    assert "&lt;b&gt;" in html
    assert "&lt;i&gt;" in html
    assert "<b>" not in html
    several = tt.Optimizer(SPACE, directions=["minimize"] * 2, seed=3, sampler="random")
    several.tell(several.ask(), (1, 2))
    assert "directions=['minimize', 'minimize']" in repr(several)
    assert "1 in the Pareto front" in repr(several)
    assert "<td>1, 2</td>" in several._repr_html_()


def test_the_repr_shows_the_pruner_pausing_and_the_budget() -> None:
    optimizer = tt.Optimizer({"x": 1}, seed=3, sampler="random", pruner="wilcoxon", pausing=True, budget=9.0)
    expected = f"sampler=Random(), pruner={optimizer.pruner!r}, pausing=True, budget=9.0, seed=3"
    assert expected in repr(optimizer)
    default_repr = repr(tt.Optimizer({"x": 1}, seed=3))
    assert not any(name in default_repr for name in ("pruner", "pausing", "budget"))

    class Never:
        def decide(self, reports: object) -> bool:
            return False

        def __repr__(self) -> str:
            return "Never()"

    assert ", pruner=Never(), " in repr(tt.Optimizer({"x": 1}, pruner=Never()))


def test_the_html_lists_the_best_first() -> None:
    optimizer = tt.Optimizer(SPACE, direction="maximize", seed=3, sampler="random")
    for value in (1.0, 3.0, 2.0):
        optimizer.tell(optimizer.ask(), value)
    optimizer.tell(optimizer.ask(), 9.0, constraints={"c": 1})
    html = optimizer._repr_html_()
    assert html.index("<td>1</td><td>3</td>") < html.index("<td>2</td><td>2</td>") < html.index("<td>0</td><td>1</td>")
    assert "<td>9</td>" not in html


def test_the_html_has_a_column_for_each_parameter() -> None:
    space = {"kind": tt.Categorical(["a", "b"]), "rate": tt.Float(0.0, 1.0, when={"kind": "a"})}
    optimizer = tt.Optimizer(space, seed=3, sampler="random")
    optimizer.observe({"kind": "a", "rate": 1 / 3}, 1 / 7)
    optimizer.observe({"kind": "b"}, 2.0)
    html = optimizer._repr_html_()
    assert "<tr><th>trial</th><th>value</th><th>kind</th><th>rate</th></tr>" in html
    assert "<tr><td>0</td><td>0.142857</td><td>&#x27;a&#x27;</td><td>0.333333</td></tr>" in html
    assert "<tr><td>1</td><td>2</td><td>&#x27;b&#x27;</td><td></td></tr>" in html


def test_the_html_of_no_trials_has_no_table() -> None:
    assert "<table" not in tt.Optimizer(SPACE, seed=3)._repr_html_()


def test_stats_count_asks_and_fallbacks() -> None:
    optimizer = tt.Optimizer({"x": tt.Int(0, 1)}, sampler="random", seed=0)
    optimizer.ask(2)
    stats = optimizer.stats()
    assert stats["asked"] == 2
    assert stats["fallbacks"] == 0


#: The options of a search that have a default other than None.
OWN_DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(tt.Optimizer).parameters.items()
    if parameter.default not in (None, inspect.Parameter.empty)
}


def defaults_of_options(file: Path) -> dict[str, set[Any]]:
    """Return the defaults other than None that functions of a file give to arguments called as options of a search."""
    found: dict[str, set[Any]] = {}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            positional = node.args.posonlyargs + node.args.args
            with_default = positional[len(positional) - len(node.args.defaults) :] + node.args.kwonlyargs
            for argument, default in zip(with_default, node.args.defaults + node.args.kw_defaults, strict=True):
                if argument.arg in OWN_DEFAULTS and isinstance(default, ast.Constant) and default.value is not None:
                    found.setdefault(argument.arg, set()).add(default.value)
    return found


def test_integrations_have_the_defaults_of_the_optimizer():
    files = {file: defaults_of_options(file) for file in Path(tt.__file__).parent.rglob("integrations/**/*.py")}
    assert sum("sampler" in found for found in files.values()) > 3
    for file, found in files.items():
        assert found == {name: {OWN_DEFAULTS[name]} for name in found}, file
