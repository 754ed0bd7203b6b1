"""Two objectives: minimize an error and maximize a speed."""

import tanteo as tt

space = tt.SearchSpace(
    {
        "layers": tt.Int(1, 12),
        "width": tt.Int(16, 1024, log=True),
        "quantized": tt.Categorical([False, True]),
    }
)


def measure(params):
    """Return error in percent and requests per second: larger models are better and slower, four layers are best."""
    size = params["layers"] * params["width"]
    error = 30.0 / size**0.25 + 0.3 * abs(params["layers"] - 4) + 0.8 * params["quantized"]
    speed = (3.0 if params["quantized"] else 1.0) * 1e5 / (100.0 + size)
    return error, speed


def main():
    """Search, and print the start of the Pareto front."""
    result = tt.minimize(measure, space, directions=["minimize", "maximize"], n_trials=80, seed=0)
    front = sorted(result.pareto_front, key=lambda trial: trial.values)
    print(f"{len(front)} of {len(result.trials)} trials are not dominated")
    for trial in front[:10]:
        print("error {:5.2f} %   speed {:7.1f} /s   {}".format(*trial.values, trial.params))


if __name__ == "__main__":
    main()
