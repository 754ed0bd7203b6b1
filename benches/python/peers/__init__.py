"""The peers behind one protocol: ``ask() -> (handle, params)`` and ``tell(handle, value)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from benches.python.peers import hyperopt_peer, optuna_peer, random_peer, rustuna_peer, tanteo_peer
from benches.python.peers.space import Parameter, Space, floats

__all__ = ["PEERS", "Parameter", "Peer", "Space", "floats"]


class Peer(Protocol):
    """An optimizer that minimises."""

    def ask(self) -> tuple[Any, dict[str, Any]]:
        """The next configuration, with a handle to tell its result."""

    def tell(self, handle: Any, value: float | None) -> None:
        """The result; ``None`` means the trial failed."""


PEERS: dict[str, Callable[[Space, int], Peer]] = {
    "random": random_peer.Random,
    "optuna-tpe": optuna_peer.tpe,
    "optuna-cmaes": optuna_peer.cmaes,
    "rustuna-tpe": rustuna_peer.tpe,
    "hyperopt-tpe": hyperopt_peer.Tpe,
    "tanteo-tpe": tanteo_peer.tpe,
    "tanteo-gp": tanteo_peer.gp,
    "tanteo-auto": tanteo_peer.auto,
}
