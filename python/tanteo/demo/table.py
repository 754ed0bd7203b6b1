"""The table that the demo prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tanteo.demo.findings import AlgorithmRow, Findings
from tanteo.demo.pipeline import FOLDS
from tanteo.importance.shown import bar, n_ended
from tanteo.run import Gain, Result
from tanteo.run.report import flat_params, show_value
from tanteo.run.result import outcome_rows
from tanteo.trials.trial import FrozenTrial

_NAME = 26
_IMPORTANCES_SHOWN = 5


def table(findings: Findings, result: Result, files: Sequence[Path], n_workers: int) -> str:
    """Return the summary of the search, shorter than a screen."""
    return "\n".join(
        [
            "",
            f"Misclassified digits, mean of {FOLDS} folds",
            *_algorithms(findings.algorithms),
            "",
            *_configuration("Best configuration", findings.best, result),
            "",
            *_recommendation(findings, result),
            "What was gained",
            *_improvements(findings),
            "",
            "Which parameters mattered (share of importance)",
            *_importances(findings.importances, n_ended(result)),
            "",
            "The search",
            *(_line(name, text) for name, text in outcome_rows(result)),
            _line("workers", str(n_workers)),
            *(_line("written", str(file)) for file in files),
        ]
    )


def _line(name: str, text: str) -> str:
    return f"  {name:<{_NAME}}{text}"


def _configuration(title: str, trial: FrozenTrial, result: Result) -> list[str]:
    rows = [_line(name, show_value(value)) for name, value in flat_params(trial.params, result.optimizer.space).items()]
    return [f"{title} (trial {trial.id}: {_percent(trial)})", *rows]


def _recommendation(findings: Findings, result: Result) -> list[str]:
    if findings.recommended is None:
        return []
    return [*_configuration("Recommended, as results are noisy", findings.recommended, result), ""]


def _algorithms(rows: Sequence[AlgorithmRow]) -> list[str]:
    head = f"  {'':<{_NAME}}{'defaults':>16}{'best found':>16}{'trials':>9}{'failed':>9}"
    return [head, *(_algorithm(row) for row in rows)]


def _algorithm(row: AlgorithmRow) -> str:
    errors = f"{_percent(row.default):>16}{_percent(row.best):>16}"
    return f"  {row.name:<{_NAME}}{errors}{row.n_trials:>9}{row.n_failed:>9}"


def _percent(trial: FrozenTrial | None) -> str:
    if trial is None or trial.value is None:
        return "-"
    return f"{trial.value:.2f} ± {trial.sem:.2f} %" if trial.sem is not None else f"{trial.value:.2f} %"


def _improvements(findings: Findings) -> list[str]:
    held_out = findings.held_out
    default_text, best_text = _percent(findings.default), _percent(findings.best)
    default = findings.default.params["algorithm"]
    return [
        _line("best defaults", f"{default_text} ({default}, trial {findings.default.id})"),
        _line("best configuration", best_text),
        _line(
            "gained over the defaults",
            f"{_improvement_text(findings.gain)} (paired folds; the choice among trials flatters it)",
        ),
        _line(f"on {held_out.n} digits held out", f"{held_out.default:.2f} % before, {held_out.best:.2f} % after"),
        _line("gained there", f"{_improvement_text(held_out.gain)} (paired digits; looked at once)"),
    ]


def _improvement_text(improvement: Gain | None) -> str:
    if improvement is None:
        return "-"
    return (
        f"{improvement.value:+.2f} %"
        if improvement.sem is None
        else f"{improvement.value:+.2f} ± {improvement.sem:.2f} %"
    )


def _importances(shares: dict[str, float], n_trials: int) -> list[str]:
    shown = list(shares.items())[:_IMPORTANCES_SHOWN]
    return [_line(name, bar(share, n_trials, length=30)) for name, share in shown]
