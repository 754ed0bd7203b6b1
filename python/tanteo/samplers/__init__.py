"""Samplers choose the next configuration.

The built-in samplers are settings objects for the native core. :class:`Sampler` is the protocol for samplers written in
Python, which get a :class:`View` of the search with one :class:`Axis` per parameter.
"""

from __future__ import annotations

from . import settings
from .protocol import Axis, Sampler, View
from .settings import *  # noqa: F403 - the names are listed once, in settings.__all__

__all__ = ["Axis", "Sampler", "View"]
__all__ += settings.__all__
