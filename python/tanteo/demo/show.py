"""Runs the demo from start to end, and draws its picture."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from tanteo._internal.optional import require
from tanteo.demo.pipeline import ALGORITHMS, FOLDS, CrossValidatedError, Digits, fit, load_digits, make_space
from tanteo.importance.shares import bar, method_text, n_results, shares_of
from tanteo.plotting import matplotlib as plots
from tanteo.plotting import style
from tanteo.plotting._axes import tidy
from tanteo.plotting._trials import draw_bars
from tanteo.run import Gain, Result, minimize
from tanteo.run.answer_text import recommendation
from tanteo.run.report import Rows, as_text, with_error
from tanteo.trials.trial import FrozenTrial

N_WORKERS = 2
# Share of the time reserved for the trials that still run at the end, the held-out digits and the picture.
_RESERVE = 0.1
# Time limit of one evaluation as a share of the time; on a typical machine the slowest one takes a tenth of the limit.
_LONGEST_TRIAL = 0.4
_IMPORTANCES_SHOWN = 5


def run(seconds: float = 60.0, folder: Path = Path("tanteo-demo"), seed: int = 0) -> Result:
    """Tune the pipeline, print tables, and write the record, a snapshot and a picture of the search.

    Parameters
    ----------
    seconds : float
        The approximate duration.
    folder : Path
        The folder for the files; created if it does not exist.
    seed : int
        The seed of the search, the folds and the models.

    Returns
    -------
    Result
        The search.

    Raises
    ------
    ImportError
        If scikit-learn or matplotlib is not installed (``pip install 'tanteo[demo]'``).
    """
    # Fail now and not after a minute.
    require("matplotlib", extra="demo", needed_by="tanteo demo")
    digits = load_digits(seed)
    defaults = {name: make_space(name).default() or {} for name in ALGORITHMS}
    _say(f"Tuning {', '.join(ALGORITHMS)} on {len(digits.y)} handwritten digits for {seconds:g} s")
    result = minimize(
        CrossValidatedError(digits, seed),
        make_space(),
        points=list(defaults.values()),
        timeout=(1.0 - _RESERVE) * seconds,
        trial_timeout=_LONGEST_TRIAL * seconds,
        n_workers=N_WORKERS,
        threads_per_worker=1,
        seed=seed,
    )
    files = _write(result, folder)
    default = best_default(result, defaults)
    if default is None:
        _say(f"{result!r}\nToo short to find anything: try more --seconds")
        return result
    _say(report(result, defaults, default, digits, seed))
    picture = folder / "search.png"
    best = f"{result.best_value:.2f} % after {len(result.trials)} trials"
    draw(result, f"Digits: {default.value:.2f} % wrong with the best defaults, {best}", picture)
    _say(as_text("Written", [("", str(file)) for file in (*files, picture)]))
    return result


def best_default(result: Result, defaults: Mapping[str, Mapping[str, Any]]) -> FrozenTrial | None:
    """Return the best trial that has the defaults of an algorithm; None if none of them is complete."""
    trials = [trial for trial in result.trials if trial.state == "complete" and trial.params in defaults.values()]
    return min(trials, key=lambda trial: trial.value, default=None)


def report(
    result: Result, defaults: Mapping[str, Mapping[str, Any]], default: FrozenTrial, digits: Digits, seed: int
) -> str:
    """Return the tables of the search, shorter than a screen; the held-out digits are used here only, and once."""
    algorithms = [(name, _algorithm(result, name, defaults[name])) for name in ALGORITHMS]
    shares, how = list(shares_of(result).items())[:_IMPORTANCES_SHOWN], method_text(n_results(result))
    tables = [
        as_text(f"Misclassified digits in %, mean of {FOLDS} folds", algorithms),
        repr(result),
        as_text("Gained over the best defaults", _gains(result, default, digits, seed)),
        as_text(f"Importance ({how})", [(name, bar(share, length=30)) for name, share in shares]),
    ]
    return "\n\n".join(tables)


def _algorithm(result: Result, name: str, params: Mapping[str, Any]) -> str:
    """Return the error of the defaults of an algorithm, its smallest error and its number of trials."""
    trials = [trial for trial in result.trials if trial.params["algorithm"] == name]
    complete = [trial for trial in trials if trial.state == "complete"]
    default = next((trial for trial in complete if trial.params == params), None)
    best = min(complete, key=lambda trial: trial.value, default=None)
    return f"{_error(default)} with the defaults, {_error(best)} at best in {len(trials)} trials"


def _error(trial: FrozenTrial | None) -> str:
    return "-" if trial is None else with_error(trial.value, trial.sem)


def _gains(result: Result, default: FrozenTrial, digits: Digits, seed: int) -> Rows:
    """Return the improvement of the best trial on the folds, among which it was chosen, and on held-out digits."""
    best = result.best
    wrong = [
        (100.0 * (fit(trial.params, digits.x, digits.y, seed).predict(digits.held_out_x) != digits.held_out_y)).tolist()
        for trial in (default, best)
    ]
    _, recommended = recommendation(result.optimizer, result.comparison())
    (on_folds,), (default_on_folds,) = (trial.replicates or ((),) for trial in (best, default))
    return [
        ("the same folds", f"{_paired(on_folds, default_on_folds)} (too large: the best of many trials)"),
        (f"{len(digits.held_out_y)} digits held out", f"{_paired(wrong[1], wrong[0])} (looked at once)"),
        *([("recommended", recommended)] if recommended else []),
    ]


def _paired(better: Sequence[float], worse: Sequence[float]) -> Gain:
    """Return the mean difference of two lists of errors on the same folds or digits, and its standard error."""
    differences = [w - b for b, w in zip(better, worse, strict=True)]
    n, mean = len(differences), fmean(differences)
    return Gain(mean, math.sqrt(math.fsum((d - mean) ** 2 for d in differences) / (n - 1) / n))


def _write(result: Result, folder: Path) -> list[Path]:
    """Write the record of every trial and a snapshot that the command line can read."""
    folder.mkdir(parents=True, exist_ok=True)
    record, snapshot = folder / "record.json", folder / "search.tanteo"
    record.write_text(result.optimizer.to_json())
    result.optimizer.save(snapshot)
    return [record, snapshot]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n\n")
    sys.stdout.flush()


_ERROR = "Misclassified [%]"
_SLICES, _BARS = 4, 8


def draw(result: Result, title: str, path: Path) -> None:
    """Draw the history, the importances, and slices along the most important parameters.

    Parameters
    ----------
    result : Result
        The search.
    title : str
        The title of the picture.
    path : Path
        The output file, in a format that matplotlib supports.
    """
    figure = require("matplotlib.figure", extra="demo", needed_by="tanteo demo").Figure(
        figsize=(13, 8.2), layout="constrained", facecolor="white"
    )
    above, below = figure.subfigures(2, 1, height_ratios=[1.25, 1.0])
    left, right = above.subplots(1, 2, width_ratios=[1.8, 1.0])
    plots.plot_optimization_history(result, target_name=_ERROR, ax=left)
    shares = shares_of(result)
    draw_bars(right, dict(list(shares.items())[:_BARS]))
    tidy(right, "Share of importance", "", title="Which parameters mattered")
    names = list(shares)[:_SLICES]
    panels = below.subplots(1, len(names), sharey=True, squeeze=False)[0]
    plots.plot_slice(result, names, target_name=_ERROR, ax=panels)
    figure.suptitle(title, fontsize=15, color=style.INK, x=0.01, ha="left")
    figure.savefig(path, dpi=130)
