"""Which parameters mattered, and which of their changes led from one configuration to another.

The mathematics stands with the code in the core, ``rust/core/src/importance``.
"""

from .paths import AblationStep, ablation
from .shares import param_importances

__all__ = ["AblationStep", "ablation", "param_importances"]
