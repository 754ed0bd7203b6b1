"""How the search goes: the best values so far, what the next trials are expected to gain, and which model does well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tanteo._internal.text import counted, show_rounded, show_value
from tanteo.exceptions import ArgumentError
from tanteo.plotting import data
from tanteo.plotting.data import Observations, OptimizationHistory, groups, stopped_groups
from tanteo.plotting.hypervolume import HypervolumeHistory, hypervolume_history
from tanteo.report.document import Axis, Chart, Line, Mark, Part, Points, Section, Table, Text, lead, missing, numbers
from tanteo.report.picture import label_of, note_of, thinned
from tanteo.report.subject import AHEAD, Subject, few, percent
from tanteo.run.answer_text import is_estimated
from tanteo.run.history import FEW, NO_RESULT, NO_RESULTS, marks
from tanteo.run.report import states_text, thresholds_text

if TYPE_CHECKING:
    from tanteo.run.history import Numbers

_ESTIMATED = " Values are estimates, because results are noisy. The line at trial n uses the estimates made at the end."


def progress(subject: Subject) -> Section:
    """Return the section."""
    return Section(id="progress", title="How the search goes", parts=list(_parts(subject)))


def _parts(subject: Subject) -> Iterator[Part]:
    if not subject.trials.n_usable:
        reason = NO_RESULT if subject.is_single else NO_RESULTS
        yield missing(f"{reason.capitalize()} yet: {states_text(subject.trials)}.")
        return
    if subject.is_single:
        yield lead(_verdict(subject))
        yield _picture(subject)
    else:
        yield Text(text=f"The search has {counted(len(subject.trials), 'trial')}: {states_text(subject.trials)}.")
        yield from volume_picture(subject)
    yield _by_origin(subject)


def _verdict(subject: Subject) -> str:
    """Return whether to go on."""
    since = subject.trials.n_since_best
    found = f"The best value was found {counted(since, 'trial')} ago" if since else "The last trial is the best so far"
    if subject.quick:
        return f"{found}; what the next trials would gain is being computed."
    gain = subject.expected_gain
    if gain is None:
        reason = few(subject, FEW, f"What the next {AHEAD} would gain")
        return (
            f"{found}. {reason or 'The model does not predict these results well enough to say what more would gain.'}"
        )
    ahead = f"the next {AHEAD} trials are expected to gain {show_rounded(gain, 3) if gain > 0 else 'nothing'}"
    share = ""
    if gain > 0 and subject.gained > 0:
        share = f", {percent(gain / subject.gained)} of the gain so far over the median of the first {FEW}"
    if subject.stands_still:
        return f"It stands still: {ahead}{share}. {found}. Stop, or widen the space."
    return f"{'The budget is spent' if subject.is_spent else 'Go on'}: {ahead}{share}. {found}."


def _picture(subject: Subject) -> Chart:
    drawn = data.optimization_history(subject.search, trials=subject.trials)
    axis = drawn.axis
    return Chart(
        title="Best value so far",
        how="Each point is a trial in the order of their numbers; the line is the best value until then."
        + (" Bars are standard errors." if drawn.complete.has_sems else "")
        + (f" Values beyond the axis are triangles at its edge ({axis.n_beyond})." if axis.n_beyond else "")
        + (f" Stopped trials are at their last report{_or_beyond(drawn)}." if len(drawn.pruned.ids) else "")
        + (f" Infinite values are at an edge ({len(drawn.infinite.ids)})." if len(drawn.infinite.ids) else ""),
        shows=_course(subject) + note_of(len(drawn.complete.ids)),
        x=Axis(label="trial", low=-0.5, high=max(drawn.last_id, 1) + 0.5, whole=True),
        y=Axis(label=subject.objectives[0], low=axis.low, high=axis.high, log=axis.log),
        marks=list(_marks(drawn)),
    )


def _or_beyond(drawn: OptimizationHistory) -> str:
    beyond = [group for group in stopped_groups(drawn.pruned.values, drawn.axis) if group.kind != "stopped"]
    n = sum(len(group.values) for group in beyond)
    return f", or are triangles at the edge if that lies beyond the axis ({n})" if n else ""


def _course(subject: Subject) -> str:
    trials = subject.trials
    values = [(n, trials.best_after(n)) for n in marks(trials.n_counting)]
    steps = [f"{show_value(value)} after {n:,}" for n, value in values if value is not None]
    text = f"The best value was {', '.join(steps[-4:])} {'trial' if trials.n_counting == 1 else 'trials'}"
    # The first value improves on nothing.
    n = len(trials.improvements) - 1
    return f"{text}; it improved {counted(n, 'time')}." if n else f"{text}; it did not improve."


def _marks(drawn: OptimizationHistory) -> Iterator[Mark]:
    for group in stopped_groups(drawn.pruned.values, drawn.axis):
        role = "stopped" if group.kind == "stopped" else "stopped-beyond"
        yield _points(role, group.label, drawn.pruned.only(group.mask), drawn, drawn.best_ids)
    observed = drawn.complete
    kinds = groups(observed, drawn.axis) if len(observed.ids) else []
    for kind, mask in kinds:
        if kind != "best":
            yield _points(kind, label_of(kind), observed.only(mask), drawn, drawn.best_ids)
    if len(drawn.failed_ids):
        ids = thinned(drawn.failed_ids, keep=drawn.best_ids, most=300)
        yield Points(role="failed", label="failed", x=ids.tolist(), y=[drawn.axis.low] * len(ids), ids=ids.tolist())
    if len(drawn.infinite.ids):
        yield _points("infinite", "infinite", drawn.infinite, drawn, drawn.best_ids)
    if len(drawn.best_ids):
        x, y = drawn.best_line
        yield Line(role="line", label="best so far", x=numbers(x), y=numbers(y), step=True)
        best = int(drawn.best_ids[-1])
        yield Points(role="best", label="best", x=[best], y=numbers(drawn.best_values[-1:]), ids=[best])


def _points(role: Any, label: str, observed: Observations, drawn: OptimizationHistory, keep: Numbers) -> Points:
    import numpy as np

    ids = thinned(observed.ids, keep=keep)
    chosen = np.isin(observed.ids, ids)
    values = observed.values[chosen]
    # A value beyond the axis is drawn at its edge.
    y = np.where(drawn.axis.is_beyond(values), drawn.axis.edge, values).clip(drawn.axis.low, drawn.axis.high)
    errors = numbers(observed.sems[chosen]) if observed.has_sems and not role.endswith(("beyond", "infinite")) else None
    return Points(role=role, label=label, x=ids.tolist(), y=numbers(y), ids=ids.tolist(), errors=errors)


def _by_origin(subject: Subject) -> Table:
    """Return how well each way of proposing trials did."""
    import numpy as np

    trials = subject.trials
    improved = (
        {step.id for step in trials.improvements} if subject.is_single else {trial.id for trial in subject.front.trials}
    )
    origins = np.array(trials.origins, dtype=object)
    rows: list[list[Any]] = []
    for origin in dict.fromkeys(trials.origins):
        own = origins == origin
        row: list[Any] = [origin, int(own.sum()), int((own & trials.failed).sum()), sum(bool(own[k]) for k in improved)]
        for usable, is_maximized in zip(trials.values[own & trials.usable].T, trials.maximize, strict=True):
            best = np.max if is_maximized else np.min
            row += [float(of(usable)) for of in (best, np.median)] if len(usable) else [None, None]
        rows.append(row)
    head = ["proposed by", "trials", "failed", "new bests" if subject.is_single else "on the front"]
    head += [f"{kind} {name}" for name in subject.objectives for kind in ("best", "median")]
    return Table(title="Who proposed, and how well", head=head, rows=rows)


def volume_picture(subject: Subject) -> Iterator[Part]:
    """Yield what the latest trials added, and the picture, or why the front is too long for it."""
    if subject.is_single or not len(subject.front):
        return
    try:
        drawn = hypervolume_history(subject.search, trials=subject.trials, front=subject.front)
    except ArgumentError as error:
        yield missing(f"The dominated share cannot be drawn: {error}.")
        return
    if drawn.leaves_out_thresholds:
        limits = thresholds_text(subject.search)
        yield missing(f"No trial is better than all thresholds yet ({limits}); the picture leaves them out.")
    if drawn.last_id >= 2 * AHEAD:
        yield lead(_growth(drawn))
    yield _volume(drawn, are_estimates=is_estimated(subject.front))


def _volume(drawn: HypervolumeHistory, *, are_estimates: bool) -> Chart:
    last = float(drawn.shares[-1])
    half = int(drawn.ids[(drawn.shares >= 0.5 * last).argmax()])
    x, y = drawn.line
    return Chart(
        title="Dominated share so far",
        how=f"The line is the share of what lies between the best values and the reference point "
        f"({drawn.reference_text}) that the front dominates (the hypervolume); higher is better, and flat means that "
        "nothing new was found." + (_ESTIMATED if are_estimates else ""),
        shows=f"The front dominates {100 * last:.3g} % now; half of that was reached by trial {half}, and trial "
        f"{drawn.ids[-1]} was the last to add to it.",
        x=Axis(label="trial", low=-0.5, high=drawn.last_id + 0.5, whole=True),
        y=Axis(label="dominated share", low=y[0] - 0.01, high=last + 0.01),
        marks=[Line(role="line", label="dominated share", x=numbers(x), y=numbers(y), step=True)],
    )


def _growth(drawn: HypervolumeHistory) -> str:
    """Return whether the front still grows. What the next trials would add is not predicted."""
    before = drawn.shares[drawn.ids <= drawn.last_id - AHEAD]
    added = 1.0 - float(before[-1] / drawn.shares[-1]) if len(before) else 1.0
    if added > 0.0:
        return f"The front still grows: the latest {AHEAD} trials added {percent(added)} of what it dominates."
    return f"The front stands still: the latest {AHEAD} trials added nothing to what it dominates."
