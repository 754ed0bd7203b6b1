"""The tree of the project, and copies of it in which tests break rules."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_COPIED = (
    "rust",
    "python",
    "tests",
    "tools",
    "benches",
    "examples",
    "Cargo.toml",
    "Cargo.lock",
    "deny.toml",
    "clippy.toml",
    "README.md",
)


@pytest.fixture(scope="session")
def tree() -> Path:
    return ROOT


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """Return a copy of all files that rules read."""
    return _copy(_COPIED, tmp_path)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return a copy of the Python package, for rules that read nothing else."""
    return _copy(("python",), tmp_path)


@pytest.fixture
def core(tmp_path: Path) -> Path:
    """Return a copy of the sources of the core, for rules that read nothing else."""
    return _copy(("rust/core/src",), tmp_path)


def _copy(names: tuple[str, ...], target: Path) -> Path:
    ignored = shutil.ignore_patterns("*.so", "__pycache__", "target", ".venv")
    for name in names:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=ignored)
        elif source.exists():
            shutil.copy(source, target / name)
    return target
