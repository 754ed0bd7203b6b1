"""Peers that suggest batches: ``ask(n) -> [(handle, params)]``, then ``tell`` for each."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Protocol

from benches.python.batches.qlogei import QLogEi
from benches.python.batches.turbo import Turbo
from benches.python.peers import Peer, optuna_peer, random_peer, tanteo_peer
from benches.python.peers.space import Space

Asked = tuple[Any, dict[str, Any]]


class BatchPeer(Protocol):
    """An optimizer that minimizes, ``n`` trials at a time."""

    def ask(self, n: int) -> list[Asked]:
        """Return configurations to evaluate at once, each with a handle for its result."""

    def tell(self, handle: Any, value: float | None) -> None:
        """Tell a result; ``None`` means that the trial failed."""


class OneByOne:
    """A peer that is asked repeatedly while earlier trials are pending."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def ask(self, n: int) -> list[Asked]:
        """Ask ``n`` times."""
        return [self._peer.ask() for _ in range(n)]

    def tell(self, handle: Any, value: float | None) -> None:
        """Tell one result."""
        self._peer.tell(handle, value)


def one_by_one(make: Callable[[Space, int], Peer]) -> Callable[[Space, int, int], BatchPeer]:
    """Return batches of a peer that suggests single trials."""
    return lambda space, seed, q: OneByOne(make(space, seed))


def constant_liar(space: Space, seed: int) -> Peer:
    """Return Optuna's TPE with its constant liar, as its documentation recommends for parallel runs."""
    import optuna

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return optuna_peer.Optuna(space, optuna.samplers.TPESampler(seed=seed, constant_liar=True))


# Called with ``(space, seed, q)``; only TuRBO has settings that depend on the batch size.
PEERS: dict[str, Callable[[Space, int, int], BatchPeer]] = {
    "random": one_by_one(random_peer.Random),
    "optuna-tpe": one_by_one(constant_liar),
    "botorch": QLogEi,
    "turbo": Turbo,
    "tanteo-tpe": one_by_one(tanteo_peer.tpe),
    "tanteo-gp": one_by_one(tanteo_peer.gp),
    "tanteo-auto": one_by_one(tanteo_peer.auto),
}
