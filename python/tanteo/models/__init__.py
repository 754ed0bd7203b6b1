"""The models behind the samplers, for use without a search: they are fitted to points and values."""

from __future__ import annotations

from .gaussian_process import GaussianProcess, Hyperparameters, Prediction

__all__ = ["GaussianProcess", "Hyperparameters", "Prediction"]
