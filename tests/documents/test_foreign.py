"""Documents and examples that need a large library of others run as well (``make test-integrations``)."""

import pytest

from support.documents import DOCUMENTS, EXAMPLES, check_blocks, check_example, is_foreign, name_of, python_of

#: The libraries of examples that may not be installed.
_NEEDED = {"lightgbm_pruning": "lightgbm", "xgboost_pruning": "xgboost"}


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if is_foreign(python_of(d))], ids=name_of)
def test_the_python_blocks_run_and_print_what_is_shown(document, tmp_path):
    check_blocks(document, tmp_path)


@pytest.mark.parametrize("example", [e for e in EXAMPLES if is_foreign(e.read_text())], ids=lambda e: e.stem)
def test_the_example_runs(example, tmp_path):
    if example.stem in _NEEDED:
        pytest.importorskip(_NEEDED[example.stem], reason=f"{_NEEDED[example.stem]} is not installed")
    check_example(example, tmp_path)
