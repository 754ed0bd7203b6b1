"""A custom sampler: a (1 + 1) evolution strategy with the one-fifth rule."""

import numpy as np

import tanteo as tt


class OnePlusOne:
    """Gaussian steps around the best trial, wider after a success and narrower after a failure.

    The width is computed from the history at each call and not stored, so that a saved search continues identically.
    """

    def __init__(self, width: float = 0.3) -> None:
        self.width = width

    def suggest(self, view: tt.samplers.View, n: int, rng: np.random.Generator) -> np.ndarray:
        """Return ``n`` points of the unit cube; rows of ``view`` are trials, columns are parameters."""
        eligible = np.flatnonzero(view.eligible)
        if len(eligible) == 0:
            return rng.random((n, len(view.axes)))
        values = view.values[eligible, 0]
        successes = np.diff(np.minimum.accumulate(values)) < 0.0
        width = self.width * np.exp(np.where(successes, 0.8, -0.2).sum() / len(view.axes))
        centre = np.nan_to_num(view.unit[eligible[np.argmin(values)]], nan=0.5)
        return np.clip(centre + width * rng.standard_normal((n, len(view.axes))), 0.0, 1.0)


def rosenbrock(params):
    """A curved valley, with its minimum of 0 at (1, 1)."""
    x, y = params["x"], params["y"]
    return (1.0 - x) ** 2 + 100.0 * (y - x**2) ** 2


def main():
    """Compare the sampler with random search."""
    space = tt.SearchSpace({"x": tt.Float(-2.0, 2.0), "y": tt.Float(-2.0, 2.0)})
    for sampler in (OnePlusOne(), "random"):
        result = tt.minimize(rosenbrock, space, n_trials=150, sampler=sampler, seed=0)
        print(f"{type(sampler).__name__ if not isinstance(sampler, str) else sampler:<12} {result.best.value:.5f}")


if __name__ == "__main__":
    main()
