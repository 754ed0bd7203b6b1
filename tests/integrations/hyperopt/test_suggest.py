"""The algorithm for `fmin` of Hyperopt."""

import functools
import math
import pickle

import numpy as np
import pytest

import tanteo as tt

hyperopt = pytest.importorskip("hyperopt", reason="hyperopt is not installed")

from hyperopt import STATUS_FAIL, STATUS_OK, Trials, fmin, hp, space_eval, tpe  # noqa: E402 - after the check that it is installed

from tanteo.integrations.hyperopt import from_hyperopt, suggest  # noqa: E402 - as above
from tanteo.testing import adapters, examine  # noqa: E402 - as above

pytestmark = pytest.mark.filterwarnings("ignore")

SHARED = hp.uniform("shared", 0, 1)
SPACE = {
    "lr": hp.loguniform("lr", math.log(1e-5), math.log(0.1)),
    "model": hp.choice(
        "model",
        [
            {"type": "svm", "c": hp.lognormal("c", 0, 1), "s": SHARED},
            {
                "type": "forest",
                "depth": hp.randint("depth", 3, 9),
                "crit": hp.pchoice("crit", [(0.2, {"kind": "a"}), (0.8, {"kind": "b", "t": hp.uniform("t", 0, 1)})]),
            },
        ],
    ),
    "n": hp.quniform("n", 1, 100, 5),
    "u": hp.uniformint("u", 1, 9),
    "r": hp.randint("r", 7),
    "z": hp.normal("z", 1, 2),
    "nq": hp.qnormal("nq", 0, 2, 0.5),
    "lq": hp.qloguniform("lq", 0, 5, 2),
    "lnq": hp.qlognormal("lnq", 0, 1, 1),
    "pick": hp.choice("pick", ["x", (1, 2), None, {"s": SHARED}]),
}


def loss(params):
    model = params["model"]
    value = abs(math.log10(params["lr"]) + 3) + abs(params["z"]) + params["n"] / 100
    return value + (0.0 if model["type"] == "forest" else 1 + model["s"])


def run(objective, space, n, *, algo=suggest, trials=None, seed=0, **options):
    trials = Trials() if trials is None else trials
    fmin(objective, space, algo, n, trials=trials, rstate=np.random.default_rng(seed),
         show_progressbar=False, verbose=False, **options)  # fmt: skip
    return trials


def drawn(trials):
    return [{name: vals[0] for name, vals in t["misc"]["vals"].items() if len(vals)} for t in trials.trials]


@pytest.mark.parametrize("sampler", ["auto", "tpe", "random", tt.samplers.GP(n_startup=4)])
def test_the_whole_language_is_searched(sampler):
    trials = run(loss, SPACE, 40, algo=functools.partial(suggest, sampler=sampler))
    for document, values in zip(trials.trials, drawn(trials), strict=True):
        misc = document["misc"]
        assert {label for label, idxs in misc["idxs"].items() if idxs == [document["tid"]]} == values.keys()
        is_svm = values["model"] == 0
        assert ("c" in values, "depth" in values) == (is_svm, not is_svm)
        assert ("t" in values) == (values.get("crit") == 1)
        assert ("shared" in values) == (is_svm or values["pick"] == 3)
        assert 3 <= values.get("depth", 3) <= 8
        assert values["u"] in range(1, 10)
        assert values["r"] in range(7)
        assert values["n"] % 5 == values["lq"] % 2 == values["nq"] % 0.5 == values["lnq"] % 1 == 0
        assert space_eval(SPACE, values)["model"]["type"] == ("svm" if is_svm else "forest")
        assert {type(value) for value in values.values()} <= {int, float}


def test_it_learns_and_is_better_than_random_draws():
    learnt = min(run(loss, SPACE, 60).losses())
    assert learnt < min(run(loss, SPACE, 60, algo=hyperopt.rand.suggest).losses())


def test_it_continues_another_algorithm_and_back():
    trials = run(loss, SPACE, 15, algo=tpe.suggest)
    run(loss, SPACE, 30, trials=trials)
    run(loss, SPACE, 40, trials=trials, algo=tpe.suggest)
    run(loss, SPACE, 45, trials=trials)
    origins = [document["misc"].get("tanteo", {}).get("origin") for document in trials.trials]
    assert [origin is None for origin in origins] == [True] * 15 + [False] * 15 + [True] * 10 + [False] * 5
    assert "design" not in origins, "the trials of the other algorithm are known"
    assert len(from_hyperopt(trials, SPACE)) == 45


def test_a_batch_is_spread_out():
    trials = run(lambda x: (x - 0.3) ** 2, hp.uniform("x", 0, 1), 12)
    run(lambda x: (x - 0.3) ** 2, hp.uniform("x", 0, 1), 20, trials=trials, max_queue_len=8)
    points = sorted(values["x"] for values in drawn(trials)[12:])
    assert min(np.diff(points)) > 1e-4


def test_failures_repel():
    def objective(x):
        if x > 0.5:
            kind = int(1000 * x) % 3
            if kind == 0:
                raise ValueError
            return {"status": STATUS_FAIL} if kind == 1 else {"status": STATUS_OK, "loss": math.nan}
        return -x

    trials = run(objective, hp.uniform("x", 0, 1), 40, catch_eval_exceptions=True)
    tried = [document["misc"]["vals"]["x"][0] for document in trials._dynamic_trials]
    assert len(tried) == 40
    assert sum(x > 0.5 for x in tried[20:]) <= 5


def test_points_to_evaluate_are_learnt_from():
    """Positions of choices; inactive parameters are missing, and superfluous ones are ignored."""
    space = hp.choice("k", [hp.uniform("a", 0, 1), 5 + hp.uniform("b", 0, 1)])
    points = [{"k": 0, "a": 0.25}, {"k": 1, "b": 0.5, "a": 0.1}]
    seen = []
    fmin(
        lambda value: seen.append(value) or value, space, suggest, 12, points_to_evaluate=points,
        rstate=np.random.default_rng(0), show_progressbar=False, verbose=False,
    )  # fmt: skip
    assert seen[:2] == [0.25, 5.5]
    assert sum(value < 1 for value in seen[2:]) >= 6


def test_a_seed_repeats_a_run_and_stored_trials_continue_it():
    whole = run(loss, SPACE, 24)
    assert drawn(run(loss, SPACE, 24)) == drawn(whole)
    assert drawn(run(loss, SPACE, 24, seed=1)) != drawn(whole)
    part = pickle.loads(pickle.dumps(run(loss, SPACE, 14)))
    assert drawn(run(loss, SPACE, 24, trials=part, seed=5)) == drawn(whole)


def test_an_exhausted_space_is_repeated():
    trials = run(lambda params: params, hp.randint("n", 3), 8)
    assert len(trials) == 8
    assert {values["n"] for values in drawn(trials)[:3]} == {0, 1, 2}


def test_the_algorithm_with_its_settings_can_be_pickled():
    algo = pickle.loads(pickle.dumps(functools.partial(suggest, sampler="tpe")))
    trials = run(lambda x: x, hp.uniform("x", 0, 1), 25, algo=algo)
    assert {document["misc"]["tanteo"]["origin"] for document in trials.trials} == {"design", "tpe"}


def test_it_passes_our_own_checks():
    outcomes = examine(
        adapters.from_hyperopt(functools.partial(suggest, sampler="tpe")), tags="reproducible", profile="fast"
    )
    assert len(outcomes) > 3
    assert {outcome.name: outcome.reason for outcome in outcomes if outcome.status != "passed"} == {}
