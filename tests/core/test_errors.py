"""Errors of the core arrive as the matching class of ``tanteo.exceptions``."""

import pytest

from tanteo import exceptions as errors
from tanteo._core import CoreOptimizer, CoreSpace

X = ("x", ("real", 0.0, 1.0, False), None, None, [])


def make_search():
    space = CoreSpace([("c", ("unordered", 3), None, None, [])], [])
    return CoreOptimizer(space, [False], ("random", {}), 1, True, ("nothing", {}))


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        (("real", 1.0, 0.0, False), "greater than"),
        (("real", 0.0, float("inf"), False), "finite"),
        (("real", 0.0, 1.0, True), "log"),
        (("stepped", 0.0, 1.0, 0.0), "step"),
        (("integer", 0, 10, 0, False), "step"),
        (("integer", 0, 10, 1, True), "log"),
        (("ordered", 0), "choice"),
        (("real", "0", 1.0, False), "low must be a number"),
        (("stepped", 0.0, 1.0, True), "step must be a number"),
    ],
)
def test_an_impossible_domain_is_a_parameter_error_with_its_name(domain, message):
    with pytest.raises(errors.ParameterError, match=rf"parameter 'p': .*{message}"):
        CoreSpace([("p", domain, None, None, [])], [])


@pytest.mark.parametrize(
    ("default", "prior"),
    [
        (2.0, None),
        ("a", None),
        (None, ("normal", 0.0, -1.0)),
        (None, ("histogram", [0.0, 1.0], [1.0, 1.0])),
        (None, ("normal", True, 1.0)),
        (None, ("weights", [1.0])),
    ],
)
def test_a_bad_default_or_prior_is_a_parameter_error_with_its_name(default, prior):
    with pytest.raises(errors.ParameterError, match="parameter 'p'"):
        CoreSpace([("p", ("real", 0.0, 1.0, False), default, prior, [])], [])


@pytest.mark.parametrize(
    "condition", [(0, ("values", [0.5])), (0, ("range", 2.0, 3.0)), (1, ("values", [0])), (7, ("values", [0]))]
)
def test_a_bad_condition_is_a_space_error(condition):
    with pytest.raises(errors.SpaceError, match="child"):
        CoreSpace([X, ("child", ("unordered", 2), None, None, [condition])], [])


def test_unsatisfiable_constraints_are_a_space_error():
    with pytest.raises(errors.SpaceError, match="constraint"):
        CoreSpace([X], [("linear", [(0, 1.0)], 5.0, None)]).sample(1, 0)


def test_an_unknown_name_in_a_declaration_is_an_argument_error():
    with pytest.raises(errors.ArgumentError, match='no domain is called "reel"'):
        CoreSpace([("p", ("reel", 0.0, 1.0), None, None, [])], [])
    with pytest.raises(errors.ArgumentError, match="no constraint is called"):
        CoreSpace([X], [("linnear", [], None, None)])
    search = make_search()
    search.ask()
    with pytest.raises(errors.ArgumentError, match='state is "done"'):
        search.tell(0, ("done", [1.0], None, None, [], None, None))


def test_a_second_result_is_a_trial_state_error_and_the_first_remains():
    search = make_search()
    search.ask()
    search.tell_value(0, 1.0)
    for call in (
        lambda: search.tell_value(0, 2.0),
        lambda: search.report(0, 1, [1.0], []),
        lambda: search.should_prune(0),
    ):
        with pytest.raises(errors.TrialStateError, match="trial 0 is already complete") as raised:
            call()
        assert not isinstance(raised.value, errors.UnknownTrialError)
    assert search.trial(0)["values"] == [1.0]


def test_an_exhausted_space_raises_space_exhausted():
    search = make_search()
    assert {search.ask()[1] for _ in range(3)} == {(0,), (1,), (2,)}
    with pytest.raises(errors.SpaceExhausted):
        search.ask()
    assert len(search) == 3


def test_a_rejected_tell_changes_nothing():
    search = make_search()
    search.ask()
    snapshot = search.snapshot(b"")
    for arguments in [
        ("complete", None, None, None, [], None, None),
        ("complete", [1.0, 2.0], None, None, [], None, None),
        ("complete", [1.0], [0.1, 0.1], None, [], None, None),
        ("complete", [1.0], None, [[1.0], [1.0]], [], None, None),
        ("complete", [1.0], [-1.0], None, [], None, None),
        ("complete", [1.0], None, None, [("c", 1.0), ("c", 2.0)], None, None),
        ("complete", [1.0], None, None, [], -1.0, None),
        ("failed", [1.0], None, None, [], None, None),
    ]:
        with pytest.raises(errors.ArgumentError):
            search.tell(0, arguments)
        with pytest.raises(errors.ArgumentError):
            search.observe((0,), arguments)
        assert search.snapshot(b"") == snapshot
    search.tell(0, ("complete", [1.0], [0.5], [[0.5, 1.5]], [("c", 1.0)], 2.0, None))


@pytest.mark.parametrize(
    ("sampler", "message"),
    [
        (("annealing", {}), "annealing"),
        (
            ("tpe", {"n_startup": 10, "n_candidates": 24, "gamma": 2.0}),
            "gamma must be between 0 and 1, both excluded, got 2.0",
        ),
        (("tpe", {"n_startup": 10, "n_candidates": 24, "gamma": "0.1"}), "gamma must be a number"),
        (("tpe", {"n_startup": True, "n_candidates": 24, "gamma": 0.1}), "n_startup must be an integer"),
        (("random", {"gamma": 0.1}), 'no setting "gamma"'),
        (("grid", {"resolution": 0}), "resolution"),
        (("one_at_a_time", {"base": (2.0,), "resolution": 3}), "x"),
    ],
)
def test_wrong_settings_are_refused_by_name(sampler, message):
    with pytest.raises(ValueError, match=message):
        CoreOptimizer(CoreSpace([X], []), [False], sampler, 1, True, ("nothing", {}))


@pytest.mark.parametrize("data", [b"", b"garbage", b"TANTEO\0\0" + b"\0" * 30])
def test_invalid_bytes_are_a_snapshot_error(data):
    with pytest.raises(errors.SnapshotError):
        CoreOptimizer.restore(data)


def test_an_ask_without_points_of_an_external_sampler_is_an_error():
    search = CoreOptimizer(CoreSpace([X], []), [False], ("external", {}), 1, True, ("nothing", {}))
    with pytest.raises(errors.TanteoError, match="ask_external"):
        search.ask()
