"""Pruners stop trials early, based on the values they report.

The built-in pruners are settings objects for the native core. :class:`Pruner` is the protocol for pruners written in
Python, which get :class:`Reports` with one :class:`Curve` per trial and return a :class:`Decision`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import settings
from .decision import Decision
from .protocol import Curve, Pruner, Reports
from .settings import *  # noqa: F403 - the names are listed once, in settings.__all__

__all__ = ["Curve", "Decision", "Pruner", "Reports"]
__all__ += settings.__all__

# Type checkers would otherwise accept every attribute.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Refuse an unknown name; the message says what a pruner of Optuna is called here."""
        from .._internal.optuna_names import named_hint  # needed for an error only

        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{named_hint(name, 'pruners', __all__)}")
