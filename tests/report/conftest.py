"""Searches of six kinds, small and quick."""

import math
import random

import pytest

import tanteo as tt

SPACE = {
    "lr": tt.Float(1e-5, 1e-1, log=True, default=1e-3),
    "depth": tt.Int(1, 8, default=4),
    "drop": tt.Float(0.0, 0.5, default=0.1),
}

MARKUP = "</script><script>boom()</script><img src=x onerror=boom()>&lt;"
HOSTILE = f"{MARKUP}\u202e\x1b[2J\u2028"


def loss(params):
    return (math.log10(params["lr"]) + 3.0) ** 2 + params["drop"] + abs(params["depth"] - 5) / 10


def filled(outcome, n=40, **options):
    """Return a search whose trials ended as ``outcome(search, trial)`` tells."""
    search = tt.Optimizer(options.pop("space", SPACE), **{"seed": 0, "sampler": "random", **options})
    for _ in range(n):
        outcome(search, search.ask())
    return search


@pytest.fixture(scope="session")
def plain_search():
    return filled(lambda search, trial: search.tell(trial, loss(trial.params)))


@pytest.fixture(scope="session")
def noisy():
    draw = random.Random(0)
    return filled(
        lambda search, trial: search.tell(
            trial, tt.Replicates([loss(trial.params) + draw.gauss(0.0, 0.3) for _ in range(4)])
        )
    )


@pytest.fixture(scope="session")
def several():
    goals = {"loss": "minimize", "speed": "maximize"}
    return filled(
        lambda search, trial: search.tell(trial, (loss(trial.params), 9.0 - trial.params["depth"])), directions=goals
    )


@pytest.fixture(scope="session")
def failing():
    def outcome(search, trial):
        if trial.params["lr"] > 1e-2 and trial.params["depth"] > 4:
            search.tell(trial, state="failed", reason="ValueError: diverged\nat step 3")
        else:
            search.tell(trial, loss(trial.params), constraints={"size": trial.params["depth"] - 6.5})

    return filled(outcome, n=120)


@pytest.fixture(scope="session")
def limited():
    """Two objectives, thresholds, and a constraint that the trials with the best accuracy break."""

    def outcome(search, trial):
        depth = trial.params["depth"]
        search.tell(trial, (loss(trial.params), depth / 8), constraints={"memory": depth - 4.5})

    goals = {"loss": "minimize", "accuracy": "maximize"}
    return filled(outcome, directions=goals, thresholds={"accuracy": 0.25})


@pytest.fixture(scope="session")
def curved():
    def outcome(search, trial):
        for step in range(1, 10):
            search.report(trial, step, loss(trial.params) + 1.0 / step)
            if trial.id % 3 == 1 and step == 4:
                search.tell(trial, state="pruned", reason=f"rank {trial.id} of 40 at step 4")
                return
        search.tell(trial, loss(trial.params))

    return filled(outcome)


@pytest.fixture(scope="session")
def conditional():
    space = {
        "model": tt.Categorical(["svm", "forest"]),
        "C": tt.Float(1e-3, 1e3, log=True, when={"model": "svm"}),
        "trees": tt.Int(10, 500, when={"model": "forest"}),
    }
    return filled(
        lambda search, trial: search.tell(trial, trial.params.get("C", 0.5) / (1.0 + trial.params.get("trees", 3))),
        space=space,
    )


def hostile_study(path):
    space = {f"x{HOSTILE}": tt.Float(0.0, 1.0), "label": tt.Categorical([HOSTILE, f"{HOSTILE}2", "c"])}
    goals = {f"loss{MARKUP}": "minimize"}
    study = tt.Study(path, space, directions=goals, seed=0, durability="off")
    for k, trial in enumerate(study.ask(24)):
        study.set_attr(trial, f"a{MARKUP}", HOSTILE)
        study.report(trial, 1, 0.5)
        if k % 4 == 0:
            study.tell(trial, state="failed", reason=HOSTILE)
        else:
            study.tell(trial, float(k), constraints={f"c{MARKUP}": k - 20.0})
    study.annotate(0, HOSTILE)
    study.add_artifact(1, f"javascript:boom()//{HOSTILE}")
    return study
