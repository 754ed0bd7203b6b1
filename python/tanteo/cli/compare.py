"""``tanteo compare``: a comparison of two searches."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from tanteo._internal.text import counted, printable, tell_apart
from tanteo.cli.files import open_search
from tanteo.cli.output import directions_text, rules_text, say, say_json, search_as_json
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.options import SETTINGS
from tanteo.plotting.front import names_of
from tanteo.plotting.hypervolume import dominated_volume, point_beyond, point_text
from tanteo.run.estimates import with_estimates
from tanteo.run.history import Outcomes, marks, outcomes
from tanteo.run.report import as_columns, shown_params, states_text, with_error
from tanteo.space.difference import space_differences
from tanteo.study import Study
from tanteo.study.environment import changes, changes_in_short
from tanteo.trials.front import ParetoFront

if TYPE_CHECKING:
    from tanteo.plotting.data import Vector


@dataclass(frozen=True, slots=True)
class CommonBox:
    """The box between the best values of all searches and a reference point.

    This point is a tenth of the range of all fronts beyond the worst value on them.

    Attributes
    ----------
    reference : dict of str to float
        The reference point by the names of the objectives.
    """

    reference: dict[str, float]
    # Both corners in losses, and the signs that turn values into losses.
    _low: Vector
    _high: Vector
    _signs: Vector

    def share_after(self, trials: Outcomes, n: int) -> float | None:
        """Return the share of the box that the first ``n`` trials of a search that ended and count dominate.

        None if too many of them are on its front; see :func:`dominated_volume`.
        """
        import numpy as np

        counted = trials.usable & (np.cumsum(trials.counting) <= n)
        losses = trials.values[counted] * self._signs
        within = losses[(losses < self._high).all(axis=1)]
        try:
            return dominated_volume((within - self._low) / (self._high - self._low))
        except ArgumentError:
            return None


def common_box(
    searches: Sequence[Optimizer], trials: Sequence[Outcomes], fronts: Sequence[ParetoFront | None]
) -> CommonBox | None:
    """Return the box of searches with the same objectives, two or more; None if they cannot be compared.

    ``trials`` and ``fronts`` are those of the searches, by told or by estimated values. Without any complete, feasible
    trial with finite values there is no box.
    """
    import numpy as np

    goals = {(search.directions, search.objective_names) for search in searches}
    on_fronts = [member.values for front in fronts for member in front or ()]
    if len(goals) > 1 or len(searches[0].directions) == 1 or not on_fronts:
        return None
    signs = np.where(trials[0].maximize, -1.0, 1.0)
    losses = np.concatenate([found.values[found.usable] for found in trials]) * signs
    high = point_beyond(np.array(on_fronts) * signs, losses)
    named = dict(zip(names_of(searches[0], None), (high * signs).tolist(), strict=True))
    return CommonBox(named, losses.min(axis=0), high, signs)


#: The settings that limit a comparison if they differ; directions are compared by their number.
_RULES = tuple(name for name in SETTINGS if name not in ("directions", "sampler", "seed"))


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two searches, with what it had reached after a number of trials; None if that cannot be compared.

    ``front`` is None with one objective.
    """

    search: Optimizer
    trials: Outcomes
    front: ParetoFront | None
    measure: Literal["best", "hypervolume"]
    after: Callable[[int], float | None] | None

    def progress(self, counts: Sequence[int]) -> dict[int, float | None]:
        """Return what the search had reached after each of some numbers of trials, None beyond its last one."""
        return {n: self.after(n) if self.after and n <= self.trials.n_counting else None for n in counts}


def compare(options: argparse.Namespace) -> None:
    """``tanteo compare A B``."""
    searches = open_search(options.file), open_search(options.other)
    fronts = [None if len(search.directions) == 1 else search.front() for search in searches]
    trials = [measured(search, front) for search, front in zip(searches, fronts, strict=True)]
    box = common_box(searches, trials, fronts)
    sides = [_side(*each, box) for each in zip(searches, trials, fronts, strict=True)]
    differences = _differences(*searches, in_short=not options.json)
    if options.json:
        reference = None if box is None else box.reference
        a, b = map(_as_json, sides)
        say_json({"a": a, "b": b, "reference_point": reference, "differences": differences})
        return
    rows: list[tuple[str, ...]] = [("", str(options.file), str(options.other)), *_rows(sides)]
    for row in as_columns(rows):
        say(row)
    if box is not None and any(name.startswith("hypervolume") for name, *_ in rows):
        corners = f"the best values of both searches to {point_text(box.reference)}"
        say(printable(f"hypervolume: the share that the front dominates of the box from {corners}"))
    for difference in differences:
        say(printable(f"differs: {difference}"))


def measured(search: Optimizer, front: ParetoFront | None) -> Outcomes:
    """Return the trials of a search by told values, or by those of its front if it has several objectives."""
    return outcomes(search) if front is None else with_estimates(outcomes(search), front)


def _side(search: Optimizer, trials: Outcomes, front: ParetoFront | None, box: CommonBox | None) -> _Side:
    if front is None:
        return _Side(search, trials, None, "best", trials.best_after)
    after = None if box is None else partial(box.share_after, trials)
    return _Side(search, trials, front, "hypervolume", after)


def _rows(sides: Sequence[_Side]) -> list[tuple[str, ...]]:
    counts = [side.trials.n_counting for side in sides]
    is_by_trials = all(side.after is not None and side.measure == sides[0].measure for side in sides)
    shown = sorted({*marks(min(counts)), *counts} - {0}) if is_by_trials else []
    reached = (value for side in sides for value in side.progress(shown).values() if value is not None)
    texts = tell_apart(reached)
    columns = [_column(side, shown, texts) for side in sides]
    rows = ((name, *(column.get(name, "") for column in columns)) for name in dict.fromkeys([*columns[0], *columns[1]]))
    return [row for row in rows if any(row[1:])]


def _column(side: _Side, counts: Sequence[int], texts: Mapping[float, str]) -> dict[str, str]:
    """The texts of one search by row: settings, result, its progress by numbers of trials, its best configuration."""
    search = side.search
    column = {
        "directions": directions_text(search),
        "sampler": repr(search.sampler),
        **rules_text(search),
        "seed": str(search.seed),
        "trials": states_text(side.trials),
        "found": _outcome_text(side, texts),
    }
    for n, value in side.progress(counts).items():
        column[f"{side.measure} after {n}"] = "" if value is None else texts[value]
    best = search.best if side.measure == "best" and counts else None
    params = [] if best is None else shown_params(search, best)
    return column | {f"  {name}": value for name, value in params}


def _outcome_text(side: _Side, texts: Mapping[float, str]) -> str:
    if side.front is not None:
        return f"a Pareto front of {counted(len(side.front), 'trial')}"
    best = side.search.best
    return "nothing" if best is None else f"the best value {with_error(best.value, None, texts)}"


def _differences(first: Optimizer, second: Optimizer, *, in_short: bool) -> list[str]:
    """Differences that limit a comparison: space, objectives, rules, machine and code."""
    n, m = len(first.directions), len(second.directions)
    goals = [f"{n} and {m} objectives, whose values cannot be compared"] if n != m else []
    rules = ((name, getattr(first, name), getattr(second, name)) for name in _RULES)
    goals += [f"{name}: {a} and {b}" for name, a, b in rules if repr(a) != repr(b)]
    differences = [*goals, *space_differences(first.space, second.space, ("in the first", "in the second"))]
    if isinstance(first, Study) and isinstance(second, Study) and first.environment and second.environment:
        differences += (changes_in_short if in_short else changes)(first.environment, second.environment)
    return differences


def _as_json(side: _Side) -> dict[str, Any]:
    search, after = side.search, {str(n): value for n, value in side.progress(marks(side.trials.n_counting)).items()}
    fields = search_as_json(search, side.trials)
    if side.front is not None:
        front = [member.id for member in side.front]
        return {**fields, "front": front, "hypervolume_after": None if side.after is None else after}
    best = search.best
    found = None if best is None else {"id": best.id, "value": best.value, "params": best.params}
    return {**fields, "best": found, "best_after": after}
