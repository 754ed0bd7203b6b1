"""A space as plain data, with its own check of what is valid in it.

The check was written from the documentation and shares no code with the library.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import tanteo as tt


@dataclass(frozen=True)
class Range:
    """`tt.at_least`, `tt.at_most` or `tt.between`."""

    low: float | None = None
    high: float | None = None

    def contains(self, value: Any) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def build(self) -> Any:
        if self.low is None:
            return tt.at_most(self.high)
        return tt.at_least(self.low) if self.high is None else tt.between(self.low, self.high)


@dataclass(frozen=True)
class Declared:
    """One parameter: its kind, the arguments of its constructor, and the conditions under which it is active."""

    kind: str
    arguments: Mapping[str, Any]
    when: Mapping[str, tuple[Any, ...] | Range] = field(default_factory=dict)

    def build(self) -> Any:
        """Return the parameter as a user writes it."""
        when = {
            parent: accepted.build() if isinstance(accepted, Range) else list(accepted)
            for parent, accepted in self.when.items()
        } or None
        return getattr(tt, self.kind)(**self.arguments, when=when)

    def is_active(self, params: Mapping[str, Any]) -> bool:
        """Whether every parent is active and has an accepted value."""
        return all(parent in params and _accepts(accepted, params[parent]) for parent, accepted in self.when.items())

    def contains(self, value: Any) -> bool:
        """Whether this parameter may have a value, which must be of the right builtin type."""
        arguments = self.arguments
        if "choices" in arguments:
            return any(type(value) is type(choice) and value == choice for choice in arguments["choices"])
        if (
            type(value) is not {"Float": float, "Int": int}[self.kind]
            or not arguments["low"] <= value <= arguments["high"]
        ):
            return False
        step = arguments.get("step")
        if self.kind == "Int":
            return bool((value - arguments["low"]) % (step or 1) == 0)
        return step is None or on_step(value, arguments["low"], step)


def on_step(value: float, low: float, step: float) -> bool:
    """Whether `value` is `low + k * step`, to two units in the last place for decimal and binary arithmetic."""
    k = round((value - low) / step)
    return abs(value - (low + k * step)) <= 2 * math.ulp(max(abs(value), abs(low), abs(k * step)))


def _accepts(accepted: tuple[Any, ...] | Range, value: Any) -> bool:
    if isinstance(accepted, Range):
        return accepted.contains(value)
    return any(type(value) is type(choice) and value == choice for choice in accepted)


@dataclass(frozen=True)
class DeclaredSpace:
    """A space: parameters by their flat names."""

    parameters: Mapping[str, Declared]

    def build(self) -> tt.SearchSpace:
        """Return the space as a user writes it."""
        return tt.SearchSpace({name: parameter.build() for name, parameter in self.parameters.items()})

    def fault(self, params: Mapping[str, Any]) -> str | None:
        """Return what is wrong with a suggestion, or None."""
        if type(params) is not dict:
            return f"params are a {type(params).__name__}"
        for name, parameter in self.parameters.items():
            if parameter.is_active(params) != (name in params):
                return f"{name} is {'present' if name in params else 'missing'}: {params}"
            if name in params and not parameter.contains(params[name]):
                return f"{name} = {params[name]!r} is not in {parameter}"
        unknown = params.keys() - self.parameters.keys()
        return f"unknown {unknown}" if unknown else None
