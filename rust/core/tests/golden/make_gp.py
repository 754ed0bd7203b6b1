"""Write the posteriors of the Gaussian process as scikit-learn computes them. Run with scikit-learn installed.

One line per data set, numbers in order: n, d, m; d lengthscales, signal variance, noise variance; n points of d
coordinates; n values; n known noise variances; m points; then m means and m variances of the noise-free function, the
log marginal likelihood, and its d + 2 derivatives with respect to the logarithms of the hyperparameters.
"""

from pathlib import Path

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

N_SETS = 20
N_NEW = 5


def data_set(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, values and known noise; a third has duplicates, a third near-duplicates, half of them such noise."""
    drawn = np.random.default_rng(number)
    n, d = int(drawn.integers(3, 31)), int(drawn.integers(1, 6))
    points = drawn.random((n, d))
    if number % 3 == 1:
        points[n // 2 :] = points[: n - n // 2]
    if number % 3 == 2:
        gaps = 10 ** drawn.uniform(-9, -3, (n - n // 2, d))
        points[n // 2 :] = np.clip(points[: n - n // 2] + gaps, 0, 1)
    values = np.sin(5 * points).sum(axis=1) + 0.1 * drawn.normal(size=n)
    known = drawn.uniform(0, 0.1, n) if number % 2 else np.zeros(n)
    return points, (values - values.mean()) / values.std(), known


def line(number: int) -> str:
    """One data set with its posterior."""
    points, values, known = data_set(number)
    drawn = np.random.default_rng(100 + number)
    n, d = points.shape
    lengthscales = np.exp(drawn.uniform(-3, 1, d))
    signal, noise = float(np.exp(drawn.uniform(-2, 2))), float(10 ** drawn.uniform(-4, 0))
    kernel = ConstantKernel(signal) * Matern(lengthscales, nu=2.5)
    model = GaussianProcessRegressor(kernel, alpha=known + noise, optimizer=None).fit(points, values)
    # An observation, a point next to one, and others.
    new = np.concatenate([points[:1], np.clip(points[:1] + 1e-7, 0, 1), drawn.random((N_NEW - 2, d))])
    mean, std = model.predict(new, return_std=True)
    noisy = GaussianProcessRegressor(kernel + WhiteKernel(noise), alpha=known, optimizer=None).fit(points, values)
    evidence, gradient = noisy.log_marginal_likelihood(noisy.kernel_.theta, eval_gradient=True)
    signal_slope, *slopes, noise_slope = gradient
    parts = [
        [n, d, N_NEW], lengthscales, [signal, noise], points.ravel(), values, known, new.ravel(),
        mean, std**2, [evidence], slopes, [signal_slope, noise_slope],
    ]  # fmt: skip
    return " ".join(repr(float(x)) for part in parts for x in part)


if __name__ == "__main__":
    Path(__file__).with_name("gp.txt").write_text("".join(line(k) + "\n" for k in range(N_SETS)))
