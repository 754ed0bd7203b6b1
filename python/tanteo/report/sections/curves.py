"""Curves: reported values by step of the best trials, and of those that were stopped, with the reasons of the stops."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tanteo import inside
from tanteo._internal.states import STOPPED
from tanteo._internal.text import counted
from tanteo.plotting.data import Curve, curve_axes, curve_values, intermediate_values
from tanteo.plotting.value_axis import ValueAxis
from tanteo.report.document import Axis, Chart, Line, Part, Points, Section, Text, lead, numbers
from tanteo.report.sections.reasons import reasons_table
from tanteo.report.subject import Subject, percent

if TYPE_CHECKING:
    from tanteo.run.history import Numbers

# The best curves, drawn strongly; the others, drawn faintly; the points of one curve; the reasons of stops.
_TOP, _OTHERS, _POINTS, _REASONS = 5, 150, 120, 6


def curves(subject: Subject) -> Section:
    """Return the section."""
    return Section(id="curves", title="Curves", parts=list(_parts(subject)))


def _parts(subject: Subject) -> Iterator[Part]:
    if not subject.is_single:
        yield Text(text="Curves of several objectives are not drawn; the page of a trial lists its reports.")
        return
    if not inside.reporting(subject.search):
        yield Text(text=f"{_nobody(subject)} (trial.report), so there are no curves.")
        return
    found = intermediate_values(subject.search)
    n_stopped = int(subject.trials.counted_as(*STOPPED).sum())
    yield lead(_answer(len(found), n_stopped, subject.trials.n_counting))
    yield _picture(subject, found)
    if n_stopped:
        stopped = subject.trials.common_reasons(_REASONS, subject.trials.counted_as(*STOPPED))
        yield reasons_table("Reasons of stops", stopped)


def _nobody(subject: Subject) -> str:
    """Return that no trial with a curve is left: none reported, or those that did are excluded."""
    excluded = subject.trials.excluded.nonzero()[0].tolist()
    if any(inside.stored(subject.search, number)["curve"] for number in excluded):
        return "Only excluded trials reported values on their way"
    return "No trial reported values on its way"


def _answer(n: int, n_stopped: int, n_counting: int) -> str:
    if not n_stopped:
        return f"{counted(n, 'trial')} reported values, and none was stopped early."
    share = percent(n_stopped / n_counting)
    were = "was" if n_stopped == 1 else "were"
    return f"{n_stopped:,} of {counted(n_counting, 'trial')} {were} stopped early ({share})."


def _picture(subject: Subject, found: list[Curve]) -> Chart:
    import numpy as np

    order = sorted(found, key=lambda curve: float(subject.trials.losses[curve.id]))
    top = [curve for curve in order if np.isfinite(subject.trials.losses[curve.id])][:_TOP]
    leading = {curve.id for curve in top}
    others = [curve for curve in found if curve.id not in leading]
    drawn = [others[k] for k in _spread(len(others), _OTHERS)]
    label, of_values = curve_axes(found)
    axis = curve_values(subject.search, [*drawn, *top])
    first, last = min(int(curve.steps[0]) for curve in found), max(int(curve.steps[-1]) for curve in found)
    return Chart(
        title=of_values,
        how=_how(len(top)),
        shows=_lengths(top, found),
        x=Axis(label=label, low=min(first, last - 1), high=last, whole=True),
        y=Axis(label=axis.label(of_values), low=axis.low, high=axis.high, log=axis.log),
        marks=[*(_line(curve, axis, is_top=curve.id in leading) for curve in (*drawn, *top)), *_ends(drawn, axis)],
    )


def _how(n_top: int) -> str:
    strong = "" if not n_top else "the best one is strong, " if n_top == 1 else f"the best {n_top} are strong, "
    return f"Each line is a trial: {strong}stopped ones end at a ring, and others are faint."


def _ends(drawn: list[Curve], axis: ValueAxis) -> Iterator[Points]:
    """Yield a mark where each curve was stopped."""
    stopped = [curve for curve in drawn if curve.state in STOPPED]
    if stopped:
        x, y = numbers(c.steps[-1] for c in stopped), numbers(c.values[-1].clip(axis.low, axis.high) for c in stopped)
        yield Points(role="stopped", label="stopped here", x=x, y=y, ids=[curve.id for curve in stopped])


def _line(curve: Curve, axis: ValueAxis, *, is_top: bool) -> Line:
    places = _spread(len(curve.steps), _POINTS)
    x, y = numbers(curve.steps[places]), numbers(curve.values[places].clip(axis.low, axis.high))
    if is_top:
        return Line(role="top", label="best trials", x=x, y=y, id=curve.id)
    stopped = curve.state in STOPPED
    return Line(role="stopped" if stopped else "faint", label="stopped" if stopped else "others", x=x, y=y, id=curve.id)


def _spread(n: int, most: int) -> Numbers:
    import numpy as np

    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(np.int64)


def _lengths(top: list[Curve], found: list[Curve]) -> str:
    stopped = [int(curve.steps.max()) for curve in found if curve.state in STOPPED]
    last, is_of_folds = max(int(curve.steps.max()) for curve in found), all(curve.is_of_folds for curve in found)
    ids = ", ".join(str(curve.id) for curve in top)
    text = f"The best curves are of the trials {ids}" if len(top) > 1 else f"The best curve is of trial {ids}"
    if not top:
        text = "No trial with a curve is complete yet"
    if not stopped:
        return f"{text}; the longest has {counted(last, 'fold') if is_of_folds else f'step {last}'}."
    middle, is_one = sorted(stopped)[len(stopped) // 2], len(stopped) == 1
    ended = "the stopped one ended" if is_one else "half of the stopped ones ended"
    if is_of_folds:
        return f"{text}; {ended} after {'' if is_one else 'at most '}{middle} of {counted(last, 'fold')}."
    return f"{text}; {ended} {'at' if is_one else 'by'} step {middle} of {last}."
