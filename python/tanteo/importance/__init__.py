"""Parameter importance, and ablation paths between two configurations.

The methods are implemented and explained in the core, ``rust/core/src/importance``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .paths import AblationStep, ablation
from .shares import param_importances, standard_errors

__all__ = ["AblationStep", "ablation", "param_importances", "standard_errors"]

# Type checkers would otherwise accept every attribute.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Refuse an unknown name; the message says what a function of Optuna is called here."""
        from .._internal.optuna_names import hint  # needed for an error only

        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{hint(name, __all__)}")
