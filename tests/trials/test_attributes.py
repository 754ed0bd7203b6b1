"""Data attached to trials: attributes, times and tracebacks."""

from __future__ import annotations

import copy
import json
import math
import pickle
import sys
import threading
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pytest

import tanteo as tt
from tanteo.cli import main

SPACE = {"x": tt.Float(0.0, 1.0)}


def make_search(n: int = 3) -> tt.Optimizer:
    optimizer = tt.Optimizer(SPACE, seed=0)
    for k, trial in enumerate(optimizer.ask(n)):
        optimizer.tell(trial, float(k))
    return optimizer


def make_annotated() -> tt.Optimizer:
    """Make a search whose trials have attributes of every kind, times and a traceback."""
    optimizer = make_search()
    for name, value in {"text": "a", "n": 1, "acc": 1, "on": True, "curve": [0.5, {"a": None}]}.items():
        optimizer.set_attr(0, name, value)
    optimizer.set_attr(1, "acc", 0.5)
    optimizer._core.set_evaluation(2, 100.0, 102.5, "Traceback: there")
    return optimizer


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def test_attributes_are_read_where_they_were_set() -> None:
    optimizer = tt.Optimizer(SPACE, seed=0)
    trial = optimizer.ask()
    assert trial.attrs == {}
    trial.set_attr("epochs", 12)
    optimizer.set_attr(trial, "commit", "4f1a")
    assert trial.attrs == optimizer.pending[0].attrs == optimizer.trials[0].attrs == {"epochs": 12, "commit": "4f1a"}
    optimizer.tell(trial, 1.0)
    optimizer.set_attr(optimizer.best, "epochs", 13)
    optimizer.set_attr(0, "late", None)
    assert optimizer.best is not None
    assert optimizer.best.attrs == trial.attrs == {"epochs": 13, "commit": "4f1a", "late": None}
    with pytest.raises(TypeError):
        optimizer.best.attrs["epochs"] = 1  # type: ignore[index]  # attributes are read-only


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (2**70, 2**70),
        (0.1, 0.1),
        (-math.inf, -math.inf),
        ("\ud800 \0 é", "\ud800 \0 é"),
        ((1, [2]), [1, [2]]),
        ({"a": {"b": []}, 1: 2.0}, {"a": {"b": []}, "1": 2.0}),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.array([[1, 2]]), [[1, 2]]),
        ({"per class": np.array([0.5, 1.0])}, {"per class": [0.5, 1.0]}),
        (PurePosixPath("/x/y"), "/x/y"),
        ([PurePosixPath("a")], ["a"]),
    ],
)
def test_json_values_are_stored(value: Any, expected: Any) -> None:
    optimizer = make_search()
    optimizer.set_attr(1, "a", value)
    restored = tt.Optimizer.from_bytes(optimizer.to_bytes()).trials[1].attrs["a"]
    assert (restored, type(restored)) == (expected, type(expected))


class Broken:
    def tolist(self) -> Any:
        raise RuntimeError("on purpose")

    def __repr__(self) -> str:
        raise RuntimeError("on purpose")


@pytest.mark.parametrize("value", [object(), {1, 2}, len, b"bytes", {(1, 2): 3}, nested(100_000), Broken(), tt.Float])
def test_other_values_are_refused_and_change_nothing(value: Any) -> None:
    optimizer = make_search()
    snapshot = optimizer.to_bytes()
    with pytest.raises(tt.ArgumentError, match="attribute 'a' must be a JSON value"):
        optimizer.set_attr(0, "a", value)
    assert optimizer.to_bytes() == snapshot


@pytest.mark.parametrize("name", ["", "a\nb", "\ud800", 3, None, b"a", ["a"]])
def test_names_are_printable_text(name: Any) -> None:
    with pytest.raises(tt.ArgumentError, match="the name of an attribute must be printable text"):
        make_search().set_attr(0, name, 1)


def test_an_unknown_trial_has_no_attributes() -> None:
    optimizer = make_search()
    snapshot = optimizer.to_bytes()
    with pytest.raises(tt.UnknownTrialError):
        optimizer.set_attr(3, "a", 1)
    assert optimizer.to_bytes() == snapshot


def test_a_copied_trial_has_no_optimizer_to_ask() -> None:
    trial = copy.copy(tt.Optimizer(SPACE, seed=0).ask())
    for read in (lambda: trial.attrs, lambda: trial.folds, lambda: trial.steps, lambda: trial.set_attr("a", 1)):
        with pytest.raises(tt.TrialStateError, match="is a copy and has no optimizer"):
            read()


@pytest.mark.parametrize(
    "duplicate",
    [lambda o: tt.Optimizer.from_bytes(o.to_bytes()), lambda o: pickle.loads(pickle.dumps(o)), copy.deepcopy],
)
def test_attributes_times_and_tracebacks_are_saved(duplicate: Any) -> None:
    optimizer = make_annotated()
    other = duplicate(optimizer)
    assert other.to_bytes() == optimizer.to_bytes()
    assert [dict(trial.attrs) for trial in other.trials] == [dict(trial.attrs) for trial in optimizer.trials]
    last = pickle.loads(pickle.dumps(other.trials[2]))
    assert (last.started, last.finished, last.duration, last.traceback) == (100.0, 102.5, 2.5, "Traceback: there")


def test_attributes_times_and_tracebacks_are_empty_by_default() -> None:
    trial = make_search().trials[0]
    assert (trial.attrs, trial.started, trial.finished, trial.duration, trial.traceback) == ({}, None, None, None, None)


def test_suggestions_do_not_depend_on_attributes_or_times() -> None:
    assert make_annotated().ask(3) == make_search().ask(3)


def test_equality_depends_on_attributes_and_not_on_times() -> None:
    assert make_annotated().trials[2] == make_search().trials[2]
    assert make_annotated().trials[0] != make_search().trials[0]
    optimizer = make_search()
    optimizer.set_attr(0, "a", math.nan)
    assert optimizer.trials[0] == optimizer.trials[0]


def test_retracting_a_result_removes_its_times_and_traceback() -> None:
    optimizer = make_annotated()
    optimizer.retract(2)
    optimizer.retract(0)
    assert (optimizer.trials[2].started, optimizer.trials[2].traceback) == (None, None)
    assert optimizer.trials[0].attrs["text"] == "a"


def test_trials_without_attributes_take_no_space() -> None:
    without_attributes, with_one_attribute = make_search(200), make_search(200)
    with_one_attribute.set_attr(0, "a", 1)
    assert len(with_one_attribute.to_bytes()) - len(without_attributes.to_bytes()) < 16


def test_tables_have_a_column_for_each_attribute() -> None:
    optimizer = make_annotated()
    columns = optimizer.to_dict()
    assert list(columns)[10:] == ["started", "finished", "duration"] + [
        f"attrs/{name}" for name in ("acc", "curve", "n", "on", "text")
    ]
    np.testing.assert_array_equal(columns["duration"], [math.nan, math.nan, 2.5])
    np.testing.assert_array_equal(columns["attrs/acc"], [1.0, 0.5, math.nan])
    assert columns["attrs/n"].tolist() == [1, None, None]
    assert columns["attrs/curve"].tolist() == [[0.5, {"a": None}], None, None]
    assert str(optimizer.to_pandas().dtypes["attrs/n"]) == "Int64"
    assert optimizer.to_polars()["attrs/text"].to_list() == ["a", None, None]
    data = json.loads(optimizer.to_json())
    assert data["attrs/curve"] == [[0.5, {"a": None}], None, None]
    assert data["started"] == [None, None, 100.0]


def test_large_integers_stay_exact_in_a_column_with_floats() -> None:
    optimizer = make_search()
    optimizer.set_attr(0, "a", 2**60 + 1)
    optimizer.set_attr(1, "a", 0.5)
    assert optimizer.to_dict()["attrs/a"].tolist() == [2**60 + 1, 0.5, None]


def test_the_command_line_exports_attributes_and_times(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    make_annotated().save(tmp_path / "search")
    assert main(["export", str(tmp_path / "search")]) in (None, 0)
    header, first, *_ = capsys.readouterr().out.splitlines()
    assert header.endswith("started,finished,duration,attrs/acc,attrs/curve,attrs/n,attrs/on,attrs/text")
    assert first.endswith(",1,True,a")


def test_threads_may_set_attributes_of_one_trial() -> None:
    optimizer = make_search()

    def attach(k: int) -> None:
        for n in range(20):
            optimizer.set_attr(0, f"{k}/{n}", n)

    threads = [threading.Thread(target=attach, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(optimizer.trials[0].attrs) == 160


def test_a_stored_attribute_that_is_not_json_is_read_as_text() -> None:
    """No search writes such text, but a manipulated file may contain it."""
    optimizer = make_search()
    for name, text in {"a": "no json", "b": "[" * 100_000}.items():
        optimizer._core.set_attribute(0, name, text)
    assert optimizer.trials[0].attrs == {"a": "no json", "b": "[" * 100_000}


def test_importing_the_package_imports_neither_json_nor_logging_nor_zlib() -> None:
    """They would slow down a worker that only asks and tells."""
    import subprocess

    code = "import sys, tanteo; print({'json', 'logging', 'zlib'} & set(sys.modules) - preloaded)"
    command = [sys.executable, "-c", f"import sys; preloaded = set(sys.modules); {code}"]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == "set()"
