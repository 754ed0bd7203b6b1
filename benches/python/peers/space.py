"""A library-independent search space, which every peer translates into its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    ``kind`` is ``"float"``, ``"int"`` or ``"categorical"``. ``parent`` is ``(name, values)``: the parameter is active
    only if the categorical ``name`` has one of ``values``. Parents come before their children.
    """

    name: str
    kind: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    choices: tuple[Any, ...] = ()
    parent: tuple[str, tuple[Any, ...]] | None = None

    def is_active(self, params: Mapping[str, Any]) -> bool:
        """Whether the parameter is active, given the values of the parameters before it."""
        return self.parent is None or params.get(self.parent[0]) in self.parent[1]


class Space(tuple[Parameter, ...]):
    """Parameters, parents first."""

    __slots__ = ()

    def active(self, params: Mapping[str, Any]) -> Iterator[Parameter]:
        """Iterate over the active parameters; ``params`` may be filled during the iteration."""
        return (p for p in self if p.is_active(params))

    @property
    def is_continuous(self) -> bool:
        """Whether all parameters are floats without conditions."""
        return all(p.kind == "float" and p.parent is None for p in self)


def floats(n: int, low: float, high: float) -> Space:
    """Return a space of ``n`` floats ``x0, x1, ...`` in one interval."""
    return Space(Parameter(f"x{i}", "float", low, high) for i in range(n))
