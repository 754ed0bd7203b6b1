"""Parameter importance, and ablation paths between two configurations.

The methods are implemented and explained in the core, ``rust/core/src/importance``.
"""

from .paths import AblationStep, ablation
from .shares import param_importances

__all__ = ["AblationStep", "ablation", "param_importances"]
