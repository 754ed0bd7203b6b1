"""Forecasts of the next trials are corrected by what came of earlier ones."""

import math

import pytest

import tanteo as tt
from tanteo.trials.forecast import Forecasts

# Ten trials gain nothing, then 1, then nothing.
LOSSES = [*[5.0] * 10, *[4.0] * 20]


def test_a_forecast_is_multiplied_by_the_share_that_came_true():
    asked = []

    def raw(n_trials):
        asked.append(n_trials)
        return 0.5 if n_trials < 30 else 0.25

    forecasts = Forecasts(LOSSES, n_ahead=10, first=5, raw=raw)
    # After 5 and 15 trials 0.5 was expected; 1 and 0 came. The present 0.25 counts as if it had come true.
    assert forecasts.corrected(30) == pytest.approx(0.25 * min(1.0, (1.0 + 0.0 + 0.25) / (0.5 + 0.5 + 0.25)))
    assert asked == [30, 5, 15], "each forecast is made once"
    later = Forecasts(LOSSES, n_ahead=10, first=15, raw=raw)
    assert later.corrected(30) == pytest.approx(0.25 * 0.25 / 0.75), "nothing came of the only one"


@pytest.mark.parametrize("n_trials", [10, 14])
def test_the_first_forecast_stays_as_it_is(n_trials):
    assert Forecasts(LOSSES, n_ahead=10, first=5, raw=lambda _: 0.5).corrected(n_trials) == 0.5


def test_forecasts_that_are_missing_or_nothing_are_kept():
    known = {30: 0.25, 5: None, 15: None}
    assert Forecasts(LOSSES, n_ahead=10, first=5, raw=known.get).corrected(30) == 0.25
    assert Forecasts(LOSSES, n_ahead=10, first=5, raw=lambda _: None).corrected(30) is None
    assert Forecasts(LOSSES, n_ahead=10, first=5, raw=lambda _: 0.0).corrected(30) == 0.0


def test_trials_that_run_break_no_promise():
    running = [*LOSSES[:20], *[math.nan] * 10]
    forecasts = Forecasts(running, n_ahead=10, first=5, raw=lambda _: 0.5)
    # Only the ten trials after the first five have ended.
    assert forecasts.corrected(30) == 0.5 * min(1.0, (1.0 + 0.5) / (0.5 + 0.5))
    late = Forecasts(running, n_ahead=10, first=15, raw=lambda _: 0.5)
    assert late.corrected(30) == 0.5


def test_asking_for_a_batch_leaves_the_correction_as_it_is():
    opt = tt.Optimizer({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}, seed=0)
    for _ in range(24):
        trial = opt.ask()
        opt.tell(trial, (trial.params["x"] - 0.3) ** 2 + abs(trial.params["y"] - 0.6))
    opt.ask(20)
    assert opt.expected_gain(5) == pytest.approx(_corrected_without(opt, range(24, 44)), rel=1e-12)


def _corrected_without(opt, pending):
    losses = [math.nan if i in pending else loss for i, loss in enumerate(t.value for t in opt.trials)]
    return Forecasts(losses, 5, 14, lambda n: opt._expected_gain(5, n)).corrected(len(losses))


def test_a_converged_search_expects_less_than_its_model():
    space = {name: tt.Float(-3.0, 3.0) for name in "xyzw"}
    result = tt.minimize(lambda p: sum((value - 0.7) ** 2 for value in p.values()), space, n_trials=80, seed=0)
    alone, corrected = (
        search(result) for search in (lambda r: r.optimizer._expected_gain(10, 80), lambda r: r.expected_gain(10))
    )
    assert math.isfinite(alone)
    assert 0.0 <= corrected < 0.5 * alone
