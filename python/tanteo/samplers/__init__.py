"""Samplers: what chooses the next configuration.

The built-in ones are settings objects; the work is done by the native core. :class:`Sampler` is the protocol for
samplers written in Python.
"""

from .protocol import Axis, Sampler, View
from .settings import TPE, Auto, Grid, OneAtATime, Random, Settings, Sobol, from_dict

__all__ = ["TPE", "Auto", "Axis", "Grid", "OneAtATime", "Random", "Sampler", "Settings", "Sobol", "View", "from_dict"]
