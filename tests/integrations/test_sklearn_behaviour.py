"""TanteoSearchCV behaves as scikit-learn's searches do, by the tests that scikit-learn has for these.

The tests are those of the installed scikit-learn. Tests that a later version adds run too, until they are listed here.
"""

import pytest

threadpoolctl = pytest.importorskip("threadpoolctl", reason="scikit-learn, which brings it, is not installed")
pytest.importorskip("sklearn.model_selection.tests.test_search", reason="scikit-learn is installed without its tests")

from support.profile import LONG  # noqa: E402 - after the check that scikit-learn is installed
from support.scikit_learn import their_tests  # noqa: E402 - as above

pytestmark = pytest.mark.filterwarnings("ignore")

_NO_SEARCH = "is about ParameterGrid, ParameterSampler or other helpers, not about a search"
_REPEATED = "has a choice twice, which is a weight here, and expects that it is tried twice"
#: The tests that do not apply, with the reason.
EXCLUDED = {
    "test_validate_parameter_input": _NO_SEARCH,
    "test_parameter_grid": _NO_SEARCH,
    "test_param_sampler": _NO_SEARCH,
    "test_parameters_sampler_replacement": _NO_SEARCH,
    "test_custom_run_search": _NO_SEARCH,
    "test__custom_fit_no_run_search": _NO_SEARCH,
    "test_yield_masked_array_for_each_param": _NO_SEARCH,
    "test_yield_masked_array_no_runtime_warning": _NO_SEARCH,
    "test_grid_search_classifier_all_fits_fail": _REPEATED,
    "test_callable_multimetric_clf_all_fits_fail": _REPEATED,
    "test_grid_search_cv_splits_consistency": _REPEATED,
    "test_predict_proba_disabled": "has no parameters, and a space needs one",
    "test_search_cv_timing": "reads the fit time of a batch that failed as a whole, which is unknown",
    "test_search_with_2d_array": "expects the random candidates that ParameterSampler draws",
    "test_array_api_search_cv_classifier": "needs array libraries that are not installed",
}
#: These take several seconds each.
SLOW = {
    "test_cv_results_dtype_issue_29074",
    "test_cv_results_multi_size_array",
    "test_n_features_in",
    "test_search_cv_sample_weight_equivalence",
}


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    """Threads for matrices of a few rows wait for the other processes of a test run."""
    with threadpoolctl.threadpool_limits(1):
        yield


globals().update(
    {name: test for name, test in their_tests().items() if name not in EXCLUDED and (LONG or name not in SLOW)}
)
