"""The names of scikit-learn and its dependencies that this integration uses."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..._internal.optional import require

_require = partial(require, extra="sklearn", needed_by="tanteo.integrations.sklearn")

np: Any = _require("numpy")
joblib: Any = _require("joblib")
issparse: Any = _require("scipy.sparse").issparse
#: The base class of scikit-learn's searches, which fits, scores, refits and delegates to the best estimator.
BaseSearchCV: Any = _require("sklearn.model_selection._search").BaseSearchCV
check_cv: Any = _require("sklearn.model_selection").check_cv
is_classifier: Any = _require("sklearn.base").is_classifier
check_random_state: Any = _require("sklearn.utils").check_random_state
MetadataRequest: Any = _require("sklearn.utils.metadata_routing").MetadataRequest
FitFailedWarning: Any = _require("sklearn.exceptions").FitFailedWarning
#: Warns of failed fits, or raises an error if all failed.
summarize_failures: Any = _require("sklearn.model_selection._validation")._warn_or_raise_about_fit_failures
