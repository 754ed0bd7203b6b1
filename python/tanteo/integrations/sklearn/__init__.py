"""A hyperparameter search for scikit-learn estimators.

>>> from sklearn.svm import SVC                                                               # doctest: +SKIP
>>> from tanteo.integrations.sklearn import TanteoSearchCV                                    # doctest: +SKIP
>>> TanteoSearchCV(SVC(), {"C": tt.Float(1e-2, 1e3, log=True)}, n_iter=30).fit(x, y).best_params_   # doctest: +SKIP

scikit-learn is imported when the class is first used. If it is missing, the error names the extra to install.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .search import TanteoSearchCV

__all__ = ["TanteoSearchCV"]


def __getattr__(name: str) -> Any:
    """Import names that need scikit-learn on first access."""
    if name in __all__:
        from . import search

        return getattr(search, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
