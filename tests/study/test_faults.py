"""Every write, truncation, removal and sync of the file fails once, or is the last: nothing acknowledged is lost.

In the manner in which SQLite itself is tested. What stands between SQLite and the C library is `support/faults/shim.c`,
so that Python's own `sqlite3` is what is tested, with SQLite's own way to the files.
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
def test_whichever_change_of_the_file_is_spoilt_the_search_goes_on_as_it_would_have(shim, fault, error):
    """Each kind of fault starts at another change, so that together they see more of them."""
    code = _RUN.format(fault=int(fault), error=error, first=count(3 * fault, 1), stride=count(40, 1))
    seen = python_json(code, LD_PRELOAD=str(shim))
    assert seen["wrong"] == {}
    assert seen["changes"] > 60
    assert (seen["died"] > 0) == fault.kills
    assert fault.kills or seen["refused"] > 0, "no call was told of it"
