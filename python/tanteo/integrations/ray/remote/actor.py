"""The actor of Ray around the optimizer that workers share."""

from __future__ import annotations

from typing import Any

from .host import OptimizerHost
from .study_host import StudyHost


class HostActor:
    """An actor that creates its host in the first call.

    Errors of the host (a folder of another search, a missing disk) are then raised by that call. If they were raised
    while the actor starts, they would end it, and callers would only learn that the actor died.

    Parameters
    ----------
    arguments
        The arguments of the host.
    on_study
        Whether the host is a :class:`StudyHost` or an :class:`OptimizerHost`.
    """

    def __init__(self, *arguments: Any, on_study: bool) -> None:
        self._arguments, self._on_study = arguments, on_study
        self._host: OptimizerHost | None = None

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of the host. All calls except :meth:`beat` are sequential."""
        if self._host is None:
            kind = StudyHost if self._on_study else OptimizerHost
            self._host = kind(*self._arguments)
        return getattr(self._host, method)(*arguments)

    def beat(self, worker: str) -> None:
        """Record a heartbeat of a worker; a host that has not started assumes that all workers are alive."""
        if self._host is not None:
            self._host.beat(worker)
