"""Searches are imported from tables: CSV files, data frames and our own exports."""

import math

import pytest

import tanteo as tt
from tanteo.cli import main
from tanteo.integrations.tables import from_frame

SPACE = {
    "lr": tt.Float(1e-5, 1.0, log=True),
    "net": {"layers": tt.Int(1, 9), "drop": tt.Float(0, 0.5, step=0.05)},
    "kind": tt.Categorical(["adam", "=sgd", None, True, 1, (1, 2)]),
    "momentum": tt.Float(0, 1, when={"kind": "=sgd"}),
    "big": tt.Int(2**60, 2**62),
    "fixed": tt.Constant("v"),
}


@pytest.fixture
def search():
    search = tt.Optimizer(SPACE, directions=["minimize", "maximize"], seed=0)
    for k, trial in enumerate(search.ask(40)):
        trial.set_attr("note", f"-{k}")
        if k % 8 == 7:
            trial.tell_objectives({1: k, 0: -k} if k == 31 else {1: k}, sem={1: 0.5})
        if k % 5 == 1:
            search.tell(trial, state="failed", reason="out of memory")
        elif k % 5 == 2:
            search.tell(trial, [k, 1.0], state="pruned")
        elif k < 39:
            search.tell(trial, [k / 3, -k], sem=[0.1, None], constraints={"size": k - 20.0}, cost=k)
    return search


def assert_same(copy, search):
    assert len(copy) == len(search)
    for ours, theirs in zip(search.trials, copy.trials, strict=True):
        for name in (
            *("params", "state", "values", "partial_values", "sems"),
            *("constraints", "cost", "reason", "attrs"),
        ):
            assert getattr(theirs, name) == getattr(ours, name), name


@pytest.mark.parametrize("kind", ["dict", "pandas", "polars"])
def test_our_own_tables_are_read_back(search, kind):
    if kind != "dict":
        pytest.importorskip(kind)
    frame = getattr(search, f"to_{kind}")()
    assert_same(from_frame(frame, SPACE, directions=["minimize", "maximize"]), search)


def test_our_own_csv_is_read_back(search, tmp_path):
    search.save(tmp_path / "search.tanteo")
    table = tmp_path / "table.csv"
    assert main(["export", str(tmp_path / "search.tanteo"), "--out", str(table)]) == 0
    assert "'=sgd" in table.read_text()
    assert_same(from_frame(table, SPACE, directions=["minimize", "maximize"]), search)


def test_a_table_with_columns_of_the_user(tmp_path):
    table = tmp_path / "runs.csv"
    table.write_text("lr,layers,acc,gpu,size\n0.1,2,0.8,a,-1\n0.01,3.0,0.9,b,2\n0.2,4,,a,\n")
    space = {"lr": tt.Float(1e-3, 1, log=True), "layers": tt.Int(1, 8)}
    search = from_frame(table, space, value="acc", direction="maximize", constraints=["size"], attrs=["gpu"])
    assert [trial.state for trial in search.trials] == ["complete", "complete", "failed"]
    assert [trial.params["layers"] for trial in search.trials] == [2, 3, 4]
    assert [trial.attrs["gpu"] for trial in search.trials] == ["a", "b", "a"]
    assert search.best.id == 0, "trial 1 is infeasible"
    assert search.ask().id == 3


def test_invalid_rows_are_skipped_with_the_reason():
    rows = {"x": [0.5, "much", 7.0, math.nan], "value": [1.0, 1.0, 1.0, 1.0]}
    with pytest.warns(
        UserWarning,
        match=r"(?s)first row is row 0\): 3 notes.*row 1: .*much.*row 2.*'x'.*row 3",
    ) as caught:
        search = from_frame(rows, {"x": tt.Float(0, 1)})
    assert len(search) == 1
    assert len(caught) == 1


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (
            {"y": [1.0]},
            {},
            r"no column 'x' for that parameter; .* value in all rows \(fill=.* it has 'y'",
        ),
        ({"y": [1.0], "value": [1.0]}, {"fill": {"z": 1.0}}, "no column 'x'"),
        ({"x": [1.0], "value": [1.0]}, {"fill": {"z": 1.0}}, "value for 'z', which is no parameter of the space"),
        ({"x": [1.0], "value": [1.0]}, {"fill": {"x": 1.0}}, "value for 'x', which has the column 'x'; leave it out"),
        ({"x": [1.0]}, {"value": "loss"}, "no column 'loss'; it has 'x'"),
        ({"x": [1.0], "value": []}, {}, r"one length, got \[0, 1\]"),
        (3, {}, "expected the path of a CSV file"),
        (
            {"x": [1.0], "value": [1.0]},
            {"directions": {"loss": "minimize", "speed": "maximize"}},
            r"one column for each objective \(loss, speed\), got 'value' \(str\); directions= has",
        ),
        (
            {"x": [1.0], "a": [1.0], "b": [1.0]},
            {"value": ["a", "b"]},
            r"for each objective \(objective 0\), got \['a', 'b'\]",
        ),
        ({"x": [1.0]}, {"directions": ["minimize"] * 2}, "no column 'value_0'; it has 'x'"),
    ],
)
def test_an_error_names_what_is_missing(frame, options, message):
    with pytest.raises(tt.ArgumentError, match=message):
        from_frame(frame, {"x": tt.Float(0, 1)}, **options)


def test_parameters_without_a_column_are_filled_where_they_exist():
    space = {
        "x": tt.Float(0, 1),
        "kind": tt.Categorical(["adam", "sgd"]),
        "momentum": tt.Float(0, 1, when={"kind": "sgd"}),
        "decay": tt.Float(0, 1, when={"momentum": tt.at_least(0.5)}),
    }
    rows = {"x": [0.25, 0.5], "kind": ["adam", "sgd"], "value": [1.0, 2.0]}
    adam, sgd = (trial.params for trial in from_frame(rows, space, fill={"momentum": 0.9, "decay": "0.5"}).trials)
    assert adam == {"x": 0.25, "kind": "adam"}
    assert sgd == {"x": 0.5, "kind": "sgd", "momentum": 0.9, "decay": 0.5}
    low = from_frame(rows, space, fill={"momentum": 0.1, "decay": 0.5}).trials[1]
    assert "decay" not in low.params
    with pytest.raises(tt.ParameterError, match=r"fill: .*'momentum'"):
        from_frame(rows, space, fill={"momentum": 7.0, "decay": 0.5})
    with pytest.raises(tt.ArgumentError, match=r"fill: 'much' \(str\) is no value of 'momentum', Float"):
        from_frame(rows, space, fill={"momentum": "much", "decay": 0.5})
    with pytest.raises(tt.ArgumentError, match="fill must be a mapping from parameters to values, got 3"):
        from_frame(rows, space, fill=3)


def test_a_row_with_an_unknown_state_is_skipped():
    with pytest.warns(UserWarning, match="row 0: left aside, the state 'done' is none of pending, complete"):
        from_frame({"x": [0.5], "value": [1.0], "state": ["done"]}, {"x": tt.Float(0, 1)})


def test_a_row_without_a_result_keeps_what_was_told_without_a_bad_standard_error():
    frame = {
        "x": [0.25, 0.5, 0.75],
        "state": ["pending", "failed", "failed"],
        "value_0": [1.0, 2.0, 3.0],
        "value_1": [None, 4.0, 5.0],
        "sem_0": [-1.0, math.inf, 0.5],
        "sem_1": [None, 0.25, None],
    }
    with pytest.warns(UserWarning, match="2 notes") as warned:
        search = from_frame(frame, {"x": tt.Float(0, 1)}, directions=["minimize", "maximize"])
    (message,) = (str(warning.message) for warning in warned)
    assert [line.partition(" must ")[0].strip() for line in message.splitlines()[1:]] == [
        "row 0: sem of objective 0",
        "row 1: sem of objective 0",
    ]
    assert [(trial.state, trial.partial_values, trial.sems) for trial in search.trials] == [
        ("pending", None, None),
        ("failed", (None, 4.0), (None, 0.25)),
        ("failed", (3.0, 5.0), (0.5, None)),
    ]


def test_empty_text_is_a_choice_and_lists_are_attributes(tmp_path):
    pandas = pytest.importorskip("pandas")
    space = {"prefix": tt.Categorical(["", "a: "]), "x": tt.Float(0, 1)}
    search = tt.Optimizer(space, seed=0)
    for trial in search.ask(6):
        trial.set_attr("shape", [1, trial.id])
        search.tell(trial, float(trial.id))
    search.to_pandas().to_parquet(tmp_path / "trials.parquet")
    copy = from_frame(pandas.read_parquet(tmp_path / "trials.parquet"), space)
    assert [trial.params for trial in copy.trials] == [trial.params for trial in search.trials]
    assert [list(trial.attrs["shape"]) for trial in copy.trials] == [[1, k] for k in range(6)]
    both = {"prefix": tt.Categorical([None, ""])}
    rows = from_frame({"prefix": [None, "", math.nan], "value": [1.0, 2.0, 3.0]}, both)
    assert [trial.params["prefix"] for trial in rows.trials] == [None, "", None]


def test_an_empty_cell_of_a_file_that_stands_for_two_choices_leaves_its_row_aside(tmp_path):
    path = tmp_path / "trials.csv"
    path.write_text("prefix,x,value\n,0.25,1.0\na: ,0.5,2.0\n")
    space = {"prefix": tt.Categorical([None, "", "a: "]), "x": tt.Float(0, 1)}
    with pytest.warns(UserWarning, match="header is row 1.*\n.*row 2: left aside, an empty cell may be None or ''"):
        search = from_frame(path, space)
    assert [trial.params["prefix"] for trial in search.trials] == ["a: "]


@pytest.mark.parametrize("ending", ["parquet", "json", "jsonl", "XLSX"])
def test_a_file_of_another_format_says_what_reads_it(ending, tmp_path):
    with pytest.raises(tt.ArgumentError, match=r"is no CSV file; read it with pandas\."):
        from_frame(tmp_path / f"trials.{ending}", SPACE)


@pytest.mark.parametrize(
    ("header", "twice"),
    [("a,a,value", "'a'"), ("a,params/a,value", "'params/a', 'a'"), ("a,value,value", "'value'"), ("a,value,,", "")],
)
def test_columns_of_one_meaning_are_refused(header, twice, tmp_path):
    (tmp_path / "runs.csv").write_text(f"{header}\n1,2,3,4\n")
    space = {"a": tt.Int(1, 9)}
    if not twice:
        (tmp_path / "runs.csv").write_text(f"{header}\n1,2,,\n")
        assert from_frame(tmp_path / "runs.csv", space).best.value == 2.0
        return
    with pytest.raises(tt.ArgumentError, match=f"more than one column for the same entries: {twice}; rename"):
        from_frame(tmp_path / "runs.csv", space)


def test_a_parameter_may_be_called_like_another_column():
    space = {"value": tt.Int(1, 9), "cost": tt.Int(1, 9)}
    search = tt.Optimizer(space, seed=0)
    search.observe({"value": 3, "cost": 4}, 0.5, cost=2.0)
    copy = from_frame(search.to_dict(), space)
    assert (copy.best.params, copy.best.value, copy.best.cost) == ({"value": 3, "cost": 4}, 0.5, 2.0)


def test_a_row_longer_than_the_header_is_left_aside(tmp_path):
    """A decimal comma would otherwise move the following cells to other columns."""
    (tmp_path / "runs.csv").write_text("a,b,value\n1,7,2,5\n1,2,3,\n")
    with pytest.warns(UserWarning, match=r"row 2: left aside, it has cells beyond .* header: \['5'\]"):
        search = from_frame(tmp_path / "runs.csv", {"a": tt.Int(1, 9), "b": tt.Int(1, 9)})
    assert [trial.value for trial in search.trials] == [3.0]


@pytest.mark.parametrize("kind", ["file", "texts", "numbers"])
def test_booleans_are_read_as_spreadsheets_write_them(kind, tmp_path):
    space = {"jit": tt.Categorical([True, False]), "level": tt.Ordinal([False, "true", True, 1])}
    cells = [("TRUE", "False"), ("true", "0"), ("1", "true"), ("False", "True"), ("0", "1")]
    if kind == "numbers":
        cells = [(int(jit), 1) for jit in (True, False)]
    columns = dict(zip(("jit", "level"), map(list, zip(*cells, strict=True)), strict=True))
    frame = {**columns, "value": [0.0] * len(cells)}
    if kind == "file":
        frame = tmp_path / "runs.csv"
        frame.write_text("\n".join(["jit,level,value", *(f"{jit},{level},0" for jit, level in cells)]))
    read = [(trial.params["jit"], trial.params["level"]) for trial in from_frame(frame, space).trials]
    expected = [(True, False), (True, False), (True, "true"), (False, True), (False, 1)]
    if kind == "numbers":
        expected = [(True, 1), (False, 1)]
    assert [tuple(map(repr, pair)) for pair in read] == [tuple(map(repr, pair)) for pair in expected]


def test_cells_of_parameters_that_do_not_exist_are_left_out_with_a_note(tmp_path):
    """Most programs write every setting, also those without an effect."""
    space = {"zip": tt.Categorical(["none", "lz"]), "level": tt.Int(1, 9, when={"zip": "lz"})}
    (tmp_path / "runs.csv").write_text("zip,level,value\nnone,4,1.0\nlz,5,2.0\nnone,4,3.0\n")
    note = r"'level': 2 cells of rows in which the parameter does not exist left out$"
    with pytest.warns(UserWarning, match=note) as given:
        search = from_frame(tmp_path / "runs.csv", space)
    assert len(given) == 1
    assert [trial.params for trial in search.trials] == [{"zip": "none"}, {"zip": "lz", "level": 5}, {"zip": "none"}]


def test_a_cell_that_is_no_number_names_its_column():
    rows = [{"x": "5,0", "value": 1.0}, {"x": 0.5, "value": "5,0"}, {"x": 0.25, "value": 2.0}]
    with pytest.warns(UserWarning, match=r"(?s)row 0: .*'5,0' .*'x' is no number.*row 1: .*'value' is no number"):
        assert from_frame(rows, {"x": tt.Float(0, 1)}).best.id == 0


def test_columns_that_are_not_read_and_a_table_without_rows_are_noted(tmp_path):
    (tmp_path / "runs.csv").write_text("x,memory,gpu,value\n")
    with pytest.warns(UserWarning, match="2 notes") as given:
        from_frame(tmp_path / "runs.csv", {"x": tt.Float(0, 1)}, attrs=["gpu"])
    (message,) = (str(warning.message) for warning in given)
    assert [line.strip() for line in message.splitlines()[1:]] == [
        "it: has no rows",
        "not read: 'memory'; name columns in constraints= or attrs= to keep them",
    ]


def test_rows_with_different_constraints_give_no_warning():
    rows = {"x": [0.25, 0.5], "value": [1.0, 2.0], "constraints/a": [-1.0, None], "constraints/b": [None, -1.0]}
    search = from_frame(rows, {"x": tt.Float(0, 1)})
    assert [dict(trial.constraints) for trial in search.trials] == [{"a": -1.0}, {"b": -1.0}]
