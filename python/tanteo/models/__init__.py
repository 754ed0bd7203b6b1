"""The models behind the samplers, to be used on their own: fitted to points and values, without a search."""

from __future__ import annotations

from .gaussian_process import GaussianProcess, Hyperparameters, Prediction

__all__ = ["GaussianProcess", "Hyperparameters", "Prediction"]
