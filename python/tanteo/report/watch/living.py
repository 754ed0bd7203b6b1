"""A search that is read again while somebody looks at its page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

from tanteo import inside
from tanteo._internal.text import to_json
from tanteo.exceptions import TanteoError
from tanteo.optimizer import Optimizer
from tanteo.report.page import head_of, sections_of
from tanteo.report.sections import FIRST, SECTIONS
from tanteo.report.subject import Subject
from tanteo.report.trials import Query, TrialTable, details

#: Returns the current state of a search; takes the state of the last call, or None at first.
Refresh: TypeAlias = Callable[[Optimizer | None], Optimizer]

# The seconds between two readings. After writing the sections, the pause is this many times as long as writing them
# took: a page takes at most a fifth of a processor.
_LEAST, _PAUSE = 1.0, 4.0


class Event(NamedTuple):
    """What a page is told: the key under which it replaces an earlier one, its kind, and JSON."""

    key: str
    kind: str
    data: str


class Living:
    """The sections of one search, as they are now.

    Parameters
    ----------
    name : str
        The name of the search on the page.
    refresh : callable
        Reads the search.
    """

    def __init__(self, name: str, refresh: Refresh) -> None:
        self.name = name
        self._refresh, self._clock = refresh, time.monotonic
        self._lock = threading.Lock()
        self._search: Optimizer | None = None
        self._events: dict[str, Event] = {}
        self._next, self._is_complete = 0.0, False
        self._revision: tuple[int, ...] = ()
        self._table: tuple[Any, TrialTable] | None = None

    def update(self) -> None:
        """Read the search if it is time, and write the sections if it has changed.

        The first time only the first two sections are written, without a model, so that a large search appears at once.
        """
        with self._lock:
            start = self._clock()
            if start < self._next:
                return
            try:
                self._write(self._read())
            except (TanteoError, OSError) as error:
                self._tell("problem", "problem", str(error))
            pause = _PAUSE * (self._clock() - start) if self._is_complete else 0.0
            self._next = start + max(_LEAST, pause)

    def _read(self) -> Optimizer:
        self._search = self._refresh(self._search)
        return self._search

    def _write(self, search: Optimizer) -> None:
        self._events.pop("problem", None)
        revision = inside.revision(search)
        if revision == self._revision and self._is_complete:
            return
        is_first = not self._events
        subject = Subject(search, self.name, quick=is_first)
        self._tell("head", "head", head_of(subject))
        for section in sections_of(subject, FIRST if is_first else SECTIONS):
            self._tell(section["id"], "section", section)
        self._tell("trials", "trials", {"total": len(search)})
        self._revision, self._is_complete = revision, not is_first

    def _tell(self, key: str, kind: str, data: Any) -> None:
        self._events[key] = Event(key, kind, to_json(data))

    def events(self) -> Iterator[Event]:
        """Iterate over what a page shows."""
        yield from list(self._events.values())

    def document(self) -> dict[str, Any]:
        """Return the data with which a page starts; its sections follow as events."""
        head = {"name": self.name, "goals": "reading the search", "trials": "", "made": ""}
        return {"live": True, "study": self.name, "head": head, "sections": [], "trials": {"total": 0, "columns": []}}

    def rows(self, query: Query) -> dict[str, Any]:
        """Return a part of the table of trials.

        Raises
        ------
        ArgumentError
            If a condition or a column of the query is wrong.
        """
        with self._lock:
            table = self._current_table()
            ids = table.ids(query)
            rows = table.rows(ids[query.offset : query.offset + query.limit])
            return {"n": len(ids), "total": len(table), "columns": table.head(), "rows": rows}

    def _current_table(self) -> TrialTable:
        search = self._search or self._read()
        revision = inside.revision(search)
        if self._table is None or self._table[0] != revision:
            self._table = revision, TrialTable(search)
        return self._table[1]

    def trial(self, number: int) -> dict[str, Any]:
        """Return everything about a trial; the number is checked."""
        with self._lock:
            search = self._search or self._read()
            return details(search, range(len(search))[number], explained=True)

    def summary(self) -> Subject:
        """Return the search for an overview of several."""
        with self._lock:
            return Subject(self._read(), self.name, quick=True)
