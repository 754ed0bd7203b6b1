"""`import tanteo` loads few modules, no numpy and no optional package.

It may take 30 ms, which benches/ measures; these tests count what determines the time.
"""

import subprocess
import sys

import pytest

#: Largest number of modules that the import adds to a bare interpreter, those of tanteo included.
MOST_MODULES = 36
HEAVY = (
    "numpy",
    "pandas",
    "polars",
    "matplotlib",
    "plotly",
    "sklearn",
    "tqdm",
    "cloudpickle",
    "sqlite3",
    "asyncio",
    "multiprocessing",
)


def modules_after(statement: str) -> set[str]:
    code = f"import sys; initial = set(sys.modules); {statement}; final = set(sys.modules); print(*final - initial)"
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    return set(output.split())


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    return modules_after("import tanteo")


def test_few_modules_are_loaded(loaded):
    assert "tanteo" in loaded
    assert len(loaded) <= MOST_MODULES, sorted(loaded)


@pytest.mark.parametrize("name", HEAVY)
def test_nothing_heavy_is_loaded(loaded, name):
    assert name not in loaded


def test_asking_and_telling_scalars_loads_no_numpy():
    statement = (
        "import tanteo as tt; o = tt.Optimizer(tt.SearchSpace({'x': tt.Float(0, 1)}), seed=0); o.tell(o.ask(), 1.0)"
    )
    used = modules_after(statement)
    assert "numpy" not in used
    assert len(used) <= 115, sorted(used)


def test_the_count_of_modules_detects_numpy():
    assert "numpy" in modules_after("import numpy")
