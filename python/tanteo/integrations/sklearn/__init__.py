"""A hyperparameter search for scikit-learn estimators.

>>> from sklearn.svm import SVC                                                               # doctest: +SKIP
>>> from tanteo.integrations.sklearn import TanteoSearchCV                                    # doctest: +SKIP
>>> TanteoSearchCV(SVC(), {"C": tt.Float(1e-2, 1e3, log=True)}, n_iter=30).fit(x, y).best_params_   # doctest: +SKIP

scikit-learn is imported when the class is first used. If it is missing, the error names the extra to install.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._internal.optional import on_first_access

if TYPE_CHECKING:
    from .search import TanteoSearchCV

__all__ = ["TanteoSearchCV"]
__getattr__, __dir__ = on_first_access(__name__, __all__, {"TanteoSearchCV": "search"})
