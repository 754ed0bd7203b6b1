"""A result as text and as HTML."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tanteo._internal.text import printable, safe_repr
from tanteo.trials.trial import FrozenTrial

if TYPE_CHECKING:
    from tanteo.optimizer import Optimizer
    from tanteo.run.result import Result

Rows = Sequence[tuple[str, str]]

# A front can have hundreds of trials; a table for the eye shows this many.
_FRONT_SHOWN = 10


def rows_of(result: Result) -> Rows:
    """Name and text of each line that describes a result."""
    several = len(result.optimizer.directions) > 1
    return [*(_front_rows(result.pareto_front) if several else _best_rows(result)), *outcome_rows(result)]


def outcome_rows(result: Result) -> Rows:
    """How the trials ended, the commonest failures, why the search ended and how long it took."""
    states = Counter(trial.state for trial in result.trials)
    reasons = Counter(t.reason or "no reason given" for t in result.trials if t.state == "failed")
    return [
        ("trials", ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"),
        *(("failure", f"{count} x {reason}") for reason, count in reasons.most_common(3)),
        ("stopped by", result.stopped or "an error"),
        ("wall time", f"{result.wall_time:.1f} s"),
    ]


def as_text(title: str, rows: Rows) -> str:
    """Rows in two aligned columns; control characters as escapes."""
    title, rows = printable(title), [(printable(name), printable(text)) for name, text in rows]
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join([title, *(f"  {name:<{width}}  {text}" for name, text in rows)])


def as_html(title: str, rows: Rows) -> str:
    """Rows as a table; everything escaped."""
    cell = "style='text-align:left'"
    line = f"<tr><th {cell}>{{}}</th><td {cell}>{{}}</td></tr>"
    body = "".join(line.format(html.escape(name.strip()), html.escape(text)) for name, text in rows)
    return f"<table><caption>{html.escape(title)}</caption><tbody>{body}</tbody></table>"


def flat_params(params: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """A nested configuration with flat names, joined by ``/`` as in ``SearchSpace``."""
    flat: dict[str, Any] = {}
    for name, value in params.items():
        if isinstance(value, Mapping):
            flat |= flat_params(value, f"{prefix}{name}/")
        else:
            flat[prefix + name] = value
    return flat


def show_value(value: object) -> str:
    """A value for the eye: floats with six digits, the rest by its repr."""
    return f"{value:.6g}" if isinstance(value, float) else safe_repr(value)


def with_error(value: float, sem: float | None) -> str:
    """A value with its standard error, where that is known."""
    return show_value(value) + ("" if sem is None else f" ± {sem:.2g}")


def recommended_instead(optimizer: Optimizer) -> FrozenTrial | None:
    """The trial to use where it is not the best: what was told is noisy then, and the best is a lucky one."""
    found, best = optimizer.recommend(), optimizer.best
    return found if found is not None and best is not None and found.id != best.id else None


def _best_rows(result: Result) -> Rows:
    best = result.best
    if best is None:
        return [("best", "none: no feasible complete trial with a finite value")]
    rows = [("best value", f"{with_error(best.value, best.sem)} (trial {best.id})")]
    rows += [(f"  {name}", show_value(value)) for name, value in flat_params(best.params).items()]
    default, gain = result.default, result.gain
    if default is not None and gain is not None:
        rows.append(("gain over defaults", f"{gain} (from {default.value:.6g})"))
    return rows


def _front_rows(front: Sequence[FrozenTrial]) -> Rows:
    rows = [("Pareto front", f"{len(front)} trials")]
    for trial in front[:_FRONT_SHOWN]:
        values = ", ".join(f"{value:.6g}" for value in trial.values or ())
        rows.append((f"  trial {trial.id}", f"({values})"))
    if len(front) > _FRONT_SHOWN:
        rows.append(("  ...", f"{len(front) - _FRONT_SHOWN} more"))
    return rows
