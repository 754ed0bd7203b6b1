"""The peers with a common interface: ``ask() -> (handle, params)`` and ``tell(handle, value)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from benches.python.peers import (
    botorch_peer,
    doors_peer,
    egobox_peer,
    hebo_peer,
    hyperopt_peer,
    optuna_peer,
    random_peer,
    rustuna_peer,
    smac_peer,
    tanteo_peer,
    trust_bo_peer,
)
from benches.python.peers.space import Parameter, Space, floats

__all__ = ["DOORS", "PEERS", "SLOW", "Parameter", "Peer", "Recommender", "Space", "floats"]


class Peer(Protocol):
    """An optimizer that minimizes."""

    def ask(self) -> tuple[Any, dict[str, Any]]:
        """Return the next configuration with a handle for its result."""

    def tell(self, handle: Any, value: float | None) -> None:
        """Tell a result; ``None`` means that the trial failed."""


@runtime_checkable
class Recommender(Protocol):
    """A peer whose model recommends a trial under noise; for other peers the trial with the best value is taken."""

    def recommended(self) -> int | None:
        """Return the index of the recommended trial in the order of asks; ``None`` while there is none."""


PEERS: dict[str, Callable[[Space, int], Peer]] = {
    "random": random_peer.Random,
    "optuna-tpe": optuna_peer.tpe,
    "optuna-cmaes": optuna_peer.cmaes,
    "rustuna-tpe": rustuna_peer.tpe,
    "hyperopt-tpe": hyperopt_peer.Tpe,
    "optuna-gp": optuna_peer.gp,
    "botorch": botorch_peer.Botorch,
    "smac": smac_peer.Smac,
    "egobox": egobox_peer.Egobox,
    "trust-bo": trust_bo_peer.TrustBo,
    "hebo": hebo_peer.Hebo,
    "tanteo-tpe": tanteo_peer.tpe,
    "tanteo-gp": tanteo_peer.gp,
    "tanteo-auto": tanteo_peer.auto,
    "tanteo-in-optuna": doors_peer.in_optuna,
}

# Tanteo through another library.
DOORS = frozenset({"tanteo-in-optuna"})
# Peers that take at least a tenth of a second per suggestion.
SLOW = frozenset({"optuna-gp", "botorch", "smac", "egobox", "trust-bo", "hebo"})
