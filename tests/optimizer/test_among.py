"""Asks among the rows of a table."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0), "n": tt.Int(1, 50), "kind": tt.Categorical(["a", "b", "c"])}


def table(rows: int = 120, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {"x": rng.random(rows), "n": rng.integers(1, 51, rows), "kind": rng.choice(["a", "b", "c"], rows)}


def loss(params: dict[str, Any]) -> float:
    return (params["x"] - 0.3) ** 2 + (params["n"] - 20) ** 2 / 2500 + 0.2 * (params["kind"] != "b")


def searched(sampler: str, among: Any, n: int = 40, seed: int = 1) -> tt.Optimizer:
    optimizer = tt.Optimizer(SPACE, sampler=sampler, seed=seed)
    for _ in range(n):
        trial = optimizer.ask(among=among)
        optimizer.tell(trial, loss(trial.params))
    return optimizer


@pytest.mark.parametrize("sampler", ["auto", "gp", "tpe", "random"])
def test_every_answer_is_an_untried_row(sampler: str) -> None:
    rows, indices = table(), set()
    optimizer = tt.Optimizer(SPACE, sampler=sampler, seed=1)
    candidates = tt.Candidates(rows, SPACE)
    for _ in range(60):
        trial = optimizer.ask(among=candidates)
        assert trial.params == {name: rows[name][trial.index] for name in SPACE}
        indices.add(trial.index)
        optimizer.tell(trial, loss(trial.params))
    assert len(indices) == 60


@pytest.mark.parametrize("sampler", ["auto", "gp", "tpe"])
def test_models_find_the_best_rows_in_a_quarter_of_the_table(sampler: str) -> None:
    rows = table(200)
    losses = sorted(loss({name: rows[name][i] for name in SPACE}) for i in range(200))
    for seed in range(3):
        best = searched(sampler, rows, 50, seed).best
        assert best is not None
        assert best.value is not None
        assert best.value <= losses[2]


def test_the_order_of_the_rows_has_no_influence() -> None:
    rows, order = table(), np.random.default_rng(5).permutation(120)
    shuffled = {name: column[order] for name, column in rows.items()}
    for sampler in ("auto", "tpe", "random"):
        one, other = searched(sampler, rows), searched(sampler, shuffled)
        assert [trial.params for trial in one.trials] == [trial.params for trial in other.trials]


def test_tables_of_every_kind_give_the_same_answer() -> None:
    rows = table()
    listed = [{name: rows[name][i] for name in SPACE} for i in range(120)]
    frame = pd.DataFrame(rows, index=[f"row {i}" for i in range(120)])
    prefixed = frame.rename(columns={name: f"params/{name}" for name in SPACE}).assign(note="?")
    same = [rows, listed, pl.DataFrame(rows), tt.Candidates(rows, SPACE), frame, prefixed]
    answers = [tt.Optimizer(SPACE, seed=3).ask(among=among) for among in same]
    assert len({repr(answer.params) for answer in answers}) == 1
    index = answers[0].index
    assert [answer.index for answer in answers] == [index] * 4 + [f"row {index}"] * 2


def test_an_array_has_one_column_per_parameter() -> None:
    space = {"b": tt.Float(0.0, 1.0), "a": tt.Float(0.0, 1.0)}
    trial = tt.Optimizer(space, seed=1).ask(among=np.array([[0.25, 0.75]]))
    assert trial.params == {"b": 0.25, "a": 0.75}


def test_a_batch_has_distinct_rows_and_ends_with_the_table() -> None:
    optimizer = tt.Optimizer(SPACE, seed=1)
    batch = optimizer.ask(1000, among=table(30))
    assert sorted(trial.index for trial in batch) == list(range(30))
    with pytest.raises(tt.SpaceExhausted, match="none of the 30 candidates is left"):
        optimizer.ask(among=table(30))
    assert optimizer.ask(among=table(30, seed=9)).id == 30


def test_equal_rows_are_one_candidate() -> None:
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, seed=1)
    assert [trial.index for trial in optimizer.ask(9, among={"x": [0.5, 0.25, 0.5]})] in ([0, 1], [1, 0])


def test_rows_that_break_a_known_constraint_are_never_chosen() -> None:
    space = tt.SearchSpace({"a": tt.Int(0, 9), "b": tt.Int(0, 9)}, constraints=[tt.Order("a", "<", "b")])
    batch = tt.Optimizer(space, seed=1).ask(9, among={"a": [1, 5, 2], "b": [2, 3, 2]})
    assert [trial.index for trial in batch] == [0]


def test_noisy_rows_may_be_repeated_but_not_while_they_are_pending() -> None:
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, seed=1)
    for trial in optimizer.ask(2, among={"x": [0.25, 0.5]}):
        optimizer.tell(trial, trial.params["x"], sem=0.1)
    assert len(optimizer.ask(9, among={"x": [0.25, 0.5]})) == 2


def test_queued_points_and_defaults_are_handed_out_where_a_row_agrees() -> None:
    space = {"x": tt.Float(0.0, 1.0, default=0.5), "n": tt.Int(1, 50, default=7)}
    among = {"x": [0.1, 0.5, 0.9], "n": [3, 7, 9]}
    optimizer = tt.Optimizer(space, seed=1)
    optimizer.enqueue({"n": 9})
    optimizer.enqueue({"x": 0.123})
    assert [trial.index for trial in optimizer.ask(2, among=among)] == [2, 1]
    assert [trial.origin for trial in optimizer.trials] == ["enqueued", "default"]
    # The second point is in no row and waits for an ask without a table.
    assert optimizer.ask(among=among).index == 0
    assert optimizer.ask().params["x"] == 0.123


def test_failures_and_constraints_steer_the_choice() -> None:
    rows = {"x": np.linspace(0.0, 1.0, 101)}
    for sampler in ("gp", "tpe"):
        optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, sampler=sampler, seed=1)
        states = []
        for _ in range(40):
            trial = optimizer.ask(among=rows)
            if trial.params["x"] > 0.6:
                optimizer.tell(trial, state="failed")
            else:
                optimizer.tell(trial, -trial.params["x"], constraints={"low": 0.2 - trial.params["x"]})
            states.append(trial.params["x"] > 0.6)
        assert sum(states[20:]) <= 6
        assert optimizer.best is not None
        assert optimizer.best.params["x"] >= 0.55


def test_inactive_cells_are_ignored() -> None:
    space = {"kind": tt.Categorical(["svm", "tree"]), "c": tt.Float(0.0, 1.0, when={"kind": "svm"})}
    among = {"kind": ["svm", "tree", "tree"], "c": [0.5, None, 0.25]}
    batch = tt.Optimizer(space, seed=1).ask(9, among=among)
    assert sorted((repr(trial.params), trial.index) for trial in batch) == [
        ("{'kind': 'svm', 'c': 0.5}", 0),
        ("{'kind': 'tree'}", 1),
    ]


@pytest.mark.parametrize(
    ("among", "error", "message"),
    [
        ({"x": [0.5], "n": [3]}, tt.ArgumentError, "no column for the parameter 'kind'"),
        ({"x": [0.5, None], "n": [3, 4], "kind": ["a", "b"]}, tt.ParameterError, "row 1: parameter 'x'"),
        ({"x": [0.5], "n": [51], "kind": ["a"]}, tt.ParameterError, "row 0: parameter 'n': 51"),
        ({"x": [0.5], "n": [3], "kind": ["q"]}, tt.ParameterError, "'kind' in row 0 must be one of"),
        ({"x": [0.5], "n": [3, 4], "kind": ["a"]}, tt.ArgumentError, "columns of a table must have one length"),
        ({"x": [], "n": [], "kind": []}, tt.ArgumentError, "has no rows"),
        (np.zeros((2, 2)), tt.ArgumentError, "an array of shape \\(2, 2\\)"),
        ("table.csv", tt.ArgumentError, "'table.csv'"),
        (tt.Candidates({"x": [0.5]}, {"x": tt.Float(0, 2)}), tt.ArgumentError, "another space"),
    ],
)
def test_a_wrong_table_is_named_and_nothing_is_handed_out(among: Any, error: type[Exception], message: str) -> None:
    optimizer = tt.Optimizer(SPACE, seed=1)
    with pytest.raises(error, match=message):
        optimizer.ask(among=among)
    assert len(optimizer.trials) == 0


def test_a_sampler_that_makes_points_of_its_own_cannot_choose() -> None:
    for sampler in ("grid", "sobol"):
        with pytest.raises(tt.ArgumentError, match="cannot choose among candidates"):
            tt.Optimizer(SPACE, sampler=sampler, seed=1).ask(among=table())


def test_without_a_space_the_columns_span_one() -> None:
    candidates = tt.Candidates({"x": [0.5, 2.0], "n": [3, 9], "kind": ["a", "b"], "unit": ["mm", "mm"]})
    assert candidates.space == tt.SearchSpace(
        {"x": tt.Float(0.5, 2.0), "n": tt.Int(3, 9), "kind": tt.Categorical(["a", "b"]), "unit": tt.Constant("mm")}
    )
    with pytest.raises(tt.ArgumentError, match="'x' is empty in row 1"):
        tt.Candidates({"x": [0.5, None]})
    with pytest.raises(tt.ArgumentError, match="the column 'unit' must be a list, got 'mm'"):
        tt.Candidates({"x": [0.5, 0.25], "unit": "mm"})
    with pytest.raises(tt.ArgumentError, match=r"lists of configurations need one: tt.Candidates\(table, space\)"):
        tt.Candidates([{"x": 0.5}])


def test_candidates_can_be_pickled_and_find_a_row() -> None:
    rows = table()
    candidates = pickle.loads(pickle.dumps(tt.Candidates(rows, SPACE)))
    params = {name: rows[name][17] for name in SPACE}
    assert candidates.find(params) == 17
    assert candidates.find({**params, "x": 0.123}) is None
    trial = pickle.loads(pickle.dumps(tt.Optimizer(SPACE, seed=1).ask(among=candidates)))
    assert candidates.find(trial.params) == trial.index


def test_a_study_keeps_the_rows(tmp_path: Path) -> None:
    rows = table()
    with tt.Study(tmp_path / "s.db", SPACE, seed=1) as study:
        for trial in study.ask(3, among=rows):
            study.tell(trial, loss(trial.params))
        pending = study.ask(among=rows)
    with tt.Study(tmp_path / "s.db") as study:
        assert [trial.params for trial in study.pending] == [pending.params]
        study.tell(pending.id, loss(pending.params))
        again = study.ask(among=rows)
    assert again.params == searched("auto", rows, 4).ask(among=rows).params


def test_minimize_searches_a_table_to_its_end() -> None:
    candidates = tt.Candidates(table(12))
    result = tt.minimize(loss, among=candidates, seed=1)
    assert len(result.trials) == 12
    assert result.stopped == "space exhausted"
    assert len(tt.minimize(loss, SPACE, among=table(12), n_trials=5, seed=1).trials) == 5


@pytest.mark.parametrize("options", [{}, {"n_workers": 2}])
def test_an_objective_knows_the_row(tmp_path: Path, options: dict[str, Any]) -> None:
    """A frame may span the space itself, also of a study; a trial of an interrupted run has its row as well."""
    frame = pd.DataFrame({"x": [0.5, 0.25, 1.0], "kind": ["a", "b", "a"]}, index=["r0", "r1", "r2"])

    def row(params: dict[str, Any], trial: tt.RunningTrial) -> dict[str, Any]:
        return {"value": params["x"], "row": trial.index}

    result = tt.minimize(row, among=frame, seed=1, **options)
    assert sorted((trial.attrs["row"], trial.value) for trial in result.trials) == list(frame["x"].items())
    candidates = tt.Candidates(frame)
    search = tt.Optimizer(candidates.space, seed=1)
    interrupted = search.ask(among=candidates)
    result = tt.minimize(row, among=candidates, study=search, n_trials=2, **options)
    assert result.trials[0].attrs["row"] == interrupted.index
    for among in (frame, candidates):
        kept = tt.minimize(row, among=among, study=tmp_path / "new.db", n_trials=1, **options)
    assert len({trial.attrs["row"] for trial in kept.trials}) == 2


def test_a_table_in_the_place_of_a_number_is_named() -> None:
    rows: Any = table()
    with pytest.raises(tt.ArgumentError, match=r"(?s)n must be an integer, .* write ask\(among=table\)"):
        tt.Optimizer(SPACE, seed=1).ask(rows)


@pytest.mark.parametrize("in_file", [False, True])
def test_a_cancelled_trial_teaches_nothing_and_is_not_suggested_again(tmp_path: Path, in_file: bool) -> None:
    space = {"n": tt.Int(0, 5)}
    search = tt.Study(tmp_path / "s.db", space, seed=1) if in_file else tt.Optimizer(space, seed=1)
    trial = search.ask()
    search.cancel(trial, reason="no longer on sale")
    assert (search.trials[0].state, search.trials[0].reason) == ("failed", "no longer on sale")
    assert search.best is None
    assert not search.pending
    assert trial.params not in [other.params for other in search.ask(9)]
    with pytest.raises(tt.TrialStateError, match="already"):
        search.cancel(trial)
    if isinstance(search, tt.Study):
        search.close()
        with tt.Study(tmp_path / "s.db") as again:
            assert again.trials[0].excluded


def test_a_cancelled_row_is_not_chosen_again_under_noise() -> None:
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, seed=1)
    first, second = optimizer.ask(2, among={"x": [0.25, 0.5]})
    optimizer.tell(first, 1.0, sem=0.1)
    optimizer.cancel(second)
    assert [trial.params for trial in optimizer.ask(9, among={"x": [0.25, 0.5]})] == [first.params]
    levels = tt.Optimizer({"n": tt.Int(0, 2)}, sampler="random", seed=1)
    kept, cancelled = levels.ask(2)
    levels.tell(kept, 1.0, sem=0.1)
    levels.cancel(cancelled)
    assert cancelled.params not in [levels.ask().params for _ in range(20)]


def test_paused_trials_go_on_while_a_queued_point_waits_for_another_table() -> None:
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, seed=1, pausing=True, pruner="nothing")
    optimizer.enqueue({"x": 0.75})
    trial = optimizer.ask(among={"x": [0.25, 0.5]})
    optimizer.report(trial, 1, 1.0)
    optimizer.tell(trial, state="paused")
    assert [other.id for other in optimizer.ask(2, among={"x": [0.25, 0.5]})] == [trial.id, 1]


@pytest.mark.parametrize("table", [{"x": []}, pd.DataFrame({"x": []})])
def test_a_table_without_rows_is_an_error_with_a_space_and_without(table):
    for space in (None, {"x": tt.Float(0, 1)}):
        with pytest.raises(tt.ArgumentError, match="candidates has no rows"):
            tt.Candidates(table, space)
