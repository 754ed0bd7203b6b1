"""Several searches side by side."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from tanteo._internal.text import counted, show_value, to_json
from tanteo.exceptions import TanteoError
from tanteo.report.document import Axis, Chart, Line, Part, Section, Table, missing, numbers, plain, time_text
from tanteo.report.subject import Subject
from tanteo.report.watch.living import Event, Living
from tanteo.run.report import states_text

# Seconds between two readings of all searches, and the most searches whose lines are told apart.
_INTERVAL, _LINES = 5.0, 6


class Overview:
    """The page of all searches; it has the methods of :class:`Living` that a page needs."""

    name = ""

    def __init__(self, searches: Sequence[Living], title: str) -> None:
        self._searches, self._title = searches, title
        self._lock, self._next = threading.Lock(), 0.0
        self._events: list[Event] = []

    def update(self) -> None:
        """Read all searches if it is time."""
        with self._lock:
            if time.monotonic() < self._next:
                return
            self._events = list(self._written())
            self._next = time.monotonic() + _INTERVAL

    def events(self) -> Iterator[Event]:
        """Iterate over what the page shows."""
        yield from self._events

    def document(self) -> dict[str, Any]:
        """Return the data with which the page starts."""
        return {"live": True, "study": "", "head": self._head("reading the studies"), "sections": [], "trials": None}

    def _head(self, goals: str) -> dict[str, str]:
        made = time_text(time.time())
        return dict(plain({"name": self._title, "goals": goals, "trials": "side by side", "made": made}))

    def _written(self) -> Iterator[Event]:
        found, problems = [], []
        for search in self._searches:
            try:
                found.append(search.summary())
            except (TanteoError, OSError) as error:
                problems.append(f"{search.name}: {error}")
        unread = f", and {counted(len(problems), 'file')} that cannot be read" if problems else ""
        yield Event("head", "head", to_json(self._head(counted(len(found), "study", "studies") + unread)))
        parts: list[Part] = [_table(found), *_picture(found), *map(missing, problems)]
        yield Event("all", "section", to_json(plain(Section(id="all", title="All studies", parts=parts))))


def _table(found: Sequence[Subject]) -> Table:
    rows = [
        [
            subject.name,
            subject.goals,
            _result(subject),
            states_text(subject.trials),
            subject.trials.n_since_best if subject.is_single else None,
        ]
        for subject in found
    ]
    return Table(title="", head=["study", "goal", "best", "trials", "trials since the best"], rows=rows)


def _result(subject: Subject) -> str:
    if not subject.is_single:
        return f"a front of {counted(len(subject.search.pareto_front), 'trial')}"
    return "none yet" if subject.best is None else f"{show_value(subject.best.value)} (trial {subject.best.id})"


def _picture(found: Sequence[Subject]) -> Iterator[Chart]:
    """Yield the best values so far of the searches with the most common single objective, if these are two or more."""
    import numpy as np

    found = [subject for subject in found if subject.is_single and subject.trials.improvements]
    common = Counter(subject.goals for subject in found).most_common(1)
    alike = [subject for subject in found if subject.goals == common[0][0]]
    if len(alike) < 2:
        return
    ranked = sorted(range(len(alike)), key=lambda place: float(alike[place].trials.losses.min()))
    best, drawn = alike[ranked[0]], [alike[place] for place in sorted(ranked[:_LINES])]
    values = np.concatenate([[step.value for step in subject.trials.improvements] for subject in drawn])
    margin = 0.05 * (float(np.ptp(values)) or 1.0)
    yield Chart(
        title="Best value so far",
        how="Each line is the best value of a study by its number of trials.",
        shows=f"{best.name} has the best value, {_result(best)}."
        + (f" The {_LINES} best of {len(alike):,} studies are drawn." if len(alike) > _LINES else ""),
        x=Axis(label="trials", low=0.0, high=float(max(s.trials.n_counting for s in drawn)), whole=True),
        y=Axis(label=drawn[0].objectives[0], low=float(values.min()) - margin, high=float(values.max()) + margin),
        marks=[_line(subject, place) for place, subject in enumerate(drawn)],
    )


def _line(subject: Subject, place: int) -> Line:
    steps = subject.trials.improvements
    x = [*(step.n_trials for step in steps), subject.trials.n_counting]
    y = [*(step.value for step in steps), steps[-1].value]
    return Line(role=f"study{place}", label=subject.name, x=numbers(x), y=numbers(y), step=True)  # type: ignore[arg-type]  # one of six
