"""Environment variables that set the kernel and the number of threads change the speed and no result."""

import os
from pathlib import Path

import pytest

KERNELS = ("baseline", "avx2", "avx512")
THREADS = ("TANTEO_NUM_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS")
CLEAN = dict.fromkeys((*THREADS, "TANTEO_KERNEL"), "")

SEARCH = """
import tanteo._core as core
search = make("tpe", n=10)
for i in range(300):
    trial, row = search.ask()
    search.tell_value(trial, sum((x - 0.3) ** 2 for x in row))
print(core.kernel(), core.n_threads(), file=sys.stderr)
print([search.trial(i)["row"] for i in range(300)])
"""


def test_every_kernel_and_thread_count_gives_the_same_asks(python, program):
    asks = set()
    kernels = set()
    for kernel in KERNELS:
        for threads in ("1", "4"):
            environment = {**CLEAN, "TANTEO_KERNEL": kernel, "TANTEO_NUM_THREADS": threads}
            finished = python(program + SEARCH, check=False, **environment)
            if "this processor lacks" in finished.stderr:
                continue
            assert finished.stderr == f"{kernel} {threads}\n"
            kernels.add(kernel)
            asks.add(finished.stdout)
    assert "baseline" in kernels
    assert len(asks) == 1


@pytest.mark.parametrize("name", ["sse2", "AVX2", "auto"])
def test_an_unknown_kernel_is_a_clear_error(python, name):
    finished = python("import tanteo._core", check=False, **CLEAN | {"TANTEO_KERNEL": name})
    assert f'ArgumentError: TANTEO_KERNEL is "{name}": expected baseline, avx2 or avx512' in finished.stderr


@pytest.mark.parametrize("number", ["0", "-1", "four", "1e3", "2000"])
def test_an_invalid_number_of_threads_is_a_clear_error(python, number):
    finished = python("import tanteo._core", check=False, **CLEAN | {"TANTEO_NUM_THREADS": number})
    assert f'ArgumentError: TANTEO_NUM_THREADS is "{number}": expected a whole number' in finished.stderr


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (("3", "5", "7"), "3"),
        (("", "5", "7"), "5"),
        (("", "", "7"), "7"),
        (("", "", "6,2"), "6"),
        (("", "0", "7"), "7"),
        (("", "many", "2"), "2"),
        ((" 2 ", "", ""), "2"),
    ],
)
def test_the_number_of_threads_comes_from_the_first_valid_variable(python, variables, expected):
    environment = CLEAN | dict(zip(THREADS, variables, strict=True))
    assert python("import tanteo._core as c; print(c.n_threads())", **environment).stdout.strip() == expected


def test_without_variables_there_are_at_most_as_many_threads_as_cores(python):
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    n_threads = int(python("import tanteo._core as c; print(c.n_threads())", **CLEAN).stdout)
    assert 1 <= n_threads <= (available or 1)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts threads through /proc")
def test_a_search_that_needs_no_threads_starts_none(python, program):
    code = "import os\nsearch = make()\nsearch.ask_many(2000)\nprint(len(os.listdir('/proc/self/task')))"
    assert python(program + code, **CLEAN | {"TANTEO_NUM_THREADS": "4"}).stdout == "1\n"


def test_a_search_prints_nothing_and_gives_no_warning(python, program):
    code = "search = make('auto')\nfor _ in range(50): search.tell_value(search.ask()[0], 1.0)\nsearch.view()"
    finished = python(program + "import numpy as np; np.seterr(all='raise')\n" + code)
    assert (finished.stdout, finished.stderr) == ("", "")
