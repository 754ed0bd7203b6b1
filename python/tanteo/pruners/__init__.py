"""Pruners stop trials early, based on the values they report.

The built-in pruners are settings objects for the native core. :class:`Pruner` is the protocol for pruners written in
Python, which get :class:`Reports` with one :class:`Curve` per trial and return a :class:`Decision`.
"""

from __future__ import annotations

from . import settings
from .decision import Decision
from .protocol import Curve, Pruner, Reports
from .settings import *  # noqa: F403 - the names are listed once, in settings.__all__

__all__ = ["Curve", "Decision", "Pruner", "Reports"]
__all__ += settings.__all__
