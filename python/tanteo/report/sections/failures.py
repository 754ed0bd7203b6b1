"""Where it fails: reasons, broken constraints, and the parameters that tell failures from the other trials."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from statistics import NormalDist
from typing import TYPE_CHECKING

from tanteo._internal.text import counted
from tanteo.plotting.parameter_axes import ParameterAxis, axes_of, names_to_draw
from tanteo.report.document import Chart, Part, Points, Section, Table, Text, lead, missing, numbers
from tanteo.report.picture import axis_of, thinned
from tanteo.report.sections.reasons import reasons_table
from tanteo.report.subject import Subject, percent
from tanteo.run.history import History

if TYPE_CHECKING:
    from tanteo.run.history import Mask, Numbers, Vector

# The reasons in the table; the failures, and other trials, below which no parameters are said to tell them apart.
_REASONS, _FEW = 8, 5
# The trials below which nothing is said of a part of the picture.
_IN_A_PART = 5
# Each parameter is cut into this many parts; the pairs of the parameters that tell most by themselves are compared.
_PARTS, _CANDIDATES = 4, 8
# The most choices that are parts. With two parameters of that many, the chi-square distribution of `_is_beyond_chance`
# still holds however few trials each part has; with more parts, chance would pass for a finding.
_CHOICES = 8


def failures(subject: Subject) -> Section:
    """Return the section."""
    return Section(id="failures", title="Where it fails", parts=list(_parts(subject)))


def _parts(subject: Subject) -> Iterator[Part]:
    import numpy as np

    trials = subject.trials
    failed, infeasible = trials.failed, trials.infeasible
    broke = trials.broke
    broken = np.logical_or.reduce(list(broke.values())) if broke else infeasible
    lacking = infeasible & ~broken
    n_failed, n_broken, n_counting = int(failed.sum()), int(broken.sum()), trials.n_counting
    if not n_failed and not n_broken:
        yield Text(text=f"Nothing failed: of {counted(n_counting, 'trial')} none failed or broke a constraint.")
        yield from _without_constraints(lacking)
        yield from _left_out(trials)
        return
    yield lead(_answer(n_failed, n_broken, n_counting))
    if n_failed:
        yield reasons_table("Reasons of failures", trials.common_reasons(_REASONS, failed))
    yield from _without_constraints(lacking)
    yield from _left_out(trials)
    if n_broken:
        rows: list[list[str | int]] = [[name, int(mask.sum())] for name, mask in broke.items()]
        yield Table(title="Broken constraints", head=["constraint", "trials"], rows=rows)
    yield from _map(subject, failed, broken)


def _without_constraints(lacking: Mask) -> Iterator[Part]:
    """Yield how many trials left out a constraint that others satisfied."""
    n = int(lacking.sum())
    if n:
        lack = (
            "lacks a constraint that others told, so it is"
            if n == 1
            else "lack a constraint that others told, so they are"
        )
        yield Text(text=f"{counted(n, 'trial')} {lack} no result.")


def _answer(n_failed: int, n_broken: int, n_counting: int) -> str:
    parts = (
        [f"{n_failed:,} of {counted(n_counting, 'trial')} failed ({percent(n_failed / n_counting)})"]
        if n_failed
        else []
    )
    if n_broken:
        of = "" if n_failed else f" of {counted(n_counting, 'trial')}"
        parts.append(f"{n_broken:,}{of} broke a constraint ({percent(n_broken / n_counting)})")
    return f"{'; '.join(parts)}."


def _left_out(trials: History) -> Iterator[Part]:
    """Yield how many trials have an infinite value, are excluded or were cancelled, and why the latter.

    They are not among those above.
    """
    if trials.n_infinite:
        have = "trial has" if trials.n_infinite == 1 else "trials have"
        yield Text(text=f"{trials.n_infinite:,} complete {have} an infinite value, shown at an edge of some pictures.")
    n_excluded = int((trials.excluded & ~trials.cancelled).sum())
    if n_excluded:
        are = "is" if n_excluded == 1 else "are"
        yield Text(text=f"{counted(n_excluded, 'more trial')} {are} excluded and not counted here.")
    n = int(trials.cancelled.sum())
    if n:
        were = "was" if n == 1 else "were"
        yield Text(text=f"{counted(n, 'more trial')} {were} cancelled, which says nothing about the configuration.")
        yield reasons_table("Reasons of cancelled trials", trials.common_reasons(_REASONS, trials.cancelled))


def _map(subject: Subject, failed: Mask, infeasible: Mask) -> Iterator[Part]:
    import numpy as np

    bad = failed | infeasible
    ended = np.flatnonzero(subject.trials.counting)
    n_bad = int(bad[ended].sum())
    if min(n_bad, len(ended) - n_bad) < _FEW:
        yield missing(f"To tell failures from other trials, at least {_FEW} of each are needed.")
        return
    names = names_to_draw(subject.search, None)
    view = subject.search.view()
    places = [[axis.name for axis in view.axes].index(name) for name in names]
    unit = view.unit[:, places][ended]
    ordered = [view.axes[place].kind != "unordered" for place in places]
    pair, cut = telling_pair(unit, bad[ended], ordered), telling_cut(unit, bad[ended], ordered)
    if cut is not None and (pair is None or _tells_more(unit, cut, pair, bad[ended], ordered)):
        axis = axes_of(subject.search, names, ended)[cut[0]]
        yield Text(text=_cut_text(axis, cut[1], bad[ended], is_ordered=ordered[cut[0]]))
        others = [k for k in _most_telling(_in_parts(unit, ordered), bad[ended]) if k != cut[0]]
        pair = (cut[0], others[0]) if others else None
    elif pair is None:
        yield missing("No parameter and no pair of parameters tells failures from the other trials better than chance.")
    if pair is not None:
        yield _picture(subject, [names[k] for k in pair], [ordered[k] for k in pair], ended, failed, infeasible)


def _tells_more(unit: Vector, cut: tuple[int, int], pair: tuple[int, int], bad: Mask, ordered: Sequence[bool]) -> bool:
    """Return whether a cut tells at least as much about which rows are bad as the parts of two columns do."""
    import numpy as np

    column, row = cut
    positions = unit[:, column]
    sides = np.where(np.isnan(positions), 2, _side(positions, row, is_ordered=ordered[column])).astype(int)
    return told(sides, bad) >= told(_crossed(_in_parts(unit, ordered), pair), bad)


def _side(positions: Vector, row: int, *, is_ordered: bool) -> Mask:
    """Return which positions are on the side of the one in a row: from it on, or equal to it if there is no order."""
    side: Mask = positions >= positions[row] if is_ordered else positions == positions[row]
    return side


def _cut_text(axis: ParameterAxis, row: int, bad: Mask, *, is_ordered: bool) -> str:
    """Return a sentence about the trials on the side of the one in a row, along an axis, and those on the other."""
    import numpy as np

    one = _side(axis.positions, row, is_ordered=is_ordered)
    other = ~one & ~np.isnan(axis.positions)
    border = f"{axis.name} {'>=' if is_ordered else '='} {axis.tick_labels([axis.positions[row]])[0]}"
    return (
        f"With {border}, {bad[one].sum():,} of {counted(int(one.sum()), 'trial')} went wrong; "
        f"{'below it' if is_ordered else 'with another choice'}, {bad[other].sum():,} of {int(other.sum()):,}."
    )


def telling_pair(unit: Vector, bad: Mask, ordered: Sequence[bool]) -> tuple[int, int] | None:
    """Return the two columns that tell most about which rows are bad.

    Each column is cut into four parts, or into its choices if they have no order (and one part for missing values).
    What a pair tells is the mutual information of its parts with ``bad``, less what as many parts tell by chance
    (Miller and Madow, 1955). Only pairs that enough rows have both of are compared. None if the best is not better than
    chance, with an error of 1 % over all pairs.

    Parameters
    ----------
    unit : array, shape (n, d)
        Positions in [0, 1], NaN if missing.
    bad : array of bool, shape (n,)
    ordered : sequence of bool, of length d
        Whether positions have an order; if not, each is a choice.
    """
    import numpy as np

    parts = _in_parts(unit, ordered)
    best = _most_telling(parts, bad)[:_CANDIDATES]
    known = ~np.isnan(unit)
    pairs = {
        pair: _crossed(parts, pair)
        for pair in combinations(best, 2)
        if (known[:, pair[0]] & known[:, pair[1]]).sum() >= _FEW
    }
    pair = max(pairs, key=lambda pair: told(pairs[pair], bad), default=None)
    return pair if pair is not None and _is_beyond_chance(pairs[pair], bad, len(pairs)) else None


def telling_cut(unit: Vector, bad: Mask, ordered: Sequence[bool]) -> tuple[int, int] | None:
    """Return the column and the row at whose position a cut tells most about which rows are bad.

    A cut parts the rows from a position on from those below it, or one choice from the others if they have no order.
    The row belongs to the upper part, or has this choice. ``unit`` and ``ordered`` are those of :func:`telling_pair`.

    In each column, the cut with the largest chi-square is taken; of these, the one that tells most. None if it is not
    better than chance, with an error of 1 % over all cuts. Rows with a missing value are left out of their column.
    """
    import numpy as np

    cuts, n_cuts = [], 0
    for column, is_ordered in enumerate(ordered):
        known = np.flatnonzero(~np.isnan(unit[:, column]))
        positions, is_bad = unit[known, column], bad[known]
        rows = _cuts(positions, is_bad, is_ordered=is_ordered)
        n_cuts += len(rows)
        if len(rows):
            sides = _side(positions, rows[-1], is_ordered=is_ordered).astype(int)
            cuts.append((sides, is_bad, column, int(known[rows[-1]])))
    best = max(cuts, key=lambda cut: told(cut[0], cut[1]), default=None)
    return best[2:] if best is not None and _is_beyond_chance(*best[:2], n_cuts) else None


def _cuts(positions: Vector, bad: Mask, *, is_ordered: bool) -> Numbers:
    """Return a row at each cut, by increasing chi-square; of equal ones, the worse side comes last."""
    import numpy as np

    _, rows, place = np.unique(positions, return_index=True, return_inverse=True)
    n, n_bad = (np.bincount(place, weights=weights, minlength=len(rows)) for weights in (np.ones(len(bad)), bad))
    if is_ordered:
        n, n_bad = n[::-1].cumsum()[::-1], n_bad[::-1].cumsum()[::-1]
    is_cut = n < len(bad)
    rows, n, n_bad = rows[is_cut], n[is_cut], n_bad[is_cut]
    surplus = n_bad * len(bad) - n * bad.sum()
    return rows[np.lexsort((surplus, surplus**2 / (n * (len(bad) - n))))]


def _in_parts(unit: Vector, ordered: Sequence[bool]) -> Numbers:
    """Return the part of its column in which each position lies; one part is that of missing values.

    A column with more choices than :data:`_CHOICES` is a single part.
    """
    import numpy as np

    parts: Numbers = np.where(np.isnan(unit), _PARTS, np.minimum(unit * _PARTS, _PARTS - 1)).astype(int)
    for k in np.flatnonzero(~np.asarray(ordered)):
        choices, place = np.unique(unit[:, k], return_inverse=True)
        parts[:, k] = place if len(choices) <= _CHOICES else 0
    return parts


def _crossed(parts: Numbers, pair: tuple[int, int]) -> Numbers:
    """Return the group of each row by its parts of two columns."""
    groups: Numbers = parts[:, pair[0]] * (parts.max() + 1) + parts[:, pair[1]]
    return groups


def _most_telling(parts: Numbers, bad: Mask) -> list[int]:
    """Return the columns, the one that tells most by itself first."""
    alone = [told(parts[:, k], bad) for k in range(parts.shape[1])]
    return sorted(range(len(alone)), key=lambda k: -alone[k])


def _is_beyond_chance(groups: Numbers, bad: Mask, n_tests: int) -> bool:
    """Return whether groups tell more than chance in one of a hundred searches for the best of ``n_tests``.

    Twice the mutual information times the number of rows has nearly a chi-square distribution, whose quantile is that
    of Wilson and Hilferty (1931).
    """
    n_degrees = len(set(groups.tolist())) - 1
    if n_degrees < 1:
        return False
    spread = 2.0 / (9.0 * n_degrees)
    z = NormalDist().inv_cdf(1.0 - 0.01 / n_tests)
    quantile = n_degrees * (1.0 - spread + z * math.sqrt(spread)) ** 3
    return 2.0 * len(bad) * (told(groups, bad) + n_degrees / (2.0 * len(bad))) > quantile


def told(groups: Numbers, bad: Mask) -> float:
    """Return the mutual information of groups and badness in nats, corrected for chance."""
    import numpy as np

    _, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    counts = np.stack([np.bincount(place[bad], minlength=len(sizes)), np.bincount(place[~bad], minlength=len(sizes))])
    shares = counts / len(bad)
    expected = shares.sum(axis=0) * shares.sum(axis=1, keepdims=True)
    seen = shares > 0.0
    information = float((shares[seen] * np.log(shares[seen] / expected[seen])).sum())
    return information - (len(sizes) - 1) / (2 * len(bad))


def _picture(
    subject: Subject, names: list[str], ordered: list[bool], ended: Numbers, failed: Mask, infeasible: Mask
) -> Chart:
    import numpy as np

    x, y = axes_of(subject.search, names, ended)
    others = ~failed & ~infeasible
    marks = []
    for role, label, mask in (
        ("trial", "other trials", others),
        ("infeasible", "infeasible", infeasible),
        ("failed", "failed", failed),
    ):
        places = thinned(mask[ended].nonzero()[0], keep=ended[:0])
        if len(places):
            marks.append(
                Points(
                    role=role,  # type: ignore[arg-type]  # mypy widens the texts of a tuple
                    label=label,
                    x=numbers(x.positions[places]),
                    y=numbers(y.positions[places]),
                    ids=ended[places].tolist(),
                )
            )
    best = np.flatnonzero(ended == subject.best.id) if subject.is_single and subject.best is not None else ended[:0]
    if len(best):
        there = numbers(x.positions[best]), numbers(y.positions[best])
        marks.append(Points(role="best", label="best", x=there[0], y=there[1], ids=ended[best].tolist()))
    return Chart(
        title=f"Failures over {x.name} and {y.name}",
        how="A + failed, and an x broke a constraint; where there is nothing else, the search should not go.",
        shows=_worst_part(
            _sides(x, is_ordered=ordered[0]), _sides(y, is_ordered=ordered[1]), (failed | infeasible)[ended]
        ),
        x=axis_of(x),
        y=axis_of(y),
        marks=marks,
    )


def _sides(axis: ParameterAxis, *, is_ordered: bool) -> list[tuple[str, Mask]]:
    """Return the halves of an axis, or its choices if they have no order, with what they are called."""
    if is_ordered or axis.labels is None:
        return [(f"low {axis.name}", axis.unit <= 0.5), (f"high {axis.name}", axis.unit > 0.5)]
    return [(f"{axis.name} = {label}", axis.positions == k) for k, label in enumerate(axis.labels)]


def _worst_part(across: list[tuple[str, Mask]], along: list[tuple[str, Mask]], bad: Mask) -> str:
    """Return a sentence about the part of the picture in which most trials are bad, of those with enough trials."""
    found = []
    for (x, is_x), (y, is_y) in product(across, along):
        both = is_x & is_y
        if both.sum() >= _IN_A_PART and bad[both].mean() > bad.mean():
            found.append((float(bad[both].mean()), int(both.sum()), f"{x} and {y}"))
    of_all = f"{percent(float(bad.mean()))} of all"
    if not found:
        return (
            f"{of_all} trials went wrong; no part of the picture with {_IN_A_PART} trials or more has a larger share."
        )
    share, n, ends = max(found)
    return f"With {ends} {percent(share)} of {counted(n, 'trial')} went wrong, and {of_all}."
