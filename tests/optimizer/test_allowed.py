"""Known constraints given as a function: no suggestion breaks one, whatever the sampler."""

import copy
import gc
import math
import pickle
import threading
import warnings
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tanteo as tt
from tanteo import inside
from tanteo.space.allowed import RuleOnRows
from tanteo.study.session import StudySession

SPACE = {
    "x": tt.Float(0.0, 1.0),
    "y": tt.Float(0.0, 1.0),
    "n": tt.Int(1, 20),
    "kind": tt.Categorical(["a", "b"]),
    "z": tt.Float(0.0, 1.0, when={"kind": "b"}),
}
FINITE = {"i": tt.Int(0, 11), "j": tt.Int(0, 11), "c": tt.Ordinal(["s", "m", "l"])}
SAMPLERS = ["auto", "gp", "tpe", "random", "sobol", "grid", "one_at_a_time", "nsga2", "nsga3"]
SINGLE = SAMPLERS[:-2]


def ring(batch):
    """Allow a ring of x and y, about a fifth of the square, and few z."""
    radius = np.hypot(batch["x"] - 0.5, batch["y"] - 0.5)
    return (radius > 0.35) & (radius < 0.45) & ~(batch["z"] > 0.5)


def is_on_ring(params):
    radius = np.hypot(params["x"] - 0.5, params["y"] - 0.5)
    return 0.35 < radius < 0.45 and not params.get("z", 0.0) > 0.5


def product(batch):
    return (batch["i"] * batch["j"]) % 5 == 1


class Counted:
    """A rule that counts its calls and the configurations that it sees."""

    def __init__(self, rule):
        self.rule, self.calls, self.rows = rule, 0, 0

    def __call__(self, batch):
        self.calls += 1
        self.rows += len(next(iter(batch.values())))
        return self.rule(batch)


@settings(deadline=None)
@given(st.sampled_from(SAMPLERS), st.integers(0, 2**32), st.data())
def test_no_suggestion_breaks_the_rule(sampler, seed, data):
    """In random histories with failures, pruned and infeasible trials, noise, batches and pending trials."""
    n_objectives = 2 if sampler.startswith("nsga") else 1
    search = tt.Optimizer(SPACE, directions=["minimize"] * n_objectives, sampler=sampler, seed=seed, allowed=ring)
    for _ in range(data.draw(st.integers(1, 14), label="rounds")):
        try:
            trials = search.ask(data.draw(st.integers(1, 3), label="n"))
        except tt.SpaceExhausted:
            break
        for trial in trials:
            assert is_on_ring(trial.params), trial
            value = [trial.params["x"], trial.params["y"]][:n_objectives]
            end = data.draw(st.sampled_from(["value", "value", "failed", "pruned", "broken", "noise", "pending"]))
            if end in ("failed", "pruned"):
                search.tell(trial, state=end)
            elif end != "pending":
                sem = [0.1] * n_objectives if end == "noise" else None
                search.tell(trial, value, sem=sem, constraints={"c": 1.0} if end == "broken" else None)


@pytest.mark.parametrize("sampler", [*SINGLE, "nsga2"])
def test_a_longer_search_keeps_the_rule(sampler):
    """Beyond the initial design, with models and local steps."""
    search = tt.Optimizer(
        {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, sampler=sampler, seed=0, allowed=lambda b: b["x"] * b["y"] < 0.2
    )
    for _ in range(40):
        try:
            trial = search.ask()
        except tt.SpaceExhausted:
            break
        x, y = trial.params["x"], trial.params["y"]
        assert x * y < 0.2
        search.tell(trial, -x - y)
    if sampler in ("auto", "gp"):
        assert search.best.value < -1.15, "the optimum on the border is found (x = 1, y = 0.2 or the reverse)"
        assert search.stats()["fallbacks"] == 0


def test_cma_es_keeps_the_rule():
    space = {f"x{k}": tt.Float(-1.0, 1.0) for k in range(3)}
    search = tt.Optimizer(space, seed=0, allowed=lambda b: b["x0"] ** 2 + b["x1"] ** 2 > 0.1)
    rng = np.random.default_rng(0)
    n = 0
    while n < 1100:
        params = {name: float(v) for name, v in zip(space, rng.uniform(-1, 1, 3), strict=True)}
        if params["x0"] ** 2 + params["x1"] ** 2 > 0.1:
            search.observe(params, sum(v * v for v in params.values()))
            n += 1
    origins = set()
    for _ in range(12):
        trial = search.ask()
        assert trial.params["x0"] ** 2 + trial.params["x1"] ** 2 > 0.1
        origins.add(search.trials[trial.id].origin)
        search.tell(trial, sum(v * v for v in trial.params.values()))
    assert "cma_es" in origins


@pytest.mark.parametrize("sampler", ["random", "tpe", "auto", "grid", "sobol"])
def test_a_finite_space_is_searched_whole(sampler):
    kept = {(i, j, c) for i in range(12) for j in range(12) if i * j % 5 == 1 for c in "sml"}
    options = {"sampler": tt.samplers.Grid(resolution=12) if sampler == "grid" else sampler}
    search = tt.Optimizer(FINITE, seed=0, allowed=product, **options)
    found = []
    for _ in kept:
        trial = search.ask()
        found.append(tuple(trial.params.values()))
        search.tell(trial, float(trial.params["i"]))
    assert sorted(found) == sorted(kept)
    with pytest.raises(tt.SpaceExhausted):
        search.ask()


def test_the_batch_has_columns_of_arrays():
    space = {
        "group": {"x": tt.Float(0, 1)},
        "n": tt.Int(1, 9),
        "kind": tt.Categorical(["a", ("t", 1)]),
        "z": tt.Int(1, 3, when={"kind": "a"}),
        "w": tt.Categorical(["p", "q"], when={"kind": "a"}),
        "k": tt.Constant(7),
    }
    seen = []
    search = tt.Optimizer(space, seed=0, sampler="random", allowed=lambda batch: seen.append(batch) or batch["n"] > 0)
    search.ask(5)
    assert list(seen[0]) == ["group/x", "n", "kind", "z", "w", "k"]
    for batch in seen:
        assert {len(column) for column in batch.values()} == {len(batch["n"])}
        assert (batch["group/x"].dtype, batch["n"].dtype.kind, batch["kind"].dtype) == (float, "i", object)
        for kind, z, w in zip(batch["kind"], batch["z"], batch["w"], strict=True):
            assert (kind == "a") == (z == z) == (w is not None)


class SimulatorError(Exception):
    """What a rule of the user may raise."""


class Breakable:
    """A rule that raises while it is broken."""

    def __init__(self, rule=lambda batch: batch["x"] + batch["y"] < 1.6):
        self.rule, self.is_broken = rule, False

    def __call__(self, batch):
        if self.is_broken:
            raise SimulatorError("the simulator is away")
        return self.rule(batch)


class Given(tt.samplers.Sampler):
    """A sampler of the user that counts its calls."""

    calls = 0

    def suggest(self, view, n, rng):
        self.calls += 1
        return rng.random((n, len(view.axes)))


def told(search, n=12):
    """Tell the results of ``n`` trials."""
    for trial in search.ask(n):
        search.tell(trial, (trial.params["x"] - 0.3) ** 2 + trial.params["y"])
    return search


PLAIN = {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}


def asking_threads(tmp_path, rule):
    search = told(tt.Optimizer(PLAIN, seed=0, sampler="random", allowed=rule))

    def calls():
        errors, start = [], threading.Barrier(4)

        def ask():
            start.wait()
            for _ in range(50):
                try:
                    search.ask()
                except BaseException as error:
                    errors.append(error)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {type(error) for error in errors} == {SimulatorError}
        assert len(errors) == 200
        raise errors[0]

    return search, calls


def with_defaults():
    return {name: tt.Float(0, 1, default=0.5) for name in PLAIN}


def paused(tmp_path, rule):
    """Return a search with untried defaults and a paused trial that may go on."""
    search = tt.Optimizer(with_defaults(), seed=0, pausing=True, pruner="nothing", allowed=rule)
    search.enqueue({"x": 0.1, "y": 0.1})
    trial = search.ask()
    trial.report(1, 1.0)
    search.tell(trial, state="paused")
    return search, search.ask


def with_own_sampler(tmp_path, rule):
    """Whether the defaults come first is asked before the sampler is called."""
    sampler = Given()
    search = tt.Optimizer(with_defaults(), seed=0, sampler=sampler, allowed=rule)

    def ask():
        try:
            search.ask()
        finally:
            assert sampler.calls == 0

    return search, ask


def gain(tmp_path, rule):
    search = told(tt.Optimizer(PLAIN, seed=0, allowed=rule))
    return search, lambda: search.expected_gain(5)


def in_a_study(tmp_path, rule):
    search = told(tt.Study(tmp_path / "study.db", PLAIN, seed=0, allowed=rule, durability="off"))
    return search, search.ask


def gain_of_a_study(tmp_path, rule):
    search, _ = in_a_study(tmp_path, rule)
    return search, lambda: search.expected_gain(5)


@pytest.mark.parametrize(
    "prepared", [asking_threads, paused, with_own_sampler, gain, in_a_study, gain_of_a_study], ids=lambda f: f.__name__
)
def test_the_error_of_the_rule_is_that_of_the_call_and_of_no_other(tmp_path, monkeypatch, prepared):
    rule = Breakable()
    search, call = prepared(tmp_path, rule)
    loads = []
    load = StudySession._load
    monkeypatch.setattr(StudySession, "_load", lambda session: (loads.append(session), load(session)))
    before = search._core.snapshot(b"")
    rule.is_broken = True
    with pytest.raises(SimulatorError, match="simulator"):
        call()
    with pytest.raises(tt.UnknownTrialError):
        search.tell(99, 1.0)
    assert search._core.snapshot(b"") == before
    assert loads == [], "nothing has changed, so the study is not read again"
    rule.is_broken = False
    search.ask()


def test_an_error_of_the_rule_passes_through_and_changes_nothing():
    broken = []

    def rule(batch):
        if broken:
            raise SimulatorError("the simulator is away")
        return batch["x"] + batch["y"] < 1.6

    for sampler in SAMPLERS:
        broken.clear()
        directions = ["minimize"] * (2 if sampler.startswith("nsga") else 1)
        search = tt.Optimizer(SPACE, directions=directions, seed=0, sampler=sampler, allowed=rule)
        for trial in search.ask(4):
            search.tell(trial, [1.0] * len(directions))
        before = search.to_bytes()
        broken.append(True)
        with pytest.raises(SimulatorError, match="simulator"):
            search.ask(3)
        with pytest.raises(SimulatorError, match="simulator"):
            search.enqueue({"x": 0.9, "y": 0.5})
        assert search.to_bytes() == before
        broken.clear()
        expected = tt.Optimizer.from_bytes(before, allowed=rule).ask()
        assert search.ask() == expected


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda b: True, r"bools of the shape \(16,\); got bool of the shape \(\)"),
        (lambda b: b["x"], r"got float64 of the shape \(16,\)"),
        (lambda b: (b["x"] > 0)[:-1], r"got bool of the shape \(15,\)"),
        (lambda b: None, "got object of the shape"),
        (lambda b: (b["x"] > 0)[:, None], r"got bool of the shape \(16, 1\)"),
    ],
)
def test_a_wrong_answer_is_refused(answer, message):
    search = tt.Optimizer(SPACE, seed=0, sampler="random", allowed=answer)
    before = search.to_bytes()
    with pytest.raises(tt.ArgumentError, match=message):
        search.ask()
    assert search.to_bytes() == before
    with pytest.raises(tt.ArgumentError, match="allowed must be a function"):
        tt.Optimizer(SPACE, allowed=[True])


@pytest.mark.parametrize("sampler", ["random", "auto"])
@pytest.mark.parametrize("rule", [lambda p: p["x"] < 0.5 and p["y"] < 0.5, lambda p: math.sqrt(p["x"]) < 0.5])
def test_a_function_of_one_configuration_is_refused_at_the_first_ask(rule, sampler):
    search = tt.Optimizer(SPACE, seed=0, sampler=sampler, allowed=rule)
    with pytest.raises(tt.ArgumentError, match=r"called with a batch .* with & and \| in place of and, or and if"):
        search.ask()


@pytest.mark.parametrize("sampler", ["random", "tpe", "auto", "sobol"])
def test_without_an_allowed_configuration_the_error_says_so(sampler):
    counted = Counted(lambda batch: np.zeros(len(batch["x"]), dtype=bool))
    search = tt.Optimizer(SPACE, seed=0, sampler=sampler, allowed=counted)
    with pytest.raises(tt.SpaceError, match=r"allowed= refused 16368 untried configurations; loosen it"):
        search.ask()
    assert counted.rows < 17_000
    assert len(search) == 0


def test_queued_points_and_defaults_follow_the_rule(tmp_path):
    space = {"x": tt.Float(0, 1, default=0.9), "y": tt.Float(0, 1, default=0.9)}
    for search in (
        tt.Optimizer(space, seed=0, allowed=lambda b: b["x"] * b["y"] < 0.2),
        tt.Study(tmp_path / "study.db", space, seed=0, allowed=lambda b: b["x"] * b["y"] < 0.2),
    ):
        with pytest.raises(
            tt.SpaceError, match=r"allowed= refuses the point {'x': 0.9, 'y': 0.8}, also .*; change the"
        ):
            search.enqueue({"x": 0.9, "y": 0.8})
        search.enqueue({"x": 0.9, "y": 0.1})
        search.enqueue({"x": 0.8})
        first, second, third = search.ask(3)
        assert first.params == {"x": 0.9, "y": 0.1}
        assert second.params["x"] == 0.8
        assert second.params["y"] < 0.25
        assert search.trials[third.id].origin != "default"
        with pytest.raises(tt.ArgumentError, match="among= and allowed="):
            search.ask(among=[{"x": 0.5, "y": 0.5}])


def below(batch):
    return batch["x"] * batch["y"] < 0.2


def test_copies_and_restored_searches(tmp_path):
    space = {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}
    search = tt.Optimizer(space, seed=0, allowed=below)
    for trial in search.ask(12):
        search.tell(trial, -trial.params["x"])
    data = search.to_bytes()
    twins = [
        copy.deepcopy(search),
        pickle.loads(pickle.dumps(search)),
        tt.Optimizer.from_bytes(data, allowed=below),
        search,
    ]
    asked = [[trial.params for trial in twin.ask(3)] for twin in twins]
    assert asked == asked[:1] * 4
    assert data == tt.Optimizer.from_bytes(data).to_bytes(), "the function is not saved"


def test_processes_of_a_study_give_the_rule_each(tmp_path):
    space, path = {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, tmp_path / "study.db"
    first, second = tt.Study(path, space, seed=0, allowed=below), tt.Study(path, allowed=below)
    alone = tt.Optimizer(space, seed=0, allowed=below)
    for k in range(16):
        trial, expected = (first, second)[k % 2].ask(), alone.ask()
        assert trial.params == expected.params
        (second, first)[k % 2].tell(trial.id, -trial.params["x"])
        alone.tell(expected, -expected.params["x"])
    second.refresh()
    assert first.expected_gain() == second.expected_gain() == alone.expected_gain()


def test_a_refused_queued_point_is_dropped_at_the_same_place_in_every_process(tmp_path):
    """A process without the rule has queued it."""
    path = tmp_path / "study.db"
    first, second = tt.Study(path, PLAIN, seed=0, allowed=below), tt.Study(path)
    for x in (0.9, 0.1, 0.8):
        second.enqueue({"x": x, "y": 0.9})
    with pytest.warns(UserWarning, match=r"refuses the point \{'x': 0.9, 'y': 0.9\}") as caught:
        assert first.ask().params == {"x": 0.1, "y": 0.9}
    assert len(caught) == 1
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match=r"'x': 0.8"):
        next_params = first.ask().params
    assert next_params["x"] * next_params["y"] < 0.2
    second.refresh()
    states = [study._core.snapshot(b"") for study in (first, second, tt.Study(path), tt.Study(path, allowed=below))]
    assert states == states[:1] * 4
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first.ask()


def test_a_search_that_is_loaded_with_another_rule_drops_what_it_refuses():
    for sampler in (None, Given()):
        options = {} if sampler is None else {"sampler": sampler}
        search = tt.Optimizer(PLAIN, seed=0, **options)
        search.enqueue({"x": 0.9, "y": 0.9})
        loaded = tt.Optimizer.from_bytes(search.to_bytes(), allowed=below, **options)
        with pytest.warns(UserWarning, match="was taken from the queue"):
            params = loaded.ask().params
        assert params["x"] * params["y"] < 0.2
        assert tt.Optimizer.from_bytes(loaded.to_bytes(), **options).ask(2)[0].params != {"x": 0.9, "y": 0.9}


def test_a_partial_point_that_is_refused_as_another_trial_is_dropped():
    """Of its completions, one in a hundred is allowed, and 64 are tried for each trial."""
    dropped = 0
    for seed in range(12):
        search = tt.Optimizer(PLAIN, seed=seed, sampler="random", allowed=lambda batch: batch["y"] < 0.01)
        try:
            search.enqueue({"x": 0.5})
        except tt.SpaceError:
            continue
        search.observe({"x": 0.5, "y": 0.005}, 1.0)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            search.ask()
        dropped += len(caught)
    assert dropped >= 1


def test_the_rule_follows_a_change_of_the_space(tmp_path):
    path, seen = tmp_path / "study.db", []
    study = tt.Study(path, PLAIN, seed=0, allowed=lambda batch: seen.append(dict(batch)) or batch["y"] < 0.5)
    study.tell(study.ask(), 1.0)
    other = tt.Study(path)
    other.change_space({"a": tt.Categorical(["p", "q"]), "y": tt.Float(0, 1), "x": tt.Float(0, 1)}, fill={"a": "p"})
    study.refresh()
    seen.clear()
    with pytest.raises(tt.SpaceError, match="allowed="):
        study.enqueue({"a": "q", "x": 0.25, "y": 0.75})
    inside.check_enqueue(study, {"a": "q", "x": 0.25, "y": 0.25}, 0)
    assert [{name: column[0] for name, column in batch.items()} for batch in (seen[0], seen[-1])] == [
        {"a": "q", "y": y, "x": 0.25} for y in (0.75, 0.25)
    ]


@pytest.mark.parametrize(
    ("space", "rule"),
    [
        ({"c": tt.Categorical(["a", "b"], weights=[1.0, 1e-7])}, lambda batch: batch["c"] == "b"),
        ({"n": tt.Int(1, 50_000)}, lambda batch: batch["n"] == 31_337),
    ],
    ids=["weight", "level"],
)
@pytest.mark.parametrize("sampler", ["random", "tpe", "auto"])
def test_the_only_allowed_configuration_of_a_finite_space_is_found(space, rule, sampler):
    search = tt.Optimizer(space, seed=0, sampler=sampler, allowed=rule)
    trial = search.ask()
    assert rule({name: np.array([value], dtype=object) for name, value in trial.params.items()}).all()
    search.tell(trial, 1.0)
    with pytest.raises(tt.SpaceExhausted, match="all configurations of the space that allowed= accepts were tried"):
        search.ask()


@pytest.mark.parametrize(
    ("sampler", "error", "message"),
    [
        ("random", tt.SpaceExhausted, "allowed= refused 432 untried configurations; loosen it, or narrow the space"),
        ("tpe", tt.SpaceExhausted, "allowed= refused 432 untried configurations"),
        ("grid", tt.SpaceExhausted, "no configuration of the grid satisfies the constraints and allowed="),
        ("one_at_a_time", tt.SpaceError, "no base that satisfies the constraints and allowed="),
    ],
)
def test_nothing_allowed_in_a_finite_space_is_named(sampler, error, message):
    search = tt.Optimizer(FINITE, seed=0, sampler=sampler, allowed=lambda batch: batch["i"] < 0)
    with pytest.raises(error, match=message):
        search.ask()


def test_a_finished_design_names_the_rule():
    for sampler in ("grid", "one_at_a_time"):
        search = tt.Optimizer(
            FINITE, seed=0, sampler=sampler, allowed=lambda batch: (batch["i"] < 3) & (batch["j"] < 3)
        )
        search.ask(500)
        with pytest.raises(tt.SpaceExhausted, match="that allowed= accepts"):
            search.ask()


def test_points_are_compared_with_what_queued_points_will_become(tmp_path):
    for search in (
        tt.Optimizer(PLAIN, seed=0, allowed=below),
        tt.Study(tmp_path / "study.db", PLAIN, seed=0, allowed=below, durability="off"),
    ):
        for x in (0.9, 0.95, 0.99):
            search.enqueue({"x": x})
        expected = [trial.params for trial in tt.Optimizer.from_bytes(search.to_bytes(), allowed=below).ask(3)]
        assert inside.new_points(search, expected) == []


def test_a_search_whose_owner_has_the_rule_is_collected():
    class Owner:
        def __init__(self):
            self.search = tt.Optimizer(PLAIN, seed=0, allowed=self.is_allowed)

        def is_allowed(self, batch):
            return batch["x"] < 0.5

    owner = Owner()
    owner.search.ask()
    reference = weakref.ref(owner)
    del owner
    gc.collect()
    assert reference() is None


def test_a_study_sets_its_rule_once(tmp_path, monkeypatch):
    """A rule that is set anew drops what samplers keep."""
    made = []
    with_codec = RuleOnRows.with_codec
    monkeypatch.setattr(RuleOnRows, "with_codec", lambda rule, codec: made.append(codec) or with_codec(rule, codec))
    study = told(tt.Study(tmp_path / "study.db", PLAIN, seed=0, allowed=below, durability="off"), 3)
    for _ in range(3):
        study.ask()
    assert len(made) == 1


def test_the_type_of_a_column_depends_on_its_parameter_alone():
    space = {
        "x": tt.Float(0, 1),
        "step": tt.Float(0, 3, step=1),
        "n": tt.Int(1, 3),
        "long": tt.Int(0, 2**64 - 1),
        "kind": tt.Categorical([1, 2.5]),
        "size": tt.Ordinal([1, 2]),
        "z": tt.Int(1, 3, when={"kind": 1}),
        "w": tt.Float(1, 3, when={"kind": 1}),
        "five": tt.Constant(5),
    }
    types = {name: set() for name in space}

    def rule(batch):
        for name, column in batch.items():
            types[name].add(column.dtype.name)
        return batch["x"] < 0.9

    search = tt.Optimizer(space, seed=0, sampler="random", allowed=rule)
    search.ask(20)
    for kind in (1, 2.5):
        for _ in range(3):
            search.enqueue({"kind": kind})
    assert types == {
        **{name: {"float64"} for name in ("x", "step", "z", "w")},
        **{name: {"object"} for name in ("kind", "size", "five")},
        "n": {"int64"},
        "long": {"uint64"},
    }


def test_allowed_draws_are_not_asked_about_again():
    seen = []

    def rule(batch):
        seen.extend(zip(batch["x"], batch["y"], strict=True))
        return np.ones(len(batch["x"]), dtype=bool)

    search = told(tt.Optimizer(PLAIN, seed=0, sampler="gp", allowed=rule), 16)
    seen.clear()
    search.ask()
    assert len(seen) > 200
    assert len(seen) - len(set(seen)) < 32


@pytest.mark.parametrize("n_workers", [1, 2])
def test_minimize_takes_the_rule(n_workers):
    space = {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}
    result = tt.minimize(
        lambda p: -p["x"] - p["y"], space, n_trials=12, seed=0, n_workers=n_workers, allowed=below, progress=False
    )
    assert all(trial.params["x"] * trial.params["y"] < 0.2 for trial in result.trials)


def test_the_rule_is_called_on_batches():
    """A suggestion of the Gaussian process asks a few dozen times, and one of TPE a few times."""
    space = {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}
    for sampler, limit in (("gp", 40), ("tpe", 6), ("random", 3)):
        counted = Counted(below)
        search = tt.Optimizer(space, seed=0, sampler=sampler, allowed=counted)
        for trial in search.ask(25):
            search.tell(trial, -trial.params["x"])
        counted.calls = 0
        for trial in search.ask(5):
            search.tell(trial, -trial.params["x"])
        assert counted.calls <= 5 * limit, (sampler, counted.calls)
