"""Export of all trials by column: NumPy, pandas, polars and JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tanteo as tt
import tanteo.integrations.tables

BIG = 2**63 + 5


def make_search() -> tt.Optimizer:
    space = tt.SearchSpace(
        {
            "lr": tt.Float(0, 1),
            "opt": tt.Categorical(["adam", "sgd"]),
            "m": tt.Int(2**60, 2**60 + 1, when={"opt": "sgd"}),
            "u": tt.Int(BIG, BIG),
            "batch": tt.Ordinal([16, 32]),
            "flag": tt.Categorical([False, True], when={"opt": "sgd"}),
            "shape": tt.Categorical([(1, 2), [3], None]),
            "g": {"note": tt.Constant("s", when={"opt": "sgd"}), "k": 7},
        }
    )
    optimizer = tt.Optimizer(space, seed=0)
    common = {"lr": 0.5, "u": BIG, "batch": 32}
    optimizer.observe({**common, "opt": "adam", "shape": (1, 2)}, 1.0, cost=2, constraints={"c": 0.5})
    with pytest.warns(RuntimeWarning, match="tells the constraint 'd'"):
        optimizer.observe(
            {**common, "opt": "sgd", "m": 2**60 + 1, "flag": True, "shape": [3]},
            tt.Replicates([1, 3]),
            constraints={"d": -1},
        )
    optimizer.observe({**common, "opt": "adam", "shape": None}, state="failed", reason="why")
    return optimizer


def test_columns_are_available_as_arrays() -> None:
    columns = make_search().to_dict()
    assert list(columns) == [
        *("id", "state", "origin", "value", "sem", "cost", "feasible", "excluded", "reason"),
        *("params/lr", "params/opt", "params/m", "active/m", "params/u", "params/batch", "params/flag", "active/flag"),
        *("params/shape", "params/g/note", "active/g/note", "params/g/k"),
        *("constraints/c", "constraints/d"),
    ]
    assert all(isinstance(column, np.ndarray) and column.shape == (3,) for column in columns.values())
    np.testing.assert_array_equal(columns["value"], [1.0, 2.0, math.nan])
    np.testing.assert_array_equal(columns["sem"], [math.nan, 1.0, math.nan])
    np.testing.assert_array_equal(columns["constraints/d"], [math.nan, -1.0, math.nan])
    assert columns["state"].tolist() == ["complete", "complete", "failed"]
    assert columns["reason"].tolist() == [None, None, "why"]
    assert columns["feasible"].tolist() == [False, True, True]
    assert columns["params/m"].tolist() == [None, 2**60 + 1, None]
    assert (columns["params/u"].dtype, columns["params/u"].tolist()) == (np.uint64, [BIG] * 3)
    assert columns["params/batch"].dtype == np.int64
    assert columns["params/shape"].tolist() == [(1, 2), [3], None]
    assert columns["params/g/note"].tolist() == [None, "s", None]
    assert columns["params/g/k"].tolist() == [7, 7, 7]


def test_a_cancelled_trial_is_an_excluded_failure_in_tables_and_no_result() -> None:
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
    optimizer.tell(optimizer.ask(), 1.0)
    optimizer.cancel(optimizer.ask())
    columns = optimizer.to_dict()
    assert columns["excluded"].tolist() == [False, True]
    assert columns["state"].tolist() == ["complete", "failed"]
    copy = tt.integrations.tables.from_frame(optimizer.to_pandas(), optimizer.space)
    assert [trial.excluded for trial in copy.trials] == [False, True]


def test_pandas_keeps_integers_exact_and_marks_missing_values() -> None:
    frame = make_search().to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert str(frame.dtypes["params/m"]) == "Int64"
    assert frame["params/m"][1] == 2**60 + 1
    assert frame["params/m"].isna().tolist() == [True, False, True]
    assert str(frame.dtypes["params/flag"]) == "boolean"
    assert str(frame.dtypes["params/u"]) == "uint64"
    assert frame["params/opt"].tolist() == ["adam", "sgd", "adam"]
    assert frame["params/shape"][1] == [3]


def test_polars_has_a_type_for_every_column() -> None:
    frame = make_search().to_polars()
    expected = {
        "id": pl.Int64,
        "value": pl.Float64,
        "reason": pl.String,
        "feasible": pl.Boolean,
        "params/m": pl.Int64,
        "params/u": pl.UInt64,
        "params/batch": pl.Int64,
        "params/flag": pl.Boolean,
        "params/opt": pl.String,
        "params/shape": pl.String,
        "params/g/note": pl.String,
    }
    assert {name: frame.schema[name] for name in expected} == expected
    assert frame["params/m"].to_list() == [None, 2**60 + 1, None]
    assert frame["value"].to_list() == [1.0, 2.0, None]
    assert frame["params/shape"].to_list() == ["(1, 2)", "[3]", None]


def test_a_frame_of_polars_can_be_written(tmp_path: Path) -> None:
    space = {"k": tt.Categorical([None, "adam", ("a", 1)]), "n": tt.Int(0, 2**63 - 1)}
    with tt.Study(tmp_path / "a.db", space, seed=0) as study:
        for trial in study.ask(6):
            study.tell(trial, 1.0)
        frame = study.to_polars()
        assert set(frame["params/k"]) == {None, "adam", "('a', 1)"}
        frame.write_csv(tmp_path / "a.csv")
        frame.write_parquet(tmp_path / "a.parquet")
        assert "artifacts" not in frame.columns
        study.add_artifact(0, "model.pt")
        assert study.to_polars()["artifacts"].to_list() == [["model.pt"], [], [], [], [], []]


def test_json_contains_no_constants_outside_the_standard() -> None:
    optimizer = make_search()
    optimizer.observe({**optimizer.trials[0].params}, math.inf)

    def refuse(constant: str) -> Any:
        raise AssertionError(constant)

    columns = json.loads(optimizer.to_json(), parse_constant=refuse)
    assert columns["value"] == [1.0, 2.0, None, "inf"]
    assert columns["params/m"] == [None, 2**60 + 1, None, None]
    assert columns["params/shape"] == [[1, 2], [3], None, [1, 2]]


def test_values_that_json_cannot_hold_become_their_repr() -> None:
    optimizer = tt.Optimizer({"x": tt.Categorical([len])}, seed=0)
    optimizer.ask()
    assert json.loads(optimizer.to_json())["params/x"] == ["<built-in function len>"]


def test_columns_and_types_do_not_depend_on_the_trials() -> None:
    empty = tt.Optimizer(make_search().space, seed=0)
    assert list(empty.to_dict()) == list(make_search().to_dict())[:-2]
    schema, full = empty.to_polars().schema, make_search().to_polars().schema
    assert all(schema[name] == full[name] for name in schema if name != "params/u")
    assert len(empty.to_pandas()) == 0


def test_several_directions_have_numbered_columns() -> None:
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, directions=["minimize", "maximize"], seed=0)
    optimizer.tell(optimizer.ask(), (1, 2), sem=(None, 0.5))
    columns = optimizer.to_dict()
    assert (columns["value_0"].tolist(), columns["value_1"].tolist()) == ([1.0], [2.0])
    assert columns["sem_1"].tolist() == [0.5]


def make_search_with_reports() -> tt.Optimizer:
    when = {"on": True}
    optimizer = tt.Optimizer({"on": tt.Categorical([True, False]), "c": tt.Categorical([None, 1], when=when)}, seed=0)
    optimizer.observe({"on": True, "c": None}, tt.Replicates([1.0, 3.0]))
    optimizer.observe({"on": False}, 2.0)
    trial = optimizer.ask()
    for step, value in ((1, 0.5), (4, 0.25)):
        trial.report(step, value)
    return optimizer


def test_an_inactive_parameter_is_distinguished_from_the_choice_none() -> None:
    optimizer = make_search_with_reports()
    columns = optimizer.to_dict()
    assert columns["params/c"].tolist()[:2] == [None, None]
    assert columns["active/c"].tolist()[:2] == [True, False]
    assert optimizer.to_pandas()["active/c"].tolist()[:2] == [True, False]
    assert optimizer.to_polars()["active/c"].to_list()[:2] == [True, False]
    assert json.loads(optimizer.to_json())["active/c"][:2] == [True, False]


def test_steps_and_replicates_are_optional_columns() -> None:
    optimizer = make_search_with_reports()
    extra: dict[str, Any] = {"steps": True, "replicates": True}
    expected = {
        "steps/step": [[], [], [1, 4]],
        "steps/value": [[], [], [0.5, 0.25]],
        "replicates": [[1.0, 3.0], [], []],
    }
    assert not set(expected) & set(optimizer.to_dict())
    frame = optimizer.to_polars(**extra)
    for name, lists in expected.items():
        assert optimizer.to_dict(**extra)[name].tolist() == lists
        assert optimizer.to_pandas(**extra)[name].tolist() == lists
        assert frame[name].to_list() == lists
        assert json.loads(optimizer.to_json(**extra))[name] == lists
    assert [str(frame.schema[name]) for name in expected] == ["List(Int64)", "List(Float64)", "List(Float64)"]


def test_replicates_of_several_objectives_have_a_column_each() -> None:
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, directions=["minimize", "maximize"], seed=0)
    optimizer.observe({"x": 0.5}, [tt.Replicates([1, 2]), tt.Replicates([-1, -2])])
    columns = optimizer.to_dict(replicates=True)
    assert columns["replicates_0"].tolist() == [[1.0, 2.0]]
    assert columns["replicates_1"].tolist() == [[-1.0, -2.0]]


def test_folds_are_optional_columns_in_the_order_of_their_reports() -> None:
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, seed=0)
    trial = optimizer.ask()
    for fold, value in ((2, 0.5), (0, 1.5)):
        trial.report_fold(fold, value)
    optimizer.tell(trial)
    optimizer.observe({"x": 0.5}, 2.0)
    expected: dict[str, Any] = {"folds/fold": [[2, 0], []], "folds/value": [[0.5, 1.5], []]}
    assert not set(expected) & set(optimizer.to_dict(steps=True, replicates=True))
    frame = optimizer.to_polars(folds=True)
    for name, lists in expected.items():
        assert optimizer.to_dict(folds=True)[name].tolist() == lists
        assert optimizer.to_pandas(folds=True)[name].tolist() == lists
        assert frame[name].to_list() == lists
        assert json.loads(optimizer.to_json(folds=True))[name] == lists
    assert [str(frame.schema[name]) for name in expected] == ["List(Int64)", "List(Float64)"]


def test_a_search_with_pausing_has_paused_trials_and_a_column_for_their_resumption() -> None:
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, pausing=True, pruner="nothing", seed=0)
    assert list(optimizer.to_dict())[-1] == "resume_from"
    for step in (3, 5):
        trial = optimizer.ask()
        trial.report(step, 0.5)
        optimizer.tell(trial, state="paused")
        # With a pruner that stops nothing, the next ask resumes the trial.
        assert optimizer.to_dict()["state"][trial.id] == "paused"
        assert optimizer.ask().resume_from == step
    optimizer.tell(0, state="paused")
    columns = optimizer.to_dict()
    assert columns["state"].tolist() == ["paused", "pending"]
    assert columns["resume_from"].tolist() == [3, 5]
    assert optimizer.to_polars()["resume_from"].to_list() == [3, 5]
    optimizer.observe({"x": 0.5}, 1.0)
    assert str(optimizer.to_pandas().dtypes["resume_from"]) == "Int64"
    assert optimizer.to_pandas()["resume_from"].isna().tolist() == [False, False, True]
    assert "resume_from" not in tt.Optimizer({"x": tt.Float(0, 1)}, seed=0).to_dict()


def test_a_trial_with_folds_resumes_after_the_number_it_reported() -> None:
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, pausing=True, pruner="nothing", seed=0)
    trial = optimizer.ask()
    for fold in (4, 2, 7):
        trial.report_fold(fold, 0.5)
    optimizer.tell(trial, state="paused")
    assert optimizer.to_dict()["resume_from"].tolist() == [3]
    assert optimizer.ask().resume_from == 3
    optimizer.report_fold(0, 0, 0.5)
    assert optimizer.to_dict()["resume_from"].tolist() == [3], "the number of folds at the pause"


@pytest.mark.parametrize(
    ("choices", "texts"),
    [([1, "1"], ["1", "'1'"]), ([1, "a"], ["1", "a"]), ([None, "None"], [None, "None"]), ([(1,), "b"], ["(1,)", "b"])],
)
def test_choices_that_differ_are_different_texts_for_polars(choices: list[Any], texts: list[str | None]) -> None:
    search = tt.Optimizer({"x": tt.Categorical(choices)})
    for choice in choices:
        search.observe({"x": choice}, 1.0)
    assert search.to_polars()["params/x"].to_list() == texts
