"""Samplers choose the next configuration.

The built-in samplers are settings objects for the native core. :class:`Sampler` is the protocol for samplers written in
Python, which get a :class:`View` of the search with one :class:`Axis` per parameter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import settings
from .protocol import Axis, Sampler, View
from .settings import *  # noqa: F403 - the names are listed once, in settings.__all__

__all__ = ["Axis", "Sampler", "View"]
__all__ += settings.__all__

# Type checkers would otherwise accept every attribute.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Refuse an unknown name; the message says what a sampler of Optuna is called here."""
        from .._internal.optuna_names import named_hint  # needed for an error only

        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{named_hint(name, 'samplers', __all__)}")
