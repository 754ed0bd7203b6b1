"""Optional packages that are missing, broken or only partly imported."""

import sys
import types

import numpy as np
import pytest

import tanteo as tt
from support.processes import python

SPACE = {"x": tt.Float(0.0, 1.0), "c": tt.Categorical(["a", "b"])}


@pytest.fixture
def partly_imported(monkeypatch):
    """Replace NumPy by an empty module, as another thread sees it during the first import."""
    monkeypatch.setitem(sys.modules, "numpy", types.ModuleType("numpy"))


def test_a_partly_imported_numpy_is_not_used(partly_imported):
    search = tt.Optimizer(SPACE, seed=0)
    search.observe({"x": 0.5, "c": "a"}, 1.0)
    search.tell(search.ask(), 1.0)
    restored = tt.Optimizer.from_bytes(search.to_bytes())
    assert list(restored.trials) == list(search.trials)
    assert restored.space.validate({"x": 0.5, "c": "b"}) == {"x": 0.5, "c": "b"}


@pytest.mark.parametrize(
    ("scalar", "expected"),
    [(np.int64(1), 1), (np.float32(0.5), 0.5), (np.float64(0.5), 0.5), (np.bool_(1), True), (np.str_("a"), "a")],
)
def test_numpy_scalars_are_recognized_by_the_name_of_their_class(partly_imported, scalar, expected):
    (choice,) = tt.Categorical([scalar])._labels()
    assert type(choice) is type(expected)
    assert choice == expected


FIRST_IMPORT = """
import sys, threading
import tanteo as tt
space = {"x": tt.Float(0.0, 1.0), "c": tt.Categorical(["a", "b"])}
search = tt.Optimizer(space, seed=0)
data = search.to_bytes()
assert "numpy" not in sys.modules
sys.setswitchinterval(1e-5)
errors, started = [], threading.Event()

def use():
    started.wait()
    while importing.is_alive():
        try:
            tt.Optimizer.from_bytes(data).observe({"x": 0.5, "c": tt.Categorical(["a"]).choices[0]}, 1.0)
            tt.SearchSpace(space)
        except BaseException as error:
            errors.append(error)

def first_import():
    started.set()
    import numpy

importing = threading.Thread(target=first_import)
threads = [threading.Thread(target=use) for _ in range(2)]
for thread in [*threads, importing]:
    thread.start()
for thread in [*threads, importing]:
    thread.join()
assert not errors, errors[:3]
"""


def test_a_first_import_of_numpy_in_another_thread_causes_no_error():
    python(FIRST_IMPORT)


BROKEN = """
import sys
sys.path.insert(0, {folder!r})
import tanteo as tt
import tanteo.plotting.matplotlib as drawn

search = tt.Optimizer({{"x": tt.Float(0.0, 1.0)}}, seed=0)
for trial in search.ask(5):
    search.tell(trial, trial.params["x"])
snapshot = search.to_bytes()
calls = {{
    "pandas": search.to_pandas,
    "polars": search.to_polars,
    "plotly": lambda: tt.plotting.plot_slice(search),
    "matplotlib": lambda: drawn.plot_slice(search),
}}
for package, call in calls.items():
    for _ in range(2):
        try:
            call()
        except ImportError as error:
            assert f"needs {{package}}, which cannot be imported (" in str(error), error
            assert "halfway" in str(error), error
            assert "pip install 'tanteo[" in str(error), error
        else:
            raise AssertionError(package)
assert search.to_bytes() == snapshot

# A broken tqdm does not stop a run. A worker needs cloudpickle for a lambda, and the error says so.
assert tt.minimize(lambda params: params["x"], {{"x": tt.Float(0.0, 1.0)}}, n_trials=2, seed=0, progress=True).best
try:
    tt.minimize(lambda params: params["x"], {{"x": tt.Float(0.0, 1.0)}}, n_trials=2, seed=0, n_workers=2)
except tt.ArgumentError as error:
    assert "install cloudpickle" in str(error)
else:
    raise AssertionError
"""


@pytest.mark.parametrize("failure", ["RuntimeError", "ImportError", "AttributeError"])
def test_an_optional_package_whose_import_fails_is_named(tmp_path, failure):
    for package in ("pandas", "polars", "plotly", "matplotlib", "tqdm", "cloudpickle"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(f"first = 1\nraise {failure}('broke halfway')\n")
    python(BROKEN.format(folder=str(tmp_path)))


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_a_missing_package_is_named_with_the_extra_to_install(monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    expected = rf"to_{package} needs {package}, which .* pip install 'tanteo\[{package}\]'"
    with pytest.raises(ImportError, match=expected):
        getattr(tt.Optimizer(SPACE, seed=0), f"to_{package}")()
