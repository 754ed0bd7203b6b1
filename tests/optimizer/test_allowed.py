"""Known constraints given as a function: no suggestion breaks one, whatever the sampler."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tanteo as tt

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


def test_an_error_of_the_rule_passes_through_and_changes_nothing():
    class SimulatorError(Exception):
        pass

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


@pytest.mark.parametrize("sampler", ["random", "tpe", "auto", "sobol"])
def test_without_an_allowed_configuration_the_error_says_so(sampler):
    counted = Counted(lambda batch: np.zeros(len(batch["x"]), dtype=bool))
    search = tt.Optimizer(SPACE, seed=0, sampler=sampler, allowed=counted)
    with pytest.raises(tt.SpaceError, match=r"accepts none of 16368 random configurations \(a share of 0\)"):
        search.ask()
    assert counted.rows < 17_000
    assert len(search) == 0


def test_queued_points_and_defaults_follow_the_rule(tmp_path):
    space = {"x": tt.Float(0, 1, default=0.9), "y": tt.Float(0, 1, default=0.9)}
    for search in (
        tt.Optimizer(space, seed=0, allowed=lambda b: b["x"] * b["y"] < 0.2),
        tt.Study(tmp_path / "study.db", space, seed=0, allowed=lambda b: b["x"] * b["y"] < 0.2),
    ):
        with pytest.raises(tt.SpaceError, match="allowed= refuses the point"):
            search.enqueue({"x": 0.9, "y": 0.8})
        search.enqueue({"x": 0.9, "y": 0.1})
        search.enqueue({"x": 0.8})
        first, second, third = search.ask(3)
        assert first.params == {"x": 0.9, "y": 0.1}
        assert second.params["x"] == 0.8
        assert second.params["y"] < 0.25
        assert search.trials[third.id].origin != "default"
        assert search.observe({"x": 0.9, "y": 0.9}, 1.0) == 3
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
    tt.Study(path).enqueue({"x": 0.9, "y": 0.9})
    with pytest.raises(tt.SpaceError, match="allowed= refuses the point"):
        first.ask()
    assert len(tt.Study(path).trials) == 16


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
