"""Each write, truncation, removal and sync fails once, or is the last of its process: no acknowledged result is lost.

SQLite itself is tested in this way. `support/faults/shim.c` intercepts the calls from SQLite to the C library, so the
tests run Python's own `sqlite3` with SQLite's own file access.
"""

from __future__ import annotations

import errno

import pytest

from support.faults import Fault, compile_shim
from support.processes import python_json
from support.profile import count

_RUN = """
import json
from support.faults import Fault
from support.faults.study import run
print(json.dumps(run(Fault({fault}), {error}, {first}, {stride})))
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    return compile_shim(tmp_path_factory.mktemp("shim"))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.FAIL, errno.EIO),
        (Fault.FAIL, errno.ENOSPC),
        (Fault.STAY, errno.ENOSPC),
        (Fault.DIE, 0),
        (Fault.TEAR, 0),
        (Fault.LOSE_ALL, 0),
        (Fault.LOSE_SOME, 0),
    ],
)
def test_a_search_continues_unchanged_after_a_fault_at_any_change_of_the_file(shim, fault, error):
    """Each kind of fault starts at a different change of the file, so together they cover more changes."""
    code = _RUN.format(fault=int(fault), error=error, first=count(3 * fault, 1), stride=count(40, 1))
    summary = python_json(code, LD_PRELOAD=str(shim))
    assert summary["wrong"] == {}
    assert summary["changes"] > 60
    assert (summary["died"] > 0) == fault.kills
    assert fault.kills or summary["refused"] > 0, "no call raised an error"
