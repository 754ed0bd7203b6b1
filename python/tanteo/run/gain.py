"""The improvement of the recommended trial over the defaults."""

from __future__ import annotations

from tanteo import inside
from tanteo._core import LEVEL
from tanteo._internal.coercion import names_text
from tanteo._internal.equality import same
from tanteo._internal.text import counted, show_value
from tanteo.optimizer import Optimizer
from tanteo.run.answer_text import runs_of
from tanteo.trials.comparison import Comparison, Gain
from tanteo.trials.trial import FrozenTrial


def default_trial(search: Optimizer) -> FrozenTrial | None:
    """Return the first complete trial at the defaults of the space that is not excluded; None without one.

    Feasible trials take precedence, because the gain compares feasible trials. The trial may also have been queued or
    observed. If the defaults are incomplete, there is no such trial: the values that the search drew for the other
    parameters are not defaults.
    """
    defaults = search.space.default()
    found = [] if defaults is None else inside.with_configuration(search, defaults)
    results = [trial for trial in found if trial.state == "complete" and not trial.excluded]
    return next((trial for trial in results if trial.feasible), results[0] if results else None)


def gain_over_defaults(search: Optimizer, comparison: Comparison | None) -> Gain | None:
    """Return the improvement of the recommended trial over the defaults.

    Under noise, the recommended trial is the first of the comparison. Without a comparison, the told values are exact
    as far as is known, and the best trial is recommended. Return None if there is no recommended trial or none at the
    defaults, and if the defaults are infeasible.
    """
    taken, default = _taken(search, comparison), default_trial(search)
    if taken is None or default is None or not default.feasible or taken.value is None or default.value is None:
        return None
    if comparison is not None and not same(taken.params, default.params):
        return comparison.gain
    sign = 1.0 if search.directions[0] == "maximize" else -1.0
    return Gain(sign * (taken.value - default.value) if comparison is None else 0.0)


def gain_text(search: Optimizer, comparison: Comparison | None) -> str | None:
    """Return the improvement over the defaults, how sure it is and what it starts from; None without any to name."""
    taken, default = _taken(search, comparison), default_trial(search)
    if taken is None or default is None:
        return None
    if not default.feasible:
        return _no_gain_text(search, default)
    if same(taken.params, default.params):
        return "none, as the defaults are recommended"
    gain = gain_over_defaults(search, comparison)
    if gain is None or gain.probability is None:
        return None if gain is None else f"{gain} (from {show_value(default.value)})"
    runs = runs_of(search, default)
    source = f"from {show_value(runs.mean)}" + (f", the mean of {counted(runs.n, 'run')}" if runs.n > 1 else "")
    sure = "" if gain.probability >= LEVEL else ", which does not tell them apart"
    return f"{gain}, better with a probability of {100 * gain.probability:.0f} %{sure} ({source})"


def _taken(search: Optimizer, comparison: Comparison | None) -> FrozenTrial | None:
    best: FrozenTrial | None = search.best
    return best if comparison is None else comparison.first


def _no_gain_text(search: Optimizer, worse: FrozenTrial) -> str:
    """Return why there is no improvement over an infeasible trial: it violates or lacks constraints."""
    violated = [name for name, value in worse.constraints.items() if value > 0.0]
    fault = f"violate {names_text(violated)}" if violated else f"lack {names_text(inside.left_out(search, worse.id))}"
    return f"none, as the defaults {fault} (trial {worse.id})"
