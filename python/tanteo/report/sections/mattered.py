"""What mattered: importances with their uncertainty, predictions along the parameters, the strongest interaction."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tanteo._internal.text import counted, show_rounded, show_value
from tanteo.exceptions import ArgumentError
from tanteo.importance.paths import ablation, path_table
from tanteo.importance.shares import method_text, shares_of, standard_errors, why_none
from tanteo.plotting.bands import BRANCHES, CONSTRAINTS
from tanteo.plotting.bands import Band as Expected
from tanteo.plotting.data import groups, stopped_groups
from tanteo.plotting.slices import Slice, slices
from tanteo.report.document import (
    Axis,
    Band,
    Bars,
    Chart,
    Line,
    Mark,
    Part,
    Points,
    Role,
    Section,
    Table,
    Text,
    lead,
    missing,
    numbers,
)
from tanteo.report.picture import MOST_BESIDE, axis_of, label_of, note_of, thinned
from tanteo.report.sections.interaction import interaction_picture
from tanteo.report.subject import Subject, few
from tanteo.run.history import FEW

if TYPE_CHECKING:
    from tanteo.run.history import Numbers

# The parameters with a bar, those with a picture, and the changes from the defaults in the table.
_BARS, _SLICES, _CHANGES = 12, 4, 12


_POINTS = "Points are trials"
_WITH_BAND = (
    "the line is what the model expects with the other parameters {}, and the band (95 %) widens where trials are few; "
    "dots are no more than a guess."
)
_WITH_BARS = (
    "the dashes are what the model expects with the other parameters {}, and their bars (95 %) are longer where trials "
    "are few."
)


def mattered(subject: Subject) -> Section:
    """Return the section."""
    return Section(id="mattered", title="What mattered", parts=list(_parts(subject)))


def _parts(subject: Subject) -> Iterator[Part]:
    if subject.quick:
        yield missing("This is being computed.")
        return
    reason = few(subject, FEW, "What mattered")
    if reason:
        yield missing(reason)
        return
    for objective, name in enumerate(subject.objectives):
        shares = shares_of(subject.search, objective=objective)
        if not any(shares.values()):
            reason = why_none(subject.search, shares, "ped-anova", objective)
            yield missing(f"There are no importances for {name}: {reason}.")
            continue
        yield from _of_objective(subject, objective, name, shares)


def _of_objective(subject: Subject, objective: int, name: str, shares: dict[str, float]) -> Iterator[Part]:
    errors = standard_errors(subject.search, objective=objective)
    yield lead(_answer(subject, name, shares, errors))
    yield _bars(subject, name, shares, errors)
    yield from _path(subject, objective, name)
    drawn = list(shares)[:_SLICES]
    predicted = slices(subject.search, drawn, target=objective)
    others = "as recommended" if subject.is_single else f"of the feasible trial with the best {name}"
    yield from (_slice(panel, name, others) for panel in predicted)
    if subject.is_single:
        yield from interaction_picture(subject, drawn)


# The error of a share beyond that, where the measured ones are smaller.
_UNKNOWN_ERROR = 0.01


def _answer(subject: Subject, name: str, shares: dict[str, float], errors: dict[str, float]) -> str:
    of = "" if subject.is_single else f" for {name}"
    first, *others = shares
    text = f"{first} mattered most{of}: {shares[first]:.2f} of the importance"
    error = errors.get(first, _UNKNOWN_ERROR)
    close = [
        other
        for other in others
        if shares[first] - shares[other] < 2.0 * math.hypot(error, errors.get(other, _UNKNOWN_ERROR))
    ]
    if close:
        return f"{text}. The order is not certain: {', '.join(close[:3])} may matter as much."
    return f"{text}, clearly more than the others." if others else f"{text}."


def _bars(subject: Subject, name: str, shares: dict[str, float], errors: dict[str, float]) -> Bars:
    names = list(shares)[:_BARS]
    method = method_text(subject.trials.n_usable)
    top, more = names[:2], len(shares) - len(names)
    known = " and ".join(f"{shares[k]:.2f}{f' ± {errors[k]:.2f}' if errors else ''} for {k}" for k in top)
    whiskers = ", and the whiskers are one standard error from halves of the trials" if errors else ""
    return Bars(
        title=f"Importance for {name} ({method})",
        how="The longer the bar, the more the parameter decides whether a trial is among the best; the shares of all "
        f"sum to 1{whiskers}.",
        shows=f"It is {known}." + (f" {_less_important(more)} left out." if more > 0 else ""),
        names=names,
        values=numbers(shares[k] for k in names),
        errors=numbers(errors.get(k, float("nan")) for k in names),
    )


def _less_important(n: int) -> str:
    return f"{counted(n, 'less important parameter')} {'is' if n == 1 else 'are'}"


def _path(subject: Subject, objective: int, name: str) -> Iterator[Part]:
    """Yield what each change from the defaults to the configuration to take gains, if there are changes."""
    taken = subject.recommended
    try:
        steps = [] if taken is None else ablation(subject.search, end=taken, objective=objective)
    except ArgumentError:  # there is nowhere to start
        return
    if taken is None or len(steps) < 2:
        return
    head, *rows = path_table(subject.search, steps, objective)
    origin = "first trial" if subject.search.space.default() is None else "defaults"
    title = f"From the {origin} to trial {taken.id}, one change at a time"
    yield Table(title=title, head=head, rows=rows[:_CHANGES])
    start, shown, end = (show_value(steps[k].value) for k in (0, min(_CHANGES, len(rows)), -1))
    errors = "" if steps[1].sem is None else " After ± is one standard error; a change within twice that may be none."
    rest = f" The first {_CHANGES} of {len(rows)} changes reach {shown}." if len(rows) > _CHANGES else ""
    yield Text(
        text=f"The model expects a {name} of {start} at the {origin} and {end} at trial {taken.id}.{rest}{errors}"
    )


# The places with a prediction below which there is nothing to compare, as along a parent of conditional parameters.
_COMPARABLE = 2


def _slice(panel: Slice, name: str, others: str) -> Chart:
    """Return the picture of a parameter; ``others`` says where the prediction keeps the other parameters."""
    drawn = _WITH_BAND if panel.parameter_axis.labels is None else _WITH_BARS
    return Chart(
        title=f"{name} along {panel.parameter_axis.name}",
        how=f"{_POINTS}." if panel.band is None else f"{_POINTS}; {drawn.format(others)}",
        shows=_tendency(panel, name) + note_of(len(panel.observations.ids), MOST_BESIDE),
        x=axis_of(panel.parameter_axis),
        y=Axis(label=name, low=panel.axis.low, high=panel.axis.high, log=panel.axis.log),
        marks=list(_marks(panel)),
    )


def _tendency(panel: Slice, name: str) -> str:
    band = panel.band
    if band is None or len(band.median) < _COMPARABLE:
        return _best_tried(panel)
    where = _where_predicted(panel, band) if panel.parameter_axis.labels is not None else _ends(panel, band)
    return _change(panel, band, name) + (f" {where}" if where and band.left_out else "")


def _ends(panel: Slice, band: Expected) -> str:
    """Return where a line begins or ends inside the range, and why; gaps in a line need no mention."""
    axis, (first, *_, last) = panel.parameter_axis, band.positions.tolist()
    ends = [f"begins at {axis.tick_labels([first])[0]}"] if first > axis.low else []
    ends += [f"ends at {axis.tick_labels([last])[0]}"] if last < axis.high else []
    return f"The line {' and '.join(ends)}{_because(panel, band)}." if ends else ""


# Why values have no prediction.
_LEFT_OUT = {
    BRANCHES: "the other values of {} switch other parameters on or off",
    CONSTRAINTS: "known constraints forbid the others with the other parameters as they are",
}


def _where_predicted(panel: Slice, band: Expected) -> str:
    """Return a sentence about the few values that have a prediction, and why the others have none."""
    *firsts, last = panel.parameter_axis.tick_labels(band.positions.tolist())
    shown = f"Predictions are shown for {', '.join(firsts)} and" if firsts else "A prediction is shown for"
    return f"{shown} {last} only{_because(panel, band)}."


def _because(panel: Slice, band: Expected) -> str:
    reasons = [text for kind, text in _LEFT_OUT.items() if kind in band.left_out]
    return f", because {' or '.join(reasons)}".format(panel.parameter_axis.name) if reasons else ""


def _change(panel: Slice, band: Expected, name: str) -> str:
    """Return a sentence about how the prediction changes along a parameter."""
    change = float(band.median.max() - band.median.min())
    if panel.has_infeasible:
        # The model of the objective ignores constraints, so the value with the best prediction may be infeasible.
        left = "Constraints and failures" if _has_failed(panel) else "Constraints"
        by = f"the expectation changes by {show_rounded(change)} along the range"
        return f"{_best_feasible(panel)}. {left} left aside, {by}."
    k = int((-band.median if panel.observations.maximize else band.median).argmin())
    # It also ignores failures.
    best = "Failures left aside, the best" if _has_failed(panel) else "The best"
    text = f"{best} expected {name} is {show_value(float(band.median[k]))} at {_at(panel, float(band.positions[k]))}"
    certain = band.low[k] > band.high.min() if panel.observations.maximize else band.high[k] < band.low.max()
    verdict = "some values are surely worse" if certain else "no value is surely worse, as the bands overlap"
    return f"{text}; along the range the expectation changes by {show_rounded(change)}, and {verdict}."


def _has_failed(panel: Slice) -> bool:
    """Return whether a trial that has the parameter failed."""
    import numpy as np

    return not np.isnan(panel.failed).all()


def _best_tried(panel: Slice) -> str:
    """Return sentences about the trials, where the model has no predictions to compare."""
    import numpy as np

    active = ~np.isnan(panel.parameter_axis.positions)
    if not active.any():
        return f"None of {counted(len(active), 'trial')} has {panel.parameter_axis.name}."
    said = "No prediction is shown here." if panel.band is None else _where_predicted(panel, panel.band)
    return f"{said} {_best_feasible(panel)}."


def _best_feasible(panel: Slice) -> str:
    """Return which feasible trial that has the parameter is the best, without a full stop."""
    import numpy as np

    active = ~np.isnan(panel.parameter_axis.positions)
    observed, positions = panel.observations.only(active), panel.parameter_axis.positions[active]
    best = observed.is_best
    if not best.any():
        return f"None of {counted(int(active.sum()), 'trial')} is feasible with finite values"
    among, value = counted(int(observed.feasible.sum()), "feasible trial"), show_value(float(observed.values[best][0]))
    return f"Of {among} the best has {value} at {_at(panel, float(positions[best][0]))}"


def _at(panel: Slice, position: float) -> str:
    return f"{panel.parameter_axis.name} = {panel.parameter_axis.tick_labels([position])[0]}"


def _marks(panel: Slice) -> Iterator[Mark]:
    import numpy as np

    band, observed = panel.band, panel.observations
    if band is not None and len(band.positions):
        x = numbers(band.positions)
        if panel.parameter_axis.labels is None:
            yield Band(label="95 %", x=x, low=numbers(band.low), high=numbers(band.high))
            certain = band.certain(panel.axis)
            if np.isnan(certain).any():
                yield Line(role="uncertain", label="expected, uncertain", x=x, y=numbers(band.median))
            yield Line(role="line", label="expected", x=x, y=numbers(certain))
        else:
            ends = (band.low, band.median, band.high)
            low, median, high = (np.clip(end, panel.axis.low, panel.axis.high) for end in ends)
            yield Points(
                role="expected", label="expected, 95 %", x=x, y=numbers(median), errors=numbers((high - low) / 2)
            )
    for kind, mask in groups(observed, panel.axis):
        active = mask & ~np.isnan(panel.parameter_axis.positions)
        yield from _points(kind, panel, np.flatnonzero(active))
    at, last = panel.stopped[:, ~np.isnan(panel.stopped[0])][:, :MOST_BESIDE]
    for group in stopped_groups(last, panel.axis):
        role: Role = "stopped" if group.kind == "stopped" else "stopped-beyond"
        yield Points(role=role, label=group.label, x=numbers(at[group.mask]), y=numbers(group.values))
    if len(panel.failed):
        places = panel.failed[~np.isnan(panel.failed)][:300]
        yield Points(role="failed", label="failed", x=numbers(places), y=[panel.axis.low] * len(places))
    at, values = panel.infinite[:, ~np.isnan(panel.infinite[0])][:, :MOST_BESIDE]
    if len(at):
        y = numbers(values.clip(panel.axis.low, panel.axis.high))
        yield Points(role="infinite", label="infinite", x=numbers(at), y=y)


def _points(kind: Any, panel: Slice, places: Numbers) -> Iterator[Points]:
    import numpy as np

    places = thinned(places, keep=places[:0], most=MOST_BESIDE)
    if not len(places):
        return
    values = panel.observations.values[places]
    y = np.where(panel.axis.is_beyond(values), panel.axis.edge, values)
    x, ids = panel.parameter_axis.positions[places], panel.observations.ids[places].tolist()
    yield Points(role=kind, label=label_of(kind), x=numbers(x), y=numbers(y), ids=ids)
