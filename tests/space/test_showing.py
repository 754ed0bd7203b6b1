"""Showing a choice never raises, in a repr or an error message, and huge integers stay exact."""

from __future__ import annotations

import csv
import io
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tanteo as tt
from tanteo._internal.text import printable, safe_repr
from tanteo.cli import main
from tanteo.space.difference import space_difference

HUGE = 10**5000


class Mute:
    """A choice whose repr and str raise."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")

    __str__ = __repr__


def recursive() -> list[Any]:
    choice: list[Any] = [Mute()]
    choice.append(choice)
    return choice


def deep() -> list[Any]:
    choice: list[Any] = []
    for _ in range(100_000):
        choice = [choice]
    return choice


CHOICES: dict[str, Any] = {
    "mute": Mute(),
    "mute inside": [{"a": (Mute(), 1)}],
    "huge": HUGE,
    "negative": -HUGE,
    "huge inside": (HUGE, [HUGE]),
    "recursive": recursive(),
    "deep": deep(),
}


@pytest.mark.parametrize("choice", CHOICES.values(), ids=CHOICES)
def test_showing_a_choice_never_raises(choice: Any) -> None:
    parameter = tt.Categorical(["a", choice], default=choice)
    space = tt.SearchSpace(
        {
            "c": parameter,
            "o": tt.Ordinal([choice, "b"]),
            "x": tt.Float(0.0, 1.0, when={"c": [choice]}),
            "k": tt.Constant(choice),
        },
        constraints=[tt.Forbid({"c": choice, "o": tt.at_least("b")})],
    )
    search = tt.Optimizer(
        space, seed=0, sampler=tt.samplers.OneAtATime(base={"c": choice, "o": choice, "x": 0.5, "k": choice})
    )
    trial = search.ask()
    search.tell(trial, 1.0)
    for item in (parameter, space, search, trial, search.best, tt.at_least(choice), space.constraints[0]):
        assert len(repr(item)) > 10
    assert "<table>" in search._repr_html_()
    result = tt.minimize(lambda params: 0.0, space, n_trials=2, seed=0)
    assert "best value" in repr(result)
    assert "best value" in result._repr_html_()


ERRORS: dict[str, Callable[[Any], object]] = {
    "unknown choice": lambda value: tt.SearchSpace({"c": tt.Categorical(["a", -HUGE])}).validate({"c": value}),
    "unknown name": lambda value: tt.SearchSpace({"c": tt.Int(0, 1)}).validate({value: 1}),
    "twice": lambda value: tt.SearchSpace({"c": tt.Categorical([value, value])}),
    "range": lambda value: tt.SearchSpace(
        {"c": tt.Categorical([1, 2]), "x": tt.Int(0, 1, when={"c": tt.at_least(value)})}
    ),
    "bound": lambda value: tt.SearchSpace({"c": tt.Int(0, value)}),
    "step": lambda value: tt.SearchSpace({"c": tt.Int(0, 9, step=value)}),
    "constant": lambda value: tt.SearchSpace({"c": 1}).validate({"c": value}),
    "inactive": lambda value: tt.SearchSpace(
        {"c": tt.Categorical([1, value]), "x": tt.Int(0, 1, when={"c": value})}
    ).validate({"c": 1, "x": 0}),
    "seed": lambda value: tt.Optimizer({"c": tt.Int(0, 1)}, seed=value),
    "direction": lambda value: tt.Optimizer({"c": tt.Int(0, 1)}, direction=value),
    "n": lambda value: tt.Optimizer({"c": tt.Int(0, 1)}).ask(value),
    "value": lambda value: tt.Optimizer({"c": tt.Int(0, 1)}).observe({"c": 0}, value),
    "id": lambda value: tt.Optimizer({"c": tt.Int(0, 1)}).tell(value, 1.0),
    "path": lambda value: tt.Optimizer({"c": tt.Int(0, 1)}).save(value),
    "objective": lambda value: tt.minimize(value, {"c": tt.Int(0, 1)}, n_trials=1),
    "n_trials": lambda value: tt.minimize(lambda p: 0.0, {"c": tt.Int(0, 1)}, n_trials=value, timeout=value),
}


@pytest.mark.parametrize("value", [Mute(), HUGE], ids=["mute", "huge"])
@pytest.mark.parametrize("call", ERRORS.values(), ids=ERRORS)
def test_an_error_about_a_value_without_a_repr_is_a_tanteo_error(call: Callable[[Any], object], value: Any) -> None:
    with pytest.raises(tt.TanteoError, match=rf"without a repr|{hex(HUGE)[:12]}|<no repr>"):
        call(value)


def test_huge_integers_survive_json_and_bytes() -> None:
    space = tt.SearchSpace({"c": tt.Categorical([HUGE, -HUGE, 10**4299, (HUGE, "a")]), "k": tt.Constant([HUGE])})
    assert tt.SearchSpace.from_json(space.to_json()) == space
    search = tt.Optimizer(space, seed=0)
    search.tell(search.ask(), 1.0)
    for restored in (tt.Optimizer.from_bytes(search.to_bytes()), pickle.loads(pickle.dumps(search))):
        assert restored.space == space
        assert list(restored.trials) == list(search.trials)
    assert tt.Optimizer.from_bytes(search.to_bytes(), space=space).space is space
    assert "c" in str(
        space_difference(
            space, tt.SearchSpace({"c": tt.Categorical([HUGE]), "k": tt.Constant([HUGE])}), ("here", "there")
        )
    )
    # An integer that older versions wrote as a decimal number is still written as one.
    assert json.loads(space.to_json())["parameters"][0][1]["Categorical"]["choices"]["tuple"][2] == 10**4299


def test_tables_keep_huge_integers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    search = tt.Optimizer({"c": tt.Categorical([HUGE, -HUGE])}, seed=0)
    search.tell(search.ask(), 1.0)
    assert abs(search.to_dict()["params/c"][0]) == HUGE
    assert abs(search.to_pandas()["params/c"][0]) == HUGE
    assert abs(search.to_polars()["params/c"][0]) == HUGE
    assert abs(int(json.loads(search.to_json())["params/c"][0], 16)) == HUGE
    search.save(tmp_path / "search")
    assert main(["export", str(tmp_path / "search")]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert abs(int(row["params/c"], 16)) == HUGE


def test_values_with_a_repr_are_shown_by_it() -> None:
    for value in (1, "a", [1, (2,)], {"a": {1.5}}, None):
        assert safe_repr(value) == repr(value)
    assert safe_repr([1, Mute()]) == "[1, <Mute without a repr>]"
    assert safe_repr((HUGE,)) == f"({hex(HUGE)},)"
    assert safe_repr({1: Mute()}) == "{1: <Mute without a repr>}"


def test_printable_characters_stay_and_others_are_escaped() -> None:
    assert printable("déjà vu \N{SNOWMAN}") == "déjà vu \N{SNOWMAN}"
    assert printable("a\x1b\n\x9b\u202e\ud800") == r"a\x1b\n\x9b\u202e\ud800"
