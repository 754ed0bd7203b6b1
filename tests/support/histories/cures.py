"""Studies without one of the cures, to show that the model finds what each is for."""

from __future__ import annotations

import os

from tanteo.study import acceptance, connection, guard, stale
from tanteo.study.sidefiles import Places


def _without_locks() -> None:
    """As on a system that has no locks of open file descriptions."""
    guard._HAS_OWN_LOCKS = False


def _without_places() -> None:
    """The side files are not looked at."""
    Places.displaced = lambda self, now: None


def _without_forks() -> None:
    """A forked process may use what its parent has open."""
    acceptance.was_open_at_fork = lambda identity: False
    connection.Connection.pid = property(lambda self: os.getpid(), lambda self, value: None)


def _without_stale() -> None:
    """Side files that a killed process has left are believed."""
    stale.problem_with = lambda path: None


_REMOVED = {
    "locks": _without_locks,
    "places": _without_places,
    "forks": _without_forks,
    "stale": _without_stale,
}


def remove(*names: str) -> None:
    """Remove cures from this process."""
    for name in names:
        _REMOVED[name]()
