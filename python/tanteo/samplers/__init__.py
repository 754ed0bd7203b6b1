"""Samplers choose the next configuration.

The built-in samplers are settings objects for the native core. :class:`Sampler` is the protocol for samplers written in
Python, which get a :class:`View` of the search with one :class:`Axis` per parameter.
"""

from __future__ import annotations

from .._internal.typing import TYPE_CHECKING
from .settings import GP, TPE, Auto, Grid, OneAtATime, Random, Settings, Sobol, from_dict

if TYPE_CHECKING:
    from .protocol import Axis, Sampler, View

__all__ = [
    "GP",
    "TPE",
    "Auto",
    "Axis",
    "Grid",
    "OneAtATime",
    "Random",
    "Sampler",
    "Settings",
    "Sobol",
    "View",
    "from_dict",
]


def __getattr__(name: str) -> object:
    """Import the protocol on first access, because it needs ``typing``."""
    if name in ("Axis", "Sampler", "View"):
        from . import protocol

        return getattr(protocol, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
