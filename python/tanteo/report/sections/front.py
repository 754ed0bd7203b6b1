"""The Pareto front of several objectives: its trials, their compromise, and pictures of pairs of objectives."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

from tanteo.plotting.value_axis import value_axis
from tanteo.report.document import Axis, Bounds, Chart, Part, Points, Table, lead, missing, numbers
from tanteo.report.picture import thinned
from tanteo.report.subject import Subject, counted
from tanteo.run.report import show_value

if TYPE_CHECKING:
    from tanteo.run.history import Numbers, Vector

# The trials of a long front that the table shows, and the pictures of pairs of objectives.
_ROWS, _PICTURES = 15, 3


def front_parts(subject: Subject) -> Iterator[Part]:
    """Iterate over the parts of the section for several objectives."""
    import numpy as np

    ids = np.array([trial.id for trial in subject.search.pareto_front], dtype=np.int64)
    if not len(ids):
        yield missing("No trial is complete and feasible with finite values yet, so there is no front.")
        return
    ids = ids[np.argsort(_losses(subject)[ids, 0], kind="stable")]
    place = knee(_losses(subject)[ids])
    yield lead(_answer(subject, ids, place))
    for first, second in list(combinations(range(subject.n_objectives), 2))[:_PICTURES]:
        yield _picture(subject, ids, int(ids[place]), first, second)
    yield _bounds(subject, ids)
    yield _table(subject, ids, place)


def _bounds(subject: Subject, ids: Numbers) -> Bounds:
    rows = [[number, *values] for number, values in zip(ids.tolist(), subject.trials.values[ids].tolist(), strict=True)]
    return Bounds(names=subject.objectives, maximize=subject.trials.maximize, rows=rows)


def _losses(subject: Subject) -> Vector:
    import numpy as np

    signs = np.where(subject.trials.maximize, -1.0, 1.0)
    losses: Vector = subject.trials.values * signs
    return losses


def knee(losses: Vector) -> int:
    """Return the row of the compromise: nearest to the best value of every objective, each scaled to its range.

    Parameters
    ----------
    losses : array, shape (n, m)
        Values of the trials on a front, to be minimized.
    """
    import numpy as np

    low = losses.min(axis=0)
    span = losses.max(axis=0) - low
    scaled = (losses - low) / np.where(span > 0.0, span, 1.0)
    return int(np.argmin((scaled**2).sum(axis=1)))


def _answer(subject: Subject, ids: Numbers, place: int) -> str:
    if len(ids) == 1:
        return f"Take trial {ids[0]}: it is the best in every objective ({_values(subject, int(ids[0]))})."
    return (
        f"{len(ids)} trials are on the front: each is the best for some weighting or bound of the objectives. "
        f"Without a preference take trial {ids[place]} ({_values(subject, int(ids[place]))}), the compromise."
    )


def _values(subject: Subject, trial: int) -> str:
    pairs = zip(subject.objectives, subject.trials.values[trial].tolist(), strict=True)
    return ", ".join(f"{name} {show_value(value)}" for name, value in pairs)


def _table(subject: Subject, ids: Numbers, place: int) -> Table:
    import numpy as np

    shown = np.unique([*np.linspace(0, len(ids) - 1, min(_ROWS, len(ids))).round().astype(int), place])
    title = "The front" if len(shown) == len(ids) else f"{len(shown)} of the {len(ids)} trials on the front"
    rows: list[list[Any]] = []
    for k in shown:
        number = int(ids[k])
        values = [show_value(value) for value in subject.trials.values[number].tolist()]
        text = subject.on_one_line(subject.search.trials[number])
        rows.append([number, *values, f"compromise: {text}" if k == place else text])
    head = [f"{name} ({goal})" for name, goal in zip(subject.objectives, subject.search.directions, strict=True)]
    return Table(title=title, head=["trial", *head, "parameters"], rows=rows)


def _picture(subject: Subject, front: Numbers, compromise: int, first: int, second: int) -> Chart:
    import numpy as np

    trials, names = subject.trials, subject.objectives
    complete = np.flatnonzero(trials.are("complete") & np.isfinite(trials.values).all(axis=1))
    on_front = np.isin(complete, front)
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
        drawn = thinned(ids, keep=front)
        places = zip(axes, (first, second), strict=True)
        x, y = (numbers(trials.values[drawn, k].clip(axis.low, axis.high)) for axis, k in places)
        if len(drawn):
            marks.append(Points(role=role, label=label, x=x, y=y, ids=drawn.tolist()))
    goals = [f"{'right' if trials.maximize[first] else 'left'}", f"{'up' if trials.maximize[second] else 'down'}"]
    return Chart(
        title=f"{names[first]} against {names[second]}",
        how=f"Each point is a trial; better is further {goals[0]} and further {goals[1]}, and no trial beats a diamond "
        "in every objective." + (" Triangles at the edge are trials beyond an axis." if beyond.any() else ""),
        shows=f"{counted(int(on_front.sum()), 'trial')} of {len(complete):,} complete ones are on the front; "
        + _ends(subject, front, first, second),
        x=Axis(label=names[first], low=axes[0].low, high=axes[0].high, log=axes[0].log),
        y=Axis(label=names[second], low=axes[1].low, high=axes[1].high, log=axes[1].log),
        marks=marks,
    )


def _ends(subject: Subject, front: Numbers, first: int, second: int) -> str:
    losses = _losses(subject)[front]
    texts = []
    for k in (first, second):
        best = front[int(losses[:, k].argmin())]
        value = show_value(float(subject.trials.values[best, k]))
        texts.append(f"trial {best} has the best {subject.objectives[k]}, {value}")
    return ", and ".join(texts) + "."
