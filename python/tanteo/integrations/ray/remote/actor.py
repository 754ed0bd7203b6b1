"""The actor of Ray around the optimizer that workers share."""

from __future__ import annotations

from typing import Any

from .host import OptimizerHost
from .study_host import StudyHost


class HostActor:
    """A host that starts with the first call.

    An error while it starts (a folder of another search, a disk that is not there) is then the error of that call.
    Raised while the actor starts, it would end the actor, and callers would only be told that the actor died.

    Parameters
    ----------
    arguments
        Of the host.
    on_study
        Whether that is a :class:`StudyHost`; else it is an :class:`OptimizerHost`.
    """

    def __init__(self, *arguments: Any, on_study: bool) -> None:
        self._arguments, self._on_study = arguments, on_study
        self._host: OptimizerHost | None = None

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of the host. All calls but :meth:`beat` come one after another."""
        if self._host is None:
            kind = StudyHost if self._on_study else OptimizerHost
            self._host = kind(*self._arguments)
        return getattr(self._host, method)(*arguments)

    def beat(self, worker: str) -> None:
        """Take note that a worker lives; a host that has not started takes all of them for alive."""
        if self._host is not None:
            self._host.beat(worker)
