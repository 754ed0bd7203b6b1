"""Searches that the tests draw."""

import pytest

import tanteo as tt

SPACE = {
    "lr": tt.Float(1e-5, 1e-1, log=True, default=1e-3),
    "depth": tt.Int(1, 8, default=3),
    "optimizer": tt.Categorical(["adam", "sgd", None], default="adam"),
    "momentum": tt.Float(0.0, 0.99, when={"optimizer": "sgd"}),
    "augment": tt.Ordinal(["none", "light", "heavy"], default="none"),
    "fixed": tt.Constant(1),
}


def train(params, trial):
    if trial.id % 7 == 3:
        raise ValueError("diverged")
    loss = params["lr"] + 0.1 * (params["depth"] - 5) ** 2 + params.get("momentum", 0.5)
    for step in range(4):
        trial.report(step, loss + 1.0 / (step + 1))
        if step > 1 and trial.should_prune():
            raise tt.Pruned
    return {"value": loss, "constraints": {"depth": params["depth"] - 7}}


@pytest.fixture(scope="session")
def search():
    return tt.minimize(train, SPACE, n_trials=50, seed=0, sampler="random", pruner="median")


@pytest.fixture(scope="session")
def empty():
    return tt.Optimizer(SPACE, seed=0)


@pytest.fixture(scope="session")
def infinite():
    return tt.minimize(lambda params: float("inf"), SPACE, n_trials=20, seed=0).optimizer


@pytest.fixture(scope="session")
def several():
    return tt.minimize(
        lambda p: {"value": (p["x"] ** 2 + p["y"], (p["x"] - 1) ** 2 - p["y"]), "constraints": {"c": p["y"] - 0.9}},
        {"x": tt.Float(-1, 2), "y": tt.Float(0, 1)},
        directions=["minimize", "maximize"],
        n_trials=40,
        seed=0,
        sampler="random",
    )


@pytest.fixture(scope="session")
def named():
    """Two named objectives that depend on different parameters."""
    return tt.minimize(
        lambda p: {"loss": p["x"] ** 2 + 0.1 * p["y"], "accuracy": p["z"] + 0.1 * p["y"]},
        {"x": tt.Float(-1, 2), "y": tt.Float(0, 1), "z": tt.Float(0, 1)},
        directions={"loss": "minimize", "accuracy": "maximize"},
        n_trials=40,
        seed=0,
        sampler="random",
    )


@pytest.fixture(scope="session")
def three():
    return tt.minimize(
        lambda p: (p["x"], -p["x"], p["x"] ** 2),
        {"x": tt.Float(-1, 1)},
        directions=["minimize"] * 3,
        n_trials=8,
        seed=0,
    )
