"""The progress of a search with several objectives: the hypervolume of its front."""

from __future__ import annotations

from collections.abc import Iterator

from tanteo.exceptions import ArgumentError
from tanteo.plotting.hypervolume import HypervolumeHistory, hypervolume_history
from tanteo.report.document import Axis, Chart, Line, Part, lead, missing, numbers
from tanteo.report.subject import AHEAD, Subject, percent
from tanteo.run.report import thresholds_text


def volume_picture(subject: Subject) -> Iterator[Part]:
    """Yield what the latest trials added, and the picture, or why the front is too long for it."""
    if subject.is_single or not subject.search.pareto_front:
        return
    try:
        drawn = hypervolume_history(subject.search, trials=subject.trials)
    except ArgumentError as error:
        yield missing(f"The dominated share cannot be drawn: {error}.")
        return
    if drawn.leaves_out_thresholds:
        limits = thresholds_text(subject.search)
        yield missing(f"No trial is better than all thresholds yet ({limits}); the picture leaves them out.")
    if drawn.last_id >= 2 * AHEAD:
        yield lead(_verdict(drawn))
    yield _picture(drawn)


def _picture(drawn: HypervolumeHistory) -> Chart:
    last = float(drawn.shares[-1])
    half = int(drawn.ids[(drawn.shares >= 0.5 * last).argmax()])
    x, y = drawn.line
    return Chart(
        title="Dominated share so far",
        how=f"The line is the share of what lies between the best values and the reference point "
        f"({drawn.reference_text}) that the front dominates (the hypervolume); higher is better, and flat means that "
        "nothing new was found.",
        shows=f"The front dominates {100 * last:.3g} % now; half of that was reached by trial {half}, and trial "
        f"{drawn.ids[-1]} was the last to add to it.",
        x=Axis(label="trial", low=-0.5, high=drawn.last_id + 0.5, whole=True),
        y=Axis(label="dominated share", low=y[0] - 0.01, high=last + 0.01),
        marks=[Line(role="line", label="dominated share", x=numbers(x), y=numbers(y), step=True)],
    )


def _verdict(drawn: HypervolumeHistory) -> str:
    """Return whether the front still grows. What the next trials would add is not predicted."""
    before = drawn.shares[drawn.ids <= drawn.last_id - AHEAD]
    added = 1.0 - float(before[-1] / drawn.shares[-1]) if len(before) else 1.0
    if added > 0.0:
        return f"The front still grows: the latest {AHEAD} trials added {percent(added)} of what it dominates."
    return f"The front stands still: the latest {AHEAD} trials added nothing to what it dominates."
