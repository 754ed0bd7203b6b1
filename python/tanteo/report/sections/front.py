"""The Pareto front of several objectives: its trials, which to take, and pictures of pairs of objectives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import isnan
from typing import TYPE_CHECKING, Any

from tanteo import inside
from tanteo._internal.text import counted, show_rounded, show_value
from tanteo.plotting.front import Front, pareto_front
from tanteo.report.document import (
    Axis,
    Bounds,
    Chart,
    Line,
    Mark,
    Part,
    Points,
    Role,
    Table,
    Text,
    lead,
    missing,
    numbers,
)
from tanteo.report.picture import thinned
from tanteo.report.sections.configuration import configuration_parts
from tanteo.report.subject import Subject, percent
from tanteo.run.answer_text import front_texts, front_values, is_estimated
from tanteo.run.history import FEW
from tanteo.run.report import thresholds_text
from tanteo.trials.front import Compromise, ParetoFront, why_no_knee

if TYPE_CHECKING:
    from tanteo.plotting.data import Mask, Numbers

# The trials of a long front that the table shows, and the pictures of pairs of objectives.
_ROWS, _PICTURES = 15, 3
# The rank correlation above which one of two objectives says what both do.
_ALIKE = 0.9
# The role of each group of a front, but for the trial to take, which has the role "best".
_ROLES: dict[str, Role] = {
    "infeasible": "infeasible",
    "dominated": "trial",
    "beyond an axis": "beyond",
    "infeasible, beyond an axis": "infeasible-beyond",
    "front": "front",
    "knee": "knee",
}


def front_parts(subject: Subject) -> Iterator[Part]:
    """Iterate over the parts of the section for several objectives."""
    front = subject.front
    taken = subject.compromise
    if taken is None:
        yield missing("No trial is complete and feasible with finite values yet, so there is no front.")
        return
    yield lead(_answer(subject, front, taken))
    yield from _alike(subject)
    drawn = pareto_front(subject.search, subject.objectives, found=front, trials=subject.trials)
    for pair in drawn.places[:_PICTURES]:
        yield _picture(subject, drawn, front, taken.trial.id, pair)
    yield from configuration_parts(subject, taken.trial)
    yield _bounds(subject, front)
    yield _table(subject, front, taken)
    if len(front) > 1:
        yield _rates(subject, taken)


def _bounds(subject: Subject, front: ParetoFront) -> Bounds:
    rows = [[member.trial.id, *member.values] for member in front]
    return Bounds(names=subject.objectives, maximize=subject.trials.maximize, rows=rows)


def _answer(subject: Subject, front: ParetoFront, taken: Compromise) -> str:
    chosen = f"trial {taken.trial.id} ({_values(subject, taken.values)})"
    estimated = " Values are estimates, because results are noisy." if is_estimated(front) else ""
    if len(front) == 1:
        return f"Take {chosen}: it is the best in every objective.{_missed(subject, taken)}{estimated}"
    start = f"{len(front)} trials are on the front: each is the best for some weighting or bound of the objectives."
    return f"{start} {_choice(subject, front, taken, chosen)}{_missed(subject, taken)}{estimated}"


def _choice(subject: Subject, front: ParetoFront, taken: Compromise, chosen: str) -> str:
    if any(taken.misses):
        return f"Take {chosen}, the nearest to the thresholds."
    largest = max(inside.shares_given_up(front, taken))
    least = f"which gives up at most {percent(largest)} of the front's range of any objective"
    if subject.search.thresholds is not None:
        within = f"Of those within the thresholds ({thresholds_text(subject.search)})"
        return f"{within} take the compromise, {chosen}, {least}."
    reason = why_no_knee(front)
    kind = "where the front bends most" if reason is None else f"{least}; {reason}"
    return f"Without a preference take the compromise, {chosen}, {kind}."


def _missed(subject: Subject, taken: Compromise) -> str:
    """Return by how much the thresholds are missed; nothing if all are met."""
    misses = zip(subject.objectives, taken.misses, strict=True)
    texts = [f"{name} by {show_value(miss)}" for name, miss in misses if miss]
    limits = thresholds_text(subject.search)
    return f" No trial on the front meets all thresholds ({limits}); it misses {' and '.join(texts)}." if texts else ""


def _alike(subject: Subject) -> Iterator[Part]:
    """Yield a sentence for each pair of objectives of which one is enough."""
    if subject.trials.n_usable < FEW:
        return
    correlation = subject.search.objective_correlation()
    for j, k in combinations(range(subject.n_objectives), 2):
        if correlation[j, k] > _ALIKE:
            yield Text(
                text=f"{subject.objectives[j]} and {subject.objectives[k]} improve together (rank correlation "
                f"{correlation[j, k]:.2f}): one of the two is enough."
            )


def _rates(subject: Subject, taken: Compromise) -> Table:
    """Return the trade-off rates at the trial to take."""
    rows = [
        [name, *("" if isnan(rate) else show_rounded(rate, 3) for rate in row)]
        for name, row in zip(subject.objectives, taken.rates, strict=True)
    ]
    title = f"From trial {taken.trial.id} on, one unit gained of an objective costs at least"
    return Table(title=title, head=["gained", *(f"{name} lost" for name in subject.objectives)], rows=rows)


def _values(subject: Subject, values: Sequence[float]) -> str:
    return ", ".join(f"{name} {show_value(value)}" for name, value in zip(subject.objectives, values, strict=True))


def _table(subject: Subject, front: ParetoFront, compromise: Compromise) -> Table:
    import numpy as np

    # The table has all trials that the text and the pictures name.
    named = [front.trials.index(compromise.trial), *(_best(subject, front, k) for k in range(subject.n_objectives))]
    shown = np.unique([*np.linspace(0, len(front) - 1, min(_ROWS, len(front))).round().astype(int), *named])
    title = "The front" if len(shown) == len(front) else f"{len(shown)} of the {len(front)} trials on the front"
    are_estimates = is_estimated(front)
    rows: list[list[Any]] = []
    texts = front_texts(front[k] for k in shown)
    for member in (front[k] for k in shown):
        values = front_values(member, texts)
        chance = [f"{member.probability:.0%}"] if are_estimates else []
        text = subject.on_one_line(member.trial)
        is_compromise = member.trial.id == compromise.trial.id
        rows.append([member.trial.id, *values, *chance, f"compromise: {text}" if is_compromise else text])
    head = [f"{name} ({goal})" for name, goal in zip(subject.objectives, subject.search.directions, strict=True)]
    chance = ["chance to be on the front"] if are_estimates else []
    return Table(title=title, head=["trial", *head, *chance, "parameters"], rows=rows)


def _picture(subject: Subject, drawn: Front, front: ParetoFront, compromise: int, pair: tuple[int, int]) -> Chart:
    (first, second), flat = pair, drawn.of(*pair)
    members = drawn.ids[drawn.on_front]
    are = "is" if len(members) == 1 else "are"
    marks: list[Mark] = []
    for group in flat.groups:
        if group.name in _ROLES and (group.name != "knee" or flat.knee != compromise):
            marks.append(_points(flat, group.mask, _ROLES[group.name], flat.label(group), members))
    marks.append(_points(flat, flat.ids == compromise, "best", _star(drawn, front, compromise), members))
    for limit in flat.limits:
        across = flat.axes[1 - limit.objective]
        ends = ([limit.value] * 2, [across.low, across.high])[:: -1 if limit.objective else 1]
        marks.append(Line(role="threshold", label=limit.text, x=ends[0], y=ends[1]))
    x, y = (
        Axis(label=name, low=axis.low, high=axis.high, log=axis.log)
        for name, axis in zip(flat.names, flat.axes, strict=True)
    )
    return Chart(
        title=f"{flat.names[0]} against {flat.names[1]}",
        how=_how(flat, are_estimates=is_estimated(front)),
        shows=f"{len(members):,} of {counted(len(flat.ids), 'complete trial')} {are} on the front; "
        + _ends(subject, front, first, second),
        x=x,
        y=y,
        marks=marks,
    )


def _how(flat: Front, *, are_estimates: bool) -> str:
    """Return how to read the picture of two objectives."""
    across, up = "right" if flat.maximize[0] else "left", "up" if flat.maximize[1] else "down"
    n_beyond, n_limits = int(flat.moved.sum()), sum(limit is not None for limit in flat.thresholds)
    notes = {
        f" {counted(n_beyond, 'trial')} at the edge {'lies' if n_beyond == 1 else 'lie'} beyond an axis.": n_beyond > 0,
        " Bars are standard errors.": bool(flat.errors.any()),
        " Dashed lines are the thresholds.": len(flat.limits) > 0,
        " Thresholds beyond the picture are left out.": n_limits > len(flat.limits),
    }
    return (
        f"Each point is a trial; better is further {across} and further {up}, and no trial "
        f"{'is expected to beat' if are_estimates else 'beats'} a diamond in every objective."
        + "".join(note for note, is_said in notes.items() if is_said)
    )


def _star(drawn: Front, front: ParetoFront, compromise: int) -> str:
    """Return what the star at the trial to take stands for."""
    if front.knee is not None and front.knee.trial.id == compromise:
        return "knee"
    return drawn.choice or "compromise"


def _points(flat: Front, mask: Mask, role: Role, label: str, members: Numbers) -> Points:
    """Return trials of a group, of many only some, with their errors unless these are unknown."""
    import numpy as np

    ids = thinned(flat.ids[mask], keep=members)
    places = np.searchsorted(flat.ids, ids)
    errors_there = np.where(flat.moved[places, None], 0.0, flat.errors[places])
    (x, y), (x_errors, y_errors) = flat.drawn[places].T, errors_there.T
    has_errors = role not in ("best", "knee") and bool(errors_there.any())
    errors = {"x_errors": numbers(x_errors), "errors": numbers(y_errors)} if has_errors else {}
    return Points(role=role, label=label, x=numbers(x), y=numbers(y), ids=ids.tolist(), **errors)


def _best(subject: Subject, front: ParetoFront, k: int) -> int:
    """Return the place on the front of the trial with the best value of an objective."""
    values = [member.values[k] for member in front]
    return values.index(max(values) if subject.trials.maximize[k] else min(values))


def _ends(subject: Subject, front: ParetoFront, first: int, second: int) -> str:
    texts = []
    for k in (first, second):
        best = front[_best(subject, front, k)]
        texts.append(f"trial {best.trial.id} has the best {subject.objectives[k]}, {show_value(best.values[k])}")
    return ", and ".join(texts) + "."
