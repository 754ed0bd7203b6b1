"""Pruners stop trials early, based on the values they report.

The built-in pruners are settings objects for the native core. :class:`Pruner` is the protocol for pruners written in
Python, which get :class:`Reports` with one :class:`Curve` per trial and return a :class:`Decision`.
"""

from __future__ import annotations

from .._internal.typing import TYPE_CHECKING
from .decision import Decision
from .settings import (
    Auto,
    Hyperband,
    Median,
    Nothing,
    Patient,
    Percentile,
    Settings,
    SuccessiveHalving,
    Threshold,
    Wilcoxon,
    from_dict,
)

if TYPE_CHECKING:
    from .protocol import Curve, Pruner, Reports

__all__ = [
    "Auto",
    "Curve",
    "Decision",
    "Hyperband",
    "Median",
    "Nothing",
    "Patient",
    "Percentile",
    "Pruner",
    "Reports",
    "Settings",
    "SuccessiveHalving",
    "Threshold",
    "Wilcoxon",
    "from_dict",
]


def __getattr__(name: str) -> object:
    """Import the protocol on first access, because it needs ``typing``."""
    if name in ("Curve", "Pruner", "Reports"):
        from . import protocol

        return getattr(protocol, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
