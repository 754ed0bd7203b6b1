"""A wheel built from the sdist imports and runs without the source tree.

The sdist is built, unpacked and made into a wheel. The wheel is installed in a scratch environment that holds nothing
else but a link to NumPy, so a file missing from either archive cannot come from this tree. No network is used.
"""

import email
import fcntl
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy
import pytest

import tanteo
from wheels import audit

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("packaging")


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    process = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


@pytest.fixture(scope="session")
def sdist(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-m", "maturin", "sdist", "--out", folder, cwd=ROOT)
    (archive,) = folder.glob("*.tar.gz")
    return archive


@pytest.fixture(scope="session")
def wheel(sdist, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # The build uses the target folder of the tree, so no crate is compiled twice.
    target = os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target"))
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-index", "--no-build-isolation"]
    # Only one build runs at a time, since two would move the same library in the shared target folder.
    Path(target).mkdir(parents=True, exist_ok=True)
    with (Path(target) / "wheel.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        flags = run("make", "--silent", "rustflags", cwd=ROOT).strip()
        run(*pip, "--wheel-dir", folder, sdist, cwd=folder, CARGO_TARGET_DIR=target, RUSTFLAGS=flags)
    (archive,) = folder.glob("*.whl")
    return archive


@pytest.fixture(scope="session")
def scratch(wheel, tmp_path_factory) -> Path:
    """Return the interpreter of an environment that holds the wheel and NumPy."""
    folder = tmp_path_factory.mktemp("scratch")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin/python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    installed = Path(numpy.__file__).parents[1]
    for name in ("numpy", "numpy.libs"):
        if (installed / name).exists():
            (packages / name).symlink_to(installed / name)
    return python


def test_the_sdist_holds_the_files_that_a_wheel_is_built_from(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    required = {
        "pyproject.toml",
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "CHANGELOG.md",
    }
    assert required <= names
    assert {
        "rust/core/src/lib.rs",
        "rust/py/src/lib.rs",
        "python/tanteo/__init__.py",
        "python/tanteo/_core.pyi",
    } <= names
    assert not [name for name in names if name.endswith((".so", ".pyd", ".pyc")) or "/target/" in name]


def test_the_description_shown_by_an_index_is_the_readme(sdist):
    with tarfile.open(sdist) as archive:
        (name,) = (name for name in archive.getnames() if re.fullmatch(r"[^/]+/PKG-INFO", name))
        metadata = email.message_from_binary_file(archive.extractfile(name))
    assert metadata["Description-Content-Type"].startswith("text/markdown")
    assert metadata.get_payload().strip() == (ROOT / "README.md").read_text().strip()


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {"tanteo/py.typed", "tanteo/_core.pyi", "tanteo/__init__.py"} <= set(names)
    assert sum(name.startswith("tanteo/_core.") and not name.endswith(".pyi") for name in names) == 1
    metadata = f"tanteo-{tanteo.__version__}.dist-info"
    assert {name.split("/")[0] for name in names} == {"hydra_plugins", "tanteo", metadata}
    assert {Path(name).name for name in names if "/licenses/" in name} == {"LICENSE-MIT", "LICENSE-APACHE"}
    assert "-abi3-" in wheel.name


def test_the_wheel_is_light_has_an_sbom_and_a_description_without_relative_links(wheel):
    assert audit.faults(wheel) == []


def test_the_library_names_no_folder_of_the_build_machine(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.startswith("tanteo/_core.") and name.endswith(".so"))
        library = archive.read(name)
    assert b"registry/index" in library, "the prefix that replaces the folder of crates"
    for folder in (Path.home() / ".cargo", ROOT):
        assert f"{folder}/".encode() not in library


_ASK_AND_TELL = """
import sys, tanteo as tt
assert tt.__file__.startswith(sys.prefix), tt.__file__
space = tt.SearchSpace({"x": tt.Float(0, 1), "kind": tt.Categorical(["a", "b"])})
optimizer = tt.Optimizer(space, seed=0)
for _ in range(30):
    trial = optimizer.ask()
    optimizer.tell(trial, trial.params["x"])
print(len(optimizer.to_dict()["value"]), tt.minimize(lambda p: p["x"], space, n_trials=3, progress=False).best.id)
"""


def test_the_wheel_runs_without_the_source_tree(scratch, tmp_path):
    environment = {"PYTHONPATH": "", "VIRTUAL_ENV": ""}
    assert run(scratch, "-I", "-W", "error", "-c", _ASK_AND_TELL, cwd=tmp_path, **environment).startswith("30 ")


def test_the_command_is_installed(scratch, tmp_path):
    assert tanteo.__version__ in run(scratch.parent / "tanteo", "--version", cwd=tmp_path, PYTHONPATH="")


def test_the_version_is_declared_once():
    """The workspace declares it; the crates, the package and the module read it from there."""
    import importlib.metadata
    import tomllib

    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    assert tanteo.__version__ == importlib.metadata.version("tanteo") == version
    for manifest in ("rust/core/Cargo.toml", "rust/py/Cargo.toml"):
        assert tomllib.loads((ROOT / manifest).read_text())["package"]["version"] == {"workspace": True}
