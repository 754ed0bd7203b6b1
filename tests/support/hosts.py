"""The host of a RemoteOptimizer without Ray, with a clock that tests set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tanteo.integrations.ray.remote.host import Host
from tanteo.trials.objectives import labels
from tanteo.trials.outcome import Outcome, parse_outcome

#: The length of a lease in seconds.
LEASE = 10.0


class Shared(Host):
    """A host that registers its workers by itself. The name of a worker is its host; its process is 7."""

    def __init__(self, space: Any, options: dict[str, Any], path: str | None, clock: Callable[[], float]) -> None:
        super().__init__(space, options, path, LEASE)
        self._session._clock = self._leases._clock = clock

    def _once(self, request: str, worker: str, act: Callable[[], Any]) -> Any:
        self.register(worker, {"host": worker, "process": 7, "machine": None, "born": None})
        return super()._once(request, worker, act)

    def answers(self) -> list[str]:
        """Return the requests whose answers are remembered."""
        return [
            request.decode() for (request,) in self._session.rows("SELECT request FROM remote_answer ORDER BY number")
        ]

    def owners(self) -> dict[int, str]:
        """Return the worker that has each pending trial."""
        record = self._session.state.record
        return {trial: record.runs[run]["worker"] for trial, run in record.owners.items()}


def outcome(value: Any = None, n_directions: int = 1, **arguments: Any) -> Outcome:
    """Return the outcome that a worker sends."""
    return parse_outcome(labels(n_directions, None), value, **arguments)
