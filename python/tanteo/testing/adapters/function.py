"""A sampler made of two plain functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from ...space.search_space import SearchSpace
from ..protocol import Capabilities, pickles
from .common import Adapted

Ask = Callable[[SimpleNamespace], dict[str, Any]]
Tell = Callable[[SimpleNamespace, dict[str, Any], "float | None"], None]


def from_function(ask: Ask, tell: Tell, *, capabilities: Capabilities | Mapping[str, bool] | None = None) -> Adapted:
    """Return a factory of samplers that consist of two functions and a state.

    Parameters
    ----------
    ask
        ``ask(state) -> params``. ``state`` is a namespace with ``space`` and ``seed``; both functions may store more
        attributes on it.
    tell
        ``tell(state, params, value)``; a value of None is a failure.
    capabilities
        A mapping of the fields of :class:`Capabilities` that differ from the default, or a complete one. The default
        assumes ``seed``, ``learns``, ``failures`` and ``pending``.

    Examples
    --------
    >>> import random
    >>> from tanteo.testing import adapters, check_sampler
    >>> def ask(state):
    ...     state.n = getattr(state, "n", 0) + 1
    ...     return state.space.sample(1, seed=random.Random(f"{state.seed} {state.n}").getrandbits(64))[0]
    >>> def tell(state, params, value):
    ...     pass
    >>> len(check_sampler(adapters.from_function(ask, tell), tags="check_suggestions_lie_in_their_domain"))
    1
    """
    return Adapted(_Functions, (ask, tell), Capabilities(save=pickles((ask, tell))).updated(capabilities))


class _Functions:
    """The two functions and their state."""

    def __init__(self, functions: tuple[Ask, Tell], space: SearchSpace, seed: int) -> None:
        self._ask, self._tell = functions
        self.state = SimpleNamespace(space=space, seed=seed)

    def ask(self) -> dict[str, Any]:
        return self._ask(self.state)

    def tell(self, params: dict[str, Any], value: float | None = None) -> None:
        self._tell(self.state, params, value)
