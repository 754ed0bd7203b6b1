"""Pruners: what stops a trial early, by the values it reports.

The built-in ones are settings objects; the native core decides. :class:`Pruner` is the protocol for pruners written in
Python, :class:`Reports` and :class:`Curve` are what such a pruner is given, :class:`Decision` is the answer.
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
    """Import the protocol when it is first asked for: its definition needs ``typing``."""
    if name in ("Curve", "Pruner", "Reports"):
        from . import protocol

        return getattr(protocol, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
