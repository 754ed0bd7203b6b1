"""The public `tanteo.models.GaussianProcess`: shapes, units, kinds of columns and errors."""

import copy
import pickle
import re
import signal
import threading
import time

import numpy as np
import pytest

import tanteo as tt
from tanteo.models import GaussianProcess


def waves(n=30, d=2, seed=0):
    rng = np.random.default_rng(seed)
    points = rng.random((n, d))
    return points, 100 + 7 * np.sin(5 * points[:, 0])


def test_predictions_interpolate_in_the_unit_of_the_values():
    points, values = waves()
    mean, std = GaussianProcess().fit(points, values).predict(points)
    assert mean.shape == std.shape == (30,)
    assert np.abs(mean - values).max() < 0.5
    assert std.max() < 1.0


@pytest.mark.parametrize("unit", [1e-140, 1.0, 1e140])
def test_predictions_scale_with_the_unit_of_the_values(unit):
    points, values = waves()
    unscaled, scaled = GaussianProcess().fit(points, values), GaussianProcess().fit(points, unit * values)
    for scaled_values, plain_values in zip(scaled.predict(points[:3]), unscaled.predict(points[:3]), strict=True):
        assert np.allclose(scaled_values / unit, plain_values, rtol=1e-6)
    assert scaled.lml() == pytest.approx(unscaled.lml() - 30 * np.log(unit), abs=1e-5)


def test_the_posterior_equals_that_of_scikit_learn():
    gaussian_process = pytest.importorskip("sklearn.gaussian_process")
    kernels = gaussian_process.kernels
    points, values = waves()
    values, sem = values + np.random.default_rng(1).normal(size=30), np.full(30, 0.5)
    model = GaussianProcess().fit(points, values, sem=sem)
    fitted, scale = model.hyperparameters, values.std()
    kernel = kernels.ConstantKernel(fitted.signal_variance) * kernels.Matern(fitted.lengthscales, nu=2.5)
    noise = fitted.noise_variance + (sem / scale) ** 2
    reference = gaussian_process.GaussianProcessRegressor(kernel, alpha=noise, optimizer=None)
    reference.fit(points, (values - values.mean()) / scale)
    # Random points, and points next to the fitted ones.
    new = np.concatenate([np.random.default_rng(2).random((5, 2)), points[:3] + 1e-3])
    mean, std = reference.predict(new, return_std=True)
    prediction = model.predict(new)
    assert np.allclose((prediction.mean - values.mean()) / scale, mean, atol=1e-8)
    assert np.allclose(prediction.std / scale, std, atol=1e-8)
    assert model.lml() + len(values) * np.log(scale) == pytest.approx(reference.log_marginal_likelihood(), abs=1e-8)


def test_irrelevant_columns_get_long_lengthscales():
    points, values = waves(n=60, d=24)
    model = GaussianProcess().fit(points, values)
    first, *others = model.hyperparameters.lengthscales
    assert first < 2
    assert min(others) > 5
    new_points, truth = waves(n=60, d=24, seed=1)
    assert np.abs(model.predict(new_points).mean - truth).mean() < 0.05 * truth.std()


def test_categories_and_conditional_columns_are_distinguished():
    rng = np.random.default_rng(3)
    kind = rng.integers(0, 3, 60).astype(float)
    depth = np.where(kind == 2, rng.random(60), np.nan)
    values = kind + np.nan_to_num(depth) ** 2
    model = GaussianProcess(categories={0: 3}, conditional=[1]).fit(np.column_stack([kind, depth]), values)
    mean = model.predict([[0, np.nan], [1, np.nan], [2, 0.2], [2, 0.9]]).mean
    assert np.allclose(mean, [0, 1, 2.04, 2.81], atol=0.1)
    assert model.hyperparameters.heights[0] == 0 < model.hyperparameters.heights[1]


def test_a_value_with_a_large_sem_is_smoothed():
    points, values = waves()
    values[0] += 30
    sem = np.zeros(30)
    sem[0] = 100
    without_sem, with_sem = GaussianProcess().fit(points, values), GaussianProcess().fit(points, values, sem=sem)
    truth = 100 + 7 * np.sin(5 * points[0, 0])
    assert abs(with_sem.predict(points[:1]).mean[0] - truth) < 1 < abs(without_sem.predict(points[:1]).mean[0] - truth)


def test_noise_at_random_points_of_ten_columns_is_estimated_within_a_factor_of_1_5():
    for seed in range(3):
        rng = np.random.default_rng(seed)
        points = rng.random((150, 10))
        sines = np.sin(2 * points).sum(axis=1)
        truth = (sines - sines.mean()) / sines.std()
        values = truth + rng.normal(scale=0.5, size=150)
        model = GaussianProcess().fit(points, values)
        noise = np.sqrt(model.hyperparameters.noise_variance) * values.std()
        assert 0.5 / 1.5 < noise < 0.5 * 1.5
        mean, std = model.predict(points)
        assert (np.abs(mean - truth) < 1.96 * std).mean() > 0.8


def test_leave_one_out_predictions_are_calibrated():
    points, values = waves(60)
    values = values + np.random.default_rng(4).normal(size=60)
    mean, std = GaussianProcess().fit(points, values).leave_one_out()
    standardized = (values - mean) / std
    assert 0.6 < standardized.std() < 1.6
    assert np.abs(values - mean).mean() > 0.3


def test_draws_depend_on_the_seed_and_have_the_predicted_moments():
    points, values = waves(8)
    model = GaussianProcess().fit(points, values)
    new = [[0.5, 0.5], [0.95, 0.05]]
    draws = model.sample(new, 2000, seed=1)
    assert draws.shape == (2000, 2)
    assert np.array_equal(draws, model.sample(new, 2000, seed=1))
    assert not np.array_equal(draws, model.sample(new, 2000, seed=2))
    mean, std = model.predict(new)
    # Five standard errors.
    assert (np.abs(draws.mean(axis=0) - mean) < 5 * std / 2000**0.5).all()
    assert np.allclose(draws.std(axis=0), std, rtol=0.1)


@pytest.mark.parametrize("values", [np.zeros(5), np.full(5, 1e149), [0.0, 1e-300, 0, 0, 0]])
def test_degenerate_values_are_fitted(values):
    points = np.linspace(0, 1, 5)[:, None]
    prediction = GaussianProcess().fit(points, values).predict(points)
    assert np.isfinite(prediction.mean).all()
    assert np.isfinite(prediction.std).all()


def test_duplicates_and_near_duplicates_are_fitted():
    points = np.array([[0.3], [0.3], [0.3 + 1e-13], [0.3 + 1e-9], [0.9]] * 20)
    prediction = GaussianProcess().fit(points, np.arange(100.0) % 5).predict(points)
    assert np.isfinite(prediction.mean).all()


@pytest.mark.parametrize(
    ("options", "points", "values", "sem", "message"),
    [
        ({}, [[0.5], [2.0]], [1, 2], None, r"\[0, 1\] in column 0"),
        ({}, [[0.5], [np.nan]], [1, 2], None, "NaN in column 0"),
        ({}, [0.5, 0.6], [1, 2], None, "shape"),
        ({}, np.zeros((0, 2)), [], None, "at least one row"),
        ({}, [["a"]], [1], None, "numbers"),
        ({}, [[0.1], [0.2, 0.3]], [1, 2], None, "numbers"),
        ({}, [[0.5]], [1, 2], None, r"y must have shape \(1,\)"),
        ({}, [[0.5]], [np.inf], None, "finite"),
        ({}, [[0.5]], [1], [-1.0], "non-negative"),
        ({}, [[0.5]], [1], [1.0, 2.0], "sem"),
        ({"categories": {0: 2}}, [[0.5]], [1], None, "codes from 0 to 1"),
        ({"categories": {0: 2}}, [[2]], [1], None, "codes from 0 to 1"),
        ({"categories": {3: 2}}, [[0.5]], [1], None, "does not have"),
    ],
)
def test_invalid_data_are_refused_by_name(options, points, values, sem, message):
    with pytest.raises(tt.exceptions.ArgumentError, match=message):
        GaussianProcess(**options).fit(points, values, sem=sem)


@pytest.mark.parametrize("options", [{"categories": {0: 0}}, {"categories": {-1: 2}}, {"conditional": [-1]}])
def test_impossible_columns_are_refused(options):
    with pytest.raises(tt.exceptions.ArgumentError):
        GaussianProcess(**options)


def test_an_unfitted_model_and_a_wrong_number_of_columns_are_refused():
    with pytest.raises(tt.exceptions.ArgumentError, match="fit"):
        GaussianProcess().predict([[0.5]])
    points, values = waves()
    model = GaussianProcess().fit(points, values)
    with pytest.raises(tt.exceptions.ArgumentError, match="3 columns"):
        model.predict([[0.1, 0.2, 0.3]])
    # A refused fit leaves the model as it was.
    prediction = model.predict(points)
    with pytest.raises(tt.exceptions.ArgumentError):
        model.fit(points, values * np.nan)
    assert np.array_equal(model.predict(points).mean, prediction.mean)


@pytest.mark.parametrize("call", ["predict", "sample"])
def test_promise_21_an_interrupt_ends_a_long_call(call):
    model, many_points = GaussianProcess().fit(*waves(300)), waves(2000)[0]
    long_calls = {
        "predict": lambda: model.predict(np.tile(many_points, (1000, 1))),
        "sample": lambda: model.sample(many_points, 50_000, seed=0),
    }
    signals = []

    def interrupt_at_third(number, frame):
        signals.append(number)
        if len(signals) == 3:
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise KeyboardInterrupt

    previous_handler = signal.signal(signal.SIGALRM, interrupt_at_third)
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    try:
        # If a call does not check for signals, Python handles only one of those that arrive meanwhile, at its end.
        with pytest.raises(KeyboardInterrupt):
            long_calls[call]()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous_handler)


def test_a_request_beyond_the_memory_is_refused_with_its_size():
    points, values = waves(20)
    model, many_points = GaussianProcess().fit(points, values), np.full((20_000, 2), 0.5)
    for invalid_call, message in [
        (lambda: model.sample(many_points, seed=0), "20000 points, and at most 10000 are drawn jointly"),
        (
            lambda: model.sample(points, 10**8, seed=0),
            "2000000000 numbers, and at most 100000000 are drawn at once: draw at most 5000000",
        ),
        (lambda: model.fit(many_points, np.zeros(20_000)), "20000 points, and a model is fitted to at most 10000"),
    ]:
        with pytest.raises(tt.ArgumentError, match=message):
            invalid_call()
    assert model.predict(many_points).mean.shape == (20_000,)


def fit_repeatedly(points, values):
    for _ in range(100):
        GaussianProcess().fit(points, values)


def test_promise_21_an_interrupt_ends_a_fit_and_other_threads_run_during_it():
    points, values = waves(1000, 10)
    done, ticks = threading.Event(), []

    def tick():
        while not done.wait(0.005):
            ticks.append(time.monotonic())

    ticker, timer = threading.Thread(target=tick), threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
    ticker.start()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        fit_repeatedly(points, values)
    done.set()
    timer.join()
    ticker.join()
    # A thread that had to wait for the fits would have run once or twice.
    assert len(ticks) > 5


@pytest.mark.parametrize(("name", "value"), [("categories", [0]), ("conditional", 1), ("conditional", {0: 1})])
def test_columns_of_the_wrong_shape_are_refused_by_name(name, value):
    with pytest.raises(tt.ArgumentError, match=f"{name} must"):
        GaussianProcess(**{name: value})


def copies(model):
    return [pickle.loads(pickle.dumps(model)), copy.copy(model), copy.deepcopy(model)]


def test_a_valley_oblique_to_the_axes_gives_a_shear_that_copies_keep():
    rng = np.random.default_rng(3)
    points = np.column_stack([rng.random(40), rng.integers(0, 2, 40), rng.random(40)])
    offset = 6 * (points[:, 0] + points[:, 2] - 1)
    values = offset**2 / (1 + offset**2) + 0.02 * rng.normal(size=40)
    model = GaussianProcess(categories={1: 2}).fit(points, values)
    assert model.hyperparameters.shears[2, 0] == pytest.approx(1, abs=0.2)
    assert np.count_nonzero(model.hyperparameters.shears) == 1
    for duplicate in copies(model):
        assert np.array_equal(duplicate.hyperparameters.shears, model.hyperparameters.shears)
        assert np.array_equal(duplicate.predict(points).mean, model.predict(points).mean)


def test_hyperparameters_of_another_form_are_refused():
    points = np.random.default_rng(1).random((20, 2))
    model = GaussianProcess().fit(points, np.sin(5 * points[:, 0]))
    make, arguments = model._core.__reduce__()
    (form, theta), rest = arguments[-1], arguments[:-1]
    assert make(*rest, (form, theta)).log_evidence() == model._core.log_evidence()
    for invalid_hyperparameters in [(not form, theta), (form, theta[:-1]), (form, [*theta, 0.0])]:
        with pytest.raises(tt.ArgumentError, match="theta"):
            make(*rest, invalid_hyperparameters)


def test_without_an_oblique_valley_there_are_no_shears():
    rng = np.random.default_rng(4)
    points = rng.random((40, 2))
    model = GaussianProcess().fit(points, np.sin(5 * points[:, 0]) + 0.1 * rng.normal(size=40))
    assert not model.hyperparameters.shears.any()


def test_copies_are_equal_bit_for_bit():
    rng = np.random.default_rng(5)
    kind = rng.integers(0, 3, 40).astype(float)
    points = np.column_stack([kind, rng.random(40), np.where(kind == 2, rng.random(40), np.nan)])
    # Equal rows differ only in their noise.
    points[-5:] = points[-6]
    values = kind + np.sin(5 * points[:, 1])
    model = GaussianProcess(categories={0: 3}, conditional=[2]).fit(points, values, sem=rng.random(40) / 10)
    for duplicate in copies(model):
        assert repr(duplicate) == repr(model)
        assert duplicate.lml() == model.lml()
        for copied, original in zip(duplicate.hyperparameters, model.hyperparameters, strict=True):
            assert np.array_equal(copied, original)
        for copied, original in zip(duplicate.predict(points), model.predict(points), strict=True):
            assert np.array_equal(copied, original)
        assert np.array_equal(duplicate.sample(points[:4], 3, seed=1), model.sample(points[:4], 3, seed=1))
        assert np.array_equal(duplicate.leave_one_out().mean, model.leave_one_out().mean)


def test_fitting_a_copy_leaves_the_original_unchanged():
    points, values = waves()
    for duplicate in copies(GaussianProcess()):
        with pytest.raises(tt.TanteoError, match="not fitted"):
            duplicate.predict(points)
    unfitted = GaussianProcess()
    copy.copy(unfitted).fit(*waves(d=3))
    unfitted.fit(points, values)
    model = GaussianProcess().fit(points, values)
    mean = model.predict(points).mean
    for duplicate in copies(model):
        duplicate.fit(points[:10], -values[:10])
        assert np.array_equal(model.predict(points).mean, mean)


def test_errors_name_the_value_and_its_position():
    for invalid_call, message in [
        (lambda: GaussianProcess().fit([[0.5], [2.87]], [0, 1]), "column 0, not 2.87 as in row 1"),
        (lambda: GaussianProcess(categories={0: 2}).fit([[0], [2]], [0, 1]), "codes from 0 to 1 in column 0, not 2.0"),
        (lambda: GaussianProcess().fit([[0.5], [np.nan]], [0, 1]), "column 0, row 1"),
        (lambda: GaussianProcess().fit([[0.5], [0.6]], [0, np.nan]), "not nan as in row 1"),
        (lambda: GaussianProcess().fit([[0.5], [0.6]], [0, 1], sem=[0.1, -0.2]), "not -0.2"),
        (lambda: GaussianProcess(conditional=[3]).fit([[0.5]], [0]), "column 3"),
        (lambda: GaussianProcess(conditional=[-1]), "not -1"),
    ]:
        with pytest.raises(tt.ArgumentError, match=re.escape(message)):
            invalid_call()


def test_the_repr_of_a_model_shows_whether_it_was_fitted():
    assert "not fitted" in repr(GaussianProcess())
    assert "fitted to 2 points" in repr(GaussianProcess().fit([[0.5], [0.6]], [0, 1]))
