"""Known constraints of the space, and constraints that are measured by each trial."""

import tanteo as tt

space = tt.SearchSpace(
    {
        "min_lr": tt.Float(1e-5, 1e-1, log=True),
        "max_lr": tt.Float(1e-5, 1e-1, log=True),
        "cpu": tt.Float(0.0, 1.0),
        "gpu": tt.Float(0.0, 1.0),
        "device": tt.Categorical(["cpu", "gpu"]),
        "precision": tt.Categorical(["half", "full"]),
    },
    constraints=[
        tt.Order("min_lr", "<=", "max_lr"),
        tt.Linear({"cpu": 1.0, "gpu": 1.0}, upper=1.0),
        tt.Forbid({"device": "cpu", "precision": "half"}),
    ],
)


def train(params):
    """Return a loss, and by how much the memory exceeds the limit; the trial is feasible if that is not positive."""
    memory = 4.0 + 20.0 * params["gpu"] * (2.0 if params["precision"] == "full" else 1.0)
    loss = 1.0 - 0.6 * params["gpu"] - 0.2 * params["cpu"] - 0.1 * (params["precision"] == "full")
    return {"value": loss, "constraints": {"memory": memory - 16.0}, "cost": memory}


def main():
    """Search, and check that no suggestion violates a known constraint."""
    result = tt.minimize(train, space, n_trials=60, seed=0)
    assert all(t.params["min_lr"] <= t.params["max_lr"] for t in result.trials)
    assert all(t.params["cpu"] + t.params["gpu"] <= 1.0 + 1e-9 for t in result.trials)
    assert result.best.feasible
    print(result)
    print(f"{sum(t.feasible for t in result.trials)} of {len(result.trials)} trials kept within the memory")


if __name__ == "__main__":
    main()
