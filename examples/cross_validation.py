"""Noisy values: tell the folds, not their mean, and use the recommended trial at the end."""

import random

import tanteo as tt

FOLDS = 5
space = tt.SearchSpace({"ridge": tt.Float(1e-3, 1e3, log=True, default=1.0), "degree": tt.Int(1, 6, default=1)})


def cross_validate(params):
    """A stand-in for cross-validation: each fold has its own difficulty, which is the same for all configurations."""
    error = 0.1 * (params["degree"] - 3) ** 2 + 0.02 * abs(params["ridge"] - 10.0) ** 0.5
    noise = random.Random(str(params))
    return tt.Replicates([error + 0.3 * fold + noise.gauss(0.0, 0.05) for fold in range(FOLDS)])


def main():
    """Search, and compare the trial with the smallest mean with the recommended one."""
    result = tt.minimize(cross_validate, space, n_trials=40, seed=0)

    # The smallest mean owes part of its value to luck; the recommendation uses the predictions of a Gaussian process.
    lucky, recommended = result.best, result.recommend()
    print(f"smallest mean   {lucky.value:.3f} ± {lucky.sem:.3f}  {lucky.params}")
    print(f"recommended     {recommended.value:.3f} ± {recommended.sem:.3f}  {recommended.params}")

    # The folds are paired, so the difference between two configurations is more precise than either value.
    print(f"gain            {result.gain}")


if __name__ == "__main__":
    main()
