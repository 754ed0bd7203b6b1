"""The Pareto front of several objectives: its trials, their compromise, and pictures of pairs of objectives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from tanteo._internal.text import show_value
from tanteo.plotting.value_axis import value_axis
from tanteo.report.document import Axis, Bounds, Chart, Part, Points, Table, lead, missing, numbers
from tanteo.report.picture import thinned
from tanteo.report.subject import Subject, counted
from tanteo.run.report import with_error

if TYPE_CHECKING:
    from tanteo.run.history import Numbers
    from tanteo.trials.front import Compromise, ParetoFront

# The trials of a long front that the table shows, and the pictures of pairs of objectives.
_ROWS, _PICTURES = 15, 3


def front_parts(subject: Subject) -> Iterator[Part]:
    """Iterate over the parts of the section for several objectives."""
    front = subject.search.front()
    compromise = front.knee or front.by_weights([1.0] * subject.n_objectives)
    if compromise is None:
        yield missing("No trial is complete and feasible with finite values yet, so there is no front.")
        return
    yield lead(_answer(subject, front, compromise))
    for first, second in list(combinations(range(subject.n_objectives), 2))[:_PICTURES]:
        yield _picture(subject, front, compromise.trial.id, first, second)
    yield _bounds(subject, front)
    yield _table(subject, front, compromise)


def _bounds(subject: Subject, front: ParetoFront) -> Bounds:
    rows = [[member.trial.id, *member.values] for member in front]
    return Bounds(names=subject.objectives, maximize=subject.trials.maximize, rows=rows)


def _answer(subject: Subject, front: ParetoFront, compromise: Compromise) -> str:
    chosen = f"trial {compromise.trial.id} ({_values(subject, compromise.values)})"
    if len(front) == 1:
        return f"Take {chosen}: it is the best in every objective."
    kind = "where the front bends most" if front.knee is not None else "which gives up about as much of each"
    estimated = " Values are estimates, because results are noisy." if _is_estimated(front) else ""
    return (
        f"{len(front)} trials are on the front: each is the best for some weighting or bound of the objectives. "
        f"Without a preference take the compromise, {chosen}, {kind}.{estimated}"
    )


def _is_estimated(front: ParetoFront) -> bool:
    return any(deviation > 0.0 for member in front for deviation in member.deviations)


def _values(subject: Subject, values: Sequence[float]) -> str:
    return ", ".join(f"{name} {show_value(value)}" for name, value in zip(subject.objectives, values, strict=True))


def _table(subject: Subject, front: ParetoFront, compromise: Compromise) -> Table:
    import numpy as np

    place = front.trials.index(compromise.trial)
    shown = np.unique([*np.linspace(0, len(front) - 1, min(_ROWS, len(front))).round().astype(int), place])
    title = "The front" if len(shown) == len(front) else f"{len(shown)} of the {len(front)} trials on the front"
    is_estimated = _is_estimated(front)
    rows: list[list[Any]] = []
    for member in (front[k] for k in shown):
        values = [_estimate(*pair) for pair in zip(member.values, member.deviations, strict=True)]
        chance = [f"{member.probability:.0%}"] if is_estimated else []
        text = subject.on_one_line(member.trial)
        is_compromise = member.trial.id == compromise.trial.id
        rows.append([member.trial.id, *values, *chance, f"compromise: {text}" if is_compromise else text])
    head = [f"{name} ({goal})" for name, goal in zip(subject.objectives, subject.search.directions, strict=True)]
    chance = ["chance to be on the front"] if is_estimated else []
    return Table(title=title, head=["trial", *head, *chance, "parameters"], rows=rows)


def _estimate(value: float, deviation: float) -> str:
    return with_error(value, deviation if deviation > 0.0 else None)


def _picture(subject: Subject, front: ParetoFront, compromise: int, first: int, second: int) -> Chart:
    import numpy as np

    members = np.array([trial.id for trial in front.trials], dtype=np.int64)
    trials, names = subject.trials, subject.objectives
    complete = np.flatnonzero(trials.are("complete") & np.isfinite(trials.values).all(axis=1))
    on_front = np.isin(complete, members)
    axes = [value_axis(trials.values[complete, k], maximize=trials.maximize[k]) for k in (first, second)]
    is_beyond = [axis.is_beyond(trials.values[complete, k]) for axis, k in zip(axes, (first, second), strict=True)]
    feasible, beyond = trials.feasible[complete], np.any(is_beyond, axis=0) & ~on_front
    groups: list[tuple[Any, str, Numbers]] = [
        ("infeasible", "infeasible", complete[~feasible & ~beyond]),
        ("trial", "dominated", complete[feasible & ~on_front & ~beyond]),
        ("beyond", "beyond an axis", complete[beyond]),
        ("front", "front", complete[on_front]),
        ("best", "compromise", np.array([compromise])),
    ]
    marks = []
    for role, label, ids in groups:
        drawn = thinned(ids, keep=members)
        places = zip(axes, (first, second), strict=True)
        x, y = (numbers(trials.values[drawn, k].clip(axis.low, axis.high)) for axis, k in places)
        if len(drawn):
            marks.append(Points(role=role, label=label, x=x, y=y, ids=drawn.tolist()))
    goals = [f"{'right' if trials.maximize[first] else 'left'}", f"{'up' if trials.maximize[second] else 'down'}"]
    return Chart(
        title=f"{names[first]} against {names[second]}",
        how=f"Each point is a trial; better is further {goals[0]} and further {goals[1]}, and no trial "
        f"{'is expected to beat' if _is_estimated(front) else 'beats'} a diamond in every objective."
        + (" Triangles at the edge are trials beyond an axis." if beyond.any() else ""),
        shows=f"{counted(int(on_front.sum()), 'trial')} of {len(complete):,} complete ones are on the front; "
        + _ends(subject, front, first, second),
        x=Axis(label=names[first], low=axes[0].low, high=axes[0].high, log=axes[0].log),
        y=Axis(label=names[second], low=axes[1].low, high=axes[1].high, log=axes[1].log),
        marks=marks,
    )


def _ends(subject: Subject, front: ParetoFront, first: int, second: int) -> str:
    texts = []
    for k in (first, second):
        values = [member.values[k] for member in front]
        best = front[values.index(max(values) if subject.trials.maximize[k] else min(values))]
        texts.append(f"trial {best.trial.id} has the best {subject.objectives[k]}, {show_value(best.values[k])}")
    return ", and ".join(texts) + "."
