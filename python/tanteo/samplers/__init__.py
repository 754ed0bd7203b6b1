"""Samplers: what chooses the next configuration.

The built-in ones are settings objects; the work is done by the native core. :class:`Sampler` is the protocol for
samplers written in Python, :class:`View` and :class:`Axis` are what such a sampler is given.
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
    """Import the protocol when it is first asked for: its definition needs ``typing``."""
    if name in ("Axis", "Sampler", "View"):
        from . import protocol

        return getattr(protocol, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
