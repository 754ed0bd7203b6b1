"""What the core returns: trials, columns, the view of a sampler, settings, snapshots and grids."""

import math

import numpy as np
import pytest

from tanteo._core import CoreOptimizer, CoreSpace
from tanteo.exceptions import ArgumentError, UnknownTrialError

CONDITIONAL = [
    ("c", ("unordered", 2), None, None, []),
    ("x", ("real", 0.0, 2.0, False), None, None, [(0, ("values", [1]))]),
]


@pytest.fixture
def search(optimizer):
    """A search with five trials: complete, failed, pruned after a report, complete with all fields, pending."""
    search = optimizer(True)
    search.ask_many(5)
    search.tell_value(0, 0.25)
    search.tell(1, ("failed", None, None, None, [], 2.0, "out of memory"))
    search.report(2, 1, [0.5], [])
    search.tell(2, ("pruned", None, None, None, [], None, None))
    search.tell(3, ("complete", [1.0], [0.1], [[0.9, 1.1]], [("memory", 3.0), ("time", -1.0)], 7.0, None))
    return search


def test_attributes_times_and_tracebacks(search):
    search.set_attribute(3, "b", "1")
    search.set_attribute(3, "a", "text that is not read")
    search.set_evaluation(1, 1.0, 2.5, "there")
    trial = search.trial(3)
    assert trial["attributes"] == [("a", "text that is not read"), ("b", "1")]
    assert [search.trial(1)[name] for name in ("started", "finished", "traceback")] == [1.0, 2.5, "there"]
    assert search.columns()["notes"] == [(1, (1.0, 2.5, [])), (3, (None, None, trial["attributes"]))]
    with pytest.raises(ArgumentError, match="the times of trial 1 must be finite seconds"):
        search.set_evaluation(1, math.inf, None, None)
    with pytest.raises(UnknownTrialError):
        search.set_attribute(99, "a", "1")


def test_a_trial_is_returned_with_all_fields(search):
    assert search.trial(3) == {
        "row": search.trial(3)["row"],
        "state": "complete",
        "origin": "random",
        "values": [1.0],
        "partial_values": None,
        "sems": [0.1],
        "replicates": [[0.9, 1.1]],
        "constraints": {"memory": 3.0, "time": -1.0},
        "cost": 7.0,
        "reason": None,
        "curve": [],
        "folds": [],
        "reported": [],
        "left_out": [],
        "feasible": False,
        "excluded": False,
        "paused": False,
        "resume_from": None,
        "started": None,
        "finished": None,
        "traceback": None,
        "attributes": [],
    }
    failed = search.trial(1)
    assert (failed["state"], failed["values"], failed["reason"], failed["cost"]) == (
        "failed",
        None,
        "out of memory",
        2.0,
    )
    pruned = search.trial(2)
    assert (pruned["state"], pruned["values"], pruned["curve"]) == ("pruned", [0.5], [(1, 0.5)])
    assert [search.state(i) for i in range(5)] == ["complete", "failed", "pruned", "complete", "pending"]


def test_columns_hold_every_trial(search):
    columns = search.columns()
    assert columns["id"].tolist() == [0, 1, 2, 3, 4]
    assert columns["state"] == [search.state(i) for i in range(5)]
    assert columns["origin"] == ["random"] * 5
    assert list(zip(*columns["rows"], strict=True)) == [search.trial(i)["row"] for i in range(5)]
    np.testing.assert_array_equal(columns["values"], [[0.25], [math.nan], [0.5], [1.0], [math.nan]])
    np.testing.assert_array_equal(columns["sems"], [[math.nan]] * 3 + [[0.1]] + [[math.nan]])
    np.testing.assert_array_equal(columns["constraints"]["memory"], [math.nan] * 3 + [3.0] + [math.nan])
    np.testing.assert_array_equal(columns["cost"], [math.nan, 2.0, math.nan, 7.0, math.nan])
    assert columns["reason"] == [None, "out of memory", None, None, None]


def test_the_view_is_minimized_encoded_and_read_only(search, space):
    view = search.view()
    np.testing.assert_array_equal(view["unit"], space.encode([search.trial(i)["row"] for i in range(5)]))
    np.testing.assert_array_equal(view["values"], [[-0.25], [math.nan], [-0.5], [-1.0], [math.nan]])
    assert view["state"].tolist() == [1, 3, 2, 1, 0]
    assert view["violation"].tolist() == [0.0, 0.0, 0.0, 3.0, 0.0]
    assert view["feasible"].tolist() == [True, True, True, False, True]
    assert view["eligible"].tolist() == [True, False, False, False, False]
    assert not np.signbit(view["violation"]).any()
    for array in view.values():
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    view["unit"].base.fill(0.5)  # the view is a copy, so the history does not change
    assert not np.array_equal(search.view()["unit"], view["unit"])


def test_inactive_parameters_are_none_and_nan():
    space = CoreSpace(CONDITIONAL, [])
    rows = space.sample(20, 0)
    assert all((x is None) == (c == 0) for c, x in rows)
    unit = space.encode(rows)
    assert np.isnan(unit[:, 1]).tolist() == [x is None for _, x in rows]
    assert space.decode(np.nan_to_num(unit)) == rows


def test_encode_and_decode_are_inverse(space):
    rows = space.sample(50, 1)
    unit = space.encode(rows)
    assert unit.shape == (50, 5)
    assert ((unit >= 0.0) & (unit <= 1.0)).all()
    for (x, *levels), (y, *decoded_levels) in zip(rows, space.decode(unit), strict=True):
        assert math.isclose(x, y, rel_tol=1e-15, abs_tol=1e-300)
        assert levels == decoded_levels
    assert space.decode(np.asfortranarray(unit)) == space.decode(unit)
    for invalid_rows in (unit[0], unit[:, :4], unit.astype(np.float32), [[0.5] * 5], None):
        with pytest.raises(ArgumentError, match=r"float64 array of shape \(n, 5\)"):
            space.decode(invalid_rows)


def test_axes_give_the_kind_and_the_number_of_levels(space):
    assert space.axes() == [
        ("continuous", None), ("ordered", 1000), ("ordered", 11), ("ordered", 3), ("unordered", 4)
    ]  # fmt: skip
    assert CoreSpace([("n", ("integer", -(2**63), 2**63 - 1, 1, False), None, None, [])], []).axes() == [
        ("ordered", 2**64)
    ]


def test_points_of_an_external_sampler(space):
    search = CoreOptimizer(space, [False], ("external", {}), 1, True, ("nothing", {}))
    rows = space.sample(3, 5)
    assert search.ask_external(space.encode(rows)) == list(enumerate(space.decode(space.encode(rows))))
    assert {search.trial(i)["origin"] for i in range(3)} == {"external"}
    with pytest.raises(ArgumentError):
        search.ask_external(np.zeros((2, 3)))
    assert len(search) == 3


def test_queued_points_and_defaults_come_first():
    space = CoreSpace([("x", ("real", 0.0, 1.0, False), 0.5, None, [])], [])
    search = CoreOptimizer(space, [False], ("random", {}), 1, True, ("nothing", {}))
    search.enqueue((0.25,))
    assert search.next_is_given()
    assert search.ask() == (0, (0.25,))
    assert search.ask() == (1, (0.5,)) == (1, space.default())
    assert not search.next_is_given()
    assert [search.trial(i)["origin"] for i in (0, 1)] == ["enqueued", "default"]
    assert search.observe((0.125,), ("complete", [3.0], None, None, [], None, None)) == 2
    assert search.pending() == [0, 1]
    assert (search.best(), search.recommend(), search.trial(2)["origin"]) == (2, (2, None), "observed")


@pytest.mark.parametrize(
    "sampler",
    [
        ("random", {}),
        ("sobol", {}),
        ("grid", {"resolution": 3}),
        ("one_at_a_time", {"base": (0.5, 7, 0.1, 0, 3), "resolution": 4}),
        ("one_at_a_time", {"base": None, "resolution": 4}),
        ("tpe", {"n_startup": 7, "n_candidates": 11, "gamma": 0.2}),
        ("auto", {"n_startup": None}),
        ("auto", {"n_startup": 5}),
        ("external", {}),
    ],
)
def test_settings_recreate_the_optimizer(space, sampler):
    search = CoreOptimizer(space, [True, False], sampler, 2**64 - 1, False, ("nothing", {}))
    settings = search.settings()
    arguments = {"maximize": [True, False], "sampler": sampler, "seed": 2**64 - 1, "deduplicate": False}
    others = {"pruner": ("nothing", {}), "pausing": False, "budget": None}
    limits = {"max_violation_probability": None, "thresholds": None}
    assert settings == {**arguments, **others, **limits}
    copy = CoreOptimizer(search.space(), **settings)
    assert copy.settings() == settings
    assert copy.space() == space


def test_a_restored_snapshot_continues_as_the_original(search):
    data = search.snapshot(b"labels \x00\xff")
    copy, labels = CoreOptimizer.restore(data)
    assert labels == b"labels \x00\xff"
    assert copy.snapshot(labels) == data
    assert [copy.trial(i) for i in range(5)] == [search.trial(i) for i in range(5)]
    assert (copy.space(), copy.settings(), copy.stats()) == (search.space(), search.settings(), search.stats())
    assert copy.ask_many(5) == search.ask_many(5)


def test_a_grid_is_generated_lazily():
    space = CoreSpace(CONDITIONAL, [])
    assert list(space.grid(3)) == [(0, None), (1, 0.0), (1, 1.0), (1, 2.0)]
    wide = CoreSpace([(f"n{i}", ("integer", 0, 2**40, 1, False), None, None, []) for i in range(3)], [])
    rows = wide.grid(2**40)
    assert [next(rows) for _ in range(3)] == [(0, 0, 0), (0, 0, 1), (0, 0, 2)]
    with pytest.raises(ValueError, match="level"):
        space.grid(0)


def test_spaces_are_equal_if_their_declarations_are(space):
    assert CoreSpace(CONDITIONAL, []) == CoreSpace(CONDITIONAL, [])
    assert CoreSpace(CONDITIONAL, []) != space
    assert space != "space"
