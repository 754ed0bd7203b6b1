"""`earlier=`: what an optimizer reads from other searches, and how it uses it."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0), "kind": tt.Categorical(["a", "b"])}
CORNER = {"x": 0.0, "y": 0.0, "kind": "a"}


def loss(params: dict, shift: float = 0.0) -> float:
    return (params["x"] - 0.3 - shift) ** 2 + (params["y"] - 0.7) ** 2 + 0.2 * (params["kind"] == "b")


def run_search(space=SPACE, fn=loss, n: int = 20, **options) -> tt.Optimizer:
    optimizer = tt.Optimizer(space, seed=1, **options)
    for _ in range(n):
        trial = optimizer.ask()
        optimizer.tell(trial, fn(trial.params))
    return optimizer


def run(optimizer: tt.Optimizer, n: int, shift: float = 0.05) -> list[dict]:
    suggestions = []
    for _ in range(n):
        trial = optimizer.ask()
        suggestions.append(trial.params)
        optimizer.tell(trial, loss(trial.params, shift))
    return suggestions


@pytest.fixture(scope="module")
def source() -> tt.Optimizer:
    return run_search()


def rows(search: tt.Optimizer) -> list[tuple[dict, float]]:
    return [(trial.params, trial.value) for trial in search.trials]


def test_the_first_trial_is_the_best_of_the_source(source):
    trial = tt.Optimizer(SPACE, earlier=[source], seed=0).ask()
    assert trial.params == source.best_params
    optimizer = tt.Optimizer(SPACE, earlier=[source], seed=0)
    optimizer.ask()
    assert optimizer.trials[0].origin == "earlier"


def test_all_forms_of_a_source_are_equivalent(source, tmp_path):
    results = rows(source)
    frame = {name: [params[name] for params, _ in results] for name in SPACE}
    frame["value"] = [value for _, value in results]
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    with tt.Study(tmp_path / "old.db", SPACE) as study:
        for params, value in results:
            study.observe(params, value)
        forms = [
            source,
            study,
            tmp_path / "old.db",
            tt.minimize(loss, study=pickle.loads(pickle.dumps(source)), n_trials=0),
            results,
            frame,
            pandas.DataFrame(frame),
            polars.DataFrame(frame),
            source.to_pandas(),
            (pandas.DataFrame(frame).rename(columns={"value": "loss"}), "loss"),
        ]
        earlier_rows = [tt.Optimizer(SPACE, earlier=[form])._core.earlier() for form in forms]
    assert len(earlier_rows[0][0]) == len(results)
    assert all(entries == earlier_rows[0] for entries in earlier_rows)


def test_values_follow_the_direction_of_their_source(source):
    maximized = run_search(fn=lambda params: -loss(params), direction="maximize")
    earlier_rows = tt.Optimizer(SPACE, earlier=[maximized])._core.earlier()
    assert earlier_rows == tt.Optimizer(SPACE, earlier=[maximized], direction="maximize")._core.earlier()
    pairs = rows(maximized)
    assert tt.Optimizer(SPACE, earlier=[pairs], direction="maximize")._core.earlier() == earlier_rows


def test_parameters_are_matched_by_name_and_choices_by_label():
    results = [({"y": 0.1 * i, "kind": "b" if i % 2 else "c", "gone": 3}, float(i)) for i in range(10)]
    space = {
        "kind": tt.Categorical(["b", "a"]),
        "x": tt.Float(0.0, 1.0),
        "y": tt.Float(0.0, 1.0),
        "z": tt.Int(1, 9, default=4),
    }
    (earlier_rows,) = tt.Optimizer(space, earlier=[results])._core.earlier()
    # Rows with the choice "c" are left out; x has no value, z has its default.
    assert [row for row, _, _ in earlier_rows] == [(0, None, pytest.approx(0.1 * i), 4) for i in (1, 3, 5, 7, 9)]


@pytest.mark.parametrize("nested", [True, False])
def test_a_choice_that_is_a_mapping_is_a_value(nested):
    space = {"net": {"layer": tt.Categorical([{"units": 64}, {"units": 8}]), "x": tt.Float(0.0, 1.0)}}
    params = [{"layer": {"units": 8 if i % 2 else 64}, "x": 0.1 * i} for i in range(6)]
    pairs = [({"net": each} if nested else {f"net/{name}": each[name] for name in each}, 0.0) for each in params]
    (earlier_rows,) = tt.Optimizer(space, earlier=[pairs])._core.earlier()
    assert [row[0] for row, _, _ in earlier_rows] == [0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize(("n_outside", "kept"), [(1, 10), (3, 7)])
def test_rows_outside_the_ranges_are_not_eligible_and_are_kept_only_while_they_are_few(n_outside, kept):
    results = [({"x": -1.0 if i < n_outside else 0.1 * i}, float(i)) for i in range(10)]
    (earlier_rows,) = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, earlier=[results])._core.earlier()
    assert len(earlier_rows) == kept
    assert sum(not eligible for _, _, eligible in earlier_rows) == kept - (10 - n_outside)


def test_failed_and_infeasible_trials_are_not_tried(source):
    optimizer = tt.Optimizer(SPACE, seed=0)
    for params, value in rows(source):
        optimizer.observe(params, value, constraints={"c": 1.0 if value < 0.05 else -1.0})
    optimizer.observe(CORNER, state="failed")
    first = tt.Optimizer(SPACE, earlier=[optimizer]).ask().params
    assert loss(first) >= 0.05
    (earlier_rows,) = tt.Optimizer(SPACE, earlier=[optimizer])._core.earlier()
    assert len(earlier_rows) == len(source)


def test_a_long_source_is_cut_to_its_best_rows_and_some_others():
    results = [({"x": i / 1000}, float(i)) for i in range(1000)]
    (earlier_rows,) = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, earlier=[results])._core.earlier()
    losses = [value for _, value, _ in earlier_rows]
    assert len(earlier_rows) == 150
    assert losses[:100] == list(range(100))
    assert max(losses) > 980


def test_a_search_restored_from_bytes_needs_no_source_and_continues_identically(source):
    optimizer = tt.Optimizer(SPACE, earlier=[source], seed=0)
    run(optimizer, 4)
    restored = tt.Optimizer.from_bytes(optimizer.to_bytes())
    assert run(restored, 8) == run(optimizer, 8)


def test_a_study_stores_its_sources(source, tmp_path):
    path = tmp_path / "new.db"
    with tt.Study(path, SPACE, earlier=[source], seed=0) as study:
        suggestions = run(study, 4)
    with tt.Study(path) as study:
        suggestions += run(study, 6)
    assert suggestions == run(tt.Optimizer(SPACE, earlier=[source], seed=0), 10)
    with tt.Study(path, SPACE, earlier=["there is no such study"]) as study:
        assert len(study) == 10


def test_a_change_of_the_space_keeps_the_rows_that_fit(source, tmp_path):
    wider = {"x": tt.Float(0.0, 2.0), "kind": tt.Categorical(["b", "a"]), "new": tt.Float(0.0, 1.0, default=0.5)}
    with tt.Study(tmp_path / "s.db", SPACE, earlier=[source], seed=0) as study:
        study.change_space(wider)
        (earlier_rows,) = study._core.earlier()
        expected = tt.Optimizer(wider, earlier=[source])._core.earlier()[0]
        assert [tuple(row) for row, _, _ in earlier_rows] == [tuple(row) for row, _, _ in expected]
        first = study.ask().params
    with tt.Study(tmp_path / "s.db") as study:
        assert study._core.earlier() == [earlier_rows]
        assert study.pending[0].params == first


def test_minimize_takes_earlier_searches(source, tmp_path):
    for study in (None, tmp_path / "m.db"):
        result = tt.minimize(loss, SPACE, n_trials=3, earlier=[source], seed=0, study=study, progress=False)
        assert result.trials[0].params == source.best_params
    with pytest.raises(tt.ArgumentError, match="earlier"):
        tt.minimize(loss, study=result.optimizer, n_trials=1, earlier=[source])


def test_the_best_earlier_trial_is_suggested_once_before_a_python_sampler_is_called(source):
    class Corner:
        def suggest(self, view, n, rng):
            return [[0.9, 0.9, 0.1]] * n

    optimizer = tt.Optimizer(SPACE, earlier=[source], sampler=Corner(), seed=0)
    assert optimizer.ask().params == source.best_params
    assert optimizer.ask().params["x"] == 0.9


def test_a_misleading_source_is_used_once(source):
    misleading = [(params, -value) for params, value in rows(source)]
    optimizer = tt.Optimizer(SPACE, earlier=[misleading], seed=0)
    run(optimizer, 8)
    assert [trial.origin for trial in optimizer.trials].count("earlier") == 1


def test_an_uninformative_source_changes_nothing(source):
    values = [value for _, value in rows(source)]
    mixed = [(params, values[(7 * i + 3) % len(values)]) for i, (params, _) in enumerate(rows(source))]
    assert run(tt.Optimizer(SPACE, earlier=[mixed], seed=0), 10) == run(tt.Optimizer(SPACE, seed=0), 10)


@pytest.mark.parametrize(
    ("earlier", "message"),
    [
        ("sweep.db", "must be a list"),
        (["no such file"], r"earlier\[0\]: there is no study"),
        ([3], r"earlier\[0\] must be a search"),
        ([[(1, 2)]], "must be a pair"),
        ([{"x": [0.5]}], "has no column 'value'"),
        ([[]] * 9, "at most 8"),
        (({"x": [0.5], "acc": [1.0]}, "acc"), r"write \[\(frame, 'acc'\)\]"),
        ([{"x": 0.5}], r"earlier\[0\] is not a table: the column 'x' must be a list, got 0.5"),
        ([[], {"x": [0.5], "value": [1.0, 2.0]}], r"earlier\[1\] is not a table: the columns of a table"),
        (["no/such/file" * 100], r"earlier\[0\]: there is no study at .{200}$"),
    ],
)
def test_an_unreadable_source_is_named(earlier, message):
    with pytest.raises(tt.ArgumentError, match=message):
        tt.Optimizer(SPACE, earlier=earlier)


def test_several_objectives_are_refused(source):
    with pytest.raises(tt.ArgumentError, match="one objective"):
        tt.Optimizer(SPACE, directions=["minimize", "minimize"], earlier=[source])
    two_objectives = tt.Optimizer(SPACE, directions=["minimize", "minimize"])
    with pytest.raises(tt.ArgumentError, match="several objectives"):
        tt.Optimizer(SPACE, earlier=[two_objectives])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ([], "none of its entries is complete with a finite value"),
        ([({"x": 0.5}, float("nan"))] * 9, "none of its entries"),
        ([({"x": 0.1 * i}, float(i)) for i in range(4)], "it has 4 rows"),
        ([({"rate": 0.1 * i}, float(i)) for i in range(9)], r"names no parameter of the space: it has \['rate'\], not"),
        ([({"x": f"{i}"}, float(i)) for i in range(9)], "0 of its 9 rows .* because of 'x': .*'0'"),
        ([({"x": 5.0 + i}, float(i)) for i in range(9)], "0 of its 9 rows .* 'x' is outside of its range: 5.0"),
    ],
)
def test_a_source_without_effect_causes_a_warning(source, message):
    useful_source = [({"x": 0.1 * i, "y": 0.5}, float(i)) for i in range(9)]
    with pytest.warns(UserWarning, match=rf"^earlier\[1\] changes nothing: .*{message}") as warned:
        optimizer = tt.Optimizer(SPACE, earlier=[useful_source, source])
    assert [warning.filename for warning in warned] == [__file__]
    assert optimizer.earlier[0] == (9, 9, True)
    assert not optimizer.earlier[1].used


def test_earlier_lists_the_rows_and_candidates_of_each_source(source):
    mixed = [({"x": -1.0 if i == 0 else 0.1 * i}, float(i)) for i in range(10)]
    optimizer = tt.Optimizer(SPACE, earlier=[source, mixed])
    assert [(entry.rows, entry.candidates, entry.used) for entry in optimizer.earlier] == [
        (20, 20, True),
        (10, 9, True),
    ]
    assert tt.Optimizer.from_bytes(optimizer.to_bytes()).earlier == optimizer.earlier
    assert tt.Optimizer(SPACE).earlier == ()


def test_a_study_of_another_library_says_how_to_convert_it():
    study = SimpleNamespace(trials=[], directions=["minimize"])  # what one of Optuna has, too
    with pytest.raises(tt.ArgumentError, match=r"earlier\[0\] is a study of another library; convert it"):
        tt.Optimizer(SPACE, earlier=[study])


class Corner:
    """A sampler of the user's own."""

    def suggest(self, view, n, rng):
        return rng.random((n, len(view.axes)))


class Never:
    """A pruner of the user's own."""

    def decide(self, reports):
        return False


def test_a_study_is_read_without_the_sampler_and_the_pruner_of_its_program(tmp_path):
    path, space = tmp_path / "own.db", {"x": tt.Float(0.0, 1.0)}
    with tt.Study(path, space, sampler=Corner(), pruner=Never(), seed=0) as study:
        for _ in range(12):
            trial = study.ask()
            study.tell(trial, trial.params["x"])
    assert [source.rows for source in tt.Optimizer(space, earlier=[path], seed=0).earlier] == [12]
    reader = tt.Study(path, read_only=True)
    assert len(reader.trials) == 12
    assert [repr(reader.sampler), repr(reader.pruner)] == [f"{__name__}.Corner", f"{__name__}.Never"]
    assert len(pickle.loads(pickle.dumps(reader)).trials) == 12
    restored = tt.Optimizer.from_bytes(reader.to_bytes(), sampler=Corner(), pruner=Never())
    assert restored.ask().id == 12
    with pytest.raises(tt.StudyError, match=r"uses a sampler of your own, .*Corner; give it again"):
        tt.Study(path)
    with pytest.raises(tt.StudyError, match="the sampler given is"):
        tt.Study(path, sampler=Never(), read_only=True)


def test_a_share_beyond_the_largest_float_is_no_error_of_python():
    rows = [({"mix": {"p": 10**400, "q": 1}, "x": 0.1 * i}, float(i)) for i in range(8)]
    space = {"mix": tt.Simplex(["p", "q"]), "x": tt.Float(0, 1)}
    with pytest.warns(UserWarning, match="'mix/p': value must fit a 64-bit float"):
        tt.Optimizer(space, earlier=[rows], seed=0)
