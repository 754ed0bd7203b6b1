"""A search space in neutral terms, translated by every peer into its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    ``kind`` is ``"float"``, ``"int"`` or ``"categorical"``. ``parent`` is ``(name, values)``: the parameter exists only
    while the categorical ``name`` has one of ``values``. Parents stand before their children.
    """

    name: str
    kind: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    choices: tuple[Any, ...] = ()
    parent: tuple[str, tuple[Any, ...]] | None = None

    def is_active(self, params: Mapping[str, Any]) -> bool:
        """Whether the parameter exists beside the values of those before it."""
        return self.parent is None or params.get(self.parent[0]) in self.parent[1]


class Space(tuple[Parameter, ...]):
    """Parameters, parents first."""

    __slots__ = ()

    def active(self, params: Mapping[str, Any]) -> Iterator[Parameter]:
        """The parameters that exist; ``params`` may be filled while this iterates."""
        return (p for p in self if p.is_active(params))

    @property
    def is_continuous(self) -> bool:
        """Whether every parameter is a float without conditions."""
        return all(p.kind == "float" and p.parent is None for p in self)


def floats(n: int, low: float, high: float) -> Space:
    """``n`` floats ``x0, x1, ...`` in one interval."""
    return Space(Parameter(f"x{i}", "float", low, high) for i in range(n))
